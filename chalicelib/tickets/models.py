"""Tickets: what they are. A ticket, the steps that it passed, the contacts that are about it. Values only.

*Work order*, *order* and *ticket* mean the same.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.platform.errors import Conflict, InvalidInput


class Step(StrEnum):
    """What is done with a ticket (TKT-01). Accepting opens it, closing ends it."""

    ACCEPT = "accept"
    ASSIGN = "assign"
    SUPERVISE = "supervise"
    FOLLOW_UP = "follow-up"
    REVISIT = "revisit"
    CLOSE = "close"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a ticket is about. `category` is one of a menu or of a desktop; `phone` is E.164, None when withheld."""

    category: str
    text: str
    sub_category: str | None = None
    customer_id: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A request to accept a ticket: its subject, and the contact or the channel it came from."""

    subject: Subject
    note: str
    channel: str
    contact_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A request to take a further step. `assignee` (an agent or a department) belongs to `assign` and to nothing else.

    `revision` is that of the ticket which the actor saw.
    """

    step: Step
    note: str
    revision: int
    assignee: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A step that was taken: who, when and why. `revision` counts a ticket's steps from 1 without a gap.

    `complaint` is true of the first one, when the ticket is a complaint that came without a contact: of a contact its
    agent writes down what it was.
    """

    revision: int
    step: Step
    at: datetime
    actor: str
    note: str
    assignee: str | None = None
    complaint: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A contact that is about the ticket."""

    contact_id: str
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A ticket as it stands after `revision` steps; `step` is the last one taken. `number` is what customers quote.

    `node` is the part of the organisation that opened it; None: the headquarters (TEN-11).
    """

    number: str
    subject: Subject
    channel: str
    opened_at: datetime
    opened_by: str
    step: Step
    revision: int
    changed_at: datetime
    assignee: str | None = None
    node: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to act."""
        return self.step is not Step.CLOSE


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A ticket with everything that is kept of it, oldest first."""

    ticket: Ticket
    steps: tuple[Passed, ...]
    contacts: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A ticket in a list."""

    number: str
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Tickets by exactly one of: the last step taken, who has to act, the customer, the caller's number."""

    step: Step | None = None
    assignee: str | None = None
    customer_id: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Tickets, newest first; `after` is the position of the last one read, None at the end."""

    tickets: tuple[Ticket, ...]
    after: str | None


class StepNotAllowed(Conflict):
    """The step does not follow the one that the ticket stands at; `allowed` names those that do."""

    code, title = "step-not-allowed", "Step not allowed"


class Outdated(Conflict):
    """Somebody else took a step in the meantime; read the ticket again."""

    code, title = "outdated", "Outdated"


class BadStep(InvalidInput):
    """The step lacks what it needs, or has what it must not have."""


class NumberTaken(Conflict):
    """A ticket of this number exists; another number is drawn."""
