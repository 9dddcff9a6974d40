"""Licences: which number the called party may be shown (OUT-10). Pure; the day is an argument."""

from collections.abc import Mapping
from datetime import date


def may_present(wanted: str, own: Mapping[str, date | None], on: date) -> str | None:
    """Return why the number `wanted` may not be presented on the day `on`; None: it may.

    `own` are the tenant's numbers with the day on which each was verified. Any other number is another party's: it is
    never passed through.
    """
    if wanted not in own:
        return "expected a number of the tenant; another party's number is not presented (OUT-10)"
    verified_on = own[wanted]
    if verified_on is None or verified_on > on:
        return "expected a verified number: its entry has no verified_on that has passed (OUT-10)"
    return None
