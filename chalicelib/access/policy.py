"""Access: what it decides. How far a user's roles let an action reach, and what is hidden from them. Pure.

A route names its action; an action that is not in the table (`actions.py`) does not exist, so a route without a
permission cannot be registered.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from chalicelib.access.actions import TABLE
from chalicelib.access.models import Action, Kind, Parted, Role, Scope
from chalicelib.access.roles import FRONT_DESK, HELD
from chalicelib.platform.classification import Kind as Fields

_WIDEST_FIRST: Final = (Scope.TENANT, Scope.TEAM, Scope.OWN)

HIDDEN: Final = frozenset({Fields.REACH})
"""What is masked for the front desk: Amazon Connect dials, so nobody there needs a number in full."""

BY_ID: Final[Mapping[str, Action]] = {action.id: action for action in TABLE}


def action(id_: str) -> Action:
    """Return the action `id_`.

    Raises:
        ValueError: there is none, so a route that names it cannot be registered.

    """
    found = BY_ID.get(id_)
    if found is None:
        msg = f"no action {id_!r} in chalicelib/access/actions.py"
        raise ValueError(msg)
    return found


def known(groups: Iterable[str]) -> tuple[Role, ...]:
    """Return the roles among the groups of a token, in the table's order; other groups mean nothing here."""
    named = frozenset(groups)
    return tuple(role for role in Role if role.value in named)


def is_front_desk(roles: Iterable[Role]) -> bool:
    """Return whether all of `roles` are of the front desk; one other role is enough not to be."""
    return FRONT_DESK.issuperset(roles)


def hidden(roles: Iterable[Role]) -> frozenset[Fields]:
    """Return the kinds of fields that answers to a user of these roles mask."""
    return HIDDEN if is_front_desk(roles) else frozenset()


def reach(roles: Iterable[Role], wanted: Action) -> Scope | None:
    """Return the widest scope in which one of `roles` may do `wanted`; None: none of them may."""
    granted = {wanted.grants[role] for role in roles if role in wanted.grants}
    return next((scope for scope in _WIDEST_FIRST if scope in granted), None)


def only_on_hand(roles: Iterable[Role], wanted: Action) -> bool:
    """Return whether only roles that serve whoever calls, or own accounts, let somebody of `roles` do `wanted`.

    A leader who is an agent too is no such; an agent with a further role that does not grant the action is.
    """
    return HELD.issuperset(wanted.grants.keys() & set(roles))


def may_of_part(wanted: Action) -> bool:
    """Return whether somebody who was granted a part of the organisation may do `wanted`, with the role for it.

    | the action is about  | shows | changes |
    |----------------------|-------|---------|
    | what parts have      | yes   | yes     |
    | what all parts share | yes   | no      |
    | the tenant as such   | no    | no      |
    """
    return wanted.parted is Parted.SUBTREE or (wanted.parted is Parted.SHARED and wanted.kind is not Kind.CHANGE)
