"""StartOutboundVoiceContact: traffic types, detection, ringing, quotas, and who answers (reference 12, 13.1)."""

from typing import Any

import pytest

from tests.support.connect_calls import refused
from tests.support.connect_world import CALLER, NUMBER, say
from tests.support.live_connect import Live

OTHER = "+8613900000002"
DETECT = {"TrafficType": "CAMPAIGN", "AnswerMachineDetectionConfig": {"EnableAnswerMachineDetection": True}}


def start(live: Live, **more: Any) -> str:
    flow = live.small.flow("calling", say("s", "Hello.", "bye"))
    asked = {"DestinationPhoneNumber": OTHER, "ContactFlowId": flow.id, "SourcePhoneNumber": NUMBER, **more}
    return str(live("StartOutboundVoiceContact", **asked)["ContactId"])


def test_whoever_is_known_at_a_number_answers_as_told(live: Live) -> None:
    live.api.ok("POST", "/connect/callees", {"number": OTHER, "callee": {"answers": ["voicemail"], "ring_s": 3}})
    contact_id = start(live, **DETECT)
    live.run()
    (record,) = live.record(contact_id)
    assert record["AnsweringMachineDetectionStatus"] == "VOICEMAIL_NO_BEEP"
    assert record["ConnectedToSystemTimestamp"] == "2026-03-02T01:00:03Z"


def test_the_end_of_the_greeting_is_awaited_when_asked_for(live: Live) -> None:
    live.api.ok("POST", "/connect/callees", {"number": OTHER, "callee": {"answers": ["voicemail"], "greeting_s": 9}})
    awaiting = {"EnableAnswerMachineDetection": True, "AwaitAnswerMachinePrompt": True}
    contact_id = start(live, TrafficType="CAMPAIGN", AnswerMachineDetectionConfig=awaiting, CampaignId="c1")
    live.run()
    (record,) = live.record(contact_id)
    assert record["AnsweringMachineDetectionStatus"] == "VOICEMAIL_BEEP"
    assert record["Campaign"] == {"CampaignId": "c1"}


def test_ringing_is_limited_by_the_request(live: Live) -> None:
    live.api.ok("POST", "/connect/callees", {"number": OTHER, "callee": {"ring_s": 30}})
    contact_id = start(live, RingTimeoutInSeconds=15)
    live.run()
    assert live.record(contact_id)[0]["DisconnectReason"] == "TELECOM_UNANSWERED"


def test_attributes_of_a_related_contact_are_copied(live: Live) -> None:
    caller = live.queued_call()
    live("UpdateContactAttributes", InitialContactId=caller, Attributes={"tier": "gold", "who": "they"})
    contact_id = start(live, RelatedContactId=caller, Attributes={"who": "you"})
    shown = live("GetContactAttributes", InitialContactId=contact_id)["Attributes"]
    assert shown == {"tier": "gold", "who": "you"}


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("InvalidParameterException", {**DETECT, "TrafficType": "GENERAL"}),
        ("InvalidRequestException", {"OutboundStrategy": {"Type": "AGENT_FIRST"}}),
        ("InvalidParameterException", {"RingTimeoutInSeconds": 61}),
        ("OutboundContactNotPermittedException", {"SourcePhoneNumber": CALLER}),
    ],
)
def test_what_makes_no_sense_is_refused(live: Live, code: str, more: dict[str, Any]) -> None:
    assert refused(start, live, **more).code == code


def test_quotas_refuse_campaigns_closed_destinations_and_one_call_too_many(live: Live) -> None:
    answer = live.api.ok("POST", "/connect/limits", {"quotas": True, "concurrent_calls": 1})
    assert answer == {"throttles": False, "quotas": True, "concurrent_calls": 1, "calls_per_s": None}
    assert refused(start, live, **DETECT).code == "LimitExceededException"
    assert refused(start, live, DestinationPhoneNumber="+447700900123").code == "DestinationNotAllowedException"
    start(live)
    assert refused(start, live).code == "LimitExceededException"
    assert live.api.ok("POST", "/connect/limits", {})["concurrent_calls"] is None
    start(live)


@pytest.mark.parametrize(("config", "told"), [({"EnableAnswerMachineDetection": False}, 1), (None, 0)])
def test_a_call_that_is_wanted_without_detection_says_so(live: Live, config: dict[str, Any] | None, told: int) -> None:
    more = {} if config is None else {"AnswerMachineDetectionConfig": config}
    contact_id = start(live, **more)
    live.run()
    kinds = [one["detail"]["eventType"] for one in live.small.cloud.events if one["detail"]["contactId"] == contact_id]
    assert kinds.count("AMD_DISABLED") == told
    assert live.record(contact_id)[0]["AnsweringMachineDetectionStatus"] is None
