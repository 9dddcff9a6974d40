"""Other services and media: assistants, messages, stored content, live streams, typed-ahead keys, Voice ID."""

from typing import Any

import pytest

from localstack.connect.directory import Flow, Integration, PhoneNumber, Storage
from localstack.connect.engine.plan import Press, TypeAhead
from localstack.connect.engine.providers import read
from localstack.connect.engine.providers.messages import Outbox
from localstack.connect.engine.tasks import TaskPlan
from tests.support.connect_ports import FUNCTION
from tests.support.connect_world import ARN, Small, action, arn, identifier, say, texts
from tests.support.one_action import go

ASSISTANT = "arn:aws:wisdom:us-east-1:000000000000:assistant/a-1"


@pytest.fixture
def small() -> Small:
    return Small()


def keep(**paths: str) -> dict[str, Any]:
    return action("k", "UpdateContactAttributes", {"Attributes": paths})


def test_a_session_of_the_assistant_is_put_on_the_contact(small: Small) -> None:
    begin = action("w", "CreateWisdomSession", {"WisdomAssistantArn": ASSISTANT})
    label, contact = go(small, "UpdateContactData", {"WisdomSessionArn": "$.Wisdom.SessionArn"}, before=(begin,))
    assert label == "next"
    assert contact.wisdom_session is not None
    assert contact.wisdom_session.startswith("arn:aws:wisdom:us-east-1:000000000000:session/a-1/")


@pytest.mark.parametrize("assistant", ["a-1", "$.Attributes.unset", f"{ASSISTANT}-other"])
def test_an_assistant_that_the_instance_does_not_have_is_the_error(small: Small, assistant: str) -> None:
    small.put(Integration(id="w", arn="", name="w", type="WISDOM_ASSISTANT", integration_arn=ASSISTANT))
    assert go(small, "CreateWisdomSession", {"WisdomAssistantArn": assistant})[0] == "NoMatchingError"
    assert go(small, "CreateWisdomSession", {"WisdomAssistantArn": ASSISTANT})[0] == "next"


@pytest.mark.parametrize("kind", ["StartVoiceIdStream", "CheckVoiceId"])
def test_voice_id_has_ended(small: Small, kind: str) -> None:
    label, contact = go(small, kind, {"CheckVoiceIdOption": "enrollmentStatus"} if kind == "CheckVoiceId" else {})
    assert label == "NoMatchingError"
    assert "has ended" in texts(contact, "error")[0]


def test_the_fields_of_voice_id_are_taken_and_mean_nothing(small: Small) -> None:
    fields = {
        "IsVoiceIdStreamingEnabled": "True",
        "IsVoiceAuthenticationEnabled": "True",
        "IsFraudDetectionEnabled": "True",
    }
    assert go(small, "UpdateContactData", fields)[0] == "next"
    assert go(small, "UpdateContactData", {})[0] == "NoMatchingError"


def stream(state: str, **more: Any) -> dict[str, Any]:
    customer = [{"ParticipantType": "Customer", "MediaDirections": ["From", "To"]}]
    return {"MediaStreamingState": state, "MediaStreamType": "Audio", "Participants": customer, **more}


def streaming(small: Small) -> Small:
    small.put(
        Storage(
            id="m",
            arn="",
            name="MEDIA_STREAMS",
            resource_type="MEDIA_STREAMS",
            storage_type="KINESIS_VIDEO_STREAM",
            prefix="live",
        )
    )
    return small


def test_a_media_stream_is_seen_by_the_flow_by_functions_and_in_the_record(small: Small) -> None:
    small.lambdas.answers["decide"] = {"ok": "yes"}
    start = action("s", "UpdateContactMediaStreamingBehavior", stream("Enabled"))
    talk = say("t", "Say something", "tested")
    stop = action("e", "UpdateContactMediaStreamingBehavior", stream("Disabled"))
    ask = {"LambdaFunctionARN": f"{FUNCTION}decide", "InvocationTimeLimitSeconds": "3"}
    label, contact = go(streaming(small), "InvokeLambdaFunction", ask, before=(start, talk, stop))
    assert label == "next"
    audio = small.lambdas.events[0][1]["Details"]["ContactData"]["MediaStreams"]["Customer"]["Audio"]
    assert audio["StreamARN"].startswith(
        f"arn:aws:kinesisvideo:us-east-1:000000000000:stream/live-connect-small-contact-{contact.id}/"
    )
    assert len(audio["StartFragmentNumber"]) == 47
    assert int(audio["StopTimestamp"]) - int(audio["StartTimestamp"]) == 900
    (one,) = [one for one in small.record_of(contact)["Recordings"] if one["StorageType"] == "KINESIS_VIDEO_STREAM"]
    assert (one["Location"], one["FragmentStartNumber"]) == (audio["StreamARN"], audio["StartFragmentNumber"])


