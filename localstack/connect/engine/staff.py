"""A signed-in agent, simulated or played by a person: what was chosen, and what is on the screen."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from localstack.connect.directory import AgentStatus, Instance, Queue, RoutingProfile, User
from localstack.connect.engine import acd
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.criteria import Skills
from localstack.connect.engine.timeline import Timer

NEVER = datetime.min.replace(tzinfo=UTC)
JITTER = 0.2
"""Simulated durations vary by that share around their middle."""
ANY_CHANNEL = "ROUTE_ANY_CHANNEL"
AGENT_QUEUE_LIMIT = 10
"""Contacts in one agent queue (13.1)."""


class Activity(StrEnum):
    """The state of a contact that an agent has, in the words of the agent event stream (7)."""

    IDLE = ""
    INCOMING = "INCOMING"
    CONNECTING = "CONNECTING"
    CONNECTED = "CONNECTED"
    PAUSED = "PAUSED"
    ON_HOLD = "CONNECTED_ONHOLD"
    MISSED = "MISSED"
    REJECTED = "REJECTED"
    ENDED = "ENDED"


OFFERED = frozenset({Activity.INCOMING, Activity.CONNECTING})
REFUSED = frozenset({Activity.MISSED, Activity.REJECTED})
NOTHING_MORE = OFFERED | REFUSED
"""As long as a contact is in one of them, its agent is offered no other one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How a simulated agent behaves; seconds are middles. A `person` decides everything by the control API."""

    ring_s: float = 2.0
    accept_share: float = 1.0
    talk_s: float = 180.0
    acw_s: float = 30.0
    reply_s: float = 8.0
    """From a customer's message in a chat to the agent's answer."""
    clears_missed: bool = True
    """Clears a missed contact from the screen after a while; else it stays there, and nothing more is offered."""
    person: bool = False


@dataclass(slots=True, eq=False)
class Handling:
    """One contact on an agent's screen."""

    contact: Contact
    activity: Activity
    since: datetime
    timer: Timer | None = None
    accepted: bool = False
    """An offer that the agent has taken; the whisper runs."""


@dataclass(slots=True, kw_only=True, eq=False)
class Agent:
    """One signed-in agent. `desk` is what is on the screen, by contact id, oldest first."""

    instance: Instance
    user: User
    profile: RoutingProfile
    habits: Habits
    status: AgentStatus
    status_since: datetime
    next_status: AgentStatus | None = None
    next_status_at: datetime | None = None
    available_since: datetime
    tie: str = ""
    desk: dict[str, Handling] = field(default_factory=dict)
    kept_for: Contact | None = None
    """A customer who is being called first: nothing else is offered meanwhile."""
    heartbeat: Timer | None = None
    beats_until: datetime = NEVER
    """How long heartbeats go on once the agent has signed out."""
    last_snapshot: dict[str, Any] | None = None
    handled: int = 0
    entries: tuple[acd.Entry, ...] = field(default=())
    queue_ids: frozenset[str] = field(default=frozenset())
    """The queues of the routing profile."""
    skills: Skills = field(default_factory=dict)
    _channels: frozenset[str] = field(default=frozenset())
    """What may be offered when the screen is empty."""

    def __post_init__(self) -> None:
        self.renew(self.user, self.profile, self.habits)

    def renew(self, user: User, profile: RoutingProfile, habits: Habits) -> None:
        """Take over what has changed in the instance, and other habits."""
        self.user, self.profile, self.habits = user, profile, habits
        self.entries = tuple(
            acd.Entry(queue_id, priority, delay_s, channel)
            for queue_id, channel, priority, delay_s in self.profile.queues
        )
        self.queue_ids = frozenset(entry.queue_id for entry in self.entries)
        self._channels = frozenset(channel for channel, slots in profile.concurrency.items() if slots > 0)
        self.skills = {(name, value): level for name, value, level in user.proficiencies}

    @property
    def id(self) -> str:
        """The user id."""
        return self.user.id

    @property
    def contact(self) -> Contact | None:
        """The oldest contact on the screen."""
        return next((handling.contact for handling in self.desk.values()), None)

    @property
    def activity(self) -> Activity:
        """What the oldest contact on the screen is doing."""
        return next((handling.activity for handling in self.desk.values()), Activity.IDLE)

    @property
    def since(self) -> datetime:
        """Since when the agent has been doing that."""
        idle = max(self.available_since, self.status_since)
        return next((handling.since for handling in self.desk.values()), idle)

    @property
    def free(self) -> bool:
        """Whether a call may be offered now."""
        return acd.VOICE in self.open_channels()

    def open_channels(self) -> frozenset[str]:
        """The channels of which a contact may be offered now (11.2).

        Nothing goes to an agent whose telephone rings, who has missed a contact, or who chose another status. A paused
        task counts for nothing.
        """
        if self.status.type != "ROUTABLE" or self.next_status is not None or self.kept_for is not None:
            return frozenset()
        if not self.desk:
            return self._channels
        held = [one.contact.channel for one in self.desk.values() if one.activity is not Activity.PAUSED]
        if any(handling.activity in NOTHING_MORE for handling in self.desk.values()):
            return frozenset()
        alone = {channel for channel in held if self.profile.cross_channel.get(channel) != ANY_CHANNEL}
        return frozenset(
            channel
            for channel, slots in self.profile.concurrency.items()
            if held.count(channel) < slots and alone <= {channel}
        )

    def taken(self, channel: str) -> int:
        """How many slots of a channel are taken; a paused task takes none."""
        held = (one for one in self.desk.values() if one.activity is not Activity.PAUSED)
        return sum(handling.contact.channel == channel for handling in held)

    def has_slot(self, channel: str) -> bool:
        """Whether a slot of the channel is free."""
        return self.taken(channel) < self.profile.concurrency.get(channel, 0)

    def accepts_by_itself(self, contact: Contact) -> bool:
        """Whether the contact is accepted as soon as it is offered: as set for its channel, else for all of them."""
        user = self.user
        return user.per_channel.accepts(contact.channel, callback=contact.is_callback, usually=user.auto_accept)

    def acw_limit_s(self, contact: Contact) -> int:
        """How long after-contact work of the contact may take; 0 = no limit."""
        user = self.user
        return user.per_channel.acw_limit_s(contact.channel, callback=contact.is_callback, usually=user.acw_limit_s)

    def as_free(self, channels: frozenset[str]) -> acd.FreeAgent:
        """The agent as the matching sees it, with the channels that are open."""
        return acd.FreeAgent(self.id, self.available_since, self.entries, channels, self.skills, self.tie)


def agent_queue(instance: Instance, user: User) -> Queue:
    """The queue of one agent: no name, and nobody else serves it (11.1)."""
    return Queue(
        id=user.id, arn=f"{instance.arn}/queue/agent/{user.id}", name="", hours_id="", max_contacts=AGENT_QUEUE_LIMIT
    )


def is_agent_queue(queue: Queue) -> bool:
    """Whether a queue belongs to one agent."""
    return "/queue/agent/" in queue.arn
