"""Action types one by one, part two: what is written on contacts, queues, modules, metrics, and what is refused."""

from typing import Any

import pytest

from flowlang import catalogue
from localstack.connect.engine.plan import HangUp, WaitFor
from localstack.connect.engine.registry import UNITS
from tests.support.connect_world import Small, action, arn, kinds, say, texts, to_queue
from tests.support.one_action import go

SET = action("a", "UpdateContactAttributes", {"Attributes": {"tier": "gold", "visits": "7"}})


@pytest.fixture
def small() -> Small:
    return Small()


def test_attributes_are_set_and_read(small: Small) -> None:
    label, contact = go(
        small, "UpdateContactAttributes", {"Attributes": {"copy": "$.Attributes.tier !"}}, before=(SET,)
    )
    assert label == "next"
    assert contact.attributes == {"tier": "gold", "visits": "7", "copy": "gold !"}
    assert small.record_of(contact)["Attributes"] == contact.attributes


@pytest.mark.parametrize(
    "parameters",
    [
        {"Attributes": {"big": "x" * 33_000}},
        {"Attributes": {"a.b": "x"}},
        {"Attributes": {"a": "x"}, "TargetContact": "Related"},
        {"Attributes": ["not", "a", "map"]},
    ],
)
def test_attributes_that_cannot_be_set_are_all_left(small: Small, parameters: dict[str, Any]) -> None:
    label, contact = go(small, "UpdateContactAttributes", parameters)
    assert label == "NoMatchingError"
    assert contact.attributes == {}


def test_fields_of_the_contact_are_set(small: Small) -> None:
    label, contact = go(small, "UpdateContactData", {"LanguageCode": "zh-CN", "CustomerId": "C-1", "Name": "n"})
    assert label == "next"
    assert (contact.language, contact.customer_id, contact.name) == ("zh-CN", "C-1", "n")
    assert small.record_of(contact)["CustomerId"] == "C-1"


def test_nothing_to_set_is_an_error(small: Small) -> None:
    assert go(small, "UpdateContactData", {"References": "x"})[0] == "NoMatchingError"


def test_tags_come_and_go(small: Small) -> None:
    before = (action("t", "TagContact", {"Tags": {"a": "1", "b": "2"}}),)
    label, contact = go(small, "UntagContact", {"TagKeys": ["a"]}, before=before)
    assert label == "next"
    assert contact.tags == {"b": "2"}
    assert small.record_of(contact)["Tags"]["b"] == "2"


def test_a_seventh_tag_is_refused(small: Small) -> None:
    assert go(small, "TagContact", {"Tags": {str(n): "x" for n in range(7)}})[0] == "NoMatchingError"


def test_flow_attributes_stay_in_their_flow(small: Small) -> None:
    other = small.flow("other", say("o", "got $.FlowAttributes.k .", "bye"))
    before = (action("f", "UpdateFlowAttributes", {"FlowAttributes": {"k": {"Value": "secret"}}}),)
    _, contact = go(small, "TransferToFlow", {"ContactFlowId": other.arn}, before=before)
    assert texts(contact, "hears") == ["got ."]


def test_the_voice_is_a_reference(small: Small) -> None:
    before = (action("v", "UpdateContactTextToSpeechVoice", {"TextToSpeechVoice": "Zhiyu"}),)
    _, contact = go(small, "MessageParticipant", {"Text": "I am $.TextToSpeechVoiceId ."}, before=before)
    assert texts(contact, "hears")[0] == "I am Zhiyu ."


@pytest.mark.parametrize(
    ("path", "label"), [("$.CustomerEndpoint.Address", "next"), ("+8613800000001", "InvalidCallbackNumber")]
)
def test_a_callback_number_comes_from_a_path(small: Small, path: str, label: str) -> None:
    assert go(small, "UpdateContactCallbackNumber", {"CallbackNumber": path})[0] == label


