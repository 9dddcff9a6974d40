"""Hours of operation in the form that Amazon Connect takes (TEN-04). Pure."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.tenancy.calendar import ALWAYS_OPEN, WEEK, Slices, Timetable
from chalicelib.tenancy.contract_timetable import Span, spans

_MINUTES = 60
_HOURS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """One opening on one weekday; times are (hours, minutes), and an end of (0, 0) is midnight at the day's end."""

    day: str
    start: tuple[int, int]
    end: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """Dates, both included, whose slices replace the week's; a day without slices is closed."""

    name: str
    first: dt.date
    last: dt.date
    slices: tuple[Slice, ...]


def week(timetable: Timetable) -> tuple[Slice, ...]:
    """Return the openings of an ordinary week."""
    return _week(dict.fromkeys(WEEK, ALWAYS_OPEN.open) if timetable.always else timetable.week)


def overrides(timetable: Timetable) -> tuple[Override, ...]:
    """Return what replaces the week, in order of date; a contract with more than 50 is refused."""
    return tuple(_override(span) for span in spans(timetable))


def _override(span: Span) -> Override:
    # Names must be unique in one timetable, and the same holiday comes every year.
    name = f"{span.name} {span.first.isoformat()}"
    return Override(name=name, first=span.first, last=span.last, slices=_week(span.week))


def _week(openings: Mapping[str, Slices]) -> tuple[Slice, ...]:
    return tuple(
        Slice(day=day.upper(), start=_time(start), end=_time(end))
        for day in WEEK
        for start, end in openings.get(day, ())
    )


def _time(minute: int) -> tuple[int, int]:
    return minute // _MINUTES % _HOURS, minute % _MINUTES
