"""Contacts: what is left of one when the person is taken out of it (SEC-06). Pure.

What was counted stays counted: nothing that a counter looks at changes. The item's digest is that of what is left, so
that the contact still proves itself. A copy of the record that arrives later loses the person before it is stored.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Final

from chalicelib.contacts import items
from chalicelib.contacts.models import Contact
from chalicelib.customers.models import identity_part
from chalicelib.platform.tenancy import TenantId

PERSON: Final = "person"
ADDRESS: Final = "address"
OUTSIDE: Final = "erased"
"""Stands for the address to which a contact was transferred: that it went outside is counted."""

type Key = tuple[str, str]


def without_person(contact: Contact) -> Contact:
    """Return the contact without whom it tells of: addresses, customer, recording, what was keyed in the menus."""
    return replace(
        contact,
        caller=None,
        customer_id=None,
        callback_number=None,
        transferred_to=OUTSIDE if contact.transferred_to else None,
        recording=None,
        menu_path=None,
        menu_log=None,
        erased=PERSON,
    )


def without_addresses(contact: Contact, addresses: Collection[str]) -> Contact:
    """Return a contact of somebody else without those of its addresses that are the erased person's `addresses`."""
    caller = None if address(contact) in addresses else contact.caller
    number = None if contact.callback_number in addresses else contact.callback_number
    if (caller, number) == (contact.caller, contact.callback_number):
        return contact
    return replace(contact, caller=caller, callback_number=number, erased=contact.erased or ADDRESS)


def as_before(contact: Contact, earlier: Contact) -> Contact:
    """Return a later copy of a contact without what was taken out of the `earlier` one."""
    if earlier.erased == PERSON:
        return without_person(contact)
    if earlier.erased == ADDRESS:
        caller = contact.caller if earlier.caller else None
        number = contact.callback_number if earlier.callback_number else None
        return replace(contact, caller=caller, callback_number=number, erased=ADDRESS)
    return contact


def address(contact: Contact) -> str | None:
    """Return the address of who called or wrote as keys hold it; None for one that has no collection."""
    if contact.phone:
        return contact.phone
    if contact.channel == "EMAIL" and contact.caller and "@" in contact.caller:
        return identity_part("email", contact.caller.lower())
    return None


def rewritten(tenant: TenantId, item: Mapping[str, Any], left: Contact, days: int) -> dict[str, Any]:
    """Return the item of what is `left` of the contact in `item`: counted as before."""
    return items.contact_item(tenant, left, item.get("counted", {}), days)


def pointers(tenant: TenantId, contact: Contact, days: int) -> dict[Key, dict[str, Any]]:
    """Return the pointers of a contact by their keys."""
    return items.pointers(tenant, contact, days)


def links(contact: Contact) -> tuple[str, ...]:
    """Return the contacts that this one came from or went on as."""
    named = (contact.previous_id, contact.next_id, contact.initial_id, contact.related_id)
    return tuple(dict.fromkeys(name for name in named if name and name != contact.id))


def partition_of(tenant: TenantId, contact_id: str) -> str:
    """Return the partition of a contact, beside which its recordings and completions lie."""
    return items.contact_key(tenant, contact_id)["pk"]


def pointer_of(item: Mapping[str, Any]) -> str | None:
    """Return the id of the contact that a pointer leads to; None for an item that is no pointer."""
    sort = str(item["sk"])
    if not sort.startswith(items.POINTER_PREFIX):
        return None
    return sort.removeprefix(items.POINTER_PREFIX).partition("#")[2]


def is_recording(item: Mapping[str, Any]) -> bool:
    """Return whether an item of a contact's partition is a recording."""
    return str(item["sk"]).startswith(items.RECORDING_PREFIX)
