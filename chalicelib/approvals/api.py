"""Approvals: REST. What waits for a superior, and deciding it (PPL-01)."""

import re
from typing import Annotated, Any, Final, Literal

from chalice.app import Blueprint, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.access import service as access
from chalicelib.approvals.models import Proposal, State
from chalicelib.approvals.service import wired
from chalicelib.platform import cursors, http_door, queries
from chalicelib.platform.authorizer import AUTHORIZER
from chalicelib.platform.errors import NotFound

bp = Blueprint(__name__)
door = access.Door(bp)

_ID: Final = re.compile(r"[0-9a-f]{24}")


class ApprovalQuery(BaseModel):
    """How many."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: int = Field(default=25, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=512)


class DecisionBody(BaseModel):
    """What is decided, and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    decision: Literal["approved", "refused"]
    note: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class ApprovalView(BaseModel):
    """A request under approval. `request` is method and path, `said` its parameters and body."""

    approval_id: str
    proposer: str
    action: str
    request: str
    said: str
    at: AwareDatetime
    lapses_at: AwareDatetime
    state: State
    decided_by: str | None
    decided_at: AwareDatetime | None
    note: str | None


class ApprovalsView(BaseModel):
    """A page of what waits, the oldest first. `cursor` leads to the next page; null: there is none."""

    approvals: list[ApprovalView]
    cursor: str | None


@bp.route("/v1/approvals", methods=["GET"], authorizer=AUTHORIZER)
@door("approvals.read", answers=ApprovalsView, query=ApprovalQuery)
def approvals() -> Response:
    """Answer what people below the caller have proposed, and the caller, and nobody has decided yet."""
    query = queries.parse(ApprovalQuery, _request().query_params)
    after = cursors.decode(query.cursor) if query.cursor else None
    page = wired().waiting(door.caller().user, after=after, limit=query.limit)
    cursor = cursors.encode(page.after) if page.after else None
    return _json(ApprovalsView(approvals=[_view(one) for one in page.rows], cursor=cursor))


@bp.route("/v1/approvals/{approval_id}", methods=["PUT"], authorizer=AUTHORIZER)
@door("approvals.decide", answers=ApprovalView, body=DecisionBody)
def decide(approval_id: str) -> Response:
    """Approve or refuse what somebody below the caller proposed."""
    body = queries.parse_body(DecisionBody, _request().json_body)
    if not _ID.fullmatch(approval_id):
        raise NotFound("no such proposal of anybody below you")
    return _json(_view(wired().decide(approval_id, State(body.decision), body.note, door.caller().actor)))


def _view(one: Proposal) -> ApprovalView:
    return ApprovalView(
        approval_id=one.id,
        proposer=one.proposer,
        action=one.asked.action,
        request=one.asked.request,
        said=one.asked.said,
        at=one.at,
        lapses_at=one.lapses_at,
        state=one.told,
        decided_by=one.decided_by,
        decided_at=one.decided_at,
        note=one.note,
    )


def _json(view: BaseModel) -> Response:
    return http_door.json_response(view.model_dump(mode="json"))


def _request() -> Any:
    return bp.current_request
