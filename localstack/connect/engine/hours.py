"""Hours of operation: whether they are open at a moment (11.5). Pure."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from localstack.connect.directory import Hours

DAY = timedelta(days=1)


def is_open(hours: Hours, at: datetime) -> bool:
    """Whether `hours` are open at `at`. An override replaces the weekly timetable on its days."""
    local = at.astimezone(ZoneInfo(hours.time_zone))
    slices = _slices_on(hours, local.date())
    since_midnight = timedelta(
        hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond
    )
    return any(start <= since_midnight < end for start, end in slices)


def _slices_on(hours: Hours, day: date) -> list[tuple[timedelta, timedelta]]:
    weekday = day.strftime("%A").upper()
    for override in hours.overrides:
        if _applies(override, day):
            own = override.get("OverrideConfig", override.get("Config")) or ()
            return [] if override.get("OverrideType") == "CLOSED" else _read(own, weekday)
    return _read(hours.config, weekday)


def _applies(override: Mapping[str, Any], day: date) -> bool:
    start = date.fromisoformat(str(override["EffectiveFrom"])[:10])
    end = date.fromisoformat(str(override["EffectiveTill"])[:10])
    return start <= day <= end


def _read(slices: Iterable[Mapping[str, Any]], weekday: str) -> list[tuple[timedelta, timedelta]]:
    found = []
    for one in slices:
        if str(one.get("Day", weekday)).upper() != weekday:
            continue
        start, end = _moment(one["StartTime"]), _moment(one["EndTime"])
        found.append((start, end or DAY))
    return found


def _moment(value: Mapping[str, Any]) -> timedelta:
    hour, minute = int(value.get("Hours", 0)), int(value.get("Minutes", 0))
    if hour == 24:  # noqa: PLR2004  hours of a day
        return DAY
    moment = time(hour, minute)
    return timedelta(hours=moment.hour, minutes=moment.minute)
