"""Metrics: what they do. Count a finished contact inside its own transaction, and report. The only door for others."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from chalicelib.metrics import policy, store
from chalicelib.metrics.models import (
    BOOKING_RULE,
    INTERVAL_S,
    NO_QUEUE,
    Booking,
    Facts,
    Group,
    Outcome,
    Report,
    Target,
)
from chalicelib.metrics.store import Counters
from chalicelib.platform.tenancy import TenantId

__all__ = [
    "BOOKING_RULE", "NO_QUEUE", "Counters", "Facts", "Metrics", "Outcome", "Reader", "Writes", "count", "recent",
]  # fmt: skip

type By = Literal["queue", "line", "tenant"]


@dataclass(frozen=True, slots=True)
class Writes:
    """What a contact does to the counters: `kept` goes into its item, `actions` into the same transaction, by name."""

    kept: Mapping[str, Any]
    actions: Mapping[str, Mapping[str, Any]]


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
    )


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
    """Reports of one tenant."""

    tenant: TenantId
    counters: Reader
    targets: tuple[Target, ...]
    now: Callable[[], datetime]

    def report(self, start: datetime, end: datetime, by: By, *, per_interval: bool = False) -> Report:
        """Return counters and KPIs of [start, end), one group a queue, line or for all, and interval if asked.

        `start` and `end` are aware, on quarter-hours of UTC. A group without any count does not appear.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        sums: dict[tuple[datetime | None, str], list[Mapping[str, int]]] = {}
        for booking in self.counters.between(self.tenant, start, end):
            name = {"queue": booking.slot.queue, "line": booking.slot.line, "tenant": str(self.tenant)}[by]
            sums.setdefault((booking.slot.start if per_interval else None, name), []).append(booking.counters)
        period_s = INTERVAL_S if per_interval else int((end - start) / timedelta(seconds=1))
        groups = [self._group(at, name, parts, period_s) for (at, name), parts in sums.items()]
        groups.sort(key=lambda group: (group.start or start, group.name))
        return Report(start=start, end=end, by=by, as_of=self.now(), groups=tuple(g for g in groups if g.counters))

    def _group(self, at: datetime | None, name: str, parts: list[Mapping[str, int]], period_s: int) -> Group:
        counters = policy.merge(parts)
        return Group(name=name, start=at, counters=counters, values=policy.values(counters, period_s, self.targets))
