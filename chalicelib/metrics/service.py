"""Metrics: what they do. Report; counting is in `counting.py`. The only door for others."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, Final, Literal, Protocol

from chalicelib.metrics import policy, registry, targets
from chalicelib.metrics.counters import COUNTERS, INSTANCE_COUNTERS, OF_AGENTS, OFFER_COUNTERS, STAFF_COUNTERS
from chalicelib.metrics.counting import Writes, count, tell
from chalicelib.metrics.models import (
    BOOKING_RULE,
    INTERVAL_S,
    NO_NUMBER,
    NO_QUEUE,
    AgentSlot,
    Booking,
    Facts,
    Group,
    Kpi,
    Outcome,
    Refusal,
    Report,
    Target,
    Window,
)
from chalicelib.metrics.refused import RefusedCalls
from chalicelib.metrics.store import Counters
from chalicelib.metrics.written import addition, complained, place
from chalicelib.organisation.service import Sight, sees_agent, sees_figures, site, team
from chalicelib.people.models import NO_PEOPLE, History
from chalicelib.platform.tenancy import TenantId
from chalicelib.tenancy.models import Part

__all__ = [
    "BOOKING_RULE", "NO_NUMBER", "NO_QUEUE", "By", "Counters", "Facts", "Metrics", "Outcome", "Reader",
    "RefusedCalls", "Writes",
    "addition", "complained", "count", "merged", "place", "quarters", "recent", "tell",
]  # fmt: skip

type By = Literal["queue", "line", "number", "tenant", "agent", "team", "site", "leader", "unit"]

BY_AGENTS: Final = frozenset({"agent", "team", "site", "leader", "unit"})
"""Groups that are made of agents' counters."""

LONGEST_OF_STAFF: Final = timedelta(days=2)
"""Of a longer period signed-in time is not told: every change of every agent's status is read for it."""

_DAY: Final = timedelta(days=1)
"""Of a longer period ringing is not told: every turn of every agent is read for it, four an answered call."""

_INTERVAL = timedelta(seconds=INTERVAL_S)


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """What a report is narrowed to: contacts that dialled `number` (NUM-03), what one `agent`, or `agents`, handled."""

    number: str | None = None
    agent: str | None = None
    agents: frozenset[str] | None = None

    def has(self, agent: str) -> bool:
        """Return whether what the agent handled is told of."""
        return self.agents is None or agent in self.agents


EVERYTHING: Final = Narrowed()


class Reader(Protocol):
    """Port: the counters of a period."""

    def between(self, tenant: TenantId, start: datetime, end: datetime) -> Iterator[Booking]:
        """Yield the counters of every slot that starts in [start, end)."""


class Ledger(Reader, Protocol):
    """Port: the counters of queues and of agents; see `store.Counters`."""

    def of_agents(
        self, tenant: TenantId, start: datetime, end: datetime, agent: str | None = None
    ) -> Iterator[Booking[AgentSlot]]:
        """Yield the counters of one agent or of all in every slot that starts in [start, end)."""


class Staff(Protocol):
    """Port: what agents did beside the contacts that they handled; see `presence.Presence`."""

    def signed_in(self, start: datetime, end: datetime, agent: str | None) -> Iterator[Booking[AgentSlot]]:
        """Yield signed-in time of [start, end), of one agent or of all."""

    def offered(self, start: datetime, end: datetime, agent: str | None) -> Iterator[Booking[AgentSlot]]:
        """Yield ringing and free time of [start, end), of one agent or of all."""


class Refusals(Protocol):
    """Port: calls that never became a contact; see `refused.RefusedCalls`."""

    def between(self, start: datetime, end: datetime) -> Iterator[Booking]:
        """Yield what was refused in each quarter-hour of [start, end)."""

    def by_metric(self, start: datetime, end: datetime) -> Iterator[Refusal]:
        """Yield what each metric counted in each quarter-hour of [start, end)."""


def recent(counters: Reader, tenant: TenantId, queue: str, now: datetime, back: timedelta) -> Mapping[str, int]:
    """Return the counters of `queue` in the quarter-hours that touch the time from `back` before `now` on.

    Raises:
        StoreUnavailable, Throttled: the store could not answer.

    """
    found = counters.between(tenant, *quarters(now, back))
    return merged(booking for booking in found if booking.slot.queue == queue)


def quarters(now: datetime, back: timedelta) -> tuple[datetime, datetime]:
    """Return the quarter-hours that touch the time from `back` before `now` on, as beginning and end."""
    return policy.interval_start(now - back), policy.interval_start(now) + _INTERVAL


def merged(bookings: Iterable[Booking]) -> Mapping[str, int]:
    """Return the sums of the counters of `bookings`."""
    return policy.merge(booking.counters for booking in bookings)


