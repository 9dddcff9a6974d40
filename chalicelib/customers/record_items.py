"""Customers: the shape of what is kept. Keys, items and back again. Pure.

`T#<tenant>#CUSTOMERFILE#<id>` holds a record and its places in the sorted lists; the caller's item collection holds who
has a number or another identity, so that the one Query of a call sees it. Nothing is ever deleted, which the API's role
could not do: an item that is over loses all that it told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from chalicelib.customers import merging
from chalicelib.customers.merging import Family
from chalicelib.customers.models import identity_part, keyed_form
from chalicelib.customers.record import Claim, Customer, Facts, Identity, Record, Search, Value
from chalicelib.customers.store import ALIAS, PROFILE, profiles_of
from chalicelib.platform.instants import instant
from chalicelib.platform.sorted_lists import LAST, SEPARATOR, Range, beginning, exactly, place_of, sort_text
from chalicelib.platform.tenancy import TenantId, partition
from chalicelib.tenancy.models import CustomerField

HEAD: Final = "CUSTOMER"
LIST_PREFIX: Final = "LIST#"
SORTS: Final = ("name", "created", "number", "region", "grade")
"""What every customer is listed by; the tenant's own listed fields come to these."""
type Key = tuple[str, str]
type Item = dict[str, Any]


def head_key(tenant: TenantId, id_: str) -> dict[str, str]:
    """Return the key of a record."""
    return {"pk": partition(tenant, "CUSTOMERFILE", id_), "sk": HEAD}


def claim_key(tenant: TenantId, identity: Identity) -> dict[str, str]:
    """Return the key of who has an identity."""
    return {"pk": partition(tenant, "CALLER", identity_part(identity.kind, identity.value)), "sk": PROFILE}


def alias_key(tenant: TenantId, id_: str) -> dict[str, str]:
    """Return the key of what callers type for the id."""
    return {"pk": partition(tenant, "CUSTOMER", keyed_form(id_)), "sk": ALIAS}


def list_partition(tenant: TenantId, sort: str) -> str:
    """Return where customers are listed by `sort` (gsi2)."""
    return partition(tenant, "CUSTOMERSBY", sort)


def sort_value(customer: Customer, sort: str) -> Value | None:
    """Return what a customer is listed by under `sort`."""
    facts = customer.shown
    match sort:
        case "name":
            return facts.name
        case "created":
            return instant(customer.record.created_at)
        case "number":
            return facts.phone
        case "region":
            return facts.region
        case "grade":
            return facts.grade
        case _:
            return facts.fields.get(sort)


def place(customer: Customer, sort: str) -> str:
    """Return where a customer stands in the list by `sort`: by value, then name, then id."""
    return place_of(sort_value(customer, sort), customer.shown.name, customer.record.id)


def range_of(search: Search) -> Range:
    """Return the part of its sorted list that a search reads: what narrows the key that is sorted by narrows that."""
    low, high = SEPARATOR, LAST
    wanted = {"grade": search.grade, "region": search.region}.get(search.sort, search.where.get(search.sort))
    if wanted is not None:
        low, high = exactly(wanted)
    elif search.sort == "name" and search.name is not None:
        low, high = beginning(search.name)
    elif search.sort == "created":
        low, high = search.created_from or SEPARATOR, (search.created_to or "") + LAST
    return Range(sort=search.sort, low=low, high=high, descending=search.descending)


def fits(customer: Customer, search: Search) -> bool:
    """Return whether a customer is one of those that `search` asks for."""
    facts, created = customer.shown, instant(customer.record.created_at)[:10]
    said = {"region": search.region, "grade": search.grade, "manager": search.manager}
    return (
        all(wanted is None or getattr(facts, name) == wanted for name, wanted in said.items())
        and all(facts.fields.get(name) == wanted for name, wanted in search.where.items())
        and (search.name is None or sort_text(facts.name).startswith(sort_text(search.name)))
        and (search.created_from or "") <= created <= (search.created_to or "9999")
    )


def sorts(fields: Sequence[CustomerField]) -> tuple[str, ...]:
    """Return everything that customers of a tenant are listed by."""
    return (*SORTS, *(one.id for one in fields if one.listed))


