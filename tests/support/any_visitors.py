"""Those who come to a floor on any day: calls, chats, tasks, e-mails, and what customers do meanwhile."""

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from localstack.connect.directory import Flow
from localstack.connect.engine.chats import ChatPlan
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.email import Address, Email
from localstack.connect.engine.emails import EmailPlan
from localstack.connect.engine.plan import Answer, Callee, CallPlan, HangUp, Press, Say, WaitFor
from localstack.connect.engine.staff import Agent
from localstack.connect.engine.tasks import TaskPlan
from localstack.connect.engine.world import World
from localstack.connect.resources import Resource
from tests.support.connect_world import CALLER, NUMBER, Small

ANSWERS: tuple[Answer, ...] = ("answer", "no-answer", "busy", "voicemail")


class Visitors:
    """What comes from outside, at random; `AnyDay` adds the agents, and makes it happen."""

    rng: random.Random
    small: Small
    world: World
    done: Counter[str]
    refused: Counter[str]

    @property
    def happened(self) -> int:
        """How many things have happened."""
        raise NotImplementedError

    def _did(self, what: str, deed: Callable[[], object]) -> None:
        """Try something; what the engine refuses has not happened."""
        try:
            deed()
        except ValueError:
            self.refused[what] += 1
        else:
            self.done[what] += 1

    def _call_comes(self) -> None:
        chance = self.rng.random()
        script: tuple[Any, ...] = ()
        if chance < 0.3:
            script = (WaitFor(self.rng.uniform(0, 300)), HangUp())
        elif chance < 0.5:
            script = (Press(self.rng.choice(["1", "2", "9", ""])), Say(self.rng.choice(["help", "song", ""])))
        plan = CallPlan(
            to=NUMBER,
            caller=CALLER,
            script=script,
            patience_s=self.rng.choice([None, 20.0, 120.0]),
            talk_s=self.rng.choice([None, 5.0, 90.0]),
            callee=Callee(answers=tuple(self.rng.choices(ANSWERS, k=2))),
            third_party=Callee(answers=tuple(self.rng.choices(ANSWERS, k=1)), talk_s=20),
        )
        self._did("arrival", lambda: self.world.place_call(plan))

    def _chat_comes(self) -> None:
        plan = ChatPlan(flow=self._named(Flow, "chat"))
        self._did("chat", lambda: self.world.chats.start(self.small.instance, plan))

    def _task_comes(self) -> None:
        plan = TaskPlan(flow=self._named(Flow, "task"), name="t", delay_s=self.rng.choice([0.0, 45.0]))
        self._did("task", lambda: self.world.tasks.create(self.small.instance, plan))

    def _email_comes(self) -> None:
        sender, mailbox = Address("customer@example.com"), Address("help@example.com")
        message = Email(sender=sender, recipient=mailbox, subject="Help", body="Please.", content_type="text/plain")
        plan = EmailPlan(flow=self._named(Flow, "task"), email=message)
        self._did("e-mail", lambda: self.world.emails.receive(self.small.instance, plan))

    def _paused(self) -> None:
        """A task is set aside, or taken up again; one that no agent has waits anew or not at all."""
        contact = self._contact(lambda one: one.channel == "TASK" and not one.ended)
        if contact is None:
            return
        if contact.paused:
            queue = self._named(Flow, "resumed") if self.rng.random() < 0.7 else None
            self._did("resume task", lambda: self.world.pausing.resume(contact, queue))
        else:
            self._did("pause", lambda: self.world.pausing.pause(contact))

    def _outbound(self) -> None:
        plan = CallPlan(to=NUMBER, caller=CALLER, callee=Callee(answers=(self.rng.choice(ANSWERS),)), talk_s=30)
        agent = self._person()
        if agent is not None and self.rng.random() < 0.6:
            self._did("agent dials", lambda: self.world.dialing.by_agent(agent, plan))
        else:
            main = self._named(Flow, "main")
            self._did("outbound", lambda: self.world.dialing.start_outbound(self.small.instance, main, plan))

    def _caller_hangs_up(self) -> None:
        contact = self._contact(lambda one: not one.ended and bool(one.transcript))
        if contact is not None:
            self._did("hang-up", lambda: self.world.hang_up(contact))

    def _writes(self) -> None:
        contact = self._contact(lambda one: one.channel == "CHAT" and not one.ended)
        if contact is None:
            return
        leg = contact.leg
        if leg is not None and self.rng.random() < 0.5:
            self._did("agent writes", lambda: self.world.chats.agent_says(leg.agent, contact, "Yes?"))
        else:
            self._did("customer writes", lambda: self.world.chats.customer_says(contact, "Hello?"))

    def _routing_changes(self) -> None:
        contact = self._contact(lambda one: one.waiting)
        if contact is not None:
            priority, older_s = self.rng.randint(1, 9), self.rng.choice([None, 300])
            self._did("routing", lambda: self.world.routing.change(contact, priority=priority, older_s=older_s))

    def _attributes_change(self) -> None:
        contact = self._contact(lambda one: not one.ended and bool(one.transcript))
        if contact is not None:
            contact.set_attributes({"n": str(self.happened)})
            self._did("attributes", lambda: self.world.reporter.data_updated(contact, "UserDefinedAttributes"))

    def _person(self) -> Agent | None:
        people = [agent for agent in self.world.floor.agents() if agent.habits.person]
        busy = [agent for agent in people if agent.desk]
        some = busy if busy and self.rng.random() < 0.8 else people
        return self.rng.choice(some) if some else None

    def _contact(self, fits: Callable[[Contact], bool]) -> Contact | None:
        some = [contact for contact in self.world.active if fits(contact)]
        return self.rng.choice(some) if some else None

    def _named[R: Resource](self, kind: type[R], name: str) -> R:
        found = self.small.instance.named(kind, name)
        if found is None:
            raise LookupError(name)
        return found
