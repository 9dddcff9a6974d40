"""Services: the shape of what is kept. Keys, items and back again. Pure.

`T#<tenant>#SERVICE#<id>` holds a service record and its places in the sorted lists, which lie in one partition of gsi2
for each order and month. Nothing is ever deleted: an item that is over loses all that it told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

from chalicelib.platform.sorted_lists import place_of
from chalicelib.platform.tenancy import TenantId, partition
from chalicelib.services.models import Kind, Record, Subject, Value, Whom

HEAD: Final = "SERVICE"
LIST_PREFIX: Final = "LIST#"
_DAY_S: Final = 86_400

type Item = dict[str, Any]


def instant(at: datetime) -> str:
    """Return `at` in UTC as keys and attributes hold it, which sorts by time."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def head_key(tenant: TenantId, id_: str) -> dict[str, str]:
    """Return the key of a service record."""
    return {"pk": partition(tenant, "SERVICE", id_), "sk": HEAD}


def list_partition(tenant: TenantId, sort: str, month: str) -> str:
    """Return where the service records of a month (YYYY-MM, UTC) are listed by `sort` (gsi2)."""
    return partition(tenant, "SERVICESBY", sort, month)


def place(record: Record, sort: str) -> str:
    """Return where a record stands in the list by `sort`."""
    told = record.whom
    values: dict[str, Value | None] = {
        "date": instant(record.at),
        "name": told.name,
        "number": told.phone,
        "region": told.region,
        "grade": told.grade,
    }
    return place_of(values.get(sort, told.fields.get(sort)), told.name, record.id)


def list_items(tenant: TenantId, record: Record, listed: Sequence[str], days: int) -> dict[str, Item]:
    """Return the places of a record by their sort keys; a forgotten one has none."""
    key, month = head_key(tenant, record.id), instant(record.at)[:7]
    found: dict[str, Item] = {}
    for sort in listed:
        shown = {"gsi2pk": list_partition(tenant, sort, month), "gsi2sk": place(record, sort)}
        sk = LIST_PREFIX + sort
        found[sk] = {"pk": key["pk"], "sk": sk, "ttl": _ttl(record, days), **({} if record.deleted else shown)}
    return found


def head_item(tenant: TenantId, record: Record, days: int) -> Item:
    """Return the item of a record; it expires `days` after the service."""
    item: Item = {
        **head_key(tenant, record.id),
        "service_id": record.id,
        "kind": record.kind.value,
        "at": instant(record.at),
        "customer": _known(asdict(record.whom)),
        "subject": _known(asdict(record.subject)),
        "revision": record.revision,
        "changed_at": instant(record.changed_at),
        "changed_by": record.changed_by,
        "ttl": _ttl(record, days),
    }
    if record.source_at:
        item["source_at"] = instant(record.source_at)
    told = {"note": record.note, "edited": record.edited, "deleted": record.deleted}
    return item | {name: value for name, value in told.items() if value}


def record_of(item: Mapping[str, Any]) -> Record:
    """Return the record that `head_item` wrote."""
    source_at = item.get("source_at")
    return Record(
        id=item["service_id"],
        kind=Kind(item["kind"]),
        at=datetime.fromisoformat(item["at"]),
        whom=Whom(**item["customer"]),
        subject=Subject(**item["subject"]),
        revision=item["revision"],
        changed_at=datetime.fromisoformat(item["changed_at"]),
        changed_by=item["changed_by"],
        note=item.get("note"),
        source_at=datetime.fromisoformat(source_at) if source_at else None,
        edited=bool(item.get("edited")),
        deleted=bool(item.get("deleted")),
    )


def _ttl(record: Record, days: int) -> int:
    return int(record.at.timestamp()) + days * _DAY_S


def _known(facts: Mapping[str, Any]) -> Item:
    return {name: value for name, value in facts.items() if value is not None and value != {}}