@pytest.mark.parametrize("parameters", [{}, {"QueueId": "nope"}, {"QueueId": "$.External.q"}, {"AgentId": "a"}])
def test_a_queue_that_is_not_there_cannot_be_set(small: Small, parameters: dict[str, str]) -> None:
    assert go(small, "UpdateContactTargetQueue", parameters)[0] == "NoMatchingError"


def test_queueing_without_a_queue_is_an_error(small: Small) -> None:
    assert go(small, "TransferContactToQueue", {})[0] == "NoMatchingError"


@pytest.mark.parametrize(
    ("more", "label"), [({"status": "DISABLED"}, "NoMatchingError"), ({"max_contacts": 0}, "QueueAtCapacity")]
)
def test_a_queue_may_refuse(small: Small, more: dict[str, Any], label: str) -> None:
    small.queue("support", **more)
    before = (action("s", "UpdateContactTargetQueue", {"QueueId": arn("queue", "support")}),)
    found, contact = go(small, "TransferContactToQueue", {}, before=before)
    assert found == label
    assert contact.visit is None


@pytest.mark.parametrize(
    "hooks", [{}, {"Unknown": "x"}, {"CustomerQueue": "nope"}, {"CustomerQueue": "a", "AgentWhisper": "b"}]
)
def test_a_hook_needs_one_known_name_and_a_flow(small: Small, hooks: dict[str, str]) -> None:
    assert go(small, "UpdateContactEventHooks", {"EventHooks": hooks})[0] == "NoMatchingError"


def test_recording_needs_a_behaviour_for_voice(small: Small) -> None:
    assert go(small, "UpdateContactRecordingAndAnalyticsBehavior", {"ChatBehavior": {}})[0] == "ChannelMismatch"


def test_the_newer_recording_form_works_like_the_older(small: Small) -> None:
    voice = {"VoiceRecordingBehavior": {"RecordedParticipants": ["Agent"], "IVRRecordingBehavior": "Enabled"}}
    label, contact = go(small, "UpdateContactRecordingAndAnalyticsBehavior", {"VoiceBehavior": voice})
    assert label == "next"
    assert contact.recorded == ("Agent",)
    assert "/CallRecordings/ivr/2026/03/02/" in small.record_of(contact)["Recording"]["Location"]


def test_a_module_sees_its_input_and_returns_its_result(small: Small) -> None:
    module = small.module(
        "check",
        say("in", "module got $.Modules.Input.account and $.StoredCustomerInput .", "out"),
        action("out", "EndFlowModuleExecution", {"Result": "gold", "ResultData": {"tier": "$.Modules.Input.account"}}),
    )
    label, contact = go(
        small,
        "InvokeFlowModule",
        {"FlowModuleId": module.arn, "Input": {"account": "$.Attributes.tier"}},
        before=(SET,),
        results={"is-gold": ("Equals", "gold")},
    )
    assert label == "is-gold"
    assert texts(contact, "hears")[0] == "module got gold and ."


def test_a_module_that_fails_is_an_error_of_its_caller(small: Small) -> None:
    module = small.module("broken", action("x", "TransferToFlow", {"ContactFlowId": "nope"}, "x"))
    assert go(small, "InvokeFlowModule", {"FlowModuleId": module.arn})[0] == "NoMatchingError"


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [("InvokeFlowModule", {"FlowModuleId": "nope"}), ("TransferToFlow", {"ContactFlowId": "nope"})],
)
def test_unknown_flows_and_modules_are_errors(small: Small, kind: str, parameters: dict[str, str]) -> None:
    assert go(small, kind, parameters)[0] == "NoMatchingError"


@pytest.mark.parametrize(
    ("metric", "condition", "label"),
    [
        ("NumberOfAgentsAvailable", ("NumberGreaterThan", "0"), "hit"),
        ("NumberOfAgentsStaffed", ("NumberGreaterThan", "0"), "hit"),
        ("NumberOfContactsInQueue", ("Equals", "0"), "hit"),
        ("OldestContactInQueueAgeSeconds", ("NumberLessThan", "300000"), "hit"),
        ("Nonsense", ("Equals", "0"), "NoMatchingError"),
    ],
)
def test_queue_metrics_can_be_checked(small: Small, metric: str, condition: tuple[str, str], label: str) -> None:
    small.queue("support")
    small.agent("li.na", small.profile("p", ("support", 1, 0)))
    parameters = {"MetricType": metric, "QueueId": arn("queue", "support")}
    assert go(small, "CheckMetricData", parameters, results={"hit": condition})[0] == label


