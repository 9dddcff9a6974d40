"""What each namespace of section 3 is worth, and where it is not."""

from datetime import timedelta
from typing import Any

import pytest

from localstack.connect.directory import PhoneNumber
from localstack.connect.engine.chats import ChatPlan
from localstack.connect.engine.plan import CallPlan, Press, Say
from localstack.connect.engine.tasks import TaskPlan
from tests.support.connect_world import (
    ARN,
    CALLER,
    NUMBER,
    Small,
    action,
    arn,
    identifier,
    one_queue,
    say,
    staff,
    to_queue,
)

SIP = {"From": "<sip:+861@example.test>", "Call-Forwarding-Indicator": "yes"}


def keep(then: str = "bye", name: str = "keep", **paths: str) -> dict[str, Any]:
    return action(name, "UpdateContactAttributes", {"Attributes": paths}, then, errors={"NoMatchingError": then})


def seen(small: Small, *before: Any, paths: dict[str, str], **plan: Any) -> dict[str, str]:
    """What a caller's flow reads after some actions, each of which leads to the next."""
    chain = [{**one, "Identifier": f"b{n}"} for n, one in enumerate(before)]
    for n, one in enumerate(chain):
        then = f"b{n + 1}" if n + 1 < len(chain) else "keep"
        one["Transitions"] = {"NextAction": then, "Errors": [{"ErrorType": "NoMatchingError", "NextAction": then}]}
    small.number(small.flow("main", *chain, keep(**paths)))
    contact = small.call(**plan)
    small.run()
    return contact.attributes


def test_what_is_known_of_every_call() -> None:
    paths = {
        "id": "$.ContactId", "first": "$.InitialContactId", "before": "$.PreviousContactId", "channel": "$.Channel",
        "how": "$.InitiationMethod", "instance": "$.InstanceARN", "region": "$.AwsRegion",
        "from": "$.CustomerEndpoint.Address",
        "kind": "$.CustomerEndpoint.Type", "shown": "$.CustomerEndpoint.DisplayName", "to": "$.SystemEndpoint.Address",
        "voice": "$.TextToSpeechVoiceId", "subtype": "$.SegmentAttributes['connect:Subtype']",
        "queue": "$.Queue.Name", "agent": "$.Agent.UserName", "stored": "$.StoredCustomerInput",
    }  # fmt: skip
    found = seen(Small(), paths=paths, display_name="Li Na")
    assert found["first"] == found["before"] == found["id"]
    assert {key: found[key] for key in found if key not in ("id", "first", "before")} == {
        "channel": "VOICE", "how": "INBOUND", "instance": ARN, "region": "us-east-1", "from": CALLER,
        "kind": "TELEPHONE_NUMBER", "shown": "Li Na", "to": NUMBER, "voice": "Joanna", "subtype": "connect:Telephony",
        "queue": "", "agent": "", "stored": "",
    }  # fmt: skip


def test_what_actions_write_can_be_read() -> None:
    small = Small()
    small.queue("support")
    fields = {"Name": "n", "Description": "d", "LanguageCode": "en-GB", "CustomerId": "c"}
    before = (
        action("a", "UpdateContactData", fields),
        action("t", "TagContact", {"Tags": {"team": "red"}}),
        action("f", "UpdateFlowAttributes", {"FlowAttributes": {"step": {"Value": "two"}}}),
        action("u", "UpdateContactAttributes", {"Attributes": {"my key": "spaced", "plain": "x"}}),
        action("v", "UpdateContactTextToSpeechVoice", {"TextToSpeechVoice": "Zhiyu"}),
        action("q", "UpdateContactTargetQueue", {"QueueId": arn("queue", "support")}),
    )
    paths = {
        "all": "$.Name $.Description $.LanguageCode $.CustomerId $.Tags.team",
        "flow": "$.FlowAttributes.step $.TextToSpeechVoiceId",
        "spaced": "$.Attributes.['my key']", "quoted": "$.Attributes['my key'] $.Attributes[\"plain\"]",
        "queue": "$.Queue.Name $.Queue.ARN", "end": "$.Attributes.plain.", "glued": "x$.Attributes.plain,y",
    }  # fmt: skip
    found = seen(small, *before, paths=paths)
    assert {key: found[key] for key in paths} == {
        "all": "n d en-GB c red", "flow": "two Zhiyu", "spaced": "spaced", "quoted": "spaced x",
        "queue": f"support {arn('queue', 'support')}", "end": "x.", "glued": "xx,y",
    }  # fmt: skip


