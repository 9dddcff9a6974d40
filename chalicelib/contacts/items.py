"""The items of contacts, both ways: attributes, keys and index keys."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from chalicelib.contacts.models import Contact, Recording, Result, Row
from chalicelib.customers.models import CUSTOMER_ID, identity_part
from chalicelib.platform.instants import instant
from chalicelib.platform.tenancy import TenantId, partition

CONTACT_SORT = "CONTACT"
POINTER_PREFIX = "CONTACT#"
RECORDING_PREFIX = "RECORDING#"
LISTED = ("result", "line", "queue", "agent", "caller", "entry_number", "category", "recording", "duration_s")
"""What both indexes project beside the keys: exactly what a list row needs. Id and time are in the index sort key."""

_POSITION = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ#[\x21\x22\x24-\x7e]{1,256}")
_DAY_S = 86_400
_NOT_SAID = frozenset({"digest", "ttl", "gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk"})
_OWN_NAMES = {"id": "contact_id"}
_TIMES = frozenset(f.name for f in fields(Contact) if f.name == "at" or f.name.endswith("_at"))


def contact_key(tenant: TenantId, contact_id: str) -> dict[str, str]:
    """Return the key of the contact item."""
    return {"pk": partition(tenant, "CONTACT", contact_id), "sk": CONTACT_SORT}


def caller_partition(tenant: TenantId, phone: str) -> str:
    """Return the partition of a caller's item collection."""
    return partition(tenant, "CALLER", phone)


def customer_partition(tenant: TenantId, customer_id: str) -> str:
    """Return the partition of a customer, where the contacts lie that were with him, wherever they came from."""
    return partition(tenant, "CUSTOMERFILE", customer_id)


def position(at: datetime, contact_id: str) -> str:
    """Return where a contact stands in every list: by time, then id."""
    return f"{instant(at)}#{contact_id}"


def is_position(text: str) -> bool:
    """Tell whether `position` can have written `text`."""
    return _POSITION.fullmatch(text) is not None


def agent_partition(tenant: TenantId, username: str) -> str:
    """Return the gsi1 partition of an agent's contacts."""
    return partition(tenant, "AGENT", username)


def day_partition(tenant: TenantId, on: str) -> str:
    """Return the gsi2 partition of the contacts that began on the UTC day `on` (YYYY-MM-DD)."""
    return partition(tenant, "DAY", on)


def contact_item(tenant: TenantId, contact: Contact, counted: Mapping[str, Any], days: int) -> dict[str, Any]:
    """Return the contact's item; absent facts, zeros and false ones take no room. It expires `days` after it began."""
    at = position(contact.at, contact.id)
    item: dict[str, Any] = contact_key(tenant, contact.id)
    if contact.agent:
        item |= {"gsi1pk": agent_partition(tenant, contact.agent), "gsi1sk": at}
    item |= {"gsi2pk": day_partition(tenant, instant(contact.at)[:10]), "gsi2sk": at}
    item |= {_OWN_NAMES.get(name, name): value for name, value in _facts(contact) if value}
    item |= {"counted": dict(counted)} if counted else {}
    item["digest"] = digest(item)
    return item | {"ttl": int(contact.at.timestamp()) + days * _DAY_S}


def digest(item: Mapping[str, Any]) -> str:
    """Return SHA-256, in hex, of what a contact's item says: its key and facts, not its places in indexes (SEC-01)."""
    said = {name: value for name, value in item.items() if name not in _NOT_SAID}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def is_intact(item: Mapping[str, Any]) -> bool:
    """Return whether a contact's item is as it was written; one from before there were digests is not shown to be."""
    return item.get("digest") == digest(item)


def pointers(tenant: TenantId, contact: Contact, days: int) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the contact's pointers by their keys: with who called or wrote, and with the customer that it was with.

    A pointer holds what routing, the screen pop and a list row need.
    """
    return {
        (pk, POINTER_PREFIX + position(contact.at, contact.id)): {
            "pk": pk,
            "sk": POINTER_PREFIX + position(contact.at, contact.id),
            **_shown(contact, days),
        }
        for pk in _homes(tenant, contact)
    }


def _homes(tenant: TenantId, contact: Contact) -> Iterator[str]:
    address = contact.caller or ""
    if contact.phone:
        yield caller_partition(tenant, contact.phone)
    elif contact.channel == "EMAIL" and "@" in address:
        yield caller_partition(tenant, identity_part("email", address.lower()))
    if contact.customer_id and CUSTOMER_ID.fullmatch(contact.customer_id):
        yield customer_partition(tenant, contact.customer_id)


def _shown(contact: Contact, days: int) -> dict[str, Any]:
    shown = ("at", "id", *(name for name in LISTED if name != "caller"))
    facts = {_OWN_NAMES.get(name, name): value for name, value in _facts(contact) if value and name in shown}
    return facts | {"ttl": int(contact.at.timestamp()) + days * _DAY_S}


def _facts(contact: Contact) -> list[tuple[str, Any]]:
    values = ((field.name, getattr(contact, field.name)) for field in fields(contact))
    return [(name, instant(value) if isinstance(value, datetime) else value) for name, value in values]


def contact_of(item: Mapping[str, Any]) -> Contact:
    """Return the contact that `contact_item` wrote."""
    found: dict[str, Any] = {}
    for field in fields(Contact):
        value = item.get(_OWN_NAMES.get(field.name, field.name))
        if value is not None:
            found[field.name] = datetime.fromisoformat(value) if field.name in _TIMES else value
    return Contact(**{**found, "result": Result(found["result"])})


def row_of(item: Mapping[str, Any]) -> Row:
    """Return the list row in an index entry (position in `gsi1sk` or `gsi2sk`) or in a pointer (position in `sk`)."""
    place = item.get("gsi2sk") or item.get("gsi1sk") or str(item["sk"]).removeprefix(POINTER_PREFIX)
    at, _, contact_id = str(place).partition("#")
    known = {name: item[name] for name in LISTED if name in item}
    return Row(id=contact_id, at=datetime.fromisoformat(at), **known)


def recording_of(item: Mapping[str, Any]) -> Recording:
    """Return the recording that the recording indexer wrote."""
    return Recording(
        key=item["key"],
        bucket=item["bucket"],
        kind=item["kind"],
        size_bytes=item["size_bytes"],
        stored_at=item["stored_at"],
        sha256=item.get("sha256"),
    )
