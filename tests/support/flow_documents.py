"""Flow documents for tests: a small flow without any finding, and ways to change one action of it."""

import copy
from collections.abc import Callable
from typing import Any

Document = dict[str, Any]

ARN = "arn:aws:connect:us-east-1:000000000000:instance/i/"


def action(identifier: str, kind: str, parameters: dict[str, Any] | None = None, **ways: Any) -> dict[str, Any]:
    """Return an action. Ways out: `go` (next), `errors` (type to target), `when` (operator, operand, target)."""
    transitions: dict[str, Any] = {}
    if "go" in ways:
        transitions["NextAction"] = ways["go"]
    if "errors" in ways:
        transitions["Errors"] = [{"ErrorType": error, "NextAction": target} for error, target in ways["errors"].items()]
    if "when" in ways:
        transitions["Conditions"] = [
            {"NextAction": target, "Condition": {"Operator": operator, "Operands": [operand]}}
            for operator, operand, target in ways["when"]
        ]
    return {"Identifier": identifier, "Type": kind, "Parameters": parameters or {}, "Transitions": transitions}


def document(*actions: dict[str, Any], **more: Any) -> Document:
    """Return a flow of these actions that starts with the first."""
    return {"Version": "2019-10-30", "StartAction": actions[0]["Identifier"], "Actions": list(actions), **more}


def good() -> Document:
    """Return an inbound flow without findings: asks, looks up, queues, says goodbye."""
    return document(
        action("log", "UpdateFlowLoggingBehavior", {"FlowLoggingBehavior": "Enabled"}, go="ask"),
        action(
            "ask",
            "GetParticipantInput",
            {"Text": "Press 1.", "StoreInput": "False", "InputTimeLimitSeconds": "5"},
            go="retry",
            errors={"InputTimeLimitExceeded": "retry", "NoMatchingCondition": "retry", "NoMatchingError": "bye"},
            when=[("Equals", "1", "look-up")],
        ),
        action(
            "retry",
            "Loop",
            {"LoopCount": "2"},
            go="bye",
            when=[("Equals", "ContinueLooping", "ask"), ("Equals", "DoneLooping", "bye")],
        ),
        action(
            "look-up",
            "InvokeLambdaFunction",
            {"LambdaFunctionARN": ARN + "f", "InvocationTimeLimitSeconds": "8"},
            go="set-queue",
            errors={"NoMatchingError": "bye"},
        ),
        action(
            "set-queue",
            "UpdateContactTargetQueue",
            {"QueueId": "$.External.queueArn"},
            go="transfer",
            errors={"NoMatchingError": "bye"},
        ),
        action(
            "transfer",
            "TransferContactToQueue",
            go="bye",
            errors={"QueueAtCapacity": "bye", "NoMatchingError": "bye"},
        ),
        action("bye", "MessageParticipant", {"Text": "Goodbye."}, go="end", errors={"NoMatchingError": "end"}),
        action("end", "DisconnectParticipant"),
    )


def with_action(identifier: str, change: Callable[[dict[str, Any]], Any], base: Document | None = None) -> Document:
    """Return the document with `change` applied to one of its actions."""
    changed = copy.deepcopy(base or good())
    change(next(item for item in changed["Actions"] if item["Identifier"] == identifier))
    return changed


def before_the_end(*actions: dict[str, Any]) -> Document:
    """Return the good flow with these actions in front of its goodbye: the look-up's error leads to the first."""
    changed = with_action("look-up", lambda item: item["Transitions"]["Errors"][0].update(NextAction="here"))
    changed["Actions"] += actions
    return changed
