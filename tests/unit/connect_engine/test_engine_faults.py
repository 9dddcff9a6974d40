"""Faults of delivery: what they may do to each kind of message, and what they never do."""

import itertools
import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localstack.connect.engine.faults import BEST_EFFORT, KINDS, REPEATED, SPELLINGS, Faults, odd
from localstack.connect.engine.outbox import Outbox
from localstack.connect.engine.ports import Place, StoredObject
from tests.support.connect_ports import AGENT_EVENTS, RECORDS
from tests.support.connect_world import Small, action, one_queue, staff, to_queue
from tests.support.schema_checks import complaint

PLACE = Place("000000000000", "us-east-1")
LONGEST_S = 900.0

shares = st.sampled_from([0.0, 0.3, 1.0])
any_faults = st.builds(
    Faults,
    duplicate_share=shares,
    loss_share=shares,
    shuffle=st.booleans(),
    delays_s=st.dictionaries(st.sampled_from(KINDS), st.floats(0, LONGEST_S), max_size=len(KINDS)),
)


class Sent:
    """So many messages of each kind, sent through an outbox with faults, one every second."""

    def __init__(self, faults: Faults, count: int, seed: int, refusals: int = 0) -> None:
        self.small = Small()
        self.small.cloud.real, self.small.cloud.refusals = False, refusals
        self.count = count
        timeline = self.small.world.timeline
        self.outbox = Outbox(self.small.world.ports, faults, random.Random(seed), timeline)  # noqa: S311  not a secret
        for n in range(count):
            timeline.after(n, lambda n=n: self._send(n))
        while timeline.head() is not None:
            timeline.fire()
        while self.outbox.flush():
            pass

    def _send(self, n: int) -> None:
        self.outbox.record(PLACE, RECORDS, "k", {"n": n})
        self.outbox.record(PLACE, AGENT_EVENTS, "k", {"n": n}, "agent-events")
        self.outbox.event(PLACE, {"n": n})
        self.outbox.store(PLACE, StoredObject("b", str(n), b"", "text/plain"))
        self.outbox.line(PLACE, "g", 0, f'{{"n": {n}}}')

    @property
    def arrived(self) -> dict[str, Counter[int]]:
        cloud = self.small.cloud
        return {
            "records": Counter(one["n"] for one in cloud.records),
            "agent-events": Counter(one["n"] for one in cloud.agent_events),
            "contact-events": Counter(one["n"] for one in cloud.events),
            "flow-logs": Counter(one["n"] for one in cloud.lines),
            "recordings": Counter(int(key.rpartition("/")[2]) for key in cloud.objects),
        }


@settings(max_examples=60)
@given(faults=any_faults, count=st.integers(0, 30), seed=st.integers(0, 9), refusals=st.integers(0, 4))
def test_only_best_effort_kinds_are_ever_lost_and_nothing_comes_more_than_twice(
    faults: Faults, count: int, seed: int, refusals: int
) -> None:
    sent = Sent(faults, count, seed, refusals)
    assert sent.arrived.keys() == set(KINDS)
    for kind, arrived in sent.arrived.items():
        assert set(arrived) <= set(range(count))
        if kind not in BEST_EFFORT:
            assert set(arrived) == set(range(count)), kind
        most = 2 if kind in REPEATED and faults.duplicate_share else 1
        assert all(times <= most for times in arrived.values())
        if faults.duplicate_share == 1 and kind in REPEATED:
            assert all(times == 2 for times in arrived.values())
    outbox = sent.outbox
    assert (outbox.waiting, outbox.lost) == (0, 0)
    assert outbox.delivered == sum(sum(arrived.values()) for arrived in sent.arrived.values())
    assert outbox.dropped == sum(count - len(sent.arrived[kind]) for kind in BEST_EFFORT)


@settings(max_examples=20)
@given(faults=any_faults, seed=st.integers(0, 9))
def test_the_same_seed_makes_the_same_faults(faults: Faults, seed: int) -> None:
    first, again = Sent(faults, 20, seed).small.cloud, Sent(faults, 20, seed).small.cloud
    assert (first.raw, first.events, first.lines) == (again.raw, again.events, again.lines)


def test_a_delay_keeps_the_world_busy_until_the_last_message_is_due() -> None:
    small = one_queue(faults=Faults(delays_s={"records": LONGEST_S}))
    staff(small, "li.na")
    contact = small.call()
    small.run()
    assert small.timeline_is_empty()
    assert small.record_of(contact)["ContactId"] == contact.id
    assert contact.disconnected_at is not None
    assert 0 < (small.world.now - contact.disconnected_at).total_seconds() <= LONGEST_S + 60


def test_what_is_delayed_leaves_at_once_when_the_clock_is_about_to_be_set() -> None:
    small = one_queue(faults=Faults(delays_s={"agent-events": LONGEST_S}))
    staff(small, "li.na")
    small.world.floor.sign_out_all()
    assert small.world.outbox.waiting == 2
    small.world.outbox.hurry()
    small.world.outbox.flush()
    assert [event["EventType"] for event in small.cloud.agent_events] == ["LOGIN", "LOGOUT"]
    assert small.world.timeline.idle


def test_agent_events_may_come_in_disorder_and_their_times_put_them_right() -> None:
    small = one_queue(faults=Faults(duplicate_share=0.5, delays_s={"agent-events": LONGEST_S}))
    staff(small, "li.na", talk_s=20, acw_s=5)
    for _ in range(8):
        small.call()
    small.run()
    small.world.floor.sign_out_all()
    small.world.outbox.hurry()
    small.world.outbox.flush()
    arrived = small.cloud.agent_events
    once = {event["EventId"]: event for event in arrived}
    assert len(once) < len(arrived)
    assert all(once[event["EventId"]] == event for event in arrived)
    moments = [event["EventTimestamp"] for event in arrived]
    assert moments != sorted(moments)
    order = sorted(once.values(), key=lambda event: event["EventTimestamp"])
    for before, after in itertools.pairwise(order):
        if before["EventTimestamp"] < after["EventTimestamp"]:
            assert after["PreviousAgentSnapshot"] is not None


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_contact_events_call_themselves_as_the_setting_says(spelling: str) -> None:
    small = one_queue(contact_event_detail_type=spelling)
    small.call(patience_s=5)
    small.run()
    assert {event["detail-type"] for event in small.cloud.events} == {spelling}


def test_odd_events_are_those_that_a_reader_must_take() -> None:
    small = one_queue(faults=Faults(odd_share=1.0))
    small.cloud.odd = True
    staff(small, "li.na")
    small.call()
    small.run()
    assert len(small.cloud.events) == 5
    assert any(complaint("contact_event", event) for event in small.cloud.events)


@given(seed=st.integers(0, 999))
def test_an_odd_event_tells_of_the_same_contact(seed: int) -> None:
    small = Small()
    loud = action("tag", "TagContact", {"Tags": {"case": "7"}}, "set", errors={"NoMatchingError": "set"})
    small.queue("support")
    small.number(small.flow("main", loud, *to_queue("support")))
    small.call(patience_s=5)
    small.run()
    for event in small.cloud.events:
        changed = odd(event, random.Random(seed))  # noqa: S311  not a secret
        detail: dict[str, Any] = {key[:1].lower() + key[1:]: value for key, value in changed["detail"].items()}
        assert changed["id"] == event["id"]
        assert detail["contactId"] == event["detail"]["contactId"]
        assert detail["tags"] == event["detail"]["tags"]
        assert complaint("contact_event_tolerant", changed) == ""
