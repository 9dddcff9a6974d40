"""Every way in which a chat ends, or waits for somebody to come back before it does."""

from datetime import timedelta
from typing import Any

import pytest

from localstack.connect.directory import RoutingProfile
from localstack.connect.engine.chats import ChatPlan
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.parts import Outcome, State
from localstack.connect.engine.plan import HangUp
from localstack.connect.engine.staff import Agent
from tests.support.chat_world import at, begin, person, stored, with_chats
from tests.support.connect_world import (
    Small,
    action,
    arn,
    identifier,
    say,
    texts,
    to_queue,
)


def with_survey(small: Small) -> Any:
    """After the agent: wait for the customer, who is queued again on returning."""
    wait = action(
        "wait", "Wait", {"TimeLimitSeconds": "900", "Events": ["CustomerReturned"]}, "bye",
        errors={"NoMatchingError": "bye"}, when={"WaitCompleted": "bye", "CustomerReturned": "set"},
    )  # fmt: skip
    small.flow("after", say("gone", "The agent has left.", "wait"), wait, *to_queue("support"))
    hook = {"EventHooks": {"CustomerRemaining": arn("contact-flow", "after")}}
    return action("h", "UpdateContactEventHooks", hook, "hello")


def left_alone() -> tuple[Small, Agent, Contact]:
    """A chat whose agent has left, in the flow that waits for the customer's return."""
    small = with_chats(action("h", "UpdateContactEventHooks", {}, "hello"))
    hook = with_survey(small)
    small.flow("chat", hook, say("hello", "Welcome", "set"), *to_queue("support"))
    agent = person(small)
    chat = begin(small)
    small.run(until=at(2))
    small.world.desks.accept(agent, chat)
    small.world.joining.hang_up(agent, chat)
    small.world.desks.close(agent, chat)
    small.run(until=at(10))
    return small, agent, chat


def test_a_customer_who_returns_in_time_goes_back_to_the_queue_as_a_new_contact() -> None:
    small, _, chat = left_alone()
    assert texts(chat, "hears")[-1] == "The agent has left."
    small.world.chats.customer_says(chat, "One more thing")
    new = chat.latest
    assert (new.initiation_method, new.previous) == ("DISCONNECT", chat)
    assert new.state is State.RINGING


def test_a_customer_who_does_not_return_is_disconnected_by_the_flow() -> None:
    small, _, chat = left_alone()
    small.run()
    record = small.record_of(chat)
    assert record["DisconnectReason"] == "CONTACT_FLOW_DISCONNECT"
    assert record["DisconnectTimestamp"] == "2026-03-02T01:15:02Z"


def test_a_wait_for_a_bot_needs_one_and_ends_when_it_leaves() -> None:
    small = with_chats()
    wait = action(
        "wait", "Wait", {"TimeLimitSeconds": "600", "Events": ["BotParticipantDisconnected"]}, "bye",
        errors={"NoMatchingError": "bye", "ParticipantNotFound": "none"},
        when={"WaitCompleted": "bye", "BotParticipantDisconnected": "gone"},
    )  # fmt: skip
    small.flow("bots", say("one", "one", "wait"), wait, say("none", "no bot", "bye"), say("gone", "bot gone", "bye"))
    alone = begin(small, flow="bots")
    small.run()
    assert texts(alone, "hears") == ["one", "no bot"]
    served = begin(small, flow="bots")
    bot = small.world.chats.invite_bot(served, "Robot")
    small.run(until=small.world.now + timedelta(seconds=10))
    small.world.chats.bot_says(served, bot.id, "beep")
    small.world.chats.bot_leaves(served, bot.id)
    small.run()
    assert texts(served, "hears") == ["one", "beep", "bot gone"]


def test_a_customer_who_never_connects_is_not_waited_for() -> None:
    small = with_chats()
    flow = small.instance.flows[identifier("chat")]
    chat = small.world.chats.create(small.instance, ChatPlan(flow=flow))
    small.run(until=at(299))
    assert chat.state is State.CONNECTING
    small.run(until=at(400))
    record = small.record_of(chat)
    assert record["DisconnectReason"] == "CUSTOMER_CONNECTION_NOT_ESTABLISHED"
    assert record["ConnectedToSystemTimestamp"] is None


def test_a_chat_expires_after_its_time_wherever_it_is() -> None:
    small = with_chats()
    chat = begin(small, minutes=60)
    small.run(until=at(3599))
    assert chat.state is State.QUEUED
    small.run(until=at(3700))
    assert small.record_of(chat)["DisconnectReason"] == "EXPIRED"
    assert chat.visit is not None
    assert chat.visit.outcome is Outcome.ABANDONED


def idle_chat(**minutes: int) -> tuple[Small, Agent, Contact]:
    small = with_chats()
    agent = person(small)
    chat = begin(small)
    assert chat.chat is not None
    for name, value in minutes.items():
        role, _, kind = name.partition("_")
        chat.chat.timers[role, {"mark": "IDLE", "leave": "DISCONNECT_NONCUSTOMER"}[kind]] = value
    small.run(until=at(1))
    small.world.desks.accept(agent, chat)
    return small, agent, chat


def test_a_silent_customer_is_marked_idle_then_everybody_else_is_disconnected() -> None:
    small, agent, chat = idle_chat(CUSTOMER_mark=2, CUSTOMER_leave=3)
    small.run(until=at(122))
    assert texts(chat, "idle") == ["The customer has written nothing for a while"]
    small.run(until=at(302))
    small.world.desks.close(agent, chat)
    small.run()
    assert small.record_of(chat)["DisconnectReason"] == "IDLE_DISCONNECT"
    events = [line["ContentType"].rpartition(".participant.")[2] for line in stored(small, chat)["Transcript"]]
    assert [one for one in events if one in ("idle", "autodisconnection")] == ["idle", "autodisconnection"]


def test_a_message_begins_the_timer_of_its_role_again() -> None:
    small, _, chat = idle_chat(CUSTOMER_mark=2)
    small.run(until=at(100))
    small.world.chats.customer_says(chat, "still here")
    small.run(until=at(210))
    assert texts(chat, "idle") == []
    small.run(until=at(230))
    small.world.chats.customer_says(chat, "back")
    assert chat.chat is not None
    assert chat.chat.items[-1].content_type.endswith("participant.returned")


def test_timers_that_are_set_while_an_agent_is_there_count_from_the_next_agent_on() -> None:
    small, _, chat = idle_chat()
    assert chat.chat is not None
    chat.chat.timers["CUSTOMER", "IDLE"] = 2
    small.run(until=at(600))
    assert texts(chat, "idle") == []


def test_after_contact_work_of_a_chat_has_its_own_limit() -> None:
    small = with_chats()
    profile = small.instance.named(RoutingProfile, "support")
    assert profile is not None
    agent = small.sign_in(small.user("li.na", profile, acw_limit_s=100_000), person=True)
    chat = begin(small)
    small.run(until=at(1))
    small.world.desks.accept(agent, chat)
    small.world.joining.hang_up(agent, chat)
    small.run()
    assert small.record_of(chat)["Agent"]["AfterContactWorkDuration"] == 5400


def test_nothing_can_be_written_into_a_chat_that_is_over() -> None:
    small = with_chats()
    chat = begin(small, HangUp())
    small.run()
    with pytest.raises(ValueError, match="not in the chat"):
        small.world.chats.customer_says(chat, "hello?")
