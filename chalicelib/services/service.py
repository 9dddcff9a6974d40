"""Services: what is done with them. Keep those of contacts and tickets, enter, edit, forget and find (CRM-01)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Protocol

from chalicelib.audit.models import Act, Actor, Trail
from chalicelib.contacts.models import Contact
from chalicelib.customers.registry import Lookup
from chalicelib.organisation.service import Sight, sees_contact, sees_node
from chalicelib.platform.dynamo import Contended
from chalicelib.platform.errors import Forbidden, NotFound, ProductError
from chalicelib.platform.sorted_lists import fill
from chalicelib.services import erasing, policy
from chalicelib.services.models import Entry, IdTaken, Kind, Outdated, Page, Record, Search, Subject, Whom
from chalicelib.services.store import Services as Kept
from chalicelib.services.store import Table
from chalicelib.tenancy.models import Tenant
from chalicelib.tickets.models import Ticket

__all__ = ["Feed", "Kept", "Services", "erasing", "feed"]

TRIES: Final = 8
"""Ids drawn for one record; with a million of them one draw in a hundred is taken."""

type Step = tuple[str, dict[str, Any], type[ProductError]]


class Customers(Protocol):
    """Port: whose a record is; see `customers.registry.Lookup`."""

    def whoever(self, id_: str) -> Any:
        """Return the customer that a record belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """Makes the service records of contacts and tickets, each with its customer as he is at that time."""

    tenant: Tenant
    kept: Kept
    customers: Customers

    def heard(self, contact: Contact) -> None:
        """Keep the record of a contact in which an agent served; a repeat or an older copy changes nothing.

        Either writes the places of the record that are missing because an earlier try was cut short.

        Raises:
            Contended, Throttled, StoreUnavailable: the contact's record must come again.

        """
        if not contact.served:
            return
        earlier = self.kept.find(contact.id)
        if earlier and not policy.is_news(contact, earlier):
            self.kept.place(earlier)
            return
        told = earlier.whom if earlier and policy.keeps_whom(contact, earlier) else self._whom(contact)
        record = policy.of_contact(contact, earlier, told, at=contact.updated_at)
        try:
            self.kept.keep(record, earlier)
        except (IdTaken, Outdated) as lost:
            raise Contended("the service record changed under the write") from lost

    def opened(self, ticket: Ticket) -> Iterator[Step]:
        """Yield what a ticket's transaction writes besides, so that its service record is there with it.

        Raises:
            Throttled, StoreUnavailable: the customer could not be read.

        """
        told = policy.whom(self.tenant, self._customer(ticket.subject.customer_id), ticket.subject.phone)
        yield from self.kept.writes(policy.of_ticket(ticket, told), None)

    def whom(self, customer_id: str | None, number: str | None) -> Whom:
        """Return whom a service is for that somebody enters."""
        return policy.whom(self.tenant, self._customer(customer_id), number)

    def _whom(self, contact: Contact) -> Whom:
        return policy.whom(self.tenant, self._customer(contact.customer_id), contact.phone, contact.grade)

    def _customer(self, id_: str | None) -> Any:
        return self.customers.whoever(id_) if id_ else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The service records of one tenant. `draw` gives a number from 0 to its argument, which is left out.

    `seen` is what the user sees of the organisation: a record out of sight is as if it were not there.
    """

    kept: Kept
    trail: Trail
    now: Callable[[], datetime]
    draw: Callable[[int], int]

    def enter(
        self, entry: Entry, subject: Subject, by: Actor, *, served_at: datetime, seen: Sight | None = None
    ) -> Record:
        """Keep a service that came by no contact of ours, and return its record.

        Raises:
            Forbidden: the customer's node is out of sight.
            IdTaken: every id that was drawn is in use.
            StoreUnavailable, Throttled: nothing was written.

        """
        _see_node(seen, entry.whom)
        for attempt in range(TRIES):
            id_ = f"s-{self.draw(10**policy.DIGITS):0{policy.DIGITS}d}"
            record = policy.entered(id_, entry, subject, served_at=served_at, by=by.user, at=self._now())
            try:
                self.kept.save(record, None, self.trail, by, _act("service.create", record))
            except IdTaken:
                if attempt == TRIES - 1:
                    raise
                continue
            return record
        raise IdTaken("every id that was drawn is in use")

    def record(self, id_: str, seen: Sight | None = None) -> Record:
        """Return a record.

        Raises:
            NotFound: there is none of this id, or no more, or it is out of sight.
            StoreUnavailable, Throttled: the store could not answer.

        """
        found = self.kept.known([id_], self.now()).get(id_)
        if found is None or found.deleted or not sees(seen, found):
            raise NotFound("no such service record", service_id=id_)
        return found

    def edit(self, id_: str, entry: Entry, by: Actor, *, revision: int, seen: Sight | None = None) -> Record:
        """Replace whom a service was for and what there is to say of it, seen at `revision`; return the record.

        Which customer of the tenant it was, and so the part of the organisation, stays; so does a number that is left
        out, which the front desk sees masked.

        Raises:
            NotFound: as `record`. Outdated: it was changed since.
            StoreUnavailable, Throttled: nothing was written.

        """
        before = self.record(id_, seen)
        old = before.whom
        phone = entry.whom.phone or old.phone
        told = replace(entry.whom, customer_id=old.customer_id, node=old.node, phone=phone)
        entry = replace(entry, whom=told)
        if before.revision == revision + 1 and Entry(whom=before.whom, note=before.note) == entry:
            return before
        _see_revision(before, revision)
        after = policy.edited(before, entry, by=by.user, at=self._now())
        self.kept.save(after, before, self.trail, by, _act("service.edit", after, before))
        return after

    def delete(self, id_: str, by: Actor, *, revision: int, seen: Sight | None = None) -> None:
        """Forget a record, seen at `revision`: it leaves every list. Its contact or ticket stays.

        Raises:
            NotFound, Outdated: as `edit`.
            StoreUnavailable, Throttled: nothing was written.

        """
        before = self.record(id_, seen)
        _see_revision(before, revision)
        after = policy.forgotten(before, by=by.user, at=self._now())
        self.kept.save(after, before, self.trail, by, _act("service.delete", after, before))

    def search(self, search: Search, *, after: str | None, limit: int, seen: Sight | None = None) -> Page:
        """Return records in order. A bounded part of a list is read: an answer may be short and go on.

        Raises:
            InvalidInput: `after` is no place of this list.
            StoreUnavailable, Throttled: the store could not answer.

        """
        now, where, months = self.now(), policy.range_of(search), tuple(policy.months(search))
        found, last = fill(
            lambda place: self.kept.page(where, months, after=place),
            lambda ids: self.kept.known(ids, now),
            lambda one: policy.fits(one, search) and sees(seen, one),
            after=after,
            limit=limit,
        )
        return Page(records=found, after=last)

    def _now(self) -> datetime:
        return self.now().replace(microsecond=0)


def sees(seen: Sight | None, record: Record) -> bool:
    """Return whether a record is the user's to see: of a contact as the contact is, another one as its customer is."""
    if record.kind is Kind.CONTACT:
        return sees_contact(seen, record.subject.queue, record.subject.entry_number, record.subject.agent)
    return sees_node(seen, record.whom.node)


def feed(client: Table, table: str, tenant: Tenant) -> Feed:
    """Return what makes the service records of contacts and tickets."""
    id_, listed = tenant.id, policy.sorts(tenant)
    kept = Kept(client=client, table=table, tenant=id_, listed=listed, days=tenant.contacts_days)
    return Feed(tenant=tenant, kept=kept, customers=Lookup(client=client, table=table, tenant=id_))


def _see_node(seen: Sight | None, told: Whom) -> None:
    if not sees_node(seen, told.node):
        raise Forbidden("that part of the organisation is not yours to see", node=told.node)


def _see_revision(record: Record, revision: int) -> None:
    if record.revision != revision:
        raise Outdated("the service record was changed since it was read", revision=record.revision)


def _act(action: str, after: Record, before: Record | None = None) -> Act:
    """Return the act as the trail tells it: which facts, never their values."""
    names = ("customer_id", "name", "phone", "region", "grade", "node", "fields")
    old = before.whom if before else Whom()
    changed = [name for name in names if getattr(old, name) != getattr(after.whom, name)]
    note = ["note"] if (before.note if before else None) != after.note else []
    return Act(action=action, resource=f"services/{after.id}", after={"fields": changed + note})
