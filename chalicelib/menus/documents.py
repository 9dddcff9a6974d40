"""Menus: trees as JSON, both ways. Without pydantic, because a flow-invoked function reads them."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any

from chalicelib.menus.models import Greetings, Kind, Level, Node, Phrases, Prompt, Tree

_PROMPTS = frozenset({"prompt", "no_input", "wrong_key", "ask", "not_found"})


def tree_of(document: Mapping[str, Any]) -> Tree:
    """Return the tree that `document_of` wrote.

    Raises:
        KeyError, TypeError, ValueError: it has another shape: nobody checked it.

    """
    greetings = document["greetings"]
    by_name = greetings.get("by_name")
    return Tree(
        start=document["start"],
        human=document["human"],
        closed=document.get("closed"),
        nodes={name: _node(node) for name, node in document["nodes"].items()},
        greetings=Greetings(
            neutral=Prompt(**greetings["neutral"]),
            by_name=Prompt(**by_name) if by_name else None,
            by_grade={grade: Prompt(**prompt) for grade, prompt in greetings.get("by_grade", {}).items()},
        ),
        phrases=Phrases(**{name: Prompt(**prompt) for name, prompt in document["phrases"].items()}),
    )


def _node(document: Mapping[str, Any]) -> Node:
    read: dict[str, Any] = {key: Prompt(**value) if key in _PROMPTS else value for key, value in document.items()}
    read |= {"kind": Kind(document["kind"]), "level": Level(document.get("level", Level.NONE.value))}
    return Node(**read)


def document_of(value: Any) -> Any:
    """Return a tree, or a part of one, as plain values; what is left at its default takes no room."""
    if is_dataclass(value):
        pairs = ((each, getattr(value, each.name)) for each in fields(value))
        return {each.name: document_of(found) for each, found in pairs if found != _default(each)}
    if isinstance(value, Mapping):
        return {str(key): document_of(found) for key, found in value.items()}
    return str(value) if isinstance(value, str) else value


def _default(each: "Field[Any]") -> Any:
    if each.default_factory is not MISSING:
        return each.default_factory()
    return each.default


def text_of(tree: Tree) -> str:
    """Return the tree as JSON text: the same bytes for the same tree."""
    return json.dumps(document_of(tree), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
