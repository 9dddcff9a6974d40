"""A contact: everything that is true about one call while it lives. Changed by the world's one thread only."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from localstack.connect.directory import Document, Flow, Instance, Queue
from localstack.connect.engine.criteria import Criteria
from localstack.connect.engine.detection import Detection
from localstack.connect.engine.legs import AgentLeg, Leg, Participant
from localstack.connect.engine.parts import Break, MediaStream, Recording, State, Told, Visit
from localstack.connect.engine.plan import CallPlan

if TYPE_CHECKING:
    from localstack.connect.engine.chat import Chat
    from localstack.connect.engine.email import Email
    from localstack.connect.engine.files import AttachedFile
    from localstack.connect.engine.listening import Awaiting, Listening
    from localstack.connect.engine.process import Process
    from localstack.connect.engine.staff import Agent
    from localstack.connect.engine.timeline import Timer


MAX_ATTRIBUTES_BYTES = 32_768
BYTES_OF_A_CHARACTER = 4
"""At most, in UTF-8."""
MAX_CHAIN = 12
"""Contacts in a chain (13.2)."""


@dataclass(slots=True, eq=False)
class Line:
    """What the contacts of one customer's call share. The customer is, or was last, on `home`."""

    segments: "list[Contact]"
    home: "Contact"
    held_by: "Contact | None" = None
    """Whose agent has the customer on hold."""
    customer_left: bool = False
    """The customer has hung up, and others talk on."""


