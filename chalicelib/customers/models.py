"""Customers: what they are. Values only; an absent fact is None, never ''."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A known customer. `grade` is one of the contract's grades or none, `language` a language tag or unknown."""

    customer_id: str
    name: str
    grade: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastContact:
    """A contact of this caller that has ended; `at` is its initiation."""

    at: datetime
    contact_id: str
    agent: str | None = None
    queue: str | None = None
    result: str | None = None
    line: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """What the caller's item collection tells: the profile, and at most ten contacts, newest first."""

    profile: Profile | None = None
    recent: tuple[PastContact, ...] = ()


UNKNOWN = Caller()
"""A caller of whom nothing is known, for example because the number is withheld."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenPop:
    """What an agent sees when the call arrives, and what the flow greets with."""

    profile: Profile | None
    language: str | None
    last: PastContact | None
    recent_contacts: int
