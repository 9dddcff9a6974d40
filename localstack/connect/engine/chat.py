"""A chat: who takes part in it, and everything that was written (12). Values and bookkeeping; `chats` changes them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from localstack.connect.engine import times

if TYPE_CHECKING:
    from localstack.connect.engine.attachments import Attachment
    from localstack.connect.engine.hearing import Hearer
    from localstack.connect.engine.timeline import Timer

Role = Literal["CUSTOMER", "AGENT", "SYSTEM", "CUSTOM_BOT"]
PLAIN, MARKDOWN, JSON = "text/plain", "text/markdown", "application/json"
INTERACTIVE = "application/vnd.amazonaws.connect.message.interactive"
INTERACTIVE_RESPONSE = "application/vnd.amazonaws.connect.message.interactive.response"
MESSAGE_TYPES = frozenset({PLAIN, MARKDOWN, JSON, INTERACTIVE, INTERACTIVE_RESPONSE})
EVENT = "application/vnd.amazonaws.connect.event."
JOINED, LEFT, ENDED = f"{EVENT}participant.joined", f"{EVENT}participant.left", f"{EVENT}chat.ended"
IDLE, ACTIVE, AUTO_LEFT = (f"{EVENT}participant.{what}" for what in ("idle", "returned", "autodisconnection"))
TRANSFERRED, NOT_TRANSFERRED = f"{EVENT}transfer.succeeded", f"{EVENT}transfer.failed"
CUSTOMER_RETURNED, BOT_LEFT = "CustomerReturned", "BotParticipantDisconnected"
"""What a flow may wait for (2.2, Wait)."""
TYPING = f"{EVENT}typing"
SHORTEST_MIN, LONGEST_MIN, USUAL_MIN = 60, 10_080, 1_500
"""How long a chat may last (12, 13.2)."""
IDLE_MIN, IDLE_MAX = 2, 480
"""Minutes of the timers of participants."""


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody who takes part."""

    id: str
    role: Role
    name: str


SYSTEM = Participant("", "SYSTEM", "SYSTEM_MESSAGE")
"""Whoever speaks for a flow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of the transcript: a message, or an event without content."""

    id: str
    at: datetime
    contact_id: str
    by: Participant | None
    content_type: str
    content: str | None = None
    only: Role | None = None
    """Who alone sees it: a whisper. None = everybody."""
    attachment: "Attachment | None" = None

    @property
    def is_message(self) -> bool:
        """Whether somebody has written something."""
        return self.content is not None

    def to_json(self) -> dict[str, Any]:
        """The line as the Participant Service and the stored transcript show it."""
        shown: dict[str, Any] = {
            "AbsoluteTime": times.millis(self.at),
            "ContentType": self.content_type,
            "Id": self.id,
            "Type": "ATTACHMENT" if self.attachment else "MESSAGE" if self.is_message else "EVENT",
        }
        if self.is_message:
            shown["Content"] = self.content
        if self.attachment is not None:
            shown["Attachments"] = [self.attachment.to_json()]
        if self.by is not None:
            shown |= {"DisplayName": self.by.name, "ParticipantRole": self.by.role}
            if self.by.id:
                shown["ParticipantId"] = self.by.id
        return shown


@dataclass(slots=True)
class Chat:
    """One customer's chat, whatever contacts it goes through. Items are in the order in which they were written."""

    customer: Participant
    items: list[Item] = field(default_factory=list)
    agents: dict[str, Participant] = field(default_factory=dict)
    """By contact id."""
    bots: dict[str, Participant] = field(default_factory=dict)
    """Custom participants that are connected, by participant id."""
    connected: bool = False
    """Whether the customer has connected."""
    over: bool = False
    initial_message: str | None = None
    """What the customer began with: $.Media.InitialMessage."""
    timers: dict[tuple[str, str], int] = field(default_factory=dict)
    """Minutes by (role, IDLE or DISCONNECT_NONCUSTOMER)."""
    running: "dict[str, Timer]" = field(default_factory=dict)
    """The idle timer that runs for each role."""
    idle: set[str] = field(default_factory=set)
    """Roles that are considered idle."""
    expiry: "Timer | None" = None
    attachments: "dict[str, Attachment]" = field(default_factory=dict)
    """Files that were announced, by their ids."""
    hearers: "dict[str, Hearer]" = field(default_factory=dict)
    """Open connections of participants."""
    past: tuple[Item, ...] = ()
    """What an earlier chat left, when this one goes on with it (persistent chat)."""

    def of(self, contact_id: str) -> list[Item]:
        """What was written while the chat was that contact."""
        return [item for item in self.items if item.contact_id == contact_id]

    def seen_by(self, role: str) -> list[Item]:
        """All that a participant may read, oldest first."""
        return [item for item in (*self.past, *self.items) if item.only in (None, role)]


