"""Adapters: what they are. What another system says of a customer, what both last agreed on, what is still to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

from chalicelib.platform.errors import Conflict, ProductError

type Value = str | int | bool
type Told = Mapping[str, Value]
"""Facts of a customer by our names; what is absent is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A customer as the other system keeps him. `version` changes with every change there."""

    id: str
    version: str
    changed_at: datetime
    facts: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """Something that was told and cannot be taken in. `place` is where it stands (a file and a line of it)."""

    place: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Customers that changed there, as (id, version), and the place in the feed to go on from.

    `flaws` are what stands in the same part of the feed and cannot be read.
    """

    changed: tuple[tuple[str, str], ...]
    cursor: str
    flaws: tuple[Flaw, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedField:
    """A fact that both systems keep: by our name, by theirs (`theirs`), and who wins when both changed it (`rule`)."""

    field: str
    theirs: str
    rule: Literal["ours", "theirs", "newest"] = "newest"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTerms:
    """How a system's files are written: the columns that are no shared fact, and their form."""

    id: str = "id"
    changed_at: str | None = None
    deleted: str | None = None
    encoding: str = "utf-8"
    delimiter: str = ","
    most_missing_percent: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterTerms:
    """Another system that keeps the tenant's customers too (INT-02), as the contract has it: at `url` or by `files`."""

    id: str
    url: str = ""
    secret: str = ""
    files: FileTerms | None = None
    sign: Literal["bearer", "hmac"] = "bearer"
    timeout_ms: int = 1_500
    deletions: Literal["ask", "carry"] = "ask"
    fields: tuple[SharedField, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenFile:
    """What became of a file: `taken`, `again` (another name of one that was taken), `superseded` or `refused`.

    `lines` counts records, `changed` customers who were changed by it, `bad` lines on the error list. `mark` is S3's of
    the content, by which a file that was written over is noticed.
    """

    name: str
    state: str
    at: datetime
    digest: str = ""
    mark: str = ""
    lines: int = 0
    changed: int = 0
    bad: int = 0


class Port(Protocol):
    """Port: another system. Every call ends within the time that the contract gives it."""

    def find(self, customer_id: str) -> Document | None:
        """Return a customer as he is kept there now."""

    def look_up(self, phone: str) -> tuple[Document, ...]:
        """Return the customers who have a number there."""

    def put(self, customer_id: str, facts: Told, *, seen: str | None) -> Document:
        """Keep facts over exactly the version `seen` (None: over nothing); the same again changes nothing."""

    def remove(self, customer_id: str, *, seen: str | None) -> None:
        """Forget a customer of exactly the version `seen` (None: of any); the same again does no harm."""

    def changes(self, cursor: str) -> Changes:
        """Return what changed since `cursor` ('': ever); none and the same cursor when nothing did."""

    def deliver(self) -> int:
        """Hand over what was put and goes in bulk, and return of how many customers; the same again does no harm."""

    def last_file(self) -> TakenFile | None:
        """Return what became of the youngest file of theirs; None: there is none, or they are asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A customer who is to be compared. `why` tells one mark from the next; `tries` failed since it was made."""

    customer_id: str
    why: str
    due: datetime
    tries: int = 0
    code: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where an adapter stands: its place in the feed, failures in a row, and when it is tried again after many.

    `answered_at` is when it answered, to the minute or so.
    """

    revision: int = 0
    cursor: str = ""
    failures: int = 0
    paused_until: datetime | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Marks of the error list, oldest first; `after` is the position of the last one, None at the end."""

    marks: tuple[Mark, ...]
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one round did: customers that changed there, compared without a failure, to be tried again, given up.

    `delivered` are those who went into a file of ours.
    """

    pulled: int = 0
    settled: int = 0
    deferred: int = 0
    failed: int = 0
    delivered: int = 0
    paused: bool = False


class Source(StrEnum):
    """Who answered a look-up."""

    THEIRS = "theirs"
    OURS = "ours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The customers of a number: as the other system keeps them, or, when it does not answer (`reason`), as we do."""

    source: Source
    customers: tuple[tuple[str, Told], ...]
    reason: str | None = None


class Decision(StrEnum):
    """What somebody decides of an entry of the error list."""

    RETRY = "retry"
    DISMISS = "dismiss"


class Unreachable(ProductError):
    """The other system did not answer in time, or said that it cannot."""

    code, status, title, retryable = "adapter-unreachable", 503, "The other system does not answer", True


class Refused(ProductError):
    """The other system refuses the request, and would again; or what it answers is nothing that was agreed."""

    code, status, title = "adapter-refused", 502, "The other system refuses"


class Moved(Conflict):
    """The customer changed at this moment, here or there: he is compared again."""

    code, title = "moved", "Changed meanwhile"


class Undecided(Conflict):
    """Somebody has to decide: one of both has forgotten the customer."""

    code, title = "undecided", "To be decided"
