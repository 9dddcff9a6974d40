"""Targets: which version is in force when, and how a value stands to it (TEN-06). Pure; instants are aware UTC."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Any

from chalicelib.metrics import policy
from chalicelib.metrics.models import Booking, Judgement, Kpi, Target, Value, Verdict

type Stretch = tuple[datetime, datetime, Target]

_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)


def in_force(targets: Iterable[Target], kpi: str, at: datetime) -> Target | None:
    """Return the version of the target of `kpi` that is in force at `at`; None when there is none.

    It is the newest one that has begun. Where that one has ended there is no target: an older version, once replaced,
    does not come back.
    """
    begun = [target for target in targets if target.kpi == kpi and (target.since or _FIRST) <= at]
    newest = max(begun, key=lambda target: target.since or _FIRST, default=None)
    return newest if newest and at < (newest.till or _LAST) else None


def stretches(targets: Sequence[Target], kpi: str, start: datetime, end: datetime) -> Iterator[Stretch]:
    """Yield the parts of [start, end) in which one version is in force, in order; without a target there is none."""
    changes = {instant for target in targets if target.kpi == kpi for instant in (target.since, target.till) if instant}
    cuts = [start, *sorted(instant for instant in changes if start < instant < end), end]
    for first, last in pairwise(cuts):
        target = in_force(targets, kpi, first)
        if target is not None:
            yield first, last, target


def verdict(number: float | None, target: Target) -> Verdict | None:
    """Return how `number` stands to the target; None without a number.

    | at-least              | at-most               | verdict |
    |-----------------------|-----------------------|---------|
    | below the target      | above the target      | missed  |
    | below the warning     | above the warning     | warned  |
    | the warning or above  | the warning or below  | met     |

    Exactly the target is not missed; exactly the warning is not warned of. Without a warning there is no middle.
    """
    if number is None:
        return None
    if _short(number, target.target, target):
        return Verdict.MISSED
    return Verdict.WARNED if target.warning is not None and _short(number, target.warning, target) else Verdict.MET


def _short(number: float, level: float, target: Target) -> bool:
    return number < level if target.direction == "at-least" else number > level


def values(
    bookings: Sequence[Booking[Any]],
    counters: Mapping[str, int],
    period: tuple[datetime, datetime],
    targets: Sequence[Target],
    kpis: Sequence[Kpi],
) -> tuple[Value, ...]:
    """Return every KPI of `kpis`, in its order, for [start, end), held against the targets in force there.

    `counters` are the sums of all `bookings`. A period that spans a change of a target is judged stretch by stretch,
    each from the bookings of its own slots.
    """
    start, end = period
    return tuple(
        Value(
            kpi=kpi,
            value=policy.value(kpi, counters, _seconds(start, end)),
            judgements=tuple(judge(kpi, bookings, each) for each in stretches(targets, kpi.id, start, end)),
        )
        for kpi in kpis
    )


def judge(kpi: Kpi, bookings: Iterable[Booking[Any]], stretch: Stretch) -> Judgement:
    """Hold the KPI of the slots that start in the stretch against its target."""
    start, end, target = stretch
    counters = policy.merge(each.counters for each in bookings if start <= each.slot.start < end)
    number = policy.value(kpi, counters, _seconds(start, end))
    return Judgement(start=start, end=end, target=target, value=number, verdict=verdict(number, target))


def windows(
    targets: Sequence[Target], period: tuple[date, date], zone: tzinfo, kpis: Sequence[Kpi]
) -> Iterator[tuple[Kpi, Stretch]]:
    """Yield the measurement windows that share a day with [first, end) of the tenant's calendar, by KPI and time.

    A window is whole, also where it reaches out of the period, but cut where the version in force changes: each part
    is judged on its own. A week begins on Monday.
    """
    first, end = period
    for kpi in kpis:
        found: dict[tuple[datetime, datetime], Stretch] = {}
        for kind in sorted({target.window for target in targets if target.kpi == kpi.id}):
            day = window_of(first, kind)[0]
            while day < end:
                following = window_of(day, kind)[1]
                for stretch in stretches(targets, kpi.id, midnight(day, zone), midnight(following, zone)):
                    if stretch[2].window == kind:
                        found[stretch[:2]] = stretch
                day = following
        yield from ((kpi, stretch) for _, stretch in sorted(found.items(), key=lambda each: each[0]))


def window_of(day: date, kind: str) -> tuple[date, date]:
    """Return the first day of the window that holds `day`, and the first day after it."""
    if kind == "day":
        return day, day + timedelta(days=1)
    if kind == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=7)
    begin = day.replace(day=1)
    return begin, (begin + timedelta(days=31)).replace(day=1)


def midnight(day: date, zone: tzinfo) -> datetime:
    """Return the instant (UTC) at which the day begins; where a clock change skips midnight, its first instant."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _seconds(start: datetime, end: datetime) -> int:
    return int((end - start) / timedelta(seconds=1))
