"""Real time: the service level of today's queues, from the counters; read at most every half minute a process."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self

from chalicelib.metrics import registry
from chalicelib.metrics.models import INTERVAL_S, Report
from chalicelib.metrics.service import Counters, Metrics
from chalicelib.tenancy.models import Tenant, zone

KEEP_S: Final = 30.0
"""A day of quarter-hours of ten queues is some 300 KB, 36 read units; half a minute changes little of a day."""


@dataclass(frozen=True, slots=True)
class Today:
    """The service level (K03) of each queue that had contacts since the local midnight, as of `at`."""

    at: datetime
    service_level: Mapping[str, float]


def period(now: datetime, time_zone: str) -> tuple[datetime, datetime]:
    """Return the tenant's local day from its midnight to the end of the quarter-hour that holds `now`."""
    local = now.astimezone(zone(time_zone))
    start = local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    whole = int(now.timestamp()) // INTERVAL_S * INTERVAL_S
    return start, datetime.fromtimestamp(whole, UTC) + timedelta(seconds=INTERVAL_S)


def today_of(report: Report) -> Today:
    """Return what the report of a day by queue says of the service level."""
    values = {group.name: value.value for group in report.groups for value in group.values if value.kpi.id == "K03"}
    return Today(report.as_of, {queue: value for queue, value in values.items() if value is not None})


@dataclass(slots=True)
class TodayKept:
    """The newest reading; `clock_s` is a monotonic clock."""

    metrics: Metrics
    time_zone: str
    clock_s: Callable[[], float] = time.monotonic
    _kept: Today | None = field(default=None, init=False)
    _read_at_s: float = field(default=0.0, init=False)

    @classmethod
    def of_table(cls, client: Any, table: str, tenant: Tenant, now: Callable[[], datetime]) -> Self:
        """Return what reads the counters of a table, the service level in the variant of the contract."""
        kpis = (registry.SERVICE_LEVELS[tenant.kpis.service_level],)
        metrics = Metrics(tenant=tenant.id, counters=Counters(client, table), targets=(), now=now, kpis=kpis)
        return cls(metrics, tenant.time_zone)

    def now(self) -> Today:
        """Return today's service levels, at most half a minute old.

        Raises:
            Throttled, StoreUnavailable: the store could not answer.

        """
        if self._kept is None or self.clock_s() - self._read_at_s > KEEP_S:
            start, end = period(self.metrics.now(), self.time_zone)
            self._kept = today_of(self.metrics.report(start, end, "queue"))
            self._read_at_s = self.clock_s()
        return self._kept
