"""Traces: REST. One contact followed from its arrival to its end, live and afterwards (RTM-02)."""

import re
from dataclasses import asdict
from typing import Final

from chalice.app import Blueprint, Response
from pydantic import AwareDatetime, BaseModel

from chalicelib.access import service as access
from chalicelib.access.models import Scope
from chalicelib.platform import http_door
from chalicelib.platform.authorizer import AUTHORIZER
from chalicelib.platform.errors import NotFound
from chalicelib.tenancy import service as tenancy
from chalicelib.traces.models import Kind, Stage, Trace
from chalicelib.traces.service import wired

bp = Blueprint(__name__)
door = access.Door(bp)

_ID: Final = re.compile(r"[\x21\x22\x24-\x7e]{1,256}")


class MarkView(BaseModel):
    """Something that happened, on which leg, and what else is known of it."""

    at: AwareDatetime
    kind: Kind
    contact_id: str
    facts: dict[str, str]


class LegView(BaseModel):
    """A contact of the chain. `is_kept` false: its record is still to come."""

    contact_id: str
    at: AwareDatetime
    ended_at: AwareDatetime | None
    channel: str
    method: str
    queue: str | None
    agent: str | None
    result: str | None
    is_kept: bool


class TraceView(BaseModel):
    """The whole chain, oldest first: `live` while a leg goes on, `over`, `complete` when every record is here."""

    tenant: str
    stage: Stage
    legs: list[LegView]
    marks: list[MarkView]


@bp.route("/v1/contacts/{contact_id}/trace", methods=["GET"], authorizer=AUTHORIZER)
@door("contacts.trace", answers=TraceView, narrows=[Scope.OWN])
def trace(contact_id: str) -> Response:
    """Answer the course of a contact and of every other one of its chain, as of now."""
    if not _ID.fullmatch(contact_id):
        raise NotFound("no such contact")
    caller = door.caller()
    own = caller.user if caller.scope is Scope.OWN else None
    found = wired().follow(contact_id, own=own, sight=caller.sight)
    return http_door.json_response(view(tenancy.current().id, found).model_dump(mode="json"))


def view(tenant: str, found: Trace) -> TraceView:
    """Return a trace as the API shows it."""
    legs = [LegView.model_validate(asdict(leg)) for leg in found.legs]
    marks = [MarkView.model_validate(asdict(mark)) for mark in found.marks]
    return TraceView(tenant=tenant, stage=found.stage, legs=legs, marks=marks)
