"""Overrides: where they are kept. One item a tenant, read whole and consistently, written over the version seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from chalicelib.audit.models import Act, Actor, Trail
from chalicelib.overrides.models import NONE, BoundOverride, Outdated, Overrides, StrategyOverride
from chalicelib.platform import dynamo
from chalicelib.platform.tenancy import TenantId, partition


class Table(dynamo.GetClient, dynamo.TransactClient, Protocol):
    """Port: the calls of a DynamoDB client that this store makes."""


def key(tenant: TenantId) -> dict[str, str]:
    """Return the key of the tenant's overrides."""
    return {"pk": partition(tenant, "OVERRIDES", tenant), "sk": "ROUTING"}


@dataclass(frozen=True, slots=True)
class Store:
    """The overrides in one tenant's table."""

    client: Table
    table: str
    tenant: TenantId

    def read(self) -> Overrides:
        """Return the overrides as of now: whoever changed them was answered, so the next contact must see it.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        with dynamo.store_errors("overrides"):
            answer = self.client.get_item(
                TableName=self.table, Key=dynamo.encode(key(self.tenant)), ConsistentRead=True
            )
        return self.found(dynamo.decode(answer["Item"])) if "Item" in answer else NONE

    def found(self, *items: Mapping[str, Any]) -> Overrides:
        """Return the overrides among items that were read consistently by another request, see `key`."""
        here = key(self.tenant)
        item = next((one for one in items if {"pk": one["pk"], "sk": one["sk"]} == here), None)
        return _overrides(item) if item else NONE

    def write(self, new: Overrides, trail: Trail, by: Actor, act: Act) -> None:
        """Write `new` over the version before it, together with the audit entry.

        Raises:
            Outdated: another version is there.
            ProductError: the store could not answer; nothing was written.

        """
        put: dict[str, Any] = {
            "TableName": self.table,
            "Item": dynamo.encode({**key(self.tenant), **document(new)}),
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        if new.version > 1:
            put["ConditionExpression"] = "version = :seen"
            put["ExpressionAttributeValues"] = {":seen": {"N": str(new.version - 1)}}
        change = dynamo.Transaction(self.client)
        change.add("overrides", {"Put": put}, on_fail=Outdated)
        trail.commit(change, by, act)


def document(overrides: Overrides) -> dict[str, Any]:
    """Return the plain form that is stored."""
    at = overrides.at.astimezone(UTC).isoformat(timespec="seconds") if overrides.at else None
    return {
        "version": overrides.version,
        "at": at,
        "actor": overrides.actor,
        "queues": {name: {"strategy": one.strategy, **one.numbers()} for name, one in overrides.queues.items()},
        "chains": {
            name: {"wait_limit_s": one.wait_limit_s, "skip_wait_s": one.skip_wait_s}
            for name, one in overrides.chains.items()
        },
        "rules_off": sorted(overrides.rules_off),
        "head_start_off": overrides.head_start_off,
    }


def _overrides(item: Mapping[str, Any]) -> Overrides:
    return Overrides(
        version=item["version"],
        at=datetime.fromisoformat(item["at"]) if item["at"] else None,
        actor=item["actor"],
        queues={name: StrategyOverride(**one) for name, one in item["queues"].items()},
        chains={name: BoundOverride(**one) for name, one in item["chains"].items()},
        rules_off=frozenset(item["rules_off"]),
        head_start_off=item["head_start_off"],
    )
