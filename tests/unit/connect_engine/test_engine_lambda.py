"""Functions invoked by a flow: what they are sent, what may come back, and what is tried again."""

from typing import Any

import pytest

from localstack.connect.engine.ports import LambdaReply
from tests.support.connect_ports import FUNCTION
from tests.support.connect_world import ARN, CALLER, NUMBER, Small, action, arn, texts
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
