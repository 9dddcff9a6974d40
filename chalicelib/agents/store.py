"""Agents: where they are kept. One item an agent, written over exactly the copy that was seen; changes of status.

Beside them the packs of what decisions need, made of these items (`standing`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol

from chalicelib.agents import items, standing
from chalicelib.agents.models import AgentState, House, QueueFigures, QueuesKept, StatusChange
from chalicelib.agents.standing import Pack, Standing, Standings
from chalicelib.platform.dynamo import (
    BatchClient,
    Contended,
    GetClient,
    PutClient,
    QueryClient,
    attempt_put,
    decode,
    encode,
    read_keys,
    store_errors,
)
from chalicelib.platform.tenancy import TenantId

_PAGES: Final = 20
"""A page is 1 MB: twenty hold more agents than an instance can have."""

_SHOWN: Final[dict[str, Any]] = {
    "ProjectionExpression": "sk, #state, #at",
    "ExpressionAttributeNames": {"#state": "state", "#at": "at"},
}
"""What a reader of the floor needs of its items: a quarter of the bytes stays where it is."""

_BEHIND_PACKS: Final = standing.PACK_PREFIX + "~"


class Client(BatchClient, GetClient, PutClient, QueryClient, Protocol):
    """Port: the calls of a DynamoDB client that agents need."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An agent's state as the table holds it, with the number of its copy."""

    state: AgentState
    revision: int


@dataclass(frozen=True, slots=True)
class Lost:
    """The table holds another copy than expected (None: none at all), so nothing was written."""

    current: Kept | None


