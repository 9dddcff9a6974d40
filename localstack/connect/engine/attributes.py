"""What references such as `$.Attributes.name` in parameters are worth now (section 3).

An unset path is empty text inside a sentence, and fails the action where the whole parameter is the path.
"""

import json
from collections.abc import Mapping
from typing import Any

from flowlang import paths
from localstack.connect.engine.document import text

Tree = Mapping[str, Any]
"""Root name to value; maps nest."""


def is_path(value: object) -> bool:
    """Whether the whole value is one path."""
    return isinstance(value, str) and paths.parse(value) is not None


def look_up(path: str, tree: Tree) -> Any:
    """What the path leads to; None when it leads nowhere."""
    parsed = paths.parse(path)
    return None if parsed is None else _follow(parsed, tree)


def written(value: Any) -> str:
    """A value as a flow sees it: text; maps and lists as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping | list | tuple | bool):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text(value)


def value_of(parameter: Any, tree: Tree) -> str | None:
    """A static or whole-path parameter: its text, None when it is a path that is unset."""
    if not is_path(parameter):
        return render(text(parameter), tree)
    found = look_up(parameter, tree)
    return None if found is None else written(found)


def render(template: str, tree: Tree) -> str:
    """Free text with every path replaced by what it is worth, "" when unset."""
    return paths.fill(template, lambda path: written(_follow(path, tree)))


def render_deep(value: Any, tree: Tree) -> Any:
    """The same inside maps and lists; a whole path keeps the shape of what it leads to."""
    if isinstance(value, Mapping):
        return {key: render_deep(inner, tree) for key, inner in value.items()}
    if isinstance(value, list):
        return [render_deep(inner, tree) for inner in value]
    if is_path(value):
        found = look_up(value, tree)
        return "" if found is None else found
    return render(text(value), tree)


def _follow(path: paths.Path, tree: Tree) -> Any:
    value: Any = tree.get(path.keys[0])
    for key in path.keys[1:]:
        if not isinstance(value, (dict, Mapping)):  # nearly always a dict, which is far quicker to tell
            return None
        value = value.get(key)
    return value