def stored(
    items: Iterable[Item], *, account: str, instance_id: str, contact_id: str, initial_id: str
) -> dict[str, Any]:
    """The transcript as it is kept in a bucket (9)."""
    lines = [item.to_json() for item in items]
    ids = dict.fromkeys(line["ParticipantId"] for line in lines if "ParticipantId" in line)
    return {
        "Version": "2019-08-26",
        "AWSAccountId": account,
        "InstanceId": instance_id,
        "InitialContactId": initial_id,
        "ContactId": contact_id,
        "Participants": [{"ParticipantId": one} for one in ids],
        "Transcript": lines,
    }


def metrics(items: Iterable[Item], joined_at: datetime | None, ended_at: datetime | None) -> Mapping[str, Any]:
    """`ChatMetrics` of a contact record (6.3): how many messages, and how long answers took, in milliseconds.

    A response is the first message after one of the other side; a turn is one side's message after the other's.
    """
    written = [item for item in items if item.is_message and item.by is not None]
    people = [item for item in written if item.by and item.by.role in ("AGENT", "CUSTOMER")]
    automatic = [item for item in written if item.by and item.by.role in ("SYSTEM", "CUSTOM_BOT")]
    first = next((item for item in people if item.by and item.by.role == "AGENT"), None)
    last = next((item for item in reversed(people) if item.by and item.by.role == "CUSTOMER"), None)
    turns = sum(1 for one, other in pairwise(people) if _role(one) != _role(other))
    return {
        "ContactMetrics": {
            "AgentFirstResponseTimeInMillis": _ms(joined_at, first.at) if first and joined_at else None,
            "AgentFirstResponseTimestamp": times.seconds(first.at) if first else None,
            "ConversationCloseTimeInMillis": _ms(last.at, ended_at) if last and ended_at else None,
            "ConversationTurnCount": turns,
            "MultiParty": len({item.by.id for item in people if item.by}) > 2,  # noqa: PLR2004  more than two talk
            "TotalBotMessageLengthInChars": sum(len(item.content or "") for item in automatic),
            "TotalBotMessages": len(automatic),
            "TotalMessages": len(written),
        },
        "AgentMetrics": _side(people, "AGENT"),
        "CustomerMetrics": _side(people, "CUSTOMER"),
    }


def _side(people: list[Item], role: Role) -> dict[str, Any] | None:
    own = [item for item in people if _role(item) == role]
    if not own:
        return None
    waits_ms = [
        _ms(asked.at, answer.at) for asked, answer in pairwise(people) if _role(answer) == role and _role(asked) != role
    ]
    return {
        "ConversationAbandon": role == "CUSTOMER" and not any(_role(item) == "AGENT" for item in people),
        "LastMessageTimestamp": times.seconds(own[-1].at),
        "MaxResponseTimeInMillis": max(waits_ms, default=None),
        "MessageLengthInChars": sum(len(item.content or "") for item in own),
        "MessagesSent": len(own),
        "NumResponses": len(waits_ms),
        "ParticipantId": own[-1].by.id if own[-1].by else None,
        "ParticipantType": role,
        "TotalResponseTimeInMillis": sum(waits_ms) if waits_ms else None,
    }


def _role(item: Item) -> str:
    return item.by.role if item.by else ""


def _ms(start: datetime, end: datetime) -> int:
    return int((end - start).total_seconds() * 1000)
