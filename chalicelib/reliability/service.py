"""Reliability: what it does. A look every five minutes, and a scorecard of every promise."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.agents.service import House
from chalicelib.metrics.service import By, Metrics
from chalicelib.platform.errors import ProductError
from chalicelib.reliability import policy
from chalicelib.reliability.models import Check, Finding, Look, Scope, Scorecard, Terms, Usage

COUNTED_EVERY: Final = timedelta(hours=1)
"""Listing a large instance takes a dozen of the two requests a second that all tenants of an account share (13.3)."""

EVERY: Final = timedelta(minutes=5)
CALLS: Final = "concurrent_calls"
_FAILURES: Final = (ProductError, ClientError, BotoCoreError)

type Probe = Callable[[], str]
"""Returns what is wrong, an empty text when nothing is; may raise what a client raises."""


class Kept(Protocol):
    """Port: see `store.Looks`."""

    def put(self, look: Look) -> None:
        """Keep a look."""

    def latest(self, now: datetime) -> Look | None:
        """Return the newest look."""

    def between(self, start: datetime, end: datetime) -> Iterator[Look]:
        """Yield the looks of [start, end) in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Looks at one tenant: `probes` are what it depends on, by name, `counts` what of the instance is in use.

    `timer_s` is a clock of seconds that only goes forward.
    """

    terms: Terms
    looks: Kept
    probes: Mapping[str, Probe]
    counts: Callable[[], Mapping[str, int]]
    house: Callable[[], House]
    now: Callable[[], datetime]
    timer_s: Callable[[], float]

    def look(self) -> Look:
        """Look at everything, keep what was found and return it. A dependency that fails is a finding, not an error.

        Without the table no look before is known and none is kept: what is returned is all there is.
        """
        now = self.now()
        checks = [self._check(name, probe) for name, probe in self.probes.items()]
        before = self._before(now)
        usages, counted_at = self._usages(now, before)
        found = Look(
            at=now.replace(microsecond=0),
            checks=policy.followed(checks, before),
            usages=policy.measured(usages, before, self.terms),
            counted_at=counted_at,
        )
        self._keep(found)
        return found

    def _check(self, name: str, probe: Probe) -> Check:
        began_s = self.timer_s()
        try:
            problem = probe()
        except _FAILURES as failure:
            problem = f"{type(failure).__name__}: {failure}"[:200]
        return Check(name=name, ok=not problem, took_ms=round((self.timer_s() - began_s) * 1000), problem=problem)

    def _before(self, now: datetime) -> Look | None:
        try:
            return self.looks.latest(now)
        except ProductError:
            return None  # the check of the table has said so already

    def _keep(self, look: Look) -> None:
        try:
            self.looks.put(look)
        except ProductError:
            return  # as above; a look that is missing counts as one at which not everything answered

    def _usages(self, now: datetime, before: Look | None) -> tuple[list[Usage], datetime | None]:
        """Return what is in use: calls as they are now, and what is listed as it was counted last."""
        known = {usage.name: usage.used for usage in before.usages} if before else {}
        counted_at = before.counted_at if before else None
        if counted_at is None or now - counted_at >= COUNTED_EVERY:
            counted = self._counted()
            known, counted_at = {**known, **counted}, now.replace(microsecond=0) if counted else counted_at
        calls = self._calls()
        if calls is not None:
            known[CALLS] = calls
        quotas = self.terms.quotas
        return [Usage(name=name, used=known[name], quota=quotas[name]) for name in quotas if name in known], counted_at

    def _counted(self) -> Mapping[str, int]:
        try:
            return self.counts()
        except _FAILURES:
            return {}  # the check of the instance tells why; the counts of before stand

    def _calls(self) -> int | None:
        """Return how many calls there are: those that wait, and those with agents."""
        try:
            house = self.house()
        except ProductError:
            return None
        waiting = sum(figures.waiting for figures in house.queues.values())
        return waiting + sum(len(agent.snapshot.works) for agent in house.agents if agent.snapshot)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Scorecards of one tenant."""

    tenant: str
    terms: Terms
    looks: Kept
    metrics: Metrics
    recovery: Mapping[str, int]

    def card(self, start: datetime, end: datetime) -> Scorecard:
        """Return how every promise came out in [start, end), both on quarter-hours, as far as it is past.

        Raises:
            Throttled, StoreUnavailable: the store could not answer.

        """
        now = self.metrics.now()
        by_number = self._counters(start, end, "number")
        whole = policy.counters_of(frozenset(by_number), by_number)
        found: list[Finding] = [
            policy.availability(
                self.tenant, self.terms.objectives, list(self.looks.between(start, end)), min(end, now), EVERY
            ),
            *policy.of_counters(Scope.TENANT, self.tenant, self.terms.objectives, whole),
        ]
        for carrier in self.terms.carriers:
            counters = policy.counters_of(carrier.numbers, by_number)
            found += policy.of_counters(Scope.CARRIER, carrier.name, carrier.objectives, counters)
        found += self._sites(self._counters(start, end, "site"))
        return Scorecard(start=start, end=end, as_of=now, findings=tuple(found), recovery=self.recovery)

    def _sites(self, by_site: Mapping[str, Mapping[str, int]]) -> Iterable[Finding]:
        """Yield the findings of every site that has figures or promises of its own."""
        own = {site.node: site.objectives for site in self.terms.sites}
        for node in sorted({*own, *by_site}):
            objectives = own.get(node, self.terms.objectives)
            yield from policy.of_counters(Scope.SITE, node, objectives, by_site.get(node, {}))

    def _counters(self, start: datetime, end: datetime, by: By) -> dict[str, Mapping[str, int]]:
        return {group.name: group.counters for group in self.metrics.report(start, end, by).groups}


def decisions_problem(counters: Mapping[str, int]) -> str:
    """Return what is wrong with the decisions of a while: empty, or that most were made without the table."""
    accepted, degraded = counters.get("accepted", 0), counters.get("degraded", 0)
    if accepted and degraded * 2 > accepted:
        return f"{degraded} of {accepted} calls were decided without the table"
    return ""


def events_problem(house: House, now: datetime, longest: timedelta) -> str:
    """Return what is wrong with the agents' events: empty, or that nothing was heard although agents are signed in."""
    known_at = house.known_at(now)
    signed_in = any(agent.seat_since is not None and not agent.is_gone(now) for agent in house.agents)
    if signed_in and known_at is not None and now - known_at > longest:
        return f"the newest agent event is {(now - known_at).total_seconds():.0f} s old"
    return ""


def summary(look: Look) -> dict[str, Any]:
    """Return what a look found, in a few words, for the log."""
    wrong = {check.name: check.problem for check in look.checks if not check.ok}
    near = {usage.name: f"{usage.used} of {usage.quota}" for usage in look.usages if usage.state != "ok"}
    return {"wrong": wrong, "near": near}
