"""Branches of old blocks as conditions, error branches and the next action."""

from collections.abc import Mapping

from flowlang.convert_values import Block, text_of
from flowlang.document import Condition, ErrorBranch, Transitions

_OPERATORS: Mapping[str, str] = {
    "Equals": "Equals",
    "GreaterThan": "NumberGreaterThan",
    "GreaterThanOrEqualTo": "NumberGreaterOrEqualTo",
    "GreaterOrEqualTo": "NumberGreaterOrEqualTo",
    "GreaterThanEqual": "NumberGreaterOrEqualTo",
    "LessThan": "NumberLessThan",
    "LessThanOrEqualTo": "NumberLessOrEqualTo",
    "LessOrEqualTo": "NumberLessOrEqualTo",
    "LessThanEqual": "NumberLessOrEqualTo",
    "Contains": "TextContains",
    "StartsWith": "TextStartsWith",
    "EndsWith": "TextEndsWith",
}

_ERRORS: Mapping[str, str] = {
    "Error": "NoMatchingError",
    "NoMatch": "NoMatchingCondition",
    "Default": "NoMatchingCondition",
    "Timeout": "InputTimeLimitExceeded",
    "AtCapacity": "QueueAtCapacity",
    "CallFailure": "CallFailed",
    "InvalidNumber": "InvalidPhoneNumber",
    "InvalidPhoneNumber": "InvalidPhoneNumber",
    "NonDialableNumber": "CallbackNumberNotDialable",
    "MultipleFound": "MultipleFoundError",
    "NoneFound": "NoneFoundError",
    "ContactNotLinked": "ContactNotLinked",
    "ChannelMismatch": "ChannelMismatch",
}

_TESTS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "": {
        "True": ("Equals", "True"),
        "False": ("Equals", "False"),
        "Looping": ("Equals", "ContinueLooping"),
        "Complete": ("Equals", "DoneLooping"),
    },
    "Wait": {
        "Timeout": ("Equals", "WaitCompleted"),
        "CustomerReturn": ("Equals", "CustomerReturned"),
        "CustomerReturned": ("Equals", "CustomerReturned"),
        "BotParticipantDisconnected": ("Equals", "BotParticipantDisconnected"),
    },
    "MessageParticipantIteratively": {
        "Timeout": ("Equals", "MessagesInterrupted"),
        "Interrupt": ("Equals", "MessagesInterrupted"),
        "Success": ("Equals", "MessagesInterrupted"),
    },
    "CheckMetricData": {"True": ("NumberGreaterThan", "0")},
}

_OWN_ERRORS: Mapping[str, Mapping[str, str]] = {
    "CheckMetricData": {"False": "NoMatchingCondition"},
    "TransferParticipantToThirdParty": {"Timeout": "ConnectionTimeLimitExceeded"},
    "UpdateContactCallbackNumber": {
        "InvalidPhoneNumber": "InvalidCallbackNumber", "InvalidNumber": "InvalidCallbackNumber",
    },
}  # fmt: skip


def branches(kind: str, block: Block) -> tuple[Transitions, tuple[str, ...]]:
    """Return the ways out of the action of type `kind`, and the names of branches without a counterpart."""
    following: list[str] = []
    conditions: list[Condition] = []
    errors: list[ErrorBranch] = []
    odd: list[str] = []
    for branch in block.branches:
        name, target = text_of(branch.get("condition")), text_of(branch.get("transition"))
        test = _test(kind, branch)
        error = _OWN_ERRORS.get(kind, {}).get(name) or _ERRORS.get(name)
        if not target:
            continue  # a branch that the designer left unconnected
        if test is not None:
            conditions.append(Condition(test[0], (test[1],), target))
        elif name == "Success":
            following.append(target)
        else:
            odd += [] if error else [name]
            errors.append(ErrorBranch(error or name, target))
    # The console repeats the branch for "no result" where conditions decide.
    fallback = sorted(errors, key=lambda one: one.error_type != "NoMatchingCondition")
    targets = [*following, *(one.next_action for one in fallback), *(one.next_action for one in conditions)]
    ways = Transitions(next_action=next(iter(targets), None), errors=tuple(errors), conditions=tuple(conditions))
    return ways, tuple(odd)


def _test(kind: str, branch: Mapping[str, object]) -> tuple[str, str] | None:
    name = text_of(branch.get("condition"))
    own = _TESTS.get(kind, {}).get(name)
    if own is not None:
        return own
    if branch.get("conditionType"):
        operator = text_of(branch["conditionType"])
        return _OPERATORS.get(operator, operator), text_of(branch.get("conditionValue"))
    if kind in _OWN_ERRORS and name in _OWN_ERRORS[kind]:
        return None
    return _TESTS[""].get(name)
