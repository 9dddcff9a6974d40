"""Third parties, outbound calls, tasks, and what comes after the agent has left."""

from datetime import timedelta
from typing import Any

import pytest

from localstack.connect.directory import Flow
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.parts import Outcome, State
from localstack.connect.engine.plan import Callee, CallPlan, HangUp, WaitFor
from localstack.connect.engine.staff import Activity
from localstack.connect.engine.tasks import TaskPlan
from localstack.connect.engine.transfers import Outside
from tests.support.connect_world import (
    MONDAY,
    NUMBER,
    Small,
    action,
    kinds,
    one_queue,
    say,
    staff,
    texts,
    to_queue,
)
from tests.support.one_action import go

OUTSIDE = "+862199999999"
OUT = {
    "ThirdPartyPhoneNumber": OUTSIDE,
    "ThirdPartyConnectionTimeLimitSeconds": "30",
    "ContinueFlowExecution": "False",
}
ON = {**OUT, "ContinueFlowExecution": "True"}


def at(seconds: float) -> Any:
    return MONDAY + timedelta(seconds=seconds)


@pytest.fixture
def small() -> Small:
    return Small()


def test_a_caller_who_is_transferred_out_stays_until_the_third_party_hangs_up(small: Small) -> None:
    label, contact = go(small, "TransferParticipantToThirdParty", OUT, third_party=Callee(ring_s=5, talk_s=60))
    record = small.record_of(contact)
    assert label == ""
    assert record["TransferredToEndpoint"] == {"Address": OUTSIDE, "Type": "TELEPHONE_NUMBER"}
    assert record["TransferCompletedTimestamp"] == "2026-03-02T01:00:05Z"
    assert record["DisconnectTimestamp"] == "2026-03-02T01:01:05Z"
    assert record["DisconnectReason"] == "THIRD_PARTY_DISCONNECT"


def test_a_flow_may_go_on_after_the_third_party(small: Small) -> None:
    label, contact = go(small, "TransferParticipantToThirdParty", ON)
    assert label == "next"
    assert small.record_of(contact)["TransferredToEndpoint"] is None


def test_a_caller_may_hang_up_on_the_third_party(small: Small) -> None:
    _, contact = go(small, "TransferParticipantToThirdParty", OUT, WaitFor(20), HangUp())
    assert small.record_of(contact)["DisconnectReason"] == "CUSTOMER_DISCONNECT"
    assert small.timeline_is_empty()


@pytest.mark.parametrize(
    ("parameters", "third", "label"),
    [
        ({"ThirdPartyPhoneNumber": "12"}, Callee(), "NoMatchingError"),
        ({"ThirdPartyConnectionTimeLimitSeconds": "601"}, Callee(), "NoMatchingError"),
        ({}, Callee(answers=("no-answer",)), "ConnectionTimeLimitExceeded"),
        ({}, Callee(ring_s=31), "ConnectionTimeLimitExceeded"),
        ({}, Callee(answers=("busy",)), "CallFailed"),
    ],
)
def test_a_third_party_may_not_be_reached(small: Small, parameters: dict[str, str], third: Callee, label: str) -> None:
    small.number(_labels(small, {**ON, **parameters}))
    contact = small.call(third_party=third)
    small.run()
    assert texts(contact, "hears") == [f"label {label}"]


@pytest.mark.parametrize(("limit", "label"), [("10", "ConnectionTimeLimitExceeded"), ("x", "NoMatchingError")])
def test_how_long_it_rings_outside_may_be_an_attribute(small: Small, limit: str, label: str) -> None:
    flow = _labels(small, {**ON, "ThirdPartyConnectionTimeLimitSeconds": "$.Attributes.limit"})
    attributes = {"Attributes": {"limit": limit}}
    given = action("u", "UpdateContactAttributes", attributes, "on", errors={"NoMatchingError": "on"})
    small.number(small.flow("before", given, action("on", "TransferToFlow", {"ContactFlowId": flow.arn}, errors={})))
    contact = small.call(third_party=Callee(ring_s=15))
    small.run()
    assert texts(contact, "hears") == [f"label {label}"]


def _labels(small: Small, parameters: dict[str, str]) -> Flow:
    errors = ("CallFailed", "ConnectionTimeLimitExceeded", "NoMatchingError")
    return small.flow(
        "main",
        action("t", "TransferParticipantToThirdParty", parameters, "bye", errors={e: e for e in errors}),
        *(say(error, f"label {error}", "bye") for error in errors),
    )


def test_a_caller_who_is_transferred_out_of_the_queue_has_left_it() -> None:
    small = one_queue()
    out = action("t", "TransferParticipantToThirdParty", OUT, "end", errors={"NoMatchingError": "end"})
    music = {"Messages": [{"Text": "Please hold."}], "InterruptFrequencySeconds": "25"}
    small.flow(
        "Default customer queue",
        action("m", "MessageParticipantIteratively", music, "t", errors={"NoMatchingError": "t"}),
        out,
        action("end", "EndFlowExecution"),
        kind="CUSTOMER_QUEUE",
    )
    contact = small.call(patience_s=60)
    small.run(until=at(40))
    staff(small, "li.na")
    small.run()
    assert contact.attempts == 0
    assert contact.visit is not None
    assert contact.visit.outcome is Outcome.TRANSFERRED
    assert small.record_of(contact)["DisconnectReason"] == "THIRD_PARTY_DISCONNECT"
    assert small.timeline_is_empty()


