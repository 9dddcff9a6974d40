"""Rules on routing criteria: steps, expressions, levels (2.2, 11.4)."""

from collections.abc import Iterator, Mapping
from typing import Any

from flowlang import paths
from flowlang.document import scalar_text
from flowlang.lint.model import Hit, Severity, Subject, rule

MAX_STEPS = 5
MAX_ATTRIBUTES = 8
LEVELS = range(1, 6)
_WRITTEN = ("AttributeCondition", "AndExpression")
_DYNAMIC = ("OrExpression", "NotAttributeCondition")


@rule("P21", Severity.REFUSED, "Routing criteria are a path, or 1 to 5 steps with an expression each.")
def routing_criteria(subject: Subject) -> Iterator[Hit]:
    """An expression is one attribute or up to eight joined by And; Or and Not only come from a function."""
    for action in subject.of_type("UpdateContactRoutingCriteria"):
        given = action.parameters.get("RoutingCriteria")
        if given is not None:
            for message, mend in dict.fromkeys(_criteria(given)):
                yield Hit(action.identifier, message, mend)


def _criteria(given: Any) -> Iterator[tuple[str, str]]:
    if isinstance(given, str):
        if paths.parse(given) is None:
            yield "RoutingCriteria is a text that is no path", "Write Steps, or a path such as $.External.criteria"
        return
    steps = given.get("Steps") if isinstance(given, Mapping) else None
    if not isinstance(steps, list) or not 1 <= len(steps) <= MAX_STEPS:
        yield f"RoutingCriteria has {len(steps) if isinstance(steps, list) else 'no'} steps", "Give 1 to 5 Steps"
        return
    for number, step in enumerate(steps, 1):
        expression = step.get("Expression") if isinstance(step, Mapping) else None
        for problem, mend in _expression(expression):
            yield f"step {number}: {problem}", mend
        yield from (("an Expiry without DurationInSeconds", "Add DurationInSeconds") for _ in _bad_expiry(step))


def _bad_expiry(step: Any) -> Iterator[None]:
    expiry = step.get("Expiry") if isinstance(step, Mapping) else None
    if expiry is not None and not (isinstance(expiry, Mapping) and "DurationInSeconds" in expiry):
        yield None


def _expression(given: Any) -> Iterator[tuple[str, str]]:
    names = [name for name in (*_WRITTEN, *_DYNAMIC) if isinstance(given, Mapping) and name in given]
    if len(names) != 1:
        yield "no expression", f"Give exactly one of {', '.join(_WRITTEN)}"
    elif names[0] in _DYNAMIC:
        yield f"{names[0]} is written out", "It is only taken from a function: use a path"
    elif names[0] == "AndExpression":
        parts = given["AndExpression"]
        if not isinstance(parts, list) or not 1 <= len(parts) <= MAX_ATTRIBUTES:
            yield "an AndExpression with another number of attributes", f"Join 1 to {MAX_ATTRIBUTES}"
            return
        for part in parts:
            yield from _expression(part)
    else:
        yield from _condition(given["AttributeCondition"])


def _condition(given: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(given, Mapping):
        yield "an AttributeCondition that is no object", "Give Name, Value, ProficiencyLevel and ComparisonOperator"
        return
    operator = scalar_text(given.get("ComparisonOperator", ""))
    if operator == "Match":
        if not isinstance(given.get("MatchCriteria"), Mapping):
            yield "Match without MatchCriteria", "Give MatchCriteria.AgentsCriteria.AgentIds"
        return
    if operator not in {"NumberGreaterOrEqualTo", "Range"}:
        yield f"the comparison {operator!r}", "Use NumberGreaterOrEqualTo, Range or Match"
        return
    yield from _levels(given, operator)


def _levels(given: Mapping[str, Any], operator: str) -> Iterator[tuple[str, str]]:
    missing = [name for name in ("Name", "Value") if not scalar_text(given.get(name, ""))]
    if missing:
        yield f"an attribute without {' and '.join(missing)}", "Give Name and Value"
    span = given.get("Range")
    least_most = [span.get(name) for name in ("MinProficiencyLevel", "MaxProficiencyLevel")] if isinstance(
        span, Mapping) else [None]  # fmt: skip
    for level in least_most if operator == "Range" else [given.get("ProficiencyLevel")]:
        if not _is_level(level):
            yield f"the proficiency level {level!r}", "Use 1 to 5"


def _is_level(value: Any) -> bool:
    if value is None:
        return False
    text = scalar_text(value)
    try:
        return "$." in text or float(text) in LEVELS
    except ValueError:
        return False
