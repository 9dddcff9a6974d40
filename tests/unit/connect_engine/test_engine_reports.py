"""What leaves the engine about a contact: record, events, recordings."""

import io
import wave
from datetime import UTC, datetime, timedelta

from flowlang.catalogue import ACTIONS
from localstack.connect.directory import AgentStatus
from localstack.connect.engine.plan import HangUp, Press, WaitFor
from tests.support.connect_ports import FUNCTION
from tests.support.connect_world import ARN, CALLER, MONDAY, NUMBER, Small, action, arn, one_queue, say, staff, to_queue

RECORD_FIELDS = {
    "AWSAccountId", "AWSContactTraceRecordFormatVersion", "Agent", "AgentConnectionAttempts",
    "AnsweringMachineDetectionStatus", "Attributes", "Campaign", "Channel", "ConnectedToSystemTimestamp",
    "ContactDetails", "ContactId", "ContactLens", "CustomerEndpoint", "CustomerId", "CustomerVoiceActivity",
    "DisconnectReason", "DisconnectTimestamp", "InitialContactId", "InitiationMethod", "InitiationTimestamp",
    "InstanceARN", "LastUpdateTimestamp", "MediaStreams", "NextContactId", "PreviousContactId", "Queue", "Recording",
    "Recordings", "References", "RelatedContactId", "RoutingCriteria", "ScheduledTimestamp", "SegmentAttributes",
    "SystemEndpoint", "Tags", "TransferCompletedTimestamp", "TransferredToEndpoint", "VoiceIdResult",
}  # fmt: skip
AGENT_FIELDS = {
    "ARN", "AfterContactWorkDuration", "AfterContactWorkEndTimestamp", "AfterContactWorkStartTimestamp",
    "AgentInteractionDuration", "AgentPauseDuration", "AgentInitiatedHoldDuration", "ConnectedToAgentTimestamp",
    "CustomerHoldDuration", "DeviceInfo", "HierarchyGroups", "LongestHoldDuration", "NumberOfHolds", "RoutingProfile",
    "StateTransitions", "Username",
}  # fmt: skip


def recorded(small: Small) -> None:
    behaviour = {"RecordingBehavior": {"RecordedParticipants": ["Agent", "Customer"]}}
    small.number(
        small.flow("main", action("r", "UpdateContactRecordingBehavior", behaviour, "set"), *to_queue("support"))
    )


def test_the_record_of_an_answered_call_field_by_field() -> None:
    small = one_queue()
    recorded(small)
    staff(small, "li.na", ring_s=3, acw_s=45)
    contact = small.call(talk_s=300)
    small.run()
    record = small.record_of(contact)
    assert record.keys() == RECORD_FIELDS
    assert record["Agent"].keys() == AGENT_FIELDS
    assert record["AWSAccountId"] == "000000000000"
    assert record["AWSContactTraceRecordFormatVersion"] == "2017-03-10"
    assert record["Channel"] == "VOICE"
    assert record["InitiationMethod"] == "INBOUND"
    assert record["InitiationTimestamp"] == record["ConnectedToSystemTimestamp"] == "2026-03-02T01:00:00Z"
    assert record["CustomerEndpoint"] == {"Address": CALLER, "Type": "TELEPHONE_NUMBER"}
    assert record["SystemEndpoint"] == {"Address": NUMBER, "Type": "TELEPHONE_NUMBER"}
    assert record["InitialContactId"] is record["PreviousContactId"] is record["NextContactId"] is None
    assert record["Queue"]["EnqueueTimestamp"] == "2026-03-02T01:00:00Z"
    assert record["Agent"]["AgentInteractionDuration"] == 300
    assert record["Agent"]["RoutingProfile"] == {"ARN": arn("routing-profile", "support"), "Name": "support"}
    assert record["Agent"]["AfterContactWorkStartTimestamp"] == record["DisconnectTimestamp"]
    assert record["SegmentAttributes"] == {"connect:Subtype": {"ValueString": "connect:Telephony"}}
    assert record["Tags"]["aws:connect:systemEndpoint"] == NUMBER
    assert record["MediaStreams"] == [{"Type": "AUDIO"}]
    assert record["AgentConnectionAttempts"] == 1


def test_the_record_of_a_call_that_ends_in_the_flow_has_neither_queue_nor_agent() -> None:
    small = Small()
    small.number(small.flow("main", say("s", "We are closed.", "bye")))
    contact = small.call()
    small.run()
    record = small.record_of(contact)
    assert record["Queue"] is record["Agent"] is record["Recording"] is None
    assert record["Recordings"] == []
    assert record["DisconnectReason"] == "CONTACT_FLOW_DISCONNECT"


