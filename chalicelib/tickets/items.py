"""Tickets: the shape of what is kept. Keys, items and back again. Pure.

`T#<tenant>#TICKET#<number>` holds the ticket, its steps and its contacts; the caller's item collection holds what is
open, so that the one Query of a routing decision and of a screen pop sees it.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from chalicelib.platform.instants import instant
from chalicelib.platform.tenancy import TenantId, partition
from chalicelib.tickets.models import Link, Passed, Step, Subject, Ticket

HEAD: Final = "TICKET"
STEP_PREFIX: Final = "STEP#"
CONTACT_PREFIX: Final = "CONTACT#"
OPEN_PREFIX: Final = "OPEN#"
"""Sorts between a caller's contacts and the profile."""

_POSITION = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ#\d{8}")


def is_position(text: str) -> bool:
    """Return whether `text` may be a position in a list of tickets."""
    return _POSITION.fullmatch(text) is not None


def position(ticket: Ticket) -> str:
    """Return the place of a ticket in every list: by the time at which it was opened."""
    return f"{instant(ticket.opened_at)}#{ticket.number}"


def before(place: str | None) -> str:
    """Return the greatest text that sorts before `place` and may be a position; of None, one that all sort before."""
    if place is None:
        return "9999"
    opened, _, number = place.partition("#")
    return f"{opened}#{int(number) - 1:08d}" if int(number) else f"{opened}#"


def ticket_key(tenant: TenantId, number: str) -> dict[str, str]:
    """Return the key of a ticket."""
    return {"pk": partition(tenant, "TICKET", number), "sk": HEAD}


def ticket_item(tenant: TenantId, ticket: Ticket) -> dict[str, Any]:
    """Return the item of a ticket; who has to act and the last step are where lists look."""
    listed = {"gsi2pk": at_partition(tenant, ticket.step), "gsi2sk": position(ticket)}
    if ticket.assignee and ticket.is_open:
        listed |= {"gsi1pk": by_partition(tenant, ticket.assignee), "gsi1sk": position(ticket)}
    subject = _known(asdict(ticket.subject))
    plain = {name: value for name, value in asdict(ticket).items() if name != "subject"}
    return {**ticket_key(tenant, ticket.number), **listed, **_known(plain), "subject": subject}


def ticket_of(item: Mapping[str, Any]) -> Ticket:
    """Return the ticket that `ticket_item` wrote."""
    return Ticket(
        number=item["number"],
        subject=Subject(**item["subject"]),
        channel=item["channel"],
        opened_at=datetime.fromisoformat(item["opened_at"]),
        opened_by=item["opened_by"],
        step=Step(item["step"]),
        revision=item["revision"],
        changed_at=datetime.fromisoformat(item["changed_at"]),
        assignee=item.get("assignee"),
        node=item.get("node"),
    )


def step_item(tenant: TenantId, number: str, passed: Passed) -> dict[str, Any]:
    """Return the item of a step; it is written once."""
    key = {**ticket_key(tenant, number), "sk": f"{STEP_PREFIX}{passed.revision:06d}"}
    return {**key, **_known(asdict(passed) | {"complaint": passed.complaint or None})}


def step_of(item: Mapping[str, Any]) -> Passed:
    """Return the step that `step_item` wrote."""
    return Passed(
        revision=item["revision"],
        step=Step(item["step"]),
        at=datetime.fromisoformat(item["at"]),
        actor=item["actor"],
        note=item["note"],
        assignee=item.get("assignee"),
        complaint=item.get("complaint", False),
    )


def link_items(tenant: TenantId, number: str, link: Link) -> tuple[dict[str, Any], ...]:
    """Return a contact of a ticket from both sides: beside the ticket, and beside the contact.

    The third one is the contact's newest ticket, at a key of its own: a list of contacts reads it with them.
    """
    told = {**_known(asdict(link)), "number": number}
    beside_ticket = {**ticket_key(tenant, number), "sk": f"{CONTACT_PREFIX}{link.contact_id}"}
    of_contact = of_contact_key(tenant, link.contact_id)
    newest = {**newest_key(tenant, link.contact_id), "number": number}
    return {**beside_ticket, **told}, {**of_contact, "sk": f"{HEAD}#{number}", **told}, newest


def newest_key(tenant: TenantId, contact_id: str) -> dict[str, str]:
    """Return the key of the newest ticket of a contact."""
    return {**of_contact_key(tenant, contact_id), "sk": HEAD}


def link_of(item: Mapping[str, Any]) -> Link:
    """Return the link that `link_items` wrote, from either side."""
    return Link(contact_id=item["contact_id"], at=datetime.fromisoformat(item["at"]), actor=item["actor"])


def open_item(tenant: TenantId, phone: str, ticket: Ticket) -> dict[str, Any]:
    """Return what the caller's item collection holds of a ticket. Of a closed one it has expired: readers see none."""
    shown = {"number": ticket.number, "category": ticket.subject.category, "at": instant(ticket.opened_at)}
    expired = {} if ticket.is_open else {"ttl": int(ticket.changed_at.timestamp())}
    return {"pk": partition(tenant, "CALLER", phone), "sk": f"{OPEN_PREFIX}{ticket.number}", **shown, **expired}


def of_items(tenant: TenantId, ticket: Ticket) -> list[dict[str, Any]]:
    """Return the entries under which the tickets of the customer, and of the number, are found for good."""
    whose = [each for each in (ticket.subject.customer_id, ticket.subject.phone) if each]
    place = {"sk": position(ticket), "number": ticket.number}
    return [{"pk": of_partition(tenant, each), **place} for each in whose]


def of_contact_key(tenant: TenantId, contact_id: str) -> dict[str, str]:
    """Return the partition of a contact, whose recordings and tickets lie beside it."""
    return {"pk": partition(tenant, "CONTACT", contact_id)}


def of_partition(tenant: TenantId, who: str) -> str:
    """Return where the tickets of a customer id, or of a number in E.164, are listed."""
    return partition(tenant, "TICKETSOF", who)


def by_partition(tenant: TenantId, assignee: str) -> str:
    """Return where the open tickets of an assignee are listed (gsi1)."""
    return partition(tenant, "TICKETSBY", assignee)


def at_partition(tenant: TenantId, step: Step) -> str:
    """Return where the tickets that stand at a step are listed (gsi2)."""
    return partition(tenant, "TICKETSAT", step)


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    known = {name: value for name, value in values.items() if value is not None}
    return {name: instant(value) if isinstance(value, datetime) else value for name, value in known.items()}
