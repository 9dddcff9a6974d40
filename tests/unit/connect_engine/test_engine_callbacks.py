"""Queued callbacks, agent first: who waits, who is dialled when, what is tried again (reference 11.7)."""

from datetime import timedelta
from typing import Any

import pytest

from localstack.connect.engine.callbacks import LIFE_S
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.parts import State
from localstack.connect.engine.plan import Callee, CallPlan
from localstack.connect.engine.staff import Activity
from tests.support.connect_world import (
    CALLER,
    MONDAY,
    NUMBER,
    Small,
    action,
    arn,
    kinds,
    one_queue,
    say,
    staff,
    texts,
    to_queue,
)
from tests.support.one_action import go

TERMS = {"InitialCallDelaySeconds": "60", "MaximumConnectionAttempts": "2", "RetryDelaySeconds": "120"}


def offering(*, terms: dict[str, str] | None = None, **queue: Any) -> Small:
    """A world whose flow has the caller called back and says good-bye."""
    small = Small()
    small.queue("support", **queue)
    small.profile("support", ("support", 1, 0))
    parameters = {**TERMS, "QueueId": arn("queue", "support"), **(terms or {})}
    small.number(
        small.flow(
            "main",
            action("a", "UpdateContactAttributes", {"Attributes": {"callback": "true"}}, "c",
                   errors={"NoMatchingError": "bye"}),
            action("c", "CreateCallbackContact", parameters, "ok", errors={"NoMatchingError": "no"}),
            say("ok", "We will call you.", "bye"),
            say("no", "We cannot call you.", "bye"),
        )
    )  # fmt: skip
    return small


def at(seconds: float) -> Any:
    return MONDAY + timedelta(seconds=seconds)


def callback_of(small: Small, contact: Contact) -> Contact:
    (found,) = [c for c in small.world.contacts.values() if c.previous is contact]
    return found


def test_the_caller_is_called_back_once_an_agent_has_accepted() -> None:
    small = offering()
    staff(small, "li.na", talk_s=30, acw_s=5)
    contact = small.call(talk_s=40)
    small.run()
    first, later = small.record_of(contact), small.record_of(callback_of(small, contact))
    assert first["NextContactId"] is None
    assert first["Queue"] is None
    assert later["InitiationMethod"] == "CALLBACK"
    assert later["PreviousContactId"] == later["InitialContactId"] == contact.id
    assert later["InitiationTimestamp"] == "2026-03-02T01:00:00Z"
    assert later["Queue"]["EnqueueTimestamp"] == "2026-03-02T01:01:00Z"
    assert later["CustomerEndpoint"]["Address"] == CALLER
    assert later["SystemEndpoint"]["Address"] == NUMBER
    assert later["Attributes"] == {"callback": "true"}
    assert later["Agent"]["ConnectedToAgentTimestamp"] == later["Queue"]["DequeueTimestamp"]
    assert later["ConnectedToSystemTimestamp"] > later["Agent"]["ConnectedToAgentTimestamp"]
    assert later["DisconnectReason"] in ("CUSTOMER_DISCONNECT", "AGENT_DISCONNECT")
    assert small.timeline_is_empty()


def test_nobody_hears_the_queue_while_a_callback_waits() -> None:
    small = offering()
    music = say("q", "Please hold.", "e")
    small.flow("Default customer queue", music, action("e", "EndFlowExecution"), kind="CUSTOMER_QUEUE")
    contact = small.call()
    small.run(until=at(90))
    later = callback_of(small, contact)
    assert kinds(later) == ["scheduled", "queued"]


def test_whispers_of_a_callback_are_the_agents_and_the_outbound_one() -> None:
    small = offering()
    end = action("e", "EndFlowExecution")
    small.flow("Default agent whisper", say("w", "A callback.", "e"), end, kind="AGENT_WHISPER")
    small.flow("Default customer whisper", say("w", "Beep.", "e"), end, kind="CUSTOMER_WHISPER")
    small.flow("Default outbound", say("w", "We call you back.", "e"), end, kind="OUTBOUND_WHISPER")
    staff(small, "li.na")
    contact = small.call()
    small.run()
    later = callback_of(small, contact)
    assert texts(later, "agent-hears") == ["A callback."]
    assert texts(later, "hears") == ["We call you back."]
    order = kinds(later)
    assert order.index("offered") < order.index("agent-hears") < order.index("dialing") < order.index("hears")


def test_the_queues_own_outbound_whisper_goes_first() -> None:
    small = offering()
    own = small.flow("own", say("w", "Acme calls back.", "e"), action("e", "EndFlowExecution"), kind="OUTBOUND_WHISPER")
    small.queue("support", caller={"OutboundFlowId": own.id})
    staff(small, "li.na")
    contact = small.call()
    small.run()
    assert texts(callback_of(small, contact), "hears") == ["Acme calls back."]


