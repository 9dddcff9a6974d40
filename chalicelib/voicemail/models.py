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


class State(StrEnum):
    """Whether somebody has dealt with the message."""

    NEW = "new"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message. `id` is the contact's; its recording is the contact's. `box` is a group's or a person's.

    `caller` is None when the number was withheld. `result` says, once it is closed, what was done.
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
