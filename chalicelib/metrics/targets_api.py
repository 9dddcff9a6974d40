"""Metrics: REST. How the targets of the service contract came out, window by window (TEN-06)."""

from datetime import date, timedelta
from typing import Any, Final, Literal, Self

from chalice.app import Blueprint, Response
from pydantic import AliasChoices, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from chalicelib.access import service as access
from chalicelib.metrics.api import JudgementView, judgement_view, wired
from chalicelib.metrics.models import Window
from chalicelib.platform import http_door, queries
from chalicelib.platform.authorizer import AUTHORIZER
from chalicelib.tenancy import service as tenancy
from chalicelib.tenancy.models import zone

bp = Blueprint(__name__)
door = access.Door(bp)

LONGEST: Final = timedelta(days=31)
"""With the months that reach out of it on both sides, at most 93 days of counters are read."""


class TargetQuery(BaseModel):
    """Days of the tenant's calendar: `from` is one of them, `to` is not."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    first: queries.Day = Field(alias="from")
    end: queries.Day = Field(alias="to")
    by: Literal["queue", "line", "number", "tenant"] = "tenant"

    @model_validator(mode="after")
    def _is_a_period(self) -> Self:
        if not timedelta(0) < self.end - self.first <= LONGEST:
            msg = f"to must lie after from, by at most {LONGEST.days} days"
            raise ValueError(msg)
        if not 2_000 <= self.first.year < 3_000:  # noqa: PLR2004 - said in the message
            msg = "must lie in the years 2000 to 2999"
            raise ValueError(msg)
        return self


class WindowView(JudgementView):
    """One measurement window of one target and group. While it is not `complete` the verdict is how it stands."""

    kpi: str
    name: str
    unit: str
    group: str
    complete: bool


class ResultsView(BaseModel):
    """Every window that shares a day with the period, as of `as_of`."""

    tenant: str
    start: date = Field(serialization_alias="from", validation_alias=AliasChoices("start", "from"))
    end: date = Field(serialization_alias="to", validation_alias=AliasChoices("end", "to"))
    by: str
    time_zone: str
    as_of: AwareDatetime
    results: list[WindowView]


def _view(window: Window) -> WindowView:
    return WindowView(
        **judgement_view(window.judgement).model_dump(),
        kpi=window.kpi.id,
        name=window.kpi.name,
        unit=window.kpi.unit,
        group=window.name,
        complete=window.complete,
    )


@bp.route("/v1/kpis/targets", methods=["GET"], authorizer=AUTHORIZER)
@door("targets.read", answers=ResultsView, query=TargetQuery)
def results() -> Response:
    """Answer how each target came out in each of its measurement windows."""
    query = queries.parse(TargetQuery, _params())
    tenant, metrics = tenancy.current(), wired()
    found = metrics.results(query.first, query.end, query.by, zone(tenant.time_zone), door.caller().sight)
    shown = ResultsView(
        tenant=tenant.id,
        start=query.first,
        end=query.end,
        by=query.by,
        time_zone=tenant.time_zone,
        as_of=metrics.now(),
        results=[_view(window) for window in found],
    )
    return http_door.json_response(shown.model_dump(mode="json", by_alias=True))


def _params() -> Any:
    return bp.current_request.query_params
