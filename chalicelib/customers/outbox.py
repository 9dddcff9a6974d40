"""Customers: marks that a customer is to be compared with another system (INT-02). Pure.

A mark is written in the transaction of the change, so that no change is without one. There is one for each customer and
adapter: it says why the last time, and stands for everything that changed before.
"""

from datetime import datetime
from typing import Any, Final

from chalicelib.customers import record_items
from chalicelib.customers.record import Record
from chalicelib.platform.instants import instant
from chalicelib.platform.tenancy import TenantId, partition

MARK_PREFIX: Final = "MARK#"
WAITING: Final = "WAITING"
FAILED: Final = "FAILED"


def mark_key(tenant: TenantId, adapter: str, customer_id: str) -> dict[str, str]:
    """Return the key of the mark of a customer, beside the record."""
    return {"pk": record_items.head_key(tenant, customer_id)["pk"], "sk": MARK_PREFIX + adapter}


def marks_partition(tenant: TenantId, adapter: str, state: str) -> str:
    """Return where the marks of an adapter that are WAITING or FAILED are listed (gsi1)."""
    return partition(tenant, "MARKS", adapter, state)


def mark_item(tenant: TenantId, adapter: str, customer_id: str, why: str, due: datetime) -> dict[str, Any]:
    """Return the mark of a customer that is to be compared from `due` on; another `why` is another mark."""
    return {
        **mark_key(tenant, adapter, customer_id),
        "gsi1pk": marks_partition(tenant, adapter, WAITING),
        "gsi1sk": f"{instant(due)}#{customer_id}",
        "customer_id": customer_id,
        "why": why,
        "tries": 0,
    }


def marks_of(tenant: TenantId, adapters: tuple[str, ...], record: Record) -> list[dict[str, Any]]:
    """Return the marks that a change of a record leaves for every adapter."""
    why = f"ours {record.revision}"
    return [mark_item(tenant, adapter, record.id, why, record.changed_at) for adapter in adapters]
