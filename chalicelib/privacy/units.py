"""Privacy: the steps of an erasure. Each is whole in itself and takes its own traces last, so that a person is found
again by whoever goes on after a step, however the one before was stopped.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from chalicelib.callbacks.service import partition_of as callbacks_of
from chalicelib.completions.service import without_person as completion_without_person
from chalicelib.contacts.models import Contact
from chalicelib.contacts.service import CONTACT_SORT, contact_of
from chalicelib.contacts.service import erasing as contacts
from chalicelib.customers.registry import erasing as customers
from chalicelib.identity.service import state_key
from chalicelib.menus.service import answers_partition
from chalicelib.privacy.finding import Finding, Item, identity_of
from chalicelib.privacy.store import Steps
from chalicelib.services.service import erasing as services
from chalicelib.tickets.service import erasing as tickets
from chalicelib.voicemail.service import erasing as messages

AT_ONCE: Final = 50
"""Items of one step; a transaction of DynamoDB holds a hundred actions."""
_DRAFT: Final = "DRAFT"
_PROFILE: Final = "PROFILE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One step: objects that go first, writes that are done together, and what the certificate counts."""

    steps: Steps
    counts: Mapping[str, int]
    objects: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Units(Finding):
    """Makes the steps of the erasure of one person. `bucket` is the tenant's, `by` stands where a message is closed.

    `adapters` are other systems that keep customers: they are to forget the person, too.
    """

    bucket: str
    by: str
    adapters: tuple[str, ...] = ()

    def all(self) -> Iterator[Unit]:
        """Yield every step that is left, in an order in which the person stays findable to the last."""
        yield from self.of_tickets()
        yield from self.of_contacts()
        yield from self.of_callbacks()
        yield from self.of_answers()
        yield from self.of_services()
        yield from self.of_identities()
        yield from self.of_records()

    # ------------------------------------------------------------------ contacts

    def of_contacts(self) -> Iterator[Unit]:
        """Yield the steps of the contacts: those that a contact leads to come before it."""
        for contact_id, leads in self.contact_ids():
            yield from self._of_contact(contact_id, leads)

    def _of_contact(self, contact_id: str, leads: Item | None) -> Iterator[Unit]:
        if contact_id in self.seen:
            return
        self.seen.add(contact_id)
        beside = self.places.beside(contacts.partition_of(self.tenant, contact_id))
        head = next((item for item in beside if item["sk"] == CONTACT_SORT), None)
        if head is None:
            if leads is not None and contacts.pointer_of(leads):
                yield Unit(steps=(("pointer", self.places.delete(leads)),), counts={})
            return
        contact = contact_of(head)
        if not self.is_mine(contact):
            if leads is not None:
                yield from self._somebody_elses(contact, head)
            return
        for linked in contacts.links(contact):
            yield from self._of_contact(linked, None)
        if contact.erased != contacts.PERSON:
            yield self._erased(contact, head, beside)

    def _erased(self, contact: Contact, head: Item, beside: Sequence[Item]) -> Unit:
        left = contacts.rewritten(self.tenant, head, contacts.without_person(contact), self.days)
        counts = {"contacts": 1}
        steps = [("contact", self.places.put(left, seen={"updated_at": head["updated_at"]}))]
        for pk, sk in contacts.pointers(self.tenant, contact, self.days):
            steps.append((f"pointer {pk}", self.places.delete({"pk": pk, "sk": sk})))
        objects = [(self.bucket, contact.recording)] if contact.recording else []
        for item in beside:
            if contacts.is_recording(item):
                objects.append((str(item["bucket"]), str(item["key"])))
                steps.append((str(item["sk"]), self.places.delete(item)))
            elif item["sk"] == _DRAFT:
                steps.append((_DRAFT, self.places.delete(item)))
            elif (completion := completion_without_person(item)) is not None:
                steps.append((str(item["sk"]), self.places.put(completion)))
                counts["completions"] = counts.get("completions", 0) + 1
        steps.append(("identity", self.places.delete(state_key(self.tenant, contact.id))))
        steps += self._without_service(contact.id)
        for message in self._message(contact):
            steps.append(("message", self.places.put(message)))
            counts["messages"] = 1
        counts |= {"recordings": len(set(objects))} if objects else {}
        return Unit(steps=tuple(steps), counts=counts, objects=tuple(dict.fromkeys(objects)))

    def _message(self, contact: Contact) -> Iterator[Item]:
        for item in self.places.at([messages.key_of(self.tenant, contact.id)]):
            left = messages.without_person(self.tenant, item, days=self.days, at=self.at, by=self.by)
            if left is not None:
                yield left

    def _somebody_elses(self, contact: Contact, head: Item) -> Iterator[Unit]:
        """Yield the step that takes the person's number out of a contact that was with another customer."""
        left = contacts.without_addresses(contact, self.addresses)
        if left == contact:
            return
        item = contacts.rewritten(self.tenant, head, left, self.days)
        steps = [("contact", self.places.put(item, seen={"updated_at": head["updated_at"]}))]
        stay = contacts.pointers(self.tenant, left, self.days)
        for pk, sk in contacts.pointers(self.tenant, contact, self.days).keys() - stay.keys():
            steps.append((f"pointer {pk}", self.places.delete({"pk": pk, "sk": sk})))
        for message in self.places.at([messages.key_of(self.tenant, contact.id)]):
            without = messages.without_caller(self.tenant, message, days=self.days)
            steps.append(("message", self.places.put(without)))
        yield Unit(steps=(*steps, *self._service_without_phone(contact.id)), counts={"contacts_of_others": 1})

    # ------------------------------------------------------------------ tickets, callbacks, answers

    def of_tickets(self) -> Iterator[Unit]:
        """Yield the steps of the tickets about the person, and of those that only have the number."""
        for head, file, is_linked in self.files():
            if self.is_about(head, is_linked=is_linked):
                yield self._ticket_without_person(head, file)
            elif (tickets.subject_of(head) or {}).get("phone") in self.phones():
                yield self._ticket_without_phone(head)

    def _ticket_without_person(self, head: Item, file: Sequence[Item]) -> Unit:
        lefts = [(item, left) for item in file if (left := tickets.without_person(item)) is not None]
        puts = [(str(item["sk"]), self.places.put(left, seen={"revision": item["revision"]})) for item, left in lefts]
        gone = [
            (f"list {pk}", self.places.delete({"pk": pk, "sk": sk}))
            for pk, sk in tickets.found_under(self.tenant, head)
        ]
        service = self._without_service(str(head["number"]))
        return Unit(steps=(*puts, *gone, *service), counts={"tickets": 1})

    def _ticket_without_phone(self, head: Item) -> Unit:
        left = tickets.without_phone(head)
        stay = tickets.found_under(self.tenant, left)
        put = ("ticket", self.places.put(left, seen={"revision": head["revision"]}))
        gone = [
            (f"list {pk}", self.places.delete({"pk": pk, "sk": sk}))
            for pk, sk in tickets.found_under(self.tenant, head)
            if (pk, sk) not in stay
        ]
        service = self._service_without_phone(str(head["number"]))
        return Unit(steps=(put, *gone, *service), counts={"tickets_of_others": 1})

    def of_callbacks(self) -> Iterator[Unit]:
        """Yield the steps of the callbacks that were promised to the person's numbers."""
        for phone in self.phones():
            yield from self._removed(self.places.beside(callbacks_of(self.tenant, phone)), "callbacks")

    def of_answers(self) -> Iterator[Unit]:
        """Yield the steps of what enquiries answer to the person."""
        for id_ in self.person.ids:
            yield from self._removed(self.places.beside(answers_partition(self.tenant, id_), index="gsi1"), "answers")

    def of_services(self) -> Iterator[Unit]:
        """Yield the steps of what was entered of services for the person, or for others at the number."""
        for id_, whom in self.services():
            if self.is_for(whom):
                beside = self.places.beside(services.partition_of(self.tenant, id_))
                yield from self._removed(beside, "services", one=True)
            elif whom.phone in self.phones():
                yield Unit(steps=self._service_without_phone(id_), counts={"services_of_others": 1})

    def _without_service(self, id_: str) -> Steps:
        beside = self.places.beside(services.partition_of(self.tenant, id_))
        return tuple((f"service {item['sk']}", self.places.delete(item)) for item in beside)

    def _service_without_phone(self, id_: str) -> Steps:
        beside = self.places.beside(services.partition_of(self.tenant, id_))
        whom = services.whom_of(beside)
        if whom is None or whom.phone not in self.phones():
            return ()
        left = services.without_phone(self.tenant, beside, self.days)
        return tuple((f"service {item['sk']}", self.places.put(item)) for item in left)

    # ------------------------------------------------------------------ the customer

    def of_identities(self) -> Iterator[Unit]:
        """Yield the steps of the numbers and addresses: whoever else has one keeps it."""
        for text in self.person.identities:
            identity = identity_of(text)
            items = self.places.beside(customers.caller_partition(self.tenant, identity))
            claim = next((item for item in items if item["sk"] == _PROFILE), None)
            left = customers.left_claim(self.tenant, identity, claim, self.person.ids) if claim else None
            if claim is not None and left is not None:
                if customers.others(claim, ()) != customers.others(claim, self.person.ids):
                    put = self.places.put(left, seen={"revision": claim["revision"]})
                    yield Unit(steps=(("claim", put),), counts={"identities": 1})
            elif text not in self.person.shared:
                yield from self._removed(items, "identities")
            elif claim is not None:  # whoever else had it was erased meanwhile
                yield from self._removed([claim], "identities")

    def of_records(self) -> Iterator[Unit]:
        """Yield the steps of the records themselves, which come last."""
        for id_ in self.person.ids:
            left = customers.left_of(self.tenant, self.adapters, id_, self.at)
            marked = {item["sk"] for item in left}
            beside = self.places.beside(customers.file_partition(self.tenant, id_))
            beside = [item for item in beside if not customers.is_left(item)]
            aliases = [
                item
                for item in self.places.at([customers.alias_key(self.tenant, id_)])
                if item.get("customer_id", id_) == id_
            ]
            gone = [*aliases, *(item for item in beside if item["sk"] not in marked)]
            yield from self._removed(gone, "customers", one=True, left=left)

    def _removed(
        self, items: Sequence[Item], what: str, *, one: bool = False, left: Sequence[Item] = ()
    ) -> Iterator[Unit]:
        """Yield the removal of `items`, counted each, or as `one` thing; with the last ones `left` is written."""
        for start in range(0, len(items), AT_ONCE):
            some = items[start : start + AT_ONCE]
            steps = tuple((f"{item['pk']} {item['sk']}", self.places.delete(item)) for item in some)
            if start + AT_ONCE >= len(items):
                steps += tuple((f"{item['pk']} {item['sk']}", self.places.put(item)) for item in left)
            count = int(start == 0) if one else len(some)
            yield Unit(steps=steps, counts={what: count} if count else {})
