"""Chats through the Amazon Connect API and its Participant Service, on a running engine."""

from dataclasses import replace
from typing import Any

import pytest

from tests.support.api_chats import PLAIN, Chats
from tests.support.connect_calls import refused
from tests.support.connect_world import NUMBER, identifier


def test_a_chat_waits_for_its_customer_and_goes_on_to_an_agent(chats: Chats) -> None:
    made = chats.start(
        Attributes={"name": "Mei"}, InitialMessage={"ContentType": PLAIN, "Content": "Hi"}, CustomerId="c-7"
    )
    contact_id = made["ContactId"]
    chats.live.run("2026-03-02T01:01:00Z")
    assert chats.live.api.ok("GET", f"/connect/calls/{contact_id}")["state"] == "connecting"
    token = chats.participant.connect(made["ParticipantToken"])
    chats.live.run()
    assert chats.read(token, SortOrder="ASCENDING") == ["Hi", "Welcome, Mei"]
    chats.agent("accept")
    chats.agent("say", text="How can I help?")
    sent = chats.says(token, "My parcel is lost")
    assert set(sent) == {"Id", "AbsoluteTime"}
    assert chats.read(token)[:2] == ["My parcel is lost", "How can I help?"], "the newest comes first unless asked"
    chats.participant("DisconnectParticipant", ConnectionToken=token)
    chats.agent("close")
    chats.live.run()
    (record,) = chats.live.record(contact_id)
    assert (record["Channel"], record["DisconnectReason"]) == ("CHAT", "CUSTOMER_DISCONNECT")
    assert (record["CustomerId"], record["Attributes"]) == ("c-7", {"name": "Mei"})
    shown = chats.live("DescribeContact", ContactId=contact_id)["Contact"]
    assert shown["ChatMetrics"]["ChatContactMetrics"]["TotalMessages"] == 4
    assert shown["Recordings"][0]["Status"] == "AVAILABLE"
    assert "MediaStreamType" not in shown["Recordings"][0]


def test_a_client_token_starts_one_chat_only(chats: Chats) -> None:
    first, second = chats.start(ClientToken="t"), chats.start(ClientToken="t")
    assert first["ContactId"] == second["ContactId"]
    assert first["ParticipantId"] == second["ParticipantId"]
    assert chats.start(ClientToken="u")["ContactId"] != first["ContactId"]


def test_a_message_with_the_same_token_is_written_once(chats: Chats) -> None:
    _, token = chats.connected()
    assert chats.says(token, "once", ClientToken="m")["Id"] == chats.says(token, "once", ClientToken="m")["Id"]
    assert chats.read(token).count("once") == 1


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("InvalidRequestException", {"ChatDurationInMinutes": 10_081}),
        ("InvalidRequestException", {"ConnectionTypes": ["WEBSOCKET"]}),
        ("InvalidRequestException", {"PersistentChat": {"RehydrationType": "FROM_SEGMENT"}}),
        ("InvalidParameterException", {"InitialMessage": {"ContentType": "text/html", "Content": "x"}}),
        ("InvalidParameterException", {"SupportedMessagingContentTypes": ["application/json"]}),
        ("InvalidParameterException", {"SegmentAttributes": {"connect:Subtype": {"ValueString": "connect:Fax"}}}),
        ("InvalidParameterException", {"SegmentAttributes": {"x": {"ValueInteger": 1}}}),
        ("ResourceNotFoundException", {"ContactFlowId": "nowhere"}),
        ("ResourceNotFoundException", {"RelatedContactId": "nobody"}),
    ],
)
def test_a_chat_that_cannot_be_started_is_refused(chats: Chats, code: str, more: dict[str, Any]) -> None:
    assert refused(chats.start, **more).code == code


def test_chats_tasks_and_emails_begin_with_an_inbound_flow_only(chats: Chats) -> None:
    other = chats.live.queue_flow("hold", "CUSTOMER_HOLD").id
    refusal = refused(chats.start, ContactFlowId=other)
    assert refusal.code == "InvalidRequestException"
    assert "CUSTOMER_HOLD" in refusal.text
    assert refused(chats.live, "StartTaskContact", Name="t", ContactFlowId=other).code == "InvalidRequestException"
    raw = {"Subject": "s", "Body": "b", "ContentType": PLAIN}
    chats.live.address("c@d.test")
    refusal = refused(
        chats.live,
        "StartEmailContact",
        FromEmailAddress={"EmailAddress": "a@b.test"},
        DestinationEmailAddress="c@d.test",
        EmailMessage={"MessageSourceType": "RAW", "RawMessage": raw},
        ContactFlowId=other,
    )
    assert refusal.code == "InvalidRequestException"
    assert chats.live.api.ask("POST", "/connect/chats", {"flow": "hold"})[0] == 400


