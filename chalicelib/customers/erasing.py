"""Customers: where all that is kept of one lies, and what is left of a shared number (SEC-06). Pure."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from chalicelib.customers import outbox, record_items
from chalicelib.customers.models import identity_part
from chalicelib.customers.record import Identity
from chalicelib.platform.instants import instant
from chalicelib.platform.sorted_lists import SEPARATOR, Range, sort_text
from chalicelib.platform.tenancy import TenantId

ERASED: Final = "ERASED"


def file_partition(tenant: TenantId, customer_id: str) -> str:
    """Return the partition of a record and of its places in lists."""
    return record_items.head_key(tenant, customer_id)["pk"]


def alias_key(tenant: TenantId, customer_id: str) -> dict[str, str]:
    """Return the key of what callers type for a record."""
    return record_items.alias_key(tenant, customer_id)


def caller_partition(tenant: TenantId, identity: Identity) -> str:
    """Return the partition of all that is known of an identity."""
    return record_items.claim_key(tenant, identity)["pk"]


def address(identity: Identity) -> str:
    """Return an identity as keys hold it."""
    return identity_part(identity.kind, identity.value)


def created(start: datetime | None, before: datetime) -> Range:
    """Return the part of the list by creation from `start` on (None: from the first customer on), up to `before`."""
    low = sort_text(instant(start)) if start else SEPARATOR
    return Range(sort="created", low=low, high=sort_text(instant(before)), descending=False)


def erased_key(tenant: TenantId, customer_id: str) -> dict[str, str]:
    """Return the key under which it is known that a person asked to be forgotten."""
    return {"pk": file_partition(tenant, customer_id), "sk": ERASED}


def left_of(tenant: TenantId, adapters: Collection[str], customer_id: str, at: datetime) -> list[dict[str, Any]]:
    """Return what stays of an erased record for other systems: that it was erased, and a mark for each of them.

    It holds the id alone, so that each system is told, and none brings the customer back. Nothing stays without them.
    """
    erased = {**erased_key(tenant, customer_id), "erased_at": instant(at)}
    marks = [outbox.mark_item(tenant, one, customer_id, ERASED, at) for one in adapters]
    return [erased, *marks] if marks else []


def is_left(item: Mapping[str, Any]) -> bool:
    """Return whether an item is one of those that `left_of` gives."""
    return item["sk"] == ERASED or item.get("why") == ERASED


def name_of(item: Mapping[str, Any]) -> str:
    """Return the name in the item of a record."""
    return record_items.record_of(item).facts.name


def others(item: Mapping[str, Any], ids: Collection[str]) -> tuple[str, ...]:
    """Return the customers beside `ids` who have the identity of `item`."""
    holders = record_items.claim_of(item).holders
    return tuple(one.customer_id for one in holders if not {one.customer_id, one.of} & set(ids))


def left_claim(
    tenant: TenantId, identity: Identity, item: Mapping[str, Any], ids: Collection[str]
) -> dict[str, Any] | None:
    """Return who has the identity once the records `ids` are gone; None: nobody."""
    claim = record_items.claim_of(item)
    holders = tuple(one for one in claim.holders if not {one.customer_id, one.of} & set(ids))
    if not holders:
        return None
    left = replace(claim, revision=claim.revision + 1, holders=holders)
    return record_items.claim_item(tenant, identity, left)
