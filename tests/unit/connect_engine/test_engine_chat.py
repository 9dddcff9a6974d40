"""Chats: flows that write, agents with several of them, transcripts and transfers."""

import pytest

from localstack.connect.directory import Queue, RoutingProfile
from localstack.connect.engine import transfers
from localstack.connect.engine.chats import ChatPlan
from localstack.connect.engine.parts import State
from localstack.connect.engine.plan import CallPlan, HangUp, Say, WaitFor
from localstack.connect.engine.staff import Activity
from tests.support.chat_world import at, begin, person, stored, with_chats, written
from tests.support.connect_world import (
    action,
    arn,
    identifier,
    kinds,
    say,
    texts,
)


def test_a_chat_goes_through_flow_queue_and_agent_and_leaves_record_and_transcript() -> None:
    small = with_chats()
    agent = person(small)
    chat = begin(small, message="Hi there")
    small.run(until=at(5))
    small.world.desks.accept(agent, chat)
    assert "agent-hears" not in kinds(chat), "no whisper without a hook"
    small.run(until=at(65))
    small.world.chats.agent_says(agent, chat, "Hello Mei")
    small.run(until=at(75))
    small.world.chats.customer_says(chat, "My parcel is lost")
    small.run(until=at(95))
    small.world.chats.agent_says(agent, chat, "I look for it")
    small.world.joining.hang_up(agent, chat)
    small.run(until=at(100))
    small.world.desks.close(agent, chat)
    small.run()
    record = small.record_of(chat)
    assert (record["Channel"], record["InitiationMethod"]) == ("CHAT", "API")
    assert record["DisconnectReason"] == "AGENT_DISCONNECT"
    assert record["CustomerEndpoint"] is record["SystemEndpoint"] is None
    assert record["SegmentAttributes"] == {"connect:Subtype": {"ValueString": "connect:Chat"}}
    assert record["ConnectedToSystemTimestamp"] == record["InitiationTimestamp"]
    assert record["Recording"]["Type"] == record["Recordings"][0]["MediaStreamType"] == "CHAT"
    assert record["Recording"]["Location"].endswith(f"ChatTranscripts/2026/03/02/{chat.id}_20260302T01:00_UTC.json")
    metrics = record["ChatMetrics"]
    assert metrics["ContactMetrics"] | {"AgentFirstResponseTimestamp": ""} == {
        "AgentFirstResponseTimeInMillis": 60_000,
        "AgentFirstResponseTimestamp": "",
        "ConversationCloseTimeInMillis": 20_000,
        "ConversationTurnCount": 3,
        "MultiParty": False,
        "TotalBotMessageLengthInChars": len("Welcome, Mei"),
        "TotalBotMessages": 1,
        "TotalMessages": 5,
    }
    assert metrics["AgentMetrics"]["NumResponses"] == 2
    assert metrics["CustomerMetrics"]["MaxResponseTimeInMillis"] == 10_000
    document = stored(small, chat)
    assert [(line["Type"], line.get("Content")) for line in document["Transcript"]] == [
        ("EVENT", None), ("MESSAGE", "Hi there"), ("MESSAGE", "Welcome, Mei"), ("EVENT", None),
        ("MESSAGE", "Hello Mei"), ("MESSAGE", "My parcel is lost"), ("MESSAGE", "I look for it"), ("EVENT", None),
        ("EVENT", None), ("EVENT", None),
    ]  # fmt: skip
    assert document["Transcript"][-1]["ContentType"].endswith("chat.ended")
    assert len(document["Participants"]) == 2
    types = [e["detail"]["eventType"] for e in small.cloud.events if e["detail"]["contactId"] == chat.id]
    assert types == ["INITIATED", "CONNECTED_TO_SYSTEM", "QUEUED", "CONNECTED_TO_AGENT", "DISCONNECTED", "COMPLETED"]


