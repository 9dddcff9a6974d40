"""Rules on the branches of one action: errors, conditions, and what an error leads to."""

import re
from collections import Counter
from collections.abc import Iterator

from flowlang import references
from flowlang.catalogue import ACTIONS
from flowlang.catalogue.model import NUMBERS, OPERATORS
from flowlang.catalogue.results import wait_results
from flowlang.document import Action, Edge, whole_number
from flowlang.lint.model import Hit, Severity, Subject, rule

_NUMBER = re.compile(r"[-+]?[0-9]+([.][0-9]+)?")
_HIGHEST_THRESHOLD = 101
MAX_MODULE_BRANCHES = 8
_PACED = frozenset({"Loop", "Wait", "MessageParticipantIteratively"})
"""Actions that count or take time, so that a circle through them does not spin."""


@rule("B01", Severity.REFUSED, "Required error branches are declared.")
def missing_errors(subject: Subject) -> Iterator[Hit]:
    """Without them publishing fails, and a failure would drop the caller."""
    for action, kind in subject.typed():
        missing = subject.shape(action, kind).required - action.transitions.error_types()
        for error in sorted(missing):
            yield Hit(action.identifier, f"{action.type} has no {error} branch", f"Add an error branch for {error}")


@rule("B02", Severity.REFUSED, "Forbidden error branches are absent.")
def forbidden_errors(subject: Subject) -> Iterator[Hit]:
    """Some actions, or forms of one, cannot fail in that way."""
    for action, kind in subject.typed():
        forbidden = subject.shape(action, kind).forbidden
        for error in sorted(action.transitions.error_types()):
            if error in forbidden or "*" in forbidden:
                message = f"{action.type} as used here must not have a {error} branch"
                yield Hit(action.identifier, message, "Remove the branch")


@rule("B03", Severity.WARNING, "Declared error branches are ones that the action knows.")
def unknown_errors(subject: Subject) -> Iterator[Hit]:
    """A branch for an error that is never raised is a misunderstanding, or newer than the catalogue."""
    for action, kind in subject.typed():
        shape = subject.shape(action, kind)
        strange = action.transitions.error_types() - shape.required - shape.optional - shape.forbidden
        for error in sorted(strange if "*" not in shape.forbidden else ()):
            known = ", ".join(sorted(shape.required | shape.optional)) or "none"
            yield Hit(action.identifier, f"{action.type} never raises {error!r}", f"It raises: {known}")


@rule("B04", Severity.WARNING, "An error type is declared once.")
def repeated_errors(subject: Subject) -> Iterator[Hit]:
    """Only the first of two counts."""
    for action in subject.flow.actions:
        for error, count in Counter(branch.error_type for branch in action.transitions.errors).items():
            if count > 1:
                yield Hit(action.identifier, f"{error} is declared {count} times", "Keep one branch")


@rule("B05", Severity.WARNING, "An error branch does not lead back to its own action without a Loop.")
def spinning_errors(subject: Subject) -> Iterator[Hit]:
    """The caller would go round for ever, each time failing. A key that the caller presses breaks the circle."""
    for action in subject.flow.actions:
        if action.type == "Loop":
            continue
        for branch in action.transitions.errors:
            if action.identifier in subject.reached(branch.next_action, unless=_breaks_a_circle):
                message = f"the branch {branch.error_type} leads back here without a Loop"
                yield Hit(action.identifier, message, "Count the attempts with a Loop, then go somewhere else")


def _breaks_a_circle(action: Action, edge: Edge) -> bool:
    asks = action.type in ACTIONS and ACTIONS[action.type].interactive
    return action.type in _PACED or (asks and edge.kind == "condition")


@rule("B06", Severity.REFUSED, "Conditions stand only where there is a result, with an operator that it allows.")
def operators(subject: Subject) -> Iterator[Hit]:
    """For instance no condition on a prompt, no TextContains on a key."""
    for action, kind in subject.typed():
        allowed = subject.shape(action, kind).result.operators
        for condition in action.transitions.conditions:
            if condition.operator not in allowed:
                message = f"{action.type} does not take the condition operator {condition.operator!r}"
                known = ", ".join(sorted(allowed)) or "no conditions at all"
                unknown = "" if condition.operator in OPERATORS else " (no operator of the flow language)"
                yield Hit(action.identifier, message + unknown, f"It takes {known}")


