"""Completions: complaints. A chain of contacts that agents wrote down as a complaint is counted once (K17).

A register beside the chain's first contact says which of its contacts were written down so, and where each counts; what
is in the counters follows from it alone. It changes with a completion, in the completion's transaction, and when the
record of a contact arrives or is corrected after that. Each of the two makes sure in its transaction that the other's
side is as it was read, so that the later one counts what both say, in any order and however often.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol

from chalicelib.completions.models import Moved
from chalicelib.completions.store import Step, head_key
from chalicelib.contacts.models import Contact
from chalicelib.contacts.service import CONTACT_SORT, facts
from chalicelib.metrics import service as metrics
from chalicelib.platform.dynamo import BatchClient, TransactClient, Transaction, encode, read_keys
from chalicelib.platform.instants import instant
from chalicelib.platform.tenancy import TenantId
from chalicelib.tenancy.models import Tenant

REGISTER: Final = "COMPLAINT"
TRIES: Final = 6
"""Writes of one register before the record is given back: two of a chain may be written at the same instant."""
_RECORD, _WRITTEN, _CHAIN = "record", "written", "chain"


class Client(BatchClient, TransactClient, Protocol):
    """Port: the calls of a DynamoDB client that registers need."""


def register_key(tenant: TenantId, first_id: str) -> dict[str, str]:
    """Return the key of the register of the chain that begins with the contact `first_id`."""
    return {**head_key(tenant, first_id), "sk": REGISTER}


@dataclass(frozen=True, slots=True)
class Complaints:
    """The registers of one tenant; one is kept as long as the contact that wrote it last."""

    client: Client
    table: str
    tenant: Tenant

    def named(self, *categories: str) -> bool:
        """Return whether one of `categories` is one of the contract's categories of complaints."""
        return not set(categories).isdisjoint(self.tenant.kpis.complaint_categories)

    def steps(self, contact_id: str, record: Contact | None, *, complaint: bool) -> Iterator[Step]:
        """Yield what the transaction of a completion does besides, so that the contact counts as `complaint` says.

        While its record is not there yet nothing is counted, and the record's arrival does it. A step that fails with
        Moved is to be made anew, with the record as it is then.

        Raises:
            Throttled, StoreUnavailable: the register could not be read.

        """
        if record is None:
            yield self._check(_RECORD, self._record_key(contact_id), "attribute_not_exists(pk)")
            return
        yield self._as_read(record)
        yield from self._change(record, self._place(record) if complaint else None)

    def settle(self, record: Contact, revision: int) -> None:
        """Count the contact, which version `revision` of its completion calls a complaint, where its record says.

        Nothing is done where the record or the completion has changed since: whatever changed it does it.

        Raises:
            Moved, Contended, Throttled, StoreUnavailable: nothing was written; the record must come again.

        """
        head = head_key(self.tenant.id, record.id)
        for _ in range(TRIES):
            steps = list(self._change(record, self._place(record)))
            if not steps:
                return
            write = Transaction(self.client)
            of_now = self._check(_WRITTEN, head, "revision = :seen", seen=revision)
            for name, action, on_fail in (self._as_read(record), of_now, *steps):
                write.add(name, action, on_fail=on_fail)
            lost = write.attempt()
            if lost is None or lost.step != _CHAIN:
                return
        raise Moved("the register of the chain kept changing under the write")

    def _change(self, record: Contact, place: str | None) -> Iterator[Step]:
        """Yield the steps that put the contact into its chain's register at `place` (None: take it out), if it is not
        so already.
        """
        key = register_key(self.tenant.id, record.initial_id or record.id)
        found = read_keys(self.client, "read what is counted of a chain", self.table, [key], consistent=True)
        kept: dict[str, Any] = found[0] if found else {"revision": 0, "places": {}}
        before: Mapping[str, str] = kept["places"]
        after = {id_: where for id_, where in before.items() if id_ != record.id} | (
            {record.id: place} if place else {}
        )
        if after == before:
            return
        ends = record.at + timedelta(days=self.tenant.contacts_days)
        item = {**key, "places": after, "revision": kept["revision"] + 1, "ttl": int(ends.timestamp())}
        put = {
            "TableName": self.table,
            "Item": encode(item),
            "ConditionExpression": "revision = :seen" if found else "attribute_not_exists(pk) OR revision = :seen",
            "ExpressionAttributeValues": encode({":seen": kept["revision"]}),
        }
        yield _CHAIN, {"Put": put}, Moved
        for name, action in metrics.complained(self.tenant.id, self.table, before, after).items():
            yield name, dict(action), Moved

    def _place(self, record: Contact) -> str | None:
        """Return where the contact counts; None for one that no caller began."""
        counted = facts(record, self.tenant)
        return metrics.place(counted) if counted else None

    def _record_key(self, contact_id: str) -> dict[str, str]:
        return {**head_key(self.tenant.id, contact_id), "sk": CONTACT_SORT}

    def _as_read(self, record: Contact) -> Step:
        key = self._record_key(record.id)
        return self._check(_RECORD, key, "updated_at = :seen", seen=instant(record.updated_at))

    def _check(self, name: str, key: Mapping[str, str], condition: str, **values: object) -> Step:
        check: dict[str, Any] = {"TableName": self.table, "Key": encode(key), "ConditionExpression": condition}
        if values:
            check["ExpressionAttributeValues"] = encode({f":{each}": value for each, value in values.items()})
        return name, {"ConditionCheck": check}, Moved
