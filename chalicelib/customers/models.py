"""Customers: what they are. Values only; an absent fact is None, never ''."""

import re
import urllib.parse
from dataclasses import dataclass
from datetime import datetime

RECENT_LIMIT = 10
"""Past contacts that are read and counted; an agent who sees ten knows enough."""

TICKETS_LIMIT = 5
"""Open tickets that are read beside them; whoever has more loses the oldest contacts of the ten from sight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A known customer. `grade` is one of the contract's grades or none, `language` a language tag or unknown.

    `manager` is the username of the account manager, of key accounts (ACD-09). `of` is the record that has the number,
    when it is another one than the customer's own: it is merged into the customer.
    """

    customer_id: str
    name: str
    grade: str | None = None
    language: str | None = None
    manager: str | None = None
    of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastContact:
    """A contact of this caller that has ended; `at` is its initiation."""

    at: datetime
    contact_id: str
    agent: str | None = None
    queue: str | None = None
    result: str | None = None
    line: str | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTicket:
    """A ticket of this caller on which somebody still has to act; `at` is when it was opened."""

    number: str
    category: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """What the caller's item collection tells: the profile, open tickets, and at most ten contacts, newest first.

    When several customers share the number there is no `profile`: they are `candidates` (CRM-03).
    """

    profile: Profile | None = None
    candidates: tuple[Profile, ...] = ()
    recent: tuple[PastContact, ...] = ()
    tickets: tuple[OpenTicket, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed:
    """Whom a typed customer number names: the record, and the telephone number under which its caller is found."""

    customer_id: str
    phone: str


UNKNOWN = Caller()
"""A caller of whom nothing is known, for example because the number is withheld."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenPop:
    """What an agent sees when the call arrives, and what the flow greets with.

    `number` and `region` are what is known of a caller who is nobody's customer: they prefill the form (DSK-02).
    """

    profile: Profile | None
    language: str | None
    last: PastContact | None
    recent_contacts: int
    candidates: tuple[Profile, ...] = ()
    tickets: tuple[OpenTicket, ...] = ()
    recent: tuple[PastContact, ...] = ()
    number: str | None = None
    region: str | None = None


CUSTOMER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What may be the id of a customer."""


def identity_part(kind: str, value: str) -> str:
    """Return an identity as keys hold it. Numbers are the callers' own; others are told apart by their kind."""
    return value if kind == "phone" else f"{kind}:{urllib.parse.quote(value, safe='@+.')}"


def keyed_form(text: str) -> str:
    """Return how a caller types the customer id or keyed number `text` on a telephone: its digits.

    An id without a digit cannot be typed and stays as it is, in lower case. The id `c-10001` and the keys 10001 meet
    in `10001`.
    """
    digits = "".join(character for character in text if character in "0123456789")
    return digits or text.lower()
