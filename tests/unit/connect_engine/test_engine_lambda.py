"""Functions invoked by a flow: what they are sent, what may come back, and what is tried again."""

import json
from typing import Any

import pytest

from localstack.connect.engine.actions.functions import MAX_ANSWER_BYTES
from localstack.connect.engine.ports import LambdaReply
from tests.support.connect_ports import FUNCTION
from tests.support.connect_world import ARN, CALLER, NUMBER, Small, action, arn, say, texts
from tests.support.one_action import go

CRASH = LambdaReply("function-error", b"{}", detail="Unhandled")
THROTTLE = LambdaReply("throttled", detail="TooManyRequestsException")


def invoke(small: Small, **more: Any) -> tuple[str, Any]:
    parameters = {
        "LambdaFunctionARN": f"{FUNCTION}decide:live",
        "InvocationTimeLimitSeconds": "8",
        "LambdaInvocationAttributes": {"line": "sales", "caller": "$.CustomerEndpoint.Address", "n": "$.Attributes.x"},
        **more,
    }
    after = action("k", "UpdateContactAttributes", {"Attributes": {"got": "$.External.queue"}})
    return go(small, "InvokeLambdaFunction", parameters, after=after)


def test_the_event_is_the_documented_one() -> None:
    small = Small()
    small.lambdas.answers["decide"] = {"queue": "q"}
    _, contact = invoke(small)
    ((name, event),) = small.lambdas.events
    assert name == "decide"
    assert event == {
        "Name": "ContactFlowEvent",
        "Details": {
            "ContactData": {
                "Attributes": {},
                "AwsRegion": "us-east-1",
                "Channel": "VOICE",
                "ContactId": contact.id,
                "CustomerEndpoint": {"Address": CALLER, "Type": "TELEPHONE_NUMBER"},
                "CustomerId": None,
                "Description": None,
                "InitialContactId": contact.id,
                "InitiationMethod": "INBOUND",
                "InstanceARN": ARN,
                "LanguageCode": None,
                "MediaStreams": {"Customer": {"Audio": None}},
                "Name": None,
                "PreviousContactId": contact.id,
                "Queue": None,
                "References": {},
                "RelatedContactId": None,
                "SegmentAttributes": {"connect:Subtype": {"ValueString": "connect:Telephony"}},
                "SystemEndpoint": {"Address": NUMBER, "Type": "TELEPHONE_NUMBER"},
                "Tags": {},
            },
            "Parameters": {"line": "sales", "caller": CALLER, "n": ""},
        },
    }


def test_the_target_queue_is_in_the_event_once_it_is_set() -> None:
    small = Small()
    small.queue("support")
    small.lambdas.answers["decide"] = {"queue": "q"}
    before = (action("s", "UpdateContactTargetQueue", {"QueueId": arn("queue", "support")}),)
    parameters = {"LambdaFunctionARN": f"{FUNCTION}decide", "InvocationTimeLimitSeconds": "3"}
    go(small, "InvokeLambdaFunction", parameters, before=before)
    queue = small.lambdas.events[0][1]["Details"]["ContactData"]["Queue"]
    assert queue == {"ARN": arn("queue", "support"), "Name": "support", "OutboundCallerId": None}


def test_the_answer_is_readable_by_the_flow_and_told_with_its_reasons() -> None:
    small = Small()
    small.lambdas.answers["decide"] = {"queue": "after-sales", "reason": "menu-choice"}
    label, contact = invoke(small)
    assert label == "next"
    assert contact.attributes["got"] == "after-sales"
    assert texts(contact, "lambda") == ["decide:live answers queue = after-sales, reason = menu-choice"]
    (told,) = [one for one in contact.transcript if one.kind == "lambda"]
    assert told.facts["result"] == {"queue": "after-sales", "reason": "menu-choice"}
    assert told.facts["tries"] == 1