def test_a_related_contact_gives_its_attributes(chats: Chats) -> None:
    first, _ = chats.connected(Attributes={"name": "Mei", "tier": "gold"})
    second = chats.start(RelatedContactId=first, Attributes={"name": "Li"})["ContactId"]
    assert chats.live("GetContactAttributes", InitialContactId=second)["Attributes"] == {"name": "Li", "tier": "gold"}
    assert chats.live("DescribeContact", ContactId=second)["Contact"]["RelatedContactId"] == first


def test_a_persistent_chat_shows_what_the_earlier_one_left(chats: Chats) -> None:
    first, token = chats.connected(Attributes={"name": "Mei"})
    chats.says(token, "remember me")
    going_on = {"RehydrationType": "ENTIRE_PAST_SESSION", "SourceContactId": first}
    refusal = refused(chats.start, PersistentChat=going_on)
    assert refusal.code == "InvalidRequestException"
    assert "is not over" in refusal.text
    chats.participant("DisconnectParticipant", ConnectionToken=token)
    made = chats.start(PersistentChat=going_on)
    assert made["ContinuedFromContactId"] == first
    again = chats.participant.connect(made["ParticipantToken"])
    chats.live.run()
    assert chats.read(again, SortOrder="ASCENDING") == ["Welcome, Mei", "remember me", "Welcome,"]
    assert chats.read(again, ContactId=first, SortOrder="ASCENDING") == ["Welcome, Mei", "remember me"]


def test_a_chat_that_goes_on_can_be_joined_to_an_earlier_one(chats: Chats) -> None:
    first, token = chats.connected()
    chats.participant("DisconnectParticipant", ConnectionToken=token)
    second, again = chats.connected()
    asked = {"InitialContactId": second, "RehydrationType": "FROM_SEGMENT", "SourceContactId": first}
    made = chats.live("CreatePersistentContactAssociation", **asked)
    assert made == {"ContinuedFromContactId": first}
    assert len(chats.read(again)) == 2
    assert refused(chats.live, "CreatePersistentContactAssociation", **asked).code == "InvalidRequestException"


def test_tokens_open_what_they_are_for_and_nothing_else(chats: Chats) -> None:
    made = chats.start()
    first = made["ParticipantToken"]
    assert refused(chats.says, first, "hello").code == "AccessDeniedException"
    token = chats.participant.connect(first)
    assert refused(chats.participant.connect, token).code == "AccessDeniedException"
    assert refused(chats.says, "made-up", "hello").code == "AccessDeniedException"
    chats.participant("DisconnectParticipant", ConnectionToken=token)
    assert refused(chats.says, token, "hello").code == "AccessDeniedException"
    assert chats.read(token) == ["Welcome,"], "what was written can still be read"


def test_messages_and_events_of_other_kinds_are_refused_by_name(chats: Chats) -> None:
    made = chats.start()
    create = chats.participant
    asked = {"ParticipantToken": made["ParticipantToken"]}
    refusal = refused(create, "CreateParticipantConnection", **asked, Type=["WEBRTC_CONNECTION"])
    assert refusal.code == "ValidationException"
    assert "WEBRTC_CONNECTION" in refusal.text
    assert refused(create, "CreateParticipantConnection", **asked).code == "ValidationException"
    token = create.connect(made["ParticipantToken"])
    send = {"ConnectionToken": token, "Content": "x"}
    assert refused(create, "SendMessage", **send, ContentType="text/html").code == "ValidationException"
    assert refused(chats.says, token, "x" * 1025).code == "ValidationException"
    typing = "application/vnd.amazonaws.connect.event.typing"
    assert create("SendEvent", ConnectionToken=token, ContentType=typing)["AbsoluteTime"]
    assert refused(create, "SendEvent", ConnectionToken=token, ContentType="text/plain").code == "ValidationException"
    assert refused(create, "DescribeView", ConnectionToken=token, ViewToken="v").code == "NotImplementedException"


