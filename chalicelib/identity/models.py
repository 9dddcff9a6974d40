"""Identity: what it is. Levels, what was asked in a call and what came of it. Values only; answers are never kept."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from chalicelib.platform.errors import Conflict, Forbidden
from chalicelib.tenancy.models import IdentityQuestion

ATTRIBUTE: Final = "verification"
"""The attribute of a contact that has the level. Transfers inherit it, and the contact record has it."""
OF_CUSTOMER: Final = "verifiedCustomer"
"""The one that says as whom the caller is verified: a look-up may find another customer later on."""


class Level(StrEnum):
    """How sure we are, the least first."""

    UNKNOWN = "unknown"
    IDENTIFIED = "identified"
    """The number that calls, or one that was keyed, belongs to a customer: that proves nothing."""
    VERIFIED = "verified"

    @property
    def rank(self) -> int:
        """Its place in the order."""
        return list(Level).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What was asked of the caller of one chain: ids of questions, how many answers were wrong, the copy's number.

    `customer_id` is whom the answers were compared with: they prove nothing of anybody else.
    """

    customer_id: str | None = None
    passed: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    wrong: int = 0
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """What the agent is led through. `customer_id` None: nobody to compare with, so that nothing can be asked."""

    contact_id: str
    customer_id: str | None
    level: Level
    questions: tuple[IdentityQuestion, ...]
    needed: int
    attempts_left: int
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The chain of a contact: its first contact, and whom the flow has found.

    `number` is the customer's end of the line, `candidates` are the customers who share it.
    """

    initial_id: str
    customer_id: str | None
    number: str | None = None
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Whom somebody serves: the contacts on the own screen with the first of each chain, customers and numbers."""

    contacts: frozenset[str] = frozenset()
    customers: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()


class NotOnHand(Forbidden):
    """What was asked for is of nobody whom the user serves now (SEC-02)."""

    code, title = "not-on-hand", "Not the customer on hand"


class NothingToAsk(Conflict):
    """The contract has no questions, or the caller is no customer whom we know."""

    code, title = "nothing-to-ask", "Nothing to ask"


class Locked(Conflict):
    """Too many answers were wrong in this call, or this question was asked before."""

    code, title = "identity-locked", "No more attempts"


class TooUnsure(Forbidden):
    """The operation needs a higher level (`needs`) than the caller has reached (`level`)."""

    code, title = "identity-needed", "Identity needed"