def test_an_invocation_costs_virtual_time() -> None:
    small = Small(lambda_latency_s=0.3)
    small.lambdas.answers["decide"] = {"queue": "q"}
    _, contact = invoke(small)
    (told,) = [one for one in contact.transcript if one.kind == "lambda"]
    assert (told.at - contact.initiated_at).total_seconds() == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("answers", "label", "tries"),
    [
        ([CRASH, {"queue": "q"}], "next", 2),
        ([CRASH, CRASH, {"queue": "q"}], "next", 3),
        ([CRASH, CRASH, CRASH, {"queue": "q"}], "NoMatchingError", 3),
        ([THROTTLE, {"queue": "q"}], "next", 2),
        ([LambdaReply("timeout"), {"queue": "q"}], "TimeLimitExceeded", 1),
        ([LambdaReply("refused"), {"queue": "q"}], "NoMatchingError", 1),
    ],
)
def test_what_is_tried_again(answers: list[Any], label: str, tries: int) -> None:
    small = Small()
    small.lambdas.answers["decide"] = answers
    found, _ = invoke(small)
    assert (found, len(small.lambdas.events)) == (label, tries)


@pytest.mark.parametrize("character", ["q", '"', "\u0001", "坐"])
@pytest.mark.parametrize("count", [1, 5_000, 6_000, 12_000, 33_000])
def test_an_answer_from_this_process_is_held_to_the_same_limit(character: str, count: int) -> None:
    answer = {"queue": character * count}
    written = json.dumps(answer, ensure_ascii=False).encode()
    labels = set()
    for reply in (LambdaReply("ok", written), LambdaReply("ok", answer=answer)):
        small = Small()
        small.lambdas.answers["decide"] = reply
        label, _ = invoke(small)
        labels.add(label)
    assert labels == {"next" if len(written) < MAX_ANSWER_BYTES else "NoMatchingError"}


def test_tries_stop_at_the_time_limit() -> None:
    small = Small(lambda_latency_s=0.6)
    small.lambdas.answers["decide"] = CRASH
    invoke(small, InvocationTimeLimitSeconds="1")
    assert len(small.lambdas.events) == 1


@pytest.mark.parametrize(
    ("answer", "kind", "label"),
    [
        ({"queue": "q"}, "STRING_MAP", "next"),
        ({"queue": 1}, "STRING_MAP", "NoMatchingError"),
        ({"queue": None}, "STRING_MAP", "NoMatchingError"),
        ({"queue": {"id": "q"}}, "STRING_MAP", "NoMatchingError"),
        ({"queue": {"id": "q"}, "n": 1}, "JSON", "next"),
        ("[1]", "JSON", "NoMatchingError"),
        ("no json", "JSON", "NoMatchingError"),
        ("", "STRING_MAP", "NoMatchingError"),
        ({"queue": "x" * 33_000}, "STRING_MAP", "NoMatchingError"),
    ],
)
def test_what_may_come_back(answer: Any, kind: str, label: str) -> None:
    small = Small()
    small.lambdas.answers["decide"] = answer
    assert invoke(small, ResponseValidation={"ResponseType": kind})[0] == label


@pytest.mark.parametrize("limit", ["0", "9", "soon", ""])
def test_the_time_limit_is_one_to_eight_seconds(limit: str) -> None:
    small = Small()
    assert invoke(small, InvocationTimeLimitSeconds=limit)[0] == "NoMatchingError"
    assert small.lambdas.events == []


def test_a_failed_invocation_keeps_the_last_answer() -> None:
    small = Small()
    small.lambdas.answers = {"first": {"queue": "kept"}, "decide": CRASH}
    first = {"LambdaFunctionARN": f"{FUNCTION}first", "InvocationTimeLimitSeconds": "8"}
    tail = action("t", "InvokeLambdaFunction", {**first, "LambdaFunctionARN": f"{FUNCTION}decide"})
    tail["Transitions"]["Errors"] = [{"ErrorType": "NoMatchingError", "NextAction": "tested"}]
    before = (action("f", "InvokeLambdaFunction", first), tail)
    _, contact = go(small, "UpdateContactAttributes", {"Attributes": {"got": "$.External.queue"}}, before=before)
    assert contact.attributes["got"] == "kept"