def test_metrics_are_spoken(small: Small) -> None:
    small.queue("support")
    small.agent("li.na", small.profile("p", ("support", 1, 0)))
    before = (action("m", "GetMetricData", {"QueueId": arn("queue", "support")}),)
    text = "$.Metrics.Queue.Size waiting, $.Metrics.Agents.Available.Count free in $.Metrics.Queue.Name ."
    _, contact = go(small, "MessageParticipant", {"Text": text}, before=before)
    assert texts(contact, "hears")[0] == "0 waiting, 1 free in support ."


def test_metrics_of_no_queue_are_an_error(small: Small) -> None:
    assert go(small, "GetMetricData", {})[0] == "NoMatchingError"


def test_the_flow_log_has_a_line_for_each_action_with_the_old_block_names(small: Small) -> None:
    before = (action("log", "UpdateFlowLoggingBehavior", {"FlowLoggingBehavior": "Enabled"}),)
    _, contact = go(small, "MessageParticipant", {"Text": "Hello"}, before=before)
    assert [line["ContactFlowModuleType"] for line in small.cloud.lines] == [
        "SetLoggingBehavior",
        "PlayPrompt",
        "PlayPrompt",
        "Disconnect",
    ]
    assert {line["ContactId"] for line in small.cloud.lines} == {contact.id}


def test_a_flow_with_an_unknown_action_type_is_refused_with_its_name_when_it_is_loaded(small: Small) -> None:
    label, contact = go(small, "SetVoice", {})
    assert label == ""
    (told,) = texts(contact, "error")
    assert "there is no action type SetVoice, UpdateContactTextToSpeechVoice is meant" in told
    assert small.record_of(contact)["DisconnectReason"] == "CONTACT_FLOW_DISCONNECT"


def test_a_flow_without_the_branch_of_an_error_ends_the_call(small: Small) -> None:
    small.number(small.flow("main", action("x", "TransferToFlow", {"ContactFlowId": "nope"}, "bye")))
    contact = small.call()
    small.run()
    assert small.record_of(contact)["DisconnectReason"] == "CONTACT_FLOW_DISCONNECT"
    assert "error" in kinds(contact)


def test_a_flow_that_runs_in_a_circle_is_stopped(small: Small) -> None:
    small.number(small.flow("main", action("x", "UpdateContactData", {"Name": "n"}, "x")))
    contact = small.call()
    small.run()
    assert contact.completed
    assert any("circle" in text for text in texts(contact, "error"))


def test_a_flow_with_a_dangling_reference_is_refused_by_name(small: Small) -> None:
    small.number(small.flow("main", action("x", "Loop", {"LoopCount": "1"}, "nowhere")))
    contact = small.call()
    small.run()
    assert "nowhere" in texts(contact, "error")[0]
    assert contact.completed


def test_a_number_without_a_flow_ends_the_call(small: Small) -> None:
    flow = small.flow("main")
    small.number(flow)
    small.directory.remove(small.instance, flow)
    contact = small.call()
    small.run()
    assert contact.completed


def test_ending_the_queue_flow_leaves_the_caller_waiting_in_silence() -> None:
    small = Small()
    small.queue("support")
    small.flow("Default customer queue", action("e", "EndFlowExecution"), kind="CUSTOMER_QUEUE")
    small.number(small.flow("main", *to_queue("support")))
    contact = small.call(WaitFor(40), HangUp())
    small.run()
    assert small.record_of(contact)["Queue"]["Duration"] >= 40


def test_every_unit_is_registered_under_the_name_of_a_documented_action_type() -> None:
    assert UNITS.keys() <= set(catalogue.ACTIONS)
