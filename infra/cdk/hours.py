"""Hours of operation in the form that Amazon Connect takes (TEN-04). Pure."""

import datetime as dt
from dataclasses import dataclass

from chalicelib.tenancy.contract_hours import AlwaysOpen, Holiday, Hours, Weekly

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """One opening on one weekday; times are (hours, minutes), and an end of (0, 0) is midnight at the day's end."""

    day: str
    start: tuple[int, int]
    end: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """One date whose slices replace the week's; no slices means closed all day."""

    name: str
    on: dt.date
    slices: tuple[Slice, ...]


def week(hours: Hours) -> tuple[Slice, ...]:
    """Return the openings of an ordinary week."""
    match hours:
        case AlwaysOpen():
            return tuple(_slice(day, "00:00-24:00") for day in WEEK)
        case Weekly():
            return tuple(_slice(day, text) for day in WEEK for text in hours.week.get(day, ()))  # type: ignore[call-overload]  # WEEK holds exactly the Weekday literals


def overrides(hours: Hours) -> tuple[Override, ...]:
    """Return the holidays, in order of date; Amazon Connect takes at most 50."""
    if isinstance(hours, AlwaysOpen):
        return ()
    return tuple(_override(holiday) for holiday in sorted(hours.holidays, key=lambda holiday: holiday.date))


def _override(holiday: Holiday) -> Override:
    slices = tuple(_slice(WEEK[holiday.date.weekday()], text) for text in holiday.open)
    # Names must be unique in one timetable, and the same holiday comes every year.
    return Override(name=f"{holiday.name} {holiday.date.isoformat()}", on=holiday.date, slices=slices)


def _slice(day: str, text: str) -> Slice:
    start, end = text.split("-")
    return Slice(day=day.upper(), start=_time(start), end=_time(end))


def _time(text: str) -> tuple[int, int]:
    hours, minutes = text.split(":")
    return int(hours) % 24, int(minutes)
