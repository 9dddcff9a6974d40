"""Contacts through the Amazon Connect API, on a running engine."""

from datetime import timedelta
from typing import Any

import pytest

from localstack.connect.directory import Document, RoutingProfile
from tests.support.connect_calls import Connect, Refused, refused
from tests.support.connect_world import CALLER, INSTANCE_ID, MONDAY, NUMBER, arn, say
from tests.support.live_connect import Live

OTHER = "+8613900000002"


def test_a_waiting_contact_is_described_with_its_queue(live: Live) -> None:
    contact_id = live.queued_call()
    shown = live("DescribeContact", ContactId=contact_id)["Contact"]
    assert shown["Arn"].endswith(f"/contact/{contact_id}")
    assert (shown["Channel"], shown["InitiationMethod"], shown["QueuePriority"]) == ("VOICE", "INBOUND", 5)
    assert shown["QueueInfo"]["Id"] == live.id("support")
    assert shown["CustomerEndpoint"] == {"Type": "TELEPHONE_NUMBER", "Address": CALLER}
    assert shown["InitiationTimestamp"] == MONDAY
    assert "AgentInfo" not in shown
    assert "DisconnectTimestamp" not in shown


def test_a_contact_that_is_over_is_described_with_its_agent_and_end(live: Live) -> None:
    live.api.sign_in()
    contact_id = live.queued_call(talk_s=60)
    live.run()
    shown = live("DescribeContact", ContactId=contact_id)["Contact"]
    assert shown["AgentInfo"]["Id"] == live.id("li.na")
    assert shown["AgentInfo"]["AfterContactWorkDuration"] > 0
    assert shown["DisconnectReason"] in {"CUSTOMER_DISCONNECT", "AGENT_DISCONNECT"}
    assert shown["DisconnectTimestamp"] > MONDAY


@pytest.mark.parametrize(
    ("operation", "code", "more"),
    [
        ("DescribeContact", "ResourceNotFoundException", {"ContactId": "nobody"}),
        ("GetContactAttributes", "ResourceNotFoundException", {"InitialContactId": "nobody"}),
        ("StopContact", "ContactNotFoundException", {"ContactId": "nobody"}),
        ("TagContact", "ResourceNotFoundException", {"ContactId": "nobody", "Tags": {"a": "b"}}),
    ],
)
def test_an_unknown_contact_is_refused_by_the_errors_name(
    live: Live, operation: str, code: str, more: dict[str, Any]
) -> None:
    refusal = refused(live, operation, **more)
    assert refusal.code == code
    assert "nobody" in refusal.text


def test_attributes_are_set_read_and_told(live: Live) -> None:
    contact_id = live.queued_call()
    live("UpdateContactAttributes", InitialContactId=contact_id, Attributes={"tier": "gold"})
    assert live("GetContactAttributes", InitialContactId=contact_id)["Attributes"] == {"tier": "gold"}
    live.run("2026-03-02T01:02:00Z")
    updates = [e["detail"] for e in live.small.cloud.events if e["detail"]["eventType"] == "CONTACT_DATA_UPDATED"]
    assert [one["updatedProperties"] for one in updates] == [["UserDefinedAttributes"]]


def test_attributes_set_after_the_end_deliver_the_record_again_with_a_later_version(live: Live) -> None:
    contact_id = live.queued_call(patience_s=30)
    live.run()
    assert len(live.record(contact_id)) == 1
    live("UpdateContactAttributes", InitialContactId=contact_id, Attributes={"resolved": "true"})
    live.run()
    first, second = live.record(contact_id)
    assert second["Attributes"] == {**first["Attributes"], "resolved": "true"}
    assert second["LastUpdateTimestamp"] > first["LastUpdateTimestamp"]
    assert second["DisconnectTimestamp"] == first["DisconnectTimestamp"]