def test_a_transcript_is_read_page_by_page_and_from_where_one_likes(chats: Chats) -> None:
    _, token = chats.connected()
    for n in range(5):
        chats.says(token, f"m{n}")
    read = {"ConnectionToken": token, "MaxResults": 2, "SortOrder": "ASCENDING"}
    newest = chats.participant("GetTranscript", **read)
    assert [line["Content"] for line in newest["Transcript"]] == ["m3", "m4"]
    older = chats.participant("GetTranscript", **read, NextToken=newest["NextToken"])
    assert [line["Content"] for line in older["Transcript"]] == ["m1", "m2"]
    anchor = older["Transcript"][0]["Id"]
    onwards = chats.participant("GetTranscript", **read, StartPosition={"Id": anchor})
    assert [line["Content"] for line in onwards["Transcript"]] == ["m1", "m2"]
    back = chats.participant("GetTranscript", **read, StartPosition={"Id": anchor}, ScanDirection="BACKWARD")
    assert [line["Content"] for line in back["Transcript"]] == ["m0", "m1"]
    last = chats.participant("GetTranscript", **read, StartPosition={"MostRecent": 3})
    assert [line["Content"] for line in last["Transcript"]] == ["m2", "m3"]
    start = {"AbsoluteTime": "2026-03-02T01:00:00.000Z"}
    assert len(chats.participant("GetTranscript", **read, StartPosition=start)["Transcript"]) == 2
    refusal = refused(chats.participant, "GetTranscript", **read, StartPosition={"Id": "nowhere"})
    assert refusal.code == "ValidationException"
    assert refused(chats.participant, "GetTranscript", **read, NextToken="x").code == "ValidationException"


def test_a_bot_takes_part_until_it_leaves(chats: Chats) -> None:
    contact_id, token = chats.connected()
    details = {"ParticipantRole": "CUSTOM_BOT", "DisplayName": "Robot"}
    made = chats.live("CreateParticipant", ContactId=contact_id, ParticipantDetails=details)
    bot = chats.participant.connect(made["ParticipantCredentials"]["ParticipantToken"])
    chats.says(bot, "beep")
    assert chats.read(token)[0] == "beep"
    chats.participant("DisconnectParticipant", ConnectionToken=bot)
    assert refused(chats.says, bot, "beep").code == "AccessDeniedException"
    asked = {"ContactId": contact_id, "ParticipantDetails": {"ParticipantRole": "SUPERVISOR"}}
    refusal = refused(chats.live, "CreateParticipant", **asked)
    assert refusal.code == "InvalidRequestException"
    assert "SUPERVISOR" in refusal.text


def config(**value: Any) -> dict[str, Any]:
    timer = {"ParticipantRole": "CUSTOMER", "TimerType": "IDLE", "TimerValue": value}
    return {"ChannelConfiguration": {"Chat": {"ParticipantTimerConfigList": [timer]}}}


def test_timers_of_participants_are_set_and_taken_away(chats: Chats) -> None:
    contact_id, _ = chats.connected()
    minutes = "ParticipantTimerDurationInMinutes"
    chats.live("UpdateParticipantRoleConfig", ContactId=contact_id, **config(**{minutes: 2}))
    chats.agent("accept")
    chats.live.run("2026-03-02T01:03:00Z")
    assert chats.live.api.ok("GET", f"/connect/chats/{contact_id}")["idle"] == ["CUSTOMER"]
    chats.live("UpdateParticipantRoleConfig", ContactId=contact_id, **config(ParticipantTimerAction="Unset"))
    wrong = {"ContactId": contact_id, **config(**{minutes: 481})}
    assert refused(chats.live, "UpdateParticipantRoleConfig", **wrong).code == "InvalidParameterException"


def test_the_api_ends_a_chat(chats: Chats) -> None:
    contact_id, _ = chats.connected()
    chats.live("StopContact", ContactId=contact_id)
    chats.live.run()
    assert chats.live.record(contact_id)[0]["DisconnectReason"] == "API"


def test_a_message_is_sent_to_somebody_who_then_answers(chats: Chats) -> None:
    number = next(iter(chats.live.small.instance.phone_numbers.values()))
    asked = {
        "SourceEndpoint": {"Type": "CONNECT_PHONENUMBER_ARN", "Address": number.id},
        "DestinationEndpoint": {"Type": "TELEPHONE_NUMBER", "Address": "+8613800000009"},
        "SegmentAttributes": {"connect:Subtype": {"ValueString": "connect:SMS"}},
        "ContactFlowId": identifier("chat"),
        "InitialSystemMessage": {"ContentType": PLAIN, "Content": "Your parcel is here"},
    }
    contact_id = chats.live("StartOutboundChatContact", **asked)["ContactId"]
    chats.live.run()
    chats.live.api.ok("POST", f"/connect/calls/{contact_id}/say", {"text": "Thanks"})
    items = chats.live.api.ok("GET", f"/connect/chats/{contact_id}")["items"]
    assert [i["Content"] for i in items if "Content" in i] == ["Your parcel is here", "Welcome,", "Thanks"]
    shown = chats.live("DescribeContact", ContactId=contact_id)["Contact"]
    assert shown["InitiationMethod"] == "OUTBOUND"
    assert shown["SystemEndpoint"]["Address"] == NUMBER
    nobody = {**asked, "SourceEndpoint": {"Type": "CONNECT_PHONENUMBER_ARN", "Address": "none"}}
    assert refused(chats.live, "StartOutboundChatContact", **nobody).code == "InvalidRequestException"


