"""Calls that are placed: outbound whispers before the answer, caller ids, answering machine detection (5.1, 12)."""

from typing import Any

import pytest

from localstack.connect.engine import document, honour
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.detection import Detection
from localstack.connect.engine.parts import State
from localstack.connect.engine.plan import Callee, CallPlan
from localstack.connect.engine.settings import Settings
from localstack.connect.engine.staff import Activity, Agent
from tests.support.conference_floor import at
from tests.support.connect_world import NUMBER, Small, action, content, kinds, one_queue, say, staff, texts

CALLEE, SHOWN = "+8613900000001", "+862155360199"
END = action("e", "EndFlowExecution")


def placed(*actions: Any, **callee: Any) -> tuple[Small, Agent, Contact]:
    """An agent who dials, with an outbound whisper of these actions."""
    small = one_queue()
    small.flow("Default outbound", *actions, END, kind="OUTBOUND_WHISPER")
    (agent,) = staff(small, "li.na", person=True, talk_s=20)
    plan = CallPlan(to=NUMBER, caller=CALLEE, callee=Callee(**callee), talk_s=30)
    return small, agent, small.world.dialing.by_agent(agent, plan)


def finish(small: Small, agent: Agent, contact: Contact) -> dict[str, Any]:
    small.run()
    if agent.activity is Activity.ENDED:
        small.world.desks.close(agent, contact)
    small.run()
    assert small.timeline_is_empty()
    return small.record_of(contact)


def note(then: str) -> dict[str, Any]:
    return action(
        "n", "UpdateContactAttributes", {"Attributes": {"seen": "yes"}}, then, errors={"NoMatchingError": then}
    )


def test_blocks_before_the_first_prompt_run_before_the_customer_answers() -> None:
    small, agent, contact = placed(note("w"), say("w", "This call is recorded.", "e"), ring_s=10)
    assert contact.attributes == {"seen": "yes"}
    assert (texts(contact, "hears"), agent.activity) == ([], Activity.CONNECTING)
    small.run(until=at(11))
    assert texts(contact, "hears") == ["This call is recorded."]
    assert agent.activity is Activity.CONNECTED
    assert finish(small, agent, contact)["ConnectedToSystemTimestamp"] == "2026-03-02T01:00:10Z"


def test_a_whisper_without_a_prompt_dials_at_its_end() -> None:
    small, agent, contact = placed(note("e"), ring_s=10)
    record = finish(small, agent, contact)
    assert record["Attributes"] == {"seen": "yes"}
    assert record["ConnectedToSystemTimestamp"] == "2026-03-02T01:00:10Z"
    assert kinds(contact).count("dialing") == 1


def test_the_call_block_dials_with_its_caller_id() -> None:
    small = one_queue()
    small.number(next(iter(small.instance.flows.values())), SHOWN)
    call = action("c", "CompleteOutboundCall", {"CallerId": {"Number": SHOWN}}, "w")
    small.flow("Default outbound", call, say("w", "Hello.", "e"), END, kind="OUTBOUND_WHISPER")
    (agent,) = staff(small, "li.na", person=True)
    contact = small.world.dialing.by_agent(agent, CallPlan(to=NUMBER, caller=CALLEE, talk_s=30))
    record = finish(small, agent, contact)
    assert record["SystemEndpoint"]["Address"] == SHOWN
    assert kinds(contact).count("dialing") == 1
    assert texts(contact, "hears") == ["Hello."]


def test_a_caller_id_that_is_not_ours_ends_the_call_and_the_agent_writes_up() -> None:
    call = action("c", "CompleteOutboundCall", {"CallerId": {"Number": SHOWN}}, "w")
    small, agent, contact = placed(call, say("w", "Hello.", "e"))
    assert agent.activity is Activity.ENDED
    assert finish(small, agent, contact)["DisconnectReason"] == "TELECOM_PROBLEM"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("no-answer", "TELECOM_UNANSWERED"),
        ("busy", "TELECOM_BUSY"),
        ("invalid", "TELECOM_NUMBER_INVALID"),
    ],
)
def test_a_customer_who_is_not_reached_hears_no_whisper(answer: Any, reason: str) -> None:
    small, agent, contact = placed(say("w", "Hello.", "e"), answers=(answer,))
    record = finish(small, agent, contact)
    assert (record["DisconnectReason"], record["ConnectedToSystemTimestamp"]) == (reason, None)
    assert texts(contact, "hears") == []


