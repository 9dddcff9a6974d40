"""What references such as `$.Attributes.name` in parameters are worth now (section 3).

An unset path is empty text inside a sentence, and fails the action where the whole parameter is the path.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flowlang import paths
from localstack.connect.engine.document import text
from localstack.connect.engine.settings import Settings

Tree = Mapping[str, Any]
"""Root name to value; maps nest."""
LISTS = frozenset({"DataTables", "DataTableList"})
"""Roots under which elements of lists can be named (3)."""


@dataclass(slots=True, kw_only=True)
class Rules:
    """Rules for paths that lead nowhere: they are noted in `unset`, when there is such a list.

    In a sentence they become nothing, or with `keeps_path` stay as they are. Without `full_stop_ends`, a full stop
    after a path belongs to it, so that it leads nowhere.
    """

    unset: list[str] | None = None
    keeps_path: bool = False
    full_stop_ends: bool = True


USUAL_RULES = Rules()


def rules_of(settings: Settings) -> Rules:
    """Rules for one flow run; with the usual settings all runs share them, because nothing is noted."""
    keeps, ends = settings.unset_in_text == "path", settings.full_stop_ends_path
    if not settings.strict_references and ends and not keeps:
        return USUAL_RULES
    return Rules(unset=[] if settings.strict_references else None, keeps_path=keeps, full_stop_ends=ends)


class Ruled(Mapping[str, Any]):
    """A tree with rules."""

    __slots__ = ("rules",)

    def __init__(self, rules: Rules) -> None:
        self.rules = rules


def is_path(value: object) -> bool:
    """Whether the whole value is one path."""
    return isinstance(value, str) and paths.parse(value) is not None


def look_up(path: str, tree: Tree) -> Any:
    """What the path leads to; None when it leads nowhere."""
    parsed = paths.parse(path)
    return None if parsed is None else follow(parsed, tree)


def written(value: Any) -> str:
    """A value as a flow sees it: text; maps and lists as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, (dict, list, tuple, bool, Mapping)):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text(value)


def value_of(parameter: Any, tree: Tree) -> str | None:
    """A static or whole-path parameter: its text, None when it is a path that is unset."""
    path = paths.parse(parameter) if isinstance(parameter, str) else None
    if path is None:
        return render(text(parameter), tree)
    found = follow(path, tree)
    return None if found is None else written(found)


def render(template: str, tree: Tree) -> str:
    """Free text with every path replaced by what it is worth; "" when unset, unless the tree says otherwise."""
    if "$" not in template:
        return template
    rules = _rules_of(tree)
    if rules is USUAL_RULES or rules is None or (rules.full_stop_ends and not rules.keeps_path):
        whole = paths.parse(template)
        if whole is not None:  # nearly always the text is one path, which leads to a text
            found = follow(whole, tree)
            return found if isinstance(found, str) else written(found)
        return paths.fill(template, lambda path: written(follow(path, tree)))
    if not rules.full_stop_ends:
        template = _without_dotted(template, tree, rules)
    return paths.fill(template, lambda path: _or_itself(path, tree, rules))


def _or_itself(path: paths.Path, tree: Tree, rules: Rules) -> str:
    found = follow(path, tree)
    return path.text if found is None and rules.keeps_path else written(found)


def _without_dotted(template: str, tree: Tree, rules: Rules) -> str:
    """The text without the paths that a full stop follows: such a path is unset."""
    for path in paths.find(template):
        dotted = re.compile(re.escape(path.text) + r"\.(?![\w-])")
        if dotted.search(template):
            _note(path.text + ".", tree)
            template = template if rules.keeps_path else dotted.sub("", template)
    return template


def render_deep(value: Any, tree: Tree) -> Any:
    """The same inside maps and lists; a whole path keeps the shape of what it leads to."""
    if isinstance(value, (dict, Mapping)):  # nearly always a dict, as below
        return {key: render_deep(inner, tree) for key, inner in value.items()}
    if isinstance(value, list):
        return [render_deep(inner, tree) for inner in value]
    if is_path(value):
        found = look_up(value, tree)
        return "" if found is None else found
    return render(text(value), tree)


def follow(path: paths.Path, tree: Tree) -> Any:
    """What a path that has been read leads to; None when it leads nowhere."""
    keys = path.keys
    value: Any = tree.get(keys[0])
    if len(keys) == 2 and value.__class__ is dict:  # noqa: PLR2004 - nearly always one key in a root
        value = value.get(keys[1])
    else:
        for key in keys[1:]:
            value = _inner(value, key, path.root)
    if value is None:
        _note(path.text, tree)
    return value


def _inner(value: Any, key: str, root: str) -> Any:
    if isinstance(value, (dict, Mapping)):
        return value.get(key)
    if isinstance(value, list) and key.isdecimal() and root in LISTS:
        return value[int(key)] if int(key) < len(value) else None
    return None


def _note(path: str, tree: Tree) -> None:
    rules = _rules_of(tree)
    if rules is not None and rules.unset is not None:
        rules.unset.append(path)


def _rules_of(tree: Tree) -> Rules | None:
    return getattr(tree, "rules", None)  # asking an abstract class whether the tree is an instance takes far longer
