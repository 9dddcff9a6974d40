"""Privacy: who is meant. A customer with all that is merged into it and every number, or a number that is nobody's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from chalicelib.contacts.service import CONTACT_SORT, contact_of
from chalicelib.contacts.service import erasing as contacts
from chalicelib.customers.registry import Customer, Identity, Record
from chalicelib.customers.registry import erasing as customers
from chalicelib.platform.errors import NotFound
from chalicelib.platform.sorted_lists import Range
from chalicelib.platform.tenancy import TenantId
from chalicelib.privacy.models import Ambiguous, Person
from chalicelib.privacy.store import Places


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Exactly one of: a customer's id, a number or address (`kind:value`), a contact's id."""

    customer_id: str | None = None
    identity: str | None = None
    contact_id: str | None = None


class Records(Protocol):
    """Port: see `customers.registry.Kept`."""

    def family(self, *ids: str) -> Mapping[str, Record]:
        """Return records with all those of the same customers; an unknown id is not in it."""

    def customers(self, ids: Sequence[str]) -> Mapping[str, Customer]:
        """Return those of `ids` that are customers of their own."""

    def page(self, where: Range, *, after: str | None, limit: int) -> tuple[list[str], bool]:
        """Return places of a sorted list, and whether more may follow."""


@dataclass(frozen=True, slots=True)
class People:
    """Finds of whom a request is."""

    records: Records
    places: Places
    tenant: TenantId

    def person(self, who: Who) -> Person:
        """Return the person.

        Raises:
            NotFound: nothing is kept of such a person. Ambiguous: several customers have the number or address.
            StoreUnavailable, Throttled: the store could not answer.

        """
        if who.customer_id is not None:
            return self._customer(who.customer_id)
        if who.identity is not None:
            return self._identity(who.identity)
        return self._contact(who.contact_id or "")

    def _customer(self, customer_id: str) -> Person:
        family = self.records.family(customer_id)
        known = {id_: record for id_, record in family.items() if not record.deleted}
        ids = tuple(sorted(known))
        identities = tuple(dict.fromkeys(one for record in known.values() for one in record.facts.identities))
        # A record that was forgotten has left its id in contacts and tickets.
        beside = () if ids else self.places.beside(customers.file_partition(self.tenant, customer_id))
        if not ids and all(customers.is_left(item) for item in beside):
            raise NotFound("nothing is kept of such a customer")
        ids = ids or (customer_id,)
        shared = tuple(f"{one.kind}:{one.value}" for one in identities if self._others(one, ids))
        return Person(ids=ids, identities=tuple(f"{one.kind}:{one.value}" for one in identities), shared=shared)

    def _identity(self, text: str) -> Person:
        kind, _, value = text.partition(":")
        identity = Identity(kind, value)
        found = self.places.beside(customers.caller_partition(self.tenant, identity))
        if not found:
            raise NotFound("nothing is kept of such a number or address")
        holders = self._others(identity, ())
        if len(holders) > 1:
            raise Ambiguous("several customers have it: name one", candidates=list(holders))
        return self._customer(holders[0]) if holders else Person(identities=(text,))

    def _contact(self, contact_id: str) -> Person:
        beside = self.places.beside(contacts.partition_of(self.tenant, contact_id))
        contact = next((contact_of(item) for item in beside if item["sk"] == CONTACT_SORT), None)
        if contact is not None and contact.customer_id:
            return self._customer(contact.customer_id)
        if contact is not None and contact.phone:
            return self._identity(f"phone:{contact.phone}")
        raise NotFound("no such contact, or none that tells of whom it is")

    def _others(self, identity: Identity, ids: tuple[str, ...]) -> tuple[str, ...]:
        claims = self.places.at([{"pk": customers.caller_partition(self.tenant, identity), "sk": "PROFILE"}])
        return tuple(dict.fromkeys(one for claim in claims for one in customers.others(claim, ids)))
