"""What AWS's pages leave open: each choice is a setting, and each makes the difference that it names."""

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from localstack.connect.api_facts import Ledger
from localstack.connect.directory import AgentStatus
from localstack.connect.engine.plan import Choose, Press, Say
from localstack.connect.engine.providers import read
from localstack.connect.engine.settings import Settings
from tests.support.connect_ports import FUNCTION
from tests.support.connect_world import Small, action, arn, identifier, one_queue, say, staff, texts, to_queue
from tests.support.one_action import go

PAGE = Path(__file__).parents[3] / "docs" / "connect-services.md"
ASK = {"LambdaFunctionARN": f"{FUNCTION}decide", "InvocationTimeLimitSeconds": "8"}


def keep(value: str, then: str = "bye", identifier: str = "keep") -> dict[str, Any]:
    return action(
        identifier, "UpdateContactAttributes", {"Attributes": {"kept": value}}, then, errors={"NoMatchingError": then}
    )


def invoke(identifier: str, then: str, function: str = "decide") -> dict[str, Any]:
    parameters = {**ASK, "LambdaFunctionARN": FUNCTION + function}
    return action(identifier, "InvokeLambdaFunction", parameters, then, errors={"NoMatchingError": then})


def heard(text: str, **settings: Any) -> list[str]:
    small = Small(**settings)
    small.number(small.flow("main", say("one", text, "bye")))
    contact = small.call()
    small.run()
    return texts(contact, "hears")


def waiting_behind(small: Small, *actions: Mapping[str, Any]) -> Any:
    """A second caller who runs these actions while one has waited for a minute."""
    small.call(patience_s=600)
    small.number(small.flow("look", *actions), "+862155360101")
    later = small.world.now.replace(minute=1)
    contact = small.call(to="+862155360101", at=later)
    small.run(later.replace(minute=2))
    return contact


def queue_age(**settings: Any) -> Any:
    oldest = action(
        "age", "CheckMetricData", {"MetricType": "OldestContactInQueueAgeSeconds", "QueueId": arn("queue", "support")},
        "bye", errors={"NoMatchingError": "bye", "NoMatchingCondition": "bye"},
    )  # fmt: skip
    return texts(waiting_behind(one_queue(**settings), oldest), "branch")


def metrics_age(**settings: Any) -> Any:
    get = action("g", "GetMetricData", {"QueueId": arn("queue", "support")}, "keep", errors={"NoMatchingError": "bye"})
    return waiting_behind(one_queue(**settings), get, keep("$.Metrics.Queue.OldestContactAge")).attributes


def first_served(**settings: Any) -> Any:
    small = Small(**settings)
    for name in ("north", "south"):
        small.queue(name)
    small.profile("both", ("north", 1, 0), ("south", 1, 0))
    urgent = action("p", "UpdateContactRoutingBehavior", {"QueuePriority": "1"}, "set")
    small.number(small.flow("usual", *to_queue("north")))
    small.number(small.flow("urgent", urgent, *to_queue("south")), "+862155360101")
    early = small.call(talk_s=10)
    small.run(small.world.now.replace(second=30))
    late = small.call(to="+862155360101", talk_s=10)
    small.run(small.world.now.replace(second=50))
    staff(small, "li.na", profile="both")
    small.run()
    return early.leg.connected_at < late.leg.connected_at if early.leg and late.leg else None


def who_of_equals(**settings: Any) -> Any:
    small = one_queue(**settings)
    staff(small, *(f"agent-{n}" for n in range(9)))
    contact = small.call(talk_s=5)
    small.run()
    assert contact.leg is not None
    return contact.leg.agent.user.username


def strict(**settings: Any) -> Any:
    small = Small(**settings)
    small.number(small.flow("main", say("one", "Hello $.Attributes.name", "two"), say("two", "Goodbye", "bye")))
    contact = small.call()
    small.run()
    return texts(contact, "hears"), small.world.unset


def caller(**settings: Any) -> Any:
    small = Small(**settings)
    small.number(small.flow("main", keep("$.CustomerEndpoint.Address")))
    contact = small.call(caller="")
    small.run()
    return contact.attributes


def after_module(**settings: Any) -> Any:
    small = Small(**settings)
    small.lambdas.answers["decide"] = {"queue": "q"}
    module = small.module("m", invoke("ask", "back"), action("back", "EndFlowModuleExecution"))
    _, contact = go(small, "InvokeFlowModule", {"FlowModuleId": module.arn}, after=keep("$.External.queue", "next"))
    return contact.attributes


def after_transfer(**settings: Any) -> Any:
    small = Small(**settings)
    small.lambdas.answers["decide"] = {"queue": "q"}
    small.flow("other", keep("$.External.queue"))
    there = action(
        "go", "TransferToFlow", {"ContactFlowId": arn("contact-flow", "other")}, errors={"NoMatchingError": "bye"}
    )
    small.number(small.flow("main", invoke("ask", "go"), there))
    contact = small.call()
    small.run()
    return contact.attributes


