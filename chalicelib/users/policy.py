"""Users: what is decided. Who gives and takes which roles, what needs a second person, who must stay. Pure.

| who                  | gives and takes                                                                     |
|----------------------|-------------------------------------------------------------------------------------|
| tenant administrator | every role but the platform operator's, who comes from outside of the tenant         |
| operations director  | roles of the operation: not the own, not the client's, no administrator, no officer  |

Nobody gives a role that gives more than the own ones do, so no chain of grants leads further up than it began.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from chalicelib.access.models import Role
from chalicelib.access.service import bearers
from chalicelib.users.models import CONFIRMED, AboveYou, Account, LastAdministrator

_NOT_THE_DIRECTORS: Final = frozenset(
    {
        *(Role.STEERING_OFFICE, Role.CLIENT_SUPERVISOR, Role.SPONSOR, Role.OPERATIONS_DIRECTOR),
        *(Role.TENANT_ADMINISTRATOR, Role.COMPLIANCE_OFFICER, Role.PLATFORM_OPERATOR),
    }
)
GRANTS: Final[Mapping[Role, frozenset[Role]]] = {
    Role.TENANT_ADMINISTRATOR: frozenset(Role) - {Role.PLATFORM_OPERATOR},
    Role.OPERATIONS_DIRECTOR: frozenset(Role) - _NOT_THE_DIRECTORS,
}
"""Which roles somebody of a role gives and takes."""

_POWERS: Final = ("users.change", "people.change", "privacy.request", "privacy.hold", "audit.read")
POWERFUL: Final = frozenset(role for power in _POWERS for role in bearers(power))
"""Whoever says who may do what or who approves, reads the trail, or deals with persons' data. Giving and taking these
roles, and whatever else is done to whom they were given, is `users.empower`: the contract may put it under approval."""


def grantable(roles: Iterable[Role]) -> frozenset[Role]:
    """Return which roles somebody of `roles` gives and takes."""
    return frozenset[Role]().union(*(GRANTS.get(role, frozenset()) for role in roles))


def check(by: str, roles: Iterable[Role], before: Account | None, after: Account) -> None:
    """Accept that `by`, who has `roles`, makes `after` of `before` (None: invites).

    Raises:
        AboveYou: it is about themselves, or somebody who has or gets a role that is not theirs to give.

    """
    if by == after.name:
        raise AboveYou("your own account is changed by somebody else", user=after.name)
    concerned = after.roles | (before.roles if before else frozenset())
    above = sorted(role.value for role in concerned - grantable(roles))
    if above:
        raise AboveYou("not yours to give, to take, or to change whoever has it", roles=above, user=after.name)


def needs_approval(before: Account | None, after: Account) -> bool:
    """Return whether the change is one of power: `users.empower`."""
    return bool(POWERFUL & (after.roles | (before.roles if before else frozenset())))


def administers(account: Account, root: str | None) -> bool:
    """Return whether somebody can log in and grant roles in the whole tenant, whose headquarters is `root`."""
    is_there = account.enabled and account.status == CONFIRMED
    return is_there and account.node in (None, root) and Role.TENANT_ADMINISTRATOR in account.roles


def check_administrators(administrators: Iterable[Account], after: Account, root: str | None) -> None:
    """Accept a change of one of `administrators`, after which the account is `after`, if one of them is left.

    Raises:
        LastAdministrator: there would be none.

    """
    left = (after if one.name == after.name else one for one in administrators)
    if not any(administers(one, root) for one in left):
        raise LastAdministrator("nobody could grant roles any more", user=after.name)
