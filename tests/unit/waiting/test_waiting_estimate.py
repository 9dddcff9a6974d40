"""The estimated wait: the formula, the pace it is taken from, and what the queue flow is answered."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.metrics import store
from chalicelib.metrics.models import Booking, Slot
from chalicelib.platform.dynamo import Transaction
from chalicelib.platform.flow_door import ContactFlowEvent, parse
from chalicelib.waiting import flow, policy
from chalicelib.waiting.models import Pace, Place
from chalicelib.waiting.service import Estimates, EstimateUnknown
from tests.support.fake_dynamo import FakeDynamo
from tests.support.tenants import tenant

HR = tenant("hrgroup")
NOW = datetime(2026, 3, 2, 0, 10, tzinfo=UTC)
"""Ten past midnight of UTC: the hour before lies in two partitions."""
BUSY = {
    "handled": 10,
    "talk_s": 1_500,
    "hold_s": 100,
    "acw_s": 400,
    "wait_s": 1_500,
    "abandon_wait_s": 500,
    "abandoned": 5,
}

paces = st.builds(Pace, handle_s=st.floats(1, 3_600), leaving_per_s=st.floats(0, 0.1))
places = st.builds(Place, queue=st.just("q"), position=st.integers(1, 200), agents=st.integers(1, 500))


def test_with_endless_patience_the_wait_is_place_times_handling_time_by_agents() -> None:
    place = Place(queue="q", position=6, agents=4)
    assert policy.expected_wait_s(place, Pace(handle_s=120, leaving_per_s=0)) == pytest.approx(6 * 120 / 4)


def test_those_ahead_who_give_up_make_the_wait_shorter() -> None:
    """n = 2, h = 100 s, mean patience 200 s, two ahead: 1/0.02 + 1/0.025 + 1/0.03."""
    place = Place(queue="q", position=3, agents=2)
    assert policy.expected_wait_s(place, Pace(handle_s=100, leaving_per_s=0.005)) == pytest.approx(50 + 40 + 100 / 3)


@given(places, paces)
def test_a_place_further_back_never_waits_less_and_another_agent_never_lengthens_it(place: Place, pace: Pace) -> None:
    here = policy.expected_wait_s(place, pace)
    behind = policy.expected_wait_s(Place(queue="q", position=place.position + 1, agents=place.agents), pace)
    helped = policy.expected_wait_s(Place(queue="q", position=place.position, agents=place.agents + 1), pace)
    patient = policy.expected_wait_s(place, Pace(handle_s=pace.handle_s, leaving_per_s=0))
    assert here is not None
    assert behind is not None
    assert helped is not None
    assert patient is not None
    assert 0 < helped < here < behind
    assert here <= patient * (1 + 1e-9)


def test_nothing_is_said_without_agents_or_without_a_finished_contact() -> None:
    assert policy.expected_wait_s(Place(queue="q", position=1, agents=0), Pace(handle_s=60, leaving_per_s=0)) is None
    assert policy.pace({"answered": 4, "wait_s": 90}) is None
    assert policy.pace({"talk_s": 300, "wait_s": 90}) is None, "work on contacts that go on is no pace"


def test_the_pace_is_work_by_contact_and_giving_up_by_time_waited() -> None:
    assert policy.pace(BUSY) == Pace(handle_s=200, leaving_per_s=5 / 2_000)


def test_callers_whom_the_system_dropped_did_not_give_up() -> None:
    assert policy.pace(BUSY | {"dropped": 5}) == Pace(handle_s=200, leaving_per_s=0)


def estimates(*bookings: Booking) -> Estimates:
    client = FakeDynamo()
    for booking in bookings:
        write = Transaction(client)
        write.add("count", store.addition(HR.id, "table", booking))
        write.commit()
    return Estimates(store.Counters(client, "table"), HR, lambda: NOW)


def booking(ago: timedelta, queue: str = "english", **counters: int) -> Booking:
    start = NOW.replace(minute=0) - ago
    return Booking(slot=Slot(start=start, line="after-sales", queue=queue), counters={**BUSY, **counters})


def asked(**parameters: str) -> ContactFlowEvent:
    return ContactFlowEvent(parameters={"queue": "english", "position": "2", "agents": "4", **parameters})


def test_the_flow_hears_the_wait_by_the_queues_own_pace_across_midnight() -> None:
    service = estimates(
        booking(timedelta(minutes=45)), booking(timedelta(0)), booking(timedelta(0), "telesales", talk_s=9)
    )
    expected = 1 / 0.02 + 1 / (0.02 + 0.0025)
    assert service.wait_s(Place(queue="english", position=2, agents=4)) == pytest.approx(expected)
    assert flow.handle(asked(), service) == {"waitSeconds": "95"}


def test_the_place_may_arrive_as_numbers() -> None:
    """So metrics of a queue reach a function when the flow hands them on as they are."""
    event = parse({"Details": {"Parameters": {"queue": "english", "position": 1, "agents": 4}}})
    assert flow.handle(event, estimates(booking(timedelta(0)))) == {"waitSeconds": "50"}


def test_what_happened_longer_than_an_hour_ago_says_nothing() -> None:
    service = estimates(booking(timedelta(hours=2)))
    with pytest.raises(EstimateUnknown):
        service.wait_s(Place(queue="english", position=1, agents=1))
    assert flow.handle(asked(), service) == {"waitSeconds": "none"}


@pytest.mark.parametrize("odd", [{"queue": "aside"}, {"position": "first"}, {"agents": ""}, {"position": "999999"}])
def test_a_flow_that_asks_for_no_place_of_ours_is_told_that_nothing_is_known(odd: dict[str, str]) -> None:
    assert flow.handle(asked(**odd), estimates(booking(timedelta(0)))) == {"waitSeconds": "none"}
