"""When calls come: from the counts of a real weekday to the seconds of single calls. Pure and seeded.

A pattern is a CSV file with the columns `interval_start` (local time, ISO 8601) and `calls` (a count). Within an
interval calls come as a Poisson process. A non-homogeneous Poisson process of which the total is known is that many
independent draws from its rate, so the asked number of calls comes out exactly.
"""

import csv
import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from chalicelib.platform.errors import InvalidInput

COLUMNS = ("interval_start", "calls")
_DAY_S = 86_400


class InvalidPattern(InvalidInput):
    """The file is not a call pattern; the text names the row."""

    code, title = "invalid-pattern", "Invalid call pattern"


@dataclass(frozen=True, slots=True)
class Interval:
    """`calls` calls came in the `length_s` seconds from `start_s` (seconds after midnight)."""

    start_s: int
    length_s: int
    calls: int


type Day = tuple[Interval, ...]
type Pattern = Mapping[dt.date, Day]


def read_pattern(text: str) -> Pattern:
    """Return the days of a pattern, each with its intervals in order.

    The length of an interval is the smallest distance between two starts of its day.

    Raises:
        InvalidPattern: a column is missing, a row cannot be read, or no day has two intervals.

    """
    reader = csv.DictReader(text.splitlines())
    if not set(COLUMNS) <= set(reader.fieldnames or ()):
        msg = f"expected the columns {', '.join(COLUMNS)} in the first row, found {reader.fieldnames}"
        raise InvalidPattern(msg)
    days: dict[dt.date, dict[int, int]] = {}
    for number, row in enumerate(reader, start=2):
        start, calls = _row(number, row)
        second = start.hour * 3600 + start.minute * 60 + start.second
        day = days.setdefault(start.date(), {})
        day[second] = day.get(second, 0) + calls
    pattern = {day: _intervals(counts) for day, counts in sorted(days.items()) if len(counts) > 1}
    if not pattern:
        msg = "expected at least one day with two intervals"
        raise InvalidPattern(msg)
    return pattern


def _row(number: int, row: Mapping[str, str | None]) -> tuple[dt.datetime, int]:
    try:
        start = dt.datetime.fromisoformat((row["interval_start"] or "").strip())
        calls = int((row["calls"] or "").strip())
    except ValueError as exc:
        msg = f"row {number}: expected an ISO 8601 time and a whole number, found {list(row.values())}"
        raise InvalidPattern(msg) from exc
    if calls < 0:
        msg = f"row {number}: expected a count of 0 or more, found {calls}"
        raise InvalidPattern(msg)
    return start, calls


def _intervals(counts: Mapping[int, int]) -> Day:
    starts = sorted(counts)
    length_s = min(later - earlier for earlier, later in pairwise(starts))
    return tuple(Interval(start, length_s, counts[start]) for start in starts)


def choose_weekday(pattern: Pattern, weekday: int | None = None) -> dt.date:
    """Return the day of median volume among the days of `weekday` (Monday is 0), or among all of them.

    The median day is a usual one: neither the holiday nor the day of the outage. Falls back to all days where the
    pattern has none of that weekday.
    """
    days = [day for day in pattern if weekday is None or day.weekday() == weekday] or list(pattern)
    by_volume = sorted(days, key=lambda day: (sum(interval.calls for interval in pattern[day]), day))
    return by_volume[len(by_volume) // 2]


def peak_window(day: Day, length_s: int) -> Day:
    """Return the intervals of the busiest stretch of `length_s` seconds (the earliest of equals; whole intervals)."""
    if length_s <= 0:
        msg = f"expected a window of more than 0 seconds, not {length_s}"
        raise InvalidPattern(msg)
    best: Day = ()
    best_calls = -1
    for position, first in enumerate(day):
        stretch = tuple(item for item in day[position:] if item.start_s + item.length_s <= first.start_s + length_s)
        calls = sum(item.calls for item in stretch)
        if calls > best_calls:
            best, best_calls = stretch or (first,), calls
    return best


def arrival_times(window: Sequence[Interval], calls: int, *, seed: int) -> tuple[float, ...]:
    """Return exactly `calls` arrival times in seconds after the window's start, ascending, to the millisecond.

    Raises:
        InvalidPattern: the window is empty or nobody called in it.

    """
    rates = [interval.calls for interval in window]
    if not window or not sum(rates):
        msg = "expected a window in which somebody called"
        raise InvalidPattern(msg)
    origin_s = window[0].start_s
    rng = random.Random(f"arrivals-{seed}")  # noqa: S311 - reproducible calls, not secrets
    chosen = rng.choices(window, weights=rates, k=calls)
    return tuple(sorted(round(item.start_s - origin_s + rng.random() * (item.length_s - 0.001), 3) for item in chosen))


def span_s(window: Sequence[Interval]) -> int:
    """Return how many seconds the window lasts, from its first start to its last end (within one day)."""
    return min(_DAY_S, window[-1].start_s + window[-1].length_s - window[0].start_s) if window else 0
