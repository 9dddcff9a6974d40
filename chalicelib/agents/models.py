"""Agents: what they are. Values only; an absent fact is None, never ''. Instants are UTC with milliseconds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

HEARTBEAT_S: Final = 120
"""Amazon Connect says at least this often that an agent is still there (7)."""
GONE_S: Final = 300
"""An agent of whom nothing was heard for two heartbeats and a minute has gone without a word: his LOGOUT was lost."""
LATE_S: Final = 5.0
"""An event that was taken in so much later than it happened shows that the stream is behind."""
SEATS_S: Final = 900
"""Seconds of an interval of the report of seats."""
CALLS_KEPT: Final = 12
"""Contacts of a shift that an agent's state still tells apart; older ones are only counted."""
LONG_AGO: Final = datetime(2017, 1, 1, tzinfo=UTC)
"""Stands for an unknown beginning of a shift: Amazon Connect is younger."""

OFFERED: Final = frozenset({"CONNECTING", "INCOMING"})
"""States of a contact that is being offered."""
ENDED: Final = "ENDED"
"""After-contact work: the conversation is over."""
SIGNED_OUT: Final = "signed-out"
"""How the status is called that an event without a snapshot leaves behind."""
IN_THE_WAY: Final = frozenset({"CONNECTING", "INCOMING", "MISSED", "REJECTED", "ERROR"})
"""As long as an agent has a contact in one of these states, Amazon Connect offers him no other one (10.1)."""


class StatusType(StrEnum):
    """What a status means to Amazon Connect (7)."""

    ROUTABLE = "ROUTABLE"
    CUSTOM = "CUSTOM"
    OFFLINE = "OFFLINE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What an agent has chosen, and since when. It does not change while a contact is handled."""

    name: str
    type: StatusType
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A contact on an agent's screen. `state` is Amazon Connect's (7): CONNECTING, CONNECTED, ENDED and so on."""

    contact_id: str
    channel: str
    state: str
    since: datetime
    connected_at: datetime | None = None
    queue: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """An agent at one instant. `queues` are names of the routing profile's queues, `slots` most contacts a channel."""

    username: str
    status: Status
    next_status: str | None = None
    queues: tuple[str, ...] = ()
    slots: Mapping[str, int] = field(default_factory=dict)
    proficiencies: Mapping[str, str] = field(default_factory=dict)
    works: tuple[Work, ...] = ()

    @property
    def is_online(self) -> bool:
        """Whether the agent holds a seat: any status but an offline one."""
        return self.status.type is not StatusType.OFFLINE


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentEvent:
    """One event of the agent event stream (7). `agent_id` is Amazon Connect's."""

    id: str
    at: datetime
    type: str
    agent_id: str
    instance_arn: str
    current: Snapshot | None
    previous: Snapshot | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A contact that the agent was connected to in this shift. `talk_ms` is None until its end is known.

    `mark` is short for the contact's id; it has to tell apart a dozen contacts of one agent.
    """

    mark: str
    connected_at: datetime
    talk_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """What an agent has done since `began_at`, the last LOGIN or LOGOUT.

    `calls` are the newest contacts in the order of their beginning; `talk_ms` and `handled` count the ones that began
    at `counted_until` or before, which are no longer told apart.
    """

    began_at: datetime = LONG_AGO
    calls: tuple[Call, ...] = ()
    talk_ms: int = 0
    handled: int = 0
    counted_until: datetime = LONG_AGO

    @property
    def whole_talk_s(self) -> float:
        """Talk time of the shift, hold included; contacts that go on are not in it."""
        return (self.talk_ms + sum(call.talk_ms or 0 for call in self.calls)) / 1000

    @property
    def whole_handled(self) -> int:
        """Contacts of the shift that the agent was connected to."""
        return self.handled + len(self.calls)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentState:
    """What is known of one agent, from all events that were heard of him.

    `heard_at` is the newest event's instant and `heard_ids` the events of that instant; `taken_at` is when it was
    taken in. `online_at` and `offline_at` are when he last took and left a seat, `cleared_at` when he was last done
    with a contact, `tried` when each queue last offered him one. `site` is the value of the tenant's site attribute.
    """

    id: str
    name: str
    heard_at: datetime
    heard_ids: tuple[str, ...]
    taken_at: datetime
    snapshot: Snapshot | None
    shift: Shift
    site: str | None = None
    online_at: datetime | None = None
    offline_at: datetime | None = None
    cleared_at: datetime | None = None
    tried: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def status(self) -> Status | None:
        """What the agent has chosen; None when he has signed out."""
        return self.snapshot.status if self.snapshot else None

    @property
    def seat_since(self) -> datetime | None:
        """Since when the agent holds a seat; None when he holds none."""
        if self.snapshot is None or not self.snapshot.is_online:
            return None
        if self.online_at is not None and (self.offline_at is None or self.online_at >= self.offline_at):
            return self.online_at
        return self.snapshot.status.since  # the event in which he took it was lost

    def is_gone(self, now: datetime) -> bool:
        """Whether nothing was heard for so long that the agent must have left without a word."""
        return now - self.heard_at > timedelta(seconds=GONE_S)

    @property
    def idle_since(self) -> datetime:
        """The end of the last contact's wrap-up or the sign-in, whichever is later."""
        return max(self.shift.began_at, self.cleared_at or LONG_AGO, self.seat_since or LONG_AGO)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFigures:
    """What waits in a queue, as Amazon Connect counts it: contacts, and the age of the oldest in seconds."""

    waiting: int
    oldest_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuesKept:
    """The figures of the queues as of `at`, and when somebody last set out to ask for newer ones."""

    figures: Mapping[str, QueueFigures]
    at: datetime
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """All agents that anything was heard of, and the queues as they were at `queues_at`."""

    agents: tuple[AgentState, ...] = ()
    queues: Mapping[str, QueueFigures] = field(default_factory=dict)
    queues_at: datetime | None = None

    def known_at(self, now: datetime) -> datetime | None:
        """Return the instant at which what is known of the agents was true; see `known_at`."""
        return known_at(((one.heard_at, one.taken_at) for one in self.agents), now)


def known_at(told: Iterable[tuple[datetime, datetime]], now: datetime) -> datetime | None:
    """Return the instant at which what is known of agents was true; None when nothing is known.

    `told` is when each agent's newest event happened and when it was taken in. A house where somebody is signed in
    speaks at least every 120 s, so silence up to then is no age; but when the newest event was taken in late, the
    stream is behind and what is known is as old as that event.
    """
    newest = max(told, key=lambda one: one[0], default=None)
    if newest is None:
        return None
    heard_at, taken_at = newest
    if (taken_at - heard_at).total_seconds() > LATE_S:
        return heard_at
    return max(heard_at, min(now, heard_at + timedelta(seconds=HEARTBEAT_S)))


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChange:
    """An agent's status from `at` on. The same agent and instant are the same change, however often it is told."""

    at: datetime
    agent_id: str
    username: str
    status: str
    type: StatusType


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatInterval:
    """The most seats that were taken at once in a quarter-hour, and how many of them were beyond the contracted."""

    start: datetime
    peak: int
    over: int
