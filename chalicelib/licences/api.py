"""Licences: REST. What is wrong with the tenant's papers on a day (NUM-06, LIC-02)."""

from datetime import date
from typing import Any

from chalice.app import Blueprint, Response
from pydantic import BaseModel, ConfigDict, Field

from chalicelib.access import service as access
from chalicelib.licences.models import Finding
from chalicelib.licences.service import WITHIN_DAYS, Licences, Review
from chalicelib.platform import clock, http_door, queries
from chalicelib.platform.authorizer import AUTHORIZER
from chalicelib.tenancy import service as tenancy

bp = Blueprint(__name__)
door = access.Door(bp)


class PapersQuery(BaseModel):
    """The day, the tenant's today when left out, and how far ahead to look."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    on: queries.Day | None = Field(default=None, ge=date(2000, 1, 1), lt=date(3000, 1, 1))
    within_days: int = Field(default=WITHIN_DAYS, ge=0, le=3_650)


class FindingView(BaseModel):
    """One paper: the field of the contract, the number, line or licence it is about, and what is wrong."""

    field: str
    about: str
    reason: str
    expires_on: date | None


class PapersView(BaseModel):
    """What forbids the tenant to be live on the day, and what will within `within_days`."""

    tenant: str
    on: date
    within_days: int
    uncovered: list[FindingView]
    expiring: list[FindingView]


def view(tenant: str, review: Review) -> PapersView:
    """Return a review as the API shows it."""
    return PapersView(
        tenant=tenant,
        on=review.on,
        within_days=review.within_days,
        uncovered=[_finding(each) for each in review.uncovered],
        expiring=[_finding(each) for each in review.expiring],
    )


def _finding(finding: Finding) -> FindingView:
    return FindingView(field=finding.field, about=finding.about, reason=finding.reason, expires_on=finding.expires_on)


@bp.route("/v1/papers", methods=["GET"], authorizer=AUTHORIZER)
@door("papers.read", answers=PapersView, query=PapersQuery)
def papers() -> Response:
    """Answer which licences and papers of numbers are missing or expire soon."""
    query = queries.parse(PapersQuery, _params())
    tenant = tenancy.current()
    review = Licences(tenant, clock.from_environment()).review(query.on, within_days=query.within_days)
    return http_door.json_response(view(tenant.id, review).model_dump(mode="json"))


def _params() -> Any:
    return bp.current_request.query_params