@dataclass(slots=True, kw_only=True, eq=False)
class Contact:
    """One contact, of whatever channel."""

    id: str
    instance: Instance
    plan: CallPlan
    rng: random.Random
    initiated_at: datetime
    sequence: int
    connected_at: datetime | None = None
    """When the customer's line was up."""
    channel: str = "VOICE"
    initiation_method: str = "INBOUND"
    state: State = State.FLOW
    attributes: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    segment_attributes: dict[str, str] = field(default_factory=lambda: {"connect:Subtype": "connect:Telephony"})
    name: str | None = None
    description: str | None = None
    customer_id: str | None = None
    language: str | None = None
    voice: str = "Joanna"
    callback_number: str | None = None
    target_queue: Queue | None = None
    priority: int = 5
    age_adjustment_s: int = 0
    criteria: Criteria | None = None
    step_timer: "Timer | None" = None
    hooks: dict[str, Flow] = field(default_factory=dict)
    logging: bool = False
    recorded: tuple[str, ...] = ()
    analytics: bool = False
    loops: dict[tuple[str, str], int] = field(default_factory=dict)
    visit: Visit | None = None
    leg: AgentLeg | None = None
    offered_to: "Agent | None" = None
    attempts: int = 0
    recordings: list[Recording] = field(default_factory=list)
    disconnected_at: datetime | None = None
    disconnect_reason: str | None = None
    completed: bool = False
    transcript: list[Told] = field(default_factory=list)
    burst_id: str = ""
    previous: "Contact | None" = None
    next: "Contact | None" = None
    source: "Contact | None" = None
    """The contact whose agent brings this one's party in, until the party is joined with the customer."""
    third: Leg | None = None
    """The third party's part, when the contact is a call to one."""
    held_by: "Contact | None" = None
    """The contact whose agent has put this one's own party, agent or third party, on hold."""
    asked: Participant = "agent"
    """Whom a transfer flow talks to before its party is joined (UpdatePreviousContactParticipantState)."""
    references: dict[str, Any] = field(default_factory=dict)
    files: "dict[str, AttachedFile]" = field(default_factory=dict)
    """Files that were announced, by their ids; those of a chat are the chat's."""
    media_stream: MediaStream | None = None
    wisdom_session: str | None = None
    typed_ahead: str = ""
    """Keys that were pressed when nobody listened, since the last input."""
    task_id: str | None = None
    """The task that a flow of this contact has created last."""
    detection: Detection | None = None
    """Answering machine detection, when it is on for this call."""
    campaign_id: str | None = None
    queued_before_s: float = 0.0
    """How long the callback has been queued by the contact before this one (customer first)."""
    related: "Contact | None" = None
    """The contact that this one came from without succeeding it: a task's call."""
    transferred_to: str | None = None
    transferred_at: datetime | None = None
    line: Line | None = None
    process: "Process | None" = None
    agent_process: "Process | None" = None
    listening: "Listening | None" = None
    breaks: list[Break] = field(default_factory=list)
    scheduled_at: datetime | None = None
    """When a task was to begin."""
    expires_at: datetime | None = None
    template: "Document | None" = None
    """What a task was made by."""
    agent_listening: "Listening | None" = None
    awaits: "Awaiting | None" = None
    """What a flow waits for that is not asked of the customer."""
    email: "Email | None" = None
    """The message, when the channel is EMAIL."""
    chat: "Chat | None" = None
    """What is written, when the channel is CHAT; one chat for all contacts that it goes through."""

    def __post_init__(self) -> None:
        self.call.segments.append(self)

    @property
    def call(self) -> Line:
        """What this contact shares with the others of the customer's call."""
        if self.line is None:
            self.line = Line([], self)
        return self.line

    @property
    def segments(self) -> "list[Contact]":
        """The contacts of the customer's call, oldest first, this one included."""
        return self.call.segments

    @property
    def initial(self) -> "Contact":
        """The first contact of the chain."""
        return self if self.previous is None else self.previous.initial

    @property
    def chain_length(self) -> int:
        """How many contacts lead here, this one included."""
        return 1 if self.previous is None else 1 + self.previous.chain_length

    @property
    def latest(self) -> "Contact":
        """The contact that the customer's call has come to."""
        return self.call.home

    @property
    def part(self) -> Leg | None:
        """The part of the agent or third party whom this contact has brought to the customer."""
        return self.leg or self.third

    @property
    def party_name(self) -> str:
        """The agent or third party of this contact, in words."""
        return self.leg.agent.user.username if self.leg is not None else self.plan.caller

    @property
    def talking(self) -> bool:
        """Whether an agent or a third party is on the line by this contact."""
        return self.state is State.CONNECTED and self.part is not None

    @property
    def ended(self) -> bool:
        """Whether the conversation is over (after-contact work may still run)."""
        return self.state is State.ENDED

    @property
    def paused(self) -> bool:
        """Whether it is a task that is paused now."""
        return bool(self.breaks) and self.breaks[-1].ended_at is None

    @property
    def is_callback(self) -> bool:
        """Whether the customer is called back once an agent has accepted."""
        return self.initiation_method == "CALLBACK"

    @property
    def waiting(self) -> bool:
        """Whether the customer is in a queue now, also while an agent's telephone rings."""
        return self.visit is not None and self.visit.outcome is None

    def tell(self, at: datetime, kind: str, text: str, **facts: Any) -> None:
        """Add a line to the transcript."""
        self.transcript.append(Told(len(self.transcript) + 1, at, kind, text, facts))

    def set_attributes(self, values: Mapping[str, str]) -> bool:
        """Set user-defined attributes, all or none: all together hold at most 32 KB (2.3)."""
        merged = {**self.attributes, **values}
        if not fit(merged, MAX_ATTRIBUTES_BYTES):
            return False
        self.attributes = merged
        return True


def fit(values: Mapping[str, str], limit_bytes: int) -> bool:
    """Whether keys and values together take at most so many bytes of UTF-8."""
    characters = len("".join(values)) + len("".join(values.values()))  # joined is counted faster than one by one
    if characters * BYTES_OF_A_CHARACTER <= limit_bytes:  # nearly always, so the bytes need not be counted
        return True
    return sum(len(key.encode()) + len(value.encode()) for key, value in values.items()) <= limit_bytes
