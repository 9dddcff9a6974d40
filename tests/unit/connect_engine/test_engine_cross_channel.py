"""Many channels at one desk: whatever happens, slots and cross-channel behaviours hold (11.2).

The rule is stated here once more, over the whole desk, apart from the engine's own arithmetic.
"""

import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localstack.connect.directory import AgentStatus
from localstack.connect.engine.chats import ChatPlan
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.email import Address, Email
from localstack.connect.engine.emails import EmailPlan
from localstack.connect.engine.parts import Outcome
from localstack.connect.engine.staff import OFFERED, REFUSED, Activity, Agent, Handling
from localstack.connect.engine.tasks import TaskPlan
from tests.support.connect_world import Small, to_queue

CHANNELS = ("VOICE", "CHAT", "TASK", "EMAIL")
ANY, CURRENT = "ROUTE_ANY_CHANNEL", "ROUTE_CURRENT_CHANNEL_ONLY"
TURNS = 60
ROUNDS = 40
"""So often everybody tidies up at the end; more means that something is stuck."""


class Desk:
    """One queue of all channels, two persons, and whatever comes in."""

    def __init__(self, seed: int, slots: dict[str, int], behaviours: dict[str, str]) -> None:
        self.rng = random.Random(seed)  # noqa: S311  not a secret
        self.small = Small(seed=seed)
        self.world = self.small.world
        self.small.queue("support")
        self.profile = self.small.profile("all", ("support", 1, 0), concurrency=slots, cross_channel=behaviours)
        self.flow = self.small.flow("main", *to_queue("support"))
        self.small.number(self.flow)
        self.agents = [self.small.agent(name, self.profile, person=True) for name in ("anna", "bob")]
        self.contacts: list[Contact] = []

    def arrive(self, channel: str) -> None:
        instance, flow = self.small.instance, self.flow
        if channel == "VOICE":
            self.contacts.append(self.small.call())
            self.small.let_pass(0.0)
        elif channel == "CHAT":
            self.contacts.append(self.world.chats.start(instance, ChatPlan(flow=flow)))
        elif channel == "TASK":
            self.contacts.append(self.world.tasks.create(instance, TaskPlan(flow=flow, name="t")))
            self.small.let_pass(0.0)
        else:
            email = Email(sender=Address("a@b.test"), recipient=Address("c@d.test"), subject="s", body="b")
            self.contacts.append(self.world.emails.receive(instance, EmailPlan(flow=flow, email=email)))

    def act(self) -> None:
        """Somebody does something; then time goes on."""
        chance = self.rng.random()
        if chance < 0.3:
            self.arrive(self.rng.choice(CHANNELS))
        elif chance < 0.4 and self.contacts:
            self.world.hang_up(self.rng.choice(self.contacts))
        else:
            agent = self.rng.choice(self.agents)
            if agent.desk:
                self.deed(agent, self.rng.choice(list(agent.desk.values())))
        self.small.let_pass(self.rng.choice([0.0, 1.0, 5.0, 25.0]))

    def deed(self, agent: Agent, handling: Handling) -> None:
        contact, desks = handling.contact, self.world.desks
        if handling.activity in OFFERED:
            if not handling.accepted:
                self.rng.choice([desks.accept, desks.accept, desks.accept, desks.reject])(agent, contact)
        elif handling.activity in REFUSED:
            desks.clear_refused(agent, contact)
        elif handling.activity is Activity.ENDED:
            desks.close(agent, contact)
        elif handling.activity is Activity.PAUSED:
            if agent.has_slot("TASK"):
                self.world.pausing.resume(contact)
        elif handling.activity is Activity.CONNECTED and contact.channel == "TASK" and self.rng.random() < 0.5:
            self.world.pausing.pause(contact)
        else:
            self.world.joining.hang_up(agent, contact)

    def go_home(self) -> None:
        """Everything is brought to its end."""
        for _ in range(ROUNDS):
            if self.small.timeline_is_empty():
                return
            for contact in self.contacts:
                self.world.hang_up(contact)
            for agent in self.agents:
                for handling in list(agent.desk.values()):
                    if handling.contact.id in agent.desk:
                        self.deed(agent, handling)
            self.small.let_pass(30.0)
            self.world.outbox.flush()


