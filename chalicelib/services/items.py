"""Services: the shape of what is kept. Keys, items and back again. Pure.

`T#<tenant>#SERVICE#<id>` holds a service record and its places in the sorted lists, which lie in one partition of an
index for each order and month. An item stands in both indexes, so five orders are three items, the first of them the
record itself. Nothing is ever deleted: an item that is over loses all that it told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from chalicelib.platform.instants import instant
from chalicelib.platform.sorted_lists import place_of
from chalicelib.platform.tenancy import TenantId, partition
from chalicelib.services.models import Kind, Record, Subject, Value, Whom

HEAD: Final = "SERVICE"
LIST_PREFIX: Final = "LIST#"
KEPT_IN: Final[Mapping[str, tuple[str, str]]] = {
    "date": (HEAD, "gsi2"),
    "number": (HEAD, "gsi1"),
    "name": (LIST_PREFIX + "name", "gsi2"),
    "region": (LIST_PREFIX + "name", "gsi1"),
}
"""Sort key of the item and index of each order that shares its item. Any other order has `LIST#<order>` and gsi2."""
_DAY_S: Final = 86_400

type Item = dict[str, Any]


def head_key(tenant: TenantId, id_: str) -> dict[str, str]:
    """Return the key of a service record."""
    return {"pk": partition(tenant, "SERVICE", id_), "sk": HEAD}


def list_partition(tenant: TenantId, sort: str, month: str) -> str:
    """Return where the service records of a month (YYYY-MM, UTC) are listed by `sort`; see `kept_in` for the index."""
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


def kept_in(sort: str) -> tuple[str, str]:
    """Return the sort key of the item that holds the place in the list by `sort`, and the index of that list."""
    return KEPT_IN.get(sort, (LIST_PREFIX + sort, "gsi2"))


def orders_of(beside: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the orders by which the record is listed whose items are `beside` each other."""
    known = {(str(item["sk"]), index) for item in beside for index in ("gsi1", "gsi2") if f"{index}pk" in item}
    shared = [sort for sort, place in KEPT_IN.items() if place in known]
    own = (sk.removeprefix(LIST_PREFIX) for sk, index in sorted(known - set(KEPT_IN.values())))
    return [*shared, *own]


def record_items(tenant: TenantId, record: Record, listed: Sequence[str], days: int) -> dict[str, Item]:
    """Return the items of a record by their sort keys, itself first; a forgotten one has no place in any list."""
    found: dict[str, Item] = {HEAD: head_item(tenant, record, days)}
    key, month = head_key(tenant, record.id), instant(record.at)[:7]
    for sort in listed:
        sk, index = kept_in(sort)
        item = found.setdefault(sk, {"pk": key["pk"], "sk": sk, "ttl": _ttl(record, days)})
        if not record.deleted:
            item |= {f"{index}pk": list_partition(tenant, sort, month), f"{index}sk": place(record, sort)}
    return found


def head_item(tenant: TenantId, record: Record, days: int) -> Item:
    """Return what a record tells, without its places; it expires `days` after the service."""
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
