"""A signed-in agent, simulated: what the person chose, what the telephone does."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from localstack.connect.directory import AgentStatus, Instance, RoutingProfile, User
from localstack.connect.engine import acd
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.timeline import Timer

JITTER = 0.2
"""Simulated durations vary by that share around their middle."""


class Activity(StrEnum):
    """The state of the contact that an agent has, in the words of the agent event stream (7)."""

    IDLE = ""
    CONNECTING = "CONNECTING"
    CONNECTED = "CONNECTED"
    MISSED = "MISSED"
    ENDED = "ENDED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How a simulated agent behaves; seconds are middles."""

    ring_s: float = 2.0
    accept_share: float = 1.0
    talk_s: float = 180.0
    acw_s: float = 30.0


@dataclass(slots=True, kw_only=True, eq=False)
class Agent:
    """One signed-in agent. `contact` is what the agent has on the screen, its `activity` included."""

    instance: Instance
    user: User
    profile: RoutingProfile
    habits: Habits
    status: AgentStatus
    status_since: datetime
    next_status: AgentStatus | None = None
    next_status_at: datetime | None = None
    available_since: datetime
    activity: Activity = Activity.IDLE
    activity_since: datetime
    contact: Contact | None = None
    heartbeat: Timer | None = None
    timer: Timer | None = None
    last_snapshot: dict[str, Any] | None = None
    handled: int = 0
    entries: tuple[acd.Entry, ...] = field(default=())

    def __post_init__(self) -> None:
        self.renew(self.user, self.profile, self.habits)

    def renew(self, user: User, profile: RoutingProfile, habits: Habits) -> None:
        """Take over what has changed in the instance, and other habits."""
        self.user, self.profile, self.habits = user, profile, habits
        self.entries = tuple(
            acd.Entry(queue_id, priority, delay_s)
            for queue_id, channel, priority, delay_s in self.profile.queues
            if channel == "VOICE"
        )

    @property
    def id(self) -> str:
        """The user id."""
        return self.user.id

    @property
    def free(self) -> bool:
        """Whether a contact may be offered now."""
        return self.status.type == "ROUTABLE" and self.activity is Activity.IDLE and self.next_status is None

    def as_free(self) -> acd.FreeAgent:
        """The agent as the matching sees it."""
        return acd.FreeAgent(self.id, self.available_since, self.entries)
