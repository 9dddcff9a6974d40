"""One action between two labels: which way a call goes after it."""

from collections.abc import Mapping
from typing import Any

from localstack.connect.directory import Flow
from localstack.connect.engine.chats import ChatPlan
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import CallPlan, Deed
from tests.support.connect_world import CALLER, NUMBER, Small, action, say

ERRORS = (
    "NoMatchingError",
    "NoMatchingCondition",
    "InputTimeLimitExceeded",
    "InvalidPhoneNumber",
    "QueueAtCapacity",
    "ChannelMismatch",
    "InvalidCallbackNumber",
    "TimeLimitExceeded",
    "MultipleFoundError",
    "NoneFoundError",
    "MultipleFound",
    "NoneFound",
    "ContactNotLinked",
)


def go(
    small: Small,
    kind: str,
    parameters: Mapping[str, Any],
    *script: Deed,
    before: tuple[Mapping[str, Any], ...] = (),
    results: Mapping[str, tuple[str, str]] | None = None,
    after: Mapping[str, Any] | None = None,
    channel: str = "VOICE",
    **plan: Any,
) -> tuple[str, Contact]:
    """The label that a caller hears (or a chat's customer reads) after the action, and the contact.

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
    flow = small.flow("main", *chain, tested, *extra, *(say(label, f"label {label}", "bye") for label in labels))
    contact = _begin(small, flow, channel, CallPlan(**{"to": NUMBER, "caller": CALLER, "script": script, **plan}))
    small.run()
    heard = [told.text for told in contact.transcript if told.kind == "hears" and told.text.startswith("label ")]
    return (heard[-1].removeprefix("label ") if heard else ""), contact


def _begin(small: Small, flow: Flow, channel: str, plan: CallPlan) -> Contact:
    if channel == "CHAT":
        return small.world.chats.start(small.instance, ChatPlan(flow=flow, call=plan))
    small.number(flow)
    return small.world.place_call(plan)
