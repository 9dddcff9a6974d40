"""Users: REST. Who may log in, with which roles, and which part of the organisation they see."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any, Final

from chalice.app import Blueprint, Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from chalicelib.access import service as access
from chalicelib.access.models import Role
from chalicelib.platform import cursors, http_door, queries
from chalicelib.platform.authorizer import AUTHORIZER
from chalicelib.platform.errors import NotFound
from chalicelib.users.models import Account
from chalicelib.users.service import wired

bp = Blueprint(__name__)
door = access.Door(bp)

_NAME: Final = re.compile(r"[\x21\x22\x24-\x7e]{1,128}")
"""What the pool's names may be; new ones are simpler, and no e-mail address."""

type Node = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,30}$")]


class UserQuery(BaseModel):
    """How many."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: int = Field(default=25, ge=1, le=60)
    cursor: str | None = Field(default=None, max_length=4096)


class InvitationBody(BaseModel):
    """Somebody who may log in from now on. `node` null: sees the whole tenant."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    user: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{1,63}$")]
    email: Annotated[str, Field(pattern=r"^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,180}\.[A-Za-z]{2,10}$")]
    roles: list[Role] = Field(default_factory=list, max_length=len(Role))
    node: Node | None = None


class UserBody(BaseModel):
    """Which part of the organisation the user sees (null: the whole tenant), and whether the user may log in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    node: Node | None
    enabled: StrictBool


class UserView(BaseModel):
    """A user. `status` is what the user pool says: `CONFIRMED` has a password of their own."""

    user: str
    email: str
    status: str
    enabled: bool
    node: str | None
    roles: list[Role]


class UsersView(BaseModel):
    """Some users, in the user pool's own order; a page may be short. `cursor` leads to the next; null: none is."""

    users: list[UserView]
    cursor: str | None


@bp.route("/v1/users", methods=["GET"], authorizer=AUTHORIZER)
@door("users.read", answers=UsersView, query=UserQuery)
def users() -> Response:
    """Answer who may log in."""
    query = queries.parse(UserQuery, _request().query_params)
    after = cursors.decode(query.cursor) if query.cursor else None
    found, more = wired().page(door.caller().sight, after=after, limit=query.limit)
    view = UsersView(users=[_view(one) for one in found], cursor=cursors.encode(more) if more else None)
    return http_door.json_response(view.model_dump(mode="json"))


@bp.route("/v1/users", methods=["POST"], authorizer=AUTHORIZER)
@door("users.change", answers=UserView, body=InvitationBody, statuses=(201,))
def invite() -> Response:
    """Invite somebody: the first password comes by e-mail, and ends after three days."""
    body = queries.parse_body(InvitationBody, _request().json_body)
    account = Account(name=body.user, email=body.email, roles=frozenset(body.roles), node=body.node)
    return _answer(wired().invite(account, door.caller(), _approve), 201)


@bp.route("/v1/users/{user}", methods=["GET"], authorizer=AUTHORIZER)
@door("users.read", answers=UserView)
def user(user: str) -> Response:
    """Answer what somebody may."""
    return _answer(wired().find(_named(user), door.caller().sight))


@bp.route("/v1/users/{user}", methods=["PUT"], authorizer=AUTHORIZER)
@door("users.change", answers=UserView, body=UserBody)
def settle(user: str) -> Response:
    """Move somebody in the organisation, keep them out, or let them in again."""
    body = queries.parse_body(UserBody, _request().json_body)
    return _changed(user, lambda one: replace(one, node=body.node, enabled=body.enabled), "users.change")


@bp.route("/v1/users/{user}/roles/{role}", methods=["PUT"], authorizer=AUTHORIZER)
@door("users.change", answers=UserView)
def grant(user: str, role: str) -> Response:
    """Give somebody a role."""
    given = _role(role)
    return _changed(user, lambda one: replace(one, roles=one.roles | {given}), "users.grant")


@bp.route("/v1/users/{user}/roles/{role}", methods=["DELETE"], authorizer=AUTHORIZER)
@door("users.change", answers=UserView)
def take(user: str, role: str) -> Response:
    """Take a role from somebody."""
    taken = _role(role)
    return _changed(user, lambda one: replace(one, roles=one.roles - {taken}), "users.take")


def _changed(user: str, alter: Callable[[Account], Account], action: str) -> Response:
    return _answer(wired().change(_named(user), alter, door.caller(), action, _approve))


def _approve() -> None:
    """Accept a change of power, where the contract puts it under approval."""
    door.approve("users.empower")


def _named(user: str) -> str:
    if not _NAME.fullmatch(user):
        raise NotFound("no such user")
    return user


def _role(role: str) -> Role:
    if role not in frozenset(Role):
        raise NotFound("no such role")
    return Role(role)


def _answer(account: Account, status: int = 200) -> Response:
    return http_door.json_response(_view(account).model_dump(mode="json"), status)


def _view(one: Account) -> UserView:
    return UserView(
        user=one.name,
        email=one.email,
        status=one.status,
        enabled=one.enabled,
        node=one.node,
        roles=sorted(one.roles),
    )


def _request() -> Any:
    return bp.current_request
