"""Qualifications: REST. Record a result of an agent; read what an agent is qualified for."""

import functools
import os
from datetime import date
from typing import Annotated, Any, Literal

from chalice.app import Blueprint, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictBool

from chalicelib.access import service as access
from chalicelib.access.service import Scope
from chalicelib.organisation.service import sees_agent
from chalicelib.platform import http_door, queries
from chalicelib.platform.authorizer import AUTHORIZER
from chalicelib.platform.errors import Forbidden, NotFound
from chalicelib.qualifications import wiring
from chalicelib.qualifications.models import Result, Verdict
from chalicelib.qualifications.service import Qualifications, Shown

bp = Blueprint(__name__)
door = access.Door(bp)

type Agent = Annotated[str, Field(pattern=r"^[A-Za-z0-9._@-]{1,100}$")]
type RequirementKind = Literal["training", "exam", "periodic-test"]


class ResultBody(BaseModel):
    """An agent took a training, exam or test on the tenant's local day `on`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    agent: Agent
    kind: RequirementKind
    id: Annotated[str, Field(min_length=1, max_length=100)]
    on: queries.Day
    passed: StrictBool


class AgentQuery(BaseModel):
    """Whose qualifications: the user name of an agent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    agent: Agent


class RequirementView(BaseModel):
    """A training, exam or test that is asked for; `valid_days` null: a pass holds for good."""

    kind: str
    id: str
    valid_days: int | None


class SkillView(BaseModel):
    """Whether the agent may serve the routing profile `skill` today. `until` is the last day; null: no end, or not."""

    skill: str
    qualified: bool
    until: date | None
    lacking: list[RequirementView]


class ResultView(BaseModel):
    """A recorded result."""

    kind: str
    id: str
    on: date
    passed: bool
    recorded_at: AwareDatetime
    by: str


class StandingView(BaseModel):
    """What an agent is qualified for on the day `on`; `applied` false: Amazon Connect follows at the next look."""

    agent: str
    on: date
    applied: bool
    skills: list[SkillView]
    results: list[ResultView]


@functools.cache
def wired() -> Qualifications:
    """Return the use-case wired for this process; a missing setting fails here, by name."""
    return wiring.qualifications(os.environ)


@bp.route("/v1/qualifications", methods=["POST"], authorizer=AUTHORIZER)
@door("qualifications.record", answers=StandingView, body=ResultBody, statuses=(201,), refuses=(404,))
def record() -> Response:
    """Record a result, and let the agent's routing profile follow it."""
    body = queries.parse_body(ResultBody, _request().json_body)
    _see(body.agent)
    shown = wired().record(
        agent=body.agent, kind=body.kind, id_=body.id, on=body.on, passed=body.passed, actor=door.caller().actor
    )
    return _answer(body.agent, shown, 201)


@bp.route("/v1/qualifications", methods=["GET"], authorizer=AUTHORIZER)
@door("qualifications.read", answers=StandingView, query=AgentQuery, refuses=(404,), narrows=[Scope.OWN])
def standing() -> Response:
    """Answer what an agent is qualified for; agents ask for themselves."""
    query = queries.parse(AgentQuery, _request().query_params)
    caller = door.caller()
    if caller.scope is Scope.OWN and query.agent != caller.user:
        raise Forbidden(f"your roles show only your own: agent={caller.user}", action="qualifications.read")
    _see(query.agent)
    return _answer(query.agent, wired().standing(query.agent))


def _see(agent: str) -> None:
    """Accept an agent whom the caller's part of the organisation has; others are not told to exist."""
    if not sees_agent(door.caller().sight, agent):
        raise NotFound("no such agent")


def _answer(agent: str, shown: Shown, status: int = 200) -> Response:
    view = StandingView(
        agent=agent,
        on=shown.today,
        applied=shown.applied,
        skills=[_skill(verdict) for verdict in shown.verdicts],
        results=[_result(result) for result in shown.file.results],
    )
    return http_door.json_response(view.model_dump(mode="json"), status)


def _skill(verdict: Verdict) -> SkillView:
    lacking = [RequirementView(kind=one.kind, id=one.id, valid_days=one.valid_days) for one in verdict.lacking]
    return SkillView(skill=verdict.skill, qualified=verdict.qualified, until=verdict.until, lacking=lacking)


def _result(result: Result) -> ResultView:
    return ResultView(
        kind=result.kind,
        id=result.id,
        on=result.on,
        passed=result.passed,
        recorded_at=result.recorded_at,
        by=result.by,
    )


def _request() -> Any:
    return bp.current_request
