"""Targets by effective date: which version holds when, what it says of a value, and which windows are judged."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.metrics import targets
from chalicelib.metrics.models import Booking, Slot, Target, Verdict
from chalicelib.metrics.registry import KPIS

JANUARY = datetime(2026, 1, 1, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def version(target: float, since: datetime | None = None, till: datetime | None = None) -> Target:
    return Target(kpi="K03", direction="at-least", target=target, since=since, till=till)


def booked(at: datetime, *, answered: int, in_target: int) -> Booking:
    return Booking(
        slot=Slot(start=at, line="a", queue="q"), counters={"answered": answered, "answered_in_target": in_target}
    )


@pytest.mark.parametrize(
    ("direction", "number", "expected"),
    [
        ("at-least", 0.79, Verdict.MISSED),
        ("at-least", 0.8, Verdict.WARNED),
        ("at-least", 0.84, Verdict.WARNED),
        ("at-least", 0.85, Verdict.MET),
        ("at-most", 20.1, Verdict.MISSED),
        ("at-most", 20.0, Verdict.WARNED),
        ("at-most", 15.1, Verdict.WARNED),
        ("at-most", 15.0, Verdict.MET),
        ("at-most", None, None),
    ],
)
def test_the_warning_comes_before_the_miss_and_exactly_the_level_holds(
    direction: str, number: float | None, expected: Verdict | None
) -> None:
    level, warning = (0.8, 0.85) if direction == "at-least" else (20.0, 15.0)
    target = Target(kpi="K03", direction=direction, target=level, warning=warning)  # type: ignore[arg-type]
    assert targets.verdict(number, target) is expected


def test_without_a_warning_level_nothing_is_warned_of() -> None:
    assert [targets.verdict(number, version(0.8)) for number in (0.8, 0.7)] == [Verdict.MET, Verdict.MISSED]


def test_a_version_holds_from_its_first_instant_until_the_next_one_and_never_comes_back() -> None:
    march, may = JANUARY + timedelta(days=59), JANUARY + timedelta(days=120)
    known = [version(0.9, march, may), version(0.8)]
    found = [targets.in_force(known, "K03", at) for at in (march - QUARTER, march, may - QUARTER, may)]
    assert [each.target if each else None for each in found] == [0.8, 0.9, 0.9, None]
    assert targets.in_force(known, "K10", march) is None


instants = st.integers(0, 40).map(lambda quarters: JANUARY + QUARTER * quarters)
versions = st.lists(
    st.builds(version, st.floats(0, 1), st.none() | instants, st.none() | instants), max_size=4,
    unique_by=lambda target: target.since,
)  # fmt: skip


@settings(max_examples=60)
@given(versions, instants, st.integers(1, 40))
def test_stretches_and_the_version_in_force_agree_at_every_instant(
    known: list[Target], start: datetime, quarters: int
) -> None:
    end = start + QUARTER * quarters
    found = list(targets.stretches(known, "K03", start, end))
    assert all(before[1] <= after[0] for before, after in pairwise(found))
    for at in (start + QUARTER * n for n in range(quarters)):
        held = [target for first, last, target in found if first <= at < last]
        expected = targets.in_force(known, "K03", at)
        assert held == ([expected] if expected else [])


def test_a_period_that_spans_a_change_is_judged_by_each_version_in_its_own_time() -> None:
    change = JANUARY + timedelta(hours=1)
    known = [version(0.5), version(0.9, change)]
    bookings = [booked(JANUARY, answered=10, in_target=6), booked(change, answered=10, in_target=6)]
    values = targets.values(
        bookings, {"answered": 20, "answered_in_target": 12}, (JANUARY, JANUARY + timedelta(hours=2)), known, KPIS
    )
    level = next(value for value in values if value.kpi.id == "K03")
    assert (level.value, level.target, level.verdict) == (0.6, None, Verdict.MISSED)
    assert [(each.start, each.end, each.target.target, each.verdict) for each in level.judgements] == [
        (JANUARY, change, 0.5, Verdict.MET),
        (change, change + timedelta(hours=1), 0.9, Verdict.MISSED),
    ]


@pytest.mark.parametrize(
    ("kind", "first", "end"),
    [
        ("day", date(2026, 3, 4), date(2026, 3, 5)),
        ("week", date(2026, 3, 2), date(2026, 3, 9)),
        ("month", date(2026, 3, 1), date(2026, 4, 1)),
    ],
)
def test_a_window_is_a_day_a_week_from_monday_or_a_month_of_the_tenants_calendar(
    kind: str, first: date, end: date
) -> None:
    assert targets.window_of(date(2026, 3, 4), kind) == (first, end)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.sampled_from(["day", "week", "month"]))
def test_windows_of_one_kind_follow_each_other_without_gap_or_overlap(day: date, kind: str) -> None:
    first, end = targets.window_of(day, kind)
    assert first <= day < end
    assert targets.window_of(end, kind)[0] == end


def test_windows_are_whole_and_cut_where_the_version_changes() -> None:
    middle = targets.midnight(date(2026, 3, 16), SHANGHAI)
    days = (date(2026, 3, 30), date(2026, 4, 2))
    asked = targets.windows([version(0.8), version(0.9, middle)], days, SHANGHAI, KPIS)
    assert [(start, end, target.target) for _, (start, end, target) in asked] == [
        (datetime(2026, 2, 28, 16, tzinfo=UTC), middle, 0.8),
        (middle, datetime(2026, 3, 31, 16, tzinfo=UTC), 0.9),
        (datetime(2026, 3, 31, 16, tzinfo=UTC), datetime(2026, 4, 30, 16, tzinfo=UTC), 0.9),
    ]


def test_a_day_that_loses_its_midnight_to_the_clock_begins_at_its_first_instant() -> None:
    assert targets.midnight(date(2024, 4, 26), ZoneInfo("Africa/Cairo")) == datetime(2024, 4, 25, 22, tzinfo=UTC)
