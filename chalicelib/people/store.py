"""People: where they are kept. One partition: a place an item, and the count of changes that guards them all."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from chalicelib.audit.models import Act, Actor, Trail
from chalicelib.people.models import Outdated, People, Place, Position, Unit
from chalicelib.platform import dynamo
from chalicelib.platform.instants import instant
from chalicelib.platform.tenancy import TenantId, partition

HEAD: Final = "VERSION"
PLACE_PREFIX: Final = "PLACE#"


class Table(dynamo.QueryClient, dynamo.TransactClient, Protocol):
    """Port: the calls of a DynamoDB client that this makes."""


def key(tenant: TenantId, sort: str) -> dict[str, str]:
    """Return the key of a place, or of the count of changes."""
    return {"pk": partition(tenant, "PEOPLE", tenant), "sk": sort}


def place_item(tenant: TenantId, place: Place) -> dict[str, Any]:
    """Return the item of a place; absent facts take no room."""
    since = instant(place.since)
    told = {
        "user": place.user,
        "position": place.position.value if place.position else None,
        "unit": place.unit.value,
        "leader": place.leader,
        "since": since,
        "by": place.by,
    }
    known = {name: value for name, value in told.items() if value is not None}
    return {**key(tenant, f"{PLACE_PREFIX}{since}#{place.user}"), **known}


def place_of(item: Mapping[str, Any]) -> Place:
    """Return the place that `place_item` wrote."""
    return Place(
        user=item["user"],
        position=Position(item["position"]) if "position" in item else None,
        unit=Unit(item["unit"]),
        leader=item.get("leader"),
        since=datetime.fromisoformat(item["since"]),
        by=item["by"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The people of one tenant's table."""

    client: Table
    table: str
    tenant: TenantId
    trail: Trail

    def read(self) -> People:
        """Return everybody's places as of now: the read is consistent.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        found = list(self._items())
        version = next((int(item["version"]) for item in found if item["sk"] == HEAD), 0)
        places = tuple(place_of(item) for item in found if item["sk"].startswith(PLACE_PREFIX))
        return People(version=version, places=places)

    def write(self, place: Place, version: int, by: Actor, act: Act) -> None:
        """Write a place over the version `version` of all, with its entry of the trail.

        Raises:
            Outdated: somebody changed the people meanwhile.
            StoreUnavailable, Throttled: nothing was written.

        """
        head = {**key(self.tenant, HEAD), "version": version + 1}
        put: dict[str, Any] = {"TableName": self.table, "Item": dynamo.encode(head)}
        if version:
            put |= {
                "ConditionExpression": "version = :seen",
                "ExpressionAttributeValues": dynamo.encode({":seen": version}),
            }
        else:
            put |= {"ConditionExpression": "attribute_not_exists(pk)"}
        write = dynamo.Transaction(self.client)
        write.add("version", {"Put": put}, on_fail=Outdated)
        write.add("place", {"Put": {"TableName": self.table, "Item": dynamo.encode(place_item(self.tenant, place))}})
        self.trail.commit(write, by, act)

    def _items(self) -> Iterator[dict[str, Any]]:
        request: dict[str, Any] = {
            "TableName": self.table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": dynamo.encode({":pk": key(self.tenant, HEAD)["pk"]}),
            "ConsistentRead": True,
        }
        while True:
            with dynamo.store_errors("people"):
                answer = self.client.query(**request)
            yield from (dynamo.decode(item) for item in answer.get("Items", []))
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