@dataclass(frozen=True, slots=True)
class Agents:
    """The agents of one tenant. `days` is how long changes of status are kept.

    Only one thread at a time may read the house or the standings: what it read last is kept, because in two seconds few
    agents change.
    """

    client: Client
    table: str
    tenant: TenantId
    days: int
    _read: dict[str, AgentState] = field(default_factory=dict, init=False, repr=False, compare=False)
    _stood: dict[str, Standing] = field(default_factory=dict, init=False, repr=False, compare=False)

    def write(self, state: AgentState, seen: int | None) -> Lost | None:
        """Store `state` over exactly the copy number `seen` (None: over nothing), or return what is there instead.

        Raises:
            Throttled, StoreUnavailable: nothing was written; the same call may succeed later.

        """
        item = items.agent_item(self.tenant, state, (seen or 0) + 1)
        refused = attempt_put(self.client, "keep an agent's state", self._over(item, seen))
        if refused is None:
            return None
        old = refused.old_item
        return Lost(Kept(items.state_of(old), int(old["revision"])) if old else None)

    def log(self, changes: Iterable[StatusChange]) -> None:
        """Keep changes of status; a repeat writes the same item again.

        Raises:
            Throttled, StoreUnavailable: some may not be written; the same call may succeed later.

        """
        for change in changes:
            item = encode(items.change_item(self.tenant, change, self.days))
            with store_errors("keep a change of status"):
                self.client.put_item(TableName=self.table, Item=item)

    def changes(self, day: str) -> Iterator[StatusChange]:
        """Yield the changes of status of the UTC day `day`, oldest first.

        Raises:
            Throttled, StoreUnavailable: the store could not answer.

        """
        pk = items.change_partition(self.tenant, day)
        yield from map(items.change_of, self._read_all("pk = :pk", encode({":pk": pk})))

    def find(self, agent_id: str) -> AgentState | None:
        """Return one agent by Amazon Connect's id, as last written; None: nothing was ever heard of him.

        Raises:
            Throttled, StoreUnavailable: the store could not answer.

        """
        wanted = encode(items.agent_key(self.tenant, agent_id))
        with store_errors("read an agent"):
            answer = self.client.get_item(TableName=self.table, Key=wanted, ConsistentRead=True)
        return items.state_of(decode(answer["Item"])) if "Item" in answer else None

    def house(self, *, consistent: bool = False) -> House:
        """Return all agents and queues by one Query, one more a megabyte; `consistent` sees every write that is done.

        Raises:
            Throttled, StoreUnavailable: the store could not answer.

        """
        found = list(self._floor(items.AGENT_PREFIX, items.QUEUES_SORT, ConsistentRead=consistent, **_SHOWN))
        texts = [str(item["state"]) for item in found if item["sk"].startswith(items.AGENT_PREFIX)]
        figures, at = _figures(found)
        return House(agents=_kept(items.states_of(texts, self._read), self._read), queues=figures, queues_at=at)

    def standings(self) -> Standings:
        """Return the same as decisions need it, by one request for all packs; by `house` when one is not readable.

        Raises:
            Throttled, StoreUnavailable: the store could not answer.

        """
        return self.standings_in(read_keys(self.client, "read agents", self.table, self.standing_keys()))

    def standing_keys(self) -> list[dict[str, str]]:
        """Return the keys of what `standings` reads, for whoever reads more by the same request."""
        packs = [standing.pack_key(self.tenant, number) for number in range(standing.PACKS)]
        return [items.queues_key(self.tenant), *packs]

    def standings_in(self, found: Iterable[Mapping[str, Any]]) -> Standings:
        """Return what items say of which some are at `standing_keys`; when a pack is missing or not readable, `house`.

        Raises:
            Throttled, StoreUnavailable: the agents' own items were needed, and the store could not answer.

        """
        floor = items.floor_partition(self.tenant)
        known = [item for item in found if item["pk"] == floor]
        lines = standing.lines_of(item for item in known if item["sk"] != items.QUEUES_SORT)
        if lines is None:
            return standing.of_house(self.house())
        figures, at = _figures(known)
        agents = _kept(items.unpacked(lines, self._stood, standing.standing_of), self._stood)
        return Standings(agents=agents, queues=figures, queues_at=at)

    def everyone(self) -> Iterator[Kept]:
        """Yield every agent with the number of the copy; sees every write that is done.

        Raises:
            Throttled, StoreUnavailable: the store could not answer.

        """
        for item in self._floor(items.AGENT_PREFIX, items.AGENT_PREFIX + "~", ConsistentRead=True):
            yield Kept(items.state_of(item), int(item["revision"]))

    def packs(self) -> list[Pack]:
        """Return the packs that there are; sees every write that is done.

        Raises:
            Throttled, StoreUnavailable: the store could not answer.

        """
        return [
            standing.pack_from(item) for item in self._floor(standing.PACK_PREFIX, _BEHIND_PACKS, ConsistentRead=True)
        ]

    def put_pack(self, pack: Pack) -> Pack | None:
        """Store `pack` over exactly the copy before its number, the first one over nothing, or return what is there.

        Raises:
            Contended, Throttled, StoreUnavailable: nothing was written; contended too when the copy is gone.

        """
        item = standing.pack_item(self.tenant, pack)
        refused = attempt_put(self.client, "keep a pack of agents", self._over(item, pack.revision - 1 or None))
        if refused is None:
            return None
        if refused.old_item is None:
            raise Contended("a pack of agents has expired under the write")
        return standing.pack_from(refused.old_item)

    def put_queues(self, queues: QueuesKept, seen: datetime | None) -> QueuesKept | None:
        """Store `queues` over exactly the copy asked for at `seen` (None: over nothing), or return what is there.

        Raises:
            Throttled, StoreUnavailable: nothing was written.

        """
        request: dict[str, Any] = {
            "TableName": self.table,
            "Item": encode(items.queues_item(self.tenant, queues)),
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        if seen is not None:
            request["ConditionExpression"] = "asked_at = :seen"
            request["ExpressionAttributeValues"] = encode({":seen": items.instant(seen)})
        refused = attempt_put(self.client, "keep the figures of the queues", request)
        return items.queues_of(refused.old_item) if refused and refused.old_item else None

    def _over(self, item: Mapping[str, Any], seen: int | None) -> dict[str, Any]:
        """Return the request that puts `item` over exactly the copy number `seen` (None: over nothing)."""
        request: dict[str, Any] = {
            "TableName": self.table,
            "Item": encode(item),
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        if seen is not None:
            request["ConditionExpression"] = "revision = :seen"
            request["ExpressionAttributeValues"] = encode({":seen": seen})
        return request

    def _floor(self, low: str, high: str, **more: Any) -> Iterator[dict[str, Any]]:
        values = encode({":pk": items.floor_partition(self.tenant), ":low": low, ":high": high})
        return self._read_all("pk = :pk AND sk BETWEEN :low AND :high", values, **more)

    def _read_all(self, condition: str, values: Mapping[str, Any], **more: Any) -> Iterator[dict[str, Any]]:
        request = {
            "TableName": self.table,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": values,
            **more,
        }
        for _ in range(_PAGES):
            with store_errors("read agents"):
                answer = self.client.query(**request)
            yield from map(decode, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def _figures(found: Iterable[Mapping[str, Any]]) -> tuple[Mapping[str, QueueFigures], datetime | None]:
    """Return what waits in the queues and when it was so, of the items of the floor."""
    queues = next((item for item in found if item["sk"] == items.QUEUES_SORT), None)
    return items.figures_of(queues) if queues else ({}, None)


def _kept[T](told: dict[str, T], memory: dict[str, T]) -> tuple[T, ...]:
    """Return what the texts tell, and keep it for the next reading: only what is new is then read."""
    memory.clear()
    memory.update(told)
    return tuple(told.values())