def test_attributes_that_do_not_fit_are_refused_and_none_is_set(live: Live) -> None:
    contact_id = live.queued_call()
    big = {"a": "x" * 20_000, "b": "x" * 20_000}
    refusal = refused(live, "UpdateContactAttributes", InitialContactId=contact_id, Attributes=big)
    assert refusal.code == "InvalidRequestException"
    refusal = refused(live, "UpdateContactAttributes", InitialContactId=contact_id, Attributes={"a.b": "x"})
    assert refusal.code == "InvalidParameterException"
    assert live("GetContactAttributes", InitialContactId=contact_id)["Attributes"] == {}


def test_a_stopped_contact_leaves_its_queue_and_is_over(live: Live) -> None:
    contact_id = live.queued_call()
    live("StopContact", ContactId=contact_id)
    live.run()
    (record,) = live.record(contact_id)
    assert record["DisconnectReason"] == "OTHER"
    assert record["Agent"] is None
    assert refused(live, "StopContact", ContactId=contact_id).code == "InvalidRequestException"


def test_a_call_that_has_not_arrived_can_be_stopped(live: Live) -> None:
    contact_id = live.api.call(at="2026-03-02T03:00:00Z")
    live("StopContact", ContactId=contact_id)
    live.run()
    assert live.record(contact_id) == []


def test_an_outbound_call_runs_its_flow_when_it_is_answered(live: Live) -> None:
    flow = live.small.flow("notice", say("s", "Your parcel is here.", "bye"))
    made = live(
        "StartOutboundVoiceContact",
        DestinationPhoneNumber=OTHER,
        ContactFlowId=flow.arn,
        SourcePhoneNumber=NUMBER,
        Attributes={"parcel": "7"},
    )
    live.run()
    (record,) = live.record(made["ContactId"])
    assert (record["InitiationMethod"], record["Attributes"]) == ("API", {"parcel": "7"})
    assert record["CustomerEndpoint"]["Address"] == OTHER
    told = live.api.ok("GET", f"/connect/calls/{made['ContactId']}")
    assert "Your parcel is here." in [event["text"] for event in told["events"]]


def test_the_same_client_token_starts_one_call_only(live: Live) -> None:
    flow = live.small.flow("notice", say("s", "Hello.", "bye"))
    ask = {"DestinationPhoneNumber": OTHER, "ContactFlowId": flow.id, "SourcePhoneNumber": NUMBER}
    ids = [live("StartOutboundVoiceContact", **ask, ClientToken="t1")["ContactId"] for _ in range(3)]
    other = live("StartOutboundVoiceContact", **ask, ClientToken="t2")["ContactId"]
    assert len(set(ids)) == 1
    assert other not in ids
    live.run("2026-03-10T02:00:00Z")
    assert live("StartOutboundVoiceContact", **ask, ClientToken="t1")["ContactId"] not in {*ids, other}
    live.run()
    assert len(live.small.cloud.records) == 3


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"DestinationPhoneNumber": "12345"}, "InvalidParameterException"),
        ({"SourcePhoneNumber": "+15550001111"}, "OutboundContactNotPermittedException"),
        ({"SourcePhoneNumber": None}, "InvalidRequestException"),
        ({"SourcePhoneNumber": None, "QueueId": "support"}, "OutboundContactNotPermittedException"),
        ({"ContactFlowId": "11111111-1111-4111-8111-111111111119"}, "ResourceNotFoundException"),
    ],
)
def test_an_outbound_call_that_cannot_be_made_is_refused(live: Live, change: dict[str, Any], code: str) -> None:
    flow = live.small.flow("notice", say("s", "Hello.", "bye"))
    ask = {"DestinationPhoneNumber": OTHER, "ContactFlowId": flow.id, "SourcePhoneNumber": NUMBER, **change}
    asked = {key: live.id(value) if key == "QueueId" else value for key, value in ask.items() if value is not None}
    assert refused(live, "StartOutboundVoiceContact", **asked).code == code


