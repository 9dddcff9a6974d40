"""Completions: REST. Complete a contact, correct that, and list what is still to be completed (DSK-08)."""

import functools
import os
import re
from dataclasses import asdict
from typing import Annotated, Any, Final

from chalice.app import Blueprint, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from chalicelib.access import service as access
from chalicelib.access.models import Scope
from chalicelib.agents.service import Agents
from chalicelib.audit import service as audit
from chalicelib.completions.models import Entry, File, NoLists, Page, Version
from chalicelib.completions.service import Complaints, Completions, Kept
from chalicelib.contacts import service as contacts
from chalicelib.organisation.service import sees_agent
from chalicelib.platform import aws, clock, cursors, http_door, queries, settings
from chalicelib.platform.authorizer import AUTHORIZER
from chalicelib.platform.errors import Forbidden, NotFound
from chalicelib.tenancy import service as tenancy
from chalicelib.tickets import service as tickets

bp = Blueprint(__name__)
door = access.Door(bp)

LONGEST_NOTE: Final = 2_000
_ID: Final = re.compile(r"[\x21\x22\x24-\x7e]{1,256}")

type Name = Annotated[str, Field(pattern=r"^[\x21\x22\x24-\x7e]{1,128}$")]
"""Visible ASCII without '#': an id, a user name."""


class CompletionBody(BaseModel):
    """What completes a contact; `revision` is that of the completion that was read, 0 when there was none.

    `customer_id` left out is the one whom the flow found. `ticket` is linked with the contact.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    category: Name
    sub_category: Name
    result: Name
    solved: StrictBool
    next_step: Name
    ticket: Name | None = None
    customer_id: Name | None = None
    note: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NOTE)] | None = None
    revision: int = Field(default=0, ge=0)

    def entry(self) -> Entry:
        """Return what is to be written, in the capability's own words."""
        return Entry(**self.model_dump(exclude={"revision"}))


