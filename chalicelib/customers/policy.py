"""Customers: what is decided about them. Pure."""

from chalicelib.customers.models import RECENT_LIMIT, Caller, ScreenPop
from chalicelib.tenancy.models import Tenant

KEYED_DIGITS = 20
"""The longest customer number that a caller may type."""


def screen_pop(caller: Caller, tenant: Tenant) -> ScreenPop:
    """Return what the agent sees of `caller`; a language counts only if the tenant offers it (TEN-05)."""
    preferred = caller.profile.language if caller.profile else None
    recent = caller.recent[:RECENT_LIMIT]
    return ScreenPop(
        profile=caller.profile,
        language=preferred if preferred in tenant.languages else None,
        last=recent[0] if recent else None,
        recent_contacts=len(recent),
    )


def typed_number(text: str | None) -> str | None:
    """Return the customer number that a caller typed, or None: a flow also sends `Timeout` and whatever was pressed."""
    typed = (text or "").strip().removesuffix("#")
    return typed if typed.isascii() and typed.isdigit() and len(typed) <= KEYED_DIGITS else None
