"""Customers: REST of the screen pop. What the desk shows of a contact, whom it is with, what is entered so far."""

import functools
import os
import re
from typing import Annotated, Any, Final

from chalice.app import Blueprint, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.access import service as access
from chalicelib.audit import service as audit
from chalicelib.customers import registry, screen
from chalicelib.customers.choosing import Choosing
from chalicelib.customers.drafts import Draft, Drafts
from chalicelib.customers.models import Profile, ScreenPop
from chalicelib.customers.seen import wired as seeing
from chalicelib.customers.service import CallerStore, Customers
from chalicelib.customers.views import CustomerId
from chalicelib.identity.service import check_on_hand
from chalicelib.platform import aws, clock, http_door, queries, settings
from chalicelib.platform.authorizer import AUTHORIZER
from chalicelib.platform.errors import NotFound
from chalicelib.tenancy import service as tenancy

bp = Blueprint(__name__)
door = access.Door(bp)

BUDGET_S: Final = 1.0
"""Of store time, as a flow has it: an agent who picks up waits no longer."""
_CONTACT: Final = re.compile(r"[\x21\x22\x24-\x7e]{1,256}")

type Entry = Annotated[str, StringConstraints(max_length=2_000)]
type FieldName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9._-]{0,63}$")]


class PopQuery(BaseModel):
    """The contact's keys as the desk has them from Amazon Connect; without a caller the number is withheld."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    caller: queries.Phone | None = None
    entry_number: queries.Phone | None = None
    line: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,30}$")] | None = None


class ProfileView(BaseModel):
    """A customer as the screen shows it first."""

    customer_id: str
    name: str
    grade: str | None
    language: str | None
    manager: str | None


class TicketView(BaseModel):
    """A ticket on which somebody still has to act."""

    number: str
    category: str
    at: AwareDatetime


class PastView(BaseModel):
    """An earlier contact from the number."""

    contact_id: str
    at: AwareDatetime
    line: str | None
    queue: str | None
    agent: str | None
    category: str | None
    result: str | None


class FormView(BaseModel):
    """What a form for a new customer begins with."""

    number: str | None
    region: str | None


class PopView(BaseModel):
    """What the desk shows of a contact. Of `customer`, `candidates` and `form` one says something.

    `page` is the page of the tenant's own that is opened instead; null: none.
    """

    contact_id: str
    customer: ProfileView | None
    candidates: list[ProfileView]
    form: FormView | None
    tickets: list[TicketView]
    contacts: list[PastView]
    page: str | None


class ChoiceBody(BaseModel):
    """Whom the contact is with."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    customer_id: CustomerId


class ChoiceView(BaseModel):
    """Whom the contact is with from now on."""

    contact_id: str
    customer_id: str
    name: queries.Named


