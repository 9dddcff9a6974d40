"""Agents: offers, misses, statuses, after-contact work, and what their events say."""

from datetime import timedelta

import pytest

from localstack.connect.directory import AgentStatus
from localstack.connect.engine.parts import Outcome
from localstack.connect.engine.plan import HangUp, WaitFor
from tests.support.connect_world import MONDAY, Small, action, arn, kinds, one_queue, say, staff, texts, to_queue


def status(small: Small, name: str) -> AgentStatus:
    found = small.instance.named(AgentStatus, name)
    assert found is not None
    return found


def test_calls_go_to_the_agent_who_has_been_idle_longest() -> None:
    small = one_queue()
    staff(small, "a", "b", talk_s=30, acw_s=5)
    contacts = [small.call(talk_s=30, at=MONDAY + timedelta(seconds=200 * n)) for n in range(4)]
    small.run()
    served = [small.record_of(contact)["Agent"]["Username"] for contact in contacts]
    assert served in (["a", "b", "a", "b"], ["b", "a", "b", "a"])


def test_a_missed_offer_goes_to_the_next_agent_and_keeps_the_place() -> None:
    small = one_queue()
    (lazy,) = staff(small, "lazy", accept_share=0.0)
    contact = small.call()
    small.run(until=MONDAY + timedelta(seconds=10))
    staff(small, "keen", talk_s=30)
    small.run(until=MONDAY + timedelta(seconds=19))
    assert kinds(contact) == ["arrived", "queued", "offered"]
    small.run()
    record = small.record_of(contact)
    assert record["Agent"]["Username"] == "keen"
    assert record["AgentConnectionAttempts"] == 2
    missed = next(told for told in contact.transcript if told.kind == "missed")
    assert (missed.at - MONDAY).total_seconds() == 20
    assert not lazy.activity


def test_an_agent_who_leaves_a_missed_contact_on_the_screen_is_offered_nothing_until_it_is_cleared() -> None:
    small = one_queue()
    (absent,) = staff(small, "absent", accept_share=0.0, clears_missed=False)
    first = small.call()
    small.run(until=MONDAY + timedelta(hours=1))
    assert kinds(first) == ["arrived", "queued", "offered", "missed"]
    assert absent.activity == "MISSED"
    small.world.desks.clear_refused(absent, first)
    small.run(until=MONDAY + timedelta(hours=2))
    assert kinds(first)[-2:] == ["offered", "missed"]
    assert len([kind for kind in kinds(first) if kind == "missed"]) == 2


def test_a_caller_who_hangs_up_while_it_rings_frees_the_agent() -> None:
    small = one_queue()
    (agent,) = staff(small, "li.na", ring_s=10)
    contact = small.call(WaitFor(4), HangUp())
    small.run()
    assert small.record_of(contact)["Agent"] is None
    assert contact.visit is not None
    assert contact.visit.outcome is Outcome.ABANDONED
    assert agent.free


def test_patience_ends_while_the_agent_hears_the_whisper() -> None:
    small = one_queue()
    small.flow(
        "Default agent whisper",
        say("w", "A caller from support. " * 20, "e"),
        action("e", "EndFlowExecution"),
        kind="AGENT_WHISPER",
    )
    (agent,) = staff(small, "li.na", ring_s=2)
    contact = small.call(patience_s=5)
    small.run()
    assert texts(contact, "agent-hears")
    assert small.record_of(contact)["Agent"] is None
    assert agent.free


def test_a_whisper_longer_than_two_minutes_loses_the_agent_and_keeps_the_caller() -> None:
    small = one_queue()
    small.flow(
        "Default agent whisper", say("w", "Blah. " * 800, "e"), action("e", "EndFlowExecution"), kind="AGENT_WHISPER"
    )
    staff(small, "li.na", ring_s=2)
    contact = small.call(patience_s=200)
    small.run()
    assert "missed" in kinds(contact)
    assert small.record_of(contact)["Agent"] is None


def test_the_caller_hears_the_whisper_after_leaving_the_queue() -> None:
    small = one_queue()
    small.flow(
        "Default customer whisper",
        say("w", "This call may be recorded.", "e"),
        action("e", "EndFlowExecution"),
        kind="CUSTOMER_WHISPER",
    )
    staff(small, "li.na")
    contact = small.call()
    small.run()
    assert kinds(contact).index("joined") < kinds(contact).index("hears")
    record = small.record_of(contact)
    assert record["Queue"]["DequeueTimestamp"] == record["Agent"]["ConnectedToAgentTimestamp"]


def test_an_agent_in_a_custom_status_gets_nothing() -> None:
    small = one_queue()
    staff(small, "li.na", status="Lunch")
    contact = small.call(patience_s=60)
    small.run()
    assert contact.attempts == 0


def test_a_status_chosen_during_a_call_waits_until_it_is_cleared() -> None:
    small = one_queue()
    (agent,) = staff(small, "li.na", talk_s=60, acw_s=10)
    small.call(talk_s=60)
    small.run(until=MONDAY + timedelta(seconds=30))
    small.world.floor.set_status(agent, status(small, "Lunch"))
    later = small.call(patience_s=200)
    small.run()
    assert agent.status.name == "Lunch"
    assert later.attempts == 0
    waiting = [e for e in small.cloud.agent_events if e["CurrentAgentSnapshot"]["NextAgentStatus"]]
    assert waiting[0]["CurrentAgentSnapshot"]["NextAgentStatus"]["Name"] == "Lunch"


