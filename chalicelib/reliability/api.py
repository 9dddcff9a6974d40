"""Reliability: REST. How every promise about the system came out, and how its parts stand now (REL-09)."""

import functools
import os
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, Self

from chalice.app import Blueprint, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from chalicelib.access import service as access
from chalicelib.metrics.service import Counters, Metrics
from chalicelib.platform import aws, clock, http_door, queries, settings
from chalicelib.platform.authorizer import AUTHORIZER
from chalicelib.platform.errors import NotFound
from chalicelib.reliability.models import Look, Measure, Scope, Scorecard, State, terms
from chalicelib.reliability.service import Scores
from chalicelib.reliability.store import Looks
from chalicelib.tenancy import service as tenancy
from chalicelib.tenancy.models import zone

bp = Blueprint(__name__)
door = access.Door(bp)

LONGEST: Final = timedelta(days=31)


class SloQuery(BaseModel):
    """Days of the tenant's calendar: `from` is one of them, `to` is not; at most 31."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    first: queries.Day = Field(alias="from", ge=date(2000, 1, 1), lt=date(2999, 1, 1))
    end: queries.Day = Field(alias="to")

    @model_validator(mode="after")
    def _is_a_period(self) -> Self:
        if not timedelta(0) < self.end - self.first <= LONGEST:
            msg = f"to must lie after from, by at most {LONGEST.days} days"
            raise ValueError(msg)
        return self


class PromiseView(BaseModel):
    """One promise about the tenant, a carrier or a site: `good` of `total`, and whether it held.

    Null `value` and `met`: nothing was measured. Of connection failures less is better; of voice quality `good` is the
    sum of the scores times 100.
    """

    measure: Measure
    scope: Scope
    name: str
    objective: float
    good: int
    total: int
    value: float | None
    met: bool | None


class RecoveryView(BaseModel):
    """What the contract promises after a loss of data (REL-06): back within, and at most so much of it lost."""

    time_min: int
    point_min: int


class ScorecardView(BaseModel):
    """Every promise in a period, as of `as_of`."""

    tenant: str
    start: AwareDatetime = Field(serialization_alias="from")
    end: AwareDatetime = Field(serialization_alias="to")
    as_of: AwareDatetime
    recovery: RecoveryView
    promises: list[PromiseView]


class CheckView(BaseModel):
    """One dependency at the last look; `problem` is empty when it answered as it should."""

    name: str
    ok: bool
    took_ms: int
    problem: str
    state: State


class UsageView(BaseModel):
    """How much of a limit is in use."""

    name: str
    used: int
    quota: int
    share: float
    state: State


class LookView(BaseModel):
    """The newest look. `counted_at`: when what is listed was counted."""

    tenant: str
    at: AwareDatetime
    age_s: int
    up: bool
    counted_at: AwareDatetime | None
    dependencies: list[CheckView]
    limits: list[UsageView]


@functools.cache
def wired() -> Scores:
    """Return the use-case wired for this process; a missing setting fails here, by name."""
    tenant = tenancy.current()
    table = settings.StoreSettings.load(os.environ).table
    client = aws.client("dynamodb", aws.A_PERSON_WAITS)
    figures = Metrics(tenant.id, Counters(client, table), (), clock.from_environment(), nodes=tenant.organisation)
    return Scores(
        tenant=tenant.id,
        terms=terms(tenant.reliability),
        looks=Looks(client, table, tenant.id),
        metrics=figures,
        recovery=tenant.reliability["recovery"],
    )


def card_view(tenant: str, card: Scorecard) -> ScorecardView:
    """Return a scorecard as the API shows it."""
    return ScorecardView(
        tenant=tenant,
        start=card.start,
        end=card.end,
        as_of=card.as_of,
        recovery=RecoveryView(**card.recovery),
        promises=[
            PromiseView(
                measure=one.measure, scope=one.scope, name=one.name, objective=one.objective,
                good=one.good, total=one.total, value=one.value, met=one.met,
            )
            for one in card.findings
        ],
    )  # fmt: skip


def look_view(tenant: str, look: Look, now: datetime) -> LookView:
    """Return a look as the API shows it."""
    return LookView(
        tenant=tenant,
        at=look.at,
        age_s=max(0, int((now - look.at).total_seconds())),
        up=look.up,
        counted_at=look.counted_at,
        dependencies=[
            CheckView(name=one.name, ok=one.ok, took_ms=one.took_ms, problem=one.problem, state=one.state)
            for one in look.checks
        ],
        limits=[
            UsageView(name=one.name, used=one.used, quota=one.quota, share=round(one.share, 4), state=one.state)
            for one in look.usages
        ],
    )


@bp.route("/v1/slo", methods=["GET"], authorizer=AUTHORIZER)
@door("slo.read", answers=ScorecardView, query=SloQuery)
def slo() -> Response:
    """Answer how every promise about the system came out, for the tenant, per carrier and per site."""
    query = queries.parse(SloQuery, _params())
    tenant = tenancy.current()
    local = zone(tenant.time_zone)
    start, end = (datetime.combine(day, time(), local).astimezone(UTC) for day in (query.first, query.end))
    return http_door.json_response(
        card_view(tenant.id, wired().card(start, end)).model_dump(mode="json", by_alias=True)
    )


@bp.route("/v1/health/dependencies", methods=["GET"], authorizer=AUTHORIZER)
@door("slo.read", answers=LookView, refuses=(404,))
def dependencies() -> Response:
    """Answer whether all that the tenant depends on answered at the last look, and how near its limits are."""
    scores = wired()
    now = scores.metrics.now()
    look = scores.looks.latest(now)
    if look is None:
        raise NotFound("nobody has looked since yesterday")
    return http_door.json_response(look_view(scores.tenant, look, now).model_dump(mode="json"))


def _params() -> Any:
    return bp.current_request.query_params
