"""Licences: what they do. Tell what is wrong with the tenant's papers. The only door for other capabilities."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from chalicelib.licences.models import Finding, Papers
from chalicelib.licences.papers import document, from_document
from chalicelib.licences.review import expiring, uncovered
from chalicelib.tenancy.models import Tenant, local_time

__all__ = ["WITHIN_DAYS", "Licences", "Review", "document", "expiring", "uncovered"]

WITHIN_DAYS = 90
"""What expires within so many days is told: a renewal takes an authority up to 60."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The papers on one day: what is missing, and what will be within so many days."""

    on: date
    within_days: int
    uncovered: tuple[Finding, ...]
    expiring: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Licences:
    """The papers of one tenant."""

    tenant: Tenant
    now: Callable[[], datetime]

    def review(self, on: date | None = None, *, within_days: int = WITHIN_DAYS) -> Review:
        """Return what is wrong on the day `on`; left out, on the tenant's own today."""
        day = on or local_time(self.now(), self.tenant.time_zone).date()
        papers = self._papers()
        return Review(
            on=day,
            within_days=within_days,
            uncovered=tuple(uncovered(papers, day)),
            expiring=tuple(expiring(papers, day, within_days)),
        )

    def _papers(self) -> Papers:
        return from_document(self.tenant.papers)
