"""Tickets: what is done with them. Open, take a step, link a contact, find. The only door for others."""

import functools
import os
import secrets
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from chalicelib.audit import service as audit
from chalicelib.audit.models import Act, Actor
from chalicelib.metrics import service as metrics
from chalicelib.organisation.service import Sight
from chalicelib.platform import aws, clock, settings
from chalicelib.platform.errors import Conflict, NotFound
from chalicelib.platform.pages import Shown, narrowed
from chalicelib.platform.tenancy import TenantId
from chalicelib.services import service as services
from chalicelib.tenancy import service as tenancy
from chalicelib.tickets import erasing, policy, store
from chalicelib.tickets.items import STEP_PREFIX, at_partition, newest_key, position, step_of, ticket_key, ticket_of
from chalicelib.tickets.models import Change, File, Link, NumberTaken, Opening, Page, Passed, Search, Step, Ticket

__all__ = [
    "STEP_PREFIX", "Counting", "Tickets", "at_partition", "erasing", "newest_key", "step_of", "ticket_key", "ticket_of",
    "wired",
]  # fmt: skip

TRIES: Final = 8
"""Numbers drawn for one ticket. With a million tickets one draw in ten is taken: all eight, one time in 10^8."""


_BEYOND: Final = "99999999"
"""The greatest number: the lists are read from the newest."""


class Kept(Protocol):
    """Port: the tickets that are kept; see `store.Tickets`."""

    def file(self, number: str) -> File:
        """Return a ticket with all that is kept of it, or raise NotFound."""

    def open(
        self, ticket: Ticket, passed: Passed, link: Link | None, by: Actor, act: Act, *, beside: Iterable[store.Beside]
    ) -> None:
        """Write a new ticket with what others keep of it, or raise NumberTaken."""

    def heads(self, numbers: Sequence[str]) -> Iterable[Ticket]:
        """Return tickets as they stand."""

    def change(self, ticket: Ticket, passed: Passed, by: Actor, act: Act, *, beside: Iterable[store.Beside]) -> None:
        """Write the next revision of a ticket, or raise Outdated."""

    def link(self, number: str, link: Link, by: Actor, act: Act) -> None:
        """Link a contact to a ticket, or raise NotFound."""

    def search(self, search: Search, *, after: str | None, limit: int) -> Page:
        """Return a page of tickets, newest first."""

    def numbers_of(self, contact_id: str) -> tuple[str, ...]:
        """Return the numbers of a contact's tickets."""


class Listing(Protocol):
    """Port: what lists tickets with other services; see `services.service.Feed`."""

    def opened(self, ticket: Ticket) -> Iterable[store.Beside]:
        """Return what the ticket's transaction writes besides."""


@dataclass(frozen=True, slots=True)
class Counting:
    """What a tenant's tickets add to the counters, in the transaction of the step that does (K17, K49).

    `complaints` are the contract's categories of complaints.
    """

    tenant: TenantId
    table: str
    complaints: Collection[str]

    def passed(self, before: Collection[Passed], passed: Passed) -> Iterable[store.Beside]:
        """Yield the write that counts a step after the steps `before`, if it counts."""
        if counters := policy.counters(before, passed):
            yield "count", dict(metrics.addition(self.tenant, self.table, passed.at, counters)), Conflict


