"""Holds, transfers by agents, conferences: who hears what, and what the records say."""

from datetime import timedelta
from typing import Any

import pytest

from localstack.connect.directory import Document, Queue, User
from localstack.connect.engine import transfers
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.parts import Outcome, State
from localstack.connect.engine.staff import Activity, Agent
from tests.support.connect_world import MONDAY, Small, action, arn, identifier, kinds, one_queue, say, staff, texts


def at(seconds: float) -> Any:
    return MONDAY + timedelta(seconds=seconds)


class Floor:
    """A person `anna` on a call in `support`; a second queue `experts` that `bob` serves when signed in."""

    def __init__(self, *, talk_s: float | None = None, **habits: Any) -> None:
        self.small = one_queue()
        self.small.queue("experts")
        self.small.profile("experts", ("experts", 1, 0))
        self.small.user("bob", next(p for p in self.small.instance.routing_profiles.values() if p.name == "experts"))
        for name, kind, text in (
            ("Default customer hold", "CUSTOMER_HOLD", "Music."),
            ("Default agent hold", "AGENT_HOLD", "The caller is on hold."),
        ):
            loop = {"Messages": [{"Text": text}]}
            hold = action("m", "MessageParticipantIteratively", loop, errors={"NoMatchingError": "m"})
            self.small.flow(name, hold, kind=kind)
        (self.anna,) = staff(self.small, "anna", **{"person": True, **habits})
        self.contact = self.small.call(talk_s=talk_s)
        if self.anna.habits.person:
            self.small.run()
            self.world.desks.accept(self.anna, self.contact)
        self.small.run(until=at(60))

    @property
    def world(self) -> Any:
        return self.small.world

    def bob(self, **habits: Any) -> Agent:
        user = self.small.instance.named(User, "bob")
        assert user is not None
        return self.small.sign_in(user, **{"person": True, **habits})

    def experts(self) -> transfers.Destination:
        queue = self.small.instance.named(Queue, "experts")
        assert queue is not None
        return transfers.to_queue(self.small.instance, queue)

    def start(self) -> Contact:
        new: Contact = self.world.transfers.start(self.anna, self.contact, self.experts())
        return new

    def consulting(self) -> tuple[Contact, Agent]:
        """Bob has accepted; he talks to Anna while the caller is on hold."""
        bob = self.bob()
        new = self.start()
        self.world.desks.accept(bob, new)
        self.small.run(until=at(80))
        return new, bob

    def finish(self, *agents: Agent) -> None:
        """Everybody closes what is left to write up."""
        for agent in agents:
            for handling in list(agent.desk.values()):
                if handling.activity is Activity.ENDED:
                    self.world.desks.close(agent, handling.contact)
        self.small.run()


def test_holds_are_counted_apart_from_talking() -> None:
    floor = Floor()
    for start, end in ((60, 70), (100, 125)):
        floor.small.run(until=at(start))
        floor.world.holds.hold(floor.anna, floor.contact)
        floor.small.run(until=at(end))
        floor.world.holds.resume(floor.anna, floor.contact)
    floor.small.run(until=at(200))
    floor.world.joining.hang_up(floor.anna, floor.contact)
    floor.small.run(until=at(230))
    floor.finish(floor.anna)
    agent = floor.small.record_of(floor.contact)["Agent"]
    assert (agent["NumberOfHolds"], agent["LongestHoldDuration"]) == (2, 25)
    assert agent["CustomerHoldDuration"] == agent["AgentInitiatedHoldDuration"] == 35
    assert agent["AgentInteractionDuration"] == 200 - 35
    assert agent["AfterContactWorkDuration"] == 30


def test_both_sides_hear_their_hold_flow_and_the_event_stream_tells_it() -> None:
    floor = Floor()
    floor.world.holds.hold(floor.anna, floor.contact)
    floor.small.run(until=at(70))
    assert texts(floor.contact, "hears") == ["Music."]
    assert texts(floor.contact, "agent-hears") == ["The caller is on hold."]
    states = [c["State"] for e in floor.small.cloud.agent_events for c in e["CurrentAgentSnapshot"]["Contacts"]]
    assert states[-1] == "CONNECTED_ONHOLD"


