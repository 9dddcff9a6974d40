"""Real time: what it is. Values only; an absent fact is None. Instants are UTC with milliseconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal

NO_LINE: Final = "-"
"""Stands for the line of a contact over a number that is no line's, and of one without a number."""
BEFORE_MENU: Final = "-"
"""Stands for the node of a contact that is in the flow and has not reached a menu."""
WINS_AFTER_S: Final = 30.0
"""Amazon Connect's own figures lag 5 to 10 s (10.2). Where it has said another thing than our events for so long, an
event was lost and Amazon Connect is believed."""
CHECK_HOLDS_S: Final = 150.0
"""What Amazon Connect said longer ago is not of the present; it is asked at least every minute."""
LATE_S: Final = 5.0
"""An event that was taken in so much later than it happened shows that events are behind."""
LONGEST_S: Final = 12 * 3_600
"""A contact that began longer ago and never ended is a lost end, and is not shown."""
TELLS_NOTHING_S: Final = 120.0
"""An event that arrives later than this tells nothing of the present: the contact's record is here, or soon will be."""

TELLING: Final = ("INITIATED", "QUEUED", "CONNECTED_TO_AGENT", "DISCONNECTED")
"""The contact events that move a contact; each tells everything that Amazon Connect knew of it then (8.1)."""

READY: Final = "ready"
AWAY: Final = frozenset({"busy", "break"})
"""What an agent does who has a seat and serves nobody (`agents/activity.py` has all of them)."""

type Source = Literal["events", "connect"]


class Stage(StrEnum):
    """Where a contact is. The order is that of a contact's life."""

    FLOW = "flow"
    """In a flow: greeting, menu, a message, or aside after leaving the line."""
    WAITING = "waiting"
    """In a queue of the contract, not yet with an agent."""
    TALKING = "talking"
    """With an agent, holds included."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What one contact event tells (8.1): everything that Amazon Connect knew of the contact then.

    `queue` is the contract's id, None for a queue that is not in the contract. `number` is the entry number.
    """

    id: str
    channel: str
    method: str
    at: datetime
    taken_at: datetime
    number: str | None = None
    queue: str | None = None
    queued_at: datetime | None = None
    connected_at: datetime | None = None
    ended_at: datetime | None = None
    agent_id: str | None = None

    @property
    def stage(self) -> Stage:
        """Where the contact is after the event."""
        if self.ended_at:
            return Stage.ENDED
        if self.connected_at:
            return Stage.TALKING
        return Stage.WAITING if self.queued_at and self.queue else Stage.FLOW

    @property
    def last_at(self) -> datetime:
        """The latest instant that the event tells of."""
        return max(filter(None, (self.at, self.queued_at, self.connected_at, self.ended_at)))

    @property
    def rank(self) -> int:
        """A number that grows along a contact's life: an event of a smaller or the same one tells nothing new."""
        facts = (self.queued_at, self.connected_at, self.ended_at)
        return round(self.last_at.timestamp() * 1000) * 4 + max((n for n, at in enumerate(facts, 1) if at), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in which line's menus a contact stands, since `at`."""

    contact_id: str
    line: str
    node: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCheck:
    """What Amazon Connect said of a queue, and since when our events have said another number waits."""

    waiting: int
    oldest_s: float
    differs_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentCheck:
    """What Amazon Connect said of an agent of whom our events said another thing."""

    agent: str
    activity: str
    status: str
    since: datetime
    differs_since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What our events were held against: Amazon Connect's own figures of queues (`at`) and agents (`agents_at`)."""

    at: datetime
    queues: Mapping[str, QueueCheck] = field(default_factory=dict)
    agents_at: datetime | None = None
    agents: tuple[AgentCheck, ...] = ()

    @property
    def queues_agree(self) -> bool:
        """Whether our events said of every queue what Amazon Connect did."""
        return all(row.differs_since is None for row in self.queues.values())

    def is_fresh(self, at: datetime | None, now: datetime) -> bool:
        """Whether what was said `at` still is of the present."""
        return at is not None and now - at <= timedelta(seconds=CHECK_HOLDS_S)


class Phase(StrEnum):
    """Where a threshold stands."""

    CLEAR = "clear"
    RISING = "rising"
    """Above the level, and not yet for long enough."""
    RAISED = "raised"
    FALLING = "falling"
    """Raised, at or below the clearing level, and not yet for long enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A threshold's phase since `since`; `told` is False while somebody is still to be told of the last change."""

    phase: Phase
    since: datetime
    value: float
    told: bool = True

    @property
    def is_raised(self) -> bool:
        """Whether it was raised and has not been cleared."""
        return self.phase in {Phase.RAISED, Phase.FALLING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """What is kept of the contacts of this moment, and how it was held against Amazon Connect last.

    `standings` says where the thresholds stand, `revision` is the number of that copy, 0 when there is none.
    """

    moments: tuple[Moment, ...] = ()
    places: tuple[Place, ...] = ()
    check: Check | None = None
    standings: Mapping[str, Standing] = field(default_factory=dict)
    revision: int = 0

    def known_at(self, now: datetime) -> datetime:
        """Return the instant at which this was true: now, unless events are behind.

        Then it is that of the newest event, or of a later check in which nothing differed.
        """
        newest = max(self.moments, key=lambda one: one.last_at, default=None)
        if newest is None or (newest.taken_at - newest.last_at).total_seconds() <= LATE_S:
            return now
        checked_at = self.check.at if self.check and self.check.queues_agree else newest.last_at
        return min(now, max(newest.last_at, checked_at))


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueNow:
    """What waits in a queue, and who serves it. `longest_s` is 0 while nothing waits."""

    queue: str
    waiting: int
    longest_s: float
    source: Source = "events"
    staffed: int = 0
    available: int = 0
    talking: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LineNow:
    """Contacts of a line by where they are."""

    line: str
    in_flow: int
    waiting: int
    talking: int
    holds: int | None = None
    """How many the line takes at once; None: the contract does not say, or not all of the line is the reader's."""

    @property
    def in_progress(self) -> int:
        """All of them."""
        return self.in_flow + self.waiting + self.talking

    @property
    def occupancy(self) -> float | None:
        """The share of the line that is in use; None where it is not known how much it holds."""
        return self.in_progress / self.holds if self.holds else None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeNow:
    """How many callers stand at a node of a line's menus, and for how long the longest has."""

    line: str
    node: str
    callers: int
    longest_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentNow:
    """What an agent does, since when, with which contact, and out of which queue it came."""

    agent: str
    activity: str
    status: str
    since: datetime
    contact_id: str | None = None
    queue: str | None = None
    queues: tuple[str, ...] = ()
    next_status: str | None = None
    source: Source = "events"
