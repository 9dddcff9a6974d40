"""The packs that decisions read: always what the agents' own items say, whoever writes them, and never in part."""

import random
import zlib
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.agents import items, standing
from chalicelib.agents.activity_store import Turns
from chalicelib.agents.events import batches_of
from chalicelib.agents.ingest import Ingest
from chalicelib.agents.models import QueueFigures, QueuesKept
from chalicelib.agents.packing import Packing
from chalicelib.agents.standing import PACKS, Standings
from chalicelib.agents.store import Agents
from chalicelib.platform.dynamo import encode
from chalicelib.platform.tenancy import tenant_id
from chalicelib.tenancy.models import Seats
from tests.support.agent_events import START, Event, Life, encoded, lives
from tests.support.contact_records import batch
from tests.support.fake_dynamo import FakeDynamo, failure
from tests.unit.agents.test_agent_ingest import FakeDesk, FakeQueue

TENANT = tenant_id("acme")
NOW = START + timedelta(hours=8)


def store(table: FakeDynamo) -> Agents:
    return Agents(table, "table", TENANT, 365)


class Process:
    """One process of the ingest function, with its packing. Its monotonic clock stands still until it is moved."""

    def __init__(self, table: FakeDynamo, now: datetime = NOW) -> None:
        self.clock_s = 0.0
        self.packing = Packing(store(table), lambda: now, lambda: self.clock_s)
        self.ingest = Ingest(
            store=store(table),
            turns=Turns(table, "table", TENANT, 365),
            desk=FakeDesk(),
            seats=Seats(contracted=99, designed=99, burst=99),
            site_attribute="Site",
            instance_arn=None,
            now=lambda: now,
            heard=self.packing.heard,
        )

    def batch(self, *events: Event) -> None:
        """Take a batch in as the function does."""
        told = batch([encoded(event) for event in events])
        answer = batches_of(self.ingest, FakeQueue(), "dlq", self.packing.settle).handle(told, lambda: 60.0)
        assert answer == {"batchItemFailures": []}


def by_items(table: FakeDynamo) -> set[str]:
    """Return what the agents' own items say, without order."""
    return {repr(one) for one in standing.of_house(store(table).house()).agents}


def packed(table: FakeDynamo) -> set[str]:
    """Return what the packs say, without order."""
    found = store(table).standings()
    assert found.is_packed
    return {repr(one) for one in found.agents}


def signed_in(*names: str) -> list[Life]:
    made = []
    for name in names:
        life = Life(name, start=NOW - timedelta(minutes=1))
        life.site = "beijing"
        life.login()
        made.append(life)
    return made


@settings(max_examples=40)
@given(lives(), lives(name="bob"), lives(name="cat"), st.randoms())
def test_in_any_order_and_repetition_the_packs_say_what_the_items_say(
    one: Life, two: Life, six: Life, rnd: Any
) -> None:
    table = FakeDynamo()
    events = [*one.events, *two.events, *six.events]
    again = [*events, *rnd.choices(events, k=4)]
    rnd.shuffle(again)
    processes = [Process(table) for _ in range(3)]
    while again:
        size = rnd.randint(1, 5)
        rnd.choice(processes).batch(*again[:size])
        del again[:size]
        assert packed(table) == by_items(table)


@settings(max_examples=30)
@given(lives(), lives(name="bob"), st.randoms())
def test_writes_that_fail_now_and_then_leave_nothing_out_once_the_next_batch_is_taken_in(
    one: Life, two: Life, rnd: Any
) -> None:
    def pack_writes_fail(operation: str) -> None:
        if operation in ("PutItem", "Query") and process.packing_now and rnd.random() < 0.3:
            raise failure("ProvisionedThroughputExceededException")

    table = FakeDynamo(pack_writes_fail)
    process = Failing(table)
    for event in [*one.events, *two.events]:
        process.ingest.take(encoded(event))
        process.settle()
    process.packing.settle()
    assert packed(table) == by_items(table)


class Failing(Process):
    """A process whose store fails now and then while it packs."""

    packing_now = False

    def settle(self) -> None:
        self.packing_now = True
        self.packing.settle()
        self.packing_now = False


def test_a_line_says_all_that_a_decision_needs() -> None:
    table = FakeDynamo()
    (life,) = signed_in("ann")
    life.call("c-1", queue="english")
    life.offer("c-2")
    Process(table).batch(*life.events)
    (told,) = store(table).standings().agents
    assert (told.id, told.name, told.site, told.works, told.is_blocked) == (
        "id-ann",
        "ann",
        "beijing",
        ("VOICE",),
        True,
    )
    assert (told.queues, told.slots, told.talk_s, told.handled) == (frozenset(life.queues), {"VOICE": 1}, 100.0, 1)
    assert told.tried.keys() == {"english", "after-sales"}


def test_a_batch_writes_each_pack_once_and_a_repetition_none() -> None:
    table, names = FakeDynamo(), [f"agent-{number}" for number in range(40)]
    process, agents = Process(table), signed_in(*names)
    process.batch(*(life.events[0] for life in agents))
    for life in agents:
        life.wait(1).call("c-1")
    later = [event for life in agents for event in life.events[1:]]
    table.calls.clear()
    process.batch(*later)
    assert table.calls == ["PutItem"] * (2 * len(later) + PACKS)
    table.calls.clear()
    process.batch(*later)
    assert len(table.calls) == len(later)  # turns, which are written again; no pack


