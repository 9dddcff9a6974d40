"""Everybody does anything at any moment: what must be true of the records, the events and the floor all the same."""

import itertools
import random
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from localstack.connect.directory import AgentStatus, Queue, User
from localstack.connect.engine import transfers
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.parts import Outcome
from localstack.connect.engine.plan import Callee, HangUp, WaitFor
from localstack.connect.engine.staff import REFUSED, Activity, Agent
from tests.support.connect_world import MONDAY, Small, action, arn, say, to_queue

if TYPE_CHECKING:
    from collections.abc import Callable

QUEUES = ("support", "experts")
PEOPLE = ("anna", "bob", "cem")
MINUTES = 60
ROUNDS = 20
"""So often everybody tidies up at the end; more means that something is stuck."""
LATER = {"InitialCallDelaySeconds": "60", "MaximumConnectionAttempts": "2", "RetryDelaySeconds": "60"}


class Restless:
    """Two queues, three persons and two simulated agents, callers who come, move, wait and go."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311  not a secret
        self.small = Small(seed=seed)
        for name in QUEUES:
            self.small.queue(name)
        served = ("support", 1, 0), ("experts", 2, 10)
        profile = self.small.profile("both", *served, concurrency={"VOICE": 1, "TASK": 1})
        self._flows()
        for name in PEOPLE:
            self.small.agent(name, profile, person=True)
        for name in ("sim1", "sim2"):
            self.small.agent(name, profile, talk_s=40, acw_s=8, accept_share=0.6)
        self.contacts = [self._caller(n) for n in range(60)]

    def _flows(self) -> None:
        end = action("end", "EndFlowExecution")
        music = {"Messages": [{"Text": "Please hold."}], "InterruptFrequencySeconds": "25"}
        failed = {"NoMatchingError": "music", "QueueAtCapacity": "music"}
        self.small.flow(
            "Default customer queue",
            action("music", "MessageParticipantIteratively", music, "chance", errors={"NoMatchingError": "chance"}),
            action("chance", "DistributeByPercentage", {}, "music", operator="NumberLessThan",
                   when={"8": "later", "16": "task", "40": "move"}, errors={"NoMatchingCondition": "music"}),
            action("later", "CreateCallbackContact", LATER, "bye", errors={"NoMatchingError": "music"}),
            action("task", "CreateTask", {"ContactFlowId": arn("contact-flow", "task"), "Name": "t"}, "music",
                   errors={"NoMatchingError": "music"}),
            action("move", "DequeueContactAndTransferToQueue", {"QueueId": arn("queue", "experts")}, "end",
                   errors=failed),
            end,
            kind="CUSTOMER_QUEUE",
        )  # fmt: skip
        for name, kind in (
            ("Default agent whisper", "AGENT_WHISPER"),
            ("Default customer whisper", "CUSTOMER_WHISPER"),
        ):
            self.small.flow(name, say("w", "Connecting.", "end"), end, kind=kind)
        for name, kind in (("Default customer hold", "CUSTOMER_HOLD"), ("Default agent hold", "AGENT_HOLD")):
            loop = action("m", "MessageParticipantIteratively", music, "m", errors={"NoMatchingError": "m"})
            self.small.flow(name, loop, kind=kind)
        self.small.flow("task", *to_queue("support"))
        again = (say("s", "How was it?", "set"), *to_queue("support"))
        remain = {"EventHooks": {"CustomerRemaining": self.small.flow("remaining", *again).arn}}
        record = {"RecordingBehavior": {"RecordedParticipants": ["Agent"]}}
        recorded = action("r", "UpdateContactRecordingBehavior", record, "dice")
        dice = action("dice", "DistributeByPercentage", {}, "set", operator="NumberLessThan", when={"30": "h"},
                      errors={"NoMatchingCondition": "set"})  # fmt: skip
        hook = action("h", "UpdateContactEventHooks", remain, "set", errors={"NoMatchingError": "set"})
        self.small.number(self.small.flow("main", recorded, dice, hook, *to_queue("support")))

    def _caller(self, number: int) -> Contact:
        at = MONDAY + timedelta(seconds=number * 12 + self.rng.random())
        script = (WaitFor(self.rng.uniform(0, 400)), HangUp()) if self.rng.random() < 0.4 else ()
        patience_s = self.rng.choice([None, 30.0, 200.0])
        return self.small.call(
            *script,
            at=at,
            patience_s=patience_s,
            talk_s=self.rng.choice([None, 60.0]),
            callee=Callee(answers=("no-answer", "answer")),
        )

    def play(self) -> None:
        """People act at random moments; then everybody goes home."""
        for turn in range(MINUTES * 12):
            self._run_to(turn * 2.0)
            self._act(self._person())
        for _ in range(ROUNDS):
            if self.small.timeline_is_empty():
                break
            for contact in self.small.world.active:
                self.small.world.hang_up(contact)
            for agent in self.people():
                for handling in list(agent.desk.values()):
                    if handling.contact.id in agent.desk:
                        self._tidy(agent, handling.contact, handling.activity)
            self.small.run()
        self.small.world.floor.sign_out_all()
        self.small.world.outbox.flush()

    def people(self) -> list[Agent]:
        return [agent for agent in self.small.world.floor.agents() if agent.habits.person]

    def _person(self) -> Agent | None:
        return self.rng.choice(self.people()) if self.people() else None

    def _run_to(self, seconds: float) -> None:
        """Time goes on whether or not a person has been asked something: offers are missed."""
        timeline, until = self.small.world.timeline, MONDAY + timedelta(seconds=seconds)
        while (head := timeline.head()) is not None and head.when <= until:
            timeline.fire()
        timeline.move_to(until)

    def _tidy(self, agent: Agent, contact: Contact, activity: Activity) -> None:
        world = self.small.world
        if activity is Activity.ENDED:
            world.desks.close(agent, contact)
        elif activity in REFUSED:
            world.desks.clear_refused(agent, contact)
        elif activity in (Activity.CONNECTED, Activity.ON_HOLD):
            world.joining.hang_up(agent, contact)
            world.hang_up(contact)

    def _act(self, agent: Agent | None) -> None:
        if agent is None or self.rng.random() < 0.05:
            self._status(agent)
            return
        world = self.small.world
        deeds: list[Callable[[Agent, Contact], object]] = [
            world.desks.accept, world.desks.accept, world.desks.reject, world.desks.ignore, world.desks.clear_refused,
            world.desks.close, world.desks.close, world.holds.hold, world.holds.resume, world.joining.hang_up,
            self._transfer, world.transfers.conference, world.transfers.cancel,
            lambda _agent, contact: world.transfers.complete(contact),
        ]  # fmt: skip
        for handling in list(agent.desk.values()):
            try:
                self.rng.choice(deeds)(agent, handling.contact)
            except ValueError:
                continue

    def _transfer(self, agent: Agent, contact: Contact) -> None:
        queue = self.small.instance.named(Queue, self.rng.choice(QUEUES))
        user = self.small.instance.named(User, self.rng.choice(PEOPLE))
        assert queue is not None
        assert user is not None
        instance = self.small.instance
        to = transfers.to_queue(instance, queue) if self.rng.random() < 0.6 else transfers.to_agent(instance, user)
        self.small.world.transfers.start(agent, contact, to)

    def _status(self, agent: Agent | None) -> None:
        name = self.rng.choice(["Available", "Lunch", "Offline"])
        status = self.small.instance.named(AgentStatus, name)
        assert status is not None
        if agent is not None:
            self.small.world.floor.set_status(agent, status)
        for absent in PEOPLE:
            user = self.small.instance.named(User, absent)
            if user is not None and self.small.world.floor.agent(user.id) is None:
                self.small.sign_in(user, person=True)


@pytest.fixture(params=range(12))
def after(request: pytest.FixtureRequest) -> Restless:
    restless = Restless(request.param)
    restless.play()
    return restless


def check_records(small: Small, everyone: list[Contact]) -> None:
    assert Counter(r["ContactId"] for r in small.cloud.records) == Counter(c.id for c in everyone)
    for event_type in ("DISCONNECTED", "COMPLETED"):
        told = Counter(e["detail"]["contactId"] for e in small.cloud.events if e["detail"]["eventType"] == event_type)
        assert told == Counter(c.id for c in everyone)
    for contact in everyone:
        record = small.record_of(contact)
        assert record["NextContactId"] == (contact.next.id if contact.next else None)
        assert record["PreviousContactId"] == (contact.previous.id if contact.previous else None)
        agent = record["Agent"]
        if agent:
            assert agent["AgentInteractionDuration"] >= 0
            assert agent["LongestHoldDuration"] <= agent["CustomerHoldDuration"]


def check_visits(everyone: list[Contact]) -> None:
    for contact in everyone:
        if contact.visit is None:
            assert contact.leg is None
        else:
            assert contact.visit.outcome is not None
            assert (contact.leg is not None) == (contact.visit.outcome is Outcome.ANSWERED)


def check_agents(events: list[dict[str, Any]]) -> None:
    by_agent: dict[str, list[dict[str, Any]]] = {}
    for event in events:
        by_agent.setdefault(event["AgentARN"], []).append(event)
    for told in by_agent.values():
        for before, after in itertools.pairwise(told):
            signed_in_again = before["EventType"] == "LOGOUT"
            assert (after["EventType"] == "LOGIN") == signed_in_again
            if not signed_in_again:
                assert after["PreviousAgentSnapshot"] == before["CurrentAgentSnapshot"]
        for event in told:
            assert len(event["CurrentAgentSnapshot"]["Contacts"]) <= 1


def check_offers(events: list[dict[str, Any]]) -> None:
    """Never two agents have one contact at a time."""
    holders: dict[str, str] = {}
    for event in events:
        agent = event["AgentARN"]
        holders = {contact: who for contact, who in holders.items() if who != agent}
        for one in event["CurrentAgentSnapshot"]["Contacts"]:
            if one["State"] not in ("MISSED", "REJECTED", "ENDED"):
                assert one["ContactId"] not in holders
                holders[one["ContactId"]] = agent


def test_nothing_is_lost_and_nothing_is_left(after: Restless) -> None:
    small = after.small
    everyone = list(small.world.contacts.values())
    assert all(contact.completed for contact in everyone)
    assert small.timeline_is_empty()
    assert list(small.world.floor.waiting_in(small.instance)) == []
    assert not any(contact.listening for contact in everyone)
    check_records(small, everyone)
    check_visits(everyone)
    check_agents(small.cloud.agent_events)
    check_offers(small.cloud.agent_events)


def test_the_same_seed_gives_the_same_records_byte_for_byte() -> None:
    first, second = Restless(5), Restless(5)
    first.play()
    second.play()
    assert first.small.cloud.raw == second.small.cloud.raw
    assert len(first.small.cloud.records) > len(first.contacts)