def test_a_script_writes_when_somebody_is_there_and_a_simulated_agent_answers() -> None:
    small = with_chats()
    profile = small.instance.named(RoutingProfile, "support")
    assert profile is not None
    small.agent("li.na", profile, talk_s=120, reply_s=10)
    chat = begin(small, Say("Where is my parcel?"), WaitFor(20), Say("Thanks"), HangUp())
    small.run()
    roles = [role for role, _ in written(chat)]
    assert roles == ["SYSTEM", "CUSTOMER", "AGENT", "CUSTOMER"]
    assert small.record_of(chat)["DisconnectReason"] == "CUSTOMER_DISCONNECT"
    assert small.timeline_is_empty()


def test_an_agent_has_as_many_chats_as_slots_and_no_call_meanwhile() -> None:
    small = with_chats(slots=2)
    agent = person(small)
    chats = [begin(small) for _ in range(3)]
    for chat in chats[:2]:
        small.run(until=at(5))
        small.world.desks.accept(agent, chat)
    small.run(until=at(6))
    assert [str(handling.activity) for handling in agent.desk.values()] == ["CONNECTED", "CONNECTED"]
    assert chats[2].state is State.QUEUED
    call = small.call(patience_s=30)
    small.run(until=at(60))
    assert call.attempts == 0
    small.world.joining.hang_up(agent, chats[0])
    small.world.desks.close(agent, chats[0])
    assert chats[2].state is State.RINGING


def test_a_profile_may_let_calls_in_beside_chats() -> None:
    small = with_chats(cross="ROUTE_ANY_CHANNEL")
    agent = person(small)
    chat = begin(small)
    small.run(until=at(2))
    small.world.desks.accept(agent, chat)
    call = small.call()
    small.run(until=at(10))
    assert call.state is State.RINGING
    assert agent.desk[chat.id].activity is Activity.CONNECTED


def test_a_whisper_of_a_chat_runs_only_where_a_hook_is_set_and_only_its_side_reads_it() -> None:
    small = with_chats(
        action("h", "UpdateContactEventHooks", {"EventHooks": {"AgentWhisper": arn("contact-flow", "w")}}, "hello")
    )
    small.flow("w", say("w", "A VIP", "end"), action("end", "EndFlowExecution"), kind="AGENT_WHISPER")
    agent = person(small)
    chat = begin(small)
    small.run(until=at(1))
    small.world.desks.accept(agent, chat)
    small.run(until=at(2))
    assert texts(chat, "agent-hears") == ["A VIP"]
    assert chat.state is State.CONNECTED
    assert chat.chat is not None
    assert "A VIP" in [item.content for item in chat.chat.seen_by("AGENT")]
    assert "A VIP" not in [item.content for item in chat.chat.seen_by("CUSTOMER")]


def test_a_queue_flow_writes_and_its_loop_of_prompts_is_an_error_after_which_the_chat_waits_on() -> None:
    small = with_chats(
        action("h", "UpdateContactEventHooks", {"EventHooks": {"CustomerQueue": arn("contact-flow", "q")}}, "hello")
    )
    loop = action("loop", "MessageParticipantIteratively", {"Messages": [{"Text": "music"}]})
    small.flow("q", say("m", "Please wait", "loop"), loop, kind="CUSTOMER_QUEUE")
    chat = begin(small, call={"patience_s": 90.0})
    small.run(until=at(60))
    assert texts(chat, "hears") == ["Welcome, Mei", "Please wait"]
    assert chat.state is State.QUEUED
    small.run()
    record = small.record_of(chat)
    assert (record["DisconnectReason"], record["Queue"]["Duration"]) == ("CUSTOMER_DISCONNECT", 90)
    assert record["ChatMetrics"]["ContactMetrics"]["TotalMessages"] == 2