def test_a_stream_goes_on_until_the_contact_ends_and_starts_once(small: Small) -> None:
    start = action("s", "UpdateContactMediaStreamingBehavior", stream("Enabled"))
    after = keep(a="$.MediaStreams.Customer.Audio.StreamARN", b="$.MediaStreams.Customer.Audio.StopTimestamp")
    _, contact = go(
        streaming(small), "UpdateContactMediaStreamingBehavior", stream("Enabled"), before=(start,), after=after
    )
    assert contact.media_stream is not None
    assert contact.attributes == {"a": contact.media_stream.arn, "b": ""}


def test_streaming_needs_a_storage_configuration(small: Small) -> None:
    kind = "UpdateContactMediaStreamingBehavior"
    assert go(small, kind, stream("Enabled"))[0] == "NoMatchingError"
    assert go(small, kind, stream("Disabled"))[0] == "next"
    assert go(small, kind, stream("Perhaps"))[0] == "NoMatchingError"


def test_other_media_are_refused_by_name(small: Small) -> None:
    label, contact = go(small, "UpdateContactMediaStreamingBehavior", stream("Enabled", MediaStreamType="Video"))
    assert label == ""
    assert "MediaStreamType Video" in texts(contact, "error")[0]


@pytest.mark.parametrize("kind", ["RouteContactToAgent", "CheckSegmentMembership", "UpdateContactMediaProcessing"])
def test_what_nobody_can_run_is_refused_by_name(small: Small, kind: str) -> None:
    label, contact = go(small, kind, {})
    assert label == ""
    assert kind in texts(contact, "error")[0]
    assert small.record_of(contact)["DisconnectReason"] == "CONTACT_FLOW_DISCONNECT"


def test_a_refused_flow_is_the_error_of_the_action_that_leads_to_it(small: Small) -> None:
    small.flow("other", action("x", "RouteContactToAgent", {}, "bye"))
    assert go(small, "TransferToFlow", {"ContactFlowId": arn("contact-flow", "other")})[0] == "NoMatchingError"
    module = small.module("m", action("x", "RouteContactToAgent", {}, "e"), action("e", "EndFlowModuleExecution"))
    assert go(small, "InvokeFlowModule", {"FlowModuleId": module.arn})[0] == "NoMatchingError"


def sms(small: Small, **more: Any) -> tuple[str, Any]:
    flow: Flow = small.flow("sms", say("one", "Thanks for your answer", "bye"))
    number = small.put(
        PhoneNumber(
            id=identifier("sms"), arn=f"{ARN}/phone-number/sms", name="+862155360199", flow_id=None, instance_id=ARN
        )
    )
    parameters = {
        "SourceEndpoint": {"Address": number.id, "Type": "CONNECT_PHONENUMBER_ARN"},
        "DestinationEndpoint": {"Address": "$.CustomerEndpoint.Address", "Type": "TELEPHONE_NUMBER"},
        "ContactFlowArn": flow.arn,
        "ContactSubtype": "connect:SMS",
        "InitialSystemMessage": {"Content": "Your parcel $.Attributes.parcel is late"},
        "RelatedContact": "CURRENT",
        **more,
    }
    return go(small, "StartOutboundChatContact", parameters)


def test_an_sms_is_a_chat_of_its_own_and_stands_in_the_outbox(small: Small) -> None:
    label, contact = sms(small)
    assert label == "next"
    outbox = small.world.providers(small.instance).messages
    assert isinstance(outbox, Outbox)
    (sent,) = outbox.sent
    assert (sent.to, sent.text) == (contact.plan.caller, "Your parcel  is late")
    made = small.world.contacts[sent.contact_id]
    assert (made.channel, made.segment_attributes["connect:Subtype"]) == ("CHAT", "connect:SMS")
    assert made.related is contact
    assert texts(made, "hears") == ["Thanks for your answer"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"SourceEndpoint": {"Address": "+862100000000"}},
        {"DestinationEndpoint": {"Address": "nobody"}},
        {"ContactFlowArn": "nope"},
        {"SourceEndpoint": {"Address": "$.Attributes.unset"}},
    ],
)
def test_a_message_needs_a_number_a_receiver_and_a_flow(small: Small, wrong: dict[str, Any]) -> None:
    assert sms(small, **wrong)[0] == "NoMatchingError"


