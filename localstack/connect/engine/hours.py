"""Hours of operation: what is open on a day and at a moment (11.5). Pure.

One schedule answers both CheckHoursOfOperation and GetEffectiveHoursOfOperations. On a day the week's slices stand, or
those of temporary hours instead; recurring open hours are added to them, recurring closed hours are taken out of all.
It is told in local minutes since midnight: a clock change moves no opening hour.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from localstack.connect.directory import Hours, Instance
from localstack.connect.engine.recurrence import recurs

DAY_MINUTES = 24 * 60
CLOSED, OPEN, STANDARD = "CLOSED", "OPEN", "STANDARD"
Override = Mapping[str, Any]


class Slice(NamedTuple):
    """From one minute of a day up to another, that one not included."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Applied:
    """A part of a day that an override decides; `status` is OPEN or CLOSED."""

    name: str
    status: str
    slice: Slice


@dataclass(frozen=True, slots=True)
class Schedule:
    """One day: when it is open, in order and without overlaps, and which overrides made it so."""

    open: tuple[Slice, ...]
    applied: tuple[Applied, ...] = ()


class Timetable:
    """Answers whether hours are open, and keeps the day that it was asked about last: one is asked of many times."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[date, tuple[Hours, ...], tuple[Slice, ...]]] = {}

    def is_open(self, hours: Hours, at: datetime, parents: tuple[Hours, ...] = ()) -> bool:
        """Whether `hours` are open at `at`, by the clocks of their time zone."""
        local = at.astimezone(ZoneInfo(hours.time_zone))
        minute, asked = local.hour * 60 + local.minute, (local.date(), (hours, *parents))
        known = self._known.get(hours.arn)
        if known is None or known[:2] != asked:
            known = self._known[hours.arn] = (*asked, on(hours, asked[0], parents).open)
        return any([start <= minute < end for start, end in known[2]])  # noqa: C419  a day has one slice or two


def parents_of(instance: Instance, hours: Hours) -> tuple[Hours, ...]:
    """The hours whose overrides `hours` inherit; one that is gone gives none."""
    if not hours.parent_ids:
        return ()
    return tuple(found for found in (instance.find(Hours, parent) for parent in hours.parent_ids) if found is not None)


def on(hours: Hours, day: date, parents: Iterable[Hours] = ()) -> Schedule:
    """The schedule of a day. Closed recurring overrides come first, then open ones, temporary hours, the week.

    Of two temporary ones on a day the own goes before an inherited one. Inherited dates are days of the child's zone.
    """
    every = (*hours.overrides, *(override for parent in parents for override in parent.overrides))
    today = [override for override in every if _applies(override, day)]
    temporary = next((override for override in today if kind_of(override) == STANDARD), None)
    base = _slices(hours.config if temporary is None else config_of(temporary), day)
    opened = [(override, _slices(config_of(override), day)) for override in today if kind_of(override) == OPEN]
    closed = [(override, _closed(override, day)) for override in today if kind_of(override) == CLOSED]
    open_ = _without(
        _merged([*base, *(slice_ for _, slices in opened for slice_ in slices)]), _flat(slices for _, slices in closed)
    )
    decided = [(CLOSED, *one) for one in closed] + [(OPEN, *one) for one in opened]
    if temporary is not None:
        decided.append((OPEN, temporary, base))
    applied = tuple(
        Applied(str(override.get("Name", "")), status, slice_)
        for status, override, slices in decided
        for slice_ in slices
    )
    return Schedule(tuple(open_), applied)


def kind_of(override: Override) -> str:
    """STANDARD (temporary hours) unless the override says otherwise."""
    return str(override.get("OverrideType") or STANDARD)


def config_of(override: Override) -> tuple[Mapping[str, Any], ...]:
    """The slices of an override."""
    return tuple(override.get("Config") or ())


def minutes(value: Mapping[str, Any]) -> int:
    """Minutes since midnight of a time of day."""
    return int(value.get("Hours", 0)) * 60 + int(value.get("Minutes", 0))


def read_slice(one: Mapping[str, Any]) -> Slice:
    """A configured slice; an end of 00:00 is midnight at the end of the day."""
    return Slice(minutes(one["StartTime"]), minutes(one["EndTime"]) or DAY_MINUTES)


def weekday_of(day: date) -> str:
    """The API's word for the day of the week."""
    return ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")[day.weekday()]


def days(first: date, last: date) -> Iterable[date]:
    """Every day from `first` to `last`, both included."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _applies(override: Override, day: date) -> bool:
    start = date.fromisoformat(str(override["EffectiveFrom"])[:10])
    end = date.fromisoformat(str(override["EffectiveTill"])[:10])
    if not start <= day <= end:
        return False
    pattern = (override.get("RecurrenceConfig") or {}).get("RecurrencePattern")
    return pattern is None or recurs(pattern, start, day)


def _slices(config: Iterable[Mapping[str, Any]], day: date) -> list[Slice]:
    weekday = weekday_of(day)
    return _merged(read_slice(one) for one in config if str(one.get("Day", weekday)).upper() == weekday)


def _closed(override: Override, day: date) -> list[Slice]:
    """What a closed override closes: its slices, or the whole day when it has none at all."""
    config = config_of(override)
    return _slices(config, day) if config else [Slice(0, DAY_MINUTES)]


def _flat(lists: Iterable[list[Slice]]) -> list[Slice]:
    return [slice_ for slices in lists for slice_ in slices]


def _merged(slices: Iterable[Slice]) -> list[Slice]:
    """The same time in as few slices as possible, in order."""
    found: list[Slice] = []
    for start, end in sorted(slices):
        if found and start <= found[-1].end:
            found[-1] = Slice(found[-1].start, max(end, found[-1].end))
        elif start < end:
            found.append(Slice(start, end))
    return found


def _without(slices: Iterable[Slice], taken: Iterable[Slice]) -> list[Slice]:
    left = list(slices)
    for start, end in taken:
        parts = [(Slice(s, min(e, start)), Slice(max(s, end), e)) for s, e in left]
        left = [part for pair in parts for part in pair if part.start < part.end]
    return left