def test_an_agent_may_hang_up_while_the_whisper_waits_for_the_answer() -> None:
    small, agent, contact = placed(say("w", "Hello.", "e"), ring_s=40)
    small.run(until=at(20))
    small.world.joining.hang_up(agent, contact)
    assert finish(small, agent, contact)["DisconnectReason"] == "AGENT_DISCONNECT"


def test_the_two_minutes_of_a_whisper_begin_with_the_answer() -> None:
    long = [say(f"w{n}", "x" * 600, f"w{n + 1}" if n < 1 else "e") for n in range(2)]
    small, agent, contact = placed(*long, ring_s=55)
    record = finish(small, agent, contact)
    assert record["DisconnectReason"] != "OTHER"


def test_a_hold_cuts_the_customer_whisper_short() -> None:
    small = one_queue()
    small.flow("Default customer whisper", say("w", "x" * 900, "e"), END, kind="CUSTOMER_WHISPER")
    (agent,) = staff(small, "li.na", person=True)
    contact = small.call()
    small.run()
    small.world.desks.accept(agent, contact)
    small.run(until=at(30))
    small.world.holds.hold(agent, contact)
    assert not small.world.joining.whispering(contact)
    small.run(until=at(60))
    small.world.holds.resume(agent, contact)
    assert contact.state is State.CONNECTED
    small.world.hang_up(contact)
    assert finish(small, agent, contact)["Agent"]["CustomerHoldDuration"] == 30


PROGRESS = action(
    "c", "CheckOutboundCallStatus", {},
    when={"CallAnswered": "a", "VoicemailBeep": "b", "VoicemailNoBeep": "n", "NotDetected": "d"},
    errors={"NoMatchingError": "x"},
)  # fmt: skip
SAID = tuple(
    say(name, text, "bye") for name, text in (("a", "Person."), ("b", "Beep."), ("n", "No beep."), ("d", "Unclear."))
)


def detected(callee: Callee, detection: Detection | None) -> tuple[Small, Contact]:
    small = Small()
    flow = small.flow("campaign", PROGRESS, *SAID, say("x", "Error.", "bye"))
    plan = CallPlan(to=NUMBER, caller=CALLEE, callee=callee)
    contact = small.world.dialing.start_outbound(small.instance, flow, plan, detection=detection)
    small.run()
    return small, contact


@pytest.mark.parametrize(
    ("answer", "awaits", "status", "heard"),
    [
        ("answer", False, "HUMAN_ANSWERED", "Person."),
        ("voicemail", True, "VOICEMAIL_BEEP", "Beep."),
        ("voicemail", False, "VOICEMAIL_NO_BEEP", "No beep."),
        ("voicemail-no-beep", True, "VOICEMAIL_NO_BEEP", "No beep."),
        ("unclear", True, "AMD_UNRESOLVED", "Unclear."),
        ("fax", False, "FAX_MACHINE_DETECTED", "Unclear."),
    ],
)
def test_the_flow_learns_who_has_answered(answer: Any, awaits: Any, status: str, heard: str) -> None:
    small, contact = detected(Callee(answers=(answer,)), Detection(awaits_prompt=awaits))
    assert texts(contact, "hears") == [heard]
    assert small.record_of(contact)["AnsweringMachineDetectionStatus"] == status
    (up,) = [e["detail"] for e in small.cloud.events if e["detail"]["eventType"] == "CONNECTED_TO_SYSTEM"]
    assert up["answeringMachineDetectionStatus"] == status


def test_detection_takes_its_time_and_tells_the_greeting() -> None:
    small, contact = detected(Callee(answers=("voicemail",), ring_s=5, greeting_s=20), Detection(awaits_prompt=True))
    record = small.record_of(contact)
    assert record["ConnectedToSystemTimestamp"] == "2026-03-02T01:00:05Z"
    assert record["CustomerVoiceActivity"] == {
        "GreetingStartTimestamp": "2026-03-02T01:00:05Z",
        "GreetingEndTimestamp": "2026-03-02T01:00:25Z",
    }
    (line,) = [told for told in contact.transcript if told.kind == "hears"]
    assert line.at == at(25)


@pytest.mark.parametrize(("answer", "status"), [("no-answer", "AMD_UNANSWERED"), ("busy", "SIT_TONE_BUSY")])
def test_who_is_not_reached_is_told_too_and_runs_no_flow(answer: Any, status: str) -> None:
    small, contact = detected(Callee(answers=(answer,)), Detection())
    assert small.record_of(contact)["AnsweringMachineDetectionStatus"] == status
    assert texts(contact, "hears") == []


