"""Callbacks: what they decide. Which number may be called back, and where a callback stands. Pure."""

import re
from collections.abc import Collection
from dataclasses import replace
from typing import Final

from chalicelib.callbacks.models import Callback, Outcome, Refused
from chalicelib.contacts.models import Contact, Result
from chalicelib.tenancy.models import CallbackTerms

_FEWEST, _MOST = 8, 15
"""Digits of a number with its country code (E.164)."""
_FAILED: Final = "TELECOM_"
_STOPPED: Final = frozenset({"API", "OTHER"})
"""What records say of a contact that was stopped by API; of a call they say OTHER (6.4)."""
_KEYED = re.compile(r"\+?[0-9]{3,20}")


def number(keyed: str | None, terms: CallbackTerms, own: Collection[str]) -> str:
    """Return the E.164 form of what a caller keyed in, or of the telephone called from.

    `00` begins an international number, a single `0` or none a national one, which must have as many digits as the
    contract says. Our own numbers are refused: the call would go round.

    Raises:
        Refused: `reason` number (no telephone number), region (not one that the tenant calls), or own.

    """
    if keyed is None or not _KEYED.fullmatch(keyed):
        raise Refused("that is no telephone number", reason="number")
    found = _international(keyed, terms)
    if found is None or not _FEWEST <= len(found) - 1 <= _MOST:
        raise Refused("that is no telephone number", reason="number")
    if not found.startswith(tuple(terms.regions)):
        raise Refused("the tenant does not call numbers of that region", reason="region")
    if found in own:
        raise Refused("that is one of our own numbers", reason="own")
    return found


def _international(keyed: str, terms: CallbackTerms) -> str | None:
    if keyed.startswith("+"):
        return keyed
    if keyed.startswith("00"):
        return f"+{keyed[2:]}"
    national = keyed.removeprefix("0")
    return f"{terms.country}{national}" if terms.digits_least <= len(national) <= terms.digits_most else None


def hear(callback: Callback, contact: Contact) -> Callback:
    """Return the callback with what `contact`, one of its own, has come to; unchanged when that is known already."""
    if not contact.method.startswith("CALLBACK"):
        over = contact.next_id is None and contact.result is not Result.CALLBACK
        return replace(callback, left=callback.left or over)
    known = {**callback.outcomes, contact.id: outcome(contact)}
    return replace(callback, outcomes=dict(sorted(known.items())))


def outcome(contact: Contact) -> Outcome:
    """Return what came of a contact by which a caller was to be called back."""
    if contact.result is Result.ANSWERED:
        return Outcome.REACHED
    reason = contact.end_reason or ""
    if reason.startswith(_FAILED):
        return Outcome.FAILED
    return Outcome.STOPPED if reason in _STOPPED else Outcome.EXPIRED
