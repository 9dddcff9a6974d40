"""What a rule sees and says, and the registry in which every rule is found by its code."""

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from flowlang.catalogue import ACTIONS, ActionType, Shape
from flowlang.document import Action, Edge, Flow


class Severity(StrEnum):
    """How bad: the service would not publish it; it breaks a rule for sources; a trap, published and hardly meant."""

    REFUSED = "refused"
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Hit:
    """What a rule found: the action ('' for the document), what is wrong, and how to mend it."""

    action: str
    message: str
    mend: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A hit with its rule's code and severity."""

    code: str
    severity: Severity
    action: str
    message: str
    mend: str

    def __str__(self) -> str:
        return f"{self.code} {self.severity} {self.action or '(document)'}: {self.message}. {self.mend}."


@dataclass(frozen=True, slots=True)
class Subject:
    """A flow under the linter. `references` are the symbolic names that exist; None: the flow is already rendered."""

    flow: Flow
    flow_type: str | None
    references: Container[str] | None
    actions: dict[str, Action] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "actions", self.flow.by_identifier())

    def typed(self) -> Iterator[tuple[Action, ActionType]]:
        """Yield the actions whose type is in the catalogue."""
        for action in self.flow.actions:
            if action.type in ACTIONS:
                yield action, ACTIONS[action.type]

    def shape(self, action: Action, kind: ActionType) -> Shape:
        """Return the branches that the action has as it is used here."""
        return kind.as_used(action.parameters, self.flow_type)

    def of_type(self, *names: str) -> Iterator[Action]:
        """Yield the actions of these types."""
        return (action for action in self.flow.actions if action.type in names)

    def reached(self, start: str, *, unless: Callable[[Action, Edge], bool] = lambda _action, _edge: False) -> set[str]:
        """Return the actions that can be reached from `start` (included) along edges for which `unless` is false."""
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            action = self.actions.get(waiting.pop())
            if action is None or action.identifier in seen:
                continue
            seen.add(action.identifier)
            waiting.extend(edge.target for edge in action.transitions.edges() if not unless(action, edge))
        return seen


Check = Callable[[Subject], Iterator[Hit]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; `summary` says what must hold."""

    code: str
    severity: Severity
    summary: str
    check: Check


RULES: dict[str, Rule] = {}
"""Every rule by its code."""


def rule(code: str, severity: Severity, summary: str) -> Callable[[Check], Check]:
    """Register the decorated function as the rule `code`."""

    def register(check: Check) -> Check:
        if code in RULES:
            msg = f"the rule {code} exists twice"
            raise ValueError(msg)
        RULES[code] = Rule(code, severity, summary, check)
        return check

    return register