def test_an_instance_without_outbound_calls_makes_none(live: Live) -> None:
    live.small.instance.attributes = {"OUTBOUND_CALLS": False}
    ask = {"DestinationPhoneNumber": OTHER, "ContactFlowId": "x", "SourcePhoneNumber": NUMBER}
    assert refused(live, "StartOutboundVoiceContact", **ask).code == "OutboundContactNotPermittedException"


def test_a_task_is_routed_to_an_agent(live: Live) -> None:
    live.second_queue()
    live.tasks_too()
    live.api.sign_in()
    flow = live.queue_flow()
    asked = {
        "Name": "Call back",
        "ContactFlowId": flow.id,
        "Attributes": {"order": "9"},
        "References": {"page": {"Type": "URL", "Value": "https://example.com"}},
        "ClientToken": "once",
    }
    made, again = live("StartTaskContact", **asked), live("StartTaskContact", **asked)
    live.run()
    assert again["ContactId"] == made["ContactId"]
    (record,) = live.record(made["ContactId"])
    assert (record["Channel"], record["Agent"]["Username"]) == ("TASK", "li.na")
    assert record["References"] == [{"Name": "page", "Type": "URL", "Value": "https://example.com"}]


def test_a_scheduled_task_begins_when_it_is_due(live: Live) -> None:
    due = MONDAY + timedelta(hours=2)
    made = live("StartTaskContact", Name="Later", ContactFlowId=live.queue_flow().id, ScheduledTime=due)
    live.run("2026-03-02T02:59:00Z")
    assert "QueueInfo" not in live("DescribeContact", ContactId=made["ContactId"])["Contact"]
    live.run("2026-03-02T03:00:30Z")
    shown = live("DescribeContact", ContactId=made["ContactId"])["Contact"]
    assert shown["QueueInfo"]["EnqueueTimestamp"] >= due


def test_a_task_by_quick_connect_goes_to_its_queue(live: Live) -> None:
    flow, queue = live.transfer_flow(), live.second_queue()
    config = {"QuickConnectType": "QUEUE", "QueueConfig": {"QueueId": queue.id, "ContactFlowId": flow.id}}
    connect = live.small.put(
        Document(
            id=live.id("quick"),
            arn=arn("transfer-destination", "quick"),
            name="quick",
            kind="transfer-destination",
            body={"QuickConnectConfig": config},
        )
    )
    made = live("StartTaskContact", Name="Quick", QuickConnectId=connect.id)
    live.run("2026-03-02T01:01:00Z")
    assert live("DescribeContact", ContactId=made["ContactId"])["Contact"]["QueueInfo"]["Id"] == queue.id


def test_a_waiting_task_is_transferred_as_a_new_contact_of_the_chain(live: Live) -> None:
    second, transfer = live.second_queue(), live.transfer_flow()
    first = live("StartTaskContact", Name="Task", ContactFlowId=live.queue_flow().id)["ContactId"]
    live.run("2026-03-02T01:01:00Z")
    ask = {"ContactId": first, "ContactFlowId": transfer.id, "QueueId": second.arn, "ClientToken": "t"}
    moved = live("TransferContact", **ask)["ContactId"]
    assert live("TransferContact", **ask)["ContactId"] == moved
    live.run("2026-03-02T01:02:00Z")
    shown = live("DescribeContact", ContactId=moved)["Contact"]
    assert (shown["PreviousContactId"], shown["InitiationMethod"]) == (first, "TRANSFER")
    assert shown["QueueInfo"]["Id"] == second.id
    assert live("DescribeContact", ContactId=first)["Contact"]["DisconnectReason"] == "API"