@pytest.mark.parametrize(("answer", "reason"), [("no-answer", "TELECOM_UNANSWERED"), ("busy", "TELECOM_BUSY")])
def test_an_attempt_that_fails_is_made_again_as_a_new_contact(answer: Any, reason: str) -> None:
    small = offering()
    staff(small, "li.na", talk_s=30, acw_s=5)
    contact = small.call(callee=Callee(answers=(answer, "answer")))
    small.run()
    first = callback_of(small, contact)
    second = first.latest
    failed, done = small.record_of(first), small.record_of(second)
    assert failed["DisconnectReason"] == reason
    assert failed["ConnectedToSystemTimestamp"] is None
    assert failed["NextContactId"] == second.id
    assert done["PreviousContactId"] == first.id
    assert done["InitialContactId"] == contact.id
    assert done["InitiationMethod"] == "CALLBACK"
    assert (second.visit and second.visit.enqueued_at) == second.initiated_at + timedelta(seconds=120)
    assert kinds(first).count("ended") == 1


def test_attempts_are_used_up() -> None:
    small = offering()
    staff(small, "li.na", acw_s=5)
    contact = small.call(callee=Callee(answers=("no-answer",)))
    small.run()
    attempts = callback_of(small, contact).segments
    assert [small.record_of(one)["DisconnectReason"] for one in attempts] == ["TELECOM_UNANSWERED"] * 2
    assert small.timeline_is_empty()


def test_a_voicemail_counts_as_connected() -> None:
    small = offering()
    staff(small, "li.na", talk_s=10)
    contact = small.call(callee=Callee(answers=("voicemail",)))
    small.run()
    assert len(callback_of(small, contact).segments) == 1


def test_an_agent_who_ignores_the_offer_makes_no_attempt() -> None:
    small = offering()
    staff(small, "lazy", accept_share=0.0)
    contact = small.call()
    small.run(until=at(85))
    staff(small, "keen", talk_s=10)
    small.run()
    later = callback_of(small, contact)
    assert small.record_of(later)["Agent"]["Username"] == "keen"
    assert small.record_of(later)["AgentConnectionAttempts"] >= 2
    assert len(later.segments) == 1


def test_the_offer_of_a_callback_has_its_own_state() -> None:
    small = offering()
    (agent,) = staff(small, "li.na", person=True)
    contact = small.call()
    small.run()
    later = callback_of(small, contact)
    assert agent.activity is Activity.INCOMING
    small.world.desks.accept(agent, later)
    assert agent.activity is Activity.CONNECTING
    small.run()
    assert (agent.activity, later.state) == (Activity.CONNECTED, State.CONNECTED)
    states = [c["State"] for e in small.cloud.agent_events for c in e["CurrentAgentSnapshot"]["Contacts"]]
    assert list(dict.fromkeys(states)) == ["INCOMING", "CONNECTING", "CONNECTED"]


def test_an_agent_may_hang_up_while_it_rings_at_the_customer() -> None:
    small = offering()
    (agent,) = staff(small, "li.na", person=True)
    contact = small.call(callee=Callee(ring_s=30))
    small.run()
    later = callback_of(small, contact)
    small.world.desks.accept(agent, later)
    small.world.joining.hang_up(agent, later)
    small.world.desks.close(agent, later)
    small.run()
    assert small.record_of(later)["ConnectedToSystemTimestamp"] is None
    assert small.timeline_is_empty()


def test_a_callback_keeps_the_age_of_the_call() -> None:
    small = offering()
    small.number(small.flow("straight", *to_queue("support")), "+8621")
    first = small.call()
    younger = small.call(to="+8621", at=at(30))
    small.run(until=at(70))
    staff(small, "li.na", talk_s=10, acw_s=1)
    small.run()
    later = callback_of(small, first)
    assert later.leg is not None
    assert younger.leg is not None
    assert later.leg.connected_at < younger.leg.connected_at


def test_a_full_queue_takes_no_callback() -> None:
    small = offering(max_contacts=0)
    contact = small.call()
    small.run()
    assert texts(contact, "hears") == ["We cannot call you."]


def test_a_callback_lives_for_seven_days_in_the_queue() -> None:
    small = offering()
    contact = small.call()
    small.run(until=at(LIFE_S + 61))
    small.run()
    later = callback_of(small, contact)
    assert small.record_of(later)["DisconnectReason"] == "EXPIRED"


def test_a_callback_can_be_stopped_before_it_is_due() -> None:
    small = offering()
    contact = small.call()
    small.run(until=at(30))
    later = callback_of(small, contact)
    assert later.state is State.SCHEDULED
    small.world.hang_up(later)
    small.run()
    assert small.record_of(later)["DisconnectReason"] == "OTHER"
    assert small.timeline_is_empty()


