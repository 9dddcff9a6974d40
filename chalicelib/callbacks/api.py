"""Callbacks: REST. Which are open, and how the others came out (QUE-03)."""

import functools
import os

from chalice.app import Blueprint, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from chalicelib.access import service as access
from chalicelib.callbacks.service import Callbacks, Desk, State
from chalicelib.platform import aws, cursors, http_door, queries, settings
from chalicelib.platform.authorizer import AUTHORIZER
from chalicelib.tenancy import service as tenancy

bp = Blueprint(__name__)
door = access.Door(bp)


class CallbackQuery(BaseModel):
    """Which callbacks to list, the oldest first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    state: State = State.OPEN
    limit: int = Field(default=100, ge=1, le=500)
    cursor: str | None = Field(default=None, max_length=512)


class CallbackView(BaseModel):
    """A callback in a list."""

    callback_id: str
    asked_at: AwareDatetime
    state: State
    phone: str
    line: str
    queue: str


class CallbacksView(BaseModel):
    """A page of callbacks in one state. `cursor` leads to the next page; null: there is none."""

    callbacks: list[CallbackView]
    cursor: str | None


@functools.cache
def wired() -> Desk:
    """Return the use-case wired for this process; a missing setting fails here, by name."""
    configured = settings.StoreSettings.load(os.environ)
    tenant = tenancy.current()
    client = aws.client("dynamodb", aws.A_PERSON_WAITS)
    return Desk(Callbacks(client, configured.table, tenant.id, tenant.contacts_days))


@bp.route("/v1/callbacks", methods=["GET"], authorizer=AUTHORIZER)
@door("callbacks.read", answers=CallbacksView, query=CallbackQuery)
def callbacks() -> Response:
    """Answer the callbacks that stand so."""
    query = queries.parse(CallbackQuery, bp.current_request.query_params)
    after = cursors.decode(query.cursor) if query.cursor else None
    page = wired().listed(query.state, query.limit, after, door.caller().sight)
    views = [
        CallbackView(
            callback_id=row.id,
            asked_at=row.asked_at,
            state=State(row.state),
            phone=row.phone,
            line=row.line,
            queue=row.queue,
        )
        for row in page.rows
    ]
    return http_door.json_response(
        CallbacksView(callbacks=views, cursor=cursors.encode(page.after) if page.after else None).model_dump(
            mode="json"
        )
    )
