"""When a timetable is open (TEN-04). Pure; the one answer for decisions, on days of 23 and 25 hours too."""

import functools
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

type Slices = tuple[tuple[int, int], ...]
"""Openings in minutes of the local day, [start, end); 1440 is the midnight at its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """A timetable as decisions see it; `holidays` are dates (ISO) whose openings replace the week's."""

    always: bool = False
    week: Mapping[str, Slices] = field(default_factory=dict)
    holidays: Mapping[str, Slices] = field(default_factory=dict)


def is_open(timetable: Timetable, local: datetime) -> bool:
    """Return whether the timetable is open at the wall-clock time `local`; the end of an opening is outside it."""
    if timetable.always:
        return True
    slices = timetable.holidays.get(local.date().isoformat())
    if slices is None:
        slices = timetable.week.get(WEEK[local.weekday()], ())
    minute = local.hour * 60 + local.minute
    return any(start <= minute < end for start, end in slices)


def local_time(now: datetime, time_zone: str) -> datetime:
    """Return the wall-clock time of the aware instant `now` in the IANA zone."""
    return now.astimezone(_zone(time_zone))


@functools.cache
def _zone(name: str) -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo(name)


def minutes(text: str) -> tuple[int, int]:
    """Return the opening written as `HH:MM-HH:MM`, in minutes."""
    start, end = text.split("-")
    return _minute(start), _minute(end)


def _minute(text: str) -> int:
    hours, minute = text.split(":")
    return int(hours) * 60 + int(minute)
