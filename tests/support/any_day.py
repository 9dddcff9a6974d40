"""A floor on which anything happens at any moment, from a seed: callers, agents, functions, and chance.

`AnyDay.live` makes so many things happen. Now and then everybody goes home; then nothing may be left over.
"""

import functools
import itertools
import random
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from localstack.connect.directory import AgentStatus, Queue, User
from localstack.connect.engine import transfers
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.parts import State
from localstack.connect.engine.plan import Callee
from localstack.connect.engine.ports import LambdaReply
from localstack.connect.engine.settings import Settings
from localstack.connect.engine.staff import REFUSED, Activity, Agent
from localstack.connect.engine.world import World
from tests.support.any_house import DIAL_OUT, PEOPLE, QUEUES, SIMULATED, furnish
from tests.support.any_visitors import ANSWERS, Visitors
from tests.support.connect_world import MONDAY, NAMESPACE, Small
from tests.support.conservation import Ledger, check_floor, must

if TYPE_CHECKING:
    from collections.abc import Callable

STEP_S = 1.5
"""Mean time from one thing to the next."""
CLOSING_AFTER = 10_000
"""So many things happen between two closing times."""
CHECK_EVERY = 60
"""So many steps lie between two looks at the floor."""
TRACELESS = ("function crashes", "agent writes", "customer writes", "routing", "attributes")
ROUNDS = 40
"""So often everybody tidies up at closing time; more means that something is stuck."""