def test_the_recording_is_a_stereo_wav_under_the_documented_key() -> None:
    small = one_queue(now=datetime(2026, 3, 2, 15, 59, 50, tzinfo=UTC))
    recorded(small)
    staff(small, "li.na", ring_s=20 / 3)
    contact = small.call(talk_s=120)
    small.run()
    record = small.record_of(contact)
    start = record["Agent"]["ConnectedToAgentTimestamp"][:16].replace("-", "")
    key = f"connect/small/CallRecordings/2026/03/02/{contact.id}_{start}_UTC.wav"
    assert record["Recording"] == {
        "DeletionReason": None, "Location": f"recordings/{key}", "Status": "AVAILABLE", "Type": "AUDIO",
    }  # fmt: skip
    assert record["Recordings"][0]["Location"] == f"recordings/{key}"
    with wave.open(io.BytesIO(small.cloud.objects[f"recordings/{key}"])) as sound:
        assert (sound.getnchannels(), sound.getframerate(), sound.getnframes()) == (2, 8000, 8000)


def test_nothing_is_recorded_unless_the_flow_says_so() -> None:
    small = one_queue()
    staff(small, "li.na")
    contact = small.call()
    small.run()
    assert small.cloud.objects == {}
    assert small.record_of(contact)["Recording"] is None


def test_an_instance_without_a_bucket_keeps_no_recording() -> None:
    small = one_queue()
    small.directory.remove(small.instance, small.instance.storage["CALL_RECORDINGS"])
    recorded(small)
    staff(small, "li.na")
    contact = small.call()
    small.run()
    assert small.record_of(contact)["Recordings"] == []


def test_contact_events_tell_the_life_of_a_contact() -> None:
    small = one_queue()
    staff(small, "li.na")
    contact = small.call()
    small.run()
    events = [e for e in small.cloud.events if e["detail"]["contactId"] == contact.id]
    assert [e["detail"]["eventType"] for e in events] == [
        "INITIATED", "QUEUED", "CONNECTED_TO_AGENT", "DISCONNECTED", "COMPLETED",
    ]  # fmt: skip
    last = events[-1]
    assert last["source"] == "aws.connect"
    assert last["detail-type"] == "Amazon Connect Contact Event"
    assert last["resources"] == [ARN, f"{ARN}/contact/{contact.id}"]
    assert last["detail"]["queueInfo"]["queueArn"] == arn("queue", "support")
    assert last["detail"]["agentInfo"]["afterContactWorkDuration"] >= 0


def test_attributes_that_change_are_told_once_a_moment() -> None:
    small = Small()
    set_a = action("a", "UpdateContactAttributes", {"Attributes": {"x": "1"}}, "b", errors={"NoMatchingError": "bye"})
    set_b = action("b", "UpdateContactAttributes", {"Attributes": {"y": "1"}}, "bye", errors={"NoMatchingError": "bye"})
    small.number(small.flow("main", set_a, set_b))
    small.call()
    small.run()
    updates = [e for e in small.cloud.events if e["detail"]["eventType"] == "CONTACT_DATA_UPDATED"]
    assert [e["detail"]["updatedProperties"] for e in updates] == [["UserDefinedAttributes"]]


def test_a_caller_acts_in_the_order_of_the_script() -> None:
    small = Small()
    menu = {"Text": "Press a key.", "StoreInput": "False", "InputTimeLimitSeconds": "5"}
    errors = dict.fromkeys(("NoMatchingCondition", "NoMatchingError", "InputTimeLimitExceeded"), "menu")
    small.number(small.flow("main", action("menu", "GetParticipantInput", menu, "menu", errors=errors)))
    contact = small.call(Press("1"), Press(""), Press("22"), WaitFor(10), Press("3"), HangUp())
    small.run()
    assert [told.text for told in contact.transcript if told.kind == "pressed"] == ["1", "22", "3"]
    assert contact.disconnect_reason == "CUSTOMER_DISCONNECT"


def test_a_call_that_is_cancelled_before_it_arrives_leaves_no_trace() -> None:
    small = one_queue()
    contact = small.call(at=datetime(2026, 3, 2, 2, 0, tzinfo=UTC))
    small.world.hang_up(contact)
    small.run()
    assert small.cloud.records == []
    assert contact.transcript == []


def test_only_the_newest_contacts_are_kept_for_reading() -> None:
    small = Small(contacts_kept=3)
    small.number(small.flow("main", say("s", "Bye.", "bye")))
    contacts = [small.call() for _ in range(5)]
    small.run()
    assert list(small.world.contacts) == [contact.id for contact in contacts[2:]]
    assert len(small.cloud.records) == 5


def test_a_flow_log_line_shows_parameters_as_they_were_worth() -> None:
    small = Small()
    log = action("l", "UpdateFlowLoggingBehavior", {"FlowLoggingBehavior": "Enabled"}, "s")
    small.number(small.flow("main", log, say("s", "You are $.CustomerEndpoint.Address .", "bye")))
    small.call()
    small.run()
    line = next(line for line in small.cloud.lines if line["Identifier"] == "s")
    assert line["Parameters"] == {"Text": f"You are {CALLER} ."}
    assert line["Timestamp"] == "2026-03-02T01:00:00.000Z"
    assert line["ContactFlowName"] == "main"