@dataclass(frozen=True, slots=True, kw_only=True)
class Tickets:
    """The tickets of one tenant. `draw` gives a number from 0 to its argument, which is left out."""

    kept: Kept
    listing: Listing
    counting: Counting
    left_out: Collection[Step]
    now: Callable[[], datetime]
    draw: Callable[[int], int]

    def open(self, opening: Opening, actor: Actor) -> File:
        """Accept a ticket in the name of `actor`, for the actor's part, and return it with its new number.

        Raises:
            NumberTaken: every number that was drawn is in use.
            StoreUnavailable, Throttled: nothing was written.

        """
        at = self._now()
        link = Link(contact_id=opening.contact_id, at=at, actor=actor.user) if opening.contact_id else None
        for attempt in range(TRIES):
            number = policy.number(self.draw(10**policy.DIGITS))
            ticket, passed = policy.accept(
                number, opening, actor=actor.user, at=at, node=actor.node or None, complaints=self.counting.complaints
            )
            beside = (*self.listing.opened(ticket), *self.counting.passed((), passed))
            after = {"category": ticket.subject.category, "contact": opening.contact_id}
            act = Act(action="ticket.open", resource=f"ticket/{number}", after=after)
            try:
                self.kept.open(ticket, passed, link, actor, act, beside=beside)
            except NumberTaken:
                if attempt == TRIES - 1:
                    raise
                continue
            return File(ticket=ticket, steps=(passed,), contacts=(link,) if link else ())
        raise NumberTaken("every number that was drawn is in use")

    def take(self, number: str, change: Change, actor: Actor, *, seen: Sight | None = None) -> File:
        """Take the next step of a ticket in the name of `actor`, and return the ticket as it stands then.

        Raises:
            NotFound: there is no such ticket in sight.
            BadStep, Outdated, StepNotAllowed: as `policy.take`.
            StoreUnavailable, Throttled: nothing was written.

        """
        before = self.file(number, actor.user, seen)
        ticket, passed = policy.take(before.ticket, change, actor=actor.user, at=self._now(), left_out=self.left_out)
        act = Act(
            action="ticket.step",
            resource=f"ticket/{number}",
            before={"step": before.ticket.step.value, "assignee": before.ticket.assignee},
            after={"step": ticket.step.value, "assignee": ticket.assignee},
        )
        self.kept.change(ticket, passed, actor, act, beside=self.counting.passed(before.steps, passed))
        return File(ticket=ticket, steps=(*before.steps, passed), contacts=before.contacts)

    def link(self, number: str, contact_id: str, actor: Actor, *, seen: Sight | None = None) -> File:
        """Note that a contact is about a ticket, open or closed, and return the ticket.

        Raises:
            NotFound: there is no such ticket in sight.
            StoreUnavailable, Throttled: nothing was written.

        """
        self._check(number)
        if seen is not None:
            self.file(number, actor.user, seen)
        link = Link(contact_id=contact_id, at=self._now(), actor=actor.user)
        act = Act(action="ticket.link", resource=f"ticket/{number}", after={"contact": contact_id})
        self.kept.link(number, link, actor, act)
        return self.file(number)

    def file(self, number: str, user: str = "", seen: Sight | None = None) -> File:
        """Return a ticket with its steps and contacts, if `user` sees it.

        Raises:
            NotFound: there is none in sight; a wrong check digit is answered without a read.
            StoreUnavailable, Throttled: the store could not answer.

        """
        self._check(number)
        found = self.kept.file(number)
        if not policy.sees(seen, found.ticket, user):
            raise NotFound("no such ticket")
        return found

    def search(
        self, search: Search, *, after: str | None, limit: int, user: str = "", seen: Sight | None = None
    ) -> Page:
        """Return a page of the tickets that `user` sees, newest first; a page may be short.

        Raises:
            InvalidInput: `after` is no position of a list of tickets.
            StoreUnavailable, Throttled: the store could not answer.

        """
        if seen is None:
            return self.kept.search(search, after=after, limit=limit)

        def read(after: str | None, limit: int) -> tuple[tuple[Ticket, ...], str | None]:
            page = self.kept.search(search, after=after, limit=limit)
            return page.tickets, page.after

        shown = Shown(sees=lambda ticket: policy.sees(seen, ticket, user), place=position, beyond=_BEYOND)
        found = narrowed(shown, read, after=after, limit=limit)
        return Page(tickets=found.rows, after=found.after)

    def standing(self, numbers: Sequence[str]) -> dict[str, Ticket]:
        """Return those of up to a hundred tickets that exist, as they stand, by number.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        return {ticket.number: ticket for ticket in self.kept.heads(numbers)}

    def of_contact(self, contact_id: str) -> tuple[str, ...]:
        """Return the numbers of the tickets that a contact is about.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        return self.kept.numbers_of(contact_id)

    def _check(self, number: str) -> None:
        if not policy.is_number(number):
            raise NotFound("no such ticket: the check digit does not fit")

    def _now(self) -> datetime:
        return self.now().replace(microsecond=0)


@functools.cache
def wired() -> Tickets:
    """Return the tickets of this process's tenant; a missing setting fails here, by name."""
    configured = settings.StoreSettings.load(os.environ)
    tenant = tenancy.current()
    client = aws.client("dynamodb", aws.A_PERSON_WAITS)
    kept = store.Tickets(client, configured.table, tenant.id, audit.trail(), tenant.contacts_days)
    listing = services.feed(client, configured.table, tenant)
    return Tickets(
        kept=kept,
        listing=listing,
        counting=Counting(tenant.id, configured.table, tenant.kpis.complaint_categories),
        left_out=frozenset(Step(step) for step in tenant.ticket_steps_left_out),
        now=clock.from_environment(),
        draw=secrets.randbelow,
    )