def test_a_task_with_an_agent_is_transferred_to_another_queue(live: Live) -> None:
    second, transfer = live.second_queue(), live.transfer_flow()
    live.tasks_too()
    live.api.sign_in(person=True)
    task = live("StartTaskContact", Name="Task", ContactFlowId=live.queue_flow().id)["ContactId"]
    live.run()
    live.api.ok("POST", "/connect/agents/li.na/accept", {})
    live.run("2026-03-02T01:01:00Z")
    moved = live("TransferContact", ContactId=task, ContactFlowId=transfer.id, QueueId=second.id)["ContactId"]
    shown = live("DescribeContact", ContactId=moved)["Contact"]
    assert shown["PreviousContactId"] == task
    live.api.ok("POST", "/connect/agents/li.na/close", {"contact_id": task})


def test_a_call_is_not_transferred_by_the_api(live: Live) -> None:
    contact_id = live.queued_call()
    ask = {"ContactFlowId": live.transfer_flow().id, "QueueId": live.second_queue().id}
    refusal = refused(live, "TransferContact", ContactId=contact_id, **ask)
    assert refusal.code == "InvalidRequestException"
    assert "VOICE" in refusal.text


def test_priority_of_a_waiting_contact_changes_after_a_minute(live: Live) -> None:
    contact_id = live.queued_call()
    live("UpdateContactRoutingData", ContactId=contact_id, QueuePriority=1, QueueTimeAdjustmentSeconds=30)
    assert live("DescribeContact", ContactId=contact_id)["Contact"]["QueuePriority"] == 5
    live.run("2026-03-02T01:02:30Z")
    shown = live("DescribeContact", ContactId=contact_id)["Contact"]
    assert (shown["QueuePriority"], shown["QueueTimeAdjustmentSeconds"]) == (1, 30)


def test_routing_criteria_become_active_at_once(live: Live) -> None:
    contact_id = live.queued_call()
    condition = {
        "Name": "language",
        "Value": "en",
        "ProficiencyLevel": 3,
        "ComparisonOperator": "NumberGreaterOrEqualTo",
    }
    steps = [{"Expiry": {"DurationInSeconds": 60}, "Expression": {"AttributeCondition": condition}}]
    live("UpdateContactRoutingData", ContactId=contact_id, RoutingCriteria={"Steps": steps})
    shown = live("DescribeContact", ContactId=contact_id)["Contact"]["RoutingCriteria"]
    assert shown["Steps"][0]["Status"] == "ACTIVE"
    wrong = {"Steps": [{"Expression": {"AttributeCondition": {**condition, "ProficiencyLevel": 9}}}]}
    refusal = refused(live, "UpdateContactRoutingData", ContactId=contact_id, RoutingCriteria=wrong)
    assert refusal.code == "InvalidParameterException"


def test_a_contact_that_is_over_is_not_routed(live: Live) -> None:
    contact_id = live.queued_call(patience_s=10)
    live.run()
    refusal = refused(live, "UpdateContactRoutingData", ContactId=contact_id, QueuePriority=1)
    assert refusal.code == "ResourceConflictException"


def test_a_contact_has_six_tags_at_most(live: Live) -> None:
    contact_id = live.queued_call()
    live("TagContact", ContactId=contact_id, Tags={f"t{n}": "x" for n in range(6)})
    assert refused(live, "TagContact", ContactId=contact_id, Tags={"t7": "x"}).code == "InvalidRequestException"
    assert refused(live, "TagContact", ContactId=contact_id, Tags={"aws:x": "x"}).code == "InvalidParameterException"
    live("UntagContact", ContactId=contact_id, TagKeys=["t0", "t1"])
    live("TagContact", ContactId=contact_id, Tags={"t7": "x"})
    tags = live("DescribeContact", ContactId=contact_id)["Contact"]["Tags"]
    assert {key for key in tags if not key.startswith("aws:")} == {"t2", "t3", "t4", "t5", "t7"}


