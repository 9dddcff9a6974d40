"""Contacts: REST. One contact with its recordings, and lists by caller, agent or day (REC-01)."""

import re
from dataclasses import asdict
from typing import Annotated, Any, Final, Self

from chalice.app import Blueprint, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from chalicelib.access import service as access
from chalicelib.access.models import Scope
from chalicelib.contacts.models import Contact, Page, Recording, Result, Search
from chalicelib.contacts.service import finder
from chalicelib.platform import cursors, http_door, queries
from chalicelib.platform.authorizer import AUTHORIZER
from chalicelib.platform.errors import Forbidden, NotFound
from chalicelib.tenancy import service as tenancy

bp = Blueprint(__name__)
door = access.Door(bp)

_ID: Final = re.compile(r"[\x21\x22\x24-\x7e]{1,256}")


type Name = Annotated[str, Field(pattern=r"^[\x21\x22\x24-\x7e]{1,128}$")]


class ContactQuery(BaseModel):
    """What may be asked of the list. By caller, by agent, or by UTC day; the rest narrows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    caller: queries.Phone | None = None
    agent: Name | None = None
    on: queries.Day | None = None
    entry_number: queries.Phone | None = None
    category: Name | None = None
    queue: Name | None = None
    result: Result | None = None
    limit: int = Field(default=25, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=512)

    @model_validator(mode="after")
    def _says_where_to_look(self) -> Self:
        if self.caller is None and self.agent is None and self.on is None:
            msg = "one of caller, agent and on is needed"
            raise ValueError(msg)
        return self

    def search(self) -> Search:
        """Return what to look for."""
        chosen = self.model_dump(exclude={"limit", "cursor"}, exclude_none=True)
        return Search(**{**chosen, **({"on": self.on.isoformat()} if self.on else {})})


class RowView(BaseModel):
    """A contact in a list."""

    contact_id: str
    at: AwareDatetime
    result: str
    line: str
    queue: str | None
    agent: str | None
    caller: str | None
    entry_number: str | None
    category: str | None
    duration_s: int


class PageView(BaseModel):
    """A page of contacts, newest first. `cursor` leads to the next page; null: there is none."""

    contacts: list[RowView]
    cursor: str | None


class RecordingView(BaseModel):
    """Where an object that was recorded of the contact lies."""

    bucket: str
    key: str
    kind: str
    size_bytes: int
    stored_at: AwareDatetime


class ContactView(BaseModel):
    """Everything that is kept of a contact (KPI-09); instants are UTC, absent facts are left out."""

    model_config = ConfigDict(extra="forbid")

    contact_id: str
    tenant: str
    times: dict[str, AwareDatetime]
    seconds: dict[str, int]
    facts: dict[str, str | int | bool]
    recordings: list[RecordingView]


def view(tenant: str, contact: Contact, recordings: tuple[Recording, ...]) -> ContactView:
    """Return the contact as the API shows it: time stamps, spans and facts each in their own object."""
    known = {name: value for name, value in asdict(contact).items() if value is not None and name != "id"}
    times = {name: value for name, value in known.items() if name == "at" or name.endswith("_at")}
    seconds = {name: value for name, value in known.items() if name.endswith("_s")}
    rest = {name: value for name, value in known.items() if name not in times and name not in seconds}
    return ContactView(
        contact_id=contact.id,
        tenant=tenant,
        times=times,
        seconds=seconds,
        facts=rest,
        recordings=[RecordingView(**asdict(recording)) for recording in recordings],
    )


def page_view(page: Page) -> PageView:
    """Return a page as the API shows it."""
    rows = [
        RowView(contact_id=row["id"], **{k: v for k, v in row.items() if k != "id"}) for row in map(asdict, page.rows)
    ]
    return PageView(contacts=rows, cursor=cursors.encode(page.after) if page.after else None)


wired = finder
"""The use-case of this process."""


@bp.route("/v1/contacts/{contact_id}", methods=["GET"], authorizer=AUTHORIZER)
@door("contacts.read", answers=ContactView, narrows=[Scope.TEAM, Scope.OWN])
def contact(contact_id: str) -> Response:
    """Answer one contact with its recordings."""
    if not _ID.fullmatch(contact_id):
        raise NotFound("no such contact")
    caller = door.caller()
    found, recordings = wired().contact(contact_id, caller.sight)
    if caller.whose is not None and found.agent not in caller.whose:
        raise NotFound("no such contact")  # what others handled is not told to exist
    return http_door.json_response(
        view(tenancy.current().id, found, recordings).model_dump(mode="json", exclude_none=True)
    )


@bp.route("/v1/contacts", methods=["GET"], authorizer=AUTHORIZER)
@door("contacts.search", answers=PageView, query=ContactQuery, narrows=[Scope.TEAM, Scope.OWN])
def contacts() -> Response:
    """Answer a page of contacts by caller, agent or day."""
    query = queries.parse(ContactQuery, _params())
    caller = door.caller()
    if caller.scope is Scope.OWN and query.agent != caller.user:
        raise Forbidden(f"your roles list only what you handled: agent={caller.user}", action="contacts.search")
    after = cursors.decode(query.cursor) if query.cursor else None
    whose = None if query.agent in (caller.whose or ()) else caller.whose
    page = wired().search(query.search(), after=after, limit=query.limit, seen=caller.sight, whose=whose)
    return http_door.json_response(page_view(page).model_dump(mode="json"))


def _params() -> Any:
    return bp.current_request.query_params
