"""A flow document as the engine runs it: read by `flowlang`, and refused when it cannot be run at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flowlang import document
from flowlang.document import Action


class BrokenFlow(ValueError):
    """The document cannot be run; the text says why."""


@dataclass(frozen=True, slots=True)
class Document:
    """A flow or module whose every reference leads to one of its actions."""

    start: str
    actions: Mapping[str, Action]
    types: frozenset[str]
    """The action types that are used."""


def text(value: object) -> str:
    """A scalar as flows write it; "" when it is absent. Hand-written files have bare numbers and booleans too."""
    if isinstance(value, str):
        return value
    return "" if value is None else document.scalar_text(value)


def flag(value: object) -> bool:
    """A truth value of a parameter: "True", "true" or true."""
    return text(value).casefold() == "true"


def read(content: Mapping[str, Any]) -> Document:
    """Read a parsed JSON document. Raises BrokenFlow."""
    try:
        flow = document.parse(content)
    except document.InvalidDocument as error:
        raise BrokenFlow(str(error)) from error
    actions = flow.by_identifier()
    for action in actions.values():
        for edge in action.transitions.edges():
            if edge.target not in actions:
                msg = f"{action.identifier} leads to {edge.target!r}, which is not in the flow"
                raise BrokenFlow(msg)
    if flow.start not in actions:
        msg = f"the start action {flow.start!r} is not in the flow"
        raise BrokenFlow(msg)
    return Document(flow.start, actions, frozenset(action.type for action in actions.values()))
