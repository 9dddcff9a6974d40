"""Lifecycle: where it is kept. One item an entry, numbered; what is written once is never written again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from chalicelib.audit.models import Act, Actor, Trail
from chalicelib.lifecycle.models import Change, Entry, Gate, Move, Proof, State
from chalicelib.platform import dynamo
from chalicelib.platform.errors import Conflict
from chalicelib.platform.instants import instant
from chalicelib.platform.tenancy import TenantId, partition


class Lost(Conflict):
    """Somebody else wrote the entry of this revision first."""


class Table(dynamo.QueryClient, dynamo.TransactClient, Protocol):
    """Port: the calls of a DynamoDB client that this store makes."""


def key(tenant: TenantId, revision: int) -> dict[str, str]:
    """Return the key of an entry; revisions up to a million sort by number."""
    return {"pk": partition(tenant, "LIFECYCLE", tenant), "sk": f"{revision:06d}"}


@dataclass(frozen=True, slots=True)
class History:
    """The history of one tenant's table. Every entry is written together with its entry of the audit trail."""

    client: Table
    table: str
    trail: Trail

    def entries(self, tenant: TenantId) -> tuple[Entry, ...]:
        """Return every entry, oldest first, as of now: the read is consistent.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        return tuple(_entry(dynamo.decode(item)) for item in self._items(tenant))

    def _items(self, tenant: TenantId) -> Iterator[Mapping[str, Any]]:
        request: dict[str, Any] = {
            "TableName": self.table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": key(tenant, 0)["pk"]}},
            "ConsistentRead": True,
        }
        while True:
            with dynamo.store_errors("lifecycle"):
                answer = self.client.query(**request)
            yield from answer.get("Items", [])
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def append(self, tenant: TenantId, entry: Entry, by: Actor, act: Act) -> None:
        """Write `entry`, if no entry has its revision, and that `by` did `act`.

        Raises:
            Lost: there is one.
            StoreUnavailable, Throttled: the store could not answer; the entry may have been written.

        """
        write = dynamo.Transaction(self.client)
        put = {
            "TableName": self.table,
            "Item": dynamo.encode({**key(tenant, entry.revision), **_document(entry)}),
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        write.add("entry", {"Put": put}, on_fail=Lost)
        self.trail.commit(write, by, act)


def _document(entry: Entry) -> dict[str, Any]:
    return {
        "revision": entry.revision,
        "at": instant(entry.at),
        "actor": entry.actor,
        "request_id": entry.request_id,
        "contract": entry.contract,
        **_changed(entry.change),
    }


def _changed(change: Change) -> dict[str, Any]:
    if isinstance(change, Move):
        return {"to": change.target.value, "reason": change.reason}
    return {"gate": change.gate.value, "done": change.done, "evidence": change.evidence}


def _entry(item: Mapping[str, Any]) -> Entry:
    change: Change
    if "to" in item:
        change = Move(target=State(item["to"]), reason=item["reason"])
    else:
        change = Proof(gate=Gate(item["gate"]), done=item["done"], evidence=item["evidence"])
    return Entry(
        revision=item["revision"],
        at=datetime.fromisoformat(item["at"]),
        actor=item["actor"],
        request_id=item["request_id"],
        contract=item["contract"],
        change=change,
    )
