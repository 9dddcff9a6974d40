"""Metrics: REST. KPIs of a period by queue, line, number or for the tenant, with the counts they are made of."""

import functools
import os
from datetime import UTC, timedelta
from typing import Annotated, Any, Final, Literal, Self

from chalice.app import Blueprint, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from chalicelib.access import service as access
from chalicelib.access.models import Scope
from chalicelib.agents.events import Turns
from chalicelib.agents.service import Agents
from chalicelib.metrics.contracted import kpis, targets
from chalicelib.metrics.models import (
    INTERVAL_S,
)
from chalicelib.metrics.presence import Presence
from chalicelib.metrics.refused import RefusedCalls
from chalicelib.metrics.service import BY_AGENTS, Metrics, Narrowed
from chalicelib.metrics.store import Counters
from chalicelib.metrics.views import Definition, JudgementView, ReportView, definition, judgement_view, rounded, view
from chalicelib.people import service as people
from chalicelib.platform import aws, clock, http_door, queries, settings
from chalicelib.platform.authorizer import AUTHORIZER
from chalicelib.platform.errors import Forbidden
from chalicelib.tenancy import service as tenancy

__all__ = [
    "Definition",
    "JudgementView",
    "KpiQuery",
    "ReportView",
    "bp",
    "definition",
    "judgement_view",
    "kpis",
    "report",
    "rounded",
    "targets",
    "view",
    "wired",
]

bp = Blueprint(__name__)
door = access.Door(bp)

LONGEST: Final = timedelta(days=31)
LONGEST_BY_INTERVAL: Final = timedelta(days=2)
"""An answer of one function is at most 6 MB; two days of quarter-hours of ten queues are about 4."""


class KpiQuery(BaseModel):
    """Which period and grouping. `from` is in the period, `to` is not; both on quarter-hours, with a zone.

    Figures of all agents are told for two days at most, those of one `agent` for 31. `percentiles` is a list with
    commas of at most five, for example `50,90`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: queries.Instant = Field(alias="from")
    end: queries.Instant = Field(alias="to")
    by: Literal["queue", "line", "number", "tenant", "agent", "team", "site", "leader", "unit"] = "queue"
    number: queries.Phone | None = None
    agent: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^#\x00-\x1f]+$")] | None = None
    interval: Literal["15m"] | None = None
    percentiles: Annotated[str, Field(pattern=r"^[1-9][0-9]?(,[1-9][0-9]?){0,4}$")] | None = None

    @model_validator(mode="after")
    def _is_a_period(self) -> Self:
        if (self.agent and self.by not in BY_AGENTS) or (self.number and self.by in BY_AGENTS):
            msg = "agent narrows figures of agents, number narrows the others"
            raise ValueError(msg)
        longest = LONGEST_BY_INTERVAL if self.interval or (self.by in BY_AGENTS and not self.agent) else LONGEST
        if any(instant.timestamp() % INTERVAL_S for instant in (self.start, self.end)):
            msg = "from and to must lie on quarter-hours"
            raise ValueError(msg)
        if not timedelta(0) < self.end - self.start <= longest:
            msg = f"to must lie after from, by at most {longest.days} days"
            raise ValueError(msg)
        return self

    @property
    def percents(self) -> tuple[int, ...]:
        """The percentiles that are asked for."""
        return tuple(int(one) for one in self.percentiles.split(",")) if self.percentiles else ()


@functools.cache
def wired() -> Metrics:
    """Return the use-case wired for this process; a missing setting fails here, by name."""
    configured = settings.StoreSettings.load(os.environ)
    tenant = tenancy.current()
    client = aws.client("dynamodb", aws.A_PERSON_WAITS)
    kept = (client, configured.table, tenant.id, tenant.contacts_days)
    instance = os.environ.get("TRUNKLINE_INSTANCE_ARN", "").rpartition("/")[2]
    return Metrics(
        tenant=tenant.id,
        counters=Counters(client, configured.table),
        targets=targets(tenant),
        now=clock.from_environment(),
        kpis=kpis(tenant),
        nodes=tenant.organisation,
        refusals=RefusedCalls(aws.client("cloudwatch", aws.A_PERSON_WAITS), instance) if instance else None,
        staff=Presence(statuses=Agents(*kept), turns=Turns(*kept), unpaid=frozenset(tenant.kpis.unpaid_statuses)),
        people=lambda: people.wired().history(),
    )


@bp.route("/v1/kpis", methods=["GET"], authorizer=AUTHORIZER)
@door("metrics.read", answers=ReportView, query=KpiQuery, narrows=[Scope.TEAM])
def report() -> Response:
    """Answer counts and KPIs of a period."""
    query = queries.parse(KpiQuery, _params())
    start, end = query.start.astimezone(UTC), query.end.astimezone(UTC)
    caller = door.caller()
    if caller.whose is not None and query.by not in BY_AGENTS:
        raise Forbidden("your roles see figures of your team: by=agent, by=leader", action="metrics.read")
    found = wired().report(
        start,
        end,
        query.by,
        per_interval=query.interval is not None,
        narrowed=Narrowed(number=query.number, agent=query.agent, agents=caller.whose),
        seen=caller.sight,
    )
    return http_door.json_response(
        view(tenancy.current().id, found, wired().kpis, query.percents).model_dump(mode="json", by_alias=True)
    )


def _params() -> Any:
    return bp.current_request.query_params
