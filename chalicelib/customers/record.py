"""Customers: what is kept of one. Identities, facts, merged records, searches. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from chalicelib.customers.models import Profile
from chalicelib.platform.errors import Conflict, Unprocessable

PHONE: Final = "phone"
MOST_IDENTITIES: Final = 10
"""Of one record; with everything that is merged into it, MOST_TOGETHER."""
MOST_TOGETHER: Final = 20
"""Identities of one customer with all merged records: what one transaction of DynamoDB can rewrite."""
MOST_HOLDERS: Final = 5
"""Records that may have the same identity: a household shares a number, a town does not."""
MOST_MERGED: Final = 8
"""Records of one customer, merged into each other in any order."""

type Value = str | int | bool
"""Of a tenant's own field: text, date (ISO) and choice are texts."""


@dataclass(frozen=True, slots=True, order=True)
class Identity:
    """How a customer is known on a channel: a telephone number (E.164), an e-mail address, the name in a chat.

    `kind` is `phone`, `email` or the name of another channel.
    """

    kind: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a customer. `node` None is the headquarters; `fields` are the tenant's own, by id."""

    name: str
    grade: str | None = None
    language: str | None = None
    region: str | None = None
    manager: str | None = None
    node: str | None = None
    fields: Mapping[str, Value] = field(default_factory=dict)
    identities: tuple[Identity, ...] = ()

    @property
    def phone(self) -> str | None:
        """The first telephone number."""
        return next((one.value for one in self.identities if one.kind == PHONE), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record of a customer as it was entered; merging leaves `facts` as they are.

    `absorbed` are the records merged into this one, in that order; `merged_into` the one that this was merged into.
    `revision` counts what was written, from 1.
    """

    id: str
    facts: Facts
    revision: int
    created_at: datetime
    created_by: str
    changed_at: datetime
    absorbed: tuple[str, ...] = ()
    merged_into: str | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer as shown: the record that others are merged into, and the facts of all of them together."""

    record: Record
    shown: Facts
    members: tuple[str, ...] = ()
    """The ids of all records merged into it, directly or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Who has an identity, at the revision that was read; 0: nobody ever had it."""

    revision: int = 0
    holders: tuple[Profile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Which customers, in which order: by `sort`, then by name, then by id.

    `name` is the beginning of one, in any case; `number` a whole one; `created_from` and `created_to` are UTC dates.
    `where` are values of the tenant's own fields.
    """

    sort: str = "name"
    descending: bool = False
    name: str | None = None
    number: str | None = None
    region: str | None = None
    grade: str | None = None
    manager: str | None = None
    created_from: str | None = None
    created_to: str | None = None
    where: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Customers in the order asked for; `after` is the position of the last one read, None at the end."""

    customers: tuple[Customer, ...]
    after: str | None


class IdTaken(Conflict):
    """A customer of this id is there, or was; or one whose id has the same digits, which callers type."""

    code, title = "customer-id-taken", "Customer id taken"


class Outdated(Conflict):
    """Somebody else changed the customer, or one who shares an identity; read it again."""

    code, title = "outdated", "Outdated"


class Merged(Conflict):
    """The record is merged into another one (`merged_into`), which is the one to act on."""

    code, title = "customer-merged", "Customer merged"


class HasMerged(Conflict):
    """Other records are merged into this one (`absorbed`): they are taken apart before it may go."""

    code, title = "customer-has-merged", "Others are merged into it"


class CannotMerge(Unprocessable):
    """The two cannot become one customer, or are not one."""
