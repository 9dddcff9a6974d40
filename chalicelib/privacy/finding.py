"""Privacy: where a person is found. By the ids and numbers, from each to what it leads to, and never by a scan."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.callbacks.service import partition_of as callbacks_of
from chalicelib.contacts.models import Contact
from chalicelib.contacts.service import CONTACT_SORT, contact_of
from chalicelib.contacts.service import erasing as contacts
from chalicelib.customers.registry import Identity
from chalicelib.customers.registry import erasing as customers
from chalicelib.platform.tenancy import TenantId
from chalicelib.privacy.models import Person
from chalicelib.privacy.store import Places
from chalicelib.services.models import Whom
from chalicelib.services.service import erasing as services
from chalicelib.tickets.service import erasing as tickets

type Item = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Finds one person. `days` is how long contacts are kept, `at` the moment up to which is looked."""

    places: Places
    tenant: TenantId
    days: int
    person: Person
    at: datetime
    seen: set[str] = field(default_factory=set)

    @property
    def own(self) -> tuple[Identity, ...]:
        """The numbers and addresses that are nobody else's."""
        return tuple(identity_of(text) for text in self.person.identities if text not in self.person.shared)

    @property
    def addresses(self) -> frozenset[str]:
        """The same as keys hold them."""
        return frozenset(customers.address(one) for one in self.own)

    def is_mine(self, contact: Contact) -> bool:
        """Return whether the whole contact tells of the person, and not of somebody else at the same number."""
        if contact.customer_id:
            return contact.customer_id in self.person.ids
        return contacts.address(contact) in {None, *self.addresses}

    def contact_ids(self) -> Iterator[tuple[str, Item]]:
        """Yield each contact in which the person may stand, with the item that led to it."""
        homes = [customers.file_partition(self.tenant, id_) for id_ in self.person.ids]
        homes += [customers.caller_partition(self.tenant, one) for one in self.own]
        for home in homes:
            for item in self.places.beside(home):
                if contact_id := contacts.pointer_of(item):
                    yield contact_id, item
        for phone in self.phones():
            for item in self.places.beside(callbacks_of(self.tenant, phone)):
                for contact_id in (item["callback_id"], *item.get("outcomes", {})):
                    yield contact_id, item

    def own_tickets(self) -> Iterator[tuple[Item, list[Item]]]:
        """Yield the tickets about the person, each with its steps and contacts."""
        for head, file, is_linked in self.files():
            if self.is_about(head, is_linked=is_linked):
                yield head, file

    def files(self) -> Iterator[tuple[Item, list[Item], bool]]:
        """Yield each ticket in which the person may stand, all of it, and whether only a contact leads there."""
        done: set[str] = set()
        for number, is_linked in self._ticket_numbers():
            if number in done:
                continue
            done.add(number)
            file = self.places.beside(tickets.partition_of(self.tenant, number))
            for head in file:
                if tickets.subject_of(head) is not None:
                    yield head, file, is_linked

    def _ticket_numbers(self) -> Iterator[tuple[str, bool]]:
        """Yield numbers, and whether only a contact of the person leads there."""
        for who in (*self.person.ids, *self.phones()):
            for item in self.places.beside(tickets.listed_partition(self.tenant, who)):
                if number := tickets.number_of(item):
                    yield number, False
        for contact_id, _ in self.contact_ids():
            beside = self.places.beside(contacts.partition_of(self.tenant, contact_id))
            head = next((item for item in beside if item["sk"] == CONTACT_SORT), None)
            if head is None or not self.is_mine(contact_of(head)):
                continue
            for item in beside:
                if number := tickets.number_of(item):
                    yield number, True

    def is_about(self, head: Item, *, is_linked: bool) -> bool:
        """Return whether a ticket tells of the person, and not of somebody else who has the number."""
        subject = tickets.subject_of(head) or {}
        customer_id, phone = subject.get("customer_id"), subject.get("phone")
        if customer_id is not None:
            return customer_id in self.person.ids
        if phone is not None:
            return phone in self.phones()
        return is_linked and bool(subject.get("text"))

    def is_for(self, whom: Whom) -> bool:
        """Return whether a service was for the person, and not for somebody else who has the number."""
        return whom.customer_id in self.person.ids if whom.customer_id else whom.phone in self.phones()

    def own_services(self) -> Iterator[list[Item]]:
        """Yield the service records about the person that somebody entered, each with its places in lists."""
        for id_, whom in self.services():
            if self.is_for(whom):
                yield self.places.beside(services.partition_of(self.tenant, id_))

    def services(self) -> Iterator[tuple[str, Whom]]:
        """Yield the service records that stand in a list by one of the person's numbers or names, each once."""
        done: set[str] = set()
        for pk, prefix, index in services.lists(self.tenant, self.at, self.days, self.phones(), self._names()):
            for entry in self.places.listed(pk, prefix, index=index):
                id_ = str(entry["pk"]).rpartition("#")[2]
                whom = services.whom_of(self.places.beside(str(entry["pk"])))
                if whom is not None and id_ not in done:
                    done.add(id_)
                    yield id_, whom

    def _names(self) -> tuple[str, ...]:
        """Return the names of the person's records, as long as they are there."""
        found = (self.places.beside(customers.file_partition(self.tenant, id_)) for id_ in self.person.ids)
        return tuple(dict.fromkeys(customers.name_of(item) for items in found for item in items if "own" in item))

    def phones(self) -> tuple[str, ...]:
        """Return the telephone numbers that are nobody else\'s."""
        return tuple(one.value for one in self.own if one.kind == "phone")


def identity_of(text: str) -> Identity:
    """Return the identity in `kind:value`."""
    kind, _, value = text.partition(":")
    return Identity(kind, value)
