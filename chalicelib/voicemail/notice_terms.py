"""Notices of new messages: whom the contract tells, and how. Read from the tenant's document."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from chalicelib.tenancy.models import Tenant, read
from chalicelib.voicemail.models import Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """Who is told of a new message, and in which way."""

    by: Way
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who is responsible for messages, and where he is reached."""

    id: str
    name: str
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """Hours (`HH:MM` by the tenant's clock) in which nobody is told in one of `ways`."""

    starts: str
    ends: str
    ways: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How people are told of new messages; field by field what `contract_voicemail.py` validates.

    `boxes` are the boxes that say whom to tell; `default` is for all others, those of the lines too.
    """

    people: tuple[Person, ...] = ()
    boxes: Mapping[str, Notify] = field(default_factory=dict)
    default: Notify | None = None
    sender: str | None = None
    presented_number: str | None = None
    attempts: int = 3
    retry_s: int = 600
    quiet: Quiet | None = None


def terms_of(tenant: Tenant) -> Terms:
    """Return the terms of the tenant's contract."""
    document = dict(tenant.notices)
    boxes = {box: _notify(said) for box, said in document.pop("boxes", {}).items()}
    default = document.pop("default", None)
    return replace(read(Terms, document), boxes=boxes, default=_notify(default) if default else None)


def _notify(said: Mapping[str, str]) -> Notify:
    return Notify(by=Way(said["by"]), person=said["person"])
