"""Services: where the records of a person are found, and what is left of somebody else's with the number (SEC-06)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.platform.sorted_lists import SEPARATOR, sort_text
from chalicelib.platform.tenancy import TenantId
from chalicelib.services import items
from chalicelib.services.models import Whom

_MONTH = timedelta(days=28)


def partition_of(tenant: TenantId, id_: str) -> str:
    """Return the partition of a service record and of its places in lists; a contact's and a ticket's have their id."""
    return items.head_key(tenant, id_)["pk"]


def whom_of(beside: Sequence[Mapping[str, Any]]) -> Whom | None:
    """Return whom the record in a partition was for; None where there is none, or a forgotten one."""
    head = next((item for item in beside if item["sk"] == items.HEAD), None)
    record = items.record_of(head) if head is not None else None
    return record.whom if record is not None and not record.deleted else None


def lists(
    tenant: TenantId, at: datetime, days: int, phones: Sequence[str], names: Sequence[str]
) -> Iterator[tuple[str, str, str]]:
    """Yield the lists in which records of the last `days` may stand that somebody entered, and how their places begin.

    A list is a partition of an index, whose name comes last.

    They are found by the number and by the name that the customer had; a service record has no list of a customer.
    """
    day, months = at - timedelta(days=days), dict[str, None]()
    while day <= at + _MONTH:
        months[f"{day:%Y-%m}"] = None
        day += _MONTH
    for month in months:
        for sort, values in (("number", phones), ("name", names)):
            for value in values:
                yield items.list_partition(tenant, sort, month), sort_text(value) + SEPARATOR, items.kept_in(sort)[1]


def without_phone(tenant: TenantId, beside: Sequence[Mapping[str, Any]], days: int) -> list[dict[str, Any]]:
    """Return the items of somebody else's record and of its places, without the number."""
    head = next(item for item in beside if item["sk"] == items.HEAD)
    record = items.record_of(head)
    left = replace(record, whom=replace(record.whom, phone=None))
    return list(items.record_items(tenant, left, items.orders_of(beside), days).values())