class AnyDay(Visitors):
    """The world, and everybody in it."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311  not a secret
        self.ledger = Ledger()
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.closings = 0
        self.fired = 0
        self.small = Small()
        settings = Settings(
            seed=seed, namespace=NAMESPACE, contacts_kept=50, customer_first_flow=DIAL_OUT if seed % 2 else ""
        )
        self.small.lambdas.answers["route"] = lambda _event: self._function()
        self.world = self.small.world = World(
            self.small.directory, self.ledger.ports(self.small.lambdas), settings, MONDAY
        )
        self.world.on_completed.append(self.ledger.completed)
        furnish(self.small)
        self._everybody_in()

    def live(self, things: int) -> None:
        """Let so many things happen; then everybody goes home."""
        next_closing = CLOSING_AFTER
        for step in itertools.count(1):
            if self.happened >= things:
                break
            self._let_time_pass(self.rng.expovariate(1 / STEP_S))
            self._something()
            if step % CHECK_EVERY == 0:
                check_floor(self.world)
            if self.happened >= next_closing:
                next_closing += CLOSING_AFTER
                self.go_home()
                self._everybody_in()
        self.go_home()

    @property
    def happened(self) -> int:
        """How many things have happened: what the ledger has seen, and what leaves no trace there."""
        return self.ledger.happened.total() + sum(self.done[what] for what in TRACELESS)

    def go_home(self) -> None:
        """Closing time: calls end, screens are cleared, everybody signs out, and nothing is left."""
        for _ in range(ROUNDS):
            if self.world.timeline.idle and not self.world.active:
                break
            for contact in self.world.active:
                self.world.hang_up(contact)
            for agent in self.world.floor.agents():
                self._tidy(agent)
            while not self.world.timeline.idle and (head := self.world.timeline.head()) is not None:
                if self.world.awaited:
                    self._tidy_all()
                del head
                self._fire()
        must(not self.world.active, f"still active: {[c.id for c in self.world.active][:5]}")
        must(self.world.timeline.idle, "something is planned for ever")
        busy = [agent.user.username for agent in self.world.floor.agents() if agent.desk]
        must(not busy, f"stuck agents: {busy}")
        must(not list(self.world.floor.waiting_in(self.small.instance)), "somebody waits in an empty house")
        self.world.floor.sign_out_all()
        self.world.outbox.flush()
        must(self.world.outbox.waiting == self.world.outbox.lost == 0, "the outbox is not empty")
        self.ledger.settled()
        self.closings += 1

    def _something(self) -> None:
        deeds: tuple[tuple[Callable[[], object], int], ...] = (
            (self._call_comes, 10), (self._chat_comes, 2), (self._task_comes, 2), (self._email_comes, 1),
            (self._outbound, 1), (self._paused, 2), (self._monitors, 3),
            (self._caller_hangs_up, 4), (self._agent_acts, 60), (self._status, 4), (self._writes, 3),
            (self._routing_changes, 1), (self._attributes_change, 1),
        )  # fmt: skip
        (deed,) = self.rng.choices([deed for deed, _ in deeds], [weight for _, weight in deeds])
        deed()

    # ------------------------------------------------------------------ agents

    def _agent_acts(self) -> None:
        agent = self._person()
        if agent is None or not agent.desk:
            return
        contact = self.rng.choice(list(agent.desk.values())).contact
        world = self.world
        deeds: dict[str, Callable[[Agent, Contact], object]] = {
            "accept": world.desks.accept, "reject": world.desks.reject, "miss": world.desks.ignore,
            "clear": world.desks.clear_refused, "close": world.desks.close, "hold": world.holds.hold,
            "resume": world.holds.resume, "agent hangs up": world.joining.hang_up, "transfer": self._transfer,
            "conference": world.transfers.conference, "cancel transfer": world.transfers.cancel,
            "leave": lambda _agent, contact: world.transfers.complete(contact), "third party": self._third_party,
            "hold party": lambda agent, contact: world.holds.hold_party(agent, contact, self._party(contact)),
            "resume party": lambda agent, contact: world.holds.resume_party(agent, contact, self._party(contact)),
            "barge": world.monitoring.barge, "listen": world.monitoring.listen,
            "take over": world.monitoring.take_over,
            "disconnect party": lambda agent, contact: world.conferences.disconnect(
                agent, contact, self._party(contact)
            ),
        }  # fmt: skip
        listens = contact.leg is not None and contact.leg.listens
        names = self._sensible(agent, contact) if listens or self.rng.random() < 0.8 else list(deeds)
        name = self.rng.choice(names)
        self._did(name, lambda: deeds[name](agent, contact))

    def _sensible(self, agent: Agent, contact: Contact) -> list[str]:
        """What an agent would do now; chance does all the rest often enough."""
        handling = agent.desk[contact.id]
        match handling.activity:
            case Activity.INCOMING | Activity.CONNECTING:
                return ["agent hangs up"] if handling.accepted else ["accept", "accept", "accept", "reject", "miss"]
            case Activity.CONNECTED:
                return self._sensible_talk(contact)
            case Activity.ON_HOLD:
                consulting = self.world.transfers.pending(contact) is not None
                return ["conference", "conference", "leave", "cancel transfer"] if consulting else ["resume"]
            case Activity.ENDED:
                return ["close"]
            case _:
                return ["clear"]

    def _sensible_talk(self, contact: Contact) -> list[str]:
        if contact.leg is not None and contact.leg.listens:
            return ["barge", "barge", "listen", "take over", "agent hangs up"]
        if self.world.conferences.others(contact):
            return ["hold party", "resume party", "disconnect party", "transfer", "leave", "agent hangs up"]
        return ["hold", "transfer", "transfer", "third party", "agent hangs up"]

    def _monitors(self) -> None:
        """Somebody who is free listens to a call of somebody else."""
        watched = self._contact(lambda one: one.channel == "VOICE" and one.talking and one.leg is not None)
        agent = self._person()
        if watched is not None and agent is not None:
            self._did("monitor", lambda: self.world.monitoring.start(agent, watched, ("SILENT_MONITOR", "BARGE")))

    def _transfer(self, agent: Agent, contact: Contact) -> None:
        instance = self.small.instance
        if self.rng.random() < 0.5:
            to = transfers.to_queue(instance, self._named(Queue, self.rng.choice(QUEUES)))
        else:
            to = transfers.to_agent(instance, self._named(User, f"person{self.rng.randrange(PEOPLE)}"))
        self.world.transfers.start(agent, contact, to)

    def _third_party(self, agent: Agent, contact: Contact) -> None:
        callee = Callee(answers=(self.rng.choice(ANSWERS),), talk_s=self.rng.uniform(5, 60))
        self.world.third_parties.bring_in(agent, contact, transfers.Outside("+8613900000002"), callee)

    def _party(self, contact: Contact) -> Contact:
        others = self.world.conferences.others(contact)
        if not others:
            msg = "nobody else is there"
            raise ValueError(msg)
        return self.rng.choice(others)

    def _status(self) -> None:
        agent = self._person()
        if agent is None or self.rng.random() < 0.3:
            self._sign_in(f"person{self.rng.randrange(PEOPLE)}")
            return
        status = self._named(AgentStatus, self.rng.choice(["Available", "Available", "Lunch", "Offline"]))
        self._did("status", lambda: self.world.floor.set_status(agent, status))

    def _sign_in(self, username: str) -> None:
        user = self._named(User, username)
        if self.world.floor.agent(user.id) is None:
            self._did("sign-in", lambda: self.small.sign_in(user, person=username.startswith("person")))

    def _everybody_in(self) -> None:
        for n in range(PEOPLE):
            self._sign_in(f"person{n}")
        for n in range(SIMULATED):
            habits: dict[str, Any] = {"ring_s": 4 * n, "accept_share": 0.7, "talk_s": 20 + 10 * n, "acw_s": 5}
            self._did("sign-in", functools.partial(self.small.sign_in, self._named(User, f"robot{n}"), **habits))

    def _tidy_all(self) -> None:
        for agent in self.world.floor.agents():
            self._tidy(agent)

    def _tidy(self, agent: Agent) -> None:
        world = self.world
        for handling in list(agent.desk.values()):
            contact = handling.contact
            if contact.id not in agent.desk or not agent.habits.person:
                continue
            if handling.activity is Activity.ENDED:
                world.desks.close(agent, contact)
            elif handling.activity in REFUSED:
                world.desks.clear_refused(agent, contact)
            elif contact.call.customer_left and contact.talking:
                world.joining.hang_up(agent, contact)
            elif handling.activity is Activity.PAUSED:
                world.pausing.resume(contact)
            elif contact.ended or contact.state is State.CONNECTED:
                world.hang_up(contact)

    # ------------------------------------------------------------------ the house

    def _function(self) -> Any:
        """What the function does this time: it answers, crashes, is throttled, is late, or answers nonsense."""
        self.small.lambdas.events.clear()
        chance = self.rng.random()
        if chance < 0.75:
            return {"queue": "q"}
        self.done["function crashes"] += 1
        return self.rng.choice(
            [
                LambdaReply("function-error", b"{}"),
                LambdaReply("throttled"),
                LambdaReply("timeout"),
                "no json",
                {"n": 1},
            ]
        )

    def _let_time_pass(self, seconds: float) -> None:
        timeline = self.world.timeline
        until = timeline.now + timedelta(seconds=seconds)
        while (head := timeline.head()) is not None and head.when <= until:
            self._fire()
        timeline.move_to(until)
        if self.world.outbox.waiting > 500:
            self.world.outbox.flush()

    def _fire(self) -> None:
        self.fired += 1
        self.world.timeline.fire()
