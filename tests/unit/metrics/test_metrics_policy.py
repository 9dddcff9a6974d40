"""Counting: the booking rule, the boundaries, and KPI formulas on worked examples."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.metrics import policy
from chalicelib.metrics.counters import COUNTERS, OF_AGENTS, OF_TICKETS
from chalicelib.metrics.histograms import is_bucket
from chalicelib.metrics.models import INTERVAL_S, PERIOD, Booking, Facts, Kpi, Outcome
from chalicelib.metrics.registry import KPIS

ARRIVED = datetime(2026, 3, 2, 9, 14, 59, tzinfo=UTC)
ANSWERED = Facts(
    arrived_at=ARRIVED,
    queued_at=ARRIVED + timedelta(seconds=1),
    line="after-sales",
    queue="english",
    outcome=Outcome.ANSWERED,
    arrival=True,
    handled=True,
    wait_s=20,
    talk_s=200,
    hold_s=30,
    acw_s=40,
    threshold_s=20,
    short_s=5,
)
KPI = {kpi.id: kpi for kpi in KPIS}

facts = st.builds(
    Facts,
    arrived_at=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    queued_at=st.none() | st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    line=st.sampled_from(["a", "b"]),
    queue=st.sampled_from(["q", "r"]),
    number=st.sampled_from(["-", "unlisted", "+864008601234", "+862155360100"]),
    outcome=st.sampled_from(list(Outcome)),
    arrival=st.booleans(),
    handled=st.booleans(),
    transferred=st.booleans(),
    degraded=st.booleans(),
    voicemail=st.booleans(),
    wait_s=st.none() | st.integers(0, 2_000),
    talk_s=st.integers(0, 2_000),
    hold_s=st.integers(0, 2_000),
    acw_s=st.integers(0, 2_000),
    threshold_s=st.none() | st.integers(1, 60),
    short_s=st.none() | st.integers(0, 10),
)


def counters(**changes: Any) -> dict[str, int]:
    return dict(policy.book(replace(ANSWERED, **changes)).counters)


def test_an_answered_call_counts_in_the_quarter_hour_of_its_queueing() -> None:
    booking = policy.book(ANSWERED)
    assert booking.slot.start == datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
    assert booking.counters == {
        "arrivals": 1, "offered": 1, "answered": 1, "answered_in_target": 1, "handled": 1, "wait_s": 20, "talk_s": 200,
        "hold_s": 30, "acw_s": 40, "w20": 1, "t215": 1, "h30": 1, "a42": 1,
    }  # fmt: skip


def test_a_call_that_never_queued_counts_in_the_quarter_hour_of_its_arrival() -> None:
    booking = policy.book(replace(ANSWERED, queued_at=None, outcome=Outcome.SELF_SERVED, handled=False))
    assert booking.slot.start == datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    assert "offered" not in booking.counters


@pytest.mark.parametrize(("wait_s", "within"), [(0, 1), (19, 1), (20, 1), (21, None)])
def test_a_wait_of_exactly_the_threshold_is_within_it(wait_s: int, within: int | None) -> None:
    assert counters(wait_s=wait_s).get("answered_in_target") == within


@pytest.mark.parametrize(("wait_s", "short"), [(0, 1), (4, 1), (5, None), (6, None)])
def test_an_abandon_is_short_below_the_limit_only(wait_s: int, short: int | None) -> None:
    assert counters(outcome=Outcome.ABANDONED, handled=False, wait_s=wait_s).get("short_abandoned") == short


def test_a_call_that_the_system_dropped_is_abandoned_and_never_short() -> None:
    found = counters(outcome=Outcome.DROPPED, handled=False, wait_s=0, talk_s=0, hold_s=0, acw_s=0)
    assert found == {"arrivals": 1, "offered": 1, "abandoned": 1, "dropped": 1, "abandoned_in_target": 1}


@pytest.mark.parametrize(
    ("outcome", "name", "offered"),
    [
        (Outcome.ANSWERED, "answered", 1),
        (Outcome.ABANDONED, "abandoned", 1),
        (Outcome.DROPPED, "dropped", 1),
        (Outcome.EXIT, "exits", 1),
        (Outcome.OVERFLOWED, "overflowed", None),
    ],
)
def test_each_outcome_of_a_queue_visit_has_its_counter(outcome: Outcome, name: str, offered: int | None) -> None:
    found = counters(outcome=outcome)
    assert (found.get(name), found.get("offered")) == (1, offered)


@pytest.mark.parametrize(
    ("outcome", "name"),
    [
        (Outcome.SELF_SERVED, "self_served"),
        (Outcome.LEFT_IN_FLOW, "left_in_flow"),
        (Outcome.CLOSED, "closed"),
        (Outcome.TURNED_AWAY, "turned_away"),
        (Outcome.TRANSFERRED_OUT, "transferred_out"),
    ],
)
def test_each_outcome_without_a_queue_has_its_counter(outcome: Outcome, name: str) -> None:
    found = counters(outcome=outcome, queued_at=None, wait_s=None)
    assert found[name] == 1
    assert "offered" not in found


def test_flags_of_a_contact_are_counted_under_their_names() -> None:
    found = counters(transferred=True, degraded=True, voicemail=True)
    assert {name: found.get(name) for name in ("transferred", "degraded", "voicemails")} == {
        "transferred": 1,
        "degraded": 1,
        "voicemails": 1,
    }


@pytest.mark.parametrize("outcome", [Outcome.ABANDONED, Outcome.DROPPED])
def test_the_wait_of_who_was_not_answered_is_kept_apart_from_the_speed_of_answer(outcome: Outcome) -> None:
    found = counters(outcome=outcome, handled=False, wait_s=90)
    assert (found["abandon_wait_s"], "wait_s" in found) == (90, False)


def test_an_agent_taken_directly_is_handled_but_not_offered() -> None:
    found = counters(queued_at=None, wait_s=None)
    assert (found["handled"], "answered" in found, "offered" in found) == (1, False, False)


@given(facts)
def test_offered_is_answered_abandoned_and_exits_for_every_contact(one: Facts) -> None:
    found = policy.book(one).counters
    parts = sum(found.get(name, 0) for name in ("answered", "abandoned", "exits"))
    assert found.get("offered", 0) == parts <= 1


@given(facts)
def test_every_answered_wait_is_in_exactly_one_bucket(one: Facts) -> None:
    found = policy.book(one).counters
    assert sum(count for name, count in found.items() if name[0] == "w" and is_bucket(name)) == found.get("answered", 0)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_an_interval_starts_on_a_quarter_hour_and_holds_its_instant(at: datetime) -> None:
    start = policy.interval_start(at)
    assert start.timestamp() % INTERVAL_S == 0
    assert timedelta(0) <= at - start < timedelta(seconds=INTERVAL_S)


@given(st.none() | facts, st.none() | facts)
def test_the_difference_turns_the_old_ledger_into_the_new(old: Facts | None, new: Facts | None) -> None:
    before, after = (policy.book(f) if f else None for f in (old, new))
    ledger: dict[object, dict[str, int]] = {}
    for change in ([before] if before else []) + list(policy.difference(before, after)):
        ledger[change.slot] = policy.merge([ledger.get(change.slot, {}), change.counters])
    expected = {after.slot: policy.merge([after.counters])} if after else {}
    assert {slot: counts for slot, counts in ledger.items() if counts} == {s: c for s, c in expected.items() if c}


@given(facts)
def test_no_difference_writes_nothing(one: Facts) -> None:
    assert policy.difference(policy.book(one), policy.book(one)) == ()


# The worked example: 100 offered, 90 answered, 80 of them within 20 s, 10 abandoned, 4 of these short.
WORKED = {"offered": 100, "answered": 90, "answered_in_target": 80, "abandoned": 10, "short_abandoned": 4}


@pytest.mark.parametrize(
    ("kpi", "extra", "expected"),
    [
        ("K02", {}, 90 / 96),
        ("K03", {}, 80 / 96),
        ("K10", {}, 6 / 96),
        ("K04", {"wait_s": 1_350}, 15.0),
        ("K06", {"handled": 90, "talk_s": 18_000}, 200.0),
        ("K07", {"handled": 90, "hold_s": 900}, 10.0),
        ("K08", {"handled": 90, "acw_s": 2_700}, 30.0),
        ("K09", {"handled": 90, "talk_s": 18_000, "hold_s": 900, "acw_s": 2_700}, 240.0),
        ("K12", {"handled": 90, "transferred": 9}, 0.1),
        ("K45", {"talk_s": 18_000, "hold_s": 900, "acw_s": 2_700}, 24.0),
        ("K52", {"voice_rated": 2, "voice_score": 840}, 4.2),
    ],
)
def test_kpis_of_the_worked_example(kpi: str, extra: dict[str, int], expected: float) -> None:
    assert policy.value(KPI[kpi], {**WORKED, **extra}, 900) == pytest.approx(expected)


def test_the_worked_example_gives_the_published_service_level() -> None:
    assert round(policy.value(KPI["K03"], WORKED, 900) or 0, 3) == 0.833


@pytest.mark.parametrize("kpi", [kpi for kpi in KPIS if PERIOD not in kpi.denominator], ids=lambda kpi: kpi.id)
@pytest.mark.parametrize("counts", [{}, {"abandoned": 3, "short_abandoned": 3}])
def test_without_a_denominator_there_is_no_number(kpi: Kpi, counts: dict[str, int]) -> None:
    assert policy.value(kpi, counts, 900) is None


@given(facts, facts)
def test_answer_rate_and_abandon_rate_are_one_together(one: Facts, other: Facts) -> None:
    counts = policy.merge([policy.book(one).counters, policy.book(other).counters])
    answer, abandon = (policy.value(KPI[name], counts, 900) for name in ("K02", "K10"))
    assert (answer is None) == (abandon is None)
    assert answer is None or abandon is None or answer + abandon == pytest.approx(1)


def test_what_was_never_counted_is_zero() -> None:
    assert policy.value(KPI["K12"], {"handled": 2}, 900) == 0.0


def test_every_counter_that_a_contact_moves_is_described_and_every_one_described_moves() -> None:
    whole = replace(
        ANSWERED, accepted=True, complaint=True, surveyed=True, satisfied=True, transferred=True, degraded=True,
        voicemail=True, callback=True, called_back=True, wait_s=1, line_failed=True, voice_score=380,
            agent_voice_score=410,
    )  # fmt: skip
    changes = [{"outcome": outcome, "queued_at": at} for outcome in Outcome for at in (None, ANSWERED.queued_at)]
    moved = {name for change in changes for name in policy.book(replace(whole, **change)).counters}
    assert {name for name in moved if not is_bucket(name)} == set(COUNTERS) - OF_TICKETS


def test_what_an_agent_handled_is_kept_at_the_agent_too() -> None:
    booking = policy.book(replace(ANSWERED, agent="li.na", surveyed=True, satisfied=False))
    share = policy.share(booking)
    assert share is not None
    assert (share.slot.start, share.slot.agent) == (booking.slot.start, "li.na")
    assert set(booking.counters) - set(share.counters) == {"arrivals", "offered"}
    assert share.counters.items() <= booking.counters.items()


def test_a_contact_that_nobody_handled_is_at_no_agent() -> None:
    assert policy.share(policy.book(replace(ANSWERED, outcome=Outcome.ABANDONED, handled=False, agent="li.na"))) is None


@given(facts.filter(lambda one: one.handled or one.outcome is not Outcome.ANSWERED))
def test_the_part_at_the_agent_is_the_whole_of_what_agents_add(one: Facts) -> None:
    booking = policy.book(one)
    share = policy.share(booking)
    held = dict(share.counters) if share else {}
    assert {name: count for name, count in booking.counters.items() if name in OF_AGENTS or is_bucket(name)} == held


def test_merging_drops_zeros_and_sorts() -> None:
    assert list(policy.merge([{"b": 1, "a": 2}, {"b": -1, "c": 3}]).items()) == [("a", 2), ("c", 3)]


def test_a_booking_without_any_count_is_empty() -> None:
    nothing = replace(
        ANSWERED, outcome=Outcome.EXIT, queued_at=None, arrival=False, handled=False, talk_s=0, hold_s=0, acw_s=0
    )
    assert policy.book(nothing) == Booking(slot=policy.book(nothing).slot, counters={})
