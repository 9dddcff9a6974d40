"""From the contract's hours to the timetable that decides, and to what Amazon Connect holds. Authoring side only.

Amazon Connect takes a week of at most 100 slices and at most 50 overrides, each for a range of dates with slices by
weekday (11.5). Days that follow each other and bear one name become one override.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chalicelib.tenancy.calendar import WEEK as WEEKDAYS
from chalicelib.tenancy.calendar import Day, Period, Slices, Timetable, Why, minutes
from chalicelib.tenancy.contract_calendars import public_days
from chalicelib.tenancy.contract_hours import AlwaysOpen, Hours, TwelveHours, Weekly, week_of

MOST_SLICES = 100
MOST_OVERRIDES = 50
_ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Dates from `first` to `last`, both included, whose openings by weekday replace the ordinary week's."""

    name: str
    first: dt.date
    last: dt.date
    week: Mapping[str, Slices]


def timetable(hours: Hours) -> Timetable:
    """Return the timetable with its calendar's days written out; a day of the tenant's own goes before a public one."""
    if isinstance(hours, AlwaysOpen):
        return Timetable(always=True)
    week = week_of(hours.week)
    own = {
        one.date.isoformat(): Day(open=_slices(one.open), why=Why(one.kind), name=one.name) for one in hours.holidays
    }
    return Timetable(
        week=week,
        days=dict(sorted({**_public(hours, week), **own}.items())),
        periods=tuple(
            Period(first=one.first.isoformat(), last=one.last.isoformat(), name=one.name, week=week_of(one.week))
            for one in sorted(hours.periods, key=lambda one: one.first)
        ),
        time_zone=hours.time_zone,
    )


def _public(hours: Weekly | TwelveHours, week: Mapping[str, Slices]) -> dict[str, Day]:
    calendar = hours.calendar
    if calendar is None:
        return {}
    works = Day(open=week.get(calendar.working_day, ()), why=Why.WORKING_DAY)
    return {
        day.on.isoformat(): Day(
            open=works.open if day.works else _slices(calendar.open),
            why=works.why if day.works else Why.HOLIDAY,
            name=day.name,
        )
        for day in public_days(calendar.of, calendar.years)
    }


def _slices(texts: list[str]) -> Slices:
    return tuple(sorted(minutes(text) for text in texts))


def spans(table: Timetable) -> tuple[Span, ...]:
    """Return what replaces the ordinary week, in order of date; no two spans share a date."""
    dated = list(_dated(table))
    taken = [(span.first, span.last) for span in dated]
    pieces = [piece for period in table.periods for piece in _around(period, taken)]
    return tuple(sorted([*dated, *pieces], key=lambda span: span.first))


def _dated(table: Timetable) -> Iterator[Span]:
    """Yield the dated days; neighbours of one kind and name together, a week at most, so that weekdays stay unique."""
    run: list[tuple[dt.date, Day]] = []
    for text in sorted(table.days):
        on, day = dt.date.fromisoformat(text), table.days[text]
        if run and not _belongs(run, on, day):
            yield _joined(run)
            run = []
        run.append((on, day))
    if run:
        yield _joined(run)


def _belongs(run: list[tuple[dt.date, Day]], on: dt.date, day: Day) -> bool:
    (before, last), first = run[-1], run[0][0]
    return (
        on == before + _ONE_DAY and (last.name, last.why) == (day.name, day.why) and (on - first).days < len(WEEKDAYS)
    )


def _joined(run: list[tuple[dt.date, Day]]) -> Span:
    week = {WEEKDAYS[on.weekday()]: day.open for on, day in run}
    return Span(name=run[0][1].name, first=run[0][0], last=run[-1][0], week=week)


def _around(period: Period, taken: list[tuple[dt.date, dt.date]]) -> Iterator[Span]:
    """Yield the period in pieces that leave out the dates in `taken`, which are in order."""
    start, end = dt.date.fromisoformat(period.first), dt.date.fromisoformat(period.last)
    for first, last in taken:
        if last < start or first > end:
            continue
        if start < first:
            yield Span(name=period.name, first=start, last=first - _ONE_DAY, week=period.week)
        start = last + _ONE_DAY
    if start <= end:
        yield Span(name=period.name, first=start, last=end, week=period.week)


def excesses(hours: Hours) -> Iterator[tuple[str, str]]:
    """Yield (field, what is too much) for what Amazon Connect would not take."""
    table = timetable(hours)
    count = sum(len(slices) for slices in table.week.values())
    if count > MOST_SLICES:
        yield "week", f"{count} slices; Amazon Connect takes {MOST_SLICES}"
    found = spans(table)
    if len(found) > MOST_OVERRIDES:
        yield "holidays", f"with calendar and periods {len(found)} overrides; Amazon Connect takes {MOST_OVERRIDES}"
    for span in found:
        if sum(len(slices) for slices in span.week.values()) > MOST_SLICES:
            yield "periods", f"{span.name!r} has more than {MOST_SLICES} slices, which is what Amazon Connect takes"
