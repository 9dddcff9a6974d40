"""The dispatcher gives what the rule gives, whatever comes and goes before."""

from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from localstack.connect.engine.acd import Entry, FreeAgent, WaitingContact, match, next_delay_end
from localstack.connect.engine.criteria import Has, Not, OneOf
from localstack.connect.engine.dispatcher import Dispatcher
from tests.support.connect_world import MONDAY

entries = st.lists(
    st.builds(
        Entry,
        st.sampled_from(["q1", "q2", "q3"]),
        st.integers(1, 3),
        st.sampled_from([0, 30]),
        st.sampled_from(["VOICE", "CHAT"]),
    ),
    max_size=4,
).map(tuple)
channels = st.sampled_from([frozenset({"VOICE"}), frozenset({"VOICE", "CHAT"}), frozenset({"CHAT"})])
skills = st.dictionaries(st.sampled_from([("language", "zh"), ("language", "en")]), st.integers(1, 5))
wanted = st.none() | st.sampled_from(
    [Has("language", "zh", 3), Not(Has("language", "en")), OneOf(frozenset({"a1", "a2"}))]
)
names = st.sampled_from([f"a{n}" for n in range(6)])


class Comings(RuleBasedStateMachine):
    """Agents and contacts come, change and go; time passes. The model is the rule over everything that is there."""

    @initialize(across=st.booleans())
    def begin(self, across: bool) -> None:  # noqa: FBT001  hypothesis gives it
        self.dispatcher, self.across = Dispatcher(across=across), across
        self.now: datetime = MONDAY
        self.agents: dict[str, FreeAgent] = {}
        self.contacts: dict[str, WaitingContact] = {}
        self.count = 0

    @rule(name=names, entries=entries, channels=channels, skills=skills)
    def an_agent_gets_free(
        self, name: str, entries: tuple[Entry, ...], channels: frozenset[str], skills: dict[tuple[str, str], float]
    ) -> None:
        known = self.agents.get(name)
        since = known.available_since if known else self.now
        self.agents[name] = FreeAgent(name, since, entries, channels, skills)
        self.dispatcher.agent_free(self.agents[name])

    @rule(name=names)
    def an_agent_goes(self, name: str) -> None:
        self.agents.pop(name, None)
        self.dispatcher.agent_gone(name)

    @rule(
        queue=st.sampled_from(["q1", "q2", "q3", "a1"]),
        priority=st.integers(1, 3),
        older_s=st.sampled_from([0, 100]),
        channel=st.sampled_from(["VOICE", "CHAT"]),
        wanted=wanted,
    )
    def a_contact_comes(self, queue: str, priority: int, older_s: int, channel: str, wanted: Has | None) -> None:
        self.count += 1
        name = f"c{self.count}"
        contact = WaitingContact(name, queue, priority, self.now, older_s, self.count, channel, wanted)
        self.contacts[name] = contact
        self.dispatcher.contact_waits(contact)

    @rule(number=st.integers(1, 8))
    def a_contact_goes(self, number: int) -> None:
        self.contacts.pop(f"c{number}", None)
        self.dispatcher.contact_gone(f"c{number}")

    @rule(number=st.integers(1, 8), priority=st.integers(1, 3))
    def a_contact_changes(self, number: int, priority: int) -> None:
        old = self.contacts.get(f"c{number}")
        if old is not None:
            contact = WaitingContact(old.id, old.queue_id, priority, old.enqueued_at, 0, old.sequence, old.channel)
            self.contacts[old.id] = contact
            self.dispatcher.contact_waits(contact)

    @rule(seconds=st.integers(1, 40))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        self.dispatcher.time_passed()

    @rule()
    def offers_are_made(self) -> None:
        expected = match(self.agents.values(), self.contacts.values(), self.now, across=self.across)
        assert self.dispatcher.pairs(self.now) == expected
        for pair in expected:
            del self.agents[pair.agent_id], self.contacts[pair.contact_id]

    @invariant()
    def the_next_look_is_planned(self) -> None:
        if hasattr(self, "dispatcher"):
            due = next_delay_end(self.agents.values(), list(self.contacts.values()), self.now)
            assert self.dispatcher.next_delay_end(self.now) == due


TestComings = Comings.TestCase
TestComings.settings = settings(max_examples=60, stateful_step_count=30)
