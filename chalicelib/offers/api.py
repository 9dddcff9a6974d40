"""Offers: REST. What the agent is offered now, and the first acceptance of all (ACD-04)."""

import re
from typing import Final, Literal

from chalice.app import Blueprint, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict

from chalicelib.access import service as access
from chalicelib.access.models import Scope
from chalicelib.offers.accepting import wired
from chalicelib.offers.models import Offer, State
from chalicelib.platform import http_door, queries
from chalicelib.platform.authorizer import AUTHORIZER
from chalicelib.platform.errors import NotFound
from chalicelib.tenancy import service as tenancy

bp = Blueprint(__name__)
door = access.Door(bp)

_ID: Final = re.compile(r"[\x21\x22\x24-\x7e]{1,256}")


class AcceptBody(BaseModel):
    """What the agent does with the offer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    do: Literal["accept"]


class OfferView(BaseModel):
    """A call that waits, offered to several agents at once until `until`."""

    contact_id: str
    line: str
    queue: str
    offered_at: AwareDatetime
    until: AwareDatetime
    state: State


class OffersView(BaseModel):
    """What the agent could accept now, what ends first in front."""

    tenant: str
    offers: list[OfferView]


@bp.route("/v1/offers", methods=["GET"], authorizer=AUTHORIZER)
@door("offers.read", answers=OffersView, narrows=[Scope.OWN])
def offers() -> Response:
    """Answer what the caller is offered at the desk now."""
    found = [view(one) for one in wired().offers(door.caller().user)]
    return http_door.json_response(OffersView(tenant=tenancy.current().id, offers=found).model_dump(mode="json"))


@bp.route("/v1/offers/{contact_id}", methods=["POST"], authorizer=AUTHORIZER)
@door("offers.accept", answers=OfferView, body=AcceptBody, narrows=[Scope.OWN])
def accept(contact_id: str) -> Response:
    """Give the contact to the caller, who is the first to ask for it; all other offers of it are withdrawn."""
    queries.parse_body(AcceptBody, bp.current_request.json_body)
    if not _ID.fullmatch(contact_id):
        raise NotFound("no such offer")
    return http_door.json_response(view(wired().accept(contact_id, door.caller().actor)).model_dump(mode="json"))


def view(offer: Offer) -> OfferView:
    """Return an offer as the API shows it."""
    ring = offer.ring
    return OfferView(
        contact_id=ring.contact_id,
        line=ring.line,
        queue=ring.queue,
        offered_at=ring.offered_at,
        until=ring.until,
        state=offer.state,
    )
