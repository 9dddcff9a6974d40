"""Adapters: REST. Where they stand, look-ups, rounds, and the error list."""

from dataclasses import asdict
from typing import Any, Final

from chalice.app import Blueprint, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from chalicelib.access import service as access
from chalicelib.adapters import policy
from chalicelib.adapters.models import AdapterTerms, Decision, Found, Mark, Page, Round, Source, State, TakenFile
from chalicelib.adapters.service import ROUND_S
from chalicelib.adapters.wiring import adapter
from chalicelib.identity.service import check_on_hand
from chalicelib.platform import cursors, http_door, queries
from chalicelib.platform.authorizer import AUTHORIZER
from chalicelib.platform.budget import Deadline
from chalicelib.platform.errors import NotFound
from chalicelib.tenancy import service as tenancy

bp = Blueprint(__name__)
door = access.Door(bp)

LONGEST_ID: Final = 700


class LookUpQuery(BaseModel):
    """Whose customer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    phone: queries.Phone


class ErrorQuery(BaseModel):
    """Which page of the error list."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: int = Field(default=25, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=1_024)


class DecisionBody(BaseModel):
    """What becomes of an entry: `retry` compares the customer again, `dismiss` not before one of both changes him."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    decision: Decision


class FileView(BaseModel):
    """What became of a file: `taken`, `again` (one that was taken, under another name), `superseded` or `refused`.

    `lines` counts records, `changed` customers who were changed by it, `bad` lines on the error list.
    """

    name: str
    state: str
    at: AwareDatetime
    lines: int
    changed: int
    bad: int


class AdapterView(BaseModel):
    """Where an adapter stands. `paused_until`: it did not answer many times, and is left alone until then.

    `answered_at` is when it answered a round or a look-up, to the minute or so; `last_file` the youngest file of a
    system that delivers files.
    """

    adapter: str
    fields: dict[str, str]
    failures: int
    paused_until: AwareDatetime | None
    answered_at: AwareDatetime | None
    last_file: FileView | None


class AdaptersView(BaseModel):
    """The other systems of the contract."""

    adapters: list[AdapterView]


class SharedCustomerView(BaseModel):
    """What is shared of a customer, by our names."""

    customer_id: str
    fields: dict[str, str | int | bool]


class FoundView(BaseModel):
    """The customers of a number: `theirs`, or `ours` because (`reason`) the other system does not answer in time."""

    source: Source
    reason: str | None
    customers: list[SharedCustomerView]


class ErrorView(BaseModel):
    """A customer whom both systems do not agree on, and why. `code` is stable, `detail` is for people."""

    customer_id: str
    at: AwareDatetime
    tries: int
    code: str
    detail: str


class ErrorPageView(BaseModel):
    """A page of the error list, oldest first. `cursor` leads to the next page; null: there is none."""

    errors: list[ErrorView]
    cursor: str | None


class DecidedView(BaseModel):
    """What was decided."""

    customer_id: str
    decision: Decision


class RoundView(BaseModel):
    """What a round did: changes taken in, customers compared, to be tried again, given up; `paused`: left alone.

    `delivered` are customers who went into a file of ours.
    """

    pulled: int
    settled: int
    deferred: int
    failed: int
    delivered: int
    paused: bool


@bp.route("/v1/adapters", methods=["GET"], authorizer=AUTHORIZER)
@door("adapters.read", answers=AdaptersView)
def adapters() -> Response:
    """Answer which other systems the contract names, what each shares by which rule, and where it stands."""
    views = []
    for terms in policy.terms(tenancy.current()):
        one = adapter(terms.id)
        views.append(adapter_view(terms, one.links.state(), one.port.last_file()))
    return _answer(AdaptersView(adapters=views))


@bp.route("/v1/adapters/{adapter_id}/customers", methods=["GET"], authorizer=AUTHORIZER)
@door("adapters.look-up", answers=FoundView, query=LookUpQuery)
def look_up(adapter_id: str) -> Response:
    """Answer the customers of a number as the other system keeps them, or as we do when it is silent."""
    asked = adapter(adapter_id)
    query = queries.parse(LookUpQuery, _request().query_params)
    check_on_hand(door.caller(), number=query.phone)
    return _answer(found_view(asked.look_up(query.phone, door.caller().sight)))


@bp.route("/v1/adapters/{adapter_id}/rounds", methods=["POST"], authorizer=AUTHORIZER)
@door("adapters.run", answers=RoundView)
def run(adapter_id: str) -> Response:
    """Take in what changed there and compare who is due, for ten seconds at most."""
    done = adapter(adapter_id).round(Deadline.after(ROUND_S).left_s, door.caller().actor)
    return _answer(round_view(done))


@bp.route("/v1/adapters/{adapter_id}/errors", methods=["GET"], authorizer=AUTHORIZER)
@door("adapters.errors", answers=ErrorPageView, query=ErrorQuery)
def errors(adapter_id: str) -> Response:
    """Answer a page of the customers whom both systems do not agree on."""
    query = queries.parse(ErrorQuery, _request().query_params)
    after = cursors.decode(query.cursor) if query.cursor else None
    return _answer(error_page(adapter(adapter_id).failed(after=after, limit=query.limit)))


@bp.route("/v1/adapters/{adapter_id}/errors/{customer_id}", methods=["POST"], authorizer=AUTHORIZER)
@door("adapters.decide", answers=DecidedView, body=DecisionBody)
def decide(adapter_id: str, customer_id: str) -> Response:
    """Try a customer of the error list again, or take the entry off."""
    body = queries.parse_body(DecisionBody, _request().json_body)
    if not 0 < len(customer_id) <= LONGEST_ID or "#" in customer_id:
        raise NotFound("no such entry in the error list")
    adapter(adapter_id).decide(customer_id, body.decision, door.caller().actor)
    return _answer(DecidedView(customer_id=customer_id, decision=body.decision))


def adapter_view(terms: AdapterTerms, state: State, last: TakenFile | None) -> AdapterView:
    """Return where an adapter stands as the API shows it."""
    shown = FileView(**{name: getattr(last, name) for name in FileView.model_fields}) if last else None
    return AdapterView(
        adapter=terms.id,
        fields={one.field: one.rule for one in terms.fields},
        failures=state.failures,
        paused_until=state.paused_until,
        answered_at=state.answered_at,
        last_file=shown,
    )


def found_view(found: Found) -> FoundView:
    """Return a look-up as the API shows it."""
    customers = [SharedCustomerView(customer_id=id_, fields=dict(told)) for id_, told in found.customers]
    return FoundView(source=found.source, reason=found.reason, customers=customers)


def round_view(done: Round) -> RoundView:
    """Return a round as the API shows it."""
    return RoundView(**asdict(done))


def error_page(page: Page) -> ErrorPageView:
    """Return a page of the error list as the API shows it."""
    rows = [_error(one) for one in page.marks]
    return ErrorPageView(errors=rows, cursor=cursors.encode(page.after) if page.after else None)


def _error(mark: Mark) -> ErrorView:
    return ErrorView(
        customer_id=mark.customer_id, at=mark.due, tries=mark.tries, code=mark.code or "", detail=mark.detail or ""
    )


def _answer(view: BaseModel) -> Response:
    return http_door.json_response(view.model_dump(mode="json"))


def _request() -> Any:
    return bp.current_request