def test_the_number_that_a_queue_shows_is_known() -> None:
    small = Small()
    number = small.put(
        PhoneNumber(id=identifier("out"), arn="", name="+862155360177", flow_id=None, instance_id=small.instance.id)
    )
    small.queue("sales", caller={"OutboundCallerIdNumberId": number.id})
    target = action("q", "UpdateContactTargetQueue", {"QueueId": arn("queue", "sales")})
    shown = "$.Queue.OutboundCallerId.Address $.Queue.OutboundCallerId.Type"
    assert seen(small, target, paths={"shown": shown})["shown"] == "+862155360177 TELEPHONE_NUMBER"


def test_what_a_line_carries_is_known() -> None:
    paths = {
        "from": "$.Media.Sip.Headers.From", "forwarded": "$.Media.Sip.Headers.Call-Forwarding-Indicator",
        "rec": "$.Media.Sip.SiprecMetadata", "video": "$.Capabilities.Customer.Video", "none": "$.Media.Sip.Headers.To",
    }  # fmt: skip
    plan = {"sip_headers": SIP, "siprec": "<recording/>", "capabilities": {"Customer": {"Video": "SEND"}}}
    assert seen(Small(), paths=paths, **plan) == {
        "from": SIP["From"], "forwarded": "yes", "rec": "<recording/>", "video": "SEND", "none": "",
    }  # fmt: skip


def test_a_whole_path_to_something_unset_fails_and_compares_with_nothing() -> None:
    small = Small()
    asks = action(
        "ask", "Compare", {"ComparisonValue": "$.Attributes.none"}, "no", when={"": "yes", "none": "yes"},
        errors={"NoMatchingCondition": "goes"},
    )  # fmt: skip
    goes = action("goes", "TransferToFlow", {"ContactFlowId": "$.Attributes.none"}, errors={"NoMatchingError": "no"})
    small.number(small.flow("main", asks, goes, keep(name="yes", said="yes"), keep(name="no", said="no")))
    contact = small.call()
    small.run()
    assert contact.attributes == {"said": "no"}


def test_keys_are_case_sensitive() -> None:
    small = Small()
    write = action("u", "UpdateContactAttributes", {"Attributes": {"Name": "x"}})
    assert seen(small, write, paths={"a": "$.Attributes.Name $.Attributes.name ."})["a"] == "x  ."


def test_the_keyed_input_is_known_to_the_flow_that_asked() -> None:
    store = {
        "Text": "Number?", "StoreInput": "True", "InputTimeLimitSeconds": "5",
        "InputValidation": {"CustomValidation": {"MaximumLength": "4"}},
    }  # fmt: skip
    ask = action("i", "GetParticipantInput", store)
    assert seen(Small(), ask, paths={"k": "$.StoredCustomerInput"}, script=(Press("1234"),)) == {"k": "1234"}


def test_numbers_of_a_queue_are_known_once_they_were_got() -> None:
    small = one_queue()
    small.call(patience_s=600)
    get = action("g", "GetMetricData", {"QueueId": arn("queue", "support")}, "keep", errors={"NoMatchingError": "bye"})
    paths = {
        "queue": "$.Metrics.Queue.Name", "size": "$.Metrics.Queue.Size", "age": "$.Metrics.Queue.OldestContactAge",
        "online": "$.Metrics.Agents.Online.Count", "busy": "$.Metrics.Agents.Busy.Count",
        "staffed": "$.Metrics.Agents.Staffed.Count", "place": "$.Metrics.Contact.PositionInQueue",
    }  # fmt: skip
    small.number(small.flow("look", get, keep(**paths)), "+862155360101")
    contact = small.call(to="+862155360101", at=small.world.now + timedelta(seconds=30))
    small.run(small.world.now + timedelta(seconds=60))
    assert contact.attributes == {
        "queue": "support", "size": "1", "age": "30", "online": "0", "busy": "0", "staffed": "0", "place": "",
    }  # fmt: skip


@pytest.mark.parametrize(("channel", "size"), [("Voice", "1"), ("Chat", "0"), ("$.Channel", "1")])
def test_numbers_of_a_queue_may_be_of_one_channel(channel: str, size: str) -> None:
    small = one_queue()
    small.call(patience_s=600)
    asks = {"QueueId": arn("queue", "support"), "QueueChannel": channel}
    get = action("g", "GetMetricData", asks, "keep", errors={"NoMatchingError": "bye"})
    small.number(small.flow("look", get, keep(size="$.Metrics.Queue.Size")), "+862155360101")
    contact = small.call(to="+862155360101", at=small.world.now + timedelta(seconds=30))
    small.run(small.world.now + timedelta(seconds=60))
    assert contact.attributes == {"size": size}


