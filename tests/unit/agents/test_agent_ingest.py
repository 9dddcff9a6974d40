"""Taking in agent events: the same table whatever is repeated, late or interrupted, and never more seats than sold."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.agents.activity_store import Turns
from chalicelib.agents.events import batches_of
from chalicelib.agents.ingest import Effect, Ingest
from chalicelib.agents.models import AgentState
from chalicelib.agents.store import Agents
from chalicelib.platform.errors import Throttled
from chalicelib.platform.fields import Unusable
from chalicelib.platform.tenancy import tenant_id
from chalicelib.tenancy.models import Seats
from tests.support.agent_events import INSTANCE_ARN, START, Event, Life, encoded, lives
from tests.support.contact_records import batch
from tests.support.fake_dynamo import FakeDynamo, failure

SEATS = Seats(contracted=1, designed=2, burst=2)


class FakeDesk:
    def __init__(self, *, busy: int = 0) -> None:
        self.signed_off: list[str] = []
        self.busy = busy

    def sign_off(self, agent: AgentState, now: datetime) -> None:
        del now
        if self.busy:
            self.busy -= 1
            raise Throttled("sign an agent off: busy")
        self.signed_off.append(agent.name)


class FakeQueue:
    def __init__(self) -> None:
        self.bodies: list[str] = []

    def send_message(self, **request: Any) -> dict[str, Any]:
        self.bodies.append(request["MessageBody"])
        return {}


def store(table: FakeDynamo) -> Agents:
    return Agents(table, "table", tenant_id("acme"), 365)


def turns(table: FakeDynamo) -> Turns:
    return Turns(table, "table", tenant_id("acme"), 365)


def ingest(
    table: FakeDynamo, desk: FakeDesk | None = None, now: Callable[[], datetime] = lambda: START, **more: Any
) -> Ingest:
    facts = {"seats": SEATS, "site_attribute": "Site", "instance_arn": INSTANCE_ARN, **more}
    return Ingest(store=store(table), turns=turns(table), desk=desk or FakeDesk(), now=now, **facts)


def taken(service: Ingest, *events: Event) -> list[Effect]:
    return [service.take(encoded(event)) for event in events]


@settings(max_examples=40)
@given(lives(), lives(name="bob"), st.randoms())
def test_the_table_is_the_same_after_any_order_repetition_and_change_of_process(one: Life, two: Life, rnd: Any) -> None:
    inorder, jumbled = FakeDynamo(), FakeDynamo()
    events = [*one.events, *two.events]
    taken(ingest(inorder), *events)
    again = [*events, *rnd.choices(events, k=4)]
    rnd.shuffle(again)
    processes = [ingest(jumbled) for _ in range(3)]
    for event in again:
        taken(rnd.choice(processes), event)
    assert store(jumbled).house() == store(inorder).house()
    days = {event["EventTimestamp"][:10] for event in events}
    assert [list(store(jumbled).changes(day)) for day in days] == [list(store(inorder).changes(day)) for day in days]
    assert [list(turns(jumbled).of_day(day)) for day in days] == [list(turns(inorder).of_day(day)) for day in days]


@settings(max_examples=20)
@given(lives(), lives(name="bob"), st.randoms())
def test_who_reads_again_and_again_sees_what_one_sees_who_reads_once(one: Life, two: Life, rnd: Any) -> None:
    table = FakeDynamo()
    service, patient = ingest(table), store(table)
    events = [*one.events, *two.events]
    rnd.shuffle(events)
    for event in events:
        service.take(encoded(event))
        if rnd.random() < 0.5:
            assert patient.house() == store(table).house()


def test_a_process_that_knows_an_agent_writes_each_event_once_and_reads_nothing() -> None:
    table, life = FakeDynamo(), Life()
    life.login()
    life.wait(5).call("c-1")
    service = ingest(table)
    service.take(encoded(life.events[0]))
    table.calls.clear()
    assert set(taken(service, *life.events[1:])) == {Effect.TAKEN}
    assert table.calls == ["PutItem"] * 8  # four events: the agent's state, and what the agent turned to


def test_what_is_known_already_costs_nothing() -> None:
    table, life = FakeDynamo(), Life()
    life.login()
    service = ingest(table)
    taken(service, *life.events)
    table.calls.clear()
    assert service.take(encoded(life.beat())) is Effect.TAKEN
    assert service.take(encoded(life.events[-1])) is Effect.KNOWN
    assert table.calls == ["PutItem"]
    kept = dict(table.items)
    assert taken(service, *life.events) == [Effect.KNOWN] * 2
    assert table.items == kept


def test_a_crash_between_the_change_of_status_and_the_state_loses_neither() -> None:
    life, puts = Life(), [0]
    life.login()

    def third_put_fails(operation: str) -> None:
        puts[0] += operation == "PutItem"
        if puts[0] == 3:
            raise failure("InternalServerError")

    table = FakeDynamo(third_put_fails)
    service = ingest(table)
    queue = FakeQueue()
    assert batches_of(service, queue, "dlq").handle(batch([encoded(life.events[0])]), lambda: 60.0)["batchItemFailures"]
    assert service.take(encoded(life.events[0])) is Effect.TAKEN
    assert [change.status for change in store(table).changes("2026-03-02")] == ["Available"]
    assert len(store(table).house().agents) == 1


def test_poison_is_kept_and_holds_nothing_up() -> None:
    table, queue, life = FakeDynamo(), FakeQueue(), Life()
    life.login()
    answer = batches_of(ingest(table), queue, "dlq").handle(batch([b"not JSON", encoded(life.events[0])]), lambda: 60.0)
    assert answer == {"batchItemFailures": []}
    assert len(store(table).house().agents) == 1
    (body,) = queue.bodies
    assert '"kind": "agent-event"' in body


def test_an_event_of_another_instance_is_poison() -> None:
    with pytest.raises(Unusable) as refusal:
        ingest(FakeDynamo(), instance_arn="arn:another").take(encoded(Life().login()))
    assert refusal.value.facts["field"] == "InstanceARN"


def arrivals(*names: str) -> list[Event]:
    """Return the sign-ins of these agents, a second apart."""
    return [Life(name, start=START + timedelta(seconds=number)).login() for number, name in enumerate(names)]


def test_whoever_comes_beyond_the_ceiling_is_signed_off_and_a_free_seat_is_given_again() -> None:
    table, desk = FakeDynamo(), FakeDesk()
    service = ingest(table, desk, now=lambda: START + timedelta(seconds=60))
    effects = taken(service, *arrivals("ann", "bob", "cat"))
    assert effects == [Effect.TAKEN, Effect.TAKEN, Effect.REFUSED]
    assert desk.signed_off == ["cat"]
    leaving = Life("ann", start=START + timedelta(seconds=20))
    leaving.login()
    away = Life("cat", start=START + timedelta(seconds=30))
    taken(service, leaving.wait(1).logout(), away.logout())
    assert taken(service, Life("dan", start=START + timedelta(seconds=50)).login()) == [Effect.TAKEN]
    assert desk.signed_off == ["cat"]


def test_a_refusal_that_amazon_connect_had_no_time_for_comes_again() -> None:
    table, desk = FakeDynamo(), FakeDesk(busy=1)
    service = ingest(table, desk)
    first, second, third = arrivals("ann", "bob", "cat")
    taken(service, first, second)
    with pytest.raises(Throttled):
        service.take(encoded(third))
    assert service.take(encoded(third)) is Effect.REFUSED
    assert desk.signed_off == ["cat"]


@settings(max_examples=25)
@given(st.permutations(range(6)), st.randoms())
def test_in_whatever_order_sign_ins_are_heard_no_more_than_the_ceiling_stay(order: list[int], rnd: Any) -> None:
    """Several processes; each refusal answers with the LOGOUT of the refused, as Amazon Connect does."""
    table, desk = FakeDynamo(), FakeDesk()
    now = START + timedelta(seconds=60)
    processes = [ingest(table, desk, now=lambda: now) for _ in range(3)]
    agents = [Life(f"agent-{number}", start=START + timedelta(seconds=number)) for number in range(6)]
    logins = [life.login() for life in agents]
    for number in order:
        taken(rnd.choice(processes), logins[number])
        for name in set(desk.signed_off):
            (life,) = (one for one in agents if one.name == name)
            if life.status is not None and life.status[1] != "OFFLINE":
                taken(rnd.choice(processes), life.wait(30).logout())
    seated = [one for one in store(table).house().agents if one.seat_since is not None]
    assert len(seated) == SEATS.burst
