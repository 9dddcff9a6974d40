"""Services: where they are kept. A record and its places in every list change together or not at all.

Only a contact's new record is there a moment before its places by name, region, grade and the tenant's own fields.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from chalicelib.audit.models import Act, Actor, Trail
from chalicelib.platform import dynamo
from chalicelib.platform.errors import ProductError
from chalicelib.platform.sorted_lists import READ_AT_ONCE, Lists, Range, read_places
from chalicelib.platform.tenancy import TenantId
from chalicelib.services import items
from chalicelib.services.models import IdTaken, Outdated, Record


class Table(dynamo.BatchClient, dynamo.PutClient, dynamo.QueryClient, dynamo.TransactClient, Protocol):
    """Port: the calls of a DynamoDB client that this store makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The service records of one tenant's table, each kept `days`; `listed` is what they are listed by."""

    client: Table
    table: str
    tenant: TenantId
    listed: Sequence[str]
    days: int

    def find(self, id_: str) -> Record | None:
        """Return a record as it was last written, also a forgotten one.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        return next(iter(self._read([id_])), None)

    def known(self, ids: Sequence[str], now: datetime) -> dict[str, Record]:
        """Return those of `ids` that are kept at `now`: DynamoDB deletes what has expired only days later.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        return {one.id: one for one in self._read(ids) if (now - one.at).days < self.days}

    def writes(self, record: Record, before: Record | None) -> Iterator[tuple[str, dict[str, Any], type[ProductError]]]:
        """Yield the steps of a transaction that write a record over exactly the one `before` (None: over nothing)."""
        made = items.record_items(self.tenant, record, self.listed, self.days)
        put = self._put(made.pop(items.HEAD)) | {"ConditionExpression": "attribute_not_exists(pk)"}
        if before:
            put |= {
                "ConditionExpression": "revision = :seen",
                "ExpressionAttributeValues": dynamo.encode({":seen": before.revision}),
            }
        yield "service", {"Put": put}, Outdated if before else IdTaken
        old = items.record_items(self.tenant, before, self.listed, self.days) if before else {}
        for sk, item in made.items():
            if old.get(sk) != item:
                yield f"service in {sk}", {"Put": self._put(item)}, Outdated

    def keep(self, record: Record, before: Record | None) -> None:
        """Write the record of a contact, which nobody's request makes.

        A new one is an item first, with its places by date and number, and its other places follow: half the price of
        a transaction. Where that was cut short, `place` does the rest when the contact is told again.

        Raises:
            Outdated, IdTaken: somebody else wrote at this moment.
            StoreUnavailable, Throttled: not all was written; the same call, or `place`, may succeed later.

        """
        if before is not None:
            self._write(record, before).commit()
            return
        head, *_ = items.record_items(self.tenant, record, self.listed, self.days).values()
        if not self._put_new(head):
            raise IdTaken("another service record has the id")
        self.place(record)

    def place(self, record: Record) -> None:
        """Write the places of a record that are not there; nothing that a later revision wrote is changed.

        Raises:
            StoreUnavailable, Throttled: some may not be written; the same call may succeed later.

        """
        _, *places = items.record_items(self.tenant, record, self.listed, self.days).values()
        for item in places:
            self._put_new(item)

    def save(self, record: Record, before: Record | None, trail: Trail, by: Actor, act: Act) -> None:
        """Write a record with its entry of the audit trail.

        Raises:
            Outdated, IdTaken: somebody else wrote at this moment.
            StoreUnavailable, Throttled: nothing was written.

        """
        trail.commit(self._write(record, before), by, act)

    def page(self, where: Range, months: Sequence[str], *, after: str | None) -> tuple[list[str], bool]:
        """Return the next places of a list after the place `after`, and whether more may follow: a Query a month.

        Raises:
            InvalidInput: `after` is no place of this part of the list.
            StoreUnavailable, Throttled: the store could not answer.

        """
        lists = [items.list_partition(self.tenant, where.sort, month) for month in months]
        place = Lists(self.client, "services", self.table, items.kept_in(where.sort)[1])
        return read_places(place, lists, where, after=after, limit=READ_AT_ONCE)

    def _write(self, record: Record, before: Record | None) -> dynamo.Transaction:
        write = dynamo.Transaction(self.client)
        for name, action, on_fail in self.writes(record, before):
            write.add(name, action, on_fail=on_fail)
        return write

    def _put_new(self, item: Mapping[str, Any]) -> bool:
        """Write an item and return True, unless there is one of its key."""
        put = self._put(item) | {"ConditionExpression": "attribute_not_exists(pk)"}
        return dynamo.attempt_put(self.client, "keep a service record", put) is None

    def _put(self, item: Mapping[str, Any]) -> dict[str, Any]:
        return {"TableName": self.table, "Item": dynamo.encode(item)}

    def _read(self, ids: Sequence[str]) -> list[Record]:
        keys = [items.head_key(self.tenant, id_) for id_ in dict.fromkeys(ids)]
        read = dynamo.read_keys(self.client, "services", self.table, keys, consistent=True)
        return [items.record_of(item) for item in read]
