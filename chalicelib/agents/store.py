"""Agents: where they are kept. One item an agent, written over exactly the copy that was seen; changes of status."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol

from chalicelib.agents import items
from chalicelib.agents.models import AgentState, House, QueuesKept, StatusChange
from chalicelib.platform.dynamo import GetClient, PutClient, QueryClient, attempt_put, decode, encode, store_errors
from chalicelib.platform.tenancy import TenantId

_PAGES: Final = 20
"""A page is 1 MB: twenty hold more agents than an instance can have."""

_SHOWN: Final[dict[str, Any]] = {
    "ProjectionExpression": "sk, #state, #at",
    "ExpressionAttributeNames": {"#state": "state", "#at": "at"},
}
"""What a reader of the floor needs of its items: a quarter of the bytes stays where it is."""


class Client(GetClient, PutClient, QueryClient, Protocol):
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

    Only one thread at a time may read the house: what it read last is kept, because in two seconds few agents change.
    """

    client: Client
    table: str
    tenant: TenantId
    days: int
    _read: dict[str, AgentState] = field(default_factory=dict, init=False, repr=False, compare=False)

    def write(self, state: AgentState, seen: int | None) -> Lost | None:
        """Store `state` over exactly the copy number `seen` (None: over nothing), or return what is there instead.

        Raises:
            Throttled, StoreUnavailable: nothing was written; the same call may succeed later.

        """
        request: dict[str, Any] = {
            "TableName": self.table,
            "Item": encode(items.agent_item(self.tenant, state, (seen or 0) + 1)),
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        if seen is not None:
            request["ConditionExpression"] = "revision = :seen"
            request["ExpressionAttributeValues"] = encode({":seen": seen})
        refused = attempt_put(self.client, "keep an agent's state", request)
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
        for item in self._items(items.change_partition(self.tenant, day)):
            yield items.change_of(item)

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
        found = list(self._items(items.floor_partition(self.tenant), ConsistentRead=consistent, **_SHOWN))
        texts = [str(item["state"]) for item in found if item["sk"].startswith(items.AGENT_PREFIX)]
        queues = next((item for item in found if item["sk"] == items.QUEUES_SORT), None)
        figures, at = items.figures_of(queues) if queues else ({}, None)
        return House(agents=self._states(texts), queues=figures, queues_at=at)

    def _states(self, texts: list[str]) -> tuple[AgentState, ...]:
        """Return what the texts say; only what is new since the last reading of this process is read."""
        states = items.states_of(texts, self._read)
        self._read.clear()
        self._read.update(states)
        return tuple(states.values())

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

    def _items(self, pk: str, **more: Any) -> Iterator[dict[str, Any]]:
        request = {
            "TableName": self.table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": encode({":pk": pk}),
            **more,
        }
        for _ in range(_PAGES):
            with store_errors("read agents"):
                answer = self.client.query(**request)
            yield from map(decode, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
