"""Voicemail: REST. The messages of a box, one message, and closing it with a result (VML-01)."""

import functools
import os
from typing import Annotated, Any

from chalice.app import Blueprint, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.access import service as access
from chalicelib.audit import service as audit
from chalicelib.platform import aws, clock, cursors, http_door, queries, settings
from chalicelib.platform.authorizer import AUTHORIZER
from chalicelib.tenancy import service as tenancy
from chalicelib.voicemail.service import Desk, Message, Messages, Notice, Notices, NoticeState, Reason, State, Way

bp = Blueprint(__name__)
door = access.Door(bp)


class MessageQuery(BaseModel):
    """Which messages to list, the oldest first. A box is one of the contract, or a line for what no box takes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    box: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,31}$")]
    state: State = State.NEW
    limit: int = Field(default=100, ge=1, le=500)
    cursor: str | None = Field(default=None, max_length=512)


class CloseBody(BaseModel):
    """What was done about the message."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    result: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class MessageRowView(BaseModel):
    """A message in a list."""

    message_id: str
    at: AwareDatetime
    state: State
    reason: Reason
    line: str
    queue: str | None
    caller: str | None


class MessagesView(BaseModel):
    """A page of the messages of a box. `cursor` leads to the next page; null: there is none."""

    messages: list[MessageRowView]
    cursor: str | None


class NoticeView(BaseModel):
    """Whether and how the responsible person was told. `person` is an id of the contract, `problem` of the last try."""

    state: NoticeState
    attempts: int
    way: Way | None
    person: str | None
    problem: str | None
    due_at: AwareDatetime | None
    told_at: AwareDatetime | None


class MessageView(MessageRowView):
    """One message. `recording` is the object's key; `GET /v1/contacts/{message_id}` has its place in full."""

    box: str
    language: str | None
    recording: str | None
    result: str | None
    closed_at: AwareDatetime | None
    closed_by: str | None
    notice: NoticeView | None


def notice_view(notice: Notice) -> NoticeView:
    """Return a notice as the API shows it; one that is over is not due."""
    return NoticeView(
        state=notice.state,
        attempts=notice.attempts,
        way=notice.way,
        person=notice.person,
        problem=notice.problem,
        due_at=notice.due_at if notice.is_open else None,
        told_at=notice.told_at,
    )


def view(message: Message, notice: Notice | None) -> MessageView:
    """Return a message as the API shows it."""
    return MessageView(
        message_id=message.id,
        at=message.at,
        state=message.state,
        reason=message.reason,
        line=message.line,
        queue=message.queue,
        caller=message.caller,
        box=message.box,
        language=message.language,
        recording=message.recording,
        result=message.result,
        closed_at=message.closed_at,
        closed_by=message.closed_by,
        notice=notice_view(notice) if notice is not None else None,
    )


@functools.cache
def wired() -> Desk:
    """Return the use-case wired for this process; a missing setting fails here, by name."""
    configured = settings.StoreSettings.load(os.environ)
    tenant = tenancy.current()
    client = aws.client("dynamodb", aws.A_PERSON_WAITS)
    messages = Messages(client, configured.table, tenant.id, tenant.contacts_days)
    notices = Notices(client, configured.table, tenant.id, tenant.contacts_days)
    return Desk(messages, notices, audit.trail(), clock.from_environment(), tenant)


@bp.route("/v1/voicemails", methods=["GET"], authorizer=AUTHORIZER)
@door("voicemails.read", answers=MessagesView, query=MessageQuery)
def voicemails() -> Response:
    """Answer the messages of a box that stand so."""
    query = queries.parse(MessageQuery, _request().query_params)
    after = cursors.decode(query.cursor) if query.cursor else None
    page = wired().listed(query.box, query.state, query.limit, after, seen=door.caller().sight)
    rows = [
        MessageRowView(
            message_id=row.id,
            at=row.at,
            state=State(row.state),
            reason=Reason(row.reason),
            line=row.line,
            queue=row.queue,
            caller=row.caller,
        )
        for row in page.rows
    ]
    return http_door.json_response(
        MessagesView(messages=rows, cursor=cursors.encode(page.after) if page.after else None).model_dump(mode="json")
    )


@bp.route("/v1/voicemails/{message_id}", methods=["GET"], authorizer=AUTHORIZER)
@door("voicemails.read", answers=MessageView)
def voicemail(message_id: str) -> Response:
    """Answer one message."""
    desk = wired()
    shown = view(desk.message(message_id, door.caller().sight), desk.notice(message_id))
    return http_door.json_response(shown.model_dump(mode="json"))


@bp.route("/v1/voicemails/{message_id}/close", methods=["POST"], authorizer=AUTHORIZER)
@door("voicemails.close", answers=MessageView, body=CloseBody)
def close(message_id: str) -> Response:
    """Close a message with what was done."""
    body = queries.parse_body(CloseBody, _request().json_body)
    desk, caller = wired(), door.caller()
    closed = desk.close(message_id, body.result, caller.actor, seen=caller.sight)
    return http_door.json_response(view(closed, desk.notice(message_id)).model_dump(mode="json"))


def _request() -> Any:
    return bp.current_request
