"""Customers: what the desk shows when it rings, as attributes of the contact (DSK-01, 02). Pure.

All attributes of a contact together hold 32 KB, and a flow keeps its own there too: what the look-up gives is bounded,
and what does not fit is left out in a fixed order. The API tells the rest.
"""

import json
import urllib.parse
from collections.abc import Mapping, Sequence
from typing import Final

from chalicelib.customers.models import OpenTicket, PastContact, Profile, ScreenPop
from chalicelib.platform.flow_door import NONE
from chalicelib.platform.instants import instant
from chalicelib.tenancy.models import CustomerPage

LARGEST_BYTES: Final = 8_192
"""Of everything that a look-up gives to a flow: a quarter of what a contact holds."""
LARGEST_LIST_BYTES: Final = 3_000
"""Of one list, well below the longest value of a reply."""
LONGEST_NAME: Final = 100


def attributes(pop: ScreenPop, page: CustomerPage | None, keys: Mapping[str, str | None]) -> dict[str, str]:
    """Return the screen pop as a flow keeps it; `keys` are those of the contact that a page may name.

    Lists are JSON, newest first. Of what is too large the oldest contacts go first, then the oldest tickets, then
    candidates from the end.
    """
    rows = {
        "lastContacts": [_past(one) for one in pop.recent],
        "openTickets": [_ticket(one) for one in pop.tickets],
        "candidates": [_candidate(one) for one in pop.candidates],
    }
    known = {**_plain(pop), "screenPage": page_url(pop, page, keys) or NONE}
    lists = {name: _cut(value, LARGEST_LIST_BYTES) for name, value in rows.items()}
    for name in rows:
        while lists[name] and _size({**known, **_texts(lists)}) > LARGEST_BYTES:
            lists[name] = lists[name][:-1]
    return {**known, **_texts(lists)}


def _plain(pop: ScreenPop) -> dict[str, str]:
    profile, last = pop.profile, pop.last
    return {
        "found": "true" if profile else "false",
        "customerId": profile.customer_id if profile else NONE,
        "customerName": profile.name[:LONGEST_NAME] if profile else NONE,
        "grade": (profile.grade if profile else None) or NONE,
        "language": pop.language or NONE,
        "lastAgent": (last.agent if last else None) or NONE,
        "lastQueue": (last.queue if last else None) or NONE,
        "lastContactAt": instant(last.at) if last else NONE,
        "recentContacts": str(pop.recent_contacts),
        "region": pop.region or NONE,
    }


def page_url(pop: ScreenPop, page: CustomerPage | None, keys: Mapping[str, str | None]) -> str | None:
    """Return the page of the tenant's own that the screen opens; None: it opens ours."""
    if page is None or (page.when == "unmatched" and pop.profile is not None):
        return None
    own = {"customer_id": pop.profile.customer_id if pop.profile else None, "number": pop.number, "region": pop.region}
    url = page.url
    for name, value in {**keys, **own}.items():
        url = url.replace(f"{{{name}}}", urllib.parse.quote(value or "", safe=""))
    return url


def _past(one: PastContact) -> list[str]:
    return [instant(one.at), one.agent or "", one.queue or "", one.category or "", one.result or "", one.contact_id]


def _ticket(one: OpenTicket) -> list[str]:
    return [one.number, one.category, instant(one.at)]


def _candidate(one: Profile) -> list[str]:
    return [one.customer_id, one.name[:LONGEST_NAME], one.grade or ""]


def _cut(rows: Sequence[list[str]], largest_bytes: int) -> list[list[str]]:
    kept = list(rows)
    while kept and len(_json(kept).encode()) > largest_bytes:
        kept.pop()
    return kept


def _texts(lists: Mapping[str, list[list[str]]]) -> dict[str, str]:
    return {name: _json(rows) if rows else NONE for name, rows in lists.items()}


def _json(rows: list[list[str]]) -> str:
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def _size(texts: Mapping[str, str]) -> int:
    return sum(len(name.encode()) + len(value.encode()) for name, value in texts.items())