AGENT = "$.Agent.UserName/$.Agent.FirstName/$.Agent.LastName"


@pytest.mark.parametrize(
    ("kind", "hook", "expected"),
    [
        ("AGENT_WHISPER", "Default agent whisper", "li.na/Na/Li"),
        ("CUSTOMER_WHISPER", "Default customer whisper", "li.na/Na/Li"),
        ("CUSTOMER_QUEUE", "Default customer queue", "//"),
    ],
)
def test_the_agent_is_known_only_where_one_has_been_found(kind: str, hook: str, expected: str) -> None:
    small = one_queue()
    small.flow(hook, keep("end", a=AGENT), action("end", "EndFlowExecution"), kind=kind)
    profile = small.instance.routing_profiles[identifier("support")]
    small.sign_in(small.user("li.na", profile, first_name="Na", last_name="Li"))
    contact = small.call(talk_s=5)
    small.run()
    assert contact.attributes == {"a": expected}


def test_a_flow_never_sees_an_agent_before_the_queue() -> None:
    small = one_queue()
    small.number(small.flow("main", keep("set", a=AGENT), *to_queue("support")))
    staff(small, "li.na")
    contact = small.call(talk_s=5)
    small.run()
    assert contact.attributes == {"a": "//"}


def test_a_module_sees_attributes_and_its_input_and_nothing_that_its_caller_has_loaded() -> None:
    small = Small()
    inner = {
        "in": "$.Modules.Input.account", "attribute": "$.Attributes.plain", "flow": "$.FlowAttributes.step",
        "stored": "$.StoredCustomerInput", "metrics": "$.Metrics.Queue.Name", "lex": "$.Lex.IntentName",
    }  # fmt: skip
    data = action("e", "EndFlowModuleExecution", {"Result": "gold", "ResultData": {"tier": "$.Attributes.plain"}})
    module = small.module("m", keep("e", **inner), data)
    before = (
        action("u", "UpdateContactAttributes", {"Attributes": {"plain": "x"}}),
        action("f", "UpdateFlowAttributes", {"FlowAttributes": {"step": {"Value": "two"}}}),
        action(
            "m", "InvokeFlowModule", {"FlowModuleId": module.arn, "Input": {"account": "$.CustomerEndpoint.Address"}}
        ),
    )
    found = seen(small, *before, paths={"result": "$.Modules.Result $.Modules.ResultData.tier"})
    assert found == {
        "plain": "x", "in": CALLER, "attribute": "x", "flow": "", "stored": "", "metrics": "", "lex": "",
        "result": "gold x",
    }  # fmt: skip


def test_a_loop_tells_its_turn() -> None:
    small = Small()
    loop = action("turns", "Loop", {"LoopCount": "2"}, "bye", when={"ContinueLooping": "one", "DoneLooping": "bye"})
    small.number(small.flow("main", loop, say("one", "Turn $.Loop.turns.Index", "turns")))
    contact = small.call()
    small.run()
    assert [told.text for told in contact.transcript if told.kind == "hears"] == ["Turn 0", "Turn 1"]


def test_a_task_has_references_and_no_customer() -> None:
    small = Small()
    flow = small.flow(
        "work",
        keep(
            name="k", url="$.References.ticket.Value", kind="$.References.ticket.Type", who="$.CustomerEndpoint.Address"
        ),
    )
    plan = TaskPlan(flow=flow, name="w", references={"ticket": {"Type": "URL", "Value": "https://example.test/1"}})
    task = small.world.tasks.create(small.instance, plan)
    small.run()
    assert task.attributes == {"url": "https://example.test/1", "kind": "URL", "who": ""}


def test_a_chat_has_its_first_message_and_no_endpoint() -> None:
    small = Small()
    flow = small.flow(
        "chat", keep(name="k", first="$.Media.InitialMessage", who="$.CustomerEndpoint.Address", c="$.Channel")
    )
    call = CallPlan(to="", caller="", script=(Say("unused"),))
    chat = small.world.chats.start(small.instance, ChatPlan(flow=flow, message="Hello there", call=call))
    small.run()
    assert chat.attributes == {"first": "Hello there", "who": "", "c": "CHAT"}