def test_a_caller_who_hangs_up_on_hold_ends_the_hold() -> None:
    floor = Floor()
    floor.world.holds.hold(floor.anna, floor.contact)
    floor.small.run(until=at(75))
    floor.world.hang_up(floor.contact)
    floor.finish(floor.anna)
    record = floor.small.record_of(floor.contact)
    assert record["DisconnectReason"] == "CUSTOMER_DISCONNECT"
    assert record["Agent"]["CustomerHoldDuration"] == 15
    assert floor.small.timeline_is_empty()


def test_holding_and_resuming_need_their_moment() -> None:
    floor = Floor()
    with pytest.raises(ValueError, match="nobody on hold"):
        floor.world.holds.resume(floor.anna, floor.contact)
    floor.world.holds.hold(floor.anna, floor.contact)
    with pytest.raises(ValueError, match="not talking"):
        floor.world.holds.hold(floor.anna, floor.contact)


def test_a_warm_transfer_leaves_two_records_that_name_each_other() -> None:
    floor = Floor()
    new, bob = floor.consulting()
    assert (new.state, floor.contact.latest) == (State.CONNECTED, floor.contact)
    floor.world.transfers.complete(floor.contact)
    assert floor.contact.latest is new
    floor.small.run(until=at(120))
    floor.world.joining.hang_up(bob, new)
    floor.finish(floor.anna, bob)
    first, second = floor.small.record_of(floor.contact), floor.small.record_of(new)
    assert first["NextContactId"] == new.id
    assert first["DisconnectReason"] == second["DisconnectReason"] == "AGENT_DISCONNECT"
    assert first["Agent"]["Username"] == "anna"
    assert first["Agent"]["CustomerHoldDuration"] == 20
    assert second["InitiationMethod"] == "TRANSFER"
    assert (second["PreviousContactId"], second["InitialContactId"]) == (floor.contact.id, floor.contact.id)
    assert second["InitiationTimestamp"] == "2026-03-02T01:01:00Z"
    assert second["Queue"]["Name"] == "experts"
    assert second["Agent"]["Username"] == "bob"
    assert second["Agent"]["ConnectedToAgentTimestamp"] == "2026-03-02T01:01:00Z"
    assert second["DisconnectTimestamp"] == "2026-03-02T01:02:00Z"
    assert floor.small.timeline_is_empty()


def test_whispers_of_a_transfer_go_to_both_agents() -> None:
    floor = Floor()
    end = action("e", "EndFlowExecution")
    floor.small.flow("Default agent whisper", say("w", "From Anna.", "e"), end, kind="AGENT_WHISPER")
    floor.small.flow("Default customer whisper", say("w", "Bob is here.", "e"), end, kind="CUSTOMER_WHISPER")
    floor.consulting()
    assert texts(floor.contact, "agent-hears")[-2:] == ["From Anna.", "Bob is here."]
    assert "consult" in kinds(floor.contact)


def test_a_cold_transfer_leaves_the_caller_in_the_new_queue() -> None:
    floor = Floor()
    music = say("q", "You wait for an expert.", "e")
    floor.small.flow("Default customer queue", music, action("e", "EndFlowExecution"), kind="CUSTOMER_QUEUE")
    new = floor.start()
    floor.small.run(until=at(65))
    assert "You wait for an expert." not in texts(floor.contact, "hears")
    floor.world.joining.hang_up(floor.anna, floor.contact)
    floor.small.run(until=at(90))
    assert texts(floor.contact, "hears")[-1] == "You wait for an expert."
    floor.bob(person=False, talk_s=20, acw_s=5)
    floor.finish(floor.anna)
    assert floor.small.record_of(new)["Agent"]["Username"] == "bob"
    assert new.visit is not None
    assert new.visit.outcome is Outcome.ANSWERED
    assert floor.small.timeline_is_empty()


