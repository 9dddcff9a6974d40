"""References such as `$.Attributes.name` in parameters: finding them, and what they are worth now (section 3).

An unset path is empty text inside a sentence, and fails the action where the whole parameter is the path.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from localstack.connect.engine.document import text

_STEP = r"""\.?\[\s*(?:'[^']*'|"[^"]*"|`[^`]*`)\s*\]|\.[A-Za-z0-9_-]+"""
_PATH = re.compile(rf"\$(?:{_STEP})+")
_KEY = re.compile(r"""\[\s*(?:'([^']*)'|"([^"]*)"|`([^`]*)`)\s*\]|\.([A-Za-z0-9_-]+)""")

Tree = Mapping[str, Any]
"""Root name to value; maps nest."""


def is_path(value: object) -> bool:
    """Whether the whole value is one path."""
    return isinstance(value, str) and _PATH.fullmatch(value.strip()) is not None


def keys(path: str) -> tuple[str, ...]:
    """The keys of a path: `$.SegmentAttributes['connect:Subtype']` has two."""
    return tuple(next(k for k in match.groups() if k is not None) for match in _KEY.finditer(path))


def look_up(path: str, tree: Tree) -> Any:
    """What the path leads to; None when it leads nowhere."""
    value: Any = tree
    for key in keys(path):
        if not isinstance(value, Mapping) or key not in value:
            return None
        value = value[key]
    return value


def written(value: Any) -> str:
    """A value as a flow sees it: text; maps and lists as JSON."""
    if isinstance(value, Mapping | list | tuple):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text(value)


def value_of(parameter: Any, tree: Tree) -> str | None:
    """A static or whole-path parameter: its text, None when it is a path that is unset."""
    if not is_path(parameter):
        return render(text(parameter), tree)
    found = look_up(parameter.strip(), tree)
    return None if found is None else written(found)


def render(template: str, tree: Tree) -> str:
    """Free text with every path replaced by what it is worth, "" when unset."""
    return _PATH.sub(lambda match: written(look_up(match.group(), tree)), template)


def render_deep(value: Any, tree: Tree) -> Any:
    """The same inside maps and lists; a whole path keeps the shape of what it leads to."""
    if isinstance(value, Mapping):
        return {key: render_deep(inner, tree) for key, inner in value.items()}
    if isinstance(value, list):
        return [render_deep(inner, tree) for inner in value]
    if is_path(value):
        found = look_up(value.strip(), tree)
        return "" if found is None else found
    return render(text(value), tree)
