"""Privacy: where requests and holds are kept, and the reads by which a person's data is found. No scan."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from chalicelib.audit.models import Act, Actor, Trail
from chalicelib.platform import dynamo
from chalicelib.platform.sorted_lists import LAST
from chalicelib.platform.tenancy import TenantId
from chalicelib.privacy import items
from chalicelib.privacy.models import Changed, Hold, Request, Walk

type Action = Mapping[str, Any]
type Steps = tuple[tuple[str, Action], ...]


class Table(dynamo.BatchClient, dynamo.QueryClient, dynamo.TransactClient, Protocol):
    """Port: the calls of a DynamoDB client that this store makes."""


@dataclass(frozen=True, slots=True)
class Places:
    """What lies where in one tenant's table, item by item."""

    client: Table
    table: str

    def beside(self, pk: str, *, index: str = "") -> list[dict[str, Any]]:
        """Return the items of a partition, of the table as of now, or of an index.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        return list(self._all(pk, index))

    def listed(self, pk: str, prefix: str, *, index: str) -> list[dict[str, Any]]:
        """Return the entries of an index whose sort keys begin so.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        return list(self._all(pk, index, prefix))

    def at(self, keys: Iterable[Mapping[str, str]]) -> list[dict[str, Any]]:
        """Return the items of `keys` that exist, as of now.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        return dynamo.read_keys(self.client, "personal data", self.table, keys, consistent=True)

    def put(self, item: Mapping[str, Any], *, seen: Mapping[str, Any] | None = None) -> Action:
        """Return the write of an item, if it still has the values `seen`."""
        put: dict[str, Any] = {"TableName": self.table, "Item": dynamo.encode(item)}
        return {"Put": put | _still(seen or {})}

    def delete(self, item: Mapping[str, Any], *, seen: Mapping[str, Any] | None = None) -> Action:
        """Return the removal of an item, or of what has its key, if it still has the values `seen`."""
        key = dynamo.encode({"pk": item["pk"], "sk": item["sk"]})
        return {"Delete": {"TableName": self.table, "Key": key} | _still(seen or {})}

    def write(self, steps: Steps) -> bool:
        """Do `steps` together; False, and nothing is written, when one of them found another state.

        Raises:
            StoreUnavailable, Throttled: nothing was written.

        """
        transaction = dynamo.Transaction(self.client)
        for name, action in steps:
            transaction.add(name, action)
        return transaction.attempt() is None

    def _all(self, pk: str, index: str, prefix: str = "") -> Iterator[dict[str, Any]]:
        request: dict[str, Any] = {
            "TableName": self.table,
            "KeyConditionExpression": f"{index}pk = :pk",
            "ExpressionAttributeValues": dynamo.encode({":pk": pk}),
            **({"IndexName": index} if index else {"ConsistentRead": True}),
        }
        if prefix:
            request["KeyConditionExpression"] += f" AND {index}sk BETWEEN :low AND :high"
            request["ExpressionAttributeValues"] |= dynamo.encode({":low": prefix, ":high": prefix + LAST})
        while True:
            with dynamo.store_errors("personal data"):
                answer = self.client.query(**request)
            yield from (dynamo.decode(item) for item in answer.get("Items", []))
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def _still(seen: Mapping[str, Any]) -> dict[str, Any]:
    if not seen:
        return {}
    names = sorted(seen)
    return {
        "ConditionExpression": " AND ".join(f"#{name} = :{name}" for name in names),
        "ExpressionAttributeNames": {f"#{name}": name for name in names},
        "ExpressionAttributeValues": dynamo.encode({f":{name}": seen[name] for name in names}),
    }


@dataclass(frozen=True, slots=True)
class Desk:
    """The requests and holds of one tenant."""

    places: Places
    tenant: TenantId
    trail: Trail

    def requests(self) -> tuple[Request, ...]:
        """Return every request, oldest first.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        return tuple(items.request_of(item) for item in self._with(items.REQUEST))

    def holds(self) -> tuple[Hold, ...]:
        """Return every hold, oldest first, those that have ended too.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        return tuple(items.hold_of(item) for item in self._with(items.HOLD))

    def walk(self) -> Walk:
        """Return where the walk over the customers stands.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        return next((items.walk_of(item) for item in self._with(items.WALK)), Walk())

    def walked(self, walk: Walk) -> tuple[str, Action]:
        """Return the step that writes the next revision of where the walk stands."""
        return "walk", self._next(items.walk_item(self.tenant, walk), walk.revision)

    def drop(self, request: Request, *, by: Actor, act: Act) -> None:
        """Delete a request in place of its next revision, with the entry of `act`.

        Raises:
            Changed: the request is another one meanwhile; nothing was written.
            StoreUnavailable, Throttled: nothing was written.

        """
        seen = {"revision": request.revision - 1}
        write = dynamo.Transaction(self.places.client)
        own = self.places.delete(items.request_key(self.tenant, request.id), seen=seen)
        self.trail.commit(write.with_step("own", own, on_fail=Changed), by, act)

    def _with(self, prefix: str) -> Iterator[dict[str, Any]]:
        found = self.places.beside(items.all_partition(self.tenant))
        return (item for item in found if str(item["sk"]).startswith(prefix))

    def save(self, request: Request, steps: Steps = (), *, by: Actor | None = None, act: Act | None = None) -> None:
        """Write the next revision of a request with `steps`, and, where one is given, the entry of `act`.

        Raises:
            Changed: a step or the request found another state; nothing was written.
            StoreUnavailable, Throttled: nothing was written.

        """
        self._save(items.request_item(self.tenant, request), request.revision, steps, by, act)

    def save_hold(self, hold: Hold, steps: Steps = (), *, by: Actor | None = None, act: Act | None = None) -> None:
        """Write the next revision of a hold, as `save`."""
        self._save(items.hold_item(self.tenant, hold), hold.revision, steps, by, act)

    def _save(self, item: Mapping[str, Any], revision: int, steps: Steps, by: Actor | None, act: Act | None) -> None:
        write = dynamo.Transaction(self.places.client)
        for name, action in steps:
            write.add(name, action, on_fail=Changed)
        write.add("own", self._next(item, revision), on_fail=Changed)
        if by is not None and act is not None:
            self.trail.commit(write, by, act)
        else:
            write.commit()

    def _next(self, item: Mapping[str, Any], revision: int) -> Action:
        """Return the write of the next revision of an item, if its last one is still there."""
        if revision > 1:
            return self.places.put(item, seen={"revision": revision - 1})
        put = self.places.put(item)["Put"]
        return {"Put": {**put, "ConditionExpression": "attribute_not_exists(pk)"}}
