"""Customers: what of a screen a part of the organisation sees: customers, contacts and tickets of its own (TEN-11)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Protocol

from chalicelib.contacts import service as contacts
from chalicelib.customers import registry
from chalicelib.customers.models import Profile, ScreenPop
from chalicelib.organisation.service import Sight
from chalicelib.platform.errors import NotFound
from chalicelib.tickets import service as tickets
from chalicelib.traces import service as traces


class Customers(Protocol):
    """Port: see `registry.Registry`."""

    def customer(self, id_: str, seen: Sight | None = None) -> object:
        """Return a customer in sight, or raise NotFound."""


class Contacts(Protocol):
    """Port: see `contacts.service.Finder`."""

    def contact(self, contact_id: str, seen: Sight | None = None) -> object:
        """Return a contact in sight, or raise NotFound."""


class Tickets(Protocol):
    """Port: see `tickets.service.Tickets`."""

    def file(self, number: str, user: str = "", seen: Sight | None = None) -> object:
        """Return a ticket in sight, or raise NotFound."""


class Chains(Protocol):
    """Port: see `traces.service.Traces`."""

    def follow(self, contact_id: str, *, own: str | None, sight: Sight | None) -> object:
        """Return the course of a contact of whose chain some leg is in sight, or raise NotFound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeing:
    """Holds screens of one tenant to what their users see. Whoever sees the whole tenant costs no read."""

    customers: Customers
    contacts: Contacts
    tickets: Tickets
    chains: Chains

    def pop(self, shown: ScreenPop, user: str, seen: Sight | None) -> ScreenPop:
        """Return what of a screen pop `user` sees: whoever is of another part is nobody they know.

        Raises:
            Throttled, StoreUnavailable: the store could not answer.

        """
        if seen is None:
            return shown
        known = self._profiles([shown.profile] if shown.profile else shown.candidates, seen)
        recent = tuple(one for one in shown.recent if _is_there(partial(self.contacts.contact, one.contact_id, seen)))
        return replace(
            shown,
            profile=known[0] if len(known) == 1 else None,
            candidates=known if len(known) > 1 else (),
            last=recent[0] if recent else None,
            recent_contacts=len(recent),
            recent=recent,
            tickets=tuple(
                one for one in shown.tickets if _is_there(partial(self.tickets.file, one.number, user, seen))
            ),
        )

    def contact(self, contact_id: str, seen: Sight | None) -> None:
        """Accept a contact that goes on or has ended, if the user sees a leg of its chain.

        Raises:
            NotFound: no such contact is in sight.
            Throttled, StoreUnavailable: the store or Amazon Connect did not answer.

        """
        if seen is not None:
            self.chains.follow(contact_id, own=None, sight=seen)

    def _profiles(self, known: Iterable[Profile], seen: Sight) -> tuple[Profile, ...]:
        return tuple(one for one in known if _is_there(partial(self.customers.customer, one.customer_id, seen)))


def _is_there(read: Callable[[], object]) -> bool:
    try:
        read()
    except NotFound:
        return False
    return True


@cache
def wired() -> Seeing:
    """Return the use-case wired for this process; a missing setting fails here, by name."""
    return Seeing(
        customers=registry.wired(), contacts=contacts.finder(), tickets=tickets.wired(), chains=traces.wired()
    )