def test_a_caller_who_gives_up_in_the_new_queue_has_abandoned_it() -> None:
    floor = Floor()
    new = floor.start()
    floor.world.joining.hang_up(floor.anna, floor.contact)
    floor.small.run(until=at(90))
    floor.world.hang_up(floor.contact)
    floor.finish(floor.anna)
    assert new.visit is not None
    assert new.visit.outcome is Outcome.ABANDONED
    assert floor.small.record_of(new)["DisconnectReason"] == "CUSTOMER_DISCONNECT"


def test_a_caller_who_hangs_up_while_the_new_agent_is_looked_for_ends_both() -> None:
    floor = Floor()
    new = floor.start()
    floor.world.hang_up(floor.contact)
    floor.finish(floor.anna)
    assert {floor.small.record_of(one)["DisconnectReason"] for one in (floor.contact, new)} == {"CUSTOMER_DISCONNECT"}
    assert floor.small.timeline_is_empty()


def test_an_expert_who_hangs_up_leaves_the_caller_to_the_first_agent() -> None:
    floor = Floor()
    new, bob = floor.consulting()
    floor.world.joining.hang_up(bob, new)
    assert (new.state, floor.contact.state) == (State.ENDED, State.CONNECTED)
    floor.world.holds.resume(floor.anna, floor.contact)
    floor.world.joining.hang_up(floor.anna, floor.contact)
    floor.finish(floor.anna, bob)
    assert floor.small.record_of(floor.contact)["Agent"]["NumberOfHolds"] == 1
    assert floor.small.timeline_is_empty()


def test_three_talk_in_a_conference_until_one_leaves() -> None:
    floor = Floor()
    new, bob = floor.consulting()
    floor.world.transfers.conference(floor.anna, floor.contact)
    assert floor.anna.activity is Activity.CONNECTED
    floor.small.run(until=at(100))
    floor.world.transfers.complete(floor.contact)
    floor.small.run(until=at(130))
    floor.world.joining.hang_up(bob, new)
    floor.finish(floor.anna, bob)
    first, second = floor.small.record_of(floor.contact)["Agent"], floor.small.record_of(new)["Agent"]
    assert first["CustomerHoldDuration"] == 20
    assert second["AgentInteractionDuration"] == 50
    assert floor.small.record_of(floor.contact)["TransferCompletedTimestamp"] == "2026-03-02T01:01:40Z"


def test_a_conference_needs_the_other_agent() -> None:
    floor = Floor()
    floor.start()
    with pytest.raises(ValueError, match="not on the line yet"):
        floor.world.transfers.conference(floor.anna, floor.contact)


def test_a_transfer_can_be_taken_back() -> None:
    floor = Floor()
    new = floor.start()
    floor.small.run(until=at(70))
    floor.world.transfers.cancel(floor.anna, floor.contact)
    assert floor.contact.state is State.CONNECTED
    assert new.visit is not None
    assert new.visit.outcome is Outcome.ABANDONED
    with pytest.raises(ValueError, match="no transfer"):
        floor.world.transfers.cancel(floor.anna, floor.contact)


def test_only_one_transfer_at_a_time_and_only_by_who_talks() -> None:
    floor = Floor()
    floor.start()
    with pytest.raises(ValueError, match="under way already"):
        floor.start()
    with pytest.raises(ValueError, match="not talking"):
        floor.world.transfers.start(floor.bob(), floor.contact, floor.experts())


def quick_connect(kind: str, config: dict[str, Any]) -> Document:
    body = {"QuickConnectConfig": {"QuickConnectType": kind, **config}}
    return Document(id=identifier(kind), arn=arn("transfer-destination", kind), name=kind,
                    kind="transfer-destination", body=body)  # fmt: skip


def to_bob(small: Small, *actions: dict[str, Any]) -> Document:
    flow = small.flow("to bob", *actions, kind="AGENT_TRANSFER")
    return quick_connect("USER", {"UserConfig": {"UserId": identifier("bob"), "ContactFlowId": flow.id}})


