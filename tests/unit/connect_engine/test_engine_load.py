"""The quota of concurrent calls: what is refused, and what counts as a call (reference 13.1)."""

import pytest

from localstack.connect.engine.contact import Contact
from localstack.connect.engine.parts import State
from localstack.connect.engine.plan import CallPlan
from tests.support.conference_floor import Table, at
from tests.support.connect_world import CALLER, NUMBER, Small, kinds, one_queue, staff


def refused(contact: Contact) -> bool:
    return contact.state is State.ENDED and kinds(contact) == ["refused"]


def full(limit: int = 2) -> tuple[Small, list[Contact]]:
    small = one_queue()
    small.world.load.limit = limit
    return small, [small.call(at=at(n)) for n in range(3)]


def test_a_call_beyond_the_quota_is_refused_and_leaves_no_record() -> None:
    small, calls = full()
    small.run(until=at(10))
    assert [refused(one) for one in calls] == [False, False, True]
    assert small.world.load.breaches[small.instance.id] == 1
    for one in calls[:2]:
        small.world.hang_up(one)
    small.run()
    assert calls[2].id not in {record["ContactId"] for record in small.cloud.records}
    assert small.timeline_is_empty()


def test_a_call_that_ends_makes_room_for_the_next() -> None:
    small, calls = full()
    small.run(until=at(10))
    small.world.hang_up(calls[0])
    later = small.call()
    small.run(until=at(20))
    assert not refused(later)


def test_without_the_switch_any_number_of_calls_is_taken() -> None:
    small = one_queue()
    calls = [small.call() for _ in range(30)]
    small.run(until=at(10))
    assert all(one.waiting for one in calls)


def test_a_queue_without_a_limit_of_its_own_takes_as_many_as_the_quota() -> None:
    small, _ = full(limit=3)
    assert small.world.load.queue_limit() == 3
    small.world.load.limit = None
    assert small.world.load.queue_limit() == small.world.settings.queue_limit


def test_an_agent_cannot_dial_when_all_lines_are_in_use() -> None:
    small, _ = full(limit=2)
    small.run(until=at(10))
    (agent,) = staff(small, "li.na", person=True, status="Lunch")
    with pytest.raises(ValueError, match="all lines"):
        small.world.dialing.by_agent(agent, CallPlan(to=NUMBER, caller=CALLER))


def test_all_contacts_of_one_call_count_once() -> None:
    table = Table()
    table.add("anna", "bob")
    assert table.world.load.calls(table.small.instance) == 1


def test_calls_that_begin_faster_than_they_may_are_throttled() -> None:
    small = one_queue()
    small.world.load.per_s = 2
    calls = [small.call(at=at(seconds)) for seconds in (0.0, 0.5, 0.9, 1.0, 1.2, 3.0)]
    small.run(until=at(70))
    assert [refused(one) for one in calls] == [False, False, True, False, True, False]
    (datum,) = [one for one in small.cloud.data if one.name == "ThrottledCalls"]
    assert datum.value == 2.0
    assert dict(datum.dimensions)["MetricGroup"] == "VoiceCalls"
