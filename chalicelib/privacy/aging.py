"""Privacy: customers whose period is over. A clock walks over them, and asks for their erasure (SEC-06)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from chalicelib.audit.models import Act, Actor
from chalicelib.customers.registry import Customer
from chalicelib.customers.registry import erasing as customers
from chalicelib.platform.sorted_lists import id_at
from chalicelib.privacy.finding import Finding
from chalicelib.privacy.models import Changed, Kind, Person, Request, State, Walk
from chalicelib.privacy.people import People, Who
from chalicelib.privacy.store import Desk

CLOCK: Final = Actor(user="trunkline-retention")
"""Who asks for these erasures."""
REASON: Final = "the tenant's period for customers is over"
EVERY: Final = timedelta(days=1)
LOOKS: Final = 100
"""Customers of one round; a day has 288."""
AT_ONCE: Final = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Aging:
    """Looks for customers whose records nobody changed for `days`, and of whom nothing else is kept any more.

    The list by creation is read no further than to the first customer who is too young to be over.
    """

    desk: Desk
    people: People
    finding: Callable[[Person, datetime], Finding]
    days: int
    now: Callable[[], datetime]
    new_id: Callable[[datetime], str]
    looks: int = LOOKS

    def look(self, until: datetime) -> None:
        """Go on with the walk: look at about `looks` customers, before `until`; a walk that is whole rests EVERY.

        It waits for the erasures that the last round asked for. Two at once do no harm: whoever writes second stops.

        Raises:
            StoreUnavailable, Throttled: the store could not answer; the next look goes on.

        """
        walk, requests = self.desk.walk(), self.desk.requests()
        rests = walk.created_at is None and walk.walked_at is not None and self.now() < walk.walked_at + EVERY
        if rests or any(one.asked_by == CLOCK.user and one.state is State.OPEN for one in requests):
            return
        spared = [one.person for one in self.desk.holds() if one.released_at is None]
        spared += [one.person for one in requests if one.kind is Kind.ERASURE and one.person is not None]
        try:
            self._go_on(walk, spared, until)
        except Changed:
            return

    def is_heard_of_again(self, request: Request) -> bool:
        """Return whether this clock's request, of which nothing is done yet, is of somebody who came back."""
        if request.asked_by != CLOCK.user or request.began_at is not None or request.person is None:
            return False
        return not self._is_over(request.person)

    def _go_on(self, walk: Walk, spared: list[Person], until: datetime) -> None:
        began = walk
        for looked, customer in enumerate(self._old(walk.created_at)):
            at = customer.record.created_at
            # Customers of one instant are looked at in one round, so that the next one need not know any of them.
            if self.now() >= until or (looked >= self.looks and at != walk.created_at):
                break
            walk = replace(walk, created_at=at)
            person = self.people.person(Who(customer_id=customer.record.id))
            if self._is_over(person) and not any(person.meets(one) for one in spared):
                walk = self._ask(person, walk)
        else:
            walk = replace(walk, created_at=None, walked_at=self.now())
        if walk != began:
            self.desk.places.write((self.desk.walked(replace(walk, revision=walk.revision + 1)),))

    def _old(self, start: datetime | None) -> Iterator[Customer]:
        """Yield customers who were created before the period, the oldest first."""
        where = customers.created(start, self.now() - timedelta(days=self.days))
        after, is_more = None, where.low <= where.high
        while is_more:
            places, is_more = self.people.records.page(where, after=after, limit=AT_ONCE)
            ids = [id_at(place) for place in places]
            found = self.people.records.customers(ids)
            yield from (found[id_] for id_ in ids if id_ in found)
            after = places[-1] if places else None

    def _ask(self, person: Person, walk: Walk) -> Walk:
        """Ask for an erasure, and write with it how far the walk is; return that."""
        at, walk = self.now(), replace(walk, revision=walk.revision + 1)
        request = Request(
            id=self.new_id(at), kind=Kind.ERASURE, asked_at=at, asked_by=CLOCK.user, reason=REASON, person=person
        )
        act = Act(action="privacy.erasure", resource=f"privacy/requests/{request.id}", facts={"reason": REASON})
        self.desk.save(request, (self.desk.walked(walk),), by=CLOCK, act=act)
        return walk

    def _is_over(self, person: Person) -> bool:
        now = self.now()
        changed = (record.changed_at for record in self.people.records.family(*person.ids).values())
        if any(at > now - timedelta(days=self.days) for at in changed):
            return False
        return not any(_is_kept(item, now) for item in _traces(self.finding(person, now)))


def _traces(found: Finding) -> Iterator[dict[str, Any]]:
    """Yield what leads to contacts, callbacks, tickets and services of a person."""
    yield from (item for _, item in found.contact_ids())
    yield from (head for head, _ in found.own_tickets())
    yield from (item for items in found.own_services() for item in items)


def _is_kept(item: dict[str, Any], now: datetime) -> bool:
    """Return whether an item has not ended: DynamoDB deletes it days after its `ttl`."""
    return "ttl" not in item or int(item["ttl"]) > now.timestamp()
