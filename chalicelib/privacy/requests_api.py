"""Privacy: REST of requests and holds. A person's data is given out or erased; a legal hold stops that (SEC-06)."""

from datetime import datetime
from typing import Annotated, Final, Self

from chalice.app import Blueprint, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from chalicelib.access import service as access
from chalicelib.platform import http_door, queries
from chalicelib.platform.authorizer import AUTHORIZER
from chalicelib.privacy.models import Hold, Kind, Request, State
from chalicelib.privacy.service import VALID_S, Who, wired

bp = Blueprint(__name__)
door = access.Door(bp)

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
_ACCEPTED: Final = 202


class WhoBody(BaseModel):
    """Of whom: a customer's id, a number or address (`phone:+86...`, `email:...`), or a contact's id."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    customer_id: str | None = Field(default=None, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    identity: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9-]{1,30}:[^#\s]{1,200}$")
    contact_id: str | None = Field(default=None, pattern=r"^[A-Za-z0-9-]{1,64}$")
    reason: Reason

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if sum(one is not None for one in (self.customer_id, self.identity, self.contact_id)) != 1:
            msg = "exactly one of customer_id, identity and contact_id"
            raise ValueError(msg)
        return self

    def who(self) -> Who:
        """Return of whom."""
        return Who(customer_id=self.customer_id, identity=self.identity, contact_id=self.contact_id)


class RequestBody(WhoBody):
    """What the person asks for, and why we may do it (who has made sure that it is that person)."""

    kind: Kind


class HoldBody(WhoBody):
    """A legal hold, and until when; null: until somebody ends it."""

    until: queries.Instant | None = None


class BeyondView(BaseModel):
    """What an erasure does not reach: it ends by itself after `days`, or stays because of `why`."""

    what: str
    days: int | None
    why: str


class RequestView(BaseModel):
    """A request; of one that is over, its certificate.

    `counts` are the things given out or erased, by their kind; `proof` is the SHA-256 of every step, each with the one
    before. Of whom it was is not told: nobody knows any more when it is over.
    """

    id: str
    kind: Kind
    state: State
    reason: str
    asked_at: AwareDatetime
    asked_by: str
    began_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    counts: dict[str, int]
    shared: dict[str, int]
    proof: str
    held_by: str | None
    expires_at: AwareDatetime | None
    beyond: list[BeyondView]


class RequestsView(BaseModel):
    """All requests, oldest first."""

    requests: list[RequestView]


class HoldView(BaseModel):
    """A legal hold: `in_force` until it is ended or `until` is past; `walked_at`: when all was last kept."""

    id: str
    reason: str
    by: str
    at: AwareDatetime
    until: AwareDatetime | None
    in_force: bool
    walked_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    ended_by: str | None


class HoldsView(BaseModel):
    """All holds, oldest first."""

    holds: list[HoldView]


class PackageView(BaseModel):
    """An address at which the package can be fetched, by whoever has it, for so long."""

    url: str
    valid_s: int


def request_view(request: Request) -> RequestView:
    """Return a request as the API shows it."""
    beyond = wired().left_behind() if request.kind is Kind.ERASURE else ()
    return RequestView(
        id=request.id,
        kind=request.kind,
        state=request.state,
        reason=request.reason,
        asked_at=request.asked_at,
        asked_by=request.asked_by,
        began_at=request.began_at,
        ended_at=request.ended_at,
        counts=dict(request.counts),
        shared=dict(request.kept),
        proof=request.proof,
        held_by=request.held_by,
        expires_at=request.expires_at,
        beyond=[BeyondView(what=what, days=days, why=why) for what, days, why in beyond],
    )


def hold_view(hold: Hold, now: datetime) -> HoldView:
    """Return a hold as the API shows it."""
    return HoldView(
        id=hold.id,
        reason=hold.reason,
        by=hold.by,
        at=hold.at,
        until=hold.until,
        in_force=hold.holds(now),
        walked_at=hold.walked_at,
        ended_at=hold.ended_at,
        ended_by=hold.ended_by,
    )


@bp.route("/v1/privacy/requests", methods=["POST"], authorizer=AUTHORIZER)
@door("privacy.request", answers=RequestView, body=RequestBody, statuses=(_ACCEPTED,), refuses=(404,))
def ask() -> Response:
    """Take the request of a person; it is carried out within minutes."""
    body = queries.parse_body(RequestBody, bp.current_request.json_body)
    request = wired().ask(body.kind, body.who(), body.reason, door.caller().actor)
    return http_door.json_response(request_view(request).model_dump(mode="json"), _ACCEPTED)


@bp.route("/v1/privacy/requests", methods=["GET"], authorizer=AUTHORIZER)
@door("privacy.requests.read", answers=RequestsView)
def requests() -> Response:
    """Answer all requests, with the certificates of those that are over."""
    shown = RequestsView(requests=[request_view(one) for one in wired().desk.requests()])
    return http_door.json_response(shown.model_dump(mode="json"))


@bp.route("/v1/privacy/requests/{request_id}", methods=["GET"], authorizer=AUTHORIZER)
@door("privacy.requests.read", answers=RequestView)
def request(request_id: str) -> Response:
    """Answer one request."""
    return http_door.json_response(request_view(wired().request(request_id)).model_dump(mode="json"))


@bp.route("/v1/privacy/requests/{request_id}/package", methods=["GET"], authorizer=AUTHORIZER)
@door("privacy.package", answers=PackageView)
def package(request_id: str) -> Response:
    """Answer where the package of an export can be fetched."""
    shown = PackageView(url=wired().fetch(request_id), valid_s=VALID_S)
    return http_door.json_response(shown.model_dump(mode="json"))


@bp.route("/v1/privacy/holds", methods=["POST"], authorizer=AUTHORIZER)
@door("privacy.hold", answers=HoldView, body=HoldBody, statuses=(201,), refuses=(404,))
def hold() -> Response:
    """Put a legal hold on a person."""
    body = queries.parse_body(HoldBody, bp.current_request.json_body)
    made = wired().hold(body.who(), body.reason, door.caller().actor, until=body.until)
    return http_door.json_response(hold_view(made, wired().now()).model_dump(mode="json"), 201)


@bp.route("/v1/privacy/holds", methods=["GET"], authorizer=AUTHORIZER)
@door("privacy.requests.read", answers=HoldsView)
def holds() -> Response:
    """Answer all holds."""
    now = wired().now()
    shown = HoldsView(holds=[hold_view(one, now) for one in wired().desk.holds()])
    return http_door.json_response(shown.model_dump(mode="json"))


@bp.route("/v1/privacy/holds/{hold_id}", methods=["DELETE"], authorizer=AUTHORIZER)
@door("privacy.hold", answers=HoldView)
def end_hold(hold_id: str) -> Response:
    """End a hold."""
    ended = wired().end_hold(hold_id, door.caller().actor)
    return http_door.json_response(hold_view(ended, wired().now()).model_dump(mode="json"))
