"""Conferences, transfers, holds and third parties in any order: a state machine that looks for a call gone wrong.

After every step each call must make sense. At the end everybody goes home and the ledger of what has left must close:
no stuck agent, no lost contact, every contact ends once, agents' events tile the time from LOGIN to LOGOUT.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from localstack.connect.directory import AgentStatus, Queue, User
from localstack.connect.engine import transfers
from localstack.connect.engine.contact import Contact, Line
from localstack.connect.engine.plan import Callee, CallPlan
from localstack.connect.engine.settings import Settings
from localstack.connect.engine.staff import OFFERED, REFUSED, Activity, Agent
from localstack.connect.engine.world import World
from tests.support.connect_world import CALLER, MONDAY, NAMESPACE, NUMBER, Small, action, say, staff, to_queue
from tests.support.conservation import Ledger, check_floor, must

PEOPLE = ("anna", "bob", "cem", "dora", "emil", "fay")
ROUNDS = 30
ASK = {"Text": "Key in 1.", "StoreInput": "False", "InputTimeLimitSeconds": "5"}
MISSED = dict.fromkeys(("NoMatchingCondition", "NoMatchingError", "InputTimeLimitExceeded"), "bye")
ANSWERS = st.sampled_from(["answer", "answer", "no-answer", "busy"])
WHO, WHICH = st.sampled_from(PEOPLE), st.integers(0, 3)


def furnish(small: Small) -> None:
    """One queue with hold, whisper and transfer flows; callers may stay for a survey."""
    end = action("end", "EndFlowExecution")
    loop = {"Messages": [{"Text": "Music."}], "InterruptFrequencySeconds": "25"}
    music = action("m", "MessageParticipantIteratively", loop, "m", errors={"NoMatchingError": "m"})
    for name, kind in (
        ("Default customer hold", "CUSTOMER_HOLD"),
        ("Default agent hold", "AGENT_HOLD"),
        ("Default customer queue", "CUSTOMER_QUEUE"),
    ):
        small.flow(name, music, kind=kind)
    for name, kind in (
        ("Default agent whisper", "AGENT_WHISPER"),
        ("Default customer whisper", "CUSTOMER_WHISPER"),
        ("Default outbound", "OUTBOUND_WHISPER"),
    ):
        small.flow(name, say("w", "Connecting you now.", "end"), end, kind=kind)
    go = action("go", "TransferContactToQueue", {}, "bye", errors={"NoMatchingError": "bye", "QueueAtCapacity": "bye"})
    menu = action("menu", "GetParticipantInput", ASK, "bye", errors=MISSED, when={"1": "go"})
    away = {"PreviousContactParticipantState": "AgentOnHold"}
    secret = action("away", "UpdatePreviousContactParticipantState", away, "menu", errors={"NoMatchingError": "bye"})
    small.flow("asking", menu, go, kind="QUEUE_TRANSFER")
    small.flow("secret", secret, menu, go, kind="QUEUE_TRANSFER")
    small.queue("support")
    small.profile("support", ("support", 1, 0))
    stay = {"EventHooks": {"CustomerRemaining": small.flow("after", say("s", "How was it?", "bye")).arn}}
    hook = action("h", "UpdateContactEventHooks", stay, "set", errors={"NoMatchingError": "set"})
    dice = action("dice", "DistributeByPercentage", {}, "set", operator="NumberLessThan", when={"30": "h"},
                  errors={"NoMatchingCondition": "set"})  # fmt: skip
    small.number(small.flow("main", dice, hook, *to_queue("support")))


class CrowdedCalls(RuleBasedStateMachine):
    """Six persons and a simulated agent share a handful of calls."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger, self.small = Ledger(), Small()
        many = {**self.small.instance.attributes, "MULTI_PARTY_CONFERENCE": True}
        self.small.instance.attributes = many
        chosen = Settings(seed=1, namespace=NAMESPACE)
        ports = self.ledger.ports(self.small.lambdas)
        self.world = self.small.world = World(self.small.directory, ports, chosen, MONDAY)
        self.world.on_completed.append(self.ledger.completed)
        furnish(self.small)
        staff(self.small, *PEOPLE, person=True)
        staff(self.small, "sim", talk_s=40, acw_s=5)

    # -------------------------------------------------------------- helpers

    def agent(self, name: str) -> Agent | None:
        user = self.small.instance.named(User, name)
        return None if user is None else self.world.floor.agent(user.id)

    def lines(self) -> list[Line]:
        found = {id(one.call): one.call for one in self.world.active if one.transcript}
        return list(found.values())

    def try_with(self, name: str, deed: Callable[[Agent, Contact], object]) -> None:
        """Do it with what the person has on the screen; the engine may refuse."""
        agent = self.agent(name)
        if agent is None or not agent.desk:
            return
        try:
            deed(agent, next(iter(agent.desk.values())).contact)
        except ValueError:
            return

    def pass_time(self, seconds: float) -> None:
        timeline, until = self.world.timeline, self.world.now + timedelta(seconds=seconds)
        while (head := timeline.head()) is not None and head.when <= until:
            timeline.fire()
        timeline.move_to(until)

    # -------------------------------------------------------------- rules

    @initialize(calls=st.integers(1, 3), guests=st.integers(0, 4))
    def people_talk(self, calls: int, guests: int) -> None:
        """Some calls are answered, and parties have joined the first of them."""
        for _ in range(calls):
            self.call_comes(answers=["answer"], talk_s=None)
            self.accept(which=0, seconds=6.0)
        for guest in range(guests):
            self.add_to_the_call(which=0, outside=bool(guest % 2))

    @precondition(lambda self: len(self.lines()) < 5)
    @rule(answers=st.lists(ANSWERS, min_size=1, max_size=3), talk_s=st.sampled_from([None, 60.0]))
    def call_comes(self, answers: Any, talk_s: float | None) -> None:
        third = Callee(answers=tuple(answers), ring_s=4.0, talk_s=30.0)
        self.world.place_call(CallPlan(to=NUMBER, caller=CALLER, talk_s=talk_s, third_party=third, patience_s=300.0))
        self.pass_time(0)

    @rule(seconds=st.sampled_from([0.0, 1.0, 3.0, 5.0, 5.0, 21.0, 70.0]))
    def time_passes(self, seconds: float) -> None:
        self.pass_time(seconds)

    @rule()
    def everybody_tidies(self) -> None:
        """Missed contacts are cleared and after-contact work is done."""
        for name in PEOPLE:
            agent = self.agent(name)
            if agent is not None and agent.activity in REFUSED | {Activity.ENDED}:
                self.tidy(name)

    @rule(which=WHICH, seconds=st.sampled_from([0.0, 1.0, 6.0, 6.0]))
    def accept(self, which: int, seconds: float) -> None:
        """Whoever is being rung; there may be nobody."""
        rung = [name for name in PEOPLE if (agent := self.agent(name)) and agent.activity in OFFERED]
        if rung:
            self.try_with(rung[which % len(rung)], self.world.desks.accept)
        self.pass_time(seconds)

    @rule(which=WHICH, outside=st.booleans())
    def add_to_the_call(self, which: int, outside: bool) -> None:  # noqa: FBT001  drawn
        """Somebody who talks brings another party in and joins it: how calls get crowded."""
        doing = {name: agent.activity for name in PEOPLE if (agent := self.agent(name))}
        talking = [name for name, activity in doing.items() if activity is Activity.CONNECTED]
        idle = [name for name, activity in doing.items() if activity is Activity.IDLE]
        if not talking or not (idle or outside):
            return
        name, to = talking[which % len(talking)], "outside" if outside else idle[0]
        self.try_with(name, lambda agent, contact: self.bring(agent, contact, to))
        self.pass_time(5)
        self.try_with(to, self.world.desks.accept)
        self.pass_time(4)
        self.try_with(name, self.world.transfers.conference)

    @rule(name=WHO, deed=st.sampled_from(["reject", "ignore", "clear_refused", "close"]))
    def at_the_desk(self, name: str, deed: str) -> None:
        self.try_with(name, getattr(self.world.desks, deed))

    @rule(name=WHO, deed=st.sampled_from(["hold", "resume"]))
    def hold(self, name: str, deed: str) -> None:
        self.try_with(name, getattr(self.world.holds, deed))

    @rule(name=WHO, which=WHICH, deed=st.sampled_from(["hold_party", "resume_party"]))
    def hold_party(self, name: str, which: int, deed: str) -> None:
        def act(agent: Agent, contact: Contact) -> None:
            parties = contact.segments
            getattr(self.world.holds, deed)(agent, contact, parties[which % len(parties)])

        self.try_with(name, act)

    @rule(name=WHO, which=WHICH)
    def disconnect(self, name: str, which: int) -> None:
        def act(agent: Agent, contact: Contact) -> None:
            parties = [None, *contact.segments]
            self.world.conferences.disconnect(agent, contact, parties[which % len(parties)])

        self.try_with(name, act)

    @rule(name=WHO, to=st.sampled_from([*PEOPLE, "queue", "asking", "secret", "outside", "outside"]))
    def bring_in(self, name: str, to: str) -> None:
        self.try_with(name, lambda agent, contact: self.bring(agent, contact, to))

    def bring(self, agent: Agent, contact: Contact, to: str) -> None:
        instance, queue = self.small.instance, self.small.instance.named(Queue, "support")
        assert queue is not None
        if to == "outside":
            self.world.third_parties.bring_in(agent, contact, transfers.Outside("+8613900000077"))
        elif to in PEOPLE:
            user = instance.named(User, to)
            assert user is not None
            self.world.transfers.start(agent, contact, transfers.to_agent(instance, user))
        else:
            flow = next((one for one in instance.flows.values() if one.name == to), None)
            self.world.transfers.start(agent, contact, transfers.Destination(queue, flow))

    @rule(name=WHO, deed=st.sampled_from(["conference", "conference", "cancel"]))
    def bringing_goes_on(self, name: str, deed: str) -> None:
        self.try_with(name, getattr(self.world.transfers, deed))

    @rule(name=WHO, digits=st.sampled_from(["1", "2", ""]))
    def agent_presses(self, name: str, digits: str) -> None:
        self.try_with(name, lambda _agent, contact: self.world.press_as_agent(contact, digits))

    @rule(name=WHO)
    def leave(self, name: str) -> None:
        self.try_with(name, self.world.joining.hang_up)

    @rule(which=WHICH)
    def caller_hangs_up(self, which: int) -> None:
        lines = self.lines()
        if lines:
            self.world.hang_up(lines[which % len(lines)].home)

    @rule(which=WHICH)
    def third_party_hangs_up(self, which: int) -> None:
        thirds = [one for one in self.world.active if one.third is not None]
        if thirds:
            self.world.third_parties.hang_up(thirds[which % len(thirds)])

    @rule(name=WHO, status=st.sampled_from(["Available", "Available", "Lunch", "Offline"]))
    def status(self, name: str, status: str) -> None:
        chosen, user = self.small.instance.named(AgentStatus, status), self.small.instance.named(User, name)
        assert chosen is not None
        assert user is not None
        agent = self.agent(name)
        if agent is not None:
            self.world.floor.set_status(agent, chosen)
        elif status != "Offline":
            self.small.sign_in(user, status, person=True)

    # -------------------------------------------------------------- what must be true

    @invariant()
    def every_call_makes_sense(self) -> None:
        for line in self.lines():
            self.check(line)
        check_floor(self.world)

    def check(self, line: Line) -> None:
        conferences = self.world.conferences
        customer, joined = conferences.with_customer(line), conferences.joined(line)
        must(len(joined) + customer <= 6, "more than six parties")
        coming = [one for one in line.segments if one.source is not None and not one.ended]
        must(len(coming) <= 1, "two are brought in at a time")
        if customer:
            must(not line.home.ended, "the customer is on a contact that is over")
        elif joined:
            must(len(joined) > 1, "somebody is alone on a line")
            must(any(one.leg is not None for one in joined), "third parties have a call among themselves")
        for one in coming:
            must(one.source is not None and one.source.talking, "brought in by somebody who has left")
        holder = line.held_by
        must(holder is None or (customer and holder.talking), "the customer is held by nobody")
        for one in joined:
            must(one.held_by is None or not one.held_by.ended, f"{one.party_name} is held by nobody")
            if one.leg is not None:
                on = holder is one or one.held_by is not None
                shown = one.leg.agent.desk[one.id].activity
                must(shown is (Activity.ON_HOLD if on else Activity.CONNECTED), f"{one.party_name} shows {shown}")

    def teardown(self) -> None:
        """Everybody goes home."""
        for _ in range(ROUNDS):
            if self.world.timeline.idle and not self.world.active:
                break
            for contact in self.world.active:
                self.world.hang_up(contact)
            for name in (*PEOPLE, "sim"):
                self.tidy(name)
            self.pass_time(30)
        left = [(one.initiation_method, one.state, one.party_name, one.call.customer_left) for one in self.world.active]
        must(not left, f"still active: {left}")
        must(self.world.timeline.idle, "something is planned for ever")
        self.world.floor.sign_out_all()
        self.world.outbox.flush()
        self.ledger.settled()

    def tidy(self, name: str) -> None:
        agent = self.agent(name)
        for handling in list(agent.desk.values()) if agent is not None else ():
            if handling.activity is Activity.ENDED:
                self.try_with(name, self.world.desks.close)
            elif handling.activity in REFUSED:
                self.try_with(name, self.world.desks.clear_refused)
            else:
                self.try_with(name, self.world.joining.hang_up)


TestCrowdedCalls = CrowdedCalls.TestCase
TestCrowdedCalls.settings = settings(
    max_examples=30, stateful_step_count=60, deadline=None, suppress_health_check=list(HealthCheck)
)
