"""Functions that a flow invokes (section 4)."""

import json
from collections.abc import Mapping
from typing import Any

from localstack.connect.engine import attributes
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.document import text
from localstack.connect.engine.effects import NO_MATCHING_ERROR, ActionFailed, Done, Invoke, failed
from localstack.connect.engine.interpreter import FlowRun
from localstack.connect.engine.ports import LambdaReply
from localstack.connect.engine.records import endpoint
from localstack.connect.engine.registry import Parameters, Performing, action

LONGEST_S = 8
MAX_ANSWER_BYTES = 32_768
TOLD_FIRST = ("found", "customerName", "grade", "queueName", "queue", "priority", "reason", "degraded")
"""Keys that a reader of the transcript wants first."""


@action("InvokeLambdaFunction")
def invoke(run: FlowRun, parameters: Parameters) -> Performing:
    """Invoke a function and keep its answer in $.External.

    A function error is tried again (three times in all) within the time limit, a throttle too; a wrong answer is not.
    """
    function_arn = run.whole(parameters.get("LambdaFunctionARN"), "the function")
    asked = attributes.render_deep(parameters.get("LambdaInvocationAttributes") or {}, run.tree)
    limit_s = float(_limit(parameters))
    invocation = Invoke(
        function_arn=function_arn, payload=json.dumps(event(run.contact, asked)).encode(), limit_s=limit_s
    )
    reply: LambdaReply = yield invocation
    started_s, tries = run.world.settings.lambda_latency_s, 1
    while reply.status in ("function-error", "throttled") and tries < run.world.settings.lambda_tries:
        if started_s + run.world.settings.lambda_latency_s > limit_s:
            break
        reply = yield invocation
        started_s, tries = started_s + run.world.settings.lambda_latency_s, tries + 1
    answer = _answer(reply, text((parameters.get("ResponseValidation") or {}).get("ResponseType")) or "STRING_MAP")
    name = short_name(function_arn)
    facts = {"function": name, "arn": function_arn, "parameters": asked, "ms": round(reply.real_ms, 1), "tries": tries}
    if isinstance(answer, ActionFailed):
        run.tell("lambda", f"{name} failed: {answer}", **facts, result=None, error=str(answer))
        raise answer
    run.frame.external = answer
    run.tell("lambda", f"{name} answers {_headline(answer)}", **facts, result=answer)
    return Done()


def event(contact: Contact, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The event that a flow-invoked function gets (4.1)."""
    queue = contact.target_queue
    data = {
        "Attributes": contact.attributes,
        "AwsRegion": contact.instance.region,
        "Channel": contact.channel,
        "ContactId": contact.id,
        "CustomerEndpoint": endpoint(contact.plan.caller),
        "CustomerId": contact.customer_id,
        "Description": contact.description,
        "InitialContactId": contact.initial.id,
        "InitiationMethod": contact.initiation_method,
        "InstanceARN": contact.instance.arn,
        "LanguageCode": contact.language,
        "MediaStreams": {"Customer": {"Audio": None}},
        "Name": contact.name,
        "PreviousContactId": (contact.previous or contact).id,
        "Queue": None if queue is None else {"ARN": queue.arn, "Name": queue.name, "OutboundCallerId": None},
        "References": contact.references,
        "RelatedContactId": contact.related.id if contact.related else None,
        "SegmentAttributes": {key: {"ValueString": value} for key, value in contact.segment_attributes.items()},
        "SystemEndpoint": endpoint(contact.plan.to),
        "Tags": contact.tags,
    }
    return {"Name": "ContactFlowEvent", "Details": {"ContactData": data, "Parameters": parameters}}


def short_name(function_arn: str) -> str:
    """The function's name and alias without the rest of the ARN."""
    return function_arn.partition(":function:")[2] or function_arn


def _limit(parameters: Parameters) -> int:
    limit = text(parameters.get("InvocationTimeLimitSeconds"))
    if not limit.isdecimal() or not 1 <= int(limit) <= LONGEST_S:
        why = f"InvocationTimeLimitSeconds is {limit!r}"
        raise failed(why)
    return int(limit)


def _answer(reply: LambdaReply, response_type: str) -> Mapping[str, Any] | ActionFailed:
    if reply.status == "timeout":
        return ActionFailed("TimeLimitExceeded", "no answer in time")
    if reply.status != "ok":
        return ActionFailed(NO_MATCHING_ERROR, reply.detail or reply.status)
    try:
        return _valid(reply.payload, response_type)
    except ValueError as error:
        return failed(str(error))


def _valid(payload: bytes, response_type: str) -> Mapping[str, Any]:
    """The answer of a function (4.2). Raises ValueError, saying what is wrong."""
    if len(payload) >= MAX_ANSWER_BYTES:
        msg = "the answer is larger than 32 KB"
        raise ValueError(msg)
    answer = json.loads(payload or b"null")
    if not isinstance(answer, dict):
        msg = "the answer is not a JSON object"
        raise ValueError(msg)  # noqa: TRY004  the caller knows one kind of refusal
    wrong = sorted(key for key, value in answer.items() if not isinstance(value, str))
    if response_type == "STRING_MAP" and wrong:
        msg = f"the answer is not a flat map of strings: {', '.join(wrong)}"
        raise ValueError(msg)
    return answer


def _headline(answer: Mapping[str, Any]) -> str:
    first = [key for key in TOLD_FIRST if key in answer]
    rest = [key for key in answer if key not in first]
    return ", ".join(f"{key} = {attributes.written(answer[key])}" for key in [*first, *rest][:6]) or "nothing"
