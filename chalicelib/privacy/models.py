"""Privacy: what it is. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.tenancy.models import read


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long data is kept, in days; see `contract_retention.Retention` (SEC-06, LIC-04)."""

    contacts_days: int = 365
    recordings_days: int = 365
    logs_days: int = 365


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
