"""Privacy: what it is. Terms of the contract, the person of a request, requests and holds. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from chalicelib.platform.errors import Conflict
from chalicelib.tenancy.models import read

PACKAGES: Final = "privacy/packages/"
"""Where in the tenant's bucket packages lie."""
PACKAGE_DAYS: Final = 7
"""A package is fetched within a week; then the bucket ends it."""
DELIVERIES: Final = "adapters/"
"""Where in the tenant's bucket files of other systems lie, and ours for them."""
DELIVERED_DAYS: Final = 30
"""For so long a file can be delivered to who missed it; then the bucket ends it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long data is kept, in days; see `contract_retention.Retention` (SEC-06, LIC-04)."""

    contacts_days: int = 365
    recordings_days: int = 365
    logs_days: int = 365
    customers_days: int = 3_650


@dataclass(frozen=True, slots=True, kw_only=True)
class Responsible:
    """A named person who answers for `duties`; see `contract_security.Responsible` (LIC-04)."""

    name: str
    role: str
    reached_at: str
    duties: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the tenant's contract says of personal data."""

    retention: Retention = field(default_factory=Retention)
    responsible: tuple[Responsible, ...] = ()


def terms(document: Mapping[str, Any]) -> Terms:
    """Return what the compiled contract says (`Tenant.privacy`)."""
    return read(Terms, document)


class Kind(StrEnum):
    """What a person may ask for (SEC-06)."""

    EXPORT = "export"
    ERASURE = "erasure"


class State(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    """Waits for its turn, or was begun: whoever carries it out goes on where the last one was stopped."""
    HELD = "held"
    """A legal hold is on the person; the request goes on when the hold has ended."""
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Of whom data is kept: the ids of all records of a customer, and `kind:value` of every number and address.

    `shared` are those that another customer has too: what names nobody else under them is not known to be this
    person's.
    """

    ids: tuple[str, ...] = ()
    identities: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()

    def meets(self, other: "Person") -> bool:
        """Return whether both may be the same person."""
        ours = {*self.ids, *self.identities} - set(self.shared)
        return bool(ours & ({*other.ids, *other.identities} - set(other.shared)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request. `person` is forgotten when it is over; `counts` and `proof` stay, and make the certificate.

    `counts` are the things that were given out or erased, by their kind; `proof` is the SHA-256 of what was done, each
    step with the one before. `held_by` is the hold that stops it. Of an export `package` is the object, `expires_at`
    its end.
    """

    id: str
    kind: Kind
    asked_at: datetime
    asked_by: str
    reason: str
    person: Person | None
    state: State = State.OPEN
    revision: int = 1
    counts: Mapping[str, int] = field(default_factory=dict)
    kept: Mapping[str, int] = field(default_factory=dict)
    proof: str = ""
    held_by: str | None = None
    began_at: datetime | None = None
    ended_at: datetime | None = None
    package: str | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A legal hold: nothing of the person is erased or expires. `until` None: until somebody ends it.

    `walked_at` is when all that there was of the person was last kept from expiring. One that is over stops erasures
    until everything has its end again (`released_at`); then nobody needs to know any more of whom it was.
    """

    id: str
    person: Person
    reason: str
    by: str
    at: datetime
    until: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    walked_at: datetime | None = None
    released_at: datetime | None = None
    revision: int = 1

    def holds(self, now: datetime) -> bool:
        """Return whether it is in force."""
        return self.ended_at is None and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Where the walk over the customers stands: it goes on with those created at `created_at`, None: the first.

    `walked_at` is when the last one was whole. It names nobody.
    """

    created_at: datetime | None = None
    walked_at: datetime | None = None
    revision: int = 0


class Ambiguous(Conflict):
    """Several customers have the number or address: the request must name one of them."""

    code, title = "person-ambiguous", "Several customers"


class Ended(Conflict):
    """The hold has ended."""

    code, title = "hold-ended", "Hold ended"


class Changed(Conflict):
    """Somebody else carries the same request out, or changed what was read; it goes on with the next look."""

    code, title = "changed-meanwhile", "Changed meanwhile"
