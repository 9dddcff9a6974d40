"""Recordings: what they are. What an agent does to one, who listens, and whether it is whole. Values only."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.platform.errors import Conflict


class Deed(StrEnum):
    """What an agent does to the recording of the contact on the screen, in Amazon Connect's words."""

    START = "start"
    STOP = "stop"
    SUSPEND = "suspend"
    RESUME = "resume"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What decides whether a contact may be recorded: its line's policy, and what its caller was told and said."""

    policy: str
    was_told: bool
    has_refused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Recorded contacts to list: by caller or agent, or all of a period; what else is given narrows."""

    start: datetime
    end: datetime
    caller: str | None = None
    agent: str | None = None
    entry_number: str | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """An address at which one recording can be fetched until `expires_at`, by whoever has it."""

    url: str
    expires_at: datetime


class State(StrEnum):
    """What comparing a recording with the hash of its first indexing shows."""

    WHOLE = "whole"
    CHANGED = "changed"
    UNKNOWN = "unknown"
    """No hash was kept of it."""


class NotRecordable(Conflict):
    """The line's policy, or what the caller was told or said, does not allow it; `reason` says which."""

    code, title = "not-recordable", "May not be recorded"


class NotSo(Conflict):
    """Amazon Connect refuses: the contact is not being recorded, or is already."""

    code, title = "recording-state", "Not in that state"
