"""Callbacks: what they are. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from chalicelib.platform.errors import ProductError


class State(StrEnum):
    """Where a callback stands. All but OPEN are final, except that a callback found reached is reached."""

    OPEN = "open"
    REACHED = "reached"
    EXHAUSTED = "exhausted"
    """Every attempt failed, or none could be made in the seven days that Amazon Connect keeps a callback."""
    WITHDRAWN = "withdrawn"
    """An agent took the call, or the caller left it, before the callback was planned; or it was stopped."""


class Outcome(StrEnum):
    """What came of one contact of a callback."""

    REACHED = "reached"
    FAILED = "failed"
    """The number did not answer, was busy, or could not be dialled."""
    EXPIRED = "expired"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """A promise to call `phone` back. `id` is the first contact of the call in which it was asked for.

    `outcomes` are what came of its contacts, by contact id; `left` says that the call ended without the promise;
    `attempts` is how often the number is tried at most; `entry_number` is the tenant's number that was dialled.
    """

    id: str
    phone: str
    line: str
    queue: str
    language: str
    asked_at: datetime
    attempts: int
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    left: bool = False
    revision: int = 1
    entry_number: str | None = None

    @property
    def state(self) -> State:
        """The first of reached, withdrawn, exhausted and open that the facts allow.

        It depends on the set of facts alone, so repeated, late and disordered contact records lead to the same state.
        """
        found = list(self.outcomes.values())
        if Outcome.REACHED in found:
            return State.REACHED
        if self.left or Outcome.STOPPED in found:
            return State.WITHDRAWN
        if Outcome.EXPIRED in found or found.count(Outcome.FAILED) >= self.attempts:
            return State.EXHAUSTED
        return State.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A callback as a list shows it."""

    id: str
    asked_at: datetime
    state: str
    phone: str
    line: str
    queue: str
    entry_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a caller asks for. `number` is what was keyed in, or the caller's own; None when there is none.

    `by_chain`: nobody asked, an overflow chain or a closed line has come to it (ACD-15, ACD-16).
    """

    id: str
    number: str | None
    line: str
    queue: str
    language: str
    by_chain: bool = False
    entry_number: str | None = None


class Refused(ProductError):
    """No callback can be promised; the fact `reason` says why, for the flow."""

    code, status, title = "callback-refused", 409, "Callback refused"
