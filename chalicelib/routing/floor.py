"""The floor: agents and queues as they were at one instant, and who of them may be offered a contact. Pure."""

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from operator import attrgetter
from typing import Final

from chalicelib.routing.models import Passed, Why

_NAMED: Final = 8_192
"""What is said of an agent is the same in every decision; so many sayings are kept, four of each of 2,000 agents."""


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
    included. `ready_at` is the end of a back-off after a missed offer. `asked_at` is when he was offered a contact last
    or became idle, whichever is later: a reservation from before that has done its work.
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
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueState:
    """One queue. `last_tried` is the username that the last hunting offer went to, answered or not."""

    waiting: int = 0
    oldest_s: float = 0.0
    last_tried: str | None = None


_BY_PLACE = attrgetter("place", "id")

type Fit = tuple[Sequence[Agent], Sequence[Passed]]
"""Who may be offered a contact, by place and id, and who may not, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """The agents of one queue by place and id, looked at once for all decisions that one floor serves.

    `fit` are those who may be offered a contact and those who may not; None when one of them backs off, because only
    the clock tells until when. `lower` is what is said of an agent, by id, who was behind the ones that are asked.
    `of` are the agents of the floor that it was made from.
    """

    of: tuple[Agent, ...]
    agents: tuple[Agent, ...]
    fit: Fit | None
    lower: Mapping[str, Passed]


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Agents and queues at `at`. No order of the agents means anything.

    `reserved` are the ids of agents at whom other contacts are aimed (`reserving`).
    """

    at: datetime
    agents: tuple[Agent, ...] = ()
    queues: Mapping[str, QueueState] = field(default_factory=dict)
    reserved: frozenset[str] = frozenset()
    _teams: dict[str, Team] = field(default_factory=dict, repr=False, compare=False)

    def team(self, queue: str) -> Team:
        """Return the agents of the queue; a copy of this floor that was seen at another instant shares them."""
        known = self._teams.get(queue)
        if known is None or known.of is not self.agents:
            known = self._teams[queue] = _team(self, queue)
        return known

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


def unfit(
    agent: Agent, queue: str, now: datetime, excluded: frozenset[str], reserved: frozenset[str] = frozenset()
) -> Why | None:
    """Return why the agent may not be offered a contact of `queue` now, the first reason that holds; None: may be."""
    why = _not_asked(agent, queue, excluded) or _not_now(agent, now)
    return Why.RESERVED if why is None and agent.id in reserved else why


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


def candidates(floor: Floor, queue: str, now: datetime, excluded: frozenset[str]) -> Fit:
    """Return who may be offered a contact of `queue`, by place and id, and those of the queue who may not, and why."""
    team = floor.team(queue)
    found = _parted(team.agents, queue, now, excluded) if team.fit is None or excluded else team.fit
    return _unreserved(found, floor.reserved) if floor.reserved else found


def _unreserved(found: Fit, reserved: frozenset[str]) -> Fit:
    fit, passed = found
    kept = [_passed(agent.name, Why.RESERVED) for agent in fit if agent.id in reserved]
    return [agent for agent in fit if agent.id not in reserved], [*passed, *kept]


def _team(floor: Floor, queue: str) -> Team:
    ordered = tuple(sorted([one for one in floor.agents if queue in one.queues], key=_BY_PLACE))
    backs_off = any(one.ready_at is not None for one in ordered)
    return Team(
        of=floor.agents,
        agents=ordered,
        fit=None if backs_off else _parted(ordered, queue, floor.at, frozenset()),
        lower={one.id: _passed(one.name, Why.RANKED_LOWER) for one in ordered},
    )


def _parted(members: Iterable[Agent], queue: str, now: datetime, excluded: frozenset[str]) -> Fit:
    fit: list[Agent] = []
    passed: list[Passed] = []
    for agent in members:
        why = unfit(agent, queue, now, excluded)
        if why is None:
            fit.append(agent)
        else:
            passed.append(_passed(agent.name, why))
    return fit, passed


@functools.lru_cache(maxsize=_NAMED)
def _passed(name: str, why: Why) -> Passed:
    return Passed(what=f"agent {name}", why=why)
