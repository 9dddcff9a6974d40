"""Hours: what they decide. No I/O, no clock, no environment."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from chalicelib.hours.models import Answer
from chalicelib.tenancy.models import Timetable, day_of, is_open, local_time, zone

HORIZON_DAYS = 400
"""How far ahead the next change is looked for: a yearly opening is found, a timetable that never changes is not."""

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)


def answer(timetable: Timetable, time_zone: str, at: datetime) -> Answer:
    """Return whether the timetable is open at the aware instant `at`; `time_zone` is the tenant's.

    It asks the function that routing asks, and the contract compiles to Amazon Connect's hours that say the same.
    """
    name = timetable.time_zone or time_zone
    local = local_time(at, name)
    day = day_of(timetable, local.date())
    minute = local.hour * 60 + local.minute
    return Answer(
        at=at.astimezone(UTC),
        local=local,
        time_zone=name,
        is_open=is_open(timetable, local),
        why=day.why,
        name=day.name,
        opening=next(((start, end) for start, end in day.open if start <= minute < end), None),
        changes_at=_next_change(timetable, at.astimezone(UTC), zone(name)),
    )


def _next_change(timetable: Timetable, at: datetime, where: tzinfo) -> datetime | None:
    """Return the first instant after `at` with the other answer.

    The answer can change only where the wall clock reaches an end of an opening, or where the clocks themselves change.
    """
    if timetable.always:
        return None
    now = is_open(timetable, at.astimezone(where))
    first = at.astimezone(where).date()
    for n in range(HORIZON_DAYS):
        for instant in sorted(set(_candidates(timetable, first + timedelta(days=n), where))):
            if instant > at and is_open(timetable, instant.astimezone(where)) is not now:
                return instant
    return None


def _candidates(timetable: Timetable, on: date, where: tzinfo) -> Iterator[datetime]:
    """Yield the instants of a local day at which the answer may change; an hour that comes twice has each twice."""
    midnight = datetime.combine(on, time(), UTC)
    edges = {0, *(edge for opening in day_of(timetable, on).open for edge in opening)}
    for edge in edges:
        wall = (midnight + timedelta(minutes=edge)).replace(tzinfo=where)
        yield wall.astimezone(UTC)
        yield wall.replace(fold=1).astimezone(UTC)
    yield from _clock_change(on, where)


def _clock_change(on: date, where: tzinfo) -> Iterator[datetime]:
    """Yield the instant of this local day at which the distance to UTC changes, to the minute."""
    low = datetime.combine(on, time(), where).astimezone(UTC)
    high = datetime.combine(on + _DAY, time(), where).astimezone(UTC)
    before = low.astimezone(where).utcoffset()
    if high.astimezone(where).utcoffset() == before:
        return
    while high - low > _MINUTE:
        middle = low + (high - low) // _MINUTE // 2 * _MINUTE
        if middle.astimezone(where).utcoffset() == before:
            low = middle
        else:
            high = middle
    yield high