def list_items(tenant: TenantId, customer: Customer, listed: Sequence[str]) -> dict[Key, Item]:
    """Return the places of a customer in every list."""
    pk = head_key(tenant, customer.record.id)["pk"]
    return {
        (pk, LIST_PREFIX + sort): {"gsi2pk": list_partition(tenant, sort), "gsi2sk": place(customer, sort)}
        for sort in listed
    }


def alias_items(tenant: TenantId, record: Record) -> dict[Key, Item]:
    """Return what leads from the typed id to the record and its telephone number."""
    key = alias_key(tenant, record.id)
    phone = {"phone": record.facts.phone} if record.facts.phone else {}
    return {(key["pk"], key["sk"]): {"customer_id": record.id, **phone}}


def beside_items(tenant: TenantId, family: Family, listed: Sequence[str]) -> dict[Key, Item]:
    """Return everything that follows from the records of a family, apart from themselves and from who has what."""
    found: dict[Key, Item] = {}
    for id_, root in merging.roots(family).items():
        found |= alias_items(tenant, family[id_])
        if id_ == root:
            found |= list_items(tenant, merging.customer(family, id_), listed)
    return found


def head_item(tenant: TenantId, family: Family, id_: str) -> Item:
    """Return the item of a record; a root carries the customer that is shown beside its own facts."""
    record = family[id_]
    item: Item = {
        **head_key(tenant, id_),
        "customer_id": id_,
        "revision": record.revision,
        "created_at": instant(record.created_at),
        "created_by": record.created_by,
        "changed_at": instant(record.changed_at),
    }
    if record.deleted:
        return {**item, "deleted": True}
    item["own"] = _facts_item(record.facts)
    if record.merged_into is not None:
        return {**item, "merged_into": record.merged_into, "absorbed": list(record.absorbed)}
    if record.absorbed:
        together = merging.customer(family, id_)
        item |= {"shown": _facts_item(together.shown), "members": list(together.members)}
        item |= {"absorbed": list(record.absorbed)}
    return item


def record_of(item: Mapping[str, Any]) -> Record:
    """Return the record that `head_item` wrote."""
    deleted = bool(item.get("deleted"))
    return Record(
        id=item["customer_id"],
        facts=Facts(name="-") if deleted else _facts_of(item["own"]),
        revision=item["revision"],
        created_at=datetime.fromisoformat(item["created_at"]),
        created_by=item["created_by"],
        changed_at=datetime.fromisoformat(item["changed_at"]),
        absorbed=tuple(item.get("absorbed", ())),
        merged_into=item.get("merged_into"),
        deleted=deleted,
    )


def customer_of(item: Mapping[str, Any]) -> Customer:
    """Return the customer that the item of a root shows."""
    record = record_of(item)
    shown = _facts_of(item["shown"]) if "shown" in item else record.facts
    return Customer(record=record, shown=shown, members=tuple(item.get("members", ())))


def claim_item(tenant: TenantId, identity: Identity, claim: Claim) -> Item:
    """Return the item of who has an identity: the first holder as a caller's profile, others beside it."""
    item: Item = {**claim_key(tenant, identity), "revision": claim.revision}
    rows = [{name: value for name, value in asdict(one).items() if value is not None} for one in claim.holders]
    if rows:
        item |= rows[0]
    return item | ({"others": rows[1:]} if rows[1:] else {})


def claim_of(item: Mapping[str, Any]) -> Claim:
    """Return who has the identity of an item that `claim_item` wrote."""
    return Claim(revision=item["revision"], holders=profiles_of(item))


def _facts_item(facts: Facts) -> Item:
    plain = {name: value for name, value in asdict(facts).items() if value is not None and value != {}}
    return {**plain, "identities": [f"{one.kind}:{one.value}" for one in facts.identities]}


def _facts_of(item: Mapping[str, Any]) -> Facts:
    identities = tuple(Identity(*text.split(":", 1)) for text in item["identities"])
    return Facts(**{**item, "identities": identities})