def test_analytics_that_are_switched_on_are_told_and_stand_in_the_record() -> None:
    small = Small()
    wanted = {"VoiceBehavior": {"VoiceAnalyticsBehavior": {"Enabled": "True"}}}
    kind = "UpdateContactRecordingAndAnalyticsBehavior"
    small.number(small.flow("main", action("a", kind, wanted, "b"), action("b", kind, wanted, "bye")))
    contact = small.call()
    small.run()
    updates = [e["detail"] for e in small.cloud.events if e["detail"]["eventType"] == "CONTACT_DATA_UPDATED"]
    (update,) = updates
    assert update["updatedProperties"] == ["ContactLens.ConversationalAnalytics.Configuration"]
    assert update["contactLens"]["conversationalAnalytics"]["configuration"] == {"enabled": True}
    lens = small.record_of(contact)["ContactLens"]
    assert lens == {"ConversationalAnalytics": {"Configuration": {"Enabled": True}}}


def logged(small: Small, *actions: dict[str, object]) -> list[dict[str, object]]:
    """The flow log of a call whose flow switches the log on and does these actions."""
    on = action("log", "UpdateFlowLoggingBehavior", {"FlowLoggingBehavior": "Enabled"}, str(actions[0]["Identifier"]))
    small.number(small.flow("main", on, *actions))
    small.call()
    small.run()
    return [line for line in small.cloud.lines if line["Identifier"] not in ("log", "bye")]


def test_an_action_that_takes_no_time_has_one_log_line_with_its_result() -> None:
    dice = action("d", "DistributeByPercentage", {}, "bye", operator="NumberLessThan", when={"101": "bye"},
                  errors={"NoMatchingCondition": "bye"})  # fmt: skip
    (line,) = logged(Small(), dice)
    assert line["ContactFlowModuleType"] == "PercentileBranching"
    assert 1 <= int(str(line["Results"])) <= 100


def test_a_function_has_a_line_when_it_is_asked_and_one_with_its_answer() -> None:
    small = Small()
    small.lambdas.answers["ask"] = {"grade": "gold"}
    asked = {"LambdaFunctionARN": f"{FUNCTION}ask", "InvocationTimeLimitSeconds": "3"}
    first, second = logged(small, action("f", "InvokeLambdaFunction", asked, "bye", errors={"NoMatchingError": "bye"}))
    assert first["ContactFlowModuleType"] == second["ContactFlowModuleType"] == "InvokeExternalResource"
    assert "ExternalResults" not in first
    assert second["ExternalResults"] == {"grade": "gold"}
    assert str(first["Timestamp"]) < str(second["Timestamp"])


def test_an_error_is_a_line_of_its_own() -> None:
    nowhere = action("q", "UpdateContactTargetQueue", {"QueueId": "$.Attributes.none"}, "bye",
                     errors={"NoMatchingError": "bye"})  # fmt: skip
    entered, failed = logged(Small(), nowhere)
    assert "Results" not in entered
    assert failed["Results"] == "Error: the queue is not set ($.Attributes.none)"


def test_a_prompt_that_is_cut_short_has_been_entered_all_the_same() -> None:
    small = Small()
    on = action("log", "UpdateFlowLoggingBehavior", {"FlowLoggingBehavior": "Enabled"}, "s")
    small.number(small.flow("main", on, say("s", "A long story. " * 50, "bye")))
    small.call(WaitFor(2), HangUp())
    small.run()
    assert [line["Identifier"] for line in small.cloud.lines] == ["log", "s"]


def test_every_action_type_has_a_name_in_the_flow_log() -> None:
    nameless = {name for name, kind in ACTIONS.items() if not kind.as_used({}).block}
    assert nameless == {
        "AuthenticateParticipant", "CheckSegmentMembership", "LoadContactContent", "RouteContactToAgent",
        "UpdateContactMediaProcessing",
    }  # fmt: skip
    assert len(ACTIONS) == 64


def test_heartbeats_may_go_on_after_an_agent_has_signed_out_until_the_next_sign_in() -> None:
    small = one_queue(heartbeats_after_logout_s=600)
    (agent,) = staff(small, "li.na")
    offline = small.instance.named(AgentStatus, "Offline")
    assert offline is not None
    small.world.floor.set_status(agent, offline)
    small.run(MONDAY + timedelta(seconds=250))
    staff(small, "li.na")
    small.run(MONDAY + timedelta(seconds=300))
    told = [event["EventType"] for event in small.cloud.agent_events]
    assert told == ["LOGIN", "LOGOUT", "HEART_BEAT", "HEART_BEAT", "LOGIN"]
    small.world.floor.sign_out_all()
    small.run(MONDAY + timedelta(seconds=5000))
    told = [event["EventType"] for event in small.cloud.agent_events[5:]]
    assert told == ["LOGOUT", *["HEART_BEAT"] * 5]


def test_without_that_switch_nothing_is_told_of_an_agent_who_has_gone() -> None:
    small = one_queue()
    staff(small, "li.na")
    small.world.floor.sign_out_all()
    small.run(MONDAY + timedelta(seconds=5000))
    assert [event["EventType"] for event in small.cloud.agent_events] == ["LOGIN", "LOGOUT"]
