"""Functions that a flow invokes (section 4)."""

import json
from collections.abc import Generator, Mapping
from dataclasses import replace
from typing import Any

from localstack.connect.engine import attributes
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.document import text
from localstack.connect.engine.effects import DONE, NO_MATCHING_ERROR, ActionFailed, Done, Invoke, failed
from localstack.connect.engine.interpreter import FlowRun
from localstack.connect.engine.ports import LambdaReply
from localstack.connect.engine.records import endpoint
from localstack.connect.engine.references import queue_facts
from localstack.connect.engine.registry import Parameters, Performing, action
from localstack.connect.engine.settings import latency

LONGEST_S, LONGEST_ASYNC_S = 8, 60
MAX_ANSWER_BYTES = 32_768
BYTES_OF_AN_ESCAPE, BYTES_BETWEEN = 6, 8
"""What a character of JSON takes at most, and what stands around a key and its value."""
TOLD_FIRST = ("found", "customerName", "grade", "queueName", "queue", "priority", "reason", "degraded")
"""Keys that a reader of the transcript wants first."""
AGAIN = frozenset({"function-error", "throttled"})
"""A function error is tried again, a throttle and an error of the service too (4.3)."""


@action("InvokeLambdaFunction")
def invoke(run: FlowRun, parameters: Parameters) -> Performing:
    """Invoke a function and keep its answer in $.External, or set it going and keep the id of the invocation."""
    function_arn = run.whole(parameters.get("LambdaFunctionARN"), "the function")
    asked = attributes.render_deep(parameters.get("LambdaInvocationAttributes") or {}, run.tree)
    asynchronous = _asynchronous(parameters)
    call = Invoke(
        function_arn=function_arn,
        event=event(run.contact, asked),
        limit_s=float(_limit(parameters, LONGEST_ASYNC_S if asynchronous else LONGEST_S)),
        asynchronous=asynchronous,
    )
    facts = {"function": short_name(function_arn), "arn": function_arn, "parameters": asked}
    if asynchronous:
        return (yield from _set_going(run, call, facts))
    reply, tries = yield from _tried(run, call)
    answer = _answer(reply, text((parameters.get("ResponseValidation") or {}).get("ResponseType")) or "STRING_MAP")
    return _told(run, answer, {**facts, "ms": round(reply.real_ms, 1), "tries": tries})


def _tried(run: FlowRun, call: Invoke) -> Generator[Any, Any, tuple[LambdaReply, int]]:
    """Invoke, and again after an error, all within the time limit of the block and of the chain (4.3)."""
    settings = run.world.settings
    each_s = latency(settings, call.function_arn)
    left_s = min(call.limit_s, settings.lambda_chain_s - run.functions_s)
    if left_s <= 0:
        why = f"functions without a prompt between them may take {settings.lambda_chain_s:g} s in total"
        raise failed(why)
    tries = 0
    while True:
        reply: LambdaReply = yield call if call.limit_s == left_s else replace(call, limit_s=left_s)
        tries += 1
        spent_s = min(each_s, left_s)
        run.functions_s, left_s = run.functions_s + spent_s, left_s - spent_s
        if reply.status not in AGAIN or tries >= settings.lambda_tries or each_s > left_s:
            return reply, tries


def _set_going(run: FlowRun, call: Invoke, facts: Mapping[str, Any]) -> Generator[Any, Any, Done]:
    """The function runs by itself; nothing is published about how a flow could get at its answer."""
    reply: LambdaReply = yield call
    if reply.status != "ok":
        why = reply.detail or reply.status
        run.tell("lambda", f"{facts['function']} failed: {why}", **facts, result=None, error=why)
        raise failed(why)
    run.frame.invocation_id = run.world.new_id("invocation")
    run.tell("lambda", f"{facts['function']} is set going", **facts, result=None, invocation=run.frame.invocation_id)
    return DONE


def _told(run: FlowRun, answer: Mapping[str, Any] | ActionFailed, facts: Mapping[str, Any]) -> Done:
    name = facts["function"]
    if isinstance(answer, ActionFailed):
        if not run.world.settings.external_kept_on_error:
            run.frame.external = {}
        run.tell("lambda", f"{name} failed: {answer}", **facts, result=None, error=str(answer))
        raise answer
    run.frame.external = answer
    if run.tells:
        run.tell("lambda", f"{name} answers {_headline(answer)}", **facts, result=answer)
    return DONE


def _asynchronous(parameters: Parameters) -> bool:
    match text(parameters.get("InvocationType")) or "SYNCHRONOUS":
        case "SYNCHRONOUS":
            return False
        case "ASYNCHRONOUS":
            return True
        case other:
            why = f"InvocationType is {other!r}"
            raise failed(why)


def event(contact: Contact, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The event that a flow-invoked function gets (4.1)."""
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
        "MediaStreams": {"Customer": {"Audio": contact.media_stream.facts() if contact.media_stream else None}},
        "Name": contact.name,
        "PreviousContactId": (contact.previous or contact).id,
        "Queue": queue_facts(contact.instance, contact.target_queue),
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


def _limit(parameters: Parameters, longest_s: int) -> int:
    limit = text(parameters.get("InvocationTimeLimitSeconds"))
    if not limit.isdecimal() or not 1 <= int(limit) <= longest_s:
        why = f"InvocationTimeLimitSeconds is {limit!r}"
        raise failed(why)
    return int(limit)


def _answer(reply: LambdaReply, response_type: str) -> Mapping[str, Any] | ActionFailed:
    if reply.status == "timeout":
        return ActionFailed("TimeLimitExceeded", reply.detail or "no answer in time")
    if reply.status != "ok":
        return ActionFailed(NO_MATCHING_ERROR, reply.detail or reply.status)
    try:
        return _valid(reply, response_type)
    except ValueError as error:
        return failed(str(error))


def _valid(reply: LambdaReply, response_type: str) -> Mapping[str, Any]:
    """The answer of a function (4.2). Raises ValueError, saying what is wrong."""
    if reply.answer is not None and _surely_small(reply.answer):
        return reply.answer
    payload = reply.payload if reply.answer is None else json.dumps(reply.answer, ensure_ascii=False).encode()
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


def _surely_small(answer: Mapping[str, str]) -> bool:
    """Whether a flat answer is small enough however it is written: what must be escaped takes most."""
    characters = len("".join(answer)) + len("".join(answer.values()))
    return characters * BYTES_OF_AN_ESCAPE + len(answer) * BYTES_BETWEEN < MAX_ANSWER_BYTES


def _headline(answer: Mapping[str, Any]) -> str:
    first = [key for key in TOLD_FIRST if key in answer]
    rest = [key for key in answer if key not in first]
    return ", ".join(f"{key} = {attributes.written(answer[key])}" for key in [*first, *rest][:6]) or "nothing"
