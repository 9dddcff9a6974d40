"""An agent's state: the same whatever is repeated, late or out of order; what is lost is healed by the next event."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.agents import items, policy
from chalicelib.agents.agent_event import parse
from chalicelib.agents.models import CALLS_KEPT, AgentState, House, StatusType
from chalicelib.platform.fields import Unusable
from chalicelib.platform.tenancy import tenant_id
from tests.support.agent_events import START, Event, Life, encoded, lives


def folded(events: list[Event], state: AgentState | None = None) -> AgentState:
    """Take the events in, each at its own instant, as an ingest without delay does."""
    for told in events:
        event = parse(encoded(told))
        state = policy.fold(state, event, event.at, "Site")
    assert state is not None
    return state


def shown(state: AgentState) -> tuple[Any, ...]:
    """Return what the newest snapshot alone tells."""
    return state.heard_at, state.name, state.snapshot, state.site, state.status


@given(lives(), st.randoms())
def test_any_order_and_any_repetition_lead_to_the_state_of_the_right_order(life: Life, rnd: Any) -> None:
    events = [*life.events, *rnd.choices(life.events, k=3)]
    rnd.shuffle(events)
    assert folded(events) == folded(life.events)


@given(lives(), st.data())
def test_a_heartbeat_heals_whatever_was_lost(life: Life, data: st.DataObject) -> None:
    lost = data.draw(st.sets(st.integers(0, len(life.events) - 1)))
    life.wait(120).beat()
    heard = [event for number, event in enumerate(life.events) if number not in lost]
    assert shown(folded(heard)) == shown(folded(life.events))


@given(lives(), st.data())
def test_one_lost_event_is_told_by_the_next_one(life: Life, data: st.DataObject) -> None:
    """Each event carries the snapshot before it, so talk time and contacts survive the loss of any single event."""
    life.wait(1).beat()
    inner = [n for n, event in enumerate(life.events[:-1]) if event["EventType"] == "STATE_CHANGE"]
    lost = data.draw(st.sampled_from(inner)) if inner else None
    heard = [event for number, event in enumerate(life.events) if number != lost]
    whole, partial = folded(life.events), folded(heard)
    assert partial.shift == whole.shift
    assert partial.tried == whole.tried


@settings(max_examples=40)
@given(lives(most=20))
def test_a_state_survives_the_table(life: Life) -> None:
    state = folded(life.events)
    item = items.agent_item(tenant_id("acme"), state, 3)
    assert items.state_of(item) == state
    assert list(items.states_of([item["state"]], {}).values()) == [state]


def test_a_shift_counts_contacts_and_talk_and_begins_with_the_login() -> None:
    life = Life()
    life.login()
    life.wait(60).call("c-1", talk_s=100)
    life.wait(10).call("c-2", talk_s=50.5)
    state = folded(life.events)
    assert (state.shift.whole_handled, state.shift.whole_talk_s) == (2, 150.5)
    assert state.idle_since == life.now
    life.wait(10).logout()
    life.wait(600).login()
    again = folded(life.events)
    assert (again.shift.whole_handled, again.shift.whole_talk_s, again.idle_since) == (0, 0.0, life.now)


@pytest.mark.parametrize("calls", [CALLS_KEPT, CALLS_KEPT + 1, 3 * CALLS_KEPT])
def test_a_long_shift_is_counted_whole_and_stays_small(calls: int) -> None:
    life = Life()
    life.login()
    for number in range(calls):
        life.wait(5).call(f"c-{number}", talk_s=10)
    state = folded(life.events)
    assert (state.shift.whole_handled, state.shift.whole_talk_s) == (calls, 10.0 * calls)
    assert len(state.shift.calls) <= CALLS_KEPT
    assert folded(life.events, state) == state


@settings(max_examples=10)
@given(st.randoms())
def test_neighbours_may_change_places_however_long_the_shift(rnd: Any) -> None:
    life = Life()
    life.login()
    for number in range(2 * CALLS_KEPT):
        life.wait(5).call(f"c-{number}", talk_s=10)
    jumbled = sorted(enumerate(life.events), key=lambda pair: pair[0] + rnd.uniform(0, 8))
    assert folded([event for _, event in jumbled]).shift == folded(life.events).shift


def test_a_missed_offer_was_a_try_and_is_no_contact() -> None:
    life = Life()
    life.login()
    life.wait(5).offer("c-1", "english")
    offered_at = life.now
    life.wait(20).miss()
    life.wait(5).clear()
    state = folded(life.events)
    assert state.tried == {"english": offered_at}
    assert (state.shift.whole_handled, state.idle_since) == (0, START)


def test_a_call_that_goes_on_is_not_yet_talk_time() -> None:
    life = Life()
    life.login()
    life.wait(5).offer("c-1")
    life.wait(2).accept()
    assert folded(life.events).shift.whole_talk_s == 0
    assert folded(life.events).shift.whole_handled == 1


def test_events_of_one_millisecond_count_in_the_order_in_which_they_come_and_once() -> None:
    life = Life()
    life.login()
    life.offer("c-1")
    life.accept()
    state = folded([*life.events, life.events[0], life.events[1]])
    assert state.snapshot is not None
    assert [work.state for work in state.snapshot.works] == ["CONNECTED"]


def test_a_seat_is_held_from_the_first_status_that_is_not_offline() -> None:
    life = Life()
    life.login("Offline")
    assert folded(life.events).seat_since is None
    life.wait(60).choose("Available")
    taken_at = life.now
    life.wait(60).choose("Lunch")
    assert folded(life.events).seat_since == taken_at
    life.wait(60).choose("Offline")
    assert folded(life.events).seat_since is None


def test_silence_is_no_age_for_two_minutes_and_a_late_event_is() -> None:
    life = Life()
    life.login()
    state = folded(life.events)
    for silent_s, age_s in ((0, 0), (119, 0), (120, 0), (150, 30)):
        now = START + timedelta(seconds=silent_s)
        known = House(agents=(state,)).known_at(now)
        assert known is not None
        assert (now - known).total_seconds() == age_s
    late = policy.fold(None, parse(encoded(life.events[0])), START + timedelta(seconds=40), "Site")
    assert House(agents=(late,)).known_at(START + timedelta(seconds=41)) == START
    assert House().known_at(START) is None


def test_the_ceiling_refuses_the_last_who_came_and_forgets_who_left_without_a_word() -> None:
    states = []
    for number, name in enumerate(["zoe", "ann", "mia"]):
        life = Life(name, start=START + timedelta(seconds=number))
        life.login()
        states.append(folded(life.events))
    now = START + timedelta(seconds=10)
    assert [one.name for one in policy.beyond(states, 2, now)] == ["mia"]
    assert policy.beyond(states, 3, now) == []
    later = START + timedelta(seconds=301)
    assert [one.name for one in policy.seated(states, later)] == ["ann", "mia"]


def test_of_two_who_came_at_one_instant_the_same_one_is_refused_in_any_order() -> None:
    states = [folded([Life(name).login()]) for name in ("zoe", "ann")]
    assert policy.beyond(states, 1, START) == policy.beyond(states[::-1], 1, START)


def test_changes_of_status_are_told_once_and_a_lost_one_by_the_event_after_it() -> None:
    life = Life()
    life.login()
    life.wait(60).choose("Lunch")
    life.wait(60).choose("Available")
    first, lunch, back = (parse(encoded(event)) for event in life.events)
    state = folded(life.events[:1])
    assert [one.status for one in policy.status_changes(first, None)] == ["Available"]
    assert [one.status for one in policy.status_changes(lunch, state)] == ["Lunch"]
    healed = list(policy.status_changes(back, state))
    assert [(one.status, one.at) for one in healed] == [("Lunch", lunch.at), ("Available", back.at)]
    assert list(policy.status_changes(first, state)) == []


def test_a_logout_without_a_snapshot_signs_the_agent_out() -> None:
    life = Life()
    life.login()
    out = {**life.wait(60).logout(), "CurrentAgentSnapshot": None}
    event = parse(encoded(out))
    state = policy.fold(folded(life.events[:1]), event, event.at, "Site")
    assert (state.status, state.seat_since, state.name) == (None, None, "ann")
    (change,) = policy.status_changes(event, folded(life.events[:1]))
    assert (change.status, change.type, change.at) == ("signed-out", StatusType.OFFLINE, event.at)


@pytest.mark.parametrize(
    ("spoilt", "field"),
    [
        (b"{", "$"),
        (b"[]", "$"),
        (json.dumps({**Life().login(), "EventId": None}).encode(), "EventId"),
        (json.dumps({**Life().login(), "AgentARN": "arn:nobody"}).encode(), "AgentARN"),
        (json.dumps({**Life().login(), "EventTimestamp": "yesterday"}).encode(), "EventTimestamp"),
        (json.dumps({**Life().login(), "CurrentAgentSnapshot": {"Contacts": 3}}).encode(), "Username"),
    ],
)
def test_an_event_that_cannot_be_used_names_its_field(spoilt: bytes, field: str) -> None:
    with pytest.raises(Unusable) as refusal:
        parse(spoilt)
    assert field in str(refusal.value.facts["field"])


def test_an_unknown_type_of_status_offers_nothing_but_holds_a_seat() -> None:
    told = Life().login()
    told["CurrentAgentSnapshot"]["AgentStatus"]["Type"] = "NOVEL"
    status = folded([told]).status
    assert status is not None
    assert status.type is StatusType.CUSTOM
