"""Operators of conditions (section 1). Pure."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from flowlang.document import Condition, Transitions
from localstack.connect.engine.attributes import Tree, is_path, look_up, written


def _number(text: str) -> float:
    """A number, or NaN, which compares false with everything."""
    try:
        return float(text)
    except ValueError:
        return math.nan


NO_MATCHING_CONDITION = "NoMatchingCondition"

EQUALS = "Equals"
OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    EQUALS: lambda value, operand: value == operand,
    "TextStartsWith": lambda value, operand: value.startswith(operand),
    "TextEndsWith": lambda value, operand: value.endswith(operand),
    "TextContains": lambda value, operand: operand in value,
    "NumberGreaterThan": lambda value, operand: _number(value) > _number(operand),
    "NumberGreaterOrEqualTo": lambda value, operand: _number(value) >= _number(operand),
    "NumberLessThan": lambda value, operand: _number(value) < _number(operand),
    "NumberLessOrEqualTo": lambda value, operand: _number(value) <= _number(operand),
    "KeyExists": lambda value, operand: True,  # noqa: ARG005  an absent value never gets here
}


def holds(condition: Condition, result: str, tree: Tree) -> bool:
    """Whether a condition is true for a result. An unknown operator and an unset operand are never true."""
    operator = OPERATORS.get(condition.operator)
    operand: Any = condition.operands[0] if condition.operands else None
    if operand.__class__ is str and not operand.startswith("$"):  # nearly always: no path, and text already
        return operator is not None and operator(result, operand)
    if is_path(operand):
        operand = look_up(operand, tree)
    return operator is not None and operand is not None and operator(result, written(operand))


def chosen(ways: Transitions, result: str | None, tree: Tree) -> str | None:
    """Where a result leads: to the first true condition's action, else by the no-match branch, else to NextAction."""
    if result is not None:
        for condition in ways.conditions:
            operand = condition.operands[0] if condition.operands else "$"
            # Nearly all conditions compare with a text that holds no path: that is seen at a glance.
            plain = condition.operator == EQUALS and operand[:1] != "$"
            if result == operand if plain else holds(condition, result, tree):
                return condition.next_action
    for error in ways.errors:
        if error.error_type == NO_MATCHING_CONDITION:
            return error.next_action
    return ways.next_action
