"""What happens on a simulated day beside calls that are answered: the other channels, holds, transfers, breaks, shifts.

Callers press keys in the queue and after the call, and call again; agents hold, transfer, leave calls, go to lunch and
home, and miss offers. All from a seed, on the world's own timeline.
"""

import functools
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chalicelib.tenancy.contract import Contract
from cli.control import PlannedCall
from cli.simulation_plan import Plan
from cli.tenant_instance import TenantInstance
from localstack.connect.directory import AgentStatus, Flow, Queue, RoutingProfile
from localstack.connect.engine import transfers
from localstack.connect.engine.chats import ChatPlan
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.email import Address, Email
from localstack.connect.engine.emails import EmailPlan
from localstack.connect.engine.plan import CallPlan
from localstack.connect.engine.staff import Activity, Agent
from localstack.connect.engine.tasks import TaskPlan
from localstack.connect.engine.world import World
from tests.support.connect_world import action, content
from tests.support.surveyed import surveyed

KEYS = "1234509*#"
AGAIN_SHARE, PRESSING_SHARE = 0.25, 0.4
"""Share of callers who have called before, and of those who press something more than the menu asks for."""
RATED_SHARE = 0.5
"""Share of calls of which Amazon Connect rates how they were heard."""
WRITTEN_CHANNELS = {"CHAT": 2, "TASK": 1, "EMAIL": 1}
"""How many contacts of the other channels an agent has at once; a call comes alone."""
WRITTEN = "written"
"""The flow of chats, tasks and e-mails: straight into a queue."""


def contract(agents: int) -> Contract:
    """Return a tenant with survey, unpaid lunches and two teams for so many agents."""
    usernames = [f"{profile}-{n:03d}" for profile in ("service", "sales", "bilingual") for n in range(1, agents + 1)]
    parts = [
        {"id": "group", "name": "Group", "kind": "headquarters", "agents": usernames[::3]},
        {"id": "east", "name": "East", "kind": "branch", "parent": "group", "agents": usernames[1::3]},
        {"id": "shop", "name": "Shop", "kind": "outlet", "parent": "east", "agents": usernames[2::6]},
    ]
    return surveyed("hrgroup", organisation=parts, kpis={"unpaid_statuses": ["Lunch"]})


def lively(planned: Plan) -> Plan:
    """Return the plan with callers who call again, and who press keys while they wait and after the call."""
    rng = random.Random(f"lively-{planned.seed}")  # noqa: S311 - reproducible, not secret
    return replace(planned, calls=tuple(_changed(planned.calls, rng)))


def _changed(calls: Sequence[PlannedCall], rng: random.Random) -> Iterator[PlannedCall]:
    for number, call in enumerate(calls):
        caller, script = call.from_, call.script
        if number and rng.random() < AGAIN_SHARE:
            caller = calls[rng.randrange(number)].from_
        if rng.random() < PRESSING_SHARE and not any("hang_up" in step for step in script):
            script += tuple({"press": rng.choice(KEYS)} for _ in range(rng.randint(1, 3)))
        scores = {name: round(rng.uniform(1, 5), 2) for name in ("agent_score", "customer_score")}
        yield replace(call, from_=caller, script=script, audio=scores if rng.random() < RATED_SHARE else None)


