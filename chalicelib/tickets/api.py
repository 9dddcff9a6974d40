"""Tickets: REST. Open one, take its steps, link contacts, and find it again by number, customer or who has to act."""

from typing import Annotated, Any, Final, Self

from chalice.app import Blueprint, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from chalicelib.access import service as access
from chalicelib.access.service import Scope
from chalicelib.identity.service import check_on_hand
from chalicelib.platform import cursors, http_door, queries
from chalicelib.platform.authorizer import AUTHORIZER
from chalicelib.platform.errors import Forbidden
from chalicelib.tenancy import service as tenancy
from chalicelib.tickets import policy
from chalicelib.tickets.models import Change, File, Link, Opening, Page, Passed, Search, Step, Subject, Ticket
from chalicelib.tickets.service import wired

bp = Blueprint(__name__)
door = access.Door(bp)

LONGEST_NOTE: Final = 2_000

type Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NOTE)]
type Name = Annotated[str, Field(pattern=r"^[\x21\x22\x24-\x7e]{1,128}$")]
"""Visible ASCII without '#': an id, a user name, a department."""


class SubjectBody(BaseModel):
    """What a ticket is about."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    category: Name
    text: Said
    sub_category: Name | None = None
    customer_id: Name | None = None
    phone: queries.Phone | None = None


class OpeningBody(BaseModel):
    """A ticket is opened, from the contact `contact_id` if there was one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    subject: SubjectBody
    note: Said
    channel: Annotated[str, Field(pattern=r"^[A-Z_]{3,20}$")] = "VOICE"
    contact_id: Name | None = None

    def opening(self) -> Opening:
        """Return the request in the capability's own words."""
        subject = Subject(**self.subject.model_dump())
        return Opening(subject=subject, note=self.note, channel=self.channel, contact_id=self.contact_id)


class StepBody(BaseModel):
    """A further step; `revision` is that of the ticket as it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    step: Step
    note: Said
    revision: int = Field(ge=1)
    assignee: Name | None = None


class LinkBody(BaseModel):
    """A contact that is about the ticket."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    contact_id: Name


