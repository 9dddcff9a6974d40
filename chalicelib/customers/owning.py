"""Customers: what an account manager enters, finds, and leaves to others: the own accounts are whose record names them.

Accounts are given and taken by unit heads, leaders and the direction. Nobody who is held to own accounts or to the
customer on hand gives one away or takes one, and no number of somebody else's customer gets into an own account.
"""

from collections.abc import Collection
from dataclasses import replace

from chalicelib.access.service import Caller
from chalicelib.customers.record import PHONE, Facts, Identity, Search
from chalicelib.customers.registry import Registry
from chalicelib.identity.models import NotOnHand
from chalicelib.identity.service import check_on_hand
from chalicelib.platform.errors import Forbidden


def search(caller: Caller, asked: Search) -> Search:
    """Return the search that the caller may make: who names no number finds the own accounts.

    Raises:
        NotOnHand: the caller has neither on hand nor an own account of that number, or has none at all.
        Throttled, StoreUnavailable: somebody did not answer.

    """
    if caller.owns_accounts and asked.number is None:
        return replace(asked, manager=caller.user)
    check_on_hand(caller, number=asked.number)
    return asked


def check_new(registry: Registry, caller: Caller, facts: Facts) -> None:
    """Accept a new customer of somebody who owns accounts: an own one or nobody's.

    Raises:
        Forbidden: it is given to somebody else. NotOnHand: somebody else's customer has one of the identities.
        Throttled, StoreUnavailable: somebody did not answer.

    """
    if not caller.owns_accounts:
        return
    if facts.manager not in {None, caller.user}:
        raise Forbidden("you give no accounts to others", action="customers.change")
    _check_identities(registry, caller, facts.identities)


def check_edit(registry: Registry, caller: Caller, customer_id: str, facts: Facts) -> None:
    """Accept an edit: whoever is held to own accounts or the customer on hand leaves the account manager as it is.

    Raises:
        Forbidden: it gives or takes an account. NotOnHand: somebody else's customer has one of the new identities.
        NotFound, Merged, Throttled, StoreUnavailable: as `Registry.customer`.

    """
    if not caller.on_hand_only:
        return
    before = registry.customer(customer_id, caller.sight)
    if facts.manager not in {before.record.facts.manager, before.shown.manager}:
        raise Forbidden("accounts are given by unit heads, leaders and the direction", action="customers.change")
    if caller.owns_accounts:
        _check_identities(registry, caller, set(facts.identities) - set(before.shown.identities))


def _check_identities(registry: Registry, caller: Caller, identities: Collection[Identity]) -> None:
    """Accept identities that nobody has, or customers of the caller's own alone, or a number on hand."""
    claims = registry.kept.claims(list(identities)) if identities else {}
    for identity, claim in claims.items():
        known = registry.kept.customers([one.customer_id for one in claim.holders])
        if all(one.shown.manager == caller.user for one in known.values()):
            continue
        if identity.kind != PHONE:
            raise NotOnHand("a customer of somebody else has this identity")
        check_on_hand(caller, number=identity.value)