def test_a_disconnect_flow_may_queue_the_caller_again_as_a_new_contact() -> None:
    small = one_queue()
    small.queue("survey")
    small.profile("survey", ("survey", 1, 0))
    again = small.flow("after", say("s", "Somebody will ask you.", "set"), *to_queue("survey"))
    hook = action("h", "UpdateContactEventHooks", {"EventHooks": {"CustomerRemaining": again.arn}}, "set",
                  errors={"NoMatchingError": "set"})  # fmt: skip
    small.number(small.flow("main", hook, *to_queue("support")))
    (agent,) = staff(small, "li.na", person=True)
    staff(small, "asker", profile="survey", talk_s=20)
    contact = small.call()
    small.run()
    small.world.desks.accept(agent, contact)
    small.run(until=at(60))
    small.world.joining.hang_up(agent, contact)
    small.world.desks.close(agent, contact)
    contact.hooks.clear()
    small.run(until=at(70))
    contact.latest.hooks.clear()
    small.run()
    first, second = (small.record_of(one) for one in contact.segments)
    assert second["InitiationMethod"] == "DISCONNECT"
    assert second["Agent"]["Username"] == "asker"
    assert first["NextContactId"] == second["ContactId"]
    assert first["Agent"]["Username"] == "li.na"
    assert small.timeline_is_empty()


def start_outbound(small: Small, **plan: Any) -> Contact:
    flow = small.flow("outbound", say("s", "This is $.InitiationMethod for $.Attributes.who .", "bye"))
    wanted = CallPlan(to=NUMBER, caller="+8613900000001", **plan)
    return small.world.dialing.start_outbound(small.instance, flow, wanted, attributes={"who": "you"})


def test_an_outbound_call_of_the_api_runs_its_flow_when_it_is_answered(small: Small) -> None:
    contact = start_outbound(small, callee=Callee(ring_s=7))
    assert contact.state is State.DIALING
    small.run()
    record = small.record_of(contact)
    assert record["InitiationMethod"] == "API"
    assert record["ConnectedToSystemTimestamp"] == "2026-03-02T01:00:07Z"
    assert texts(contact, "hears") == ["This is API for you ."]
    events = [e["detail"]["eventType"] for e in small.cloud.events]
    assert events == ["INITIATED", "CONNECTED_TO_SYSTEM", "DISCONNECTED", "COMPLETED"]


@pytest.mark.parametrize(("answer", "reason"), [("no-answer", "TELECOM_UNANSWERED"), ("busy", "TELECOM_BUSY")])
def test_an_outbound_call_that_nobody_answers_runs_nothing(small: Small, answer: Any, reason: str) -> None:
    contact = start_outbound(small, callee=Callee(answers=(answer,)))
    small.run()
    record = small.record_of(contact)
    assert (record["DisconnectReason"], record["ConnectedToSystemTimestamp"]) == (reason, None)
    assert texts(contact, "hears") == []


def test_an_outbound_call_may_queue_for_an_agent() -> None:
    small = one_queue()
    flow = small.flow("outbound", *to_queue("support"))
    staff(small, "li.na", talk_s=10)
    plan = CallPlan(to=NUMBER, caller="+8613900000001")
    contact = small.world.dialing.start_outbound(small.instance, flow, plan)
    small.run()
    assert small.record_of(contact)["Agent"]["Username"] == "li.na"


def test_an_agent_dials_out_through_the_outbound_whisper() -> None:
    small = one_queue()
    hello = say("w", "Acme calls.", "e")
    small.flow("Default outbound", hello, action("e", "EndFlowExecution"), kind="OUTBOUND_WHISPER")
    (agent,) = staff(small, "li.na", talk_s=30, acw_s=5)
    contact = small.world.dialing.by_agent(agent, CallPlan(to=NUMBER, caller="+8613900000001"))
    with pytest.raises(ValueError, match="cannot dial now"):
        small.world.dialing.by_agent(agent, CallPlan(to=NUMBER, caller="+8613900000001"))
    small.run()
    record = small.record_of(contact)
    assert record["InitiationMethod"] == "OUTBOUND"
    assert record["Queue"] is None
    assert record["Agent"]["ConnectedToAgentTimestamp"] == record["InitiationTimestamp"]
    assert record["ConnectedToSystemTimestamp"] == "2026-03-02T01:00:06Z"
    assert texts(contact, "hears") == ["Acme calls."]
    assert agent.free


def with_tasks(**concurrency: int) -> tuple[Small, Flow]:
    small = Small()
    small.queue("support")
    small.profile("support", ("support", 1, 0), concurrency=concurrency or {"VOICE": 1, "TASK": 1})
    flow = small.flow("task", say("s", "Silence.", "set"), *to_queue("support"))
    small.number(small.flow("main", *to_queue("support")))
    return small, flow


