"""The users of a tenant, by its REST API, and in rows for people."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from chalicelib.access.models import Role
from chalicelib.platform import queries
from chalicelib.users.api import InvitationBody, UserBody, UserQuery, UserView
from chalicelib.users.models import CONFIRMED
from cli.client.client import Client
from cli.client.operations import users as operations

_WORDS: Final = {CONFIRMED: "has come", "FORCE_CHANGE_PASSWORD": "invited"}
_WHOLE: Final = "whole tenant"


def known(client: Client) -> list[UserView]:
    """Return who may log in, by name, from every page of the list."""
    pages = client.pages(operations.USERS, UserQuery())
    return sorted((one for page in pages for one in page.users), key=lambda one: one.user)


def invitation(user: str, email: str, roles: Sequence[Role], node: str | None) -> InvitationBody:
    """Return what is sent to invite somebody.

    Raises:
        InvalidInput: a field has a form that the API refuses; `errors` names it.

    """
    return queries.parse_body(InvitationBody, {"user": user, "email": email, "roles": list(roles), "node": node})


def give(client: Client, user: str, role: Role) -> UserView:
    """Give a role; raises what `Client.send` does."""
    return client.send(operations.GRANT, user=user, role=role.value)


def take(client: Client, user: str, role: Role) -> UserView:
    """Take a role; raises what `Client.send` does."""
    return client.send(operations.TAKE, user=user, role=role.value)


def settle(client: Client, user: str, *, enabled: bool) -> UserView:
    """Keep somebody out or let them in again; which part they see stays as it was read. Raises what `send` does."""
    node = client.send(operations.USER, user=user).node
    return client.send(operations.SETTLE, body=UserBody(node=node, enabled=enabled), user=user)


def rows(users: Iterable[UserView]) -> Iterator[str]:
    """Yield a row for each user: name, whether they have come, which part they see, roles. Pure."""
    told = [(one.user, _state(one), one.node or _WHOLE, _roles(one)) for one in users]
    name, state, part, _ = (max(map(len, column)) for column in zip(*told, strict=True)) if told else (0,) * 4
    for user, stands, sees, roles in told:
        yield f"{user:<{name}}  {stands:<{state}}  {sees:<{part}}  {roles}"


def lines(one: UserView) -> Iterator[str]:
    """Yield all of one user, a line a fact. Pure."""
    yield f"user    {one.user}"
    yield f"email   {one.email or '-'}"
    yield f"state   {_state(one)}"
    yield f"sees    {one.node or _WHOLE}"
    yield f"roles   {_roles(one)}"


def _state(one: UserView) -> str:
    return _WORDS.get(one.status, one.status) if one.enabled else "kept out"


def _roles(one: UserView) -> str:
    return ", ".join(one.roles) or "-"
