"""Agents: taking in what is heard of them, and keeping to the seats of the contract (TEN-08)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from chalicelib.agents import activity, policy
from chalicelib.agents.activity import Turn
from chalicelib.agents.agent_event import parse
from chalicelib.agents.models import AgentEvent, AgentState, House, StatusChange
from chalicelib.agents.store import Kept, Lost
from chalicelib.platform.dynamo import Contended
from chalicelib.platform.fields import Unusable
from chalicelib.tenancy.models import Seats

TRIES: Final = 6
"""Writes of one event before it is given back to the stream: each that loses has met another event of the agent."""


class Effect(StrEnum):
    """What taking in one event did."""

    TAKEN = "taken"
    KNOWN = "known"
    """A repetition, or an old event that tells nothing new: nothing changed."""
    REFUSED = "refused"
    """The agent was taken in and signed off again: all seats are taken (TEN-08)."""


class Store(Protocol):
    """Port: see `store.Agents`."""

    def write(self, state: AgentState, seen: int | None) -> Lost | None:
        """Store `state` over the copy number `seen`, or return what is there instead."""

    def log(self, changes: Iterable[StatusChange]) -> None:
        """Keep changes of status."""

    def house(self, *, consistent: bool = False) -> House:
        """Return all agents and queues."""


class Turns(Protocol):
    """Port: see `activity_store.Turns`."""

    def keep(self, turn: Turn) -> None:
        """Keep what an agent turned to, once or more often with the same effect."""


class Desk(Protocol):
    """Port: signs an agent off whom the contract has no seat for; see `desk.Desk`."""

    def sign_off(self, agent: AgentState, now: datetime) -> None:
        """Set the agent to Offline, once or more often with the same effect, and keep it on record."""


def nothing(told: object) -> None:
    """Do nothing about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingest:
    """Takes in agent events of one tenant. Any delivery order and any repetition lead to the same state.

    `known` are the copies that this process wrote last: nothing is read before a write, a copy that stood in the way
    comes back with the lost condition. `instance_arn` None accepts every instance. `refresh` is given the instant of
    each event, for what else is kept fresh as long as events come (`queue_watch`). `heard` is given each agent as the
    table then holds him, a repetition too (`packing`). `kinds` says of the tenant's own statuses which are breaks.
    """

    store: Store
    turns: Turns
    desk: Desk
    seats: Seats
    site_attribute: str
    instance_arn: str | None
    now: Callable[[], datetime]
    kinds: Mapping[str, str] = field(default_factory=dict)
    refresh: Callable[[datetime], None] = nothing
    heard: Callable[[Kept], None] = nothing
    known: dict[str, Kept] = field(default_factory=dict)

    def take(self, data: bytes) -> Effect:
        """Bring the table to what the event in `data` says.

        Raises:
            Unusable: it is no agent event of this tenant's instance.
            Contended, Throttled, StoreUnavailable: not all was written; the same call may succeed later.

        """
        event = parse(data)
        if self.instance_arn and event.instance_arn != self.instance_arn:
            msg = "the event is of another Amazon Connect instance"
            raise Unusable(msg, field="InstanceARN")
        now = self.now()
        if turned := activity.turn(event, self.kinds):
            self.turns.keep(turned)
        before, after = self._write(event, now)
        self.heard(self.known[event.agent_id])
        self.refresh(now)
        if policy.takes_seat(event, before, after) and self._refuse(after, now):
            return Effect.REFUSED
        return Effect.KNOWN if after == before else Effect.TAKEN

    def _write(self, event: AgentEvent, now: datetime) -> tuple[AgentState | None, AgentState]:
        """Return the agent's state before and after the event."""
        for _ in range(TRIES):
            kept = self.known.get(event.agent_id)
            before = kept.state if kept else None
            after = policy.fold(before, event, now, self.site_attribute)
            # First the changes: a repetition finds the state written and would not write them.
            self.store.log(policy.status_changes(event, before))
            if after == before:
                return before, after
            lost = self.store.write(after, kept.revision if kept else None)
            if lost is None:
                self.known[event.agent_id] = Kept(after, (kept.revision if kept else 0) + 1)
                return before, after
            self._forget_or_keep(event.agent_id, lost)
        raise Contended("the agent's state kept changing under the write")

    def _forget_or_keep(self, agent_id: str, lost: Lost) -> None:
        if lost.current is None:
            self.known.pop(agent_id, None)
        else:
            self.known[agent_id] = lost.current

    def _refuse(self, after: AgentState, now: datetime) -> bool:
        """Sign everybody off who is beyond the ceiling; return whether this agent is among them (TEN-08).

        All of them, because two who sign in at once may each have been counted by the other's reader only.
        """
        beyond = policy.beyond(self.store.house(consistent=True).agents, self.seats.burst, now)
        for agent in beyond:
            self.desk.sign_off(agent, now)
        return any(agent.id == after.id for agent in beyond)