def offered_rightly(agent: Agent, new: Contact, slots: dict[str, int], behaviours: dict[str, str]) -> bool:
    """Whether the newest contact of a desk could be offered beside the others: stated from the reference alone."""
    others = [one for one in agent.desk.values() if one.contact is not new and one.activity is not Activity.PAUSED]
    same = sum(one.contact.channel == new.channel for one in others)
    room = same < slots.get(new.channel, 0)
    allowed = all(one.contact.channel == new.channel or behaviours.get(one.contact.channel) == ANY for one in others)
    quiet = not any(one.activity in OFFERED | REFUSED for one in others)
    return room and allowed and quiet


slot_counts = st.fixed_dictionaries(
    {"VOICE": st.just(1)}, optional={"CHAT": st.integers(1, 3), "TASK": st.integers(1, 3), "EMAIL": st.integers(1, 2)}
)
behaviours_of = st.fixed_dictionaries({channel: st.sampled_from([ANY, CURRENT]) for channel in CHANNELS})


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), slot_counts, behaviours_of)
def test_no_offer_breaks_slots_or_behaviours_and_nothing_is_stuck(
    seed: int, slots: dict[str, int], behaviours: dict[str, str]
) -> None:
    desk = Desk(seed, slots, behaviours)
    known: set[tuple[str, str, int]] = set()
    for _ in range(TURNS):
        desk.act()
        for agent in desk.agents:
            counts = Counter(one.contact.channel for one in agent.desk.values() if one.activity is not Activity.PAUSED)
            assert all(count <= slots.get(channel, 0) for channel, count in counts.items())
            for handling in agent.desk.values():
                contact = handling.contact
                offer = (agent.id, contact.id, contact.attempts)
                if handling.activity in OFFERED and offer not in known:
                    known.add(offer)
                    assert offered_rightly(agent, contact, slots, behaviours)
    desk.go_home()
    ends = Counter(one["ContactId"] for one in desk.small.cloud.records)
    for contact in desk.contacts:
        assert contact.ended
        assert contact.visit is None or contact.visit.outcome is not None
        assert (contact.leg is not None) == (contact.visit is not None and contact.visit.outcome is Outcome.ANSWERED)
    assert set(ends.values()) <= {1}
    assert all(not agent.desk for agent in desk.agents)


@pytest.mark.parametrize(
    ("behaviour", "held", "then"),
    [
        (ANY, "CHAT", {"VOICE", "CHAT", "TASK", "EMAIL"}),
        (CURRENT, "CHAT", {"CHAT"}),
        (ANY, "VOICE", {"CHAT", "TASK", "EMAIL"}),
        (CURRENT, "VOICE", set[str]()),
        (ANY, "EMAIL", {"VOICE", "CHAT", "TASK"}),
        (CURRENT, "EMAIL", set[str]()),
    ],
)
def test_what_an_agent_has_decides_what_may_come(behaviour: str, held: str, then: set[str]) -> None:
    desk = Desk(1, {"VOICE": 1, "CHAT": 2, "TASK": 2, "EMAIL": 1}, {held: behaviour})
    lunch = desk.small.instance.named(AgentStatus, "Lunch")
    assert lunch is not None
    desk.world.floor.set_status(desk.agents[1], lunch)
    desk.arrive(held)
    desk.small.let_pass(1.0)
    (contact,) = desk.contacts
    desk.world.desks.accept(desk.agents[0], contact)
    desk.small.let_pass(1.0)
    assert desk.agents[0].open_channels() == then


def test_of_two_that_hold_the_stricter_one_decides() -> None:
    desk = Desk(1, {"VOICE": 1, "CHAT": 1, "TASK": 1, "EMAIL": 1}, {"CHAT": ANY, "TASK": CURRENT})
    away: Any = desk.small.instance.named(AgentStatus, "Lunch")
    desk.world.floor.set_status(desk.agents[1], away)
    for channel in ("CHAT", "TASK"):
        desk.arrive(channel)
        desk.small.let_pass(1.0)
        desk.world.desks.accept(desk.agents[0], desk.contacts[-1])
    assert desk.agents[0].open_channels() == frozenset()
