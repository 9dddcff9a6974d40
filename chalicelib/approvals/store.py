"""Approvals: where proposals are kept. One item each, and a list of those that wait."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from chalicelib.approvals.models import AlreadyDecided, Asked, Proposal, State
from chalicelib.audit.models import Act, Actor, Trail
from chalicelib.platform import dynamo
from chalicelib.platform.instants import instant
from chalicelib.platform.pages import next_after, oldest_first
from chalicelib.platform.tenancy import TenantId, partition

SORT: Final = "PROPOSAL"
KEPT_S: Final = 86_400
"""How long a proposal that has lapsed stays: long enough to be seen; the trail keeps it for good."""
_INSTANTS: Final = ("at", "lapses_at", "decided_at")


class Table(dynamo.BatchClient, dynamo.GetClient, dynamo.QueryClient, dynamo.TransactClient, Protocol):
    """Port: the calls of a DynamoDB client that this makes."""


def key(tenant: TenantId, id_: str) -> dict[str, str]:
    """Return the key of a proposal."""
    return {"pk": partition(tenant, "APPROVAL", id_), "sk": SORT}


def position(one: Proposal) -> str:
    """Return where a proposal stands among those that wait: by time, then id."""
    return f"{instant(one.at)}#{one.id}"


def item(tenant: TenantId, one: Proposal) -> dict[str, Any]:
    """Return the item of a proposal; only one that waits is listed."""
    told = {**asdict(one), **{name: instant(at) for name in _INSTANTS if (at := getattr(one, name))}}
    listed = {"gsi2pk": partition(tenant, "WAITING", tenant), "gsi2sk": position(one)}
    return {
        **key(tenant, one.id),
        **(listed if one.told is State.OPEN else {}),
        **{name: value for name, value in told.items() if value is not None},
        "told": one.told.value,
        "ttl": int(one.lapses_at.timestamp()) + KEPT_S,
    }


def proposal_of(found: Mapping[str, Any]) -> Proposal:
    """Return the proposal that `item` wrote."""
    told = {name: value for name, value in found.items() if name in Proposal.__dataclass_fields__}
    instants = {name: datetime.fromisoformat(found[name]) for name in _INSTANTS if name in found}
    return Proposal(**{**told, **instants, "asked": Asked(**found["asked"]), "told": State(found["told"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposals:
    """The proposals of one tenant's table."""

    client: Table
    table: str
    tenant: TenantId
    trail: Trail

    def find(self, id_: str) -> Proposal | None:
        """Return a proposal as of now.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        with dynamo.store_errors("approvals"):
            answer = self.client.get_item(
                TableName=self.table, Key=dynamo.encode(key(self.tenant, id_)), ConsistentRead=True
            )
        return proposal_of(dynamo.decode(answer["Item"])) if "Item" in answer else None

    def save(self, one: Proposal, by: Actor, act: Act) -> None:
        """Write a proposal over the revision before it, with its entry of the trail.

        Raises:
            AlreadyDecided: somebody was quicker.
            StoreUnavailable, Throttled: nothing was written.

        """
        put: dict[str, Any] = {"TableName": self.table, "Item": dynamo.encode(item(self.tenant, one))}
        if one.revision > 1:
            put["ConditionExpression"] = "revision = :seen"
            put["ExpressionAttributeValues"] = dynamo.encode({":seen": one.revision - 1})
        else:
            put["ConditionExpression"] = "attribute_not_exists(pk)"
        write = dynamo.Transaction(self.client)
        write.add("proposal", {"Put": put}, on_fail=AlreadyDecided)
        self.trail.commit(write, by, act)

    def waiting(self, after: str | None, limit: int) -> tuple[tuple[Proposal, ...], str | None]:
        """Return a page of the proposals that wait, the oldest first, and where the next one begins.

        Raises:
            InvalidInput: `after` is no position of the list.
            StoreUnavailable, Throttled: the store could not answer.

        """
        request = oldest_first("gsi2", partition(self.tenant, "WAITING", self.tenant), after, limit)
        with dynamo.store_errors("approvals"):
            answer = self.client.query(TableName=self.table, **request)
        ids = [str(dynamo.decode(found)["gsi2sk"]).partition("#")[2] for found in answer.get("Items", [])]
        keys = (key(self.tenant, id_) for id_ in ids)
        read = dynamo.read_keys(self.client, "approvals", self.table, keys)
        known = {one.id: one for one in map(proposal_of, read)}
        return tuple(known[id_] for id_ in ids if id_ in known), next_after(answer)
