"""Routing: what it does. The only door for other capabilities."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.customers.service import UNKNOWN, Caller
from chalicelib.platform.budget import Deadline
from chalicelib.platform.tenancy import TenantId
from chalicelib.routing import policy
from chalicelib.routing.floor import Floor
from chalicelib.routing.models import CallerFacts, ContactFacts, Decision, Past
from chalicelib.tenancy.models import Tenant

__all__ = ["CallerFacts", "Callers", "ContactFacts", "Decision", "Routing"]


class Callers(Protocol):
    """Port: one read of a caller's item collection."""

    def find(self, tenant: TenantId, phone: str, *, now: datetime, within_s: float) -> Caller:
        """Return what is known of a caller."""


class Overrides(Protocol):
    """Port: what a supervisor has changed of the contract; see `overrides.service.Live`."""

    def ask(self, within_s: float) -> None:
        """Begin to find it out, without waiting."""

    def look(self) -> Tenant:
        """Return the tenant as it is in force now."""


class Floors(Protocol):
    """Port: the newest known state of agents and queues."""

    def ask(self, within_s: float) -> None:
        """Begin to find it out, without waiting; at most `within_s` seconds from now it is waited for."""

    def look(self, channel: str, now: datetime) -> Floor | None:
        """Return agents and queues as contacts of `channel` find them; None when nothing is known."""


class Groups(Protocol):
    """Port: what offers a contact to a whole group at once; see `groups.AtDesks`."""

    def offered(self, decision: Decision, contact: ContactFacts) -> Decision:
        """Return the decision with its group told, or as it is."""


class Aims(Protocol):
    """Port: what keeps the agent at whom a contact is aimed from others; see `reserving.Reserving`."""

    def aimed(
        self, decide: Callable[[Floor], Decision], floor: Floor, contact: ContactFacts, *, within_s: float
    ) -> Decision:
        """Return what `decide` makes of the floor, its first agent reserved for the contact."""


class NoFloor:
    """Nothing is known of agents and queues: strategies that need it leave the order to Amazon Connect."""

    def ask(self, within_s: float) -> None:
        """Ask nobody."""

    def look(self, channel: str, now: datetime) -> Floor | None:
        """Return that nothing is known."""
        del channel, now
        return None


NO_FLOOR = NoFloor()


@dataclass(frozen=True, slots=True)
class Routing:
    """Routes contacts of one tenant. `floors` is asked when the contract has anything that needs it.

    Without `aims` nobody is reserved: two contacts that are decided within seconds may be aimed at one agent.
    """

    callers: Callers
    tenant: Tenant
    now: Callable[[], datetime]
    floors: Floors = NO_FLOOR
    overrides: Overrides | None = None
    aims: Aims | None = None

    def route(self, contact: ContactFacts, phone: str | None, *, budget_s: float) -> Decision:
        """Decide with one read of the caller, floor and overrides read beside it; a withheld number (None) needs none.

        A decision that is aimed at one agent reserves him afterwards (`aims`).
        All together take `budget_s` at most; a floor that is not there in time is missed, not waited for.

        Raises:
            StoreUnavailable, Throttled: the store did not answer within `budget_s`; the door then asks `degraded`.

        """
        now, deadline = self.now(), Deadline.after(budget_s)
        if self.overrides is not None:  # before the floor, with which they may share a reading: they know when it began
            self.overrides.ask(budget_s)
        if self.tenant.plan.needs_floor:
            self.floors.ask(budget_s)
        caller = self.callers.find(self.tenant.id, phone, now=now, within_s=budget_s) if phone else UNKNOWN
        tenant = self.tenant if self.overrides is None else self.overrides.look()
        decide = functools.partial(policy.decide, contact, tenant, caller_facts(caller, phone), now)
        floor = self._floor(contact, now)
        if self.aims is None or floor is None:
            return decide(floor)
        return self.aims.aimed(decide, floor, contact, within_s=deadline.left_s())

    def _floor(self, contact: ContactFacts, now: datetime) -> Floor | None:
        return self.floors.look(contact.channel, now) if self.tenant.plan.needs_floor else None

    def degraded(self, contact: ContactFacts) -> Decision:
        """Decide without the store: the default queue, flagged (ACD-21)."""
        return policy.degraded(contact, self.tenant, self.now())


def caller_facts(caller: Caller, phone: str | None) -> CallerFacts:
    """Return what routing needs of a caller; a contact was answered when an agent had it."""
    past = tuple(
        Past(at=one.at, agent=one.agent, queue=one.queue, line=one.line, answered=one.agent is not None)
        for one in caller.recent
    )
    profile = caller.profile
    return CallerFacts(
        grade=profile.grade if profile else None,
        number=phone,
        manager=profile.manager if profile else None,
        recent=past,
        open_tickets=len(caller.tickets),
    )
