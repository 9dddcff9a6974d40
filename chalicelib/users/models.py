"""Users: what they are. An account of the tenant's user pool, and the change that is being made. Values only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chalicelib.access.models import Role
from chalicelib.platform.errors import Conflict, Forbidden

CONFIRMED: Final = "CONFIRMED"
"""The status of somebody who has set a password of their own; whoever was invited and never came has another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who may log in. `node` is the part of the organisation that is seen; None: the whole tenant (TEN-11).

    `status` is what the user pool says, '' of an account that is yet to be made.
    """

    name: str
    email: str
    roles: frozenset[Role]
    node: str | None = None
    enabled: bool = True
    status: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What `account` shall be; `creates`: it is a new one."""

    account: Account
    creates: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """How many changes were begun, and the one that is not in the user pool yet: somebody is at it until `held_until`.

    One change at a time: whoever decides does so on accounts that nobody else changes meanwhile.
    """

    version: int
    pending: Change | None = None
    held_until: datetime | None = None


class UserExists(Conflict):
    """Somebody has that user name or that e-mail address."""

    code, title = "user-exists", "User exists"


class LastAdministrator(Conflict):
    """After it nobody could grant roles any more."""

    code, title = "last-administrator", "Last administrator"


class BeingChanged(Conflict):
    """Another change of a user is being made at this moment."""

    code, title, retryable = "being-changed", "Being changed", True


class AboveYou(Forbidden):
    """It is about a role, a person or a part of the organisation that the caller may not give or take."""

    code, title = "above-you", "Above you"
