"""What people write down on a simulated day: agents complete contacts and change their minds, tickets pass their steps.

Written by the product's own stores into a table in memory, from a seed: before the contact's record and after it.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.analytics.models import Row
from chalicelib.analytics.policy import Copy
from chalicelib.analytics.service import item_rows
from chalicelib.audit.models import Act, Actor
from chalicelib.completions.models import Entry, Version
from chalicelib.completions.service import Complaints, Expectations, Kept, subject_of
from chalicelib.contacts.items import contact_item
from chalicelib.contacts.models import Contact
from chalicelib.metrics.models import AgentSlot, Booking
from chalicelib.metrics.service import Ledger
from chalicelib.metrics.store import Counters
from chalicelib.platform.dynamo import Transaction, decode, encode
from chalicelib.platform.tenancy import TenantId
from chalicelib.tenancy.models import Tenant
from chalicelib.tickets import policy
from chalicelib.tickets.models import Change, Opening, Step, Subject
from chalicelib.tickets.service import Counting
from chalicelib.tickets.store import Tickets
from tests.support.fake_dynamo import FakeDynamo

SHARE = 0.4
"""Of the contacts that agents handled, so many are written down."""
TICKETS_AN_HOUR = 8
_TABLE = "table"
_BY, _ACT = Actor(user="li.na", roles=("agent",)), Act(action="a", resource="r")
_COURSES = (
    (Step.ASSIGN, Step.SUPERVISE, Step.FOLLOW_UP, Step.REVISIT, Step.CLOSE),
    (Step.ASSIGN, Step.SUPERVISE, Step.FOLLOW_UP, Step.REVISIT, Step.FOLLOW_UP, Step.REVISIT, Step.CLOSE),
    (Step.ASSIGN, Step.SUPERVISE, Step.FOLLOW_UP, Step.REVISIT),
    (Step.ASSIGN,),
)
"""What tickets pass: to the end, revisited twice, and not to the end."""


class NoTrail:
    """Commits the steps of a change; its entry matters elsewhere."""

    def commit(self, write: Transaction, by: Actor, act: Act) -> None:
        """Write the steps alone."""
        del by, act
        write.commit()


@dataclass(slots=True)
class WrittenDown:
    """What is written down of one day of a tenant."""

    tenant: Tenant
    table: FakeDynamo = field(default_factory=FakeDynamo)

    def write(self, contacts: Sequence[Contact], start: datetime, end: datetime) -> None:
        """Write of some of the contacts, and open tickets from `start` until `end`."""
        chance = random.Random(11)  # noqa: S311 - reproducible, not secret
        served = [one for one in contacts if one.served]
        for contact in chance.sample(served, int(len(served) * SHARE)):
            self._complete(contact, chance)
        span_s = (end - start).total_seconds()
        for number in range(max(8, int(span_s / 3_600 * TICKETS_AN_HOUR))):
            self._ticket(number, start + timedelta(seconds=chance.uniform(0, span_s)), chance)

    def beside(self, ledger: Ledger) -> "Both":
        """Return the counters of the day with those that were written down."""
        return Both(ledger, Counters(self.table, _TABLE))

    def rows(self, chance: random.Random) -> Iterator[Row]:
        """Yield the rows of everything that was written, some twice, in any order."""
        items = [decode(item) for item in self.table.items.values() if item["sk"]["S"] != "CONTACT"]
        again = chance.sample(items, len(items) // 5)
        for sequence, item in enumerate(chance.sample([*items, *again], len(items) + len(again))):
            yield from item_rows(self.tenant, item, Copy(sequence=str(sequence)), str)

    def _complete(self, contact: Contact, chance: random.Random) -> None:
        days = self.tenant.contacts_days
        kept = Kept(self.table, _TABLE, self.tenant.id, days)
        complaints = Complaints(self.table, _TABLE, self.tenant)
        item = contact_item(self.tenant.id, contact, {}, days)
        early = chance.random() < 0.5
        if not early:
            self.table.items[item["pk"], item["sk"]] = encode(item)
        before = False
        for revision in range(1, chance.choice((2, 2, 3))):
            category = chance.choice(("complaint", "complaint", "repair"))
            entry = Entry(category=category, sub_category="s", result="recorded", solved=True, next_step="none")
            named = complaints.named(category)
            at = (contact.ended_at or contact.at) + timedelta(minutes=revision)
            version = Version(revision=revision, at=at, by="li.na", entry=entry, complaint=named)
            record = None if early else contact
            steps = complaints.steps(contact.id, record, complaint=named) if named or before else ()
            kept.save(subject_of(contact), version, NoTrail(), _BY, _ACT, steps)
            before = named
        if early:
            self.table.items[item["pk"], item["sk"]] = encode(item)
            Expectations(kept, complaints).heard(contact)

    def _ticket(self, number: int, at: datetime, chance: random.Random) -> None:
        kept = Tickets(self.table, _TABLE, self.tenant.id, NoTrail(), self.tenant.contacts_days)
        counting = Counting(self.tenant.id, _TABLE, self.tenant.kpis.complaint_categories)
        contact_id = chance.choice((None, "c-1"))
        opening = Opening(
            subject=Subject(category=chance.choice(("complaint", "repair")), text="t"),
            note="n",
            channel="letter",
            contact_id=contact_id,
        )
        ticket, passed = policy.accept(
            policy.number(number), opening, actor="li.na", at=at.replace(microsecond=0), complaints=counting.complaints
        )
        steps = [passed]
        kept.open(ticket, passed, None, _BY, _ACT, beside=counting.passed((), passed))
        for step in chance.choice(_COURSES):
            at += timedelta(minutes=chance.randint(1, 20))
            assignee = "lifts" if step is Step.ASSIGN else None
            change = Change(step=step, note="n", revision=ticket.revision, assignee=assignee)
            ticket, passed = policy.take(ticket, change, actor="wang", at=at.replace(microsecond=0))
            kept.change(ticket, passed, _BY, _ACT, beside=counting.passed(steps, passed))
            steps.append(passed)


@dataclass(frozen=True, slots=True)
class Both:
    """Two ledgers as one."""

    first: Ledger
    second: Ledger

    def between(self, tenant: TenantId, start: datetime, end: datetime) -> Iterator[Booking]:
        """Yield the counters of both."""
        yield from self.first.between(tenant, start, end)
        yield from self.second.between(tenant, start, end)

    def of_agents(
        self, tenant: TenantId, start: datetime, end: datetime, agent: str | None = None
    ) -> Iterator[Booking[AgentSlot]]:
        """Yield the agents' counters of both."""
        yield from self.first.of_agents(tenant, start, end, agent)
        yield from self.second.of_agents(tenant, start, end, agent)
