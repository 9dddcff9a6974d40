"""Tickets: where they are kept. A ticket, its step and the caller's pointer change together or not at all."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from chalicelib.audit.models import Act, Actor, Trail
from chalicelib.platform import dynamo
from chalicelib.platform.errors import InvalidInput, NotFound, ProductError
from chalicelib.platform.tenancy import TenantId
from chalicelib.tickets import items
from chalicelib.tickets.models import File, Link, NumberTaken, Outdated, Page, Passed, Search, Ticket

type Beside = tuple[str, dict[str, Any], type[ProductError]]
"""A step of a transaction: its name, the write, and what its failed condition is raised as."""


class Table(dynamo.BatchClient, dynamo.QueryClient, dynamo.TransactClient, Protocol):
    """Port: the calls of a DynamoDB client that this store makes."""


@dataclass(frozen=True, slots=True)
class Tickets:
    """The tickets of one tenant's table. Everything is written together with its entry of the audit trail.

    `days` is how long a ticket is kept after the last step, and each step and link after it was written.
    """

    client: Table
    table: str
    tenant: TenantId
    trail: Trail
    days: int

    def file(self, number: str) -> File:
        """Return a ticket with its steps and contacts, as of now: the read is consistent.

        Raises:
            NotFound: there is none.
            StoreUnavailable, Throttled: the store could not answer.

        """
        pk = items.ticket_key(self.tenant, number)["pk"]
        condition = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": dynamo.encode({":pk": pk})}
        found = list(self._all({**condition, "ConsistentRead": True}))
        heads = [items.ticket_of(item) for item in found if item["sk"] == items.HEAD]
        if not heads:
            raise NotFound("no such ticket")
        steps = (items.step_of(item) for item in found if item["sk"].startswith(items.STEP_PREFIX))
        links = (items.link_of(item) for item in found if item["sk"].startswith(items.CONTACT_PREFIX))
        contacts = tuple(sorted(links, key=lambda link: (link.at, link.contact_id)))
        return File(ticket=heads[0], steps=tuple(steps), contacts=contacts)

    def open(
        self, ticket: Ticket, passed: Passed, link: Link | None, by: Actor, act: Act, *, beside: Iterable[Beside] = ()
    ) -> None:
        """Write a new ticket with its first step, the contact that it came from, and what others keep of it `beside`.

        Raises:
            NumberTaken: a ticket of this number exists.
            StoreUnavailable, Throttled: nothing was written.

        """
        write = dynamo.Transaction(self.client)
        write.add(
            "ticket",
            self._put(items.ticket_item(self.tenant, ticket), ticket.changed_at, new=True),
            on_fail=NumberTaken,
        )
        write.add("step", self._put(items.step_item(self.tenant, ticket.number, passed), passed.at, new=True))
        self._add_listed(write, ticket)
        self._add_link(write, ticket.number, link)
        for name, action, on_fail in beside:
            write.add(name, action, on_fail=on_fail)
        self.trail.commit(write, by, act)

    def change(self, ticket: Ticket, passed: Passed, by: Actor, act: Act, *, beside: Iterable[Beside] = ()) -> None:
        """Write the ticket over the revision before it, with the step that it has passed and what is kept `beside`.

        Raises:
            Outdated: somebody else wrote that revision.
            StoreUnavailable, Throttled: nothing was written.

        """
        write = dynamo.Transaction(self.client)
        put = self._put(items.ticket_item(self.tenant, ticket), ticket.changed_at)
        put["Put"] |= {
            "ConditionExpression": "revision = :seen",
            "ExpressionAttributeValues": dynamo.encode({":seen": ticket.revision - 1}),
        }
        write.add("ticket", put, on_fail=Outdated)
        step = self._put(items.step_item(self.tenant, ticket.number, passed), passed.at, new=True)
        write.add("step", step, on_fail=Outdated)
        self._add_listed(write, ticket)
        for name, action, on_fail in beside:
            write.add(name, action, on_fail=on_fail)
        self.trail.commit(write, by, act)

    def link(self, number: str, link: Link, by: Actor, act: Act) -> None:
        """Link a contact to a ticket; a repeat changes when and who, and nothing else.

        Raises:
            NotFound: there is no such ticket.
            StoreUnavailable, Throttled: nothing was written.

        """
        write = dynamo.Transaction(self.client)
        key = dynamo.encode(items.ticket_key(self.tenant, number))
        check = {
            "TableName": self.table,
            "Key": key,
            "ConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": key["pk"]},
        }
        write.add("ticket", {"ConditionCheck": check}, on_fail=NotFound)
        self._add_link(write, number, link)
        self.trail.commit(write, by, act)

    def search(self, search: Search, *, after: str | None, limit: int) -> Page:
        """Return at most `limit` tickets, newest first, that come after the position `after`.

        Raises:
            InvalidInput: `after` is no position of a list of tickets.
            StoreUnavailable, Throttled: the store could not answer.

        """
        if after is not None and not items.is_position(after):
            raise InvalidInput("the cursor is not one of ours", field="cursor")
        index, pk = self._place(search)
        names = (f"{index}pk", f"{index}sk") if index else ("pk", "sk")
        request: dict[str, Any] = {
            "TableName": self.table,
            "KeyConditionExpression": f"{names[0]} = :pk AND {names[1]} BETWEEN :low AND :high",
            "ExpressionAttributeValues": dynamo.encode({":pk": pk, ":low": "0", ":high": items.before(after)}),
            "ScanIndexForward": False,
            "Limit": limit,
        }
        with dynamo.store_errors("tickets"):
            answer = self.client.query(**request | ({"IndexName": index} if index else {}))
        places = [str(dynamo.decode(item)[names[1]]) for item in answer.get("Items", [])]
        numbers = [place.rpartition("#")[2] for place in places]
        return Page(tickets=tuple(self.heads(numbers)), after=places[-1] if len(places) == limit else None)

    def numbers_of(self, contact_id: str) -> tuple[str, ...]:
        """Return the numbers of the tickets that a contact is about."""
        request = {
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :low AND :high",
            "ExpressionAttributeValues": dynamo.encode(
                {
                    ":pk": items.of_contact_key(self.tenant, contact_id)["pk"],
                    ":low": f"{items.HEAD}#",
                    ":high": f"{items.HEAD}#~",
                }
            ),
        }
        return tuple(str(item["number"]) for item in self._all(request))

    def _place(self, search: Search) -> tuple[str, str]:
        """Return the index ('' for the table itself) and the partition of a list."""
        if search.assignee:
            return "gsi1", items.by_partition(self.tenant, search.assignee)
        if search.step:
            return "gsi2", items.at_partition(self.tenant, search.step)
        return "", items.of_partition(self.tenant, search.customer_id or search.phone or "")

    def heads(self, numbers: Sequence[str]) -> Iterator[Ticket]:
        """Yield the tickets in the order of `numbers`; one that is not there is left out."""
        keys = (items.ticket_key(self.tenant, number) for number in numbers)
        read = (items.ticket_of(item) for item in dynamo.read_keys(self.client, "tickets", self.table, keys))
        found = {ticket.number: ticket for ticket in read}
        yield from (found[number] for number in numbers if number in found)

    def _all(self, condition: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        request = {"TableName": self.table, **condition}
        while True:
            with dynamo.store_errors("tickets"):
                answer = self.client.query(**request)
            yield from (dynamo.decode(item) for item in answer.get("Items", []))
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _add_listed(self, write: dynamo.Transaction, ticket: Ticket) -> None:
        """Add where the ticket is found by its customer and number, and what the caller's collection holds of it."""
        for at, item in enumerate(items.of_items(self.tenant, ticket)):
            write.add(f"listed-{at}", self._put(item, ticket.changed_at))
        if ticket.subject.phone:
            item = items.open_item(self.tenant, ticket.subject.phone, ticket)
            write.add("caller", self._put(item, ticket.changed_at))

    def _add_link(self, write: dynamo.Transaction, number: str, link: Link | None) -> None:
        if link:
            sides = items.link_items(self.tenant, number, link)
            for name, item in zip(("contact-of-ticket", "ticket-of-contact", "newest-of-contact"), sides, strict=True):
                write.add(name, self._put(item, link.at))

    def _put(self, item: Mapping[str, Any], at: datetime, *, new: bool = False) -> dict[str, Any]:
        """Return the write of an item that expires `days` after `at`, unless it says itself when."""
        ends = {"ttl": int((at + timedelta(days=self.days)).timestamp())}
        put = {"TableName": self.table, "Item": dynamo.encode({**ends, **item})}
        return {"Put": {**put, "ConditionExpression": "attribute_not_exists(pk)"} if new else put}
