"""A flow document as frozen values. The reader forgives what live content leaves out, not what cannot be meant.

Source: the flow language of Amazon Connect, version 2019-10-30.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

VERSION = "2019-10-30"
MAX_DIGITS = 12
MAX_DEPTH = 100
"""Objects and lists in each other; the language itself needs a dozen."""
_HALF = re.compile("[\ud800-\udfff]")

_DOCUMENT_KEYS = frozenset({"Version", "StartAction", "Metadata", "Actions", "Settings"})
_ACTION_KEYS = frozenset({"Identifier", "Type", "Parameters", "Transitions"})

EdgeKind = Literal["next", "condition", "error"]


class InvalidDocument(ValueError):
    """The text or object is not a flow document; `path` says where, such as `Actions.3.Transitions`."""

    def __init__(self, path: str, expected: str) -> None:
        super().__init__(f"{path}: {expected}")
        self.path = path
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Condition:
    """A branch on the action's result. The service takes exactly one operand; the reader keeps all for the linter."""

    operator: str
    operands: tuple[str, ...]
    next_action: str


@dataclass(frozen=True, slots=True)
class ErrorBranch:
    """Where the contact goes when the action failed with `error_type`."""

    error_type: str
    next_action: str


@dataclass(frozen=True, slots=True)
class Edge:
    """One way out of an action. `label` is the operand(s) of a condition or the error type, '' for the plain next."""

    kind: EdgeKind
    label: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Transitions:
    """All ways out of an action. `next_action` is None when absent or empty ("ends here")."""

    next_action: str | None = None
    errors: tuple[ErrorBranch, ...] = ()
    conditions: tuple[Condition, ...] = ()

    def edges(self) -> Iterator[Edge]:
        """Conditions in their order, then errors, then next."""
        for condition in self.conditions:
            yield Edge("condition", f"{condition.operator} {', '.join(condition.operands)}", condition.next_action)
        for error in self.errors:
            yield Edge("error", error.error_type, error.next_action)
        if self.next_action is not None:
            yield Edge("next", "", self.next_action)

    def error_types(self) -> frozenset[str]:
        """The declared error types."""
        return frozenset(error.error_type for error in self.errors)

    def on_error(self, error_type: str) -> str | None:
        """Where a failure with `error_type` leads: its own branch, else the catch-all, else None."""
        targets = {error.error_type: error.next_action for error in reversed(self.errors)}
        return targets.get(error_type, targets.get("NoMatchingError"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One block. Parameters are JSON values as they stand in the document; `unknown` are keys that no action has."""

    identifier: str
    type: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    transitions: Transitions = Transitions()
    unknown: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A flow or module. `settings` belongs to modules only, `unknown` are keys that no document has.

    Identifiers may repeat here; the linter refuses that.
    """

    start: str
    actions: tuple[Action, ...]
    version: str = VERSION
    metadata: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] | None = None
    unknown: tuple[str, ...] = field(default=(), compare=False)

    def by_identifier(self) -> dict[str, Action]:
        """The actions by identifier; of two with the same identifier, the first."""
        actions: dict[str, Action] = {}
        for action in self.actions:
            actions.setdefault(action.identifier, action)
        return actions


def parse(source: str | bytes | Mapping[str, Any]) -> Flow:
    """Read a flow from JSON text or from the parsed object.

    Raises:
        InvalidDocument: not JSON, a legacy console export, or a part has a shape that cannot be meant.

    """
    raw = _json(source) if isinstance(source, str | bytes) else source
    document = _mapping(raw, "(document)")
    check_texts(document)
    if "modules" in document and "Actions" not in document:
        msg = "expected a flow-language document; this is a legacy console export (modules)"
        raise InvalidDocument("(document)", msg)
    if "Actions" not in document:
        raise InvalidDocument("(document)", "expected a flow-language document; this object has no Actions")
    settings = document.get("Settings")
    return Flow(
        version=_text(document.get("Version", ""), "Version"),
        start=_text(document.get("StartAction", ""), "StartAction"),
        actions=tuple(_action(item, f"Actions.{i}") for i, item in enumerate(_list(document, "Actions", "(document)"))),
        metadata=_mapping(document.get("Metadata") or {}, "Metadata"),
        settings=None if settings is None else _mapping(settings, "Settings"),
        unknown=tuple(sorted(document.keys() - _DOCUMENT_KEYS)),
    )


def to_document(flow: Flow) -> dict[str, Any]:
    """Return the flow as the JSON object that the service and the designer read."""
    document: dict[str, Any] = {"Version": flow.version, "StartAction": flow.start, "Metadata": dict(flow.metadata)}
    document["Actions"] = [_action_document(action) for action in flow.actions]
    if flow.settings is not None:
        document["Settings"] = dict(flow.settings)
    return document


def to_json(flow: Flow, *, indent: int | None = None) -> str:
    """Return the flow as JSON text; compact unless `indent` is given. The same flow gives the same text."""
    separators = (",", ":") if indent is None else (",", ": ")
    return json.dumps(to_document(flow), ensure_ascii=False, indent=indent, separators=separators)


def _action_document(action: Action) -> dict[str, Any]:
    ways = action.transitions
    transitions: dict[str, Any] = {}
    if ways.next_action is not None:
        transitions["NextAction"] = ways.next_action
    if ways.errors:
        transitions["Errors"] = [{"NextAction": e.next_action, "ErrorType": e.error_type} for e in ways.errors]
    if ways.conditions:
        transitions["Conditions"] = [
            {"NextAction": c.next_action, "Condition": {"Operator": c.operator, "Operands": list(c.operands)}}
            for c in ways.conditions
        ]
    return {
        "Identifier": action.identifier,
        "Type": action.type,
        "Parameters": dict(action.parameters),
        "Transitions": transitions,
    }


def _json(source: str | bytes) -> Any:
    try:
        text = source.decode("utf-8-sig") if isinstance(source, bytes) else source.removeprefix("\ufeff")
        return json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise InvalidDocument("(document)", f"expected JSON: {exc}") from exc


def check_texts(raw: Mapping[str, Any]) -> None:
    """Refuse what no reader of the document could walk through or write down."""
    waiting: list[tuple[Any, int]] = [(raw, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise InvalidDocument("(document)", f"expected at most {MAX_DEPTH} objects and lists in each other")
        if isinstance(value, Mapping):
            waiting += [(item, depth + 1) for pair in value.items() for item in pair]
        elif isinstance(value, list):
            waiting += [(item, depth + 1) for item in value]
        elif isinstance(value, str) and not value.isascii() and _HALF.search(value):
            raise InvalidDocument("(document)", "expected whole characters, found half of a surrogate pair")


def _action(raw: Any, path: str) -> Action:
    item = _mapping(raw, path)
    ways = _mapping(item.get("Transitions") or {}, f"{path}.Transitions")
    return Action(
        identifier=_text(item.get("Identifier", ""), f"{path}.Identifier"),
        type=_text(item.get("Type", ""), f"{path}.Type"),
        parameters=_mapping(item.get("Parameters") or {}, f"{path}.Parameters"),
        unknown=tuple(sorted(item.keys() - _ACTION_KEYS)),
        transitions=Transitions(
            next_action=_text(ways.get("NextAction") or "", f"{path}.Transitions.NextAction") or None,
            errors=tuple(_error(e, path) for e in _list(ways, "Errors", f"{path}.Transitions")),
            conditions=tuple(_condition(c, path) for c in _list(ways, "Conditions", f"{path}.Transitions")),
        ),
    )


def _error(raw: Any, path: str) -> ErrorBranch:
    item = _mapping(raw, f"{path}.Transitions.Errors")
    return ErrorBranch(
        error_type=_text(item.get("ErrorType", ""), f"{path}.Transitions.Errors.ErrorType"),
        next_action=_text(item.get("NextAction", ""), f"{path}.Transitions.Errors.NextAction"),
    )


def _condition(raw: Any, path: str) -> Condition:
    where = f"{path}.Transitions.Conditions"
    item = _mapping(raw, where)
    test = _mapping(item.get("Condition") or {}, f"{where}.Condition")
    return Condition(
        operator=_text(test.get("Operator", ""), f"{where}.Condition.Operator"),
        operands=tuple(scalar_text(operand) for operand in _list(test, "Operands", f"{where}.Condition")),
        next_action=_text(item.get("NextAction", ""), f"{where}.NextAction"),
    )


def whole_number(value: Any) -> int | None:
    """Return a scalar as the whole number from 0 that it writes, None when it is none or longer than 12 digits."""
    text = scalar_text(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS else None


def scalar_text(value: Any) -> str:
    """Return a scalar as the text that console output holds: hand-written files have bare numbers and booleans."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "True" if value else "False"
    return json.dumps(value, ensure_ascii=False)


def _text(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise InvalidDocument(path, f"expected text, found {type(value).__name__}")
    return value


def _mapping(value: Any, path: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InvalidDocument(path, f"expected an object, found {type(value).__name__}")
    return value


def _list(parent: Mapping[str, Any], key: str, path: str) -> Sequence[Any]:
    value = parent.get(key)
    # Empty is empty, however it is written, but for the actions themselves.
    value = [] if value is None or (not value and key != "Actions") else value
    if not isinstance(value, list):
        raise InvalidDocument(f"{path}.{key}", f"expected a list, found {type(value).__name__}")
    return value
