"""Symbolic references: `{{queue.vip}}` in a parameter instead of an ARN, `{{?menu.3}}` where a tenant may have none.

An action that holds an optional reference to something absent is removed. Conditions that lead to it are dropped; a
`NextAction` or an error branch that leads to it goes on to where it would have gone itself.

A condition whose operand is a reference stands once for each line of its text: "the queue is one of these". It is
dropped when there is no such text.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flowlang.document import Action, Condition, ErrorBranch, Flow, Transitions

_REFERENCE = re.compile(r"\{\{(\??)\s*([^{}]*?)\s*\}\}")
_NAME = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")

Resolver = Callable[[str], str | None]
"""Text for a reference's name, None when this tenant has no such thing. Raises LookupError when nobody can have it."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One symbolic reference: the action that holds it, its name, and whether it may be absent."""

    action: str
    name: str
    optional: bool


class UnknownReference(ValueError):
    """A reference that cannot be resolved: names the action and the reference."""

    def __init__(self, action: str, name: str, reason: str) -> None:
        super().__init__(f"action {action!r}: {{{{{name}}}}}: {reason}")
        self.action = action
        self.name = name
        self.reason = reason


def well_formed(name: str) -> bool:
    """Tell whether `name` can be a reference at all: words of letters, digits, dash, underscore, joined by dots."""
    return _NAME.fullmatch(name) is not None


def is_reference(text: str) -> bool:
    """Tell whether `text` is one reference as a whole."""
    return _REFERENCE.fullmatch(text) is not None


def find(flow: Flow) -> tuple[Reference, ...]:
    """Return every reference in the flow's parameters and conditions, in document order."""
    return tuple(ref for action in flow.actions for ref in (*find_in(action), *_in_conditions(action)))


def find_in(action: Action) -> Iterator[Reference]:
    """Yield every reference in the parameters of one action."""
    for text in strings(action.parameters):
        for match in _REFERENCE.finditer(text):
            yield Reference(action.identifier, match[2], optional=bool(match[1]))


def _in_conditions(action: Action) -> Iterator[Reference]:
    for condition in action.transitions.conditions:
        for operand in condition.operands:
            for match in _REFERENCE.finditer(operand):
                yield Reference(action.identifier, match[2], optional=bool(match[1]))


def strings(value: Any) -> Iterator[str]:
    """Yield every text in a JSON value; the keys of objects are not values."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from strings(item)


def render(flow: Flow, resolve: Resolver) -> Flow:
    """Return the flow with every reference replaced and every action without its optional part removed.

    Raises:
        UnknownReference: a reference has no meaning, a required one is absent, or the start or a `NextAction` would
            lead to a removed action that leads nowhere.

    """
    rendered: list[Action] = []
    removed: dict[str, Action] = {}
    for action in flow.actions:
        texts = {reference.name: _resolve(reference, resolve) for reference in find_in(action)}
        if None in texts.values():
            removed[action.identifier] = action
        else:
            known = {name: text for name, text in texts.items() if text is not None}
            ways = replace(action.transitions, conditions=tuple(_conditions(action, resolve)))
            rendered.append(replace(action, parameters=_substitute(action.parameters, known), transitions=ways))
    if not removed:
        return replace(flow, actions=tuple(rendered))
    actions = tuple(replace(a, transitions=_reconnect(a.transitions, removed)) for a in rendered)
    return replace(flow, start=_past(flow.start, removed), actions=actions, metadata=_metadata(flow.metadata, removed))


def _conditions(action: Action, resolve: Resolver) -> Iterator[Condition]:
    """Yield the action's conditions, one for each line of an operand that is a reference."""
    texts = {reference.name: _resolve(reference, resolve) for reference in _in_conditions(action)}
    for condition in action.transitions.conditions:
        reference = _REFERENCE.fullmatch(condition.operands[0]) if len(condition.operands) == 1 else None
        if reference is not None:
            for line in (texts[reference[2]] or "").splitlines():
                yield replace(condition, operands=(line,))
        elif any(_REFERENCE.search(operand) for operand in condition.operands):
            raise UnknownReference(action.identifier, condition.operands[0], "an operand is a reference as a whole")
        else:
            yield condition


def _resolve(reference: Reference, resolve: Resolver) -> str | None:
    if not well_formed(reference.name):
        raise UnknownReference(reference.action, reference.name, "expected words joined by dots, such as queue.vip")
    try:
        text = resolve(reference.name)
    except LookupError as exc:
        raise UnknownReference(reference.action, reference.name, str(exc.args[0] if exc.args else exc)) from exc
    if text is None and not reference.optional:
        msg = "this tenant has no such thing, and the reference is not optional ({{?...}})"
        raise UnknownReference(reference.action, reference.name, msg)
    return text


def _substitute(value: Any, texts: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _REFERENCE.sub(lambda match: texts[match[2]], value)
    if isinstance(value, Mapping):
        return {key: _substitute(item, texts) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_substitute(item, texts) for item in value]
    return value


def _reconnect(ways: Transitions, removed: Mapping[str, Action]) -> Transitions:
    return Transitions(
        next_action=None if ways.next_action is None else _past(ways.next_action, removed),
        errors=tuple(ErrorBranch(e.error_type, _past(e.next_action, removed)) for e in ways.errors),
        conditions=tuple(c for c in ways.conditions if c.next_action not in removed),
    )


def _past(identifier: str, removed: Mapping[str, Action]) -> str:
    """Return the first action behind `identifier` that is not removed, following `NextAction`."""
    seen: set[str] = set()
    here = identifier
    while here in removed:
        onward = removed[here].transitions.next_action
        if onward is None or here in seen:
            name = next(reference.name for reference in find_in(removed[here]) if reference.optional)
            raise UnknownReference(here, name, "absent for this tenant, but the flow must pass through this action")
        seen.add(here)
        here = onward
    return here


def _metadata(metadata: Mapping[str, Any], removed: Mapping[str, Action]) -> Mapping[str, Any]:
    positions = metadata.get("ActionMetadata")
    if not isinstance(positions, Mapping):
        return metadata
    return {**metadata, "ActionMetadata": {key: item for key, item in positions.items() if key not in removed}}
