"""Contacts that come from elsewhere: web calls (StartWebRTCContact) and tasks of other systems (CreateContact)."""

from typing import Any

import pytest

from tests.support.connect_calls import refused
from tests.support.connect_world import identifier, say, to_queue
from tests.support.live_connect import Live

TASK = {"Channel": "TASK", "InitiationMethod": "API", "Name": "Order 7"}


@pytest.fixture
def web(live: Live) -> Live:
    live.small.flow("web", say("hello", "Welcome, $.Attributes.name", "set"), *to_queue("support"))
    return live


def call(live: Live, **more: Any) -> dict[str, Any]:
    asked = {"ContactFlowId": identifier("web"), "ParticipantDetails": {"DisplayName": "Mei"}, **more}
    return live("StartWebRTCContact", **asked)


def test_a_web_call_runs_a_flow_and_goes_to_an_agent(web: Live) -> None:
    web.api.sign_in()
    made = call(
        web,
        Attributes={"name": "Mei"},
        AllowedCapabilities={"Customer": {"Video": "SEND"}},
        References={"page": {"Type": "URL", "Value": "https://example.com"}},
        Description="From the shop",
        ClientToken="once",
    )
    assert made["ParticipantToken"]
    assert made["ConnectionData"]["Meeting"]["MediaPlacement"]["SignalingUrl"].startswith("https://media.invalid/")
    assert made["ConnectionData"]["Attendee"]["JoinToken"]
    web.run()
    (record,) = web.record(made["ContactId"])
    assert (record["InitiationMethod"], record["Channel"]) == ("WEBRTC_API", "VOICE")
    assert record["SegmentAttributes"] == {"connect:Subtype": {"ValueString": "connect:WebRTC"}}
    assert (record["Attributes"], record["CustomerEndpoint"]) == ({"name": "Mei"}, None)
    assert (record["Agent"]["Username"], record["Queue"]["Name"]) == ("li.na", "support")
    assert record["References"][0]["Name"] == "page"
    shown = web("DescribeContact", ContactId=made["ContactId"])["Contact"]
    assert (shown["InitiationMethod"], shown["Description"]) == ("WEBRTC_API", "From the shop")
    told = web.api.ok("GET", f"/connect/calls/{made['ContactId']}")["events"]
    assert [one["text"] for one in told][:2] == ["Mei calls from the web", "Welcome, Mei"]


def test_a_flow_reads_how_a_web_call_came(web: Live) -> None:
    words = "$.SegmentAttributes['connect:Subtype'] $.Capabilities.Customer.Video $.InitiationMethod"
    web.small.flow("web", say("hello", words, "bye"))
    made = call(web, AllowedCapabilities={"Customer": {"Video": "SEND"}})
    web.run()
    told = web.api.ok("GET", f"/connect/calls/{made['ContactId']}")["events"]
    assert "connect:WebRTC SEND WEBRTC_API" in [one["text"] for one in told]


def test_a_customer_of_the_web_does_what_the_control_api_has_said(web: Live) -> None:
    script = [{"wait_s": 4}, {"hang_up": True}]
    web.api.ok("POST", "/connect/callees", {"number": "Mei", "script": script})
    made = call(web)
    web.run()
    assert web.record(made["ContactId"])[0]["DisconnectReason"] == "CUSTOMER_DISCONNECT"


def test_a_web_call_is_a_call_of_the_quota(web: Live) -> None:
    web.api.ok("POST", "/connect/limits", {"quotas": True, "concurrent_calls": 1})
    call(web)
    assert refused(call, web).code == "LimitExceededException"


def test_web_calls_that_cannot_be_are_refused(web: Live) -> None:
    other = {"connect:Subtype": {"ValueString": "connect:Telephony"}}
    refusal = refused(call, web, SegmentAttributes=other)
    assert refusal.code == "InvalidParameterException"
    assert "connect:WebRTC" in refusal.text
    assert refused(call, web, ContactFlowId="none").code == "ResourceNotFoundException"
    assert refused(call, web, RelatedContactId="none").code == "ResourceNotFoundException"


def test_a_task_of_another_system_is_with_an_agent_at_once(live: Live) -> None:
    live.tasks_too()
    live.api.sign_in(person=True)
    user = {"UserInfo": {"UserId": live.api.user.id}, "InitiateAs": "CONNECTED_TO_USER"}
    made = live("CreateContact", **TASK, **user, Attributes={"order": "7"})
    screen = live.api.ok("GET", "/connect/agents/li.na")
    assert [(one["contact_id"], one["state"]) for one in screen["contacts"]] == [(made["ContactId"], "CONNECTED")]
    assert refused(live, "CreateContact", **TASK, **user).code == "ConflictException"
    live.run("2026-03-02T01:05:00Z")
    live.api.ok("POST", "/connect/agents/li.na/hang-up", {})
    live.api.ok("POST", "/connect/agents/li.na/close", {})
    live.run()
    (record,) = live.record(made["ContactId"])
    assert (record["Channel"], record["InitiationMethod"], record["Attributes"]) == ("TASK", "API", {"order": "7"})
    assert record["SegmentAttributes"] == {"connect:Subtype": {"ValueString": "connect:ExternalTask"}}
    assert (record["DisconnectReason"], record["Queue"]) == ("AGENT_COMPLETED", None)
    assert record["Agent"]["AgentInteractionDuration"] == 300


