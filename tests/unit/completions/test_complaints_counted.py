"""Complaints that agents wrote down are in the counters once a chain, whatever comes in which order, and how often."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chalicelib.agents.models import LONG_AGO, AgentState, House, Shift, Snapshot, Status, StatusType, Work
from chalicelib.audit.models import Actor
from chalicelib.audit.service import Trail
from chalicelib.audit.store import Log
from chalicelib.completions.complaints import register_key
from chalicelib.completions.models import Entry
from chalicelib.completions.service import Complaints, Completions, Kept
from chalicelib.contacts import policy as contacts
from chalicelib.contacts.counting import facts
from chalicelib.contacts.events import listeners
from chalicelib.contacts.record import parse
from chalicelib.contacts.service import Finder
from chalicelib.contacts.store import Contacts
from chalicelib.metrics.models import Slot
from chalicelib.metrics.policy import slot
from chalicelib.metrics.store import Counters
from chalicelib.platform.dynamo import Contended, Throttled
from chalicelib.services.service import feed
from chalicelib.tickets.models import Opening, Subject
from chalicelib.tickets.service import Counting, Tickets
from chalicelib.tickets.store import Tickets as TicketsKept
from tests.support import tenants
from tests.support.contact_records import START, Record, agent, encoded, queue, record, when
from tests.support.fake_dynamo import FakeDynamo, failure
from tests.support.taken_in import ingest

GROUP = tenants.tenant("hrgroup")
TABLE = f"trunkline-{GROUP.id}"
LI = Actor(user="li.na", roles=("agent",))
ENTRY = Entry(category="repair", sub_category="hardware", result="recorded", solved=False, next_step="call-back")
CHAINS = {"c-1": None, "c-2": "c-1", "c-3": None}
"""Three contacts: the second one took over from the first."""
QUEUES = ("After-sales (Mandarin)", "Complaints (Mandarin)")


def told(contact_id: str, copy: int = 0, place: int = 0) -> Record:
    """Return the record of a contact; a later copy is newer, and `place` is the queue and quarter-hour of it."""
    first = CHAINS[contact_id]
    chain = {"InitialContactId": first, "PreviousContactId": first} if first else {}
    return record(
        contact_id,
        Agent=agent("li.na"),
        Queue=queue(QUEUES[place % 2], enqueued_s=40 + 900 * (place // 2)),
        LastUpdateTimestamp=when(5_000 + copy),
        **chain,
    )


class Screens:
    """Every contact is still on the screen of the agent."""

    def house(self, *, consistent: bool = False) -> House:
        del consistent
        works = tuple(
            Work(contact_id=one, channel="VOICE", state="ENDED", since=START, connected_at=START) for one in CHAINS
        )
        status = Status(name="Available", type=StatusType.ROUTABLE, since=START)
        shot = Snapshot(username="li.na", status=status, works=works)
        state = AgentState(
            id="a", name="li.na", heard_at=START, heard_ids=(), taken_at=LONG_AGO, snapshot=shot, shift=Shift()
        )
        return House(agents=(state,))


class Desk:
    """The product over a table in memory: records are taken in, contacts completed, tickets opened."""

    def __init__(self, before: Callable[[str], None] = lambda _: None) -> None:
        self.table = FakeDynamo(before)
        self.drawn = 0
        trail = Trail(tenant=GROUP.id, kept=Log(self.table, "audit"), now=self.now, pause=lambda _: None)
        kept = (self.table, TABLE, GROUP.id)
        self.tickets = Tickets(
            kept=TicketsKept(*kept, trail, 365),
            listing=feed(self.table, TABLE, GROUP),
            counting=Counting(GROUP.id, TABLE, GROUP.kpis.complaint_categories),
            left_out=(),
            now=self.now,
            draw=self._draw,
        )
        self.completions = Completions(
            kept=Kept(*kept, 365),
            complaints=Complaints(self.table, TABLE, GROUP),
            contacts=Finder(tenant=GROUP, contacts=Contacts(*kept, 365, lambda: ""), now=self.now),
            floor=Screens(),
            tickets=self.tickets,
            trail=trail,
            lists=GROUP.completion,
            now=self.now,
        )

    def now(self) -> datetime:
        return START + timedelta(hours=1)

    def _draw(self, _below: int) -> int:
        self.drawn += 1
        return self.drawn

    def take(self, one: Record, *, told_of: bool = True) -> None:
        """Take a record in; without `told_of` the function ends before it has told the other capabilities."""
        others = listeners(self.table, TABLE, GROUP) if told_of else ()
        replace(ingest(self.table, GROUP), listeners=others).take(encoded(one))

    def complete(self, contact_id: str, category: str = "complaint", **more: Any) -> None:
        sub = "service" if category == "complaint" else "hardware"
        current = self.completions.file(contact_id, own=None, sight=None).current
        entry = replace(ENTRY, category=category, sub_category=sub, **more)
        self.completions.complete(contact_id, entry, current.revision if current else 0, LI, own="li.na", sight=None)

    def open_ticket(self, category: str = "complaint", contact_id: str | None = None) -> str:
        opening = Opening(
            subject=Subject(category=category, text="t"), note="n", channel="VOICE", contact_id=contact_id
        )
        return self.tickets.open(opening, LI).ticket.number

    def counted(self) -> dict[Slot, int]:
        """Return the complaints that the counters have, by slot."""
        found = Counters(self.table, TABLE).between(GROUP.id, START - timedelta(days=1), START + timedelta(days=1))
        return {one.slot: one.counters["complaints"] for one in found if one.counters.get("complaints")}


def place(one: Record) -> Slot:
    counted = facts(contacts.contact(parse(encoded(one)), GROUP), GROUP)
    assert counted is not None
    return slot(counted)


class AnyOrder(RuleBasedStateMachine):
    """Records of two chains arrive, late, twice, as older copies, and half; agents write, and change their minds."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk()
        self.newest: dict[str, tuple[int, Record]] = {}
        self.written: dict[str, str] = {}
        self.half: dict[str, Record] = {}
        self.came_as_tickets = 0

    @rule(one=st.sampled_from(list(CHAINS)), copy=st.integers(0, 4), at=st.integers(0, 3), whole=st.booleans())
    def a_record_arrives(self, one: str, copy: int, at: int, whole: bool) -> None:  # noqa: FBT001 - hypothesis names it
        if one in self.half:
            return  # nothing newer of a contact comes before what was cut off has come again
        new = one not in self.newest or copy > self.newest[one][0]
        arrived = told(one, copy, at) if new or self.newest[one][0] != copy else self.newest[one][1]
        self.desk.take(arrived, told_of=whole)
        if new:
            self.newest[one] = copy, arrived
        if not whole:
            self.half[one] = arrived

    @precondition(lambda self: self.half)
    @rule()
    def what_was_cut_off_comes_again(self) -> None:
        _, arrived = self.half.popitem()
        self.desk.take(arrived)

    @rule(one=st.sampled_from(list(CHAINS)), category=st.sampled_from(["complaint", "repair"]))
    def an_agent_writes(self, one: str, category: str) -> None:
        self.desk.complete(one, category)
        self.written[one] = category

    @rule(category=st.sampled_from(["complaint", "repair"]), contact=st.sampled_from([None, "c-1"]))
    def a_ticket_is_opened(self, category: str, contact: str | None) -> None:
        self.desk.open_ticket(category, contact)
        self.came_as_tickets += category == "complaint" and contact is None

    @invariant()
    def every_chain_counts_once_where_its_earliest_complaint_lies(self) -> None:
        if self.half:
            return
        expected: Counter[Slot] = Counter()
        for chain in (("c-1", "c-2"), ("c-3",)):
            places = [
                (place(self.newest[one][1]).start, one, place(self.newest[one][1]))
                for one in chain
                if self.written.get(one) == "complaint" and one in self.newest
            ]
            if places:
                expected[min(places, key=lambda each: each[:2])[2]] += 1
        expected[Slot(start=START + timedelta(hours=1), line="-", queue="-")] += self.came_as_tickets
        assert self.desk.counted() == +expected


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=20, stateful_step_count=12, deadline=None)


