"""People: REST. Who stands where, and giving somebody a place (PPL-01)."""

import re
from datetime import UTC
from typing import Annotated, Any, Final

from chalice.app import Blueprint, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from chalicelib.access import service as access
from chalicelib.access.models import Scope
from chalicelib.organisation.service import sees_agent
from chalicelib.people.models import Place, Position, Tree, Unit
from chalicelib.people.service import above, wired
from chalicelib.platform import http_door, queries
from chalicelib.platform.authorizer import AUTHORIZER
from chalicelib.platform.errors import NotFound

bp = Blueprint(__name__)
door = access.Door(bp)

_NAME: Final = re.compile(r"[\x21\x22\x24-\x7e]{1,128}")

type Name = Annotated[str, Field(pattern=r"^[\x21\x22\x24-\x7e]{1,128}$")]


class PeopleQuery(BaseModel):
    """When; now when it is left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at: queries.Instant | None = None


class PlaceBody(BaseModel):
    """Where somebody stands from `since` on (now when it is left out); `version` is that of the people as read.

    `position` null: the person leaves. A director has no leader, everybody else has one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    position: Position | None
    leader: Name | None = None
    unit: Unit = Unit.OPERATIONS
    since: queries.Instant | None = None
    version: int = Field(ge=0)


class PersonView(BaseModel):
    """Where somebody stands. `superiors` is the chain of escalation: the leader, and whoever leads them, to the top."""

    user: str
    position: Position
    unit: Unit
    leader: str | None
    since: AwareDatetime
    superiors: list[str]


class PeopleView(BaseModel):
    """Who stands where, by user; of whom the caller sees. `version` counts the changes of all."""

    version: int
    people: list[PersonView]


class PlacedView(BaseModel):
    """The place that was given, and the version of the people with it."""

    user: str
    since: AwareDatetime
    version: int


@bp.route("/v1/people", methods=["GET"], authorizer=AUTHORIZER)
@door("people.read", answers=PeopleView, query=PeopleQuery, narrows=[Scope.TEAM, Scope.OWN])
def people() -> Response:
    """Answer who stands where; leaders see whom they lead, agents themselves."""
    query = queries.parse(PeopleQuery, _request().query_params)
    caller = door.caller()
    version, tree = wired().tree(query.at)
    shown = [
        _view(tree, place)
        for user, place in sorted(tree.items())
        if (caller.whose is None or user in caller.whose) and sees_agent(caller.sight, user)
    ]
    return _json(PeopleView(version=version, people=shown))


@bp.route("/v1/people/{user}", methods=["PUT"], authorizer=AUTHORIZER)
@door("people.change", answers=PlacedView, body=PlaceBody)
def person(user: str) -> Response:
    """Give somebody a place, from an instant on."""
    body = queries.parse_body(PlaceBody, _request().json_body)
    if not _NAME.fullmatch(user):
        raise NotFound("no such person")
    since = (body.since or wired().now()).astimezone(UTC).replace(microsecond=0)
    by = door.caller().actor
    place = Place(user=user, position=body.position, unit=body.unit, leader=body.leader, since=since, by=by.user)
    return _json(PlacedView(user=user, since=since, version=wired().put(place, seen=body.version, by=by)))


def _view(tree: Tree, place: Place) -> PersonView:
    return PersonView(
        user=place.user,
        position=place.position or Position.AGENT,
        unit=place.unit,
        leader=place.leader,
        since=place.since,
        superiors=list(above(tree, place.user)),
    )


def _json(view: BaseModel) -> Response:
    return http_door.json_response(view.model_dump(mode="json"))


def _request() -> Any:
    return bp.current_request
