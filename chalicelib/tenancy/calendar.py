"""When a timetable is open (TEN-04). Pure; the one answer for decisions, on days of 23 and 25 hours too.

A day has the openings of the first of these that speaks of its date: a dated entry (a holiday, a make-up working day, a
day of the tenant's own), a period with a week of its own, the ordinary week. Openings are told by the wall clock: a
clock change moves none of them, and an hour that comes twice is open twice.
"""

import functools
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_MINUTES = 1_440

type Slices = tuple[tuple[int, int], ...]
"""Openings in minutes of the local day, [start, end); 1440 is the midnight at its end."""


class Why(StrEnum):
    """What decides the openings of a day."""

    ALWAYS = "always"
    WEEK = "week"
    HOLIDAY = "holiday"
    WORKING_DAY = "working-day"
    OVERRIDE = "override"
    PERIOD = "period"


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The openings of one day, and why it has these; `name` is the holiday's or the period's."""

    open: Slices = ()
    why: Why = Why.WEEK
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Dates (ISO) from `first` to `last`, both included, on which another week holds."""

    first: str
    last: str
    name: str
    week: Mapping[str, Slices]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """A timetable as decisions see it; `days` are dates (ISO). `time_zone` None is the zone of who asks."""

    always: bool = False
    week: Mapping[str, Slices] = field(default_factory=dict)
    days: Mapping[str, Day] = field(default_factory=dict)
    periods: tuple[Period, ...] = ()
    time_zone: str | None = None


ALWAYS_OPEN = Day(open=((0, DAY_MINUTES),), why=Why.ALWAYS)


def day_of(timetable: Timetable, on: date) -> Day:
    """Return the openings of a date by the clocks of the timetable, and what decides them."""
    if timetable.always:
        return ALWAYS_OPEN
    text, weekday = on.isoformat(), WEEK[on.weekday()]
    dated = timetable.days.get(text)
    if dated is not None:
        return dated
    # Dates of one width compare as text.
    for period in timetable.periods:
        if period.first <= text <= period.last:
            return Day(open=period.week.get(weekday, ()), why=Why.PERIOD, name=period.name)
    return Day(open=timetable.week.get(weekday, ()))


def is_open(timetable: Timetable, local: datetime) -> bool:
    """Return whether the timetable is open at the wall-clock time `local`; the end of an opening is outside it."""
    if timetable.always:
        return True
    if timetable.time_zone is not None:
        local = local_time(local, timetable.time_zone)
    minute = local.hour * 60 + local.minute
    return any(start <= minute < end for start, end in day_of(timetable, local.date()).open)


def local_time(now: datetime, time_zone: str) -> datetime:
    """Return the wall-clock time of the aware instant `now` in the IANA zone."""
    return now.astimezone(zone(time_zone))


@functools.cache
def zone(name: str) -> zoneinfo.ZoneInfo:
    """Return the IANA zone, read once."""
    return zoneinfo.ZoneInfo(name)


def minutes(text: str) -> tuple[int, int]:
    """Return the opening written as `HH:MM-HH:MM`, in minutes."""
    start, end = text.split("-")
    return _minute(start), _minute(end)


def _minute(text: str) -> int:
    hours, minute = text.split(":")
    return int(hours) * 60 + int(minute)


def written(timetable: Timetable) -> dict[str, Any]:
    """Return the timetable as the JSON-compatible document that `from_document` reads."""
    if timetable.always:
        return {"always": True}
    return {
        "week": _written(timetable.week),
        "days": {
            on: {"open": [list(one) for one in day.open], "why": day.why.value, "name": day.name}
            for on, day in timetable.days.items()
        },
        "periods": [
            {"first": one.first, "last": one.last, "name": one.name, "week": _written(one.week)}
            for one in timetable.periods
        ],
        "time_zone": timetable.time_zone,
    }


def from_document(document: Mapping[str, Any]) -> Timetable:
    """Read the document that `written` gave."""
    return Timetable(
        always=document.get("always", False),
        week=_week(document.get("week", {})),
        days={
            on: Day(open=_slices(day["open"]), why=Why(day["why"]), name=day["name"])
            for on, day in document.get("days", {}).items()
        },
        periods=tuple(Period(**{**one, "week": _week(one["week"])}) for one in document.get("periods", ())),
        time_zone=document.get("time_zone"),
    )


def _written(week: Mapping[str, Slices]) -> dict[str, list[list[int]]]:
    return {weekday: [list(one) for one in slices] for weekday, slices in week.items()}


def _week(document: Mapping[str, Any]) -> dict[str, Slices]:
    return {weekday: _slices(slices) for weekday, slices in document.items()}


def _slices(document: Any) -> Slices:
    return tuple((start, end) for start, end in document)