class Once:
    """Lets something happen in the middle: before the first transaction after it was set."""

    def __init__(self) -> None:
        self.what: Callable[[], object] | None = None

    def __call__(self, operation: str) -> None:
        if operation == "TransactWriteItems" and self.what:
            what, self.what = self.what, None
            what()


def test_a_record_that_arrives_while_its_contact_is_completed_counts_the_complaint_once() -> None:
    meanwhile = Once()
    desk = Desk(meanwhile)
    meanwhile.what = lambda: desk.take(told("c-1"))
    desk.complete("c-1")
    assert desk.counted() == {place(told("c-1")): 1}


def test_a_correction_that_arrives_while_its_contact_is_completed_is_not_counted_where_it_was() -> None:
    meanwhile = Once()
    desk = Desk(meanwhile)
    desk.take(told("c-1"))
    meanwhile.what = lambda: desk.take(told("c-1", copy=1, place=3))
    desk.complete("c-1")
    assert desk.counted() == {place(told("c-1", place=3)): 1}


def test_an_agent_who_changes_his_mind_while_the_record_arrives_has_the_last_word() -> None:
    meanwhile = Once()
    desk = Desk(meanwhile)
    desk.complete("c-1")
    desk.take(told("c-1"), told_of=False)
    meanwhile.what = lambda: desk.complete("c-1", "repair")
    desk.take(told("c-1"))
    assert desk.counted() == {}


