"""Customers: what is decided about them. Pure."""

from chalicelib.customers.models import Caller, ScreenPop
from chalicelib.tenancy.models import Tenant

RECENT_LIMIT = 10
"""A screen pop counts contacts up to ten; an agent who sees ten knows enough."""

KEYED_DIGITS = 20


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


def keyed_form(text: str) -> str:
    """Return how a caller types the customer id or keyed number `text` on a telephone: its digits.

    An id without a digit cannot be typed and stays as it is, in lower case. The id `c-10001` and the keys 10001 meet
    in `10001`.
    """
    digits = "".join(character for character in text if character in "0123456789")
    return digits or text.lower()


def typed_number(text: str | None) -> str | None:
    """Return the customer number that a caller typed, or None: a flow also sends `Timeout` and whatever was pressed."""
    typed = (text or "").strip().removesuffix("#")
    return typed if typed.isascii() and typed.isdigit() and len(typed) <= KEYED_DIGITS else None
