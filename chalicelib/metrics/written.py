"""Metrics: what people write down of contacts and tickets, counted inside the transaction that writes it.

A complaint is counted once a chain of contacts (K17), since each agent of a transferred call may write it down: where
the chain's earliest contact that was written down so counts itself, and with it those that agents handled. A complaint
that is written late restates that quarter-hour. Tickets know no line, queue or number (K49).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from chalicelib.metrics import policy, store
from chalicelib.metrics.models import NO_QUEUE, Booking, Facts, Slot
from chalicelib.platform.tenancy import TenantId

COMPLAINTS: Final = "complaints"

type Places = Mapping[str, str]
"""By id, the contacts of a chain that were written down as complaints, and the place where each counts."""


def place(facts: Facts) -> str:
    """Return the place where a contact counts; texts of places sort by time."""
    return store.place_of(policy.slot(facts))


def complaint(places: Places) -> Booking | None:
    """Return what a chain adds: one complaint at its earliest contact of `places`, of several in one interval the
    first by id; None without any.
    """
    if not places:
        return None
    slots = {contact_id: store.slot_of(text) for contact_id, text in places.items()}
    first = min(slots, key=lambda contact_id: (slots[contact_id].start, contact_id))
    return Booking(slot=slots[first], counters={COMPLAINTS: 1})


def complained(tenant: TenantId, table: str, before: Places, after: Places) -> Mapping[str, Mapping[str, Any]]:
    """Return the writes, by name, that make the counters hold what `after` adds and no longer what `before` did."""
    changes = policy.difference(complaint(before), complaint(after))
    return {f"count-{n}": store.addition(tenant, table, change) for n, change in enumerate(changes)}


def addition(tenant: TenantId, table: str, at: datetime, counters: Mapping[str, int]) -> Mapping[str, Any]:
    """Return the write that counts what is of no line, queue and number in the quarter-hour of `at`."""
    slot = Slot(start=policy.interval_start(at), line=NO_QUEUE, queue=NO_QUEUE)
    return store.addition(tenant, table, Booking(slot=slot, counters=counters))