def test_going_offline_during_a_call_signs_out_after_it() -> None:
    small = one_queue()
    (agent,) = staff(small, "li.na", talk_s=60, acw_s=10)
    contact = small.call(talk_s=60)
    small.run(until=MONDAY + timedelta(seconds=30))
    small.world.floor.set_status(agent, status(small, "Offline"))
    small.run()
    assert small.record_of(contact)["Agent"]["Username"] == "li.na"
    assert small.world.floor.agents() == []
    assert small.cloud.agent_events[-1]["EventType"] == "LOGOUT"


def test_after_contact_work_ends_at_the_users_limit() -> None:
    small = one_queue()
    (agent,) = staff(small, "li.na", talk_s=30, acw_s=100)
    limited = small.put(
        type(agent.user)(
            **{**{f: getattr(agent.user, f) for f in ("id", "arn", "name", "routing_profile_id")}, "acw_limit_s": 20}
        )
    )
    agent.user = limited
    contact = small.call()
    small.run()
    assert small.record_of(contact)["Agent"]["AfterContactWorkDuration"] == 20


def test_a_delay_in_the_profile_brings_helpers_later() -> None:
    small = Small()
    small.queue("support")
    small.number(small.flow("main", *to_queue("support")))
    small.agent("helper", small.profile("helpers", ("support", 1, 45)))
    contact = small.call()
    small.run()
    assert small.record_of(contact)["Queue"]["Duration"] in (46, 47)


def test_the_disconnect_flow_runs_when_the_agent_leaves_first() -> None:
    left_first = False
    for seed in range(12):
        small = one_queue(seed=seed)
        survey = small.flow("survey", say("s", "Please stay for a question.", "bye"))
        hook = action(
            "h",
            "UpdateContactEventHooks",
            {"EventHooks": {"CustomerRemaining": survey.arn}},
            "set",
            errors={"NoMatchingError": "set"},
        )
        small.number(small.flow("main", hook, *to_queue("support")))
        staff(small, "li.na", talk_s=30)
        contact = small.call()
        small.run()
        record = small.record_of(contact)
        heard = "Please stay for a question." in texts(contact, "hears")
        left_first |= heard
        assert heard == (record["DisconnectReason"] == "CONTACT_FLOW_DISCONNECT")
    assert left_first


def test_a_heartbeat_comes_every_two_minutes_without_other_events() -> None:
    small = one_queue()
    staff(small, "li.na")
    small.run(until=MONDAY + timedelta(seconds=500))
    assert [e["EventType"] for e in small.cloud.agent_events] == ["LOGIN"] + ["HEART_BEAT"] * 4


def test_the_states_of_an_agents_contact_are_the_documented_ones() -> None:
    small = one_queue()
    staff(small, "li.na")
    small.call()
    small.run()
    states = [
        [c["State"] for c in e["CurrentAgentSnapshot"]["Contacts"]]
        for e in small.cloud.agent_events
        if e["EventType"] != "HEART_BEAT"
    ]
    assert states == [[], ["CONNECTING"], ["CONNECTED"], ["ENDED"], []]
    assert {e["CurrentAgentSnapshot"]["AgentStatus"]["Type"] for e in small.cloud.agent_events} == {"ROUTABLE"}


def test_an_agent_event_has_the_documented_shape() -> None:
    small = one_queue()
    staff(small, "li.na")
    (login,) = (small.run(), small.cloud.agent_events)[1]
    assert login["Version"] == "2019-05-25"
    assert login["EventTimestamp"] == "2026-03-02T01:00:00.000Z"
    configuration = login["CurrentAgentSnapshot"]["Configuration"]
    assert configuration["RoutingProfile"]["Concurrency"] == [
        {"Channel": "VOICE", "AvailableSlots": 1, "MaximumSlots": 1}
    ]
    assert configuration["RoutingProfile"]["InboundQueues"][1] == {
        "ARN": arn("queue", "support"),
        "Channels": ["VOICE"],
        "Name": "support",
    }


def test_a_user_without_a_profile_cannot_sign_in() -> None:
    small = one_queue()
    (agent,) = staff(small, "li.na")
    lost = type(agent.user)(id="u", arn="a", name="lost", routing_profile_id="nope")
    with pytest.raises(LookupError, match="lost has no routing profile"):
        small.sign_in(lost)


def test_signing_in_again_takes_over_a_changed_profile() -> None:
    small = one_queue()
    (agent,) = staff(small, "li.na")
    small.queue("other")
    small.profile("support", ("other", 1, 0))
    small.sign_in(agent.user, talk_s=7)
    assert [entry.queue_id for entry in agent.entries] == [small.queue("other").id]
    assert agent.habits.talk_s == 7


def test_agents_of_an_instance_that_is_deleted_are_forgotten() -> None:
    small = one_queue()
    staff(small, "li.na")
    small.directory.remove_instance(small.instance.id)
    small.run(until=MONDAY + timedelta(seconds=300))
    assert small.world.floor.agents() == []
    assert [event["EventType"] for event in small.cloud.agent_events] == ["LOGIN"]