def test_a_number_that_cannot_be_reached_is_the_error(small: Small) -> None:
    told = read({"messages": {"unreachable": ["+8613800000001"]}})
    small.world.providers(small.instance).messages = told["messages"]
    assert sms(small)[0] == "NoMatchingError"


def test_other_messengers_are_refused_by_name(small: Small) -> None:
    label, contact = sms(small, ContactSubtype="connect:WhatsApp")
    assert label == ""
    assert "connect:WhatsApp" in texts(contact, "error")[0]


def test_the_task_that_a_flow_created_can_be_named(small: Small) -> None:
    small.flow("work", say("one", "work", "bye"))
    create = action("c", "CreateTask", {"ContactFlowId": arn("contact-flow", "work"), "Name": "call back"})
    _, contact = go(small, "UpdateContactAttributes", {"Attributes": {"task": "$.Task.ContactId"}}, before=(create,))
    (task,) = [one for one in small.world.contacts.values() if one.channel == "TASK"]
    assert contact.attributes == {"task": task.id}


def test_attributes_may_be_set_on_the_related_contact(small: Small) -> None:
    related = {"Attributes": {"done": "yes"}, "TargetContact": "Related"}
    flow = small.flow("work", action("x", "UpdateContactAttributes", related, "bye", errors={"NoMatchingError": "bye"}))
    small.number(small.flow("main"))
    call = small.call()
    small.world.tasks.create(small.instance, TaskPlan(flow=flow, name="work"), related=call)
    small.run()
    assert call.attributes == {"done": "yes"}
    assert go(small, "UpdateContactAttributes", related)[0] == "NoMatchingError"


MENU = {"Text": "1 or 2?", "InputTimeLimitSeconds": "5", "EnableDTMFBuffer": "True"}
ONE = {"one": ("Equals", "1"), "two": ("Equals", "2")}
LONG = say("l", "A long announcement that cannot be interrupted. " * 4, "tested")


def test_keys_typed_ahead_answer_a_later_question_that_takes_them(small: Small) -> None:
    assert go(small, "GetParticipantInput", MENU, TypeAhead("1"), before=(LONG,), results=ONE)[0] == "one"
    refuses = {**MENU, "EnableDTMFBuffer": "False"}
    label = go(small, "GetParticipantInput", refuses, TypeAhead("1"), before=(LONG,), results=ONE)[0]
    assert label == "InputTimeLimitExceeded"


def test_what_one_question_does_not_take_is_left_for_the_next(small: Small) -> None:
    first = action("m", "GetParticipantInput", {**MENU}, errors={"InputTimeLimitExceeded": "bye"})
    label, contact = go(small, "GetParticipantInput", MENU, TypeAhead("12"), before=(LONG, first), results=ONE)
    assert label == "two"
    assert contact.typed_ahead == ""


def test_a_question_without_the_buffer_forgets_what_was_typed(small: Small) -> None:
    first = action(
        "m", "GetParticipantInput", {**MENU, "EnableDTMFBuffer": "False"}, errors={"InputTimeLimitExceeded": "tested"}
    )
    script = (TypeAhead("1"), Press("2"))
    label, _ = go(small, "GetParticipantInput", MENU, *script, before=(LONG, first), results=ONE)
    assert label == "InputTimeLimitExceeded"


def test_a_prompt_is_skipped_when_keys_wait(small: Small) -> None:
    skipped = say("s", "You may skip this", "tested")
    skipped["Parameters"]["SkipWhenDTMFBufferEnabled"] = "true"
    _, contact = go(small, "GetParticipantInput", MENU, TypeAhead("1"), before=(LONG, skipped), results=ONE)
    assert "You may skip this" not in texts(contact, "hears")
    _, contact = go(small, "GetParticipantInput", MENU, Press("1"), before=(LONG, skipped), results=ONE)
    assert "You may skip this" in texts(contact, "hears")


def test_encrypted_input_is_not_readable_and_silence_is_still_told(small: Small) -> None:
    secret = {
        "Text": "Card?", "StoreInput": "True", "InputTimeLimitSeconds": "5",
        "InputValidation": {"CustomValidation": {"MaximumLength": "4"}},
        "InputEncryption": {"EncryptionKeyId": "k", "Key": "pem"},
    }  # fmt: skip
    _, contact = go(small, "GetParticipantInput", secret, Press("1234"), after=keep(card="$.StoredCustomerInput"))
    assert len(contact.attributes["card"]) == 256
    _, contact = go(small, "GetParticipantInput", secret, Press(""), after=keep(card="$.StoredCustomerInput"))
    assert contact.attributes["card"] == "Timeout"