def test_in_a_long_batch_packs_are_written_every_quarter_of_a_second() -> None:
    table = FakeDynamo()
    process, (life, other) = Process(table), signed_in("ann", "bob")
    process.ingest.take(encoded(life.events[0]))
    assert not store(table).standings().is_packed
    process.clock_s = 0.25
    process.ingest.take(encoded(other.events[0]))
    assert packed(table) == by_items(table)


def test_packs_of_a_tenant_that_had_none_hold_the_agents_of_whom_nothing_new_is_heard() -> None:
    """The first batch after an upgrade makes them of the agents' own items."""
    table = FakeDynamo()
    ann, bob, cat = signed_in("ann", "bob", "cat")
    old = Process(table)
    for life in (ann, bob):
        old.ingest.take(encoded(life.events[0]))
    assert not store(table).standings().is_packed
    Process(table).batch(*cat.events)
    assert len(packed(table)) == 3
    assert packed(table) == by_items(table)


@pytest.mark.parametrize(
    "state",
    [
        b"torn",
        zlib.compress(b"[2,16,0]"),
        zlib.compress(b"[1,8,0]"),
        zlib.compress(b"[1,16,2]\n[]"),
        zlib.compress(b"not JSON"),
        "text",
    ],
)
def test_a_pack_that_is_torn_or_of_another_form_is_not_believed_and_made_anew(state: object) -> None:
    table = FakeDynamo()
    process, agents = Process(table), signed_in("ann", "bob")
    process.batch(*(life.events[0] for life in agents))
    key = standing.pack_key(TENANT, standing.pack_of("id-ann"))
    table.items[key["pk"], key["sk"]] |= encode({"state": state})
    found = store(table).standings()
    assert not found.is_packed
    assert {one.name for one in found.agents} == {"ann", "bob"}
    Process(table).batch(agents[1].beat())
    assert packed(table) == by_items(table)


def test_a_process_that_meets_a_pack_of_another_form_under_its_write_reads_all_of_them_again() -> None:
    table = FakeDynamo()
    process, (life, other) = Process(table), signed_in("ann", "bob")
    process.batch(life.events[0], other.events[0])
    key = standing.pack_key(TENANT, standing.pack_of("id-ann"))
    table.items[key["pk"], key["sk"]] |= encode({"state": b"of tomorrow", "revision": 9})
    process.batch(life.wait(1).beat())
    assert not store(table).standings().is_packed
    process.batch(life.wait(1).beat())
    assert packed(table) == by_items(table)


def test_a_pack_that_vanishes_is_made_anew_with_all_its_agents() -> None:
    table = FakeDynamo()
    process, agents = Process(table), signed_in(*(f"agent-{number}" for number in range(40)))
    process.batch(*(life.events[0] for life in agents))
    key = standing.pack_key(TENANT, standing.pack_of(agents[0].events[0]["AgentARN"].rpartition("/")[2]))
    del table.items[key["pk"], key["sk"]]
    assert not store(table).standings().is_packed
    for _ in range(2):
        process.batch(agents[0].wait(1).beat())
    assert len(packed(table)) == 40


def test_who_is_heard_again_after_the_own_item_expired_counts_from_the_first_copy_on() -> None:
    table = FakeDynamo()
    (life,) = signed_in("ann")
    life.call("c-1")
    Process(table).batch(*life.events)
    key = items.agent_key(TENANT, "id-ann")
    del table.items[key["pk"], key["sk"]]
    Process(table).batch(life.wait(3 * 86_400).login())
    assert packed(table) == by_items(table)


def test_an_agent_of_whom_nothing_is_heard_for_two_days_leaves_the_pack() -> None:
    table = FakeDynamo()
    ann, bob = signed_in("ann", "bob")
    number = standing.pack_of("id-ann")
    assert (PACKS, number) != (1, standing.pack_of("id-bob"))
    Process(table).batch(ann.events[0], bob.events[0])
    late = NOW + timedelta(seconds=items.KEPT_S)
    twin = next(f"twin-{n}" for n in range(999) if standing.pack_of(f"id-twin-{n}") == number)
    fresh = Life(twin, start=late)
    fresh.login()
    Process(table, late).batch(fresh.events[0])
    assert {one.name for one in store(table).standings().agents} == {"bob", twin}


def test_figures_of_the_queues_are_read_with_the_packs() -> None:
    table = FakeDynamo()
    Process(table).batch(*signed_in("ann")[0].events)
    figures = {"english": QueueFigures(waiting=3, oldest_s=40)}
    assert store(table).put_queues(QueuesKept(figures=figures, at=NOW, asked_at=NOW), None) is None
    table.calls.clear()
    found = store(table).standings()
    assert (found.is_packed, found.queues, found.queues_at) == (True, figures, NOW)
    assert table.calls == ["BatchGetItem"]


def test_a_tenant_of_whom_nothing_was_ever_heard_has_no_standings() -> None:
    assert store(FakeDynamo()).standings() == Standings(is_packed=False)


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 4), st.integers(1, 4)), unique=True),
    st.randoms(use_true_random=False),
)
def test_of_copies_of_an_agent_the_one_heard_last_counts_whatever_the_order(
    copies: list[tuple[str, int, int]], chance: random.Random
) -> None:
    heard_ms = int(NOW.timestamp() * 1000)
    rows = [standing.Row(agent_id=one, heard_ms=heard_ms + ms, revision=copy, line="") for one, ms, copy in copies]
    wanted = {one.agent_id: one for one in sorted(rows, key=lambda row: (row.heard_ms, row.revision))}
    chance.shuffle(rows)
    assert standing.joined(standing.joined({}, rows[:2], NOW), rows, NOW) == wanted