class TicketQuery(BaseModel):
    """Which tickets: by exactly one of the last step, who has to act, the customer, the caller's number."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    step: Step | None = None
    assignee: Name | None = None
    customer_id: Name | None = None
    phone: queries.Phone | None = None
    limit: int = Field(default=25, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=512)

    @model_validator(mode="after")
    def _says_where_to_look(self) -> Self:
        given = [self.step, self.assignee, self.customer_id, self.phone]
        if sum(each is not None for each in given) != 1:
            msg = "exactly one of step, assignee, customer_id and phone is needed"
            raise ValueError(msg)
        return self

    def search(self) -> Search:
        """Return what to look for."""
        return Search(step=self.step, assignee=self.assignee, customer_id=self.customer_id, phone=self.phone)


class SubjectView(BaseModel):
    """What a ticket is about; absent facts are null."""

    category: str
    text: str
    sub_category: str | None
    customer_id: str | None
    phone: str | None


class TicketView(BaseModel):
    """A ticket as it stands. `next` are the steps that may be taken now; none when it is closed."""

    number: str
    subject: SubjectView
    channel: str
    opened_at: AwareDatetime
    opened_by: str
    step: Step
    revision: int
    changed_at: AwareDatetime
    assignee: str | None
    next: list[Step]


class StepView(BaseModel):
    """A step that was taken."""

    revision: int
    step: Step
    at: AwareDatetime
    actor: str
    note: str
    assignee: str | None


class LinkView(BaseModel):
    """A contact that is about the ticket."""

    contact_id: str
    at: AwareDatetime
    actor: str


class FileView(BaseModel):
    """A ticket with its steps and contacts, oldest first."""

    ticket: TicketView
    steps: list[StepView]
    contacts: list[LinkView]


class PageView(BaseModel):
    """A page of tickets, newest first. `cursor` leads to the next page; null: there is none."""

    tickets: list[TicketView]
    cursor: str | None


def file_view(file: File, left_out: frozenset[Step]) -> FileView:
    """Return a ticket as the API shows it."""
    return FileView(
        ticket=_ticket(file.ticket, left_out),
        steps=[_step(passed) for passed in file.steps],
        contacts=[_link(link) for link in file.contacts],
    )


def page_view(page: Page, left_out: frozenset[Step]) -> PageView:
    """Return a page as the API shows it."""
    shown = [_ticket(ticket, left_out) for ticket in page.tickets]
    return PageView(tickets=shown, cursor=cursors.encode(page.after) if page.after else None)


def _ticket(ticket: Ticket, left_out: frozenset[Step]) -> TicketView:
    subject = ticket.subject
    return TicketView(
        number=ticket.number,
        subject=SubjectView(
            category=subject.category,
            text=subject.text,
            sub_category=subject.sub_category,
            customer_id=subject.customer_id,
            phone=subject.phone,
        ),
        channel=ticket.channel,
        opened_at=ticket.opened_at,
        opened_by=ticket.opened_by,
        step=ticket.step,
        revision=ticket.revision,
        changed_at=ticket.changed_at,
        assignee=ticket.assignee,
        next=list(policy.allowed(ticket.step, left_out)),
    )


def _step(passed: Passed) -> StepView:
    return StepView(
        revision=passed.revision,
        step=passed.step,
        at=passed.at,
        actor=passed.actor,
        note=passed.note,
        assignee=passed.assignee,
    )


def _link(link: Link) -> LinkView:
    return LinkView(contact_id=link.contact_id, at=link.at, actor=link.actor)


def _left_out() -> frozenset[Step]:
    return frozenset(Step(step) for step in tenancy.current().ticket_steps_left_out)


@bp.route("/v1/tickets", methods=["POST"], authorizer=AUTHORIZER)
@door("tickets.open", answers=FileView, body=OpeningBody, statuses=(201,))
def open_ticket() -> Response:
    """Open a ticket and answer it with its number."""
    body = queries.parse_body(OpeningBody, _request().json_body)
    return _answer(wired().open(body.opening(), door.caller().actor), 201)


@bp.route("/v1/tickets", methods=["GET"], authorizer=AUTHORIZER)
@door("tickets.search", answers=PageView, query=TicketQuery, narrows=[Scope.OWN])
def tickets() -> Response:
    """Answer a page of tickets; who may see only their own asks for themselves."""
    query = queries.parse(TicketQuery, _request().query_params)
    caller = door.caller()
    if caller.scope is Scope.OWN and query.assignee != caller.user:
        raise Forbidden(
            f"your roles list only what you have to act on: assignee={caller.user}", action="tickets.search"
        )
    after = cursors.decode(query.cursor) if query.cursor else None
    page = wired().search(query.search(), after=after, limit=query.limit, user=caller.user, seen=caller.sight)
    return http_door.json_response(page_view(page, _left_out()).model_dump(mode="json"))


@bp.route("/v1/tickets/{number}", methods=["GET"], authorizer=AUTHORIZER)
@door("tickets.read", answers=FileView)
def ticket(number: str) -> Response:
    """Answer the ticket whose number the customer quotes."""
    return _answer(_open(number))


@bp.route("/v1/tickets/{number}/steps", methods=["POST"], authorizer=AUTHORIZER)
@door("tickets.step", answers=FileView, body=StepBody, statuses=(201,))
def steps(number: str) -> Response:
    """Take the next step of a ticket."""
    body = queries.parse_body(StepBody, _request().json_body)
    change = Change(step=body.step, note=body.note, revision=body.revision, assignee=body.assignee)
    caller = door.caller()
    _served(number)
    return _answer(wired().take(number, change, caller.actor, seen=caller.sight), 201)


@bp.route("/v1/tickets/{number}/contacts", methods=["POST"], authorizer=AUTHORIZER)
@door("tickets.link", answers=FileView, body=LinkBody, statuses=(201,))
def contacts(number: str) -> Response:
    """Link a contact to a ticket."""
    body = queries.parse_body(LinkBody, _request().json_body)
    caller = door.caller()
    _served(number)
    return _answer(wired().link(number, body.contact_id, caller.actor, seen=caller.sight), 201)


def _open(number: str) -> File:
    """Return a ticket that the caller may see: the own ones too, whoever is on hand.

    Raises:
        NotOnHand: neither did the caller open it nor has to act on it, nor is its customer on hand.

    """
    caller = door.caller()
    file = wired().file(number, caller.user, caller.sight)
    found = file.ticket
    if caller.user not in {found.opened_by, found.assignee}:
        check_on_hand(caller, customer_id=found.subject.customer_id, number=found.subject.phone)
    return file


def _served(number: str) -> None:
    """Accept a change to a ticket that the caller may see; who may see any reads nothing before."""
    if door.caller().on_hand_only:
        _open(number)


def _answer(file: File, status: int = 200) -> Response:
    return http_door.json_response(file_view(file, _left_out()).model_dump(mode="json"), status)


def _request() -> Any:
    return bp.current_request