def turns_of_a_loop(**settings: Any) -> Any:
    """A loop of two that is left after one turn by a transfer to its own flow, and entered again."""
    small = Small(**settings)
    again = action(
        "again", "TransferToFlow", {"ContactFlowId": arn("contact-flow", "main")}, errors={"NoMatchingError": "bye"}
    )
    loop = action("loop", "Loop", {"LoopCount": "1"}, "bye", when={"ContinueLooping": "one", "DoneLooping": "bye"})
    small.number(small.flow("main", loop, say("one", "Turn", "again"), again))
    contact = small.call()
    small.run(small.world.now.replace(second=20))
    return len(texts(contact, "hears")) > 3


def after_failure(**settings: Any) -> Any:
    small = Small(**settings)
    small.lambdas.answers = {"decide": {"queue": "kept"}, "broken": "no json"}
    small.number(small.flow("main", invoke("a", "b"), invoke("b", "keep", "broken"), keep("$.External.queue")))
    contact = small.call()
    small.run()
    return contact.attributes


def unhandled(**settings: Any) -> Any:
    small = Small(**settings)
    small.number(small.flow("main", action("x", "TransferToFlow", {"ContactFlowId": "nope"})))
    contact = small.call()
    small.run()
    return contact.ended


def broken_whisper(**settings: Any) -> Any:
    small = one_queue(**settings)
    small.flow(
        "Default agent whisper", action("x", "UpdateContactData", {"Name": "$.Attributes.no"}), kind="AGENT_WHISPER"
    )
    staff(small, "li.na")
    contact = small.call(talk_s=5)
    small.run()
    return contact.leg is None


def unverified(**settings: Any) -> Any:
    return go(Small(**settings), "AuthenticateParticipant", {}, Choose("Authenticated"), channel="CHAT")[0]


def encrypted(**settings: Any) -> Any:
    secret = {
        "Text": "Card?", "StoreInput": "True", "InputTimeLimitSeconds": "5",
        "InputValidation": {"CustomValidation": {"MaximumLength": "4"}},
        "InputEncryption": {"EncryptionKeyId": "k", "Key": "pem"},
    }  # fmt: skip
    label, contact = go(
        Small(**settings), "GetParticipantInput", secret, Press("1234"), after=keep("$.StoredCustomerInput")
    )
    assert "1234" not in contact.attributes.get("kept", "")
    return label


def locale(**settings: Any) -> Any:
    small = Small(**settings)
    spoken = {"de_DE": {"intents": [{"name": "Hilfe", "utterances": ["hilfe"]}]}}
    told = read({"bots": [{"name": "b", "aliases": ["a"], "locales": spoken}]})
    small.world.providers(small.instance).bots = told["bots"]
    return go(small, "ConnectParticipantWithLexBot", {"Text": "?", "LexV2Bot": {"AliasArn": "a"}}, Say("hilfe"))[0]


def signing_in(**settings: Any) -> Any:
    _, contact = go(Small(**settings), "AuthenticateParticipant", {}, Choose(""), channel="CHAT")
    return contact.disconnected_at


def booked_at(**settings: Any) -> Any:
    small = one_queue(**settings)
    ledger = Ledger(small.world)
    contact = small.call(patience_s=60)
    small.run()
    assert contact.visit is not None
    moments = {contact.initiated_at: "initiation", contact.disconnected_at: "disconnect"}
    return moments.get(ledger.facts[0].at)


def called_back(**settings: Any) -> Any:
    small = one_queue(**settings)
    small.flow("dial out")
    terms = {"InitialCallDelaySeconds": "5", "MaximumConnectionAttempts": "1", "RetryDelaySeconds": "5"}
    create = {**terms, "QueueId": arn("queue", "support")}
    small.number(
        small.flow("main", action("c", "CreateCallbackContact", create, "bye", errors={"NoMatchingError": "bye"}))
    )
    small.call()
    small.run(small.world.now.replace(second=30))
    return sorted(one.initiation_method for one in small.world.contacts.values())


def beats_after_signing_out(**settings: Any) -> Any:
    small = one_queue(**settings)
    (agent,) = staff(small, "li.na")
    offline = small.instance.named(AgentStatus, "Offline")
    assert offline is not None
    small.world.floor.set_status(agent, offline)
    small.run(small.world.now.replace(minute=8))
    return [event["EventType"] for event in small.cloud.agent_events]


def spelling(**settings: Any) -> Any:
    small = Small(**settings)
    small.number(small.flow("main"))
    small.call()
    small.run()
    return small.cloud.events[0]["detail-type"]


def beside_a_wait(**settings: Any) -> Any:
    """What is heard while a Wait lasts three seconds and its branch Continue has more to say."""
    small = Small(**settings)
    beside = {"ContinueExecution": "True", "MinimumWaitTimeSeconds": "3"}
    small.number(small.flow(
        "main",
        action("wait", "Wait", beside, "bye", errors={"NoMatchingError": "bye"},
               when={"Continue": "one", "WaitCompleted": "bye"}),
        say("one", "Please hold the line while we look that up for you.", "two"), say("two", "Still looking.", "wait"),
    ))  # fmt: skip
    contact = small.call()
    small.run()
    return texts(contact, "hears")