class EnteredBody(BaseModel):
    """What is entered so far, by the name of the field; `revision` is that of the draft as it was read, 0 of none."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    data: dict[FieldName, Entry] = Field(max_length=50)
    revision: int = Field(ge=0)


class EnteredView(BaseModel):
    """What is entered so far, and by whom last."""

    contact_id: str
    data: dict[str, str]
    revision: int
    by: str
    at: AwareDatetime


@functools.cache
def callers() -> Customers:
    """Return what looks callers up, wired for this process; a missing setting fails here, by name."""
    configured = settings.StoreSettings.load(os.environ)
    store = CallerStore(aws.client("dynamodb", aws.CALLER_WAITS), configured.table)
    return Customers(store, tenancy.current(), clock.from_environment())


@functools.cache
def choosing() -> Choosing:
    """Return what says whom a contact is with, wired for this process; a missing setting fails here, by name."""
    instance_id = settings.instance_id(os.environ)
    connect = aws.client("connect", aws.A_PERSON_WAITS)
    return Choosing(registry=registry.wired(), connect=connect, instance_id=instance_id, trail=audit.trail())


@functools.cache
def drafts() -> Drafts:
    """Return what keeps drafts, wired for this process; a missing setting fails here, by name."""
    configured = settings.StoreSettings.load(os.environ)
    client = aws.client("dynamodb", aws.A_PERSON_WAITS)
    return Drafts(
        client=client,
        table=configured.table,
        tenant=tenancy.current().id,
        trail=audit.trail(),
        now=clock.from_environment(),
    )


@bp.route("/v1/contacts/{contact_id}/pop", methods=["GET"], authorizer=AUTHORIZER)
@door("screen.read", answers=PopView, query=PopQuery)
def pop(contact_id: str) -> Response:
    """Answer what the desk shows of a contact, from one read of the caller."""
    query = queries.parse(PopQuery, _request().query_params)
    known = _known(contact_id)
    caller = door.caller()
    check_on_hand(caller, contact_id=known, number=query.caller)
    shown = seeing().pop(callers().look_up(query.caller, budget_s=BUDGET_S), caller.user, caller.sight)
    keys = {"contact_id": known, "entry_number": query.entry_number, "line": query.line}
    page = screen.page_url(shown, tenancy.current().customer_page, keys)
    return _answer(pop_view(known, shown, page))


@bp.route("/v1/contacts/{contact_id}/customer", methods=["PUT"], authorizer=AUTHORIZER)
@door("screen.choose", answers=ChoiceView, body=ChoiceBody)
def choose(contact_id: str) -> Response:
    """Say whom the contact is with."""
    body = queries.parse_body(ChoiceBody, _request().json_body)
    caller = door.caller()
    check_on_hand(caller, contact_id=_known(contact_id))
    seeing().contact(contact_id, caller.sight)
    customer = choosing().choose(contact_id, body.customer_id, caller.actor, seen=caller.sight)
    return _answer(ChoiceView(contact_id=contact_id, customer_id=customer.record.id, name=customer.shown.name))


@bp.route("/v1/contacts/{contact_id}/draft", methods=["GET"], authorizer=AUTHORIZER)
@door("screen.draft.read", answers=EnteredView)
def draft(contact_id: str) -> Response:
    """Answer what is entered so far; the contact is the first one of its chain."""
    known, caller = _known(contact_id), door.caller()
    check_on_hand(caller, contact_id=known)
    seeing().contact(known, caller.sight)
    return _answer(_draft(known, drafts().read(known)))


@bp.route("/v1/contacts/{contact_id}/draft", methods=["PUT"], authorizer=AUTHORIZER)
@door("screen.draft", answers=EnteredView, body=EnteredBody)
def enter(contact_id: str) -> Response:
    """Replace what is entered so far; the contact is the first one of its chain."""
    body = queries.parse_body(EnteredBody, _request().json_body)
    known, caller = _known(contact_id), door.caller()
    check_on_hand(caller, contact_id=known)
    seeing().contact(known, caller.sight)
    return _answer(_draft(known, drafts().write(known, body.data, revision=body.revision, by=caller.actor)))


def pop_view(contact_id: str, shown: ScreenPop, page: str | None) -> PopView:
    """Return a screen pop as the API shows it."""
    unmatched = shown.profile is None and not shown.candidates
    return PopView(
        contact_id=contact_id,
        customer=_profile(shown.profile) if shown.profile else None,
        candidates=[_profile(one) for one in shown.candidates],
        form=FormView(number=shown.number, region=shown.region) if unmatched else None,
        tickets=[TicketView(number=one.number, category=one.category, at=one.at) for one in shown.tickets],
        contacts=[
            PastView(
                contact_id=one.contact_id,
                at=one.at,
                line=one.line,
                queue=one.queue,
                agent=one.agent,
                category=one.category,
                result=one.result,
            )
            for one in shown.recent
        ],
        page=page,
    )


def _profile(one: Profile) -> ProfileView:
    return ProfileView(
        customer_id=one.customer_id, name=one.name, grade=one.grade, language=one.language, manager=one.manager
    )


def _draft(contact_id: str, kept: Draft) -> EnteredView:
    return EnteredView(contact_id=contact_id, data=dict(kept.data), revision=kept.revision, by=kept.by, at=kept.at)


def _known(contact_id: str) -> str:
    if not _CONTACT.fullmatch(contact_id):
        raise NotFound("no such contact")
    return contact_id


def _answer(view: BaseModel) -> Response:
    return http_door.json_response(view.model_dump(mode="json"))


def _request() -> Any:
    return bp.current_request
