"""Users: where the change that is being made is kept. One item: written before the user pool is, and cleared after it.

The pool knows no condition and no transaction. So a change is first written here, with its entry of the trail, over the
version that was seen; whoever comes after somebody who broke off makes that change first.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Protocol

from chalicelib.access.models import Role
from chalicelib.audit.models import Act, Actor, Trail
from chalicelib.platform import dynamo
from chalicelib.platform.instants import instant
from chalicelib.platform.tenancy import TenantId, partition
from chalicelib.users.models import Account, BeingChanged, Change, Head

SORT: Final = "CHANGE"


class Table(dynamo.GetClient, dynamo.PutClient, dynamo.TransactClient, Protocol):
    """Port: the calls of a DynamoDB client that this makes."""


def key(tenant: TenantId) -> dict[str, str]:
    """Return the key of the item."""
    return {"pk": partition(tenant, "USERS", tenant), "sk": SORT}


def head_item(tenant: TenantId, head: Head) -> dict[str, Any]:
    """Return the item of a head."""
    told: dict[str, Any] = {**key(tenant), "version": head.version}
    if head.held_until:
        told["held_until_at"] = instant(head.held_until)
    if head.pending:
        account = head.pending.account
        told["pending"] = {
            "user": account.name,
            "email": account.email,
            "roles": sorted(account.roles),
            "node": account.node,
            "enabled": account.enabled,
            "creates": head.pending.creates,
        }
    return told


def head_of(item: Mapping[str, Any]) -> Head:
    """Return the head that `head_item` wrote."""
    held, pending = item.get("held_until_at"), item.get("pending")
    change = None
    if pending:
        account = Account(
            name=pending["user"],
            email=pending["email"],
            roles=frozenset(map(Role, pending["roles"])),
            node=pending["node"],
            enabled=pending["enabled"],
        )
        change = Change(account=account, creates=pending["creates"])
    return Head(version=item["version"], pending=change, held_until=datetime.fromisoformat(held) if held else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The changes of the users of one tenant."""

    client: Table
    table: str
    tenant: TenantId
    trail: Trail

    def read(self) -> Head:
        """Return the head as of now: the read is consistent.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        wanted = dynamo.encode(key(self.tenant))
        with dynamo.store_errors("users"):
            answer = self.client.get_item(TableName=self.table, Key=wanted, ConsistentRead=True)
        return head_of(dynamo.decode(answer["Item"])) if "Item" in answer else Head(version=0)

    def begin(self, seen: Head, change: Change, until: datetime, by: Actor, act: Act) -> Head:
        """Write that `change` is being made, with its entry of the trail, over the head `seen`; return the head after.

        Raises:
            BeingChanged: somebody began another change meanwhile.
            StoreUnavailable, Throttled: nothing was written.

        """
        return self._noted(seen, Head(version=seen.version + 1, pending=change, held_until=until), by, act)

    def hold(self, seen: Head, until: datetime) -> Head:
        """Take over the change that somebody broke off; return the head after.

        Raises:
            BeingChanged: somebody else took it over.
            StoreUnavailable, Throttled: nothing was written.

        """
        return self._put(seen, replace(seen, version=seen.version + 1, held_until=until))

    def settle(self, seen: Head) -> Head:
        """Write that the change is made; return the head after.

        Raises:
            BeingChanged: somebody took it over. StoreUnavailable, Throttled: nothing was written.

        """
        return self._put(seen, Head(version=seen.version + 1))

    def drop(self, seen: Head, by: Actor, act: Act) -> Head:
        """Write that the change cannot be made, with an entry that says so; return the head after.

        Raises:
            BeingChanged: somebody took it over. StoreUnavailable, Throttled: nothing was written.

        """
        return self._noted(seen, Head(version=seen.version + 1), by, act)

    def _noted(self, seen: Head, after: Head, by: Actor, act: Act) -> Head:
        write = dynamo.Transaction(self.client)
        write.add("change", {"Put": self._over(seen, after)}, on_fail=BeingChanged)
        self.trail.commit(write, by, act)
        return after

    def _put(self, seen: Head, after: Head) -> Head:
        if dynamo.attempt_put(self.client, "users", self._over(seen, after)):
            raise BeingChanged("another change of a user is being made")
        return after

    def _over(self, seen: Head, after: Head) -> dict[str, Any]:
        """Return the put of `after` where nobody wrote since `seen`."""
        put: dict[str, Any] = {"TableName": self.table, "Item": dynamo.encode(head_item(self.tenant, after))}
        if not seen.version:
            return {**put, "ConditionExpression": "attribute_not_exists(pk)"}
        seen_version = dynamo.encode({":seen": seen.version})
        return {**put, "ConditionExpression": "version = :seen", "ExpressionAttributeValues": seen_version}
