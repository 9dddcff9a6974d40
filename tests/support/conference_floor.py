"""A call that several agents and third parties are brought into."""

from datetime import datetime, timedelta
from typing import Any

from localstack.connect.directory import Queue, User
from localstack.connect.engine import transfers
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import Callee
from localstack.connect.engine.staff import Activity, Agent
from tests.support.connect_world import MONDAY, Small, action, one_queue, staff

OUTSIDE = "+8613900000077"
PEOPLE = ("anna", "bob", "cem", "dora", "emil")


def at(seconds: float) -> datetime:
    """A moment, in seconds after the start."""
    return MONDAY + timedelta(seconds=seconds)


class Table:
    """Persons who may all serve `support`, and a caller who has been talking to anna since the start."""

    def __init__(self, *, many: bool = True, talk_s: float | None = None) -> None:
        self.small: Small = one_queue()
        if many:
            self.small.instance.attributes = {**self.small.instance.attributes, "MULTI_PARTY_CONFERENCE": True}
        for name, kind in (("Default customer hold", "CUSTOMER_HOLD"), ("Default agent hold", "AGENT_HOLD")):
            loop = {"Messages": [{"Text": "Music."}]}
            hold = action("m", "MessageParticipantIteratively", loop, errors={"NoMatchingError": "m"})
            self.small.flow(name, hold, kind=kind)
        staff(self.small, "anna", person=True)
        self.first = self.small.call(talk_s=talk_s)
        self.small.run()
        self.world.desks.accept(self.agent("anna"), self.first)
        for name in PEOPLE[1:]:
            staff(self.small, name, person=True)
        self.run(60)

    @property
    def world(self) -> Any:
        return self.small.world

    def agent(self, name: str) -> Agent:
        user = self.small.instance.named(User, name)
        found = None if user is None else self.world.floor.agent(user.id)
        assert found is not None
        return found

    def contact(self, name: str) -> Contact:
        """The contact that a person is on."""
        return next(iter(self.agent(name).desk.values())).contact

    def run(self, seconds: float) -> None:
        """Time goes on, although telephones of persons may ring."""
        timeline = self.world.timeline
        while (head := timeline.head()) is not None and head.when <= at(seconds):
            timeline.fire()
        timeline.move_to(at(seconds))
        self.world.outbox.flush()

    def invite(self, by: str, name: str) -> Contact:
        """Ring a person; the person accepts, and the two consult."""
        user = self.small.instance.named(User, name)
        assert user is not None
        to = transfers.to_agent(self.small.instance, user)
        new: Contact = self.world.transfers.start(self.agent(by), self.contact(by), to)
        self.world.desks.accept(self.agent(name), new)
        return new

    def dial(self, by: str, number: str = OUTSIDE, **callee: Any) -> Contact:
        """Call somebody outside, who answers after five seconds and stays unless told otherwise."""
        who = Callee(**{"ring_s": 5.0, "talk_s": None, **callee})
        to = transfers.Outside(number)
        new: Contact = self.world.third_parties.bring_in(self.agent(by), self.contact(by), to, who)
        return new

    def join(self, by: str) -> None:
        self.world.transfers.conference(self.agent(by), self.contact(by))

    def add(self, by: str, name: str) -> Contact:
        """A person is brought into the conversation."""
        new = self.invite(by, name)
        self.join(by)
        return new

    def leave(self, name: str) -> None:
        self.world.joining.hang_up(self.agent(name), self.contact(name))

    def talking(self) -> set[str]:
        """Who is on the line, the caller included."""
        there = {contact.party_name for contact in self.first.segments if contact.talking}
        return there | ({"caller"} if self.world.conferences.with_customer(self.first.call) else set())

    def close_all(self) -> None:
        """All after-contact work is done, and what waits is delivered."""
        for agent in self.world.floor.agents():
            for handling in list(agent.desk.values()):
                if handling.activity is Activity.ENDED:
                    self.world.desks.close(agent, handling.contact)
        self.small.run()

    def record(self, contact: Contact) -> dict[str, Any]:
        return self.small.record_of(contact)

    def queue(self, name: str = "support") -> Queue:
        found = self.small.instance.named(Queue, name)
        assert found is not None
        return found
