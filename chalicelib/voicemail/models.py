"""Voicemail: what it is. Values only."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Reason(StrEnum):
    """Why a message was left instead of a call being answered."""

    OFF_HOURS = "off-hours"
    CHOICE = "choice"
    """By a key in the line or in the menu."""
    UNATTENDED = "unattended"
    """Nobody was signed in who serves the queue."""
    NO_ANSWER = "no-answer"
    """The places of the decision were tried, and nobody answered in their time."""
    BUSY = "busy"
    """The queue was full."""


class Way(StrEnum):
    """How the responsible person is told of a new message (VML-02)."""

    SMS = "sms"
    EMAIL = "email"
    CALL = "call"


class NoticeState(StrEnum):
    """Where a notice stands. Only the first two are open."""

    WAITING = "waiting"
    """For its first try, the next one, or the end of the quiet hours."""
    CALLING = "calling"
    """A call was placed, and its contact record has not arrived yet."""
    TOLD = "told"
    """The provider took the SMS or the e-mail, or the person confirmed the call by a key."""
    FAILED = "failed"
    """Every try failed; an alarm rings."""
    NEEDLESS = "needless"
    """The message was closed, or the contract tells nobody any more, before anybody was told."""


class State(StrEnum):
    """Whether somebody has dealt with the message."""

    NEW = "new"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message. `id` is the contact's; its recording is the contact's. `box` is a group's or a person's.

    `caller` is None when the number was withheld. `result` says, once it is closed, what was done. `entry_number` is
    the tenant's number that was dialled.
    """

    id: str
    at: datetime
    box: str
    line: str
    reason: Reason
    caller: str | None = None
    queue: str | None = None
    language: str | None = None
    recording: str | None = None
    state: State = State.NEW
    result: str | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    entry_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A message as a list shows it."""

    id: str
    at: datetime
    state: str
    line: str
    reason: str
    caller: str | None = None
    queue: str | None = None
    entry_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """That somebody is to be told of the message `id`, once. `attempts` are the tries begun so far.

    While it is open it is due at `due_at`: a try that nothing was heard of is over then. `way` and `person` (an id of
    the contract) are those of the last try, `problem` is why it failed, in the provider's word.
    """

    id: str
    box: str
    left_at: datetime
    due_at: datetime
    state: NoticeState = NoticeState.WAITING
    attempts: int = 0
    revision: int = 1
    way: Way | None = None
    person: str | None = None
    problem: str | None = None
    told_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody is still to be told."""
        return self.state in {NoticeState.WAITING, NoticeState.CALLING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who is told, how, and where he is reached: a telephone number or an e-mail address. `box_name` is for people."""

    way: Way
    person: str
    reached_at: str
    box_name: str
