"""From place to place: what a contact carries, and that every walk through a decision's places comes to an end."""

import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.routing import hops, policy
from chalicelib.routing.models import Reason, TargetKind
from tests.support.routing_plans import FULL, NOW, caller, contact, planned

PLACES = st.tuples(st.sampled_from(["queue", "outside", "ivr"]), st.sampled_from(["a", "b-c", "+8613800138000"]))


@given(st.lists(PLACES, max_size=6), PLACES)
def test_a_place_is_added_once_at_the_end_and_the_order_is_kept(
    before: list[tuple[str, str]], new: tuple[str, str]
) -> None:
    text = " ".join(f"{kind}:{name}" for kind, name in dict.fromkeys(before))
    after = hops.places(hops.with_place(text, new))
    assert after == tuple(dict.fromkeys((*before, new)))
    assert hops.with_place(hops.with_place(text, new), new) == hops.with_place(text, new)


@pytest.mark.parametrize("text", [None, "", "none", "queue: :x word"])
def test_what_is_no_place_is_left_out(text: str | None) -> None:
    assert hops.places(text) == ()


@pytest.mark.parametrize(
    ("since", "timeout_s", "stays"),
    [
        (NOW.isoformat(), "60", True),
        ((NOW - timedelta(seconds=59.9)).isoformat(), "60", True),
        ((NOW - timedelta(seconds=60)).isoformat(), "60", False),
        ("2026-03-02T00:58:00.000Z", "60", False),
        (None, "60", True),
        ("2026-03-02T00:58:00.000Z", None, True),
        ("2026-03-02T00:58:00.000Z", "none", True),
        ("yesterday", "60", True),
        ("2026-03-02T00:58:00", "60", True),
    ],
)
def test_a_contact_stays_until_its_time_is_over_and_for_ever_when_that_is_not_known(
    since: str | None, timeout_s: str | None, *, stays: bool
) -> None:
    assert hops.stays(since, timeout_s, NOW) is stays


def test_criteria_are_lifted_by_asking_their_first_step_for_one_more_second() -> None:
    first = {"Expression": {"AttributeCondition": {"Name": "Site"}}, "Expiry": {"DurationInSeconds": 40}}
    lifted = hops.lifted(("none", json.dumps({"Steps": [first, {"Expression": {}}]})))
    assert lifted is not None
    assert json.loads(lifted) == {"Steps": [{**first, "Expiry": {"DurationInSeconds": 1}}]}
    assert hops.lifted((None, "none")) is None


@settings(max_examples=60)
@given(
    number=st.sampled_from([None, "+862155550000", "+861065550000", "+14155550123"]),
    grade=st.sampled_from([None, "gold", "silver"]),
    menu=st.sampled_from([None, "1", "2", "3"]),
    line=st.sampled_from(["after-sales", "telesales"]),
    hours=st.integers(0, 47),
    in_queue_flow=st.booleans(),
)
def test_a_walk_from_place_to_place_never_comes_back_and_ends_in_the_last_resort(
    number: str | None, grade: str | None, menu: str | None, line: str, hours: int, *, in_queue_flow: bool
) -> None:
    """ACD-16: asked again with the places tried, the engine leads through each place once, and on."""
    tenant, now = planned(FULL), NOW - timedelta(hours=hours)
    tried = ""
    for _ in range(20):
        facts = contact(
            tenant, line=line, menu_choice=menu, tried=frozenset(hops.places(tried)), in_queue_flow=in_queue_flow
        )
        first = policy.decide(facts, tenant, caller(number, grade=grade), now).targets[0]
        if first.reason is Reason.NOBODY_ANSWERED:
            break
        assert not (in_queue_flow and first.kind is TargetKind.IVR)
        assert first.place not in hops.places(tried)
        tried = hops.with_place(tried, first.place)
    else:
        pytest.fail(f"no end after {tried}")
