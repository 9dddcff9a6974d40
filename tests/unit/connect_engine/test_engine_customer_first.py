"""Callbacks that dial the customer first: two contacts, detection, retries by the flow (reference 5.1, 11.7)."""

from typing import Any

import pytest

from localstack.connect.directory import RoutingProfile
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import Callee
from tests.support.conference_floor import at
from tests.support.connect_world import Small, action, arn, say, staff, texts, to_queue

TERMS = {"InitialCallDelaySeconds": "60", "MaximumConnectionAttempts": "1", "RetryDelaySeconds": "60"}
QUEUED, DIALED = "CALLBACK_CUSTOMER_FIRST_QUEUED", "CALLBACK_CUSTOMER_FIRST_DIALED"


def calling_back(**more: Any) -> Small:
    """Callers are called back, and whoever is a person waits for an agent; machines are tried again."""
    small = Small(customer_first_flow="dial out")
    small.queue("support")
    small.profile("support", ("support", 1, 0))
    create = action("c", "CreateCallbackContact", {**TERMS, "QueueId": arn("queue", "support"), **more}, "bye",
                    errors={"NoMatchingError": "bye"})  # fmt: skip
    small.number(small.flow("main", create))
    again = action("c", "CreateCallbackContact", {**TERMS, "QueueId": arn("queue", "support")}, "bye",
                   errors={"NoMatchingError": "bye"})  # fmt: skip
    progress = action("p", "CheckOutboundCallStatus", {}, when={"CallAnswered": "hello", "VoicemailBeep": "c"},
                      errors={"NoMatchingError": "bye", "NoMatchingCondition": "bye"})  # fmt: skip
    small.flow("dial out", progress, again, say("hello", "You asked us to call.", "set"), *to_queue("support"))
    return small


def of(small: Small, method: str) -> list[Contact]:
    return [one for one in small.world.contacts.values() if one.initiation_method == method]


def test_the_customer_is_dialled_when_an_agent_is_free_and_joined_when_reached() -> None:
    small = calling_back()
    contact = small.call()
    small.run(until=at(90))
    (queued,) = of(small, QUEUED)
    assert queued.waiting
    staff(small, "li.na", talk_s=30, acw_s=5)
    small.run()
    (dialed,) = of(small, DIALED)
    first, second = small.record_of(queued), small.record_of(dialed)
    assert first["PreviousContactId"] == first["InitialContactId"] == contact.id
    assert (first["NextContactId"], second["PreviousContactId"]) == (dialed.id, queued.id)
    assert second["InitialContactId"] == contact.id
    assert (first["Agent"], second["Agent"]["Username"]) == (None, "li.na")
    assert first["Queue"]["EnqueueTimestamp"] == "2026-03-02T01:01:00Z"
    assert first["Queue"]["DequeueTimestamp"] == second["InitiationTimestamp"] == "2026-03-02T01:01:30Z"
    assert second["Queue"]["CallbackTotalQueueDuration"] == 30 + second["Queue"]["Duration"]
    assert second["SegmentAttributes"]["connect:TrafficType"] == {"ValueString": "CUSTOMER_FIRST_CALLBACK"}
    assert second["AnsweringMachineDetectionStatus"] == "HUMAN_ANSWERED"
    assert texts(dialed, "hears") == ["You asked us to call."]
    assert small.timeline_is_empty()


def test_the_agent_is_kept_for_the_customer_who_is_dialled() -> None:
    small = calling_back()
    small.number(small.flow("straight", *to_queue("support")), "+8621")
    first = small.call(callee=Callee(ring_s=30))
    (agent,) = staff(small, "li.na", talk_s=30, acw_s=5)
    small.run(until=at(70))
    (dialed,) = of(small, DIALED)
    assert agent.kept_for is dialed
    other = small.call(to="+8621", at=at(75))
    small.run(until=at(85))
    assert other.offered_to is None
    assert other.leg is None
    small.run()
    assert dialed.leg is not None
    assert other.leg is not None
    assert dialed.leg.connected_at < other.leg.connected_at
    assert agent.kept_for is None
    assert first.ended


@pytest.mark.parametrize(("answer", "status"), [("no-answer", "AMD_UNANSWERED"), ("busy", "SIT_TONE_BUSY")])
def test_a_customer_who_is_not_reached_frees_the_agent(answer: Any, status: str) -> None:
    small = calling_back()
    small.call(callee=Callee(answers=(answer,)))
    (agent,) = staff(small, "li.na")
    small.run()
    (dialed,) = of(small, DIALED)
    assert small.record_of(dialed)["AnsweringMachineDetectionStatus"] == status
    assert (agent.kept_for, agent.free) == (None, True)
    assert small.timeline_is_empty()


def test_the_dial_flow_tries_a_machine_again_at_the_back_of_the_queue() -> None:
    small = calling_back()
    small.call(callee=Callee(answers=("voicemail", "answer")))
    staff(small, "li.na", talk_s=30, acw_s=5)
    small.run()
    queued, dialed = of(small, QUEUED), of(small, DIALED)
    assert (len(queued), len(dialed)) == (2, 2)
    assert [small.record_of(one)["AnsweringMachineDetectionStatus"] for one in dialed] == [
        "VOICEMAIL_BEEP",
        "HUMAN_ANSWERED",
    ]
    assert small.record_of(queued[1])["PreviousContactId"] == dialed[0].id
    assert queued[1].age_adjustment_s == 0
    assert small.timeline_is_empty()


def test_a_creation_flow_runs_after_the_initial_delay() -> None:
    small = calling_back(ContactFlowId=arn("contact-flow", "creation"))
    note = {"Attributes": {"created": "yes"}}
    attributes = action("a", "UpdateContactAttributes", note, "set", errors={"NoMatchingError": "bye"})
    small.flow("creation", attributes, *to_queue("support"))
    small.call()
    small.run(until=at(59))
    (queued,) = of(small, QUEUED)
    assert queued.attributes == {}
    small.run(until=at(61))
    assert (queued.attributes, queued.waiting) == ({"created": "yes"}, True)
    assert queued.connected_at == at(60)


def test_a_callback_that_waits_can_be_stopped() -> None:
    small = calling_back()
    small.call()
    small.run(until=at(90))
    (queued,) = of(small, QUEUED)
    small.world.hang_up(queued)
    staff(small, "li.na")
    small.run()
    assert of(small, DIALED) == []
    assert small.record_of(queued)["DisconnectReason"] == "OTHER"
    assert small.timeline_is_empty()


def test_an_instance_without_that_flow_calls_back_agent_first() -> None:
    small = calling_back()
    small.directory.remove(small.instance, next(f for f in small.instance.flows.values() if f.name == "dial out"))
    small.call()
    small.run(until=at(90))
    assert of(small, QUEUED) == []
    assert len(of(small, "CALLBACK")) == 1


def test_an_agent_who_goes_while_it_rings_leaves_the_customer_to_the_next() -> None:
    small = calling_back()
    small.call(callee=Callee(ring_s=30))
    (agent,) = staff(small, "li.na", talk_s=30)
    small.run(until=at(70))
    status = next(one for one in small.instance.statuses.values() if one.name == "Lunch")
    small.world.floor.set_status(agent, status)
    profile = small.instance.named(RoutingProfile, "support")
    assert profile is not None
    small.agent("next", profile, talk_s=30, acw_s=5)
    small.run()
    (dialed,) = of(small, DIALED)
    assert small.record_of(dialed)["Agent"]["Username"] == "next"
    assert small.timeline_is_empty()
