"""Audit: what it is. Who acted, what was done, the entry that is kept, what may be asked; the ports of the trail."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Protocol

from chalicelib.platform.instants import instant_ms

if TYPE_CHECKING:
    from chalicelib.platform.dynamo import Transaction

FIRST: Final = ""
"""What the first entry of an actor has for the digest of the one before it."""


class Outcome(StrEnum):
    """What became of it."""

    DONE = "done"
    REFUSED = "refused"
    NOT_FOUND = "not-found"
    """Asked for by a name that is none of this tenant's, or none that the user may know of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts, as the verified token and the gateway tell: user name, roles, the request's id and source address.

    `node` is the part of the organisation that the token grants, '' for the headquarters (TEN-11).
    """

    user: str
    roles: tuple[str, ...] = ()
    request_id: str = ""
    source: str = ""
    node: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What is done: an action by its id (`routing.strategy.change`) to a resource (`queue/english`).

    `before` and `after` are plain JSON values of what changes (None: nothing to show); `facts` says what else matters,
    such as what was searched for. Secrets never belong here. `records` is how many records of personal data are shown,
    `most` how many this actor may be shown in an hour (None: no limit).
    """

    action: str
    resource: str
    before: Any = None
    after: Any = None
    facts: Mapping[str, str] = field(default_factory=dict)
    outcome: Outcome = Outcome.DONE
    records: int = 0
    most: int | None = None


class Trail(Protocol):
    """Port: the audit trail, for whoever changes something; see `service.Trail`."""

    def commit(self, write: "Transaction", by: Actor, act: Act) -> object:
        """Write the steps and the entry of the act, all or nothing."""


class Noting(Protocol):
    """Port: the audit trail, for whoever changes nothing of ours; see `service.Trail`."""

    def note(self, by: Actor, act: Act) -> object:
        """Write the entry of an act."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the trail. An actor's entries are numbered from 1 without a gap; each names the digest before it.

    `before` and `after` are JSON texts, '' for nothing; see `policy.small`. `shown` is how many records the actor was
    shown from the beginning of this UTC hour up to and with this entry (SEC-02). `node` is the actor's part of the
    organisation when it happened.
    """

    tenant: str
    actor: str
    number: int
    at: datetime
    action: str
    resource: str
    outcome: Outcome
    roles: tuple[str, ...]
    request_id: str
    source: str
    before: str
    after: str
    facts: Mapping[str, str]
    previous: str
    digest: str
    shown: int = 0
    node: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Entries from `start` (included) to `end` (not included) that are of the actor, of the resource, and of the kind.

    `action` is an action's id or the beginning of one that ends before a dot: `users` is every `users.grant`, too.
    """

    start: datetime
    end: datetime
    actor: str | None = None
    resource: str | None = None
    action: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Entries, newest first; `after` is the position of the last one read, None at the end."""

    entries: tuple[Entry, ...]
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether the chain of an actor is whole: how many entries hold, and the number of the first that does not."""

    entries: int
    broken_at: int | None


ADDED: Final = (("shown", 0), ("node", ""))
"""What an entry says when it says nothing of what came later: left out of what is kept and of the digest, so that
entries from before keep theirs."""


def family(action: str) -> str:
    """Return what an action's id begins with, before the first dot."""
    return action.partition(".")[0]


def stamp(at: datetime) -> str:
    """Return the instant as the trail writes it: UTC with milliseconds, so that texts sort by time."""
    return instant_ms(at)