def test_a_task_of_another_system_may_be_complete_already(live: Live) -> None:
    made = live("CreateContact", **TASK, InitiateAs="COMPLETED", Description="done there")
    live.run()
    (record,) = live.record(made["ContactId"])
    assert (record["DisconnectReason"], record["Agent"]) == ("API", None)
    shown = live("DescribeContact", ContactId=made["ContactId"])["Contact"]
    assert (shown["Name"], shown["Description"]) == ("Order 7", "done there")


def test_a_task_of_another_system_that_nobody_has_expires(live: Live) -> None:
    made = live("CreateContact", **TASK, ExpiryDurationInMinutes=5)
    live.run("2026-03-02T01:06:00Z")
    assert live.record(made["ContactId"])[0]["DisconnectReason"] == "EXPIRED"


@pytest.mark.parametrize(
    ("code", "more", "said"),
    [
        ("InvalidParameterException", {"Channel": "CHAT"}, "VOICE, EMAIL, TASK"),
        ("InvalidParameterException", {"InitiationMethod": "INBOUND"}, "expected one of API"),
        (
            "InvalidRequestException",
            {"Channel": "VOICE", "InitiationMethod": "TRANSFER", "InitiateAs": "COMPLETED"},
            "Only tasks",
        ),
        ("InvalidRequestException", {"Channel": "EMAIL", "InitiationMethod": "OUTBOUND"}, "UserInfo"),
        ("InvalidRequestException", {"PreviousContactId": "x"}, "PreviousContactId"),
        ("InvalidRequestException", {"InitiateAs": "CONNECTED_TO_USER"}, "UserInfo"),
        ("InvalidRequestException", {"UserInfo": {"UserId": "x"}}, "belong together"),
        ("InvalidParameterException", {"ExpiryDurationInMinutes": 0}, "1 to"),
        ("InvalidParameterException", {"SegmentAttributes": {"connect:Subtype": {"ValueString": "x"}}}, "ExternalTask"),
        (
            "ResourceNotFoundException",
            {"UserInfo": {"UserId": "x"}, "InitiateAs": "CONNECTED_TO_USER"},
            "User not found",
        ),
    ],
)
def test_tasks_that_cannot_be_created_are_refused(live: Live, code: str, more: dict[str, Any], said: str) -> None:
    refusal = refused(live, "CreateContact", **{**TASK, **more})
    assert refusal.code == code
    assert said in refusal.text


AUDIO = {"Channel": "VOICE", "InitiationMethod": "TRANSFER"}


def test_a_call_of_another_voice_system_goes_from_agent_to_agent(live: Live) -> None:
    live.api.sign_in(person=True)
    user = {"UserInfo": {"UserId": live.api.user.id}, "InitiateAs": "CONNECTED_TO_USER"}
    first = live("CreateContact", **AUDIO, Attributes={"switch": "7"})["ContactId"]
    second = live("CreateContact", **AUDIO, **user, PreviousContactId=first, References={})["ContactId"]
    live.run("2026-03-02T01:02:00Z")
    assert refused(live, "CreateContact", **AUDIO, **user).code == "ConflictException"
    live("StopContact", ContactId=first)
    live.api.ok("POST", "/connect/agents/li.na/hang-up", {})
    live.api.ok("POST", "/connect/agents/li.na/close", {})
    live.run()
    (record,) = live.record(second)
    assert (record["PreviousContactId"], record["InitialContactId"], record["Channel"]) == (first, first, "VOICE")
    assert record["SegmentAttributes"]["connect:Subtype"] == {"ValueString": "connect:ExternalAudio"}
    assert (record["Agent"]["AgentInteractionDuration"], record["DisconnectReason"]) == (120, "AGENT_DISCONNECT")
    assert (record["Attributes"], record["Queue"], record["Recording"]) == ({"switch": "7"}, None, None)
    assert live.record(first)[0]["DisconnectReason"] == "OTHER"


def test_only_a_call_of_another_voice_system_goes_on_as_one(live: Live) -> None:
    caller = live.queued_call()
    assert refused(live, "CreateContact", **AUDIO, PreviousContactId=caller).code == "InvalidRequestException"
    assert refused(live, "CreateContact", **TASK, PreviousContactId=caller).code == "InvalidRequestException"


def test_a_call_of_another_voice_system_counts_among_the_concurrent_calls_of_the_instance(web: Live) -> None:
    web.api.ok("POST", "/connect/limits", {"quotas": True, "concurrent_calls": 2})
    first = web("CreateContact", **AUDIO)["ContactId"]
    web("CreateContact", **AUDIO)
    assert refused(web, "CreateContact", **AUDIO).code == "ServiceQuotaExceededException"
    assert refused(call, web).code == "LimitExceededException"
    web("StopContact", ContactId=first)
    assert call(web)["ContactId"]
