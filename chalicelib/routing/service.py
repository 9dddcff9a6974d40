"""Routing: what it does. The only door for other capabilities."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.customers.service import UNKNOWN, Caller
from chalicelib.platform.tenancy import TenantId
from chalicelib.routing import policy
from chalicelib.routing.models import CallerFacts, ContactFacts, Decision
from chalicelib.tenancy.models import Tenant

__all__ = ["CallerFacts", "Callers", "ContactFacts", "Decision", "Routing"]


class Callers(Protocol):
    """Port: one read of a caller's item collection."""

    def find(self, tenant: TenantId, phone: str, *, now: datetime, within_s: float) -> Caller:
        """Return what is known of a caller."""


@dataclass(frozen=True, slots=True)
class Routing:
    """Routes contacts of one tenant."""

    callers: Callers
    tenant: Tenant
    now: Callable[[], datetime]

    def route(self, contact: ContactFacts, phone: str | None, *, budget_s: float) -> Decision:
        """Decide with one read of the caller; a withheld number (None) needs none.

        Raises:
            StoreUnavailable, Throttled: the store did not answer within `budget_s`; the door then asks `degraded`.

        """
        now = self.now()
        caller = self.callers.find(self.tenant.id, phone, now=now, within_s=budget_s) if phone else UNKNOWN
        grade = caller.profile.grade if caller.profile else None
        return policy.decide(contact, self.tenant, CallerFacts(grade=grade), now)

    def degraded(self, contact: ContactFacts) -> Decision:
        """Decide without the store: the default queue, flagged (ACD-21)."""
        return policy.degraded(contact, self.tenant, self.now())
