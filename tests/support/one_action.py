"""One action between two labels: which way a call goes after it."""

from collections.abc import Mapping
from typing import Any

from localstack.connect.engine.contact import Contact, Deed
from tests.support.connect_world import Small, action, say

ERRORS = (
    "NoMatchingError",
    "NoMatchingCondition",
    "InputTimeLimitExceeded",
    "InvalidPhoneNumber",
    "QueueAtCapacity",
    "ChannelMismatch",
    "InvalidCallbackNumber",
    "TimeLimitExceeded",
)


def go(
    small: Small,
    kind: str,
    parameters: Mapping[str, Any],
    *script: Deed,
    before: tuple[Mapping[str, Any], ...] = (),
    results: Mapping[str, tuple[str, str]] | None = None,
    after: Mapping[str, Any] | None = None,
    **plan: Any,
) -> tuple[str, Contact]:
    """The label that a caller hears after the action, and the contact.

    Labels: "next" for NextAction, the error type for an error branch, else the key in `results` (label to operator and
    operand). `before` are actions that run first, each leading to the next; `after` is one that runs on the way to
    "next".
    """
    labels = ["next", *ERRORS, *(results or {})]
    tested = action("tested", kind, parameters, "after" if after else "next", errors={e: e for e in ERRORS})
    tested["Transitions"]["Conditions"] = [
        {"NextAction": label, "Condition": {"Operator": operator, "Operands": [operand]}}
        for label, (operator, operand) in (results or {}).items()
    ]
    chain = [{**one, "Identifier": f"b{n}"} for n, one in enumerate(before)]
    for n, one in enumerate(chain):
        one["Transitions"] = {**one["Transitions"], "NextAction": f"b{n + 1}" if n + 1 < len(chain) else "tested"}
    extra = [{**after, "Identifier": "after"}] if after else []
    for one in extra:
        one["Transitions"] = {"NextAction": "next", "Errors": [{"ErrorType": "NoMatchingError", "NextAction": "next"}]}
    small.number(small.flow("main", *chain, tested, *extra, *(say(label, f"label {label}", "bye") for label in labels)))
    contact = small.call(*script, **plan)
    small.run()
    heard = [told.text for told in contact.transcript if told.kind == "hears" and told.text.startswith("label ")]
    return (heard[-1].removeprefix("label ") if heard else ""), contact