@dataclass(frozen=True, slots=True)
class Metrics:
    """Reports of one tenant. `kpis` are those of the registry, the service level in the contract's variant.

    `nodes` is the tenant's organisation, which says of what team and site an agent is; without `staff` what agents did
    beside contacts is not told; `people` tells who led an agent, and in which unit.
    """

    tenant: TenantId
    counters: Ledger
    targets: tuple[Target, ...]
    now: Callable[[], datetime]
    kpis: tuple[Kpi, ...] = registry.EVERY_KPI
    nodes: tuple[Part, ...] = ()
    staff: Staff | None = None
    refusals: Refusals | None = None
    people: Callable[[], History] = lambda: NO_PEOPLE

    def report(
        self,
        start: datetime,
        end: datetime,
        by: By,
        *,
        per_interval: bool = False,
        narrowed: Narrowed = EVERYTHING,
        seen: Sight | None = None,
    ) -> Report:
        """Return counters and KPIs of [start, end), one group for each name of `by`, and each interval if asked.

        `start` and `end` are aware, on quarter-hours of UTC; `seen` narrows to what a user sees (TEN-11). A group
        without any count does not appear. A target is judged by the version in force, stretch by stretch. Groups of
        agents have the KPIs of what agents handle: nobody abandons an agent.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        found: dict[tuple[datetime | None, str], list[Booking[Any]]] = {}
        for name, booking in self._named(by, (start, end), narrowed, seen):
            at = booking.slot.start if per_interval else None
            found.setdefault((at, name), []).append(booking)
        known = self._known(by, (start, end), narrowed)
        if self.refusals and by == "tenant" and narrowed == EVERYTHING and seen is None:
            known |= INSTANCE_COUNTERS.keys()
            for booking in self.refusals.between(start, min(end, self.now())):
                at = booking.slot.start if per_interval else None
                found.setdefault((at, str(self.tenant)), []).append(booking)
        kpis = tuple(kpi for kpi in self.kpis if kpi.counters <= known)
        groups = [
            self._group((at, name), bookings, (at, at + _INTERVAL) if at else (start, end), kpis)
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

    def _named(
        self, by: By, period: tuple[datetime, datetime], narrowed: Narrowed, seen: Sight | None
    ) -> Iterator[tuple[str, Booking[Any]]]:
        """Yield the bookings of the period with the name of the group that each belongs to."""
        start, end = period
        led = self.people() if by in {"leader", "unit"} else NO_PEOPLE
        for one in self._at_agents(by, period, narrowed):
            if sees_agent(seen, one.slot.agent) and narrowed.has(one.slot.agent):
                yield self._agents_name(by, one.slot, led), one
        if by not in BY_AGENTS:
            for booking in self._between(start, end, seen):
                if narrowed.number in {None, booking.slot.number}:
                    yield self._name(by, booking), booking

    def _at_agents(self, by: By, period: tuple[datetime, datetime], narrowed: Narrowed) -> Iterator[Booking[AgentSlot]]:
        known, until = self._known(by, period, narrowed), min(period[1], self.now())
        if self.staff and STAFF_COUNTERS.keys() <= known:
            yield from self.staff.signed_in(period[0], until, narrowed.agent)
        if self.staff and OFFER_COUNTERS.keys() <= known:
            yield from self.staff.offered(period[0], until, narrowed.agent)
        if by in BY_AGENTS:
            yield from self.counters.of_agents(self.tenant, *period, narrowed.agent)

    def _known(self, by: By, period: tuple[datetime, datetime], narrowed: Narrowed) -> frozenset[str]:
        """Return the counters that groups have, and so the KPIs: nobody abandons an agent, or signs in to a line."""
        own = frozenset(OF_AGENTS if by in BY_AGENTS else COUNTERS.keys())
        if self.staff is None or narrowed.number is not None or by not in {*BY_AGENTS, "tenant"}:
            return own
        length = period[1] - period[0]
        told = (*(STAFF_COUNTERS if length <= LONGEST_OF_STAFF else ()), *(OFFER_COUNTERS if length <= _DAY else ()))
        return own | frozenset(told)

    def _between(self, start: datetime, end: datetime, seen: Sight | None) -> Iterator[Booking]:
        for booking in self.counters.between(self.tenant, start, end):
            if sees_figures(seen, booking.slot.queue, booking.slot.number):
                yield booking

    def _name(self, by: By, booking: Booking) -> str:
        slot = booking.slot
        return {"queue": slot.queue, "line": slot.line, "number": slot.number, "tenant": str(self.tenant)}[by]

    def _agents_name(self, by: By, slot: AgentSlot, led: History) -> str:
        """Return the group; leader and unit are those of the agent at the beginning of the interval (PPL-01)."""
        agent = slot.agent
        if by in {"leader", "unit"}:
            return (led.leader if by == "leader" else led.unit)(agent, slot.start)
        if by in {"agent", "tenant"}:
            return agent if by == "agent" else str(self.tenant)
        return (team if by == "team" else site)(self.nodes, agent)

    def _group(
        self,
        place: tuple[datetime | None, str],
        bookings: list[Booking[Any]],
        period: tuple[datetime, datetime],
        kpis: tuple[Kpi, ...],
    ) -> Group:
        counters = policy.merge(booking.counters for booking in bookings)
        return Group(
            name=place[1],
            start=place[0],
            counters=counters,
            values=targets.values(bookings, counters, period, self.targets, kpis),
        )
