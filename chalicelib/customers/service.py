"""Customers: what is done with them. The only door for other capabilities."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.customers import policy
from chalicelib.customers.models import UNKNOWN, Caller, Keyed, PastContact, Profile, ScreenPop
from chalicelib.customers.store import CallerStore
from chalicelib.platform.budget import Deadline
from chalicelib.platform.tenancy import TenantId
from chalicelib.tenancy.models import Tenant

__all__ = ["UNKNOWN", "Caller", "CallerStore", "Callers", "Customers", "PastContact", "Profile", "ScreenPop"]


class Callers(Protocol):
    """Port: reads of callers, each bounded in seconds."""

    def find(self, tenant: TenantId, phone: str, *, now: datetime, within_s: float) -> Caller:
        """Return what is known of a caller."""

    def keyed(self, tenant: TenantId, typed: str, *, within_s: float) -> Keyed | None:
        """Return the customer who types `typed`."""


@dataclass(frozen=True, slots=True)
class Customers:
    """Looks customers up for a screen pop."""

    callers: Callers
    tenant: Tenant
    now: Callable[[], datetime]

    def look_up(self, phone: str | None, *, budget_s: float) -> ScreenPop:
        """Return the screen pop of the caller `phone`; a withheld number (None) is an unknown caller, unread.

        Raises:
            StoreUnavailable, Throttled: the store did not answer within `budget_s`.

        """
        if phone is None:
            return policy.screen_pop(UNKNOWN, self.tenant)
        caller = self.callers.find(self.tenant.id, phone, now=self.now(), within_s=budget_s)
        return policy.screen_pop(caller, self.tenant, phone)

    def look_up_typed(self, typed: str, *, budget_s: float) -> ScreenPop:
        """Return the screen pop of the customer who typed the customer number `typed`.

        Raises:
            StoreUnavailable, Throttled: as `look_up`; the second read does not start when the first was slow.

        """
        number = policy.typed_number(typed)
        if number is None:
            return policy.screen_pop(UNKNOWN, self.tenant)
        deadline = Deadline.after(budget_s)
        keyed = self.callers.keyed(self.tenant.id, number, within_s=deadline.left_s())
        if keyed is None:
            return policy.screen_pop(UNKNOWN, self.tenant)
        now, left_s = self.now(), deadline.left_s()
        caller = self.callers.find(self.tenant.id, keyed.phone, now=now, within_s=left_s)
        return policy.screen_pop(policy.narrowed(caller, keyed.customer_id), self.tenant, keyed.phone)