def test_a_transfer_to_a_queue_leaves_the_first_agent_at_once_and_carries_the_chat_on() -> None:
    small = with_chats()
    small.queue("second")
    small.profile("second", ("second", 1, 0), concurrency={"CHAT": 1})
    agent = person(small)
    chat = begin(small)
    small.run(until=at(2))
    small.world.desks.accept(agent, chat)
    small.world.chats.customer_says(chat, "one")
    queue = small.instance.named(Queue, "second")
    assert queue is not None
    new = small.world.transfers.start(agent, chat, transfers.Destination(queue, None))
    assert chat.ended
    assert (new.state, new.initiation_method) == (State.QUEUED, "TRANSFER")
    profile = small.instance.named(RoutingProfile, "second")
    assert profile is not None
    other = small.agent("wang.wei", profile, person=True)
    small.world.desks.accept(other, new)
    small.world.chats.customer_says(chat, "two")
    small.world.chats.agent_says(other, new, "three")
    small.world.hang_up(chat)
    small.world.desks.close(agent, chat)
    small.world.desks.close(other, new)
    small.run()
    first, second = small.record_of(chat), small.record_of(new)
    assert first["NextContactId"] == new.id
    assert second["PreviousContactId"] == second["InitialContactId"] == chat.id
    assert first["DisconnectReason"] == "AGENT_DISCONNECT"
    assert second["DisconnectReason"] == "CUSTOMER_DISCONNECT"
    assert [line["Content"] for line in stored(small, new)["Transcript"] if "Content" in line] == ["two", "three"]
    events = [line["ContentType"].rpartition(".event.")[2] for line in stored(small, chat)["Transcript"]]
    assert "transfer.succeeded" in events
    assert "chat.ended" not in events


def test_a_transfer_whose_flow_fails_leaves_the_chat_with_its_agent() -> None:
    small = with_chats()
    small.queue("second")
    flow = small.flow("no", action("d", "DisconnectParticipant"), kind="QUEUE_TRANSFER")
    agent = person(small)
    chat = begin(small)
    small.run(until=at(2))
    small.world.desks.accept(agent, chat)
    queue = small.instance.named(Queue, "second")
    assert queue is not None
    new = small.world.transfers.start(agent, chat, transfers.Destination(queue, flow))
    assert new.ended
    assert chat.state is State.CONNECTED
    small.world.chats.agent_says(agent, chat, "I stay")
    assert chat.chat is not None
    assert not chat.chat.over


def test_a_chat_cannot_be_put_on_hold() -> None:
    small = with_chats()
    agent = person(small)
    chat = begin(small)
    small.run(until=at(2))
    small.world.desks.accept(agent, chat)
    with pytest.raises(ValueError, match="cannot be put on hold"):
        small.world.holds.hold(agent, chat)


def test_a_message_chat_knows_the_customers_number() -> None:
    small = with_chats()
    flow = small.instance.flows[identifier("chat")]
    call = CallPlan(to="+862155360100", caller="+8613800000001", script=(HangUp(),))
    sms = ChatPlan(flow=flow, call=call, subtype="connect:SMS", message="order 7", method="INBOUND")
    chat = small.world.chats.start(small.instance, sms)
    small.run()
    record = small.record_of(chat)
    assert record["SegmentAttributes"]["connect:Subtype"] == {"ValueString": "connect:SMS"}
    assert record["CustomerEndpoint"] == {"Address": "+8613800000001", "Type": "TELEPHONE_NUMBER"}
    assert record["SystemEndpoint"] == {"Address": "+862155360100", "Type": "TELEPHONE_NUMBER"}


def test_the_same_seed_leaves_the_same_bytes() -> None:
    def run() -> tuple[list[bytes], dict[str, bytes]]:
        small = with_chats()
        profile = small.instance.named(RoutingProfile, "support")
        assert profile is not None
        small.agent("li.na", profile, talk_s=60)
        for _ in range(4):
            begin(small, Say("a"), Say("b"))
        small.run()
        return small.cloud.raw, small.cloud.objects

    assert run() == run()
