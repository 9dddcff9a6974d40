"""Customers: where all that is kept of one lies, and what is left of a shared number (SEC-06). Pure."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.customers import record_items
from chalicelib.customers.models import identity_part
from chalicelib.customers.record import Identity
from chalicelib.platform.sorted_lists import SEPARATOR, Range, sort_text
from chalicelib.platform.tenancy import TenantId


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
    low = sort_text(record_items.instant(start)) if start else SEPARATOR
    return Range(sort="created", low=low, high=sort_text(record_items.instant(before)), descending=False)


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
