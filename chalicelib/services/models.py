"""Services: what they are. A service record, whom it was for, and which ones are looked for. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from chalicelib.platform.errors import Conflict

type Value = str | int | bool
"""Of a tenant's own field."""


class Kind(StrEnum):
    """Where a service record comes from."""

    CONTACT = "contact"
    """A contact in which an agent served."""
    TICKET = "ticket"
    ENTERED = "entered"
    """Somebody entered it: a visit, a letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """Whom a service was for, as he was then. A later change of the customer changes no service record."""

    customer_id: str | None = None
    name: str | None = None
    phone: str | None = None
    region: str | None = None
    grade: str | None = None
    node: str | None = None
    fields: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What the service was: over which channel, by whom, about what. Of a contact or a ticket it is theirs."""

    channel: str
    agent: str | None = None
    category: str | None = None
    sub_category: str | None = None
    queue: str | None = None
    entry_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A service record. `id` is that of the contact, the number of the ticket, or one that was drawn.

    `source_at` is the version of the contact that it was made of. What `edited` says was entered by somebody: no later
    copy of the contact changes whom it was for. Of a forgotten one nothing is told but its id.
    """

    id: str
    kind: Kind
    at: datetime
    whom: Whom
    subject: Subject
    revision: int
    changed_at: datetime
    changed_by: str
    note: str | None = None
    source_at: datetime | None = None
    edited: bool = False
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What somebody enters of a service record: whom it was for, and what there is to say of it."""

    whom: Whom
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Which service records of the UTC days `first` to `last`, in which order: by `sort`, then by name, then by id.

    `name` is the beginning of one, in any case. `where` are values of the tenant's own fields.
    """

    first: str
    last: str
    sort: str = "date"
    descending: bool = True
    kind: Kind | None = None
    name: str | None = None
    number: str | None = None
    region: str | None = None
    grade: str | None = None
    agent: str | None = None
    category: str | None = None
    where: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Service records in the order asked for; `after` is the place of the last one read, None at the end."""

    records: tuple[Record, ...]
    after: str | None


class Outdated(Conflict):
    """Somebody else changed the service record; read it again."""

    code, title = "outdated", "Outdated"


class IdTaken(Conflict):
    """A service record of this id is there, or was; another one is drawn."""