def test_name_and_description_are_updated(live: Live) -> None:
    contact_id = live.queued_call()
    live("UpdateContact", ContactId=contact_id, Name="Parcel", Description="Lost")
    shown = live("DescribeContact", ContactId=contact_id)["Contact"]
    assert (shown["Name"], shown["Description"]) == ("Parcel", "Lost")


def test_a_recording_is_started_suspended_resumed_and_stopped(live: Live) -> None:
    live.api.sign_in(person=True)
    contact_id = live.queued_call()
    ask = {"ContactId": contact_id, "InitialContactId": contact_id}
    assert refused(live, "SuspendContactRecording", **ask).code == "InvalidRequestException"
    live.run()
    live.api.ok("POST", "/connect/agents/li.na/accept", {})
    live.run("2026-03-02T01:02:00Z")
    assert refused(live, "SuspendContactRecording", **ask).code == "InvalidRequestException"
    live("StartContactRecording", **ask, VoiceRecordingConfiguration={"VoiceRecordingTrack": "ALL"})
    for operation in ("Suspend", "Suspend", "Resume", "Resume"):
        live(f"{operation}ContactRecording", **ask)
    for kind in ("IVR", "SCREEN"):
        assert refused(live, "StopContactRecording", **ask, ContactRecordingType=kind).code == "InvalidRequestException"
    live("StopContactRecording", **ask)
    assert refused(live, "ResumeContactRecording", **ask).code == "InvalidRequestException"
    told = live.api.ok("GET", f"/connect/calls/{contact_id}")["events"]
    lines = [event["text"].partition(":")[0] for event in told if event["kind"] == "recording"]
    assert lines == ["The conversation is recorded", "Recording is suspended", "Recording goes on", "Recording ends"]


def test_a_waiting_contact_knows_its_place(live: Live) -> None:
    first, second = live.queued_call(), live.api.call(script=[{"press": "1"}])
    live.run("2026-03-02T01:02:00Z")
    names = [{"Name": "POSITION_IN_QUEUE"}, {"Name": "ESTIMATED_WAIT_TIME"}]
    places = [live("GetContactMetrics", ContactId=one, Metrics=names)["MetricResults"] for one in (first, second)]
    assert [place[0]["Value"]["Number"] for place in places] == [1.0, 2.0]
    assert places[0][1]["Value"]["Number"] == -1.0


def test_contacts_that_belong_together_are_listed_with_their_references(live: Live) -> None:
    call = live.queued_call()
    page = {"site": {"Type": "URL", "Value": "https://example.com"}, "n": {"Type": "NUMBER", "Value": "3"}}
    asked = {"Name": "t", "ContactFlowId": live.queue_flow().id, "RelatedContactId": call, "References": page}
    task = live("StartTaskContact", **asked)["ContactId"]
    other = live.queued_call()
    rows = live("ListAssociatedContacts", ContactId=call)["ContactSummaryList"]
    assert [row["ContactId"] for row in rows] == [call, task]
    assert rows[1]["RelatedContactId"] == call
    assert len(live("ListAssociatedContacts", ContactId=other)["ContactSummaryList"]) == 1
    (found,) = live("ListContactReferences", ContactId=task, ReferenceTypes=["URL"])["ReferenceSummaryList"]
    assert found == {"Url": {"Name": "site", "Value": "https://example.com"}}


def test_without_an_engine_contacts_are_refused_by_name() -> None:
    connect = Connect()
    with pytest.raises(Refused) as caught:
        connect("DescribeContact", InstanceId=connect.instance(), ContactId="c")
    assert caught.value.code == "NotImplementedException"


def test_a_contact_of_another_instance_is_not_found(live: Live) -> None:
    contact_id = live.queued_call()
    other = live.connect.instance("other")
    assert other != INSTANCE_ID
    with pytest.raises(Refused) as caught:
        live.connect("DescribeContact", InstanceId=other, ContactId=contact_id)
    assert caught.value.code == "ResourceNotFoundException"
    assert live.small.instance.named(RoutingProfile, "support") is not None
