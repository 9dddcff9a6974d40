"""Privacy: everything of a person in one document, with what each field is and what it was collected for (SEC-06)."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from chalicelib.callbacks.service import partition_of as callbacks_of
from chalicelib.contacts.service import CONTACT_SORT, contact_of
from chalicelib.contacts.service import erasing as contacts
from chalicelib.customers.registry import erasing as customers
from chalicelib.menus.service import answers_partition
from chalicelib.platform.classification import RULES, kind_of
from chalicelib.privacy.finding import Finding, Item
from chalicelib.tickets.service import erasing as tickets
from chalicelib.voicemail.service import erasing as messages

_OURS: Final = frozenset(
    {"pk", "sk", "gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk", "ttl", "held_ttl", "digest", "counted", "revision"}
)
"""Where an item lies and how it is kept: nothing of the person."""


def package(found: Finding, at: datetime) -> dict[str, Any]:
    """Return everything of the person of `found` as plain JSON values, by what it is.

    Contacts and tickets of somebody else at the same number are left out; so is what a shared number alone leads to.
    """
    data = {
        "customers": [one for id_ in found.person.ids for one in _records(found, id_)],
        "identities": list(found.person.identities),
        "contacts": list(_contacts(found)),
        "tickets": list(_tickets(found)),
        "services": [plain(item) for beside in found.own_services() for item in beside if "service_id" in item],
        "callbacks": [
            plain(item) for one in found.own if one.kind == "phone"
            for item in found.places.beside(callbacks_of(found.tenant, one.value)) if "asked_at" in item
        ],
        "answers": [plain(item) for id_ in found.person.ids for item in _answers(found, id_)],
    }  # fmt: skip
    return {
        "tenant": found.tenant,
        "made_at": at.isoformat(),
        "purposes": {kind.value: {"says": rule.says, "purpose": rule.purpose} for kind, rule in RULES.items()},
        "fields": {name: kind_of(name).value for name in sorted(set(_names(data)))},
        **data,
    }


def plain(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an item says, without where it lies."""
    return {name: value for name, value in item.items() if name not in _OURS}


def counts(packed: Mapping[str, Any]) -> dict[str, int]:
    """Return how much of each kind is in a package."""
    found = {name: len(value) for name, value in packed.items() if isinstance(value, list)}
    found["recordings"] = sum(len(contact["recordings"]) for contact in packed["contacts"])
    return {name: number for name, number in found.items() if number}


def _records(found: Finding, id_: str) -> Iterator[dict[str, Any]]:
    for item in found.places.beside(customers.file_partition(found.tenant, id_)):
        if "customer_id" in item and "own" in item:
            yield plain(item)


def _contacts(found: Finding) -> Iterator[dict[str, Any]]:
    for contact_id, _ in found.contact_ids():
        yield from _contact(found, contact_id)


def _contact(found: Finding, contact_id: str) -> Iterator[dict[str, Any]]:
    """Yield a contact of the person with all that lies beside it, and the contacts that it leads to."""
    if contact_id in found.seen:
        return
    found.seen.add(contact_id)
    beside = found.places.beside(contacts.partition_of(found.tenant, contact_id))
    head = next((item for item in beside if item["sk"] == CONTACT_SORT), None)
    if head is None:
        return
    contact = contact_of(head)
    if not found.is_mine(contact) or contact.erased == contacts.PERSON:
        return
    others = [item for item in beside if item is not head and tickets.number_of(item) is None]
    yield {
        **plain(head),
        "recordings": [plain(item) for item in others if contacts.is_recording(item)],
        "written": [plain(item) for item in others if not contacts.is_recording(item)],
        "messages": [plain(item) for item in found.places.at([messages.key_of(found.tenant, contact_id)])],
    }
    for linked in contacts.links(contact):
        yield from _contact(found, linked)


def _tickets(found: Finding) -> Iterator[dict[str, Any]]:
    for head, file in found.own_tickets():
        yield {**plain(head), "steps": [plain(item) for item in file if "note" in item]}


def _answers(found: Finding, id_: str) -> list[Item]:
    listed = found.places.beside(answers_partition(found.tenant, id_), index="gsi1")
    return found.places.at([{"pk": item["pk"], "sk": item["sk"]} for item in listed])


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield str(name)
            yield from _names(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _names(inner)