@dataclass(slots=True)
class LivelyDay:
    """Lets something happen every `every_s` seconds on average, until `end`; then everybody goes home.

    The instance takes `most_calls` calls at once, and refuses more.
    """

    seed: int
    every_s: float
    end: datetime
    most_calls: int | None = None
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    rng: random.Random = field(init=False)
    world: World = field(init=False)
    made: TenantInstance = field(init=False)

    def __post_init__(self) -> None:
        self.rng = random.Random(f"deeds-{self.seed}")  # noqa: S311 - reproducible, not secret

    def begin(self, world: World, made: TenantInstance) -> None:
        """Furnish what the other channels need, and plan the first thing and the end of every shift."""
        self.world, self.made = world, made
        self._furnish()
        world.load.limit = self.most_calls
        for agent in world.floor.agents():
            habits = replace(agent.habits, accept_share=self.rng.choice([1.0, 1.0, 0.9]))
            world.floor.sign_in(made.instance, agent.user, habits, agent.status)
            home_s = self.rng.uniform(0, 3_600)
            world.timeline.at(self.end + timedelta(seconds=home_s), functools.partial(self._status, agent, "Offline"))
        self._next()

    def _furnish(self) -> None:
        instance, directory = self.made.instance, self.made.directory
        for profile in list(instance.all(RoutingProfile).values()):
            others = [(queue, channel, 5, 0) for queue, *_ in profile.queues for channel in WRITTEN_CHANNELS]
            concurrency = {"VOICE": 1, **WRITTEN_CHANNELS}
            directory.put(instance, replace(profile, queues=(*profile.queues, *others), concurrency=concurrency))
        for agent in self.world.floor.agents():
            self.world.floor.follow(agent.user.id)
        into = {"QueueId": self.made.reference(f"queue.{self.made.contract.queues[0].id}")}
        document = content(
            action("set", "UpdateContactTargetQueue", into, "go", errors={"NoMatchingError": "bye"}),
            action(
                "go", "TransferContactToQueue", {}, "bye", errors={"QueueAtCapacity": "bye", "NoMatchingError": "bye"}
            ),
        )
        arn, text = f"{instance.arn}/contact-flow/{WRITTEN}", json.dumps(document)
        directory.put(
            instance, Flow(id=WRITTEN, arn=arn, name=WRITTEN, type="CONTACT_FLOW", content=document, text=text)
        )

    def _next(self) -> None:
        if self.world.now < self.end:
            self.world.timeline.after(self.rng.expovariate(1 / self.every_s), self._something)

    def _something(self) -> None:
        deeds: tuple[tuple[str, Callable[[], object], int], ...] = (
            ("hold", self._hold, 6), ("transfer", self._transfer, 4), ("consult", self._consult, 2),
            ("agent hangs up", self._leave, 3), ("break", self._break, 4), ("shift", self._shift, 1),
            ("chat", self._chat, 2), ("task", self._task, 2), ("e-mail", self._email, 1),
        )  # fmt: skip
        ((name, deed, _),) = self.rng.choices(deeds, [weight for *_, weight in deeds])
        self._did(name, deed)
        self._next()

    def _did(self, name: str, deed: Callable[[], object]) -> None:
        try:
            deed()
        except ValueError:
            self.refused[name] += 1
        else:
            self.done[name] += 1

    def _talking(self) -> tuple[Agent, Contact]:
        """Somebody who talks; raises ValueError when nobody of some who are asked does."""
        agents = self.world.floor.agents()
        for agent in self.rng.sample(agents, min(20, len(agents))):
            for handling in agent.desk.values():
                if handling.activity is Activity.CONNECTED and handling.contact.channel == "VOICE":
                    return agent, handling.contact
        msg = "nobody talks"
        raise ValueError(msg)

    def _later(self, lowest_s: float, highest_s: float, deed: Callable[[], object]) -> None:
        self.world.timeline.after(self.rng.uniform(lowest_s, highest_s), lambda: self._did("later", deed))

    def _hold(self) -> None:
        agent, contact = self._talking()
        self.world.holds.hold(agent, contact)
        self._later(5, 120, lambda: self.world.holds.resume(agent, contact))

    def _transfer(self) -> None:
        agent, contact = self._talking()
        queue = self.rng.choice(
            [one for one in self.made.instance.all(Queue).values() if one.name in self.made.queue_ids]
        )
        self.world.transfers.start(agent, contact, transfers.to_queue(self.made.instance, queue))

    def _consult(self) -> None:
        agent, contact = self._talking()
        other = self.rng.choice(self.world.floor.agents())
        self.world.transfers.start(agent, contact, transfers.to_agent(self.made.instance, other.user))
        self._later(10, 60, lambda: self.world.transfers.complete(contact))

    def _leave(self) -> None:
        agent, contact = self._talking()
        self.world.joining.hang_up(agent, contact)

    def _break(self) -> None:
        agent = self.rng.choice(self.world.floor.agents())
        names = [status.name for status in self.made.contract.agent_statuses]
        self._status(agent, self.rng.choice(names))
        self._later(60, 3_600, lambda: self._status(agent, "Available"))

    def _shift(self) -> None:
        agent = self.rng.choice(self.world.floor.agents())
        self._status(agent, "Offline")
        self._later(60, 7_200, lambda: self._back(agent))

    def _back(self, agent: Agent) -> None:
        if self.world.now < self.end:
            self.world.floor.sign_in(self.made.instance, agent.user, agent.habits, self._named("Available"))

    def _status(self, agent: Agent, name: str) -> None:
        if self.world.floor.agent(agent.user.id) is agent and (name == "Offline" or self.world.now < self.end):
            self.world.floor.set_status(agent, self._named(name))

    def _named(self, name: str) -> AgentStatus:
        found = self.made.instance.named(AgentStatus, name)
        if found is None:
            raise LookupError(name)
        return found

    def _flow(self) -> Flow:
        found = self.made.instance.named(Flow, WRITTEN)
        if found is None:
            raise LookupError(WRITTEN)
        return found

    def _chat(self) -> None:
        call = CallPlan(to="", caller="", talk_s=self.rng.uniform(30, 300), patience_s=self.rng.uniform(10, 300))
        self.world.chats.start(self.made.instance, ChatPlan(flow=self._flow(), call=call, message="Hello"))

    def _task(self) -> None:
        self.world.tasks.create(self.made.instance, TaskPlan(flow=self._flow(), name="Look at this"))

    def _email(self) -> None:
        people = [Address(f"{who}@example.com") for who in ("customer", "help")]
        message = Email(
            sender=people[0], recipient=people[1], subject="Help", body="Please.", content_type="text/plain"
        )
        self.world.emails.receive(self.made.instance, EmailPlan(flow=self._flow(), email=message))
