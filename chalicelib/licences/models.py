"""Licences: what they are, and the papers of entry numbers. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

PERMITTED: Mapping[str, str] = {"B24-1": "call-centre", "B24-2": "offshore-call-centre"}
"""The one service that each class of the national telecom-business classification permits (LIC-02)."""

UNLICENSED: Mapping[str, str] = {
    "basic-voice-resale": "resale of basic voice",
    "ip-telephony": "IP or network telephony",
    "voip-resale": "resale of VoIP",
    "callback-telephony": "call-back telephony",
    "number-pass-through": "pass-through of numbers",
    "audio-text": "audio-text",
}
"""Services that no call-centre licence permits, as the operating commitments name them (LIC-01)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """A licence. No `provinces` is the whole country; `expires_on` is the last valid day."""

    number: str
    legal_class: str
    expires_on: date
    provinces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LicensedLine:
    """What a service line does in the eyes of the law. No `provinces` is the whole country."""

    id: str
    legal_class: str
    services: tuple[str, ...]
    provinces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a line may not go live: its field, and what is wrong with it."""

    field: str
    reason: str


ALLOCATED = frozenset({"1xx", "95xxx", "96xxx"})
"""Classes that an authority allocates; the others are bought from a carrier (NUM-06)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """What is known of an allocation; an absent fact is None. `expires_on` is the last valid day.

    `level` is national or provincial; `fee` is paid, exempt or overdue. `provinces` are those that the number serves.
    """

    level: str | None = None
    authority: str | None = None
    provinces: tuple[str, ...] = ()
    certificate: str | None = None
    expires_on: date | None = None
    fee: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """How callers of one carrier reach the number: `direct` or `transferred`."""

    carrier: str
    mode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """An entry number with its papers."""

    number: str
    number_class: str
    reach: str
    allocation: Allocation | None = None
    connections: tuple[Connection, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """One thing that stands in the way: the field of the number, and what was expected there."""

    field: str
    expected: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Whether a number may be activated; `missing` says all that is not in order."""

    missing: tuple[Lack, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """All that the law asks of a tenant, as its contract tells it.

    `verified` are the tenant's numbers with the day on which each was verified; `presented` are the numbers that called
    parties are shown, by the field of the contract that says so.
    """

    numbers: tuple[Evidence, ...] = ()
    licences: tuple[Licence, ...] = ()
    lines: tuple[LicensedLine, ...] = ()
    verified: Mapping[str, date | None] = field(default_factory=dict)
    presented: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A paper that is missing or soon will be: the field of the contract, what it is about, and what is wrong.

    `expires_on` is the last valid day of what still holds; None of what does not.
    """

    field: str
    about: str
    reason: str
    expires_on: date | None = None