def test_a_creation_flow_decides_where_the_callback_waits() -> None:
    small = Small()
    small.queue("support")
    small.queue("callbacks")
    small.profile("callbacks", ("callbacks", 1, 0))
    create = small.flow("creation", say("hello", "Nobody hears this.", "set"), *to_queue("callbacks"))
    parameters = {**TERMS, "QueueId": arn("queue", "support"), "ContactFlowId": create.arn}
    _, contact = go(small, "CreateCallbackContact", parameters)
    staff(small, "li.na", profile="callbacks", talk_s=10)
    small.run()
    later = callback_of(small, contact)
    record = small.record_of(later)
    assert record["Queue"]["Name"] == "callbacks"
    assert record["Agent"]["Username"] == "li.na"
    assert "Nobody hears this." not in texts(later, "hears")


def test_the_callback_number_is_called() -> None:
    small = offering()
    small.number(
        small.flow(
            "main",
            action("l", "InvokeLambdaFunction",
                   {"LambdaFunctionARN": "arn:aws:lambda:us-east-1:000000000000:function:number",
                    "InvocationTimeLimitSeconds": "8"}, "n", errors={"NoMatchingError": "bye"}),
            action("n", "UpdateContactCallbackNumber", {"CallbackNumber": "$.External.number"}, "c",
                   errors={"InvalidCallbackNumber": "bye"}),
            action("c", "CreateCallbackContact", {**TERMS, "QueueId": arn("queue", "support")}, "bye",
                   errors={"NoMatchingError": "bye"}),
        )
    )  # fmt: skip
    small.lambdas.answers["number"] = {"number": "+8613900000009"}
    contact = small.call()
    small.run()
    assert callback_of(small, contact).plan.caller == "+8613900000009"


@pytest.mark.parametrize(
    "wrong",
    [
        {"InitialCallDelaySeconds": "0"},
        {"MaximumConnectionAttempts": "none"},
        {"RetryDelaySeconds": "259201"},
        {"QueueId": "nope"},
        {"ContactFlowId": "nope"},
    ],
)
def test_terms_that_make_no_sense_take_the_error_branch(wrong: dict[str, str]) -> None:
    small = Small()
    small.queue("support")
    parameters = {**TERMS, "QueueId": arn("queue", "support"), **wrong}
    assert go(small, "CreateCallbackContact", parameters)[0] == "NoMatchingError"


def test_a_caller_without_a_number_cannot_be_called_back() -> None:
    small = Small()
    small.queue("support")
    parameters = {**TERMS, "QueueId": arn("queue", "support")}
    assert go(small, "CreateCallbackContact", parameters, caller="anonymous")[0] == "NoMatchingError"


@pytest.mark.parametrize(("timer", "first"), [("TIME_SINCE_LAST_ACTIVITY", "b"), ("TIME_SINCE_LAST_INBOUND", "a")])
def test_the_availability_timer_decides_whether_outbound_calls_count(timer: str, first: str) -> None:
    small = one_queue()
    profile = small.profile("support", ("support", 1, 0), availability_timer=timer)
    a = small.agent("a", profile, talk_s=5, acw_s=1)
    small.run(until=at(10))
    small.agent("b", profile, talk_s=5, acw_s=1)
    small.world.dialing.by_agent(a, CallPlan(to=NUMBER, caller="+8613900000001"))
    small.run(until=at(60))
    contact = small.call()
    small.run()
    assert small.record_of(contact)["Agent"]["Username"] == first


def test_an_agent_who_hangs_up_while_it_rings_at_the_customer_ends_the_callback_whatever_hook_is_set() -> None:
    small = Small()
    small.queue("support")
    small.profile("support", ("support", 1, 0))
    remaining = small.flow("remaining", say("s", "How was it?", "bye"))
    parameters = {**TERMS, "QueueId": arn("queue", "support")}
    hook = {"EventHooks": {"CustomerRemaining": remaining.arn}}
    small.number(
        small.flow(
            "main",
            action("h", "UpdateContactEventHooks", hook, "c", errors={"NoMatchingError": "bye"}),
            action("c", "CreateCallbackContact", parameters, "bye", errors={"NoMatchingError": "bye"}),
        )
    )
    (agent,) = staff(small, "li.na", person=True)
    contact = small.call(callee=Callee(ring_s=30))
    small.run()
    callback = callback_of(small, contact)
    small.world.desks.accept(agent, callback)
    small.run(small.world.now + timedelta(seconds=5))
    small.world.joining.hang_up(agent, callback)
    assert (callback.ended, callback.disconnect_reason) == (True, "AGENT_DISCONNECT")
    small.world.desks.close(agent, callback)
    small.run()
    assert small.timeline_is_empty()
    assert "answered" not in kinds(callback)


def test_a_call_that_an_agent_dials_begins_before_the_agent_is_on_the_line() -> None:
    small = one_queue()
    (agent,) = staff(small, "li.na", person=True)
    contact = small.world.dialing.by_agent(agent, CallPlan(to=NUMBER, caller=CALLER))
    small.run(small.world.now + timedelta(seconds=1))
    told = [event["detail"]["eventType"] for event in small.cloud.events]
    assert told == ["INITIATED", "CONNECTED_TO_AGENT"]
    assert contact.state is not State.ENDED