def test_without_detection_there_is_no_call_progress() -> None:
    small, contact = detected(Callee(), None)
    assert texts(contact, "hears") == ["Error."]
    assert small.record_of(contact)["AnsweringMachineDetectionStatus"] is None


@pytest.mark.parametrize(("ring_s", "reached"), [(15.0, False), (30.0, True)])
def test_it_rings_as_long_as_the_call_says(ring_s: float, reached: Any) -> None:
    small = Small()
    flow = small.flow("f", say("s", "Hello.", "bye"))
    plan = CallPlan(to=NUMBER, caller=CALLEE, callee=Callee(ring_s=20))
    contact = small.world.dialing.start_outbound(small.instance, flow, plan, ring_s=ring_s)
    small.run()
    assert (texts(contact, "hears") == ["Hello."]) is reached
    if not reached:
        assert small.record_of(contact)["DisconnectTimestamp"] == "2026-03-02T01:00:15Z"


@pytest.mark.parametrize(("ring_s", "reason"), [(10, "CUSTOMER_DISCONNECT"), (30, "TELECOM_UNANSWERED")])
def test_a_voice_connector_dials_for_so_long(ring_s: float, reason: str) -> None:
    connector = {
        "VoiceConnectorType": "ChimeConnector",
        "VoiceConnectorArn": "arn:aws:chime:us-east-1:000000000000:vc/c",
        "FromUser": "7001",
        "ToUser": "7002",
        "UserToUserInformation": "order=7",
    }
    through = {"VoiceConnector": connector, "ConnectionTimeLimitSeconds": "20"}
    call = action("c", "CompleteOutboundCall", through, "w")
    small, agent, contact = placed(call, say("w", "Hello.", "e"), ring_s=ring_s)
    record = finish(small, agent, contact)
    assert record["DisconnectReason"] == reason
    assert record["CustomerEndpoint"]["Address"] == CALLEE
    assert texts(contact, "dialing")[0] == "Through arn:aws:chime:us-east-1:000000000000:vc/c to 7002"
    assert cannot_be_run(connector | {"VoiceConnectorType": "Other"})


def cannot_be_run(connector: dict[str, str]) -> tuple[str, ...]:
    call = action("c", "CompleteOutboundCall", {"VoiceConnector": connector})
    return honour.refusals(document.read(content(call)).actions.values(), Settings())


def hold(state: str, identifier: str, then: str) -> dict[str, Any]:
    wanted = {"PreviousContactParticipantState": state}
    return action(
        identifier, "UpdatePreviousContactParticipantState", wanted, then, errors={"NoMatchingError": "missed"}
    )


def test_an_outbound_whisper_puts_the_agent_or_the_customer_on_hold_until_it_is_over() -> None:
    small, agent, contact = placed(
        say("first", "To the customer.", "a"), hold("AgentOnHold", "a", "secret"), say("secret", "Key it in.", "c"),
        hold("CustomerOnHold", "c", "told"), say("told", "To the agent.", "e"), say("missed", "Not yet.", "e"),
        ring_s=10,
    )  # fmt: skip
    small.run(until=at(25))
    assert (texts(contact, "hears"), texts(contact, "agent-hears")) == (
        ["To the customer.", "Key it in."], ["To the agent."],
    )  # fmt: skip
    assert texts(contact, "held") == [
        "The agent is on hold", "li.na puts the caller on hold", "The caller is on hold",
    ]  # fmt: skip
    assert (agent.activity, contact.held_by, contact.call.held_by) == (Activity.CONNECTED, None, None)
    record = finish(small, agent, contact)
    assert record["Agent"]["NumberOfHolds"] == 1
    assert record["Agent"]["AgentInteractionDuration"] < 60


def test_nobody_can_be_put_on_hold_before_the_customer_has_answered() -> None:
    small, agent, contact = placed(hold("AgentOnHold", "a", "e"), say("missed", "Not yet.", "e"), ring_s=10)
    assert finish(small, agent, contact)["Agent"]["NumberOfHolds"] == 0
    assert texts(contact, "hears") == ["Not yet."]


@pytest.mark.parametrize("who", ["AgentOnHold", "CustomerOnHold"])
def test_a_call_may_end_while_its_whisper_has_somebody_on_hold(who: str) -> None:
    small, agent, contact = placed(
        hold("OffHold", "n", "e"), say("missed", "Hello.", "h"), hold(who, "h", "long"), say("long", "la " * 99, "e")
    )
    small.run(until=at(12))
    assert agent.activity is Activity.ON_HOLD
    small.world.hang_up(contact)
    assert finish(small, agent, contact)["DisconnectReason"] == "CUSTOMER_DISCONNECT"
