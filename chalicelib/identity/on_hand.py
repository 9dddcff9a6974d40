"""Identity: whom an agent has on hand, from the offer to the end of wrap-up; the data of nobody else is shown (SEC-02).

An account manager sees the own accounts too, whoever calls: customers whose record names that manager.

The floor of agent events says which contacts stand on the own screen, Amazon Connect with whom each is. There is no
time of grace: who is off the screen is not on hand any more. An agent of whom nothing was heard for
`agents.models.GONE_S` has nobody on hand.
"""

import functools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.access.service import Caller
from chalicelib.agents.service import Agents, House
from chalicelib.customers import registry as customers
from chalicelib.identity import policy
from chalicelib.identity.connect import Notes
from chalicelib.identity.models import Chain, Hand, NotOnHand
from chalicelib.platform import aws, clock, settings
from chalicelib.platform.errors import Conflict, NotFound
from chalicelib.tenancy import service as tenancy


class Floor(Protocol):
    """Port: see `agents.store.Agents`."""

    def house(self, *, consistent: bool = False) -> House:
        """Return all agents."""


class Chains(Protocol):
    """Port: see `connect.Notes`."""

    def chain(self, contact_id: str) -> Chain:
        """Return the chain of a contact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screens:
    """The screens of one tenant's agents."""

    floor: Floor
    chains: Chains
    now: Callable[[], datetime]

    def hand(self, user: str) -> Hand:
        """Return whom `user` serves now: one Query, and for each contact on the screen two questions to Connect.

        Raises:
            Throttled, StoreUnavailable: somebody did not answer.

        """
        shown = policy.on_screen(self.floor.house(consistent=True), user, self.now())
        return policy.hand(dict(self._chains(shown)))

    def _chains(self, contact_ids: tuple[str, ...]) -> Iterator[tuple[str, Chain]]:
        """Yield the chain of each contact that Amazon Connect still knows; another is with nobody."""
        for contact_id in contact_ids:
            try:
                yield contact_id, self.chains.chain(contact_id)
            except NotFound:
                continue


def check_on_hand(
    caller: Caller, *, customer_id: str | None = None, number: str | None = None, contact_id: str | None = None
) -> None:
    """Accept what is about the contact, customer or number that the caller has on hand; others read nothing.

    What is given decides as `policy.is_on_hand` says. A customer or number without a contact is accepted of an account
    manager's own account, too.

    Raises:
        NotOnHand: it is about somebody else, or about nobody who is named.
        Throttled, StoreUnavailable: somebody did not answer.

    """
    if not caller.on_hand_only:
        return
    if contact_id is None and caller.owns_accounts and owns(caller, customer_id=customer_id, number=number):
        return
    held = screens().hand(caller.user)
    if not policy.is_on_hand(held, customer_id=customer_id, number=number, contact_id=contact_id):
        raise NotOnHand("your roles see only the customer whom you serve now")


def owns(caller: Caller, *, customer_id: str | None = None, number: str | None = None) -> bool:
    """Return whether the caller is the account manager of the customer, else of everybody who has the number.

    Raises:
        Throttled, StoreUnavailable: the store did not answer.

    """
    if customer_id is not None:
        try:
            return customers.wired().customer(customer_id, caller.sight).shown.manager == caller.user
        except (NotFound, Conflict):
            return False
    holders = customers.wired().of_number(number) if number else []
    return bool(holders) and all(one.shown.manager == caller.user for one in holders)


@functools.cache
def screens() -> Screens:
    """Return the use-case wired for this process; a missing setting fails here, by name."""
    table = settings.StoreSettings.load(os.environ).table
    instance_id = settings.instance_id(os.environ)
    tenant = tenancy.current()
    return Screens(
        floor=Agents(aws.client("dynamodb", aws.A_PERSON_WAITS), table, tenant.id, tenant.contacts_days),
        chains=Notes(aws.client("connect", aws.A_PERSON_WAITS), instance_id),
        now=clock.from_environment(),
    )
