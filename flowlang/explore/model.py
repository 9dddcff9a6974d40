"""What the explorer is told and what it reports. Values only."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How bad: callers get stuck, dropped or the action fails; hardly what was meant; depends on what is not here."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much work is allowed. `clock` answers seconds.

    Without a clock only `states` bounds, and the same document always gives the same report.
    """

    states: int = 15_000
    budget_s: float = 4.0
    clock: Callable[[], float] | None = None

    def deadline(self, *, share: float = 1.0) -> Callable[[], bool]:
        """Return what tells whether a share of the time is over; it starts to run now."""
        if self.clock is None:
            return lambda: False
        clock, end = self.clock, self.clock() + self.budget_s * share
        return lambda: clock() > end


@dataclass(frozen=True, slots=True)
class Step:
    """One action on the way and the choice made there. `flow` is '' in the explored flow, else the other's name."""

    action: str
    choice: str
    flow: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A coded finding with the shortest script that shows it."""

    code: str
    severity: Severity
    action: str
    message: str
    script: tuple[Step, ...]
    flow: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What exploring a flow found. Counts are of the explored flow only.

    `transitions` are those that the language can take at all, from reachable actions. `stubbed` are flows and modules
    that were not given, `followed` those that were entered. `without_values` are actions that were visited only by a
    second, coarse search that ignores values: what the flow sets may rule them out. `bounded`: the fine search had to
    stop, so problems may be missing.
    """

    file: str = ""
    actions: int
    reachable: int
    visited: int
    transitions: int
    taken: int
    unsupported: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    stubbed: tuple[str, ...] = ()
    followed: tuple[str, ...] = ()
    not_visited: tuple[str, ...] = ()
    not_taken: tuple[str, ...] = ()
    without_values: tuple[str, ...] = ()
    states: int = 0
    bounded: bool = False
    notes: tuple[str, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """Return the report as a JSON object."""
        return asdict(self)
