"""Arrivals: exact counts, order, determinism, and the shape of the pattern kept."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli import arrivals, places
from cli.arrivals import Interval, InvalidPattern

windows = st.lists(st.integers(0, 500), min_size=1, max_size=24).map(
    lambda counts: tuple(Interval(25_200 + 300 * n, 300, calls) for n, calls in enumerate(counts))
)
busy_windows = windows.filter(lambda window: any(interval.calls for interval in window))


@given(busy_windows, st.integers(0, 400), st.integers(0, 2**32))
def test_exactly_the_asked_number_comes_in_order_and_inside_the_window(
    window: tuple[Interval, ...], calls: int, seed: int
) -> None:
    times = arrivals.arrival_times(window, calls, seed=seed)
    assert len(times) == calls
    assert list(times) == sorted(times)
    assert all(0 <= at_s <= arrivals.span_s(window) for at_s in times)


@given(busy_windows, st.integers(1, 100), st.integers(0, 2**32))
def test_nobody_comes_in_an_interval_without_calls(window: tuple[Interval, ...], calls: int, seed: int) -> None:
    for at_s in arrivals.arrival_times(window, calls, seed=seed):
        (inside,) = (
            i for i in window if i.start_s - window[0].start_s <= at_s < i.start_s - window[0].start_s + i.length_s
        )
        assert inside.calls > 0


@given(busy_windows, st.integers(1, 100), st.integers(0, 2**32))
def test_the_same_seed_gives_the_same_times(window: tuple[Interval, ...], calls: int, seed: int) -> None:
    assert arrivals.arrival_times(window, calls, seed=seed) == arrivals.arrival_times(window, calls, seed=seed)


def test_another_seed_gives_other_times() -> None:
    window = (Interval(0, 300, 10),)
    assert arrivals.arrival_times(window, 20, seed=1) != arrivals.arrival_times(window, 20, seed=2)


def test_busier_intervals_get_more_calls_in_proportion() -> None:
    window = (Interval(0, 300, 100), Interval(300, 300, 300))
    times = arrivals.arrival_times(window, 4_000, seed=7)
    late = sum(at_s >= 300 for at_s in times) / len(times)
    # Three standard deviations of a share of 0.75 among 4,000.
    assert late == pytest.approx(0.75, abs=0.021)


def test_a_window_in_which_nobody_called_is_refused() -> None:
    with pytest.raises(InvalidPattern, match="somebody called"):
        arrivals.arrival_times((Interval(0, 300, 0),), 5, seed=1)


@given(st.lists(st.integers(0, 500), min_size=2, max_size=60), st.integers(1, 20))
def test_no_stretch_of_the_day_is_busier_than_the_peak_window(counts: list[int], intervals: int) -> None:
    day = tuple(Interval(300 * n, 300, calls) for n, calls in enumerate(counts))
    peak = arrivals.peak_window(day, 300 * intervals)
    width = min(intervals, len(day))
    busiest = max(sum(counts[n : n + width]) for n in range(len(counts) - width + 1))
    assert sum(interval.calls for interval in peak) == busiest
    assert arrivals.span_s(peak) <= 300 * intervals


def test_a_pattern_is_read_by_day_with_its_own_interval_length() -> None:
    text = (
        "interval_start,calls\n2026-03-02 08:00:00,4\n2026-03-02 08:15:00,6\n"
        "2026-03-03T08:00:00,1\n2026-03-03T08:30:00,2\n"
    )
    assert arrivals.read_pattern(text) == {
        dt.date(2026, 3, 2): (Interval(28_800, 900, 4), Interval(29_700, 900, 6)),
        dt.date(2026, 3, 3): (Interval(28_800, 1_800, 1), Interval(30_600, 1_800, 2)),
    }


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("start,calls\n2026-03-02 08:00:00,4\n", "interval_start"),
        ("interval_start,calls\n2026-03-02 08:00:00,4\nmorning,3\n", "row 3"),
        ("interval_start,calls\n2026-03-02 08:00:00,many\n", "row 2"),
        ("interval_start,calls\n2026-03-02 08:00:00,-4\n", "row 2"),
        ("interval_start,calls\n2026-03-02 08:00:00\n", "row 2"),
        ("interval_start,calls\n", "two intervals"),
        ("", "interval_start"),
    ],
)
def test_a_file_that_is_no_pattern_is_refused_with_the_place(text: str, named: str) -> None:
    with pytest.raises(InvalidPattern, match=named):
        arrivals.read_pattern(text)


def test_the_chosen_day_is_the_usual_one_of_its_weekday() -> None:
    monday = dt.date(2026, 3, 2)
    volumes = {0: 10, 7: 500, 14: 100, 1: 9_000}
    pattern = {
        monday + dt.timedelta(days=n): (Interval(0, 300, calls), Interval(300, 300, 0)) for n, calls in volumes.items()
    }
    assert arrivals.choose_weekday(pattern, weekday=0) == monday + dt.timedelta(days=14)


def test_the_shipped_pattern_peaks_in_the_morning() -> None:
    days = arrivals.read_pattern(places.SYNTHETIC_PATTERN.read_text(encoding="utf-8"))
    ((_, day),) = days.items()
    peak = arrivals.peak_window(day, 3_600)
    assert 9 * 3_600 <= peak[0].start_s <= 11 * 3_600


@pytest.mark.shared
def test_the_real_bank_pattern_is_read_whole() -> None:
    days = arrivals.read_pattern(places.REFERENCE_PATTERN.read_text(encoding="utf-8"))
    assert len(days) == 120
    assert {len(day) for day in days.values()} == {169}
