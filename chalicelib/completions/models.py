"""Completions: what they are. What is written down of a contact, every version of it, and what is due. Values only."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.contacts.models import Contact
from chalicelib.platform.errors import Conflict


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What completes a contact (DSK-08). Ids are of the tenant's lists; `ticket` is a ticket's number."""

    category: str
    sub_category: str
    result: str
    solved: bool
    next_step: str
    ticket: str | None = None
    customer_id: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """An entry as it was written: by whom and when. A contact's versions are numbered from 1 without a gap.

    `complaint` is whether it made the contact one, by the contract of that time.
    """

    revision: int
    at: datetime
    by: str
    entry: Entry
    complaint: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The contact that is completed: who handled it, when it began, where, and whose it is.

    `record` is what is kept of it; None while its record has not arrived.
    """

    contact_id: str
    agent: str
    at: datetime
    line: str = "-"
    queue: str | None = None
    customer_id: str | None = None
    recordings: tuple[str, ...] = ()
    record: Contact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A contact with every version of its completion, oldest first, and the tickets that it is about."""

    subject: Subject
    versions: tuple[Version, ...]
    tickets: tuple[str, ...]

    @property
    def current(self) -> Version | None:
        """The version that holds; None while the contact is incomplete."""
        return self.versions[-1] if self.versions else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A contact that its agent has still to complete."""

    contact_id: str
    at: datetime
    line: str
    queue: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Contacts that are due, newest first; `after` is the position of the last one, None at the end."""

    due: tuple[Due, ...]
    after: str | None


class Outdated(Conflict):
    """Somebody else wrote a version in the meantime; read the completion again."""

    code, title = "outdated", "Outdated"


class Moved(Conflict):
    """The contact's record, or what is counted of its chain, changed under the write; with what is there now it works.

    Never leaves the capability.
    """

    code, title = "moved", "Moved"


class NoLists(Conflict):
    """The tenant's contract has no lists to complete contacts from."""

    code, title = "no-completion-lists", "No lists"
