"""Tickets: what is left of one when the person is taken out of it (SEC-06). Pure.

Category, steps, times and staff stay: the work was done and may have to be shown. What was said about the person goes.
"""

from collections.abc import Mapping
from typing import Any

from chalicelib.platform.tenancy import TenantId
from chalicelib.tickets import items

_OF_THE_PERSON = frozenset({"customer_id", "phone"})


def partition_of(tenant: TenantId, number: str) -> str:
    """Return the partition of a ticket with its steps and contacts."""
    return items.ticket_key(tenant, number)["pk"]


def listed_partition(tenant: TenantId, who: str) -> str:
    """Return where the tickets of a customer id, or of a telephone number, are listed."""
    return items.of_partition(tenant, who)


def number_of(item: Mapping[str, Any]) -> str | None:
    """Return the ticket that an item of a list, or beside a contact, names."""
    sort = str(item["sk"])
    listed = items.is_position(sort) or sort.startswith((items.HEAD, items.OPEN_PREFIX))
    return str(item["number"]) if listed and "number" in item else None


def subject_of(item: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return what a ticket is about; None for its steps and contacts."""
    subject: Mapping[str, Any] | None = item["subject"] if item["sk"] == items.HEAD else None
    return subject


def found_under(tenant: TenantId, item: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the keys under which the ticket in `item` is found by its customer and its number."""
    ticket = items.ticket_of(item)
    found = [*items.of_items(tenant, ticket)]
    if ticket.subject.phone:
        found.append(items.open_item(tenant, ticket.subject.phone, ticket))
    return tuple((one["pk"], one["sk"]) for one in found)


def without_person(item: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return an item of a ticket without the person; None for one that names nobody."""
    if subject_of(item) is not None:
        left = {name: value for name, value in item["subject"].items() if name not in _OF_THE_PERSON}
        return {**item, "subject": {**left, "text": ""}}
    return {**item, "note": ""} if str(item["sk"]).startswith(items.STEP_PREFIX) else None


def without_phone(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return somebody else's ticket without the telephone number."""
    return {**item, "subject": {name: value for name, value in item["subject"].items() if name != "phone"}}
