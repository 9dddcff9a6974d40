"""Whatever people do in a chat: what was written is kept once, in order, and counted right."""

import json
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from localstack.connect.directory import Document, Flow, Queue
from localstack.connect.engine import transfers
from localstack.connect.engine.chat import ENDED
from localstack.connect.engine.chats import ChatPlan
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.staff import OFFERED, REFUSED, Activity, Agent, Handling
from tests.support.connect_world import Small, action, arn, identifier, say, to_queue

TURNS = 50
ROUNDS = 30


class Talk:
    """Chats that go between two queues, three agents and a flow after each agent."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311  not a secret
        self.small = Small(seed=seed)
        self.world = self.small.world
        for name in ("support", "experts"):
            self.small.queue(name)
        profile = self.small.profile("all", ("support", 1, 0), ("experts", 1, 0), concurrency={"CHAT": 2})
        self.agents = [self.small.agent(name, profile, person=True) for name in ("anna", "bob", "cem")]
        wait = {"TimeLimitSeconds": "60", "Events": ["CustomerReturned"]}
        ways = {"WaitCompleted": "bye", "CustomerReturned": "set"}
        again = action("wait", "Wait", wait, "bye", errors={"NoMatchingError": "bye"}, when=ways)
        self.small.flow("after", say("gone", "Anything else?", "wait"), again, *to_queue("support"))
        hooks = {"EventHooks": {"CustomerRemaining": arn("contact-flow", "after")}}
        hook = action("h", "UpdateContactEventHooks", hooks, "hi", errors={"NoMatchingError": "bye"})
        self.flow = self.small.flow("chat", hook, say("hi", "Welcome", "set"), *to_queue("support"))
        self.refusing = self.small.flow("no", action("bye", "DisconnectParticipant"), kind="QUEUE_TRANSFER")
        self.small.put(self.small._storage("CHAT_TRANSCRIPTS", storage_type="S3", bucket="kept"))
        self.chats = [self._begin() for _ in range(3)]

    def _begin(self) -> Contact:
        return self.world.chats.start(self.small.instance, ChatPlan(flow=self.flow, message="Hi"))

    def act(self) -> None:
        chat = self.rng.choice(self.chats)
        chance = self.rng.random()
        if chance < 0.3:
            if not chat.latest.ended:
                self.world.chats.customer_says(chat, f"c{self.rng.random()}")
        elif chance < 0.33:
            self.world.hang_up(chat)
        else:
            agent = self.rng.choice(self.agents)
            if agent.desk:
                self.deed(agent, self.rng.choice(list(agent.desk.values())))
        self.small.let_pass(self.rng.choice([0.0, 1.0, 10.0]))

    def deed(self, agent: Agent, handling: Handling) -> None:
        contact = handling.contact
        if handling.activity in OFFERED:
            self.world.desks.accept(agent, contact)
        elif handling.activity in REFUSED:
            self.world.desks.clear_refused(agent, contact)
        elif handling.activity is Activity.ENDED:
            self.world.desks.close(agent, contact)
        else:
            self.in_talk(agent, contact)

    def in_talk(self, agent: Agent, contact: Contact) -> None:
        queue = self.small.instance.queues[identifier("experts")]
        chance = self.rng.random()
        if chance < 0.5:
            self.world.chats.agent_says(agent, contact, f"a{self.rng.random()}")
        elif chance < 0.7 and contact.chain_length < 11:
            self.world.transfers.start(agent, contact, transfers.Destination(queue, None))
        elif chance < 0.8 and contact.chain_length < 11:
            self.world.transfers.start(agent, contact, transfers.Destination(queue, self.refusing))
        else:
            self.world.joining.hang_up(agent, contact)

    def go_home(self) -> None:
        for _ in range(ROUNDS):
            for chat in self.chats:
                self.world.hang_up(chat)
            for agent in self.agents:
                for handling in list(agent.desk.values()):
                    if handling.activity is Activity.ENDED:
                        self.world.desks.close(agent, handling.contact)
                    elif handling.activity in REFUSED:
                        self.world.desks.clear_refused(agent, handling.contact)
            self.small.let_pass(10.0)
        self.world.outbox.flush()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 100_000))
def test_every_line_is_kept_once_in_order_and_counted_in_one_record(seed: int) -> None:
    talk = Talk(seed)
    for _ in range(TURNS):
        talk.act()
    talk.go_home()
    kept = {name.rpartition("/")[2][:36]: json.loads(data) for name, data in talk.small.cloud.objects.items()}
    records = {one["ContactId"]: one for one in talk.small.cloud.records}
    for first in talk.chats:
        assert first.chat is not None
        assert first.chat.over
        lines = [line for segment in first.segments for line in kept.get(segment.id, {}).get("Transcript", ())]
        assert sorted(line["Id"] for line in lines) == sorted(item.id for item in first.chat.items)
        for segment in first.segments:
            own = [line["Id"] for line in kept.get(segment.id, {}).get("Transcript", ())]
            assert own == [item.id for item in first.chat.items if item.contact_id == segment.id]
        assert sum(line["ContentType"] == ENDED for line in lines) == 1
        counted = [records[segment.id]["ChatMetrics"]["ContactMetrics"]["TotalMessages"] for segment in first.segments]
        assert sum(counted) == sum(item.is_message for item in first.chat.items)
        assert all(segment.ended and segment.completed for segment in first.segments)
        assert all(records[s.id]["Recording"] is not None for s in first.segments if s.id in kept)


def test_an_agent_hands_a_chat_on_by_a_quick_connect() -> None:
    talk = Talk(1)
    flow = talk.small.flow("qt", action("go", "TransferContactToQueue", {}, "bye"), kind="QUEUE_TRANSFER")
    config = {"QueueId": identifier("experts"), "ContactFlowId": flow.id}
    connect: Document = talk.small.put(
        Document(
            id=identifier("to experts"), arn=arn("transfer-destination", "to experts"), name="to experts",
            kind="transfer-destination",
            body={"QuickConnectConfig": {"QuickConnectType": "QUEUE", "QueueConfig": config}},
        )
    )  # fmt: skip
    talk.small.let_pass(1.0)
    agent = next(agent for agent in talk.agents if agent.contact is not None)
    chat = agent.contact
    assert chat is not None
    talk.world.desks.accept(agent, chat)
    to = transfers.by_quick_connect(talk.small.instance, connect)
    assert isinstance(to, transfers.Destination)
    new = talk.world.transfers.start(agent, chat, to)
    assert isinstance(to.flow, Flow)
    assert isinstance(to.queue, Queue)
    assert (chat.ended, new.initiation_method, new.visit is not None) == (True, "TRANSFER", True)
