"""Settings and providers over the control API."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.connect_world import CALLER, action, say
from tests.support.control_client import Api


@pytest.fixture
def api() -> Iterator[Api]:
    made = Api()
    yield made
    made.control.close()


def test_every_setting_is_told_with_what_it_may_be(api: Api) -> None:
    told = api.ok("GET", "/connect/settings")
    assert told["unset_in_text"] == {"value": "empty", "section": "3", "allowed": ["empty", "path"]}
    assert told["lambda_latencies_s"] == {"value": {}}
    assert "namespace" not in told


def test_settings_are_changed_before_contacts_run(api: Api) -> None:
    api.virtual()
    wanted = {"unset_in_text": "path", "lambda_latencies_s": {"decide": 3}, "lambda_tries": 2, "ring_window_s": 15}
    told = api.ok("POST", "/connect/settings", wanted)
    assert {name: told[name]["value"] for name in wanted} == wanted
    api.call(interactive=True)
    refused = api.ask("POST", "/connect/settings", {"unset_in_text": "empty"})
    assert refused[0] == 409


@pytest.mark.parametrize(
    "wrong",
    [
        {"no_such": 1},
        {"namespace": "x"},
        {"unset_in_text": "blank"},
        {"strict_references": "yes"},
        {"lambda_tries": 1.5},
        {"lambda_tries": True},
        {"ring_window_s": -1},
        {"withheld_number": 5},
        {"lambda_latencies_s": {"decide": "slow"}},
        {"lambda_latencies_s": 3},
    ],
)
def test_a_wrong_setting_changes_nothing(api: Api, wrong: dict[str, Any]) -> None:
    before = api.ok("GET", "/connect/settings")
    assert api.ask("POST", "/connect/settings", wrong)[0] == 400
    assert api.ok("GET", "/connect/settings") == before


def test_a_strict_run_names_what_is_not_set(api: Api) -> None:
    api.virtual()
    api.small.number(api.small.flow("main", say("one", "Hello $.Attributes.name", "bye")))
    api.ok("POST", "/connect/settings", {"strict_references": True})
    api.call()
    assert api.ok("POST", "/connect/run", {})["unset"] == ["main, one: $.Attributes.name is not set"]


BOT = {"name": "b", "aliases": ["a"], "locales": {"en_US": {"intents": [{"name": "Help", "utterances": ["help me"]}]}}}


def ask_bot(api: Api) -> None:
    asks = action(
        "ask", "ConnectParticipantWithLexBot", {"Text": "Yes?", "LexV2Bot": {"AliasArn": "a"}}, "bye",
        when={"Help": "helped"}, errors={"NoMatchingCondition": "bye", "NoMatchingError": "bye"},
    )  # fmt: skip
    api.small.number(api.small.flow("main", asks, say("helped", "Help is near", "bye")))


def test_a_bot_is_described_and_spoken_to_by_hand(api: Api) -> None:
    api.virtual()
    ask_bot(api)
    assert api.ok("POST", "/connect/providers", {"bots": [BOT]})["told"] == ["bots"]
    contact_id = api.call(interactive=True)
    assert api.ok("POST", "/connect/run", {})["awaiting"] == [contact_id]
    told = api.ok("GET", f"/connect/calls/{contact_id}")
    assert told["waiting"] == {"for": "words", "keys": True, "timeout_s": 3.0}
    assert api.ask("POST", f"/connect/calls/{contact_id}/choose", {"choose": "Next"})[0] == 409
    api.ok("POST", f"/connect/calls/{contact_id}/say", {"text": "help me"})
    api.ok("POST", "/connect/run", {})
    events = api.ok("GET", f"/connect/calls/{contact_id}")["events"]
    assert ["hears", "Help is near"] in [[one["kind"], one["text"]] for one in events]


def test_a_script_speaks_to_a_bot(api: Api) -> None:
    api.virtual()
    ask_bot(api)
    api.ok("POST", "/connect/providers", {"instance": "small", "bots": [BOT]})
    contact_id = api.call(script=[{"say": "help me"}])
    api.ok("POST", "/connect/run", {})
    events = api.ok("GET", f"/connect/calls/{contact_id}")["events"]
    assert [one["text"] for one in events if one["kind"] in ("said", "lex")] == ["help me", "Intent Help"]


def test_only_what_is_told_is_replaced(api: Api) -> None:
    api.virtual()
    find = {"ProfileRequestData": {"PhoneNumber": "$.CustomerEndpoint.Address"}, "ProfileResponseData": ["FirstName"]}
    errors = dict.fromkeys(("NoMatchingError", "NoneFoundError", "MultipleFoundError"), "bye")
    greets = say("greet", "Hello $.Customer.FirstName", "bye")
    api.small.number(api.small.flow("main", action("find", "GetCustomerProfile", find, "greet", errors=errors), greets))
    known = {"id": "p", "fields": {"PhoneNumber": CALLER, "FirstName": "Li"}}
    assert api.ok("POST", "/connect/providers", {"profiles": [known]})["told"] == ["profiles"]
    api.ok("POST", "/connect/providers", {"bots": [BOT]})
    contact_id = api.call()
    api.ok("POST", "/connect/run", {})
    events = api.ok("GET", f"/connect/calls/{contact_id}")["events"]
    assert "Hello Li" in [one["text"] for one in events]


@pytest.mark.parametrize(
    "wrong", [{"robots": []}, {"bots": [{}]}, {"profiles": [{"id": 1}]}, {"cases": {"closed": []}}]
)
def test_a_wrong_description_is_refused_with_its_place(api: Api, wrong: dict[str, Any]) -> None:
    status, answer = api.ask("POST", "/connect/providers", wrong)
    assert status == 400
    assert answer["error"]


def test_an_instance_that_does_not_exist_is_not_told_anything(api: Api) -> None:
    assert api.ask("POST", "/connect/providers", {"instance": "nowhere", "bots": []})[0] == 404


def test_messages_that_left_can_be_read(api: Api) -> None:
    assert api.ok("GET", "/connect/messages") == []


def test_a_call_may_carry_what_a_line_carries(api: Api) -> None:
    api.virtual()
    spoken = "$.CustomerEndpoint.DisplayName $.Media.Sip.Headers.From $.Capabilities.Customer.Video"
    api.small.number(api.small.flow("main", say("one", spoken, "bye")))
    carries = {"display_name": "Li Na", "sip_headers": {"From": "sip"}, "capabilities": {"Customer": {"Video": "SEND"}}}
    contact_id = api.call(**carries)
    api.ok("POST", "/connect/run", {})
    assert "Li Na sip SEND" in [one["text"] for one in api.ok("GET", f"/connect/calls/{contact_id}")["events"]]
    wrong = {"to": "+862155360100", "from": CALLER, "sip_headers": {"From": 5}}
    assert api.ask("POST", "/connect/calls", wrong)[0] == 400


def test_keys_may_be_typed_ahead(api: Api) -> None:
    api.virtual()
    contact_id = api.call()
    assert api.ask("POST", f"/connect/calls/{contact_id}/press", {"digits": "1", "ahead": True})[0] == 409
    api.ok("POST", "/connect/run", {"until": "2026-03-02T01:00:01Z"})
    assert (
        api.ok("POST", f"/connect/calls/{contact_id}/press", {"digits": "9", "ahead": True})["contact_id"] == contact_id
    )
