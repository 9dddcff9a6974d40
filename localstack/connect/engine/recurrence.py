"""Recurring days: every second week, the last Friday of a month, a date of each year (11.5). Pure.

The day of the week stands in the slices of the override, not in its pattern.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

WEEK_DAYS = 7
YEAR_MONTHS = 12
LAST = -1


def recurs(pattern: Mapping[str, Any], since: date, day: date) -> bool:
    """Whether `day` belongs to a pattern that is counted from the week, month or year of `since`.

    A month without the wanted day is passed over.
    """
    interval = int(pattern.get("Interval", 1))
    match pattern["Frequency"]:
        case "WEEKLY":
            return _weeks(since, day) % interval == 0
        case "MONTHLY":
            return _months(since, day) % interval == 0 and _in_month(pattern, since, day)
        case "YEARLY":
            month = _only(pattern, "ByMonth", since.month)
            return (day.year - since.year) % interval == 0 and day.month == month and _in_month(pattern, since, day)
        case other:
            msg = f"there is no frequency {other}"
            raise ValueError(msg)


def _weeks(since: date, day: date) -> int:
    """Weeks between the two, counted from Monday to Monday."""
    first, last = (one - timedelta(days=one.weekday()) for one in (since, day))
    return (last - first).days // WEEK_DAYS


def _months(since: date, day: date) -> int:
    return (day.year - since.year) * YEAR_MONTHS + day.month - since.month


def _in_month(pattern: Mapping[str, Any], since: date, day: date) -> bool:
    """By the date, by the how-manieth weekday it is, or by the date of the first day."""
    if pattern.get("ByWeekdayOccurrence"):
        wanted = int(pattern["ByWeekdayOccurrence"][0])
        next_week = day + timedelta(days=WEEK_DAYS)
        return next_week.month != day.month if wanted == LAST else (day.day - 1) // WEEK_DAYS + 1 == wanted
    wanted = _only(pattern, "ByMonthDay", since.day)
    return (day + timedelta(days=1)).month != day.month if wanted == LAST else day.day == wanted


def _only(pattern: Mapping[str, Any], name: str, default: int) -> int:
    given = pattern.get(name) or (default,)
    return int(given[0])