def test_the_quotas_of_what_goes_on_at_one_time_are_held_when_they_are_switched_on(chats: Chats) -> None:
    world = chats.live.api.control.driver.world
    world.settings = replace(world.settings, concurrent_chats=1, concurrent_tasks=1, concurrent_emails=0)
    chats.start()
    first = chats.start(ClientToken="t")["ContactId"]
    chats.live.api.ok("POST", "/connect/limits", {"quotas": True})
    assert refused(chats.start).code == "LimitExceededException"
    assert chats.start(ClientToken="t")["ContactId"] == first, "it is there already"
    task = {"Name": "t", "ContactFlowId": identifier("chat")}
    chats.live("StartTaskContact", **task)
    assert refused(chats.live, "StartTaskContact", **task).code == "ServiceQuotaExceededException"
    raw = {"Subject": "s", "Body": "b", "ContentType": PLAIN}
    chats.live.address("c@d.test")
    email = {
        "FromEmailAddress": {"EmailAddress": "a@b.test"},
        "DestinationEmailAddress": "c@d.test",
        "EmailMessage": {"MessageSourceType": "RAW", "RawMessage": raw},
        "ContactFlowId": identifier("chat"),
    }
    assert refused(chats.live, "StartEmailContact", **email).code == "ServiceQuotaExceededException"


def test_the_control_api_begins_a_chat_with_a_script(chats: Chats) -> None:
    body = {"flow": "chat", "name": "Mei", "attributes": {"name": "Mei"}, "script": [{"say": "Hello"}]}
    contact_id = chats.live.api.ok("POST", "/connect/chats", body)["contact_id"]
    chats.live.run()
    chats.agent("accept")
    chats.live.run()
    told = chats.live.api.ok("GET", f"/connect/chats/{contact_id}")
    assert told["state"] == "connected"
    assert [i["Content"] for i in told["items"] if "Content" in i] == ["Welcome, Mei", "Hello"]
    assert chats.live.api.ask("POST", "/connect/chats", {"flow": "nowhere"})[0] == 404
    assert chats.live.api.ask("POST", "/connect/chats", {"flow": "chat", "minutes": 5})[0] == 400
    assert chats.live.api.ask("GET", "/connect/chats/nobody")[0] == 404


def test_chats_are_searched_by_what_was_written(chats: Chats) -> None:
    _, token = chats.connected()
    chats.says(token, "Where is my parcel?")

    def found(role: str) -> int:
        said = {"ParticipantRole": role, "SearchText": ["PARCEL"], "MatchType": "MATCH_ANY"}
        day = {"Type": "INITIATION_TIMESTAMP", "StartTime": "2026-03-01T00:00:00Z", "EndTime": "2026-03-09T00:00:00Z"}
        wanted = {"ContactAnalysis": {"Transcript": {"Criteria": [said]}}}
        return int(chats.live("SearchContacts", TimeRange=day, SearchCriteria=wanted)["TotalCount"])

    assert (found("CUSTOMER"), found("AGENT")) == (1, 0)


def test_a_connection_is_good_for_a_day_and_can_be_made_again(chats: Chats) -> None:
    chats.live.api.ok("POST", "/connect/agents/li.na/status", {"status": "Lunch"})
    made = chats.start(ChatDurationInMinutes=10_080)
    first = chats.participant(
        "CreateParticipantConnection", ParticipantToken=made["ParticipantToken"], Type=["CONNECTION_CREDENTIALS"]
    )["ConnectionCredentials"]
    assert first["Expiry"] == "2026-03-03T01:00:00.000Z"
    chats.live.run("2026-03-03T00:59:00Z")
    assert chats.read(first["ConnectionToken"])
    chats.live.run("2026-03-03T01:00:00Z")
    assert refused(chats.says, first["ConnectionToken"], "still there?").code == "AccessDeniedException"
    again = chats.participant.connect(made["ParticipantToken"])
    assert chats.read(again)