TRANSFER = (say("t", "Transferring to $.Queue.ARN .", "go"), action("go", "TransferContactToAgent"))


@pytest.mark.parametrize("free", [True, False])
def test_an_agent_transfer_rings_the_agent_or_ends_when_busy(free: bool) -> None:  # noqa: FBT001
    floor = Floor()
    connect = to_bob(floor.small, *TRANSFER)
    bob = floor.bob() if free else None
    to = transfers.by_quick_connect(floor.small.instance, connect)
    new = floor.world.transfers.start(floor.anna, floor.contact, to)
    floor.small.run(until=at(80))
    assert texts(floor.contact, "agent-hears")[0].startswith("Transferring to arn:")
    if bob is None:
        assert new.ended
        assert floor.contact.state is State.CONNECTED
    else:
        assert bob.activity is Activity.CONNECTING


def test_a_queue_quick_connect_runs_its_flow_for_the_new_contact() -> None:
    floor = Floor()
    note = {"Attributes": {"transferred": "yes"}}
    flow = floor.small.flow(
        "queue transfer",
        action("a", "UpdateContactAttributes", note, "go", errors={"NoMatchingError": "bye"}),
        action("go", "TransferContactToQueue", {}, "bye", errors={"NoMatchingError": "bye"}),
        kind="QUEUE_TRANSFER",
    )
    config = {"QueueConfig": {"QueueId": identifier("experts"), "ContactFlowId": flow.id}}
    to = transfers.by_quick_connect(floor.small.instance, quick_connect("QUEUE", config))
    new = floor.world.transfers.start(floor.anna, floor.contact, to)
    assert new.visit is not None
    assert (new.attributes, floor.contact.attributes) == ({"transferred": "yes"}, {})


def test_quick_connects_that_lead_nowhere_or_belong_to_chats_are_refused_by_name() -> None:
    floor = Floor()
    for_chats = quick_connect("FLOW", {"FlowConfig": {"ContactFlowId": "f"}})
    with pytest.raises(ValueError, match="FLOW are for chats"):
        transfers.by_quick_connect(floor.small.instance, for_chats)
    lost = quick_connect("QUEUE", {"QueueConfig": {"QueueId": "nope", "ContactFlowId": "nope"}})
    with pytest.raises(LookupError, match="leads nowhere"):
        transfers.by_quick_connect(floor.small.instance, lost)


def test_a_simulated_agent_leaves_as_soon_as_the_contact_is_queued() -> None:
    floor = Floor(person=False, talk_s=500, acw_s=10)
    new = floor.start()
    assert floor.anna.activity is Activity.ENDED
    assert floor.contact.latest is new
    floor.bob(person=False, talk_s=30, acw_s=5)
    floor.finish()
    assert [floor.small.record_of(one)["Agent"]["Username"] for one in floor.contact.segments] == ["anna", "bob"]
    assert floor.small.timeline_is_empty()


def test_a_simulated_agent_talks_on_when_the_transfer_fails() -> None:
    floor = Floor(person=False, acw_s=10, talk_s=100)
    flow = floor.small.flow("nowhere", say("s", "Nobody there.", "bye"), kind="QUEUE_TRANSFER")
    queue = floor.experts().queue
    floor.world.transfers.start(floor.anna, floor.contact, transfers.Destination(queue, flow))
    floor.finish()
    assert floor.small.record_of(floor.contact)["Agent"]["NumberOfHolds"] == 1
    assert floor.small.timeline_is_empty()


def test_after_a_conference_that_one_agent_leaves_the_caller_hangs_up_with_the_other() -> None:
    floor = Floor(talk_s=90)
    new, bob = floor.consulting()
    floor.world.transfers.complete(floor.contact)
    floor.finish(floor.anna, bob)
    floor.finish(bob)
    assert floor.small.record_of(new)["DisconnectReason"] == "CUSTOMER_DISCONNECT"
    assert floor.small.timeline_is_empty()
