"""Contacts: where they are kept. The contact, its pointer at the caller and the counters, in one transaction."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from chalicelib.contacts import items
from chalicelib.contacts.models import Contact, Page, Recording, Row, Search
from chalicelib.platform.dynamo import QueryClient, TransactClient, Transaction, decode, encode, store_errors
from chalicelib.platform.errors import InvalidInput
from chalicelib.platform.instants import instant
from chalicelib.platform.tenancy import TenantId

_PAGES_A_REQUEST = 10
_FILTERED_PAGE = 200
_LAST_INSTANT = "9999"
_NEVER_S = float("inf")


class Client(QueryClient, TransactClient, Protocol):
    """Port: the calls of a DynamoDB client that contacts need."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A contact as the table holds it, with what it added to the counters."""

    contact: Contact
    counted: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Lost:
    """The table holds another copy than expected (None: none at all), so nothing was written."""

    current: Kept | None


@dataclass(frozen=True, slots=True)
class Contacts:
    """The contacts of one tenant. `days` is how long one is kept; `new_token` names a transaction."""

    client: Client
    table: str
    tenant: TenantId
    days: int
    new_token: Callable[[], str]

    def write(self, new: Kept, earlier: Kept | None, counts: Mapping[str, Mapping[str, Any]]) -> Lost | None:
        """Store `new` over exactly the copy `earlier` (None: over nothing) and do `counts`, all or nothing.

        Returns None when it is done, else what the table holds instead; knowing that costs no extra read.

        Raises:
            Contended, Throttled, StoreUnavailable: nothing was written; the same call may succeed later.

        """
        transaction = Transaction(self.client, self.new_token())
        transaction.add("contact", self._put_contact(new, earlier))
        for name, action in (self._pointers(new.contact, earlier) | dict(counts)).items():
            transaction.add(name, action)
        lost = transaction.attempt()
        if lost is None:
            return None
        return Lost(Kept(items.contact_of(lost.old_item), lost.old_item.get("counted", {})) if lost.old_item else None)

    def _put_contact(self, new: Kept, earlier: Kept | None) -> dict[str, Any]:
        put: dict[str, Any] = {
            "TableName": self.table,
            "Item": encode(items.contact_item(self.tenant, new.contact, new.counted, self.days)),
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        if earlier:
            put["ConditionExpression"] = "updated_at = :seen"
            put["ExpressionAttributeValues"] = encode({":seen": instant(earlier.contact.updated_at)})
        return {"Put": put}

    def _pointers(self, new: Contact, earlier: Kept | None) -> dict[str, dict[str, Any]]:
        """Return the writes of the contact's pointers, and the removal of those that a correction moved elsewhere."""
        now = items.pointers(self.tenant, new, self.days)
        former = items.pointers(self.tenant, earlier.contact, self.days) if earlier else {}
        writes = {
            f"pointer {n}": {"Put": {"TableName": self.table, "Item": encode(item)}}
            for n, item in enumerate(now.values())
        }
        for n, (pk, sk) in enumerate(former.keys() - now.keys()):
            writes[f"former pointer {n}"] = {"Delete": {"TableName": self.table, "Key": encode({"pk": pk, "sk": sk})}}
        return writes

    def find(self, contact_id: str, *, now: datetime) -> tuple[Contact | None, tuple[Recording, ...]]:
        """Return a contact and its recordings by one Query; a recording may be there before its contact.

        A recording that retention has ended by `now` is left out: DynamoDB deletes its item days later only.

        Raises:
            Throttled, StoreUnavailable: the store could not answer.

        """
        pk = items.contact_key(self.tenant, contact_id)["pk"]
        condition = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": encode({":pk": pk})}
        found = [item for page in self._pages(condition, limit=_FILTERED_PAGE) for item in page.items]
        contact = next((items.contact_of(item) for item in found if item["sk"] == items.CONTACT_SORT), None)
        recordings = (
            item
            for item in found
            if item["sk"].startswith(items.RECORDING_PREFIX) and item.get("ttl", _NEVER_S) > now.timestamp()
        )
        return contact, tuple(items.recording_of(item) for item in recordings)

    def search(self, search: Search, *, oldest: datetime, after: str | None, limit: int) -> Page:
        """Return at most `limit` contacts that began at `oldest` or later, newest first, that come after `after`.

        A page may be short, even empty, and still have a next one: a search that filters out much stops after
        reading some pages, so that no request is without a bound.

        Raises:
            InvalidInput: `after` is not a position of this list.
            Throttled, StoreUnavailable: the store could not answer.

        """
        place = _place(self.tenant, search)
        low, high = _bounds(search, oldest)
        if low > high:
            return Page(rows=(), after=None)
        condition = place.condition(search, low, high)
        if after is not None and not (low <= after <= high and items.is_position(after)):
            msg = "the cursor does not belong to this list"
            raise InvalidInput(msg, field="cursor")
        if after:
            condition["ExclusiveStartKey"] = encode(place.start_key(self.tenant, after))
        rows: list[Row] = []
        more: str | None = None
        for page in self._pages(condition, limit=_FILTERED_PAGE if "FilterExpression" in condition else limit):
            rows += (items.row_of(item) for item in page.items)
            more = place.position(page.last) if page.last else None
            if len(rows) >= limit:
                break
        if len(rows) > limit:
            more = items.position(rows[limit - 1].at, rows[limit - 1].id)
        return Page(rows=tuple(rows[:limit]), after=more)

    def _pages(self, condition: Mapping[str, Any], *, limit: int) -> "Iterator[_Page]":
        request = {"TableName": self.table, "Limit": limit, **condition}
        for _ in range(_PAGES_A_REQUEST):
            with store_errors("read contacts"):
                answer = self.client.query(**request)
            last = answer.get("LastEvaluatedKey")
            yield _Page([decode(item) for item in answer["Items"]], decode(last) if last else None)
            if not last:
                return
            request["ExclusiveStartKey"] = last


@dataclass(frozen=True, slots=True)
class _Page:
    items: list[dict[str, Any]]
    last: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a search looks: a partition of the table or of an index, sorted by time. Its rows share `prefix`."""

    index: str | None
    pk: str
    prefix: str
    narrow: tuple[str, ...]

    def condition(self, search: Search, low: str, high: str) -> dict[str, Any]:
        """Return key condition and filter of the search, newest first, as parts of a Query."""
        names = ("gsi1pk", "gsi1sk") if self.index == "gsi1" else ("gsi2pk", "gsi2sk") if self.index else ("pk", "sk")
        values = {":pk": self.pk, ":low": self.prefix + low, ":high": self.prefix + high}
        narrow = [name for name in self.narrow if getattr(search, name) is not None]
        request: dict[str, Any] = {
            "KeyConditionExpression": f"{names[0]} = :pk AND {names[1]} BETWEEN :low AND :high",
            "ExpressionAttributeValues": encode(values | {f":{name}": getattr(search, name) for name in narrow}),
            "ScanIndexForward": False,
        }
        clauses = [f"#{name} = :{name}" for name in narrow]
        if search.recorded:
            clauses.append("attribute_exists(recording)")
        if clauses:
            request["FilterExpression"] = " AND ".join(clauses)
        if narrow:
            request["ExpressionAttributeNames"] = {f"#{name}": name for name in narrow}
        return request | ({"IndexName": self.index} if self.index else {})

    def start_key(self, tenant: TenantId, after: str) -> dict[str, str]:
        """Return the key that `after` stands for. Partition and tenant are ours, so no cursor can lead elsewhere."""
        if self.index is None:
            return {"pk": self.pk, "sk": self.prefix + after}
        contact_id = after.partition("#")[2]
        return {f"{self.index}pk": self.pk, f"{self.index}sk": after, **items.contact_key(tenant, contact_id)}

    def position(self, last: Mapping[str, Any]) -> str:
        """Return the position in the key after which the next page starts."""
        return str(last[f"{self.index}sk"] if self.index else last["sk"]).removeprefix(self.prefix)


def _bounds(search: Search, oldest: datetime) -> tuple[str, str]:
    """Return the least and the greatest position that is asked for; every position of an instant is behind it."""
    least = [instant(oldest), search.on or "", instant(search.start) if search.start else ""]
    most = [
        f"{search.on}T~" if search.on else _LAST_INSTANT,
        instant(search.end) if search.end else _LAST_INSTANT,
    ]
    return max(least), min(most)


def _place(tenant: TenantId, search: Search) -> _Place:
    """Return the partition that holds the fewest candidates: caller before agent before day."""
    rest = ("entry_number", "category", "queue", "result")
    if search.caller:
        return _Place(None, items.caller_partition(tenant, search.caller), items.POINTER_PREFIX, ("agent", *rest))
    if search.agent:
        return _Place("gsi1", items.agent_partition(tenant, search.agent), "", rest)
    return _Place("gsi2", items.day_partition(tenant, search.on or ""), "", rest)
