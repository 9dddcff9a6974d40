"""Customers: what an agent has entered during a contact, so that whoever gets it next goes on from there (DSK-03).

It lies beside the first contact of the chain, which every leg of a transfer, consultation or conference names.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from chalicelib.audit.models import Act, Actor, Trail
from chalicelib.customers.record import Outdated
from chalicelib.platform import dynamo
from chalicelib.platform.errors import NotFound
from chalicelib.platform.instants import instant
from chalicelib.platform.tenancy import TenantId, partition

SORT: Final = "DRAFT"
KEPT_S: Final = 86_400
"""After the last change; what is to stay belongs into the customer, a ticket or the completion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is entered so far, by name."""

    data: Mapping[str, str]
    revision: int
    by: str
    at: datetime


class Table(dynamo.GetClient, dynamo.TransactClient, Protocol):
    """Port: the calls of a DynamoDB client that this makes."""


def key(tenant: TenantId, chain: str) -> dict[str, str]:
    """Return the key of what is entered during the chain of contacts that began with `chain`."""
    return {"pk": partition(tenant, "CONTACT", chain), "sk": SORT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafts:
    """What is entered during contacts of one tenant."""

    client: Table
    table: str
    tenant: TenantId
    trail: Trail
    now: Callable[[], datetime]

    def read(self, chain: str) -> Draft:
        """Return what is entered so far; a day after the last change there is nothing.

        Raises:
            NotFound: nothing is entered.
            StoreUnavailable, Throttled: the store could not answer.

        """
        with dynamo.store_errors("draft"):
            answer = self.client.get_item(
                TableName=self.table, Key=dynamo.encode(key(self.tenant, chain)), ConsistentRead=True
            )
        item = dynamo.decode(answer.get("Item") or {})
        if not item or item["ttl"] <= self.now().timestamp():
            raise NotFound("nothing is entered of this contact")
        at = datetime.fromisoformat(item["at"])
        return Draft(data=item["data"], revision=item["revision"], by=item["by"], at=at)

    def write(self, chain: str, data: Mapping[str, str], *, revision: int, by: Actor) -> Draft:
        """Replace what is entered, seen at `revision`, and return it; the same again changes nothing.

        Raises:
            Outdated: somebody else entered something since.
            StoreUnavailable, Throttled: nothing was written.

        """
        at = self.now().replace(microsecond=0)
        draft = Draft(data=data, revision=revision + 1, by=by.user, at=at)
        item = {
            **key(self.tenant, chain),
            "data": dict(data),
            "revision": draft.revision,
            "by": by.user,
            "at": instant(at),
            "ttl": int(at.timestamp()) + KEPT_S,
        }
        put: dict[str, Any] = {
            "TableName": self.table,
            "Item": dynamo.encode(item),
            "ConditionExpression": "attribute_not_exists(pk) OR #t < :now",
            "ExpressionAttributeNames": {"#t": "ttl"},
            "ExpressionAttributeValues": dynamo.encode({":now": int(at.timestamp()) + 1}),
        }
        if revision:
            del put["ExpressionAttributeNames"]
            put["ConditionExpression"] = "revision = :seen"
            put["ExpressionAttributeValues"] = dynamo.encode({":seen": revision})
        write = dynamo.Transaction(self.client)
        write.add("draft", {"Put": put}, on_fail=Outdated)
        act = Act(action="screen.draft", resource=f"contacts/{chain}/draft", after={"fields": sorted(data)})
        try:
            self.trail.commit(write, by, act)
        except Outdated:
            kept = self.read(chain)
            if (kept.data, kept.revision, kept.by) == (draft.data, draft.revision, draft.by):
                return kept
            raise
        return draft
