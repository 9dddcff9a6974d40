"""Promises come from sums; and nobody is told of a dependency or a limit that only flickers."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.reliability import policy
from chalicelib.reliability.models import Check, Look, Measure, Scope, State, Terms, Usage
from chalicelib.reliability.service import decisions_problem

AT = datetime(2026, 3, 2, tzinfo=UTC)
EVERY = timedelta(minutes=5)
OBJECTIVES = {
    Measure.AVAILABILITY: 0.99,
    Measure.RESPONSE: 0.99,
    Measure.CONNECTION_FAILURES: 0.02,
    Measure.VOICE_QUALITY: 3.6,
}
TERMS = Terms(
    objectives=OBJECTIVES, carriers=(), sites=(), quotas={"users": 100}, warn_share=0.8, clear_share=0.7
)  # fmt: skip
COUNTERS = {
    "accepted": 200, "dropped": 1, "degraded": 4, "line_failures": 4, "handled": 100,
    "voice_rated": 10, "voice_score": 3_600, "agent_voice_rated": 10, "agent_voice_score": 3_590,
}  # fmt: skip


def test_a_carrier_is_judged_by_calls_and_the_customers_end_and_exactly_the_promise_is_kept() -> None:
    found = {one.measure: one for one in policy.of_counters(Scope.CARRIER, "unicom", OBJECTIVES, COUNTERS)}
    assert found.keys() == set(Measure)
    assert (found[Measure.AVAILABILITY].value, found[Measure.AVAILABILITY].met) == (0.995, True)
    assert (found[Measure.RESPONSE].value, found[Measure.RESPONSE].met) == (0.98, False)
    assert (found[Measure.CONNECTION_FAILURES].value, found[Measure.CONNECTION_FAILURES].met) == (0.02, True)
    assert (found[Measure.VOICE_QUALITY].value, found[Measure.VOICE_QUALITY].met) == (3.6, True)


def test_a_site_is_judged_by_what_its_agents_handled_and_heard() -> None:
    found = policy.of_counters(Scope.SITE, "south", OBJECTIVES, COUNTERS)
    assert [(one.measure, one.value, one.met) for one in found] == [
        (Measure.CONNECTION_FAILURES, 0.04, False),
        (Measure.VOICE_QUALITY, 3.59, False),
    ]


def test_where_nothing_was_measured_nothing_is_judged() -> None:
    for scope in Scope:
        found = policy.of_counters(scope, "x", OBJECTIVES, {})
        assert found
        assert {(one.value, one.met) for one in found} == {(None, None)}
    assert policy.availability("x", OBJECTIVES, [], AT, EVERY).value is None


def looks(ups: list[bool | None]) -> list[Look]:
    """Return a look each five minutes; None: there was none."""
    return [Look(at=AT + n * EVERY, checks=(Check(name="table", ok=up),)) for n, up in enumerate(ups) if up is not None]


@given(st.lists(st.sampled_from([True, False, None]), min_size=1, max_size=60))
def test_availability_is_the_share_of_five_minutes_at_which_everything_answered_and_somebody_could_say_so(
    ups: list[bool | None],
) -> None:
    while ups and ups[0] is None:
        ups = ups[1:]
    found = policy.availability("x", OBJECTIVES, looks(ups), AT + len(ups) * EVERY, EVERY)
    assert (found.good, found.total) == (sum(up is True for up in ups), len(ups))


def states(answers: list[bool]) -> list[State]:
    """Return the state of one dependency after each look."""
    before: Look | None = None
    found = []
    for n, ok in enumerate(answers):
        checks = policy.followed([Check(name="table", ok=ok)], before)
        before = Look(at=AT + n * EVERY, checks=checks)
        found.append(checks[0].state)
    return found


def test_a_single_look_without_an_answer_tells_nobody_and_a_second_one_does() -> None:
    assert states([True, False, True, False, False, True, True]) == [
        *(State.OK, State.SHAKY, State.SHAKY, State.SHAKY, State.DOWN, State.DOWN, State.OK)
    ]


@given(st.lists(st.booleans(), min_size=2, max_size=80))
def test_a_dependency_goes_down_and_up_only_after_two_looks_that_agree(answers: list[bool]) -> None:
    found = states(answers)
    for n in range(1, len(answers)):
        if found[n - 1] is not State.DOWN and found[n] is State.DOWN:
            assert answers[n - 1 : n + 1] == [False, False]
        if found[n - 1] is State.DOWN and found[n] is not State.DOWN:
            assert answers[n - 1 : n + 1] == [True, True]
        if answers[n - 1] == answers[n]:
            assert found[n] is (State.OK if answers[n] else State.DOWN)


def standings(used: list[int]) -> list[State]:
    before: Look | None = None
    found = []
    for n, count in enumerate(used):
        usages = policy.measured([Usage(name="users", used=count, quota=100)], before, TERMS)
        before = Look(at=AT + n * EVERY, usages=usages)
        found.append(usages[0].state)
    return found


def test_a_limit_is_warned_of_from_its_share_on_until_it_is_well_below_it_again() -> None:
    assert standings([79, 80, 79, 70, 69, 79, 99, 100, 75, 60]) == [
        *(State.OK, State.NEAR, State.NEAR, State.NEAR, State.OK, State.OK, State.NEAR, State.REACHED, State.NEAR),
        State.OK,
    ]


@given(st.lists(st.integers(0, 120), min_size=1, max_size=60))
def test_every_limit_that_is_reached_was_told_and_what_wavers_between_the_shares_changes_nothing(
    used: list[int],
) -> None:
    found = standings(used)
    for n, count in enumerate(used):
        assert (found[n] is State.REACHED) == (count >= 100)
        if count >= 80:
            assert found[n] is not State.OK
        elif count < 70:
            assert found[n] is State.OK
        elif n:
            assert (found[n] is State.OK) == (found[n - 1] is State.OK)


@pytest.mark.parametrize(
    ("counters", "wrong"),
    [({}, False), ({"accepted": 4, "degraded": 2}, False), ({"accepted": 4, "degraded": 3}, True)],
)
def test_decisions_are_wrong_when_most_are_made_without_the_table(counters: dict[str, int], *, wrong: bool) -> None:
    assert bool(decisions_problem(counters)) == wrong