def test_a_task_goes_through_flow_queue_and_agent() -> None:
    small, flow = with_tasks()
    staff(small, "li.na", talk_s=30, acw_s=5)
    plan = TaskPlan(flow=flow, name="Call Mrs Li", references={"url": {"Type": "URL", "Value": "https://example.test"}})
    task = small.world.tasks.create(small.instance, plan)
    small.run()
    record = small.record_of(task)
    assert (record["Channel"], record["InitiationMethod"]) == ("TASK", "API")
    assert record["DisconnectReason"] == "AGENT_COMPLETED"
    assert record["CustomerEndpoint"] is record["SystemEndpoint"] is None
    assert record["References"] == [{"Name": "url", "Type": "URL", "Value": "https://example.test"}]
    assert record["SegmentAttributes"] == {"connect:Subtype": {"ValueString": "connect:Task"}}
    assert record["MediaStreams"] == []
    assert record["Tags"] == {"aws:connect:instanceId": small.instance.id}
    assert "hears" not in kinds(task)


def test_a_flow_creates_a_task_that_is_related_to_the_call(small: Small) -> None:
    flow = small.flow("task", say("s", "Silence.", "bye"))
    parameters = {"ContactFlowId": flow.arn, "Name": "For $.CustomerEndpoint.Address", "DelaySeconds": "90",
                  "Attributes": {"kind": "voicemail"}, "Description": "Listen."}  # fmt: skip
    label, contact = go(small, "CreateTask", {**parameters, "Name": "$.CustomerEndpoint.Address"})
    (task,) = [c for c in small.world.contacts.values() if c.channel == "TASK"]
    record = small.record_of(task)
    assert label == "next"
    assert record["RelatedContactId"] == contact.id
    assert record["PreviousContactId"] is None
    assert record["Attributes"] == {"kind": "voicemail"}
    assert record["ConnectedToSystemTimestamp"] == "2026-03-02T01:01:30Z"


@pytest.mark.parametrize(
    "wrong", [{"ContactFlowId": "nope"}, {"Name": ""}, {"DelaySeconds": "0"}, {"TaskTemplateId": "t"}]
)
def test_a_task_that_cannot_be_made_takes_the_error_branch(small: Small, wrong: dict[str, str]) -> None:
    flow = small.flow("task", say("s", "Silence.", "bye"))
    assert go(small, "CreateTask", {"ContactFlowId": flow.arn, "Name": "n", **wrong})[0] == "NoMatchingError"


def test_an_agent_with_a_task_gets_no_call_unless_the_profile_says_so() -> None:
    small, flow = with_tasks()
    (agent,) = staff(small, "li.na", talk_s=300)
    small.world.tasks.create(small.instance, TaskPlan(flow=flow, name="t"))
    small.run(until=at(20))
    contact = small.call(patience_s=30)
    small.run(until=at(60))
    assert agent.activity is Activity.CONNECTED
    assert contact.attempts == 0


def test_an_agent_has_as_many_tasks_as_there_are_slots() -> None:
    small, flow = with_tasks(TASK=2)
    (agent,) = staff(small, "li.na", talk_s=500)
    for n in range(3):
        small.world.tasks.create(small.instance, TaskPlan(flow=flow, name=f"t{n}"))
    small.run(until=at(60))
    assert [str(handling.activity) for handling in agent.desk.values()] == ["CONNECTED", "CONNECTED"]
    snapshot = small.cloud.agent_events[-1]["CurrentAgentSnapshot"]
    assert snapshot["Configuration"]["RoutingProfile"]["Concurrency"][0]["AvailableSlots"] == 0
    assert len(snapshot["Contacts"]) == 2
    small.run()
    assert small.timeline_is_empty()


def test_a_third_party_who_answers_during_the_agent_whisper_is_quicker_than_the_agent() -> None:
    small = one_queue()
    out = action("out", "TransferParticipantToThirdParty", OUT, "end", errors={"NoMatchingError": "end"})
    end = action("end", "EndFlowExecution")
    small.flow("Default customer queue", out, end, kind="CUSTOMER_QUEUE")
    small.flow("Default agent whisper", say("w", "A caller " * 40, "end"), end, kind="AGENT_WHISPER")
    (agent,) = staff(small, "li.na", person=True)
    contact = small.call(third_party=Callee(ring_s=10, talk_s=30))
    small.run()
    small.world.desks.accept(agent, contact)
    small.run()
    assert small.timeline_is_empty()
    assert contact.visit is not None
    assert contact.visit.outcome is Outcome.TRANSFERRED
    assert (contact.leg, agent.desk) == (None, {})


def test_a_task_cannot_be_handed_to_a_telephone_number() -> None:
    small = one_queue()
    profile = small.profile("tasks", ("support", 1, 0), concurrency={"TASK": 1})
    agent = small.agent("li.na", profile, person=True)
    task = small.world.tasks.create(small.instance, TaskPlan(flow=small.flow("task", *to_queue("support")), name="t"))
    small.run()
    small.world.desks.accept(agent, task)
    with pytest.raises(ValueError, match="a task cannot go to a telephone number"):
        small.world.third_parties.bring_in(agent, task, Outside(OUTSIDE))