class DueQuery(BaseModel):
    """Whose contacts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    agent: Name
    limit: int = Field(default=25, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=512)


class VersionView(BaseModel):
    """What was written, by whom and when."""

    revision: int
    at: AwareDatetime
    by: str
    category: str
    sub_category: str
    result: str
    solved: bool
    next_step: str
    ticket: str | None
    customer_id: str | None
    note: str | None


class CompletionView(BaseModel):
    """The completion of a contact: what holds (null: nothing yet), every version, and what the contact leads to."""

    contact_id: str
    agent: str
    complete: bool
    revision: int
    current: VersionView | None
    history: list[VersionView]
    customer_id: str | None
    recordings: list[str]
    tickets: list[str]


class DueView(BaseModel):
    """A contact that its agent has still to complete."""

    contact_id: str
    at: AwareDatetime
    line: str
    queue: str | None


class DuePageView(BaseModel):
    """Contacts that the agent has still to complete, newest first. `cursor` null: there are no more."""

    agent: str
    contacts: list[DueView]
    cursor: str | None


class ChoiceView(BaseModel):
    """An entry of a list, with its name in the languages of the tenant."""

    id: str
    name: dict[str, str]


class CategoryView(ChoiceView):
    """What a contact was about."""

    sub_categories: list[ChoiceView]


class NextStepView(ChoiceView):
    """What happens after a contact."""

    needs_ticket: bool


class ListsView(BaseModel):
    """What contacts are completed from."""

    categories: list[CategoryView]
    results: list[ChoiceView]
    next_steps: list[NextStepView]


@functools.cache
def wired() -> Completions:
    """Return the use-case wired for this process; a missing setting fails here, by name."""
    table = settings.StoreSettings.load(os.environ).table
    tenant = tenancy.current()
    client = aws.client("dynamodb", aws.A_PERSON_WAITS)
    return Completions(
        kept=Kept(client, table, tenant.id, tenant.contacts_days),
        complaints=Complaints(client, table, tenant),
        contacts=contacts.finder(),
        floor=Agents(client, table, tenant.id, tenant.contacts_days),
        tickets=tickets.wired(),
        trail=audit.trail(),
        lists=tenant.completion,
        now=clock.from_environment(),
    )


@bp.route("/v1/contacts/{contact_id}/completion", methods=["PUT"], authorizer=AUTHORIZER)
@door("completions.write", answers=CompletionView, body=CompletionBody, narrows=[Scope.OWN])
def complete(contact_id: str) -> Response:
    """Complete a contact, or correct its completion; every version is kept."""
    body = queries.parse_body(CompletionBody, _request().json_body)
    by = door.caller().actor
    return _answer(wired().complete(_known(contact_id), body.entry(), body.revision, by, **_reach()))


@bp.route("/v1/contacts/{contact_id}/completion", methods=["GET"], authorizer=AUTHORIZER)
@door("completions.read", answers=CompletionView, narrows=[Scope.TEAM, Scope.OWN])
def completion(contact_id: str) -> Response:
    """Answer what is written of a contact, with every version."""
    found, whose = wired().file(_known(contact_id), **_reach()), door.caller().whose
    if whose is not None and found.subject.agent not in whose:
        raise NotFound("no such contact")  # what others handled is not told to exist
    return _answer(found)


@bp.route("/v1/completions/due", methods=["GET"], authorizer=AUTHORIZER)
@door("completions.search", answers=DuePageView, query=DueQuery, refuses=(404,), narrows=[Scope.OWN])
def due() -> Response:
    """Answer the contacts that an agent has still to complete; agents ask for themselves."""
    query = queries.parse(DueQuery, _request().query_params)
    reach = _reach()
    if reach["own"] not in {None, query.agent}:
        raise Forbidden(f"your roles list only what you handled: agent={reach['own']}", action="completions.search")
    if not sees_agent(reach["sight"], query.agent):
        raise NotFound("no such agent")
    after = cursors.decode(query.cursor) if query.cursor else None
    page = wired().due(query.agent, after=after, limit=query.limit)
    return http_door.json_response(page_view(query.agent, page).model_dump(mode="json"))


@bp.route("/v1/completions/lists", methods=["GET"], authorizer=AUTHORIZER)
@door("completions.lists.read", answers=ListsView, refuses=(409,))
def lists() -> Response:
    """Answer what contacts are completed from, with the names that a desk shows."""
    known = tenancy.current().completion
    if known is None:
        raise NoLists("the contract has no lists to complete contacts from")
    return http_door.json_response(ListsView.model_validate(known.shown).model_dump(mode="json"))


def file_view(file: File) -> CompletionView:
    """Return a completion as the API shows it."""
    current = file.current
    return CompletionView(
        contact_id=file.subject.contact_id,
        agent=file.subject.agent,
        complete=current is not None,
        revision=current.revision if current else 0,
        current=_version(current) if current else None,
        history=[_version(version) for version in file.versions],
        customer_id=(current.entry.customer_id if current else None) or file.subject.customer_id,
        recordings=list(file.subject.recordings),
        tickets=list(file.tickets),
    )


def page_view(agent: str, page: Page) -> DuePageView:
    """Return a page as the API shows it."""
    found = [DueView(**asdict(one)) for one in page.due]
    return DuePageView(agent=agent, contacts=found, cursor=cursors.encode(page.after) if page.after else None)


def _version(version: Version) -> VersionView:
    return VersionView(revision=version.revision, at=version.at, by=version.by, **asdict(version.entry))


def _reach() -> dict[str, Any]:
    """Return how far the caller reaches: whose contacts, and of which part of the organisation."""
    caller = door.caller()
    own = caller.user if caller.scope is Scope.OWN else None
    return {"own": own, "sight": caller.sight}


def _known(contact_id: str) -> str:
    if not _ID.fullmatch(contact_id):
        raise NotFound("no such contact")
    return contact_id


def _answer(file: File) -> Response:
    return http_door.json_response(file_view(file).model_dump(mode="json"))


def _request() -> Any:
    return bp.current_request
