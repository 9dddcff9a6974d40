"""Lifecycle: REST. Where the tenant stands, evidence of the gates, and moves. Writing is for operations (TEN-09)."""

import functools
import os
from typing import Annotated, Any

from chalice.app import Blueprint, Response
from pydantic import AliasChoices, AwareDatetime, BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from chalicelib.access import service as access
from chalicelib.audit import service as audit
from chalicelib.lifecycle import policy
from chalicelib.lifecycle.models import Change, Entry, Gate, Move, Proof, Standing, State
from chalicelib.lifecycle.service import Lifecycle, Record
from chalicelib.lifecycle.store import History
from chalicelib.platform import aws, clock, http_door, queries, settings
from chalicelib.platform.authorizer import AUTHORIZER
from chalicelib.qualifications import events as qualifications
from chalicelib.tenancy import service as tenancy
from chalicelib.tenancy.models import Tenant

bp = Blueprint(__name__)
door = access.Door(bp)

type Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
type RequestId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{8,64}$")]


class EvidenceBody(BaseModel):
    """A gate is recorded as done, or withdrawn with `done` false. `request_id` is the caller's name of the request."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    gate: Gate
    evidence: Said
    done: StrictBool = True
    request_id: RequestId


class TransitionBody(BaseModel):
    """The tenant moves `to` another state."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    to: State
    reason: Said
    request_id: RequestId


class GateView(BaseModel):
    """A gate; who, when, what and under which contract are null as long as it is not done."""

    gate: Gate
    done: bool
    at: AwareDatetime | None = None
    actor: str | None = None
    evidence: str | None = None
    contract: str | None = None


class HistoryView(BaseModel):
    """One line of the history: a move (`from`, `to`, `reason`) or evidence (`gate`, `done`, `evidence`)."""

    revision: int
    at: AwareDatetime
    actor: str
    contract: str
    source: State | None = Field(
        default=None, serialization_alias="from", validation_alias=AliasChoices("source", "from")
    )
    to: State | None = None
    reason: str | None = None
    gate: Gate | None = None
    done: bool | None = None
    evidence: str | None = None


class TenantView(BaseModel):
    """Where the tenant stands. `since` null: no move yet; `next` are the states that a transition leads to."""

    tenant: str
    name: str
    contract: str
    state: State
    since: AwareDatetime | None
    revision: int
    next: list[State]
    gates: list[GateView]
    missing: list[Gate]
    history: list[HistoryView]


def view(tenant: Tenant, record: Record) -> TenantView:
    """Return the record as the API shows it."""
    standing = record.standing
    return TenantView(
        tenant=tenant.id,
        name=tenant.name,
        contract=tenant.version,
        state=standing.state,
        since=standing.since,
        revision=standing.revision,
        next=list(policy.NEXT[standing.state]),
        gates=[_gate(gate, standing) for gate in Gate],
        missing=list(standing.missing),
        history=[_line(entry, before) for entry, before in policy.walk(record.entries)],
    )


def _gate(gate: Gate, standing: Standing) -> GateView:
    entry = standing.proofs.get(gate)
    if entry is None or not isinstance(entry.change, Proof):
        return GateView(gate=gate, done=False)
    return GateView(
        gate=gate, done=True, at=entry.at, actor=entry.actor, evidence=entry.change.evidence, contract=entry.contract
    )


def _line(entry: Entry, before: Standing) -> HistoryView:
    line = HistoryView(revision=entry.revision, at=entry.at, actor=entry.actor, contract=entry.contract)
    change = entry.change
    if isinstance(change, Move):
        return line.model_copy(update={"source": before.state, "to": change.target, "reason": change.reason})
    return line.model_copy(update={"gate": change.gate, "done": change.done, "evidence": change.evidence})


@functools.cache
def wired() -> Lifecycle:
    """Return the use-case wired for this process; a missing setting fails here, by name."""
    configured = settings.StoreSettings.load(os.environ)
    history = History(aws.client("dynamodb", aws.A_PERSON_WAITS), configured.table, audit.trail())
    return Lifecycle(
        tenant=tenancy.current(),
        history=history,
        now=clock.from_environment(),
        unserved=lambda: qualifications.wired().unserved(),
    )


@bp.route("/v1/tenant", methods=["GET"], authorizer=AUTHORIZER)
@door("tenant.read", answers=TenantView)
def tenant() -> Response:
    """Answer state, gates and history of the tenant."""
    return _answer(wired().record())


@bp.route("/v1/tenant/evidence", methods=["POST"], authorizer=AUTHORIZER)
@door("tenant.change", answers=TenantView, body=EvidenceBody, statuses=(200, 201))
def evidence() -> Response:
    """Record a gate as done, or withdraw it."""
    body = queries.parse_body(EvidenceBody, _request().json_body)
    return _take(Proof(gate=body.gate, evidence=body.evidence, done=body.done), body.request_id)


@bp.route("/v1/tenant/transitions", methods=["POST"], authorizer=AUTHORIZER)
@door("tenant.change", answers=TenantView, body=TransitionBody, statuses=(200, 201))
def transitions() -> Response:
    """Move the tenant to another state."""
    body = queries.parse_body(TransitionBody, _request().json_body)
    return _take(Move(target=body.to, reason=body.reason), body.request_id)


def _take(change: Change, request_id: str) -> Response:
    taken = wired().take(change, actor=door.caller().actor, request_id=request_id)
    return _answer(taken.record, 200 if taken.repeated else 201)


def _answer(record: Record, status: int = 200) -> Response:
    shown = view(tenancy.current(), record)
    lines = [line.model_dump(mode="json", by_alias=True, exclude_none=True) for line in shown.history]
    return http_door.json_response({**shown.model_dump(mode="json"), "history": lines}, status)


def _request() -> Any:
    return bp.current_request
