"""Values as the explorer knows them: constants, values that are there but unknown, values that nothing has set."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from flowlang import paths
from flowlang.document import Condition, scalar_text
from flowlang.explore.state import State

WHOLE_NAMESPACE = frozenset({
    "External", "Lex", "Metrics", "Views", "Customer", "Case", "Wisdom", "MediaStreams", "DataTables",
    "DataTableList", "Queue",
})  # fmt: skip
"""Namespaces that one action fills as a whole."""


def key_of(path: paths.Path) -> str:
    """Return the name under which a path's value is known: `External.a.b` has the same name however it is written."""
    if path.root == "LambdaInvocation" and path.keys[1:2] == ("ResultData",):
        return ".".join(("External", *path.keys[2:]))
    return ".".join(path.keys)


def source_of(key: str) -> str:
    """Return what must have been set for the value to be there: the namespace, or the value itself."""
    root = key.partition(".")[0]
    if root == "Metrics" and key.startswith("Metrics.Contact"):
        return "Metrics.Contact"
    if root == "Modules" and key.startswith("Modules.Result"):
        return "Modules.Result"
    return root if root in WHOLE_NAMESPACE else key


def known_text(value: Any, state: State) -> str | None:
    """Return what a parameter is worth, None when that is not known."""
    text = scalar_text(value)
    found = list(paths.find(text))
    if not found:
        return text
    if any(state.value(key_of(path)) is None for path in found):
        return None
    return paths.fill(text, lambda path: state.value(key_of(path)) or "")


_NUMBERS: Mapping[str, Callable[[float, float], bool]] = {
    "NumberGreaterThan": lambda left, right: left > right,
    "NumberGreaterOrEqualTo": lambda left, right: left >= right,
    "NumberLessThan": lambda left, right: left < right,
    "NumberLessOrEqualTo": lambda left, right: left <= right,
}
_TEXTS: Mapping[str, Callable[[str, str], bool]] = {
    "Equals": lambda left, right: left == right,
    "TextStartsWith": lambda left, right: left.startswith(right),
    "TextEndsWith": lambda left, right: left.endswith(right),
    "TextContains": lambda left, right: right in left,
    "KeyExists": lambda left, right: True,  # noqa: ARG005  an unset value never gets here
}


def holds(operator: str, value: str, operand: str) -> bool:
    """Tell whether a condition is true. An operator that does not exist never is."""
    if operator in _TEXTS:
        return _TEXTS[operator](value, operand)
    return operator in _NUMBERS and _NUMBERS[operator](_number(value), _number(operand))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def matching(conditions: Sequence[Condition], value: str, state: State) -> int | None:
    """Return the position of the first true condition, None when none is; unknown operands are never true."""
    for at, condition in enumerate(conditions):
        operand = known_text(condition.operands[0], state) if condition.operands else None
        if operand is not None and holds(condition.operator, value, operand):
            return at
    return None


def candidates(conditions: Sequence[Condition], state: State) -> Iterator[str]:
    """Yield values that between them make every condition true that can be, and one that makes none true."""
    for condition in conditions:
        operand = known_text(condition.operands[0], state) if condition.operands else None
        if operand is None:
            continue
        if condition.operator in _NUMBERS and not math.isnan(_number(operand)):
            yield from _around(_number(operand))
        else:
            yield operand
            yield from (operand + "x", "x" + operand) if condition.operator.startswith("Text") else ()
    yield "something-else"
    yield "-999999999"
    yield "999999999"


def _around(number: float) -> Iterator[str]:
    if not math.isfinite(number):
        return
    for near in (number, number - 1, number + 1):
        yield str(int(near)) if near == int(near) else str(near)


def unknown_operands(conditions: Sequence[Condition], state: State) -> list[int]:
    """Return the positions of the conditions whose operand is not known here: they may or may not be true."""
    return [at for at, one in enumerate(conditions) if one.operands and known_text(one.operands[0], state) is None]
