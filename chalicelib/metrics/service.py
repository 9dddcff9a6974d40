"""Metrics: what they do. Count a finished contact inside its own transaction, and report. The only door for others."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, Literal, Protocol

from chalicelib.metrics import policy, registry, store, targets
from chalicelib.metrics.models import (
    BOOKING_RULE,
    INTERVAL_S,
    METRIC_PREFIX,
    NO_NUMBER,
    NO_QUEUE,
    Booking,
    Facts,
    Group,
    Kpi,
    Outcome,
    Report,
    Target,
    Window,
)
from chalicelib.metrics.store import Counters
from chalicelib.organisation.service import Sight, sees_figures
from chalicelib.platform import observability
from chalicelib.platform.tenancy import TenantId

__all__ = [
    "BOOKING_RULE", "NO_NUMBER", "NO_QUEUE", "Counters", "Facts", "Metrics", "Outcome", "Reader", "Writes", "count",
    "recent", "tell",
]  # fmt: skip

type By = Literal["queue", "line", "number", "tenant"]

_INTERVAL = timedelta(seconds=INTERVAL_S)


@dataclass(frozen=True, slots=True)
class Writes:
    """What a contact does to the counters: `kept` goes into its item, `actions` into the same transaction, by name.

    `changed` is by how much each counter moves, over all slots.
    """

    kept: Mapping[str, Any]
    actions: Mapping[str, Mapping[str, Any]]
    changed: Mapping[str, int]


def count(tenant: TenantId, table: str, facts: Facts | None, kept: Mapping[str, Any] | None) -> Writes:
    """Return the writes that make the counters hold `facts` and no longer what `kept` says an older copy added.

    `facts` None means that the contact counts nowhere; `kept` None or empty that nothing was counted before. Whoever
    does the actions together with storing the new `kept`, in one transaction, counts every contact exactly once.
    """
    new = policy.book(facts) if facts else None
    old = store.from_document(kept) if kept else None
    changes = policy.difference(old, new)
    return Writes(
        kept=store.document(new) if new and new.counters else {},
        actions={f"count-{n}": store.addition(tenant, table, change) for n, change in enumerate(changes)},
        changed=policy.merge(change.counters for change in changes),
    )


def tell(writes: Writes) -> None:
    """Tell CloudWatch what was counted, after it was written; a correction tells a difference, also a negative one.

    The dashboard divides these sums by the registry's formulas. A batch that is cut off before its line of metrics is
    written is missing there and nowhere else: figures that count come from the table.
    """
    for name, change in writes.changed.items():
        observability.measure(METRIC_PREFIX + name, change)


class Reader(Protocol):
    """Port: the counters of a period."""

    def between(self, tenant: TenantId, start: datetime, end: datetime) -> Iterator[Booking]:
        """Yield the counters of every slot that starts in [start, end)."""


def recent(counters: Reader, tenant: TenantId, queue: str, now: datetime, back: timedelta) -> Mapping[str, int]:
    """Return the counters of `queue` in the quarter-hours that touch the time from `back` before `now` on.

    Raises:
        StoreUnavailable, Throttled: the store could not answer.

    """
    start, end = policy.interval_start(now - back), policy.interval_start(now) + timedelta(seconds=INTERVAL_S)
    found = (booking.counters for booking in counters.between(tenant, start, end) if booking.slot.queue == queue)
    return policy.merge(found)


@dataclass(frozen=True, slots=True)
class Metrics:
    """Reports of one tenant. `kpis` are those of the registry, the service level in the contract's variant."""

    tenant: TenantId
    counters: Reader
    targets: tuple[Target, ...]
    now: Callable[[], datetime]
    kpis: tuple[Kpi, ...] = registry.KPIS

    def report(
        self,
        start: datetime,
        end: datetime,
        by: By,
        *,
        per_interval: bool = False,
        number: str | None = None,
        seen: Sight | None = None,
    ) -> Report:
        """Return counters and KPIs of [start, end), one group a queue, line, number or for all, and interval if asked.

        `start` and `end` are aware, on quarter-hours of UTC; `number` narrows to contacts that dialled it (NUM-03),
        `seen` to those that a user sees (TEN-11). A group without any count does not appear. A target is judged by the
        version in force, stretch by stretch.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        found: dict[tuple[datetime | None, str], list[Booking]] = {}
        for booking in self._between(start, end, seen):
            if number in {None, booking.slot.number}:
                at = booking.slot.start if per_interval else None
                found.setdefault((at, self._name(by, booking)), []).append(booking)
        groups = [
            self._group(at, name, bookings, (at, at + _INTERVAL) if at else (start, end))
            for (at, name), bookings in found.items()
        ]
        groups.sort(key=lambda group: (group.start or start, group.name))
        return Report(start=start, end=end, by=by, as_of=self.now(), groups=tuple(g for g in groups if g.counters))

    def results(self, first: date, end: date, by: By, zone: tzinfo, seen: Sight | None = None) -> tuple[Window, ...]:
        """Return how every measurement window came out that shares a day with [first, end) of the calendar of `zone`.

        One entry for each window, version of its target and group that has a value, see `targets.windows`.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        asked = list(targets.windows(self.targets, (first, end), zone, self.kpis))
        if not asked:
            return ()
        since, till = min(each[0] for _, each in asked), max(each[1] for _, each in asked)
        found: dict[str, list[Booking]] = {}
        for booking in self._between(since, till, seen):
            found.setdefault(self._name(by, booking), []).append(booking)
        now = self.now()
        judged = (
            (name, kpi, targets.judge(kpi, bookings, stretch))
            for kpi, stretch in asked
            for name, bookings in sorted(found.items())
        )
        return tuple(
            Window(name=name, kpi=kpi, judgement=judgement, complete=judgement.end <= now)
            for name, kpi, judgement in judged
            if judgement.verdict is not None
        )

    def _between(self, start: datetime, end: datetime, seen: Sight | None) -> Iterator[Booking]:
        for booking in self.counters.between(self.tenant, start, end):
            if sees_figures(seen, booking.slot.queue, booking.slot.number):
                yield booking

    def _name(self, by: By, booking: Booking) -> str:
        slot = booking.slot
        return {"queue": slot.queue, "line": slot.line, "number": slot.number, "tenant": str(self.tenant)}[by]

    def _group(
        self, at: datetime | None, name: str, bookings: list[Booking], period: tuple[datetime, datetime]
    ) -> Group:
        counters = policy.merge(booking.counters for booking in bookings)
        return Group(
            name=name,
            start=at,
            counters=counters,
            values=targets.values(bookings, counters, period, self.targets, self.kpis),
        )
