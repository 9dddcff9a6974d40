"""Customers: what is decided about them. Pure."""

from dataclasses import replace

from chalicelib.customers.models import RECENT_LIMIT, Caller, ScreenPop
from chalicelib.tenancy.models import Tenant

KEYED_DIGITS = 20
"""The longest customer number that a caller may type."""


def screen_pop(caller: Caller, tenant: Tenant, number: str | None = None) -> ScreenPop:
    """Return what the agent sees of `caller` on `number`; a language counts only if the tenant offers it (TEN-05)."""
    region = tenant.plan.attribution.region_of(number) if tenant.plan.attribution and number else None
    preferred = caller.profile.language if caller.profile else None
    recent = caller.recent[:RECENT_LIMIT]
    return ScreenPop(
        profile=caller.profile,
        language=preferred if preferred in tenant.languages else None,
        last=recent[0] if recent else None,
        recent_contacts=len(recent),
        candidates=caller.candidates,
        tickets=caller.tickets,
        recent=recent,
        number=number,
        region=region.id if region else None,
    )


def narrowed(caller: Caller, customer_id: str) -> Caller:
    """Return `caller` as the customer `customer_id`, who has said who he is; as before when he is none of them."""
    said = next((one for one in caller.candidates if customer_id in {one.customer_id, one.of}), None)
    return replace(caller, profile=said, candidates=()) if said else caller


def typed_number(text: str | None) -> str | None:
    """Return the customer number that a caller typed, or None: a flow also sends `Timeout` and whatever was pressed."""
    typed = (text or "").strip().removesuffix("#")
    return typed if typed.isascii() and typed.isdigit() and len(typed) <= KEYED_DIGITS else None