@rule("B07", Severity.REFUSED, "A condition has exactly one operand.")
def operands(subject: Subject) -> Iterator[Hit]:
    """The documents speak of lists; the service refuses a second operand."""
    for action in subject.flow.actions:
        for condition in action.transitions.conditions:
            if len(condition.operands) != 1:
                message = f"a condition has {len(condition.operands)} operands"
                yield Hit(action.identifier, message, "Write one condition for each operand")


@rule("B08", Severity.REFUSED, "A condition tests a result that the action can have.")
def possible_results(subject: Subject) -> Iterator[Hit]:
    """For instance True or False, never Open, on the hours check."""
    for action, kind in subject.typed():
        result = subject.shape(action, kind).result
        values = sorted(wait_results(action)) if action.type == "Wait" else result.values
        for condition in action.transitions.conditions:
            for operand in condition.operands:
                if references.is_reference(operand):  # what stands for it is tested in the tenant's flow
                    continue
                wrong = values and operand not in values
                if wrong or (result.pattern and not re.fullmatch(result.pattern, operand)):
                    can = ", ".join(values) or f"texts like {result.pattern}"
                    yield Hit(action.identifier, f"the result is never {operand!r}", f"It can be {can}")


@rule("B09", Severity.REFUSED, "Results that must be told apart all have a condition.")
def untested_results(subject: Subject) -> Iterator[Hit]:
    """Both answers of the hours check, both of a Loop, the end of a Wait and each event that it waits for."""
    for action, kind in subject.typed():
        tested = {operand for condition in action.transitions.conditions for operand in condition.operands}
        wanted = subject.shape(action, kind).result.tested
        for value in sorted(wait_results(action)) if action.type == "Wait" else wanted:
            if value not in tested:
                yield Hit(action.identifier, f"no condition for {value}", f"Add a condition Equals {value}")


@rule("B10", Severity.WARNING, "No condition is tested twice.")
def repeated_conditions(subject: Subject) -> Iterator[Hit]:
    """The first true condition wins, so the second is never taken."""
    for action in subject.flow.actions:
        tests = Counter((condition.operator, condition.operands) for condition in action.transitions.conditions)
        for (operator, values), count in tests.items():
            if count > 1:
                yield Hit(action.identifier, f"{operator} {', '.join(values)} is tested {count} times", "Keep one")


@rule("B11", Severity.REFUSED, "An error branch names its error.")
def named_errors(subject: Subject) -> Iterator[Hit]:
    """An entry of Errors is an ErrorType and a NextAction."""
    for action in subject.flow.actions:
        if "" in action.transitions.error_types():
            yield Hit(action.identifier, "an error branch without ErrorType", "Write NoMatchingError for any error")


@rule("B12", Severity.WARNING, "A number is compared with a number.")
def number_operands(subject: Subject) -> Iterator[Hit]:
    """Number operators are false when either side is no number."""
    for action in subject.flow.actions:
        for condition in action.transitions.conditions:
            for operand in condition.operands if condition.operator in NUMBERS else ():
                if not _NUMBER.fullmatch(operand) and "$." not in operand and "{{" not in operand:
                    message = f"{condition.operator} {operand!r} is never true"
                    yield Hit(action.identifier, message, "Compare with a number, or use a text operator")


@rule("B13", Severity.WARNING, "The shares of a percentage add up: thresholds rise from 2 to 100.")
def percentages(subject: Subject) -> Iterator[Hit]:
    """The result is 1 to 100; thresholds are the cumulative share plus 1, so 30 % and 50 % are 31 and 81."""
    for action in subject.of_type("DistributeByPercentage"):
        before = 1
        for condition in action.transitions.conditions:
            for operand in condition.operands[:1]:
                threshold = whole_number(operand)
                if threshold is not None and not before < threshold <= _HIGHEST_THRESHOLD:
                    message = f"NumberLessThan {threshold} behind {before} has no share"
                    yield Hit(action.identifier, message, "Write the cumulative percentages plus 1, in order")
                before = max(before, threshold or before)


@rule("B14", Severity.REFUSED, f"A module has at most {MAX_MODULE_BRANCHES} branches of its own.")
def module_branches(subject: Subject) -> Iterator[Hit]:
    """As many as its contract may declare."""
    for action in subject.of_type("InvokeFlowModule"):
        count = len({condition.operands for condition in action.transitions.conditions})
        if count > MAX_MODULE_BRANCHES:
            message = f"{count} branches for what the module returns"
            yield Hit(
                action.identifier, message, f"Keep to {MAX_MODULE_BRANCHES}; compare $.Modules.ResultData for more"
            )
