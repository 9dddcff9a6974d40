"""The floor: agents and queues as they were at one instant, and who of them may be offered a contact. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.routing.models import Passed, Why


class Presence(StrEnum):
    """What an agent has set. `away` is every status in which nothing is offered."""

    AVAILABLE = "available"
    AWAY = "away"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """One agent. `id` is Amazon Connect's, `place` the fixed one in hunting orders.

    `idle_since` is the end of the last handled contact's wrap-up or the sign-in, whichever is later; `talk_s` and
    `handled` count the current shift; `slots` is how many contacts fit, `used` how many there are, offers and wrap-up
    included. `ready_at` is the end of a back-off after a missed offer.
    """

    id: str
    name: str
    presence: Presence
    queues: frozenset[str] = frozenset()
    place: int = 0
    site: str | None = None
    idle_since: datetime | None = None
    talk_s: float = 0.0
    handled: int = 0
    slots: int = 1
    used: int = 0
    ready_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueState:
    """One queue. `last_tried` is the username that the last hunting offer went to, answered or not."""

    waiting: int = 0
    oldest_s: float = 0.0
    last_tried: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Agents and queues at `at`. No order of the agents means anything."""

    at: datetime
    agents: tuple[Agent, ...] = ()
    queues: Mapping[str, QueueState] = field(default_factory=dict)

    def queue(self, name: str) -> QueueState:
        """Return the queue's state; one of which nothing was heard is empty."""
        return self.queues.get(name, QueueState())

    def agent(self, name: str) -> Agent | None:
        """Return the agent with the username `name`; of several the one with the smallest id."""
        return min((one for one in self.agents if one.name == name), key=lambda one: one.id, default=None)


def usable(floor: Floor | None, now: datetime, max_age_s: int) -> tuple[Floor | None, Why | None]:
    """Return the floor when it is at most `max_age_s` old, else None and why; the future counts as fresh."""
    if floor is None:
        return None, Why.FLOOR_MISSING
    if now - floor.at > timedelta(seconds=max_age_s):
        return None, Why.FLOOR_STALE
    return floor, None


def unfit(agent: Agent, queue: str, now: datetime, excluded: frozenset[str]) -> Why | None:
    """Return why the agent may not be offered a contact of `queue` now, the first reason that holds; None: may be."""
    return _not_asked(agent, queue, excluded) or _not_now(agent, now)


def _not_asked(agent: Agent, queue: str, excluded: frozenset[str]) -> Why | None:
    if agent.name in excluded:
        return Why.EXCLUDED
    if agent.presence is Presence.OFFLINE:
        return Why.OFFLINE
    return None if queue in agent.queues else Why.NOT_IN_QUEUE


def _not_now(agent: Agent, now: datetime) -> Why | None:
    if agent.presence is Presence.AWAY:
        return Why.AWAY
    if agent.used >= agent.slots:
        return Why.BUSY
    return Why.BACKING_OFF if agent.ready_at is not None and agent.ready_at > now else None


def candidates(
    floor: Floor, queue: str, now: datetime, excluded: frozenset[str]
) -> tuple[list[Agent], Iterator[Passed]]:
    """Return who may be offered a contact of `queue`, by place and id, and those of the queue who may not, and why."""
    fit: list[Agent] = []
    passed: list[tuple[str, Why]] = []
    for agent in sorted(floor.agents, key=lambda one: (one.place, one.id)):
        why = unfit(agent, queue, now, excluded)
        if why is None:
            fit.append(agent)
        elif queue in agent.queues:
            passed.append((agent.name, why))
    return fit, (Passed(what=f"agent {name}", why=why) for name, why in passed)
