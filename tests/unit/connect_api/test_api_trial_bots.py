"""Test cases that speak with bots, in calls and chats."""

import json
from typing import Any

import pytest

from tests.support.connect_calls import Refused
from tests.support.connect_world import action, say
from tests.support.live_connect import Live
from tests.support.trial_cases import END, INIT, check, create, ends, mock, override, run, says, see, starts, utter

BOT = "arn:aws:lex:us-east-1:000000000000:bot-alias/BOOKING/LIVE"
BOTS = {
    "bots": [
        {
            "name": "Booking",
            "aliases": [BOT],
            "locales": {
                "en_US": {
                    "intents": [
                        {
                            "name": "BookFlight",
                            "utterances": ["book a flight"],
                            "slots": [{"name": "nights", "type": "AMAZON.Number", "prompt": "How many nights?"}],
                        }
                    ]
                }
            },
        }
    ]
}


def asks_bot(live: Live, kind: str = "CONTACT_FLOW") -> str:
    """A flow that lets a bot ask, and says what it has understood."""
    ask = {"Text": "How can I help?", "LexV2Bot": {"AliasArn": BOT}}
    errors = {"NoMatchingError": "lost", "NoMatchingCondition": "lost", "InputTimeLimitExceeded": "late"}
    flow = live.small.flow(
        "bot",
        action("ask", "ConnectParticipantWithLexBot", ask, "lost", errors=errors, when={"BookFlight": "booked"}),
        say("booked", "Booked for $.Lex.Slots.nights nights.", "bye"),
        say("lost", "We did not understand.", "bye"),
        say("late", "You said nothing.", "bye"),
        kind=kind,
    )
    live.small.number(flow)
    live.api.ok("POST", "/connect/providers", {"instance": "small", **BOTS})
    return str(flow.arn)


CHAT_WITH_BOT = (
    see("asked", says("how can i help"), utter("book a flight"), then="nights"),
    see("nights", says("how many nights"), utter("3"), then="understood"),
    see("understood", ends("ConnectParticipantWithLexBot", LexV2Bot={"AliasArn": BOT}),
        check("$.Lex.IntentName", "BookFlight"), check("$.Lex.Slots.nights", "3"), then="booked"),
    see("booked", says("booked for 3 nights"), END),
)  # fmt: skip


def test_a_simulated_caller_speaks_with_a_bot(live: Live) -> None:
    asks_bot(live)
    status, records = run(live, *CHAT_WITH_BOT)
    assert status == "PASSED", records


def test_the_same_test_case_runs_as_a_chat(live: Live) -> None:
    point = {"Type": "CHAT", "ChatEntryPointParameters": {"FlowId": asks_bot(live)}}
    status, records = run(live, *CHAT_WITH_BOT, EntryPoint=point)
    assert status == "PASSED", records
    marked = check("$.SegmentAttributes['connect:ValidationTestType']", "EXPERIENCE_VALIDATION")
    channel = see("asked", says("how can i help"), check("$.Channel", "CHAT"), marked, END)
    assert run(live, channel, EntryPoint=point, name="marked")[0] == "PASSED"
    with pytest.raises(Refused) as caught:
        create(live, channel, name="no flow", EntryPoint={"Type": "CHAT"})
    assert caught.value.code == "InvalidParameterException"


@pytest.mark.parametrize(
    "loaded",
    [
        {"IntentName": "BookFlight", "Slots": {"nights": "7"}},
        {"sessionState": {"intent": {"name": "BookFlight", "slots": {"nights": {"value": {"interpretedValue": "7"}}}}}},
    ],
)
def test_a_bot_is_mocked_with_what_it_understood(live: Live, loaded: dict[str, Any]) -> None:
    asks_bot(live)
    mocked = override(
        "ConnectParticipantWithLexBot", mock({"LoadedData": json.dumps(loaded)}), LexV2Bot={"AliasArn": BOT}
    )
    starts_bot = see("starts", starts("ConnectParticipantWithLexBot", LexV2Bot={"AliasArn": BOT}), then="booked")
    booked = see("booked", says("booked for 7 nights"), END)
    status, records = run(live, see("begin", INIT, mocked, then="starts"), starts_bot, booked)
    assert status == "PASSED", records


@pytest.mark.parametrize(
    ("error", "heard"), [("TimeLimitExceeded", "you said nothing"), ("NoMatchingError", "we did not understand")]
)
def test_a_bot_fails_as_told(live: Live, error: str, heard: str) -> None:
    asks_bot(live)
    failing = override("ConnectParticipantWithLexBot", mock({"Value": error}, "Error"), LexV2Bot={"AliasArn": BOT})
    assert run(live, see("begin", INIT, failing, then="heard"), see("heard", says(heard), END))[0] == "PASSED"


def test_a_test_case_finds_the_settings_and_customers_of_the_instance_and_changes_none(live: Live) -> None:
    ask = {"ProfileRequestData": {"PhoneNumber": "$.SystemEndpoint.Address"}, "ProfileResponseData": ["FirstName"]}
    errors = dict.fromkeys(("NoMatchingError", "NoneFoundError", "MultipleFoundError"), "lost")
    change = {"ProfileRequestData": {"FirstName": "Wang"}}
    live.small.number(
        live.small.flow(
            "who",
            action("ask", "GetCustomerProfile", ask, "greet", errors=errors),
            say("greet", "Hello $.Customer.FirstName, $.Attributes.none", "change"),
            action("change", "UpdateCustomerProfile", change, "bye", errors={"NoMatchingError": "lost"}),
            say("lost", "Who are you?", "bye"),
        )
    )
    known = {"id": "p", "fields": {"PhoneNumber": "+862155360100", "FirstName": "Li"}}
    live.api.ok("POST", "/connect/providers", {"instance": "small", "profiles": [known]})
    live.api.ok("POST", "/connect/settings", {"unset_in_text": "path"})
    greeted = see("greeted", says("hello li, $.attributes.none"), then="left")
    over = see("left", {"Type": "TestCompleted", "Actor": "System", "Properties": {}})
    for name in ("first", "second"):
        status, records = run(live, greeted, over, name=name)
        assert status == "PASSED", records