def test_two_agents_of_one_call_who_write_at_the_same_moment_are_one_complaint() -> None:
    meanwhile = Once()
    desk = Desk(meanwhile)
    desk.take(told("c-1", place=2))
    desk.take(told("c-2"))
    meanwhile.what = lambda: desk.complete("c-2")
    desk.complete("c-1")
    assert desk.counted() == {place(told("c-2")): 1}
    desk.complete("c-2", "repair")
    assert desk.counted() == {place(told("c-1", place=2)): 1}


def test_a_completion_that_cannot_be_written_counts_nothing() -> None:
    def throttled(operation: str) -> None:
        if operation == "TransactWriteItems":
            raise failure("ProvisionedThroughputExceededException")

    desk = Desk()
    desk.take(told("c-1"))
    desk.table.before = throttled
    with pytest.raises(Throttled):
        desk.complete("c-1")
    desk.table.before = lambda _: None
    assert desk.counted() == {}
    desk.complete("c-1")
    assert desk.counted() == {place(told("c-1")): 1}


def test_a_contact_that_keeps_changing_is_given_back() -> None:
    copies = iter(range(1, 100))
    desk = Desk()
    desk.take(told("c-1"))
    busy = False

    def again(operation: str) -> None:
        nonlocal busy
        if operation == "TransactWriteItems" and not busy:
            busy = True
            desk.take(told("c-1", copy=next(copies)))
            busy = False

    desk.table.before = again
    with pytest.raises(Contended):
        desk.complete("c-1")
    assert desk.counted() == {}


def test_the_ticket_that_an_entry_names_makes_it_a_complaint_once() -> None:
    desk = Desk()
    desk.take(told("c-1"))
    number = desk.open_ticket(contact_id="c-1")
    assert desk.counted() == {}
    desk.complete("c-1", "repair", ticket=number)
    assert desk.counted() == {place(told("c-1")): 1}
    desk.complete("c-1", "repair", ticket=desk.open_ticket("repair"))
    assert desk.counted() == {}


def test_what_changes_nothing_of_the_count_writes_nothing_for_it() -> None:
    desk = Desk()
    desk.take(told("c-1"))
    desk.complete("c-1", "repair")
    key = register_key(GROUP.id, "c-1")
    assert (key["pk"], key["sk"]) not in desk.table.items
    desk.complete("c-1")
    desk.complete("c-1", solved=True)
    assert desk.table.items[key["pk"], key["sk"]]["revision"] == {"N": "1"}


def test_a_call_that_an_agent_made_is_nobodys_complaint() -> None:
    desk = Desk()
    desk.take(record("c-1", InitiationMethod="OUTBOUND", Agent=agent("li.na")))
    desk.complete("c-1")
    assert desk.counted() == {}


def test_a_tenant_whose_agents_write_nothing_down_has_the_contacts_own_category() -> None:
    chosen = contacts.contact(
        parse(encoded(record(Attributes={"category": "complaint", "line": "after-sales"}))), GROUP
    )
    counted = [facts(chosen, tenant) for tenant in (GROUP, replace(GROUP, completion=None))]
    assert [one.complaint for one in counted if one] == [False, True]
