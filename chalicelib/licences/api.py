"""Licences: REST. What is wrong with the tenant's papers on a day (NUM-06, LIC-02)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from chalice.app import Blueprint, Response
from pydantic import BaseModel, ConfigDict, Field

from chalicelib.access import service as access
from chalicelib.licences.models import Finding
from chalicelib.licences.service import WITHIN_DAYS, Licences, Review
from chalicelib.organisation.service import Sight, sees_figures
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


def _seen(seen: Sight | None, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings but those about numbers of other parts; lines and licences are the tenant's."""
    numbers = {number for line in tenancy.current().lines.values() for number in line.numbers}
    return tuple(one for one in findings if one.about not in numbers or sees_figures(seen, None, one.about))


def _finding(finding: Finding) -> FindingView:
    return FindingView(field=finding.field, about=finding.about, reason=finding.reason, expires_on=finding.expires_on)


@bp.route("/v1/papers", methods=["GET"], authorizer=AUTHORIZER)
@door("papers.read", answers=PapersView, query=PapersQuery)
def papers() -> Response:
    """Answer which licences and papers of numbers are missing or expire soon."""
    query = queries.parse(PapersQuery, _params())
    tenant = tenancy.current()
    review = Licences(tenant, clock.from_environment()).review(query.on, within_days=query.within_days)
    seen = door.caller().sight
    review = replace(review, uncovered=_seen(seen, review.uncovered), expiring=_seen(seen, review.expiring))
    return http_door.json_response(view(tenant.id, review).model_dump(mode="json"))


def _params() -> Any:
    return bp.current_request.query_params
