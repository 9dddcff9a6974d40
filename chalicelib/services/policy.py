"""Services: what is decided. What a contact, a ticket or an entry becomes, and which records a search finds. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from chalicelib.contacts.models import Contact
from chalicelib.customers.registry import Customer
from chalicelib.platform.sorted_lists import LAST, Range, beginning, exactly, sort_text
from chalicelib.services.models import Entry, Kind, Record, Search, Subject, Whom
from chalicelib.tenancy.models import CustomerField, Tenant
from chalicelib.tickets.models import Ticket

SORTS = ("date", "name", "number", "region", "grade")
"""What every service record is listed by; the tenant's own listed fields come to these."""
LONGEST_DAYS = 366
"""Days that one search covers: a list lies in a partition a month, and a search reads each of them."""
DIGITS = 8


def sorts(tenant: Tenant) -> tuple[str, ...]:
    """Return everything that service records of a tenant are listed by."""
    return (*SORTS, *(one.id for one in tenant.customer_fields if one.listed))


def open_fields(tenant: Tenant) -> tuple[CustomerField, ...]:
    """Return the tenant's own fields that service records have: those of customers that are not sensitive."""
    return tuple(one for one in tenant.customer_fields if one.classification != "sensitive")


def whom(tenant: Tenant, customer: Customer | None, number: str | None, grade: str | None = None) -> Whom:
    """Return whom a service is for: a customer as he is shown now, or what is known of a number.

    Sensitive fields stay with the customer: whoever may open a service record may read all of it. The region is the
    customer's, else the one that the number belongs to (ACD-07).
    """
    by_number = tenant.plan.attribution.region_of(number) if tenant.plan.attribution and number else None
    region = by_number.id if by_number else None
    if customer is None:
        return Whom(phone=number, region=region, grade=grade)
    facts = customer.shown
    return Whom(
        customer_id=customer.record.id,
        name=facts.name,
        phone=number or facts.phone,
        region=facts.region or region,
        grade=facts.grade,
        node=facts.node,
        fields={one.id: facts.fields[one.id] for one in open_fields(tenant) if one.id in facts.fields},
    )


def is_news(contact: Contact, earlier: Record | None) -> bool:
    """Return whether a copy of a contact says what its service record does not say yet."""
    if not contact.served:
        return False
    if earlier is None or earlier.source_at is None:
        return earlier is None
    return not earlier.deleted and earlier.source_at < contact.updated_at


def keeps_whom(contact: Contact, earlier: Record | None) -> bool:
    """Return whether a record stays for whom it was: he is as he was then, or as somebody entered him."""
    return earlier is not None and (earlier.edited or earlier.whom.customer_id == contact.customer_id)


def of_contact(contact: Contact, earlier: Record | None, told: Whom, *, at: datetime) -> Record:
    """Return the record of a contact, made new or after a later copy of the contact."""
    subject = Subject(
        channel=contact.channel,
        agent=contact.agent,
        category=contact.category,
        sub_category=contact.sub_category,
        queue=contact.queue,
        entry_number=contact.entry_number,
    )
    made = Record(
        id=contact.id,
        kind=Kind.CONTACT,
        at=contact.at,
        whom=told,
        subject=subject,
        revision=1,
        changed_at=at,
        changed_by=contact.agent or "",
        source_at=contact.updated_at,
    )
    if earlier is None:
        return made
    kept = replace(made, revision=earlier.revision + 1, note=earlier.note, edited=earlier.edited)
    return replace(kept, changed_by=earlier.changed_by)


def of_ticket(ticket: Ticket, told: Whom) -> Record:
    """Return the record of a ticket that is opened."""
    subject = Subject(
        channel=ticket.channel,
        agent=ticket.opened_by,
        category=ticket.subject.category,
        sub_category=ticket.subject.sub_category,
    )
    return Record(
        id=ticket.number,
        kind=Kind.TICKET,
        at=ticket.opened_at,
        whom=told,
        subject=subject,
        revision=1,
        changed_at=ticket.opened_at,
        changed_by=ticket.opened_by,
    )


def entered(id_: str, entry: Entry, subject: Subject, *, served_at: datetime, by: str, at: datetime) -> Record:
    """Return the record of a service that somebody enters."""
    return Record(
        id=id_,
        kind=Kind.ENTERED,
        at=served_at,
        whom=entry.whom,
        subject=subject,
        revision=1,
        changed_at=at,
        changed_by=by,
        note=entry.note,
        edited=True,
    )


def edited(record: Record, entry: Entry, *, by: str, at: datetime) -> Record:
    """Return the next revision of a record with what somebody entered; the contact or the ticket stays as it is."""
    return replace(
        record,
        whom=entry.whom,
        note=entry.note,
        edited=True,
        revision=record.revision + 1,
        changed_at=at,
        changed_by=by,
    )


def forgotten(record: Record, *, by: str, at: datetime) -> Record:
    """Return the next revision of a record that tells nothing any more; a later copy of its contact stays out too."""
    return replace(
        record,
        whom=Whom(),
        subject=Subject(channel=record.subject.channel),
        note=None,
        deleted=True,
        revision=record.revision + 1,
        changed_at=at,
        changed_by=by,
    )


def range_of(search: Search) -> Range:
    """Return the part of its sorted list that a search reads: what narrows the key that is sorted by narrows that."""
    low, high = "\t", LAST
    exact = {"number": search.number, "region": search.region, "grade": search.grade}
    wanted = exact.get(search.sort, search.where.get(search.sort))
    if wanted is not None:
        low, high = exactly(wanted)
    elif search.sort == "name" and search.name is not None:
        low, high = beginning(search.name)
    elif search.sort == "date":
        low, high = sort_text(search.first), sort_text(search.last) + LAST
    return Range(sort=search.sort, low=low, high=high, descending=search.descending)


def months(search: Search) -> Iterator[str]:
    """Yield the months (YYYY-MM) of a search, oldest first."""
    day = date.fromisoformat(search.first).replace(day=1)
    while day.isoformat() <= search.last:
        yield day.isoformat()[:7]
        day = (day + timedelta(days=31)).replace(day=1)


def fits(record: Record, search: Search) -> bool:
    """Return whether a record is one of those that `search` asks for."""
    told = record.whom
    said = (
        (told.phone, search.number),
        (told.region, search.region),
        (told.grade, search.grade),
        (record.kind, search.kind),
        (record.subject.agent, search.agent),
        (record.subject.category, search.category),
    )
    return (
        not record.deleted
        and all(wanted is None or wanted == known for known, wanted in said)
        and all(told.fields.get(name) == wanted for name, wanted in search.where.items())
        and (search.name is None or sort_text(told.name).startswith(sort_text(search.name)))
        and search.first <= record.at.date().isoformat() <= search.last
    )