def test_a_module_does_not_see_the_answer_of_its_caller() -> None:
    small = Small()
    small.lambdas.answers["decide"] = {"queue": "secret"}
    module = small.module(
        "m",
        action("a", "UpdateContactAttributes", {"Attributes": {"seen": "$.External.queue ."}}, "b"),
        action("b", "EndFlowModuleExecution"),
    )
    ask = {"LambdaFunctionARN": f"{FUNCTION}decide", "InvocationTimeLimitSeconds": "8"}
    before = (action("f", "InvokeLambdaFunction", ask),)
    keep = action("k", "UpdateContactAttributes", {"Attributes": {"after": "$.External.queue"}})
    _, contact = go(small, "InvokeFlowModule", {"FlowModuleId": module.arn}, before=before, after=keep)
    assert contact.attributes == {"seen": " .", "after": "secret"}


def test_a_caller_who_hangs_up_during_an_invocation_is_gone_at_once() -> None:
    small = Small(lambda_latency_s=5.0)
    small.lambdas.answers["decide"] = {"queue": "q"}
    ask = {"LambdaFunctionARN": f"{FUNCTION}decide", "InvocationTimeLimitSeconds": "8"}
    small.number(small.flow("main", action("f", "InvokeLambdaFunction", ask, "bye", errors={"NoMatchingError": "bye"})))
    contact = small.call()
    small.world.timeline.fire()
    small.world.hang_up(contact)
    small.run()
    assert texts(contact, "lambda") == []
    assert contact.disconnect_reason == "CUSTOMER_DISCONNECT"


def test_a_slow_function_is_too_late_and_a_quick_one_is_not() -> None:
    small = Small(lambda_latencies_s={"decide": 5.0})
    small.lambdas.answers["decide"] = {"queue": "q"}
    assert invoke(small, InvocationTimeLimitSeconds="4")[0] == "TimeLimitExceeded"
    assert invoke(small, InvocationTimeLimitSeconds="5")[0] == "next"


def chain(small: Small, *names: str, prompt_before: str = "") -> list[str]:
    """Functions one after another, each 7 s: those that have answered."""
    actions = []
    for n, name in enumerate(names):
        then = f"f{n + 1}" if n + 1 < len(names) else "bye"
        ask = {"LambdaFunctionARN": f"{FUNCTION}{name}", "InvocationTimeLimitSeconds": "8"}
        errors = {"NoMatchingError": "bye", "TimeLimitExceeded": "bye"}
        if name == prompt_before:
            actions.append(say(f"f{n}", "One moment", f"g{n}"))
        actions.append(
            action(f"g{n}" if name == prompt_before else f"f{n}", "InvokeLambdaFunction", ask, then, errors=errors)
        )
        small.lambdas.answers[name] = {"ok": name}
    small.number(small.flow("main", *actions))
    contact = small.call()
    small.run()
    return [told.facts["result"]["ok"] for told in contact.transcript if told.kind == "lambda" and told.facts["result"]]


def test_functions_without_a_prompt_between_them_have_twenty_seconds_in_total() -> None:
    slow = dict.fromkeys("abcd", 7.0)
    assert chain(Small(lambda_latencies_s=slow), "a", "b", "c", "d") == ["a", "b"]
    assert chain(Small(lambda_latencies_s=slow), "a", "b", "c", "d", prompt_before="c") == ["a", "b", "c", "d"]
    assert chain(Small(lambda_latencies_s=slow, lambda_chain_s=30.0), "a", "b", "c", "d") == ["a", "b", "c", "d"]


