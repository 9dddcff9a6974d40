"""Recordings: REST. Record on demand, find, listen, download, verify; every access is in the audit trail (REC-03)."""

import re
from datetime import timedelta
from typing import Annotated, Any, Final, Self

from chalice.app import Blueprint, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from chalicelib.access import service as access
from chalicelib.access.models import Scope
from chalicelib.contacts.models import Page
from chalicelib.platform import cursors, http_door, queries
from chalicelib.platform.authorizer import AUTHORIZER
from chalicelib.platform.errors import NotFound
from chalicelib.recordings.models import Deed, Range, Signed, State
from chalicelib.recordings.service import wired

bp = Blueprint(__name__)
door = access.Door(bp)

LONGEST: Final = timedelta(days=366)
_ID: Final = re.compile(r"[\x21\x22\x24-\x7e]{1,256}")

type Name = Annotated[str, Field(pattern=r"^[\x21\x22\x24-\x7e]{1,128}$")]


class DeedBody(BaseModel):
    """What to do to the recording of the contact on the screen."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    do: Deed


class DoneView(BaseModel):
    """What was done."""

    contact_id: str
    done: Deed


class RecordingQuery(BaseModel):
    """Which recorded contacts: of a period (`from` is in it, `to` is not), by caller, agent, number, category."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: queries.Instant = Field(alias="from")
    end: queries.Instant = Field(alias="to")
    caller: queries.Phone | None = None
    agent: Name | None = None
    entry_number: queries.Phone | None = None
    category: Name | None = None
    limit: int = Field(default=25, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=512)

    @model_validator(mode="after")
    def _is_a_period(self) -> Self:
        if not timedelta(0) < self.end - self.start <= LONGEST:
            msg = f"to must lie after from, by at most {LONGEST.days} days"
            raise ValueError(msg)
        return self

    def range(self) -> Range:
        """Return what to look for."""
        return Range(
            start=self.start,
            end=self.end,
            caller=self.caller,
            agent=self.agent,
            entry_number=self.entry_number,
            category=self.category,
        )


class RecordedView(BaseModel):
    """A contact that was recorded. `recording` is the name by which its recording is asked for."""

    contact_id: str
    at: AwareDatetime
    recording: str
    line: str
    queue: str | None
    agent: str | None
    caller: str | None
    entry_number: str | None
    category: str | None
    duration_s: int


class RecordedPageView(BaseModel):
    """A page of recorded contacts, newest first. `cursor` leads to the next page; null: there is none."""

    recordings: list[RecordedView]
    cursor: str | None


class SignedView(BaseModel):
    """An address of the recording that whoever has it can fetch until `expires_at`."""

    url: str
    expires_at: AwareDatetime


class VerdictView(BaseModel):
    """Whether the recording still is what was stored; `sha256` is what was kept of it, null when nothing was."""

    contact_id: str
    name: str
    state: State
    sha256: str | None


@bp.route("/v1/contacts/{contact_id}/recording", methods=["POST"], authorizer=AUTHORIZER)
@door("recordings.control", answers=DoneView, body=DeedBody, narrows=[Scope.OWN])
def turn(contact_id: str) -> Response:
    """Start, stop, suspend or resume the recording of the contact on the caller's own screen."""
    body = queries.parse_body(DeedBody, _request().json_body)
    wired().turn(body.do, _known(contact_id), door.caller().actor)
    return _json(DoneView(contact_id=contact_id, done=body.do))


@bp.route("/v1/recordings", methods=["GET"], authorizer=AUTHORIZER)
@door("recordings.search", answers=RecordedPageView, query=RecordingQuery)
def recordings() -> Response:
    """Answer a page of recorded contacts."""
    query = queries.parse(RecordingQuery, _request().query_params)
    after = cursors.decode(query.cursor) if query.cursor else None
    return _json(page_view(wired().search(query.range(), after=after, limit=query.limit, seen=door.caller().sight)))


@bp.route("/v1/contacts/{contact_id}/recordings/{name}", methods=["GET"], authorizer=AUTHORIZER)
@door("recordings.play", answers=SignedView)
def play(contact_id: str, name: str) -> Response:
    """Answer an address at which the recording can be listened to for two minutes."""
    return _signed(contact_id, name, as_file=False)


@bp.route("/v1/contacts/{contact_id}/recordings/{name}/download", methods=["GET"], authorizer=AUTHORIZER)
@door("recordings.download", answers=SignedView)
def download(contact_id: str, name: str) -> Response:
    """Answer an address at which the recording can be fetched as a file for two minutes."""
    return _signed(contact_id, name, as_file=True)


@bp.route("/v1/contacts/{contact_id}/recordings/{name}/verify", methods=["GET"], authorizer=AUTHORIZER)
@door("recordings.verify", answers=VerdictView, refuses=(422,))
def verify(contact_id: str, name: str) -> Response:
    """Answer whether the recording still has the hash that was kept when it was indexed."""
    state, recording = wired().verify(_known(contact_id), name, seen=door.caller().sight)
    return _json(VerdictView(contact_id=contact_id, name=name, state=state, sha256=recording.sha256))


def page_view(page: Page) -> RecordedPageView:
    """Return a page as the API shows it."""
    found = [
        RecordedView(
            contact_id=row.id,
            at=row.at,
            recording=(row.recording or "").rpartition("/")[2],
            line=row.line,
            queue=row.queue,
            agent=row.agent,
            caller=row.caller,
            entry_number=row.entry_number,
            category=row.category,
            duration_s=row.duration_s,
        )
        for row in page.rows
    ]
    return RecordedPageView(recordings=found, cursor=cursors.encode(page.after) if page.after else None)


def _signed(contact_id: str, name: str, *, as_file: bool) -> Response:
    signed: Signed = wired().listen(_known(contact_id), name, as_file=as_file, seen=door.caller().sight)
    return _json(SignedView(url=signed.url, expires_at=signed.expires_at))


def _known(contact_id: str) -> str:
    if not _ID.fullmatch(contact_id):
        raise NotFound("no such contact")
    return contact_id


def _json(view: BaseModel) -> Response:
    return http_door.json_response(view.model_dump(mode="json"))


def _request() -> Any:
    return bp.current_request
