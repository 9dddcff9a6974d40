"""Routing: what it is. Values only; an absent fact is None, never ''."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.tenancy.models import Line


class Reason(StrEnum):
    """Why a contact goes where it goes. Public: flows keep it on the contact, reports count it."""

    MENU_CHOICE = "menu-choice"
    DEFAULT_LINE = "default-line"
    MENU_UNKNOWN = "menu-unknown"
    LANGUAGE_FALLBACK = "language-fallback"
    VIP_GRADE = "vip-grade"
    UNKNOWN_NUMBER = "unknown-number"
    OVERFLOW = "overflow"
    NOBODY_ANSWERED = "nobody-answered"
    DEGRADED = "routing-degraded"


class TargetKind(StrEnum):
    """What a contact can be sent to."""

    QUEUE = "queue"
    VOICEMAIL = "voicemail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One place to try, for `timeout_s` seconds. `id` is the contract's queue id, or the line's for its voicemail."""

    kind: TargetKind
    id: str
    timeout_s: int
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFacts:
    """What is known of the contact itself. `is_stray`: no line of the tenant was dialled or named;
    `number_known` is False when a number was dialled that is not in the contract."""

    line: Line
    language: str | None = None
    menu_choice: str | None = None
    is_stray: bool = False
    number_known: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerFacts:
    """What routing needs to know of the caller."""

    grade: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The ordered targets of a contact (ACD-01) with the headline reason; `priority` 1 is served first.

    The first target is always a queue of the tenant. `version` is the contract's: with it and the facts a decision can
    be replayed.
    """

    at: datetime
    line: str
    targets: tuple[Target, ...]
    reason: Reason
    category: str | None
    language: str
    priority: int
    strategy: str
    version: str

    @property
    def is_degraded(self) -> bool:
        """Whether the decision was made without the store (ACD-21)."""
        return self.reason is Reason.DEGRADED
