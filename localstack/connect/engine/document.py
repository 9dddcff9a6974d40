"""A flow-language document as the engine reads it: tolerant, frozen, and refused when it cannot be run at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class BrokenFlow(ValueError):
    """The document cannot be run: it names an action that it does not have."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of an action; `operand` may be a path."""

    operator: str
    operand: str
    target: str


@dataclass(frozen=True, slots=True)
class Action:
    """One action. `target` is its NextAction, "" when it has none."""

    identifier: str
    type: str
    parameters: Mapping[str, Any]
    target: str
    errors: Mapping[str, str]
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A flow or module."""

    start: str
    actions: Mapping[str, Action]


def text(value: object) -> str:
    """A scalar as flows write it: text. Hand-written files have bare numbers and booleans too (section 1)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def flag(value: object) -> bool:
    """A truth value of a parameter: "True", "true" or true."""
    return text(value).casefold() == "true"


def read(content: Mapping[str, Any]) -> Document:
    """Read a parsed JSON document. Raises BrokenFlow for a reference to an action that is not there."""
    actions = {action.identifier: action for action in map(_action, content.get("Actions") or ())}
    document = Document(text(content.get("StartAction")), actions)
    for where, target in _targets(document):
        if target and target not in actions:
            msg = f"{where} leads to {target!r}, which is not in the flow"
            raise BrokenFlow(msg)
    if document.start not in actions:
        msg = f"the start action {document.start!r} is not in the flow"
        raise BrokenFlow(msg)
    return document


def _targets(document: Document) -> list[tuple[str, str]]:
    found = []
    for action in document.actions.values():
        targets = [action.target, *action.errors.values(), *(c.target for c in action.conditions)]
        found += [(action.identifier, target) for target in targets]
    return found


def _action(raw: Mapping[str, Any]) -> Action:
    transitions = raw.get("Transitions") or {}
    return Action(
        identifier=text(raw.get("Identifier")),
        type=text(raw.get("Type")),
        parameters=raw.get("Parameters") or {},
        target=text(transitions.get("NextAction")),
        errors={text(e.get("ErrorType")): text(e.get("NextAction")) for e in transitions.get("Errors") or ()},
        conditions=tuple(_condition(c) for c in transitions.get("Conditions") or ()),
    )


def _condition(raw: Mapping[str, Any]) -> Condition:
    test = raw.get("Condition") or {}
    operands = test.get("Operands") or [""]
    return Condition(text(test.get("Operator")), text(operands[0]), text(raw.get("NextAction")))