def test_an_error_near_the_end_of_the_limit_is_not_tried_again() -> None:
    small = Small(lambda_latencies_s={"decide": 3.0})
    small.lambdas.answers["decide"] = [CRASH, CRASH, {"queue": "q"}]
    assert invoke(small, InvocationTimeLimitSeconds="8")[0] == "NoMatchingError"
    assert len(small.lambdas.events) == 2


def test_an_asynchronous_function_is_set_going_and_leaves_its_id() -> None:
    small = Small()
    small.lambdas.answers["decide"] = {"queue": "late"}
    after = action(
        "k",
        "UpdateContactAttributes",
        {"Attributes": {"id": "$.LambdaInvocation.InvocationId", "q": "$.External.queue"}},
    )
    parameters = {
        "LambdaFunctionARN": f"{FUNCTION}decide", "InvocationTimeLimitSeconds": "60", "InvocationType": "ASYNCHRONOUS",
    }  # fmt: skip
    label, contact = go(small, "InvokeLambdaFunction", parameters, after=after)
    assert label == "next"
    assert len(contact.attributes["id"]) == 36
    assert contact.attributes["q"] == ""
    small.lambdas.answers["decide"] = LambdaReply("refused", detail="no such function")
    assert go(small, "InvokeLambdaFunction", parameters)[0] == "NoMatchingError"
    assert go(small, "InvokeLambdaFunction", {**parameters, "InvocationType": "SOON"})[0] == "NoMatchingError"


def test_nothing_is_published_about_waiting_for_an_asynchronous_function() -> None:
    small = Small()
    label, contact = go(small, "Wait", {"TimeLimitSeconds": "5", "Events": ["LambdaReturned"]})
    assert label == ""
    assert "LambdaReturned" in texts(contact, "error")[0]


def test_the_answer_is_also_read_as_the_result_of_the_invocation_and_by_its_inner_keys() -> None:
    small = Small()
    small.lambdas.answers["decide"] = {"customer": {"tier": "gold", "tags": ["a", "b"]}}
    after = action("k", "UpdateContactAttributes", {"Attributes": {
        "a": "$.LambdaInvocation.ResultData.customer.tier", "b": "$.External.customer.tier",
        "c": "$.External.customer.tags", "d": "$.External.customer.tags[0]", "e": "$.External.customer",
    }})  # fmt: skip
    parameters = {
        "LambdaFunctionARN": f"{FUNCTION}decide", "InvocationTimeLimitSeconds": "3",
        "ResponseValidation": {"ResponseType": "JSON"},
    }  # fmt: skip
    _, contact = go(small, "InvokeLambdaFunction", parameters, after=after)
    assert contact.attributes == {
        "a": "gold", "b": "gold", "c": '["a","b"]', "d": "", "e": '{"tier":"gold","tags":["a","b"]}',
    }  # fmt: skip


def test_parameters_may_be_nested() -> None:
    small = Small()
    small.lambdas.answers["decide"] = {"queue": "q"}
    nested = {"order": {"caller": "$.CustomerEndpoint.Address", "lines": ["$.Channel", "x"]}, "all": "$.Attributes"}
    invoke(small, LambdaInvocationAttributes=nested)
    sent = small.lambdas.events[0][1]["Details"]["Parameters"]
    assert sent == {"order": {"caller": CALLER, "lines": ["VOICE", "x"]}, "all": {}}


@pytest.mark.parametrize("size_bytes", [32_767, 32_768])
def test_an_answer_is_below_32_kb(size_bytes: int) -> None:
    small = Small()
    frame = len('{"queue": ""}')
    small.lambdas.answers["decide"] = '{"queue": "' + "x" * (size_bytes - frame) + '"}'
    after = action("k", "UpdateContactAttributes", {"Attributes": {"ok": "yes"}})
    ask = {"LambdaFunctionARN": f"{FUNCTION}decide", "InvocationTimeLimitSeconds": "3"}
    label, _ = go(small, "InvokeLambdaFunction", ask, after=after)
    assert label == ("next" if size_bytes < 32_768 else "NoMatchingError")
