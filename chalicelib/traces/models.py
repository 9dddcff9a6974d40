"""Traces: what they are. The legs of a chain, and what happened on them in order of time. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What happened. The order is that of things at one instant."""

    ARRIVED = "arrived"
    MENU = "menu"
    QUEUED = "queued"
    ACCEPTED = "accepted"
    LEFT_QUEUE = "left-queue"
    ANSWERED = "answered"
    TRANSFERRED = "transferred"
    WRAPPING_UP = "wrapping-up"
    ENDED = "ended"
    WRAPPED_UP = "wrapped-up"


class Stage(StrEnum):
    """How far the whole chain is."""

    LIVE = "live"
    OVER = "over"
    """Every leg has ended; the record of one is still to come."""
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One contact of a chain. `is_kept`: its record is here; else Amazon Connect was asked, and less is known."""

    contact_id: str
    at: datetime
    channel: str
    method: str
    is_kept: bool
    previous_id: str | None = None
    next_id: str | None = None
    line: str | None = None
    number: str | None = None
    queue: str | None = None
    agent: str | None = None
    menu_log: str | None = None
    queued_at: datetime | None = None
    dequeued_at: datetime | None = None
    accepted_at: datetime | None = None
    answered_at: datetime | None = None
    transferred_at: datetime | None = None
    transferred_to: str | None = None
    acw_started_at: datetime | None = None
    acw_ended_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None
    result: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something that happened on a leg; `facts` say the rest, absent ones are left out."""

    at: datetime
    kind: Kind
    contact_id: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """A chain: its legs, oldest first, and everything that happened on them, in order."""

    stage: Stage
    legs: tuple[Leg, ...]
    marks: tuple[Mark, ...]