FLIPS: Mapping[str, tuple[Any, Callable[..., Any]]] = {
    "queue_age_in_ms": (False, queue_age),
    "metrics_age_in_ms": (True, metrics_age),
    "priority_across_queues": (False, first_served),
    "equal_agents": ("drawn", who_of_equals),
    "strict_references": (True, strict),
    "unset_in_text": ("path", lambda **s: heard("Hello $.Attributes.name, welcome", **s)),
    "full_stop_ends_path": (False, lambda **s: heard("From $.CustomerEndpoint.Address.", **s)),
    "withheld_number": ("+266696687", caller),
    "external_leaves_module": (True, after_module),
    "external_survives_transfer": (False, after_transfer),
    "wait_lasts_as_its_branch": (True, beside_a_wait),
    "loop_counter_outlives_flow": (False, turns_of_a_loop),
    "external_kept_on_error": (False, after_failure),
    "unhandled_error_disconnects": (False, unhandled),
    "whisper_error_joins": (False, broken_whisper),
    "unverified_actions": ("refuse", unverified),
    "input_encryption": ("refuse", encrypted),
    "default_locale": ("de-DE", locale),
    "sign_in_limit_s": (60.0, signing_in),
    "metrics_booked_by": ("initiation", booked_at),
    "customer_first_flow": ("dial out", called_back),
    "heartbeats_after_logout_s": (300.0, beats_after_signing_out),
    "contact_event_detail_type": ("Connect Customer Contact Event", spelling),
}
"""Another value of each open choice, and what is seen of it."""


def test_every_open_choice_is_tried_here() -> None:
    assert {one.name for one in dataclasses.fields(Settings) if "section" in one.metadata} == set(FLIPS)


def test_every_open_choice_has_its_line_in_the_docs() -> None:
    table = PAGE.read_text(encoding="utf-8").partition("## Open choices")[2]
    lines = [line.split("|") for line in table.splitlines() if line.startswith("| `")]
    written = {cells[1].strip(" `"): (cells[2].strip(), cells[3].strip()) for cells in lines}
    usual = Settings()
    assert written == {
        one.name: (_plain(getattr(usual, one.name)), one.metadata["section"])
        for one in dataclasses.fields(Settings)
        if "section" in one.metadata
    }


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


@pytest.mark.parametrize("name", FLIPS)
def test_an_open_choice_makes_a_difference(name: str) -> None:
    value, seen = FLIPS[name]
    assert seen() != seen(**{name: value})


def test_the_usual_choices_are_the_suggested_ones() -> None:
    assert heard("Hello $.Attributes.name, welcome") == ["Hello , welcome"]
    assert heard("From $.ContactId.")[0].endswith(".")
    assert caller() == {"kept": "anonymous"}
    assert after_module() == {"kept": ""}
    assert after_transfer() == {"kept": "q"}
    assert after_failure() == {"kept": "kept"}
    assert unhandled() is True
    assert broken_whisper() is False
    assert strict() == (["Hello", "Goodbye"], [])
    assert who_of_equals() == min((f"agent-{n}" for n in range(9)), key=identifier)


def test_without_what_flows_do_the_transcript_tells_the_course_of_the_contact_and_nothing_else_changes() -> None:
    told, records = [], []
    for flows_told in (True, False):
        small = Small(flows_told=flows_told)
        small.queue("support")
        small.profile("support", ("support", 1, 0))
        small.number(small.flow("main", say("one", "Welcome", "set"), *to_queue("support")))
        staff(small, "li.na")
        contact = small.call()
        small.run()
        told.append([(one.kind, one.at, one.text) for one in contact.transcript])
        records.append(small.cloud.raw)
    assert records[0] == records[1]
    assert told[1] == [line for line in told[0] if line[0] not in ("hears", "attributes", "branch")]
    assert ("hears" in {kind for kind, *_ in told[0]}, len(told[1]) > 5) == (True, True)


def test_strict_references_name_every_unset_path_but_not_a_question_for_presence() -> None:
    small = Small(strict_references=True)
    asks = action(
        "ask", "Compare", {"ComparisonValue": "$.Attributes.vip"}, "one", errors={"NoMatchingCondition": "one"}
    )
    asks["Transitions"]["Conditions"] = [
        {"NextAction": "bye", "Condition": {"Operator": "KeyExists", "Operands": ["x"]}}
    ]
    small.number(
        small.flow("main", asks, say("one", "$.Attributes.a and $.External.b", "two"), say("two", "No", "bye"))
    )
    contact = small.call()
    small.run()
    assert small.world.unset == ["main, one: $.Attributes.a is not set", "main, one: $.External.b is not set"]
    assert contact.disconnect_reason == "CONTACT_FLOW_DISCONNECT"
    assert "No" not in texts(contact, "hears")
