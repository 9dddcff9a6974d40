"""Metrics: REST. KPIs of a period by queue, line or for the tenant, with the counts they are made of."""

import functools
import os
from datetime import UTC, timedelta
from typing import Any, Final, Literal, Self

from chalice.app import Blueprint, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from chalicelib.access import service as access
from chalicelib.metrics.models import BOOKING_RULE, INTERVAL_S, KPIS, Group, Report, Target
from chalicelib.metrics.service import Metrics
from chalicelib.metrics.store import Counters
from chalicelib.platform import aws, clock, http_door, queries, settings
from chalicelib.platform.authorizer import AUTHORIZER
from chalicelib.tenancy import service as tenancy
from chalicelib.tenancy.models import Tenant

bp = Blueprint(__name__)
door = access.Door(bp)

LONGEST: Final = timedelta(days=31)
LONGEST_BY_INTERVAL: Final = timedelta(days=2)
"""An answer of one function is at most 6 MB; two days of quarter-hours of ten queues are about 4."""


class KpiQuery(BaseModel):
    """Which period and grouping. `from` is in the period, `to` is not; both on quarter-hours, with a zone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: queries.Instant = Field(alias="from")
    end: queries.Instant = Field(alias="to")
    by: Literal["queue", "line", "tenant"] = "queue"
    interval: Literal["15m"] | None = None

    @model_validator(mode="after")
    def _is_a_period(self) -> Self:
        longest = LONGEST_BY_INTERVAL if self.interval else LONGEST
        if any(instant.timestamp() % INTERVAL_S for instant in (self.start, self.end)):
            msg = "from and to must lie on quarter-hours"
            raise ValueError(msg)
        if not timedelta(0) < self.end - self.start <= longest:
            msg = f"to must lie after from, by at most {longest.days} days"
            raise ValueError(msg)
        return self


class Definition(BaseModel):
    """What a KPI is."""

    id: str
    name: str
    formula: str
    unit: str


class KpiView(BaseModel):
    """One KPI of one group. `value` null: no denominator; `met` null: no value or no target."""

    id: str
    name: str
    unit: str
    value: float | None
    target: float | None
    direction: str | None
    met: bool | None


class GroupView(BaseModel):
    """One row of the report; `start` only when it is by interval."""

    name: str
    start: AwareDatetime | None
    counters: dict[str, int]
    kpis: list[KpiView]


class ReportView(BaseModel):
    """The report. Late records change past intervals, so every figure is as of `as_of`."""

    tenant: str
    start: AwareDatetime = Field(serialization_alias="from")
    end: AwareDatetime = Field(serialization_alias="to")
    by: str
    as_of: AwareDatetime
    booking_rule: str
    definitions: list[Definition]
    groups: list[GroupView]


def view(tenant: str, report: Report) -> ReportView:
    """Return the report as the API shows it."""
    return ReportView(
        tenant=tenant,
        start=report.start,
        end=report.end,
        by=report.by,
        as_of=report.as_of,
        booking_rule=BOOKING_RULE,
        definitions=[Definition(id=k.id, name=k.name, formula=k.formula, unit=k.unit) for k in KPIS],
        groups=[_group(group) for group in report.groups],
    )


def _group(group: Group) -> GroupView:
    kpis = [
        KpiView(
            id=value.kpi.id,
            name=value.kpi.name,
            unit=value.kpi.unit,
            value=None if value.value is None else round(value.value, 6),
            target=value.target.target if value.target else None,
            direction=value.target.direction if value.target else None,
            met=value.met,
        )
        for value in group.values
    ]
    return GroupView(name=group.name, start=group.start, counters=dict(group.counters), kpis=kpis)


def targets(tenant: Tenant) -> tuple[Target, ...]:
    """Return what the client holds the outsourcer to."""
    return tuple(Target(kpi=each.kpi, direction=each.direction, target=each.target) for each in tenant.kpi_targets)


@functools.cache
def wired() -> Metrics:
    """Return the use-case wired for this process; a missing setting fails here, by name."""
    configured = settings.StoreSettings.load(os.environ)
    tenant = tenancy.current()
    counters = Counters(aws.client("dynamodb", aws.A_PERSON_WAITS), configured.table)
    return Metrics(tenant.id, counters, targets(tenant), clock.from_environment())


@bp.route("/v1/kpis", methods=["GET"], authorizer=AUTHORIZER)
@door("metrics.read")
def kpis() -> Response:
    """Answer counts and KPIs of a period."""
    query = queries.parse(KpiQuery, _params())
    start, end = query.start.astimezone(UTC), query.end.astimezone(UTC)
    report = wired().report(start, end, query.by, per_interval=query.interval is not None)
    return http_door.json_response(view(tenancy.current().id, report).model_dump(mode="json", by_alias=True))


def _params() -> Any:
    return bp.current_request.query_params
