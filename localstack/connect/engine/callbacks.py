"""Callbacks: scheduled, queued, tried again, and expired (5.1, 11.7).

Agent first: the contact waits in the queue without its customer, who is dialled when an agent has accepted. Customer
first: when it is the contact's turn the customer is dialled, by another contact, and waits for an agent once reached.
The agent whose turn it was is kept free of other contacts meanwhile.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from localstack.connect.directory import Flow, Instance, Queue
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.detection import Detection
from localstack.connect.engine.parts import Outcome, State
from localstack.connect.engine.staff import Agent

if TYPE_CHECKING:
    from localstack.connect.engine.timeline import Timer
    from localstack.connect.engine.world import World

EXPIRED, OVER = "EXPIRED", "OTHER"
LIFE_S = 7 * 86_400
"""A callback waits so long in its queue at most."""
AGENT_FIRST = "CALLBACK"
QUEUED, DIALED = "CALLBACK_CUSTOMER_FIRST_QUEUED", "CALLBACK_CUSTOMER_FIRST_DIALED"
TRAFFIC = {"connect:TrafficType": "CUSTOMER_FIRST_CALLBACK"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackTerms:
    """What CreateCallbackContact says. `flow` None = the contact queues by itself after the initial delay.

    `dial_flow` is for a customer who is called first: it runs once he has been reached.
    """

    queue: Queue
    number: str
    delay_s: float
    attempts: int
    retry_s: float
    flow: Flow | None = None
    dial_flow: Flow | None = None
    caller_id: str = ""


class Callbacks:
    """All callbacks of a world."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._timers: dict[str, Timer] = {}
        self._terms: dict[str, tuple[CallbackTerms, int]] = {}
        self._kept: dict[str, Agent] = {}

    def create(self, old: Contact, terms: CallbackTerms) -> Contact:
        """A callback to `terms.number`; it keeps the age of the call, unless a dialled customer is called again."""
        plan = replace(old.plan, caller=terms.number, script=(), patience_s=None, interactive=False)
        if terms.caller_id:
            plan = replace(plan, to=terms.caller_id)
        new = self._world.succeed(old, AGENT_FIRST if terms.dial_flow is None else QUEUED, apart=plan)
        delay_s = terms.delay_s if terms.flow is None or terms.dial_flow is not None else 0.0
        since = old.visit.enqueued_at if old.visit else old.initiated_at
        new.tell(self._world.now, "scheduled", f"A callback to {terms.number} in {terms.delay_s:g} s", to=terms.number)
        self._schedule(new, terms, attempt=1, delay_s=delay_s)
        if old.initiation_method == DIALED:
            new.age_adjustment_s = 0
        else:
            new.age_adjustment_s += int((self._world.now - since).total_seconds() + delay_s)
        return new

    def dial_flow_of(self, instance: Instance) -> Flow | None:
        """The flow that makes an instance's callbacks customer first; None = agent first."""
        name = self._world.settings.customer_first_flow
        return (instance.named(Flow, name) or instance.edition(Flow, name)) if name else None

    def attempt_of(self, contact: Contact) -> int:
        """Which attempt to reach the customer this contact is, counted from 1."""
        if contact.id in self._terms:
            return self._terms[contact.id][1]
        before, earlier = contact.previous, 0
        while contact.initiation_method == DIALED and before is not None:
            earlier += before.initiation_method == DIALED
            before = before.previous
        return 1 + earlier

    def try_again(self, contact: Contact) -> None:
        """Nobody was reached: another attempt is made as a new contact, as often as the terms say."""
        terms, attempt = self._terms.get(contact.id, (None, 1))
        if terms is None or attempt >= terms.attempts or terms.dial_flow is not None:
            return
        again = self._world.succeed(contact, AGENT_FIRST)
        again.connected_at, again.age_adjustment_s = None, contact.age_adjustment_s
        again.tell(self._world.now, "scheduled", f"Another attempt in {terms.retry_s:g} s", contact_id=again.id)
        self._schedule(again, terms, attempt=attempt + 1, delay_s=terms.retry_s)

    def turn(self, contact: Contact, agent: Agent) -> None:
        """An agent is free for a customer who is called first: the customer is dialled, as a new contact."""
        world, terms = self._world, self._terms[contact.id][0]
        if contact.visit is None or terms.dial_flow is None:
            return
        flow, queued_at = terms.dial_flow, contact.visit.enqueued_at
        contact.visit.leave(world.now, Outcome.TRANSFERRED)
        new = world.succeed(contact, DIALED)
        new.connected_at, new.target_queue = None, contact.visit.queue
        new.segment_attributes.update(TRAFFIC)
        new.queued_before_s = (world.now - queued_at).total_seconds()
        new.age_adjustment_s = contact.age_adjustment_s + int(new.queued_before_s)
        self._kept[new.id] = agent
        agent.kept_for = new
        world.calls.close(contact, OVER)
        new.detection = Detection(awaits_prompt=True)
        world.dialing.call(new, lambda: world.calls.begin(new, flow))

    def queued(self, contact: Contact) -> None:
        """A customer who was called first waits for the agent now: the agent is free for whoever comes first."""
        agent = self._kept.pop(contact.id, None)
        if agent is not None and agent.kept_for is contact:
            agent.kept_for = None
            self._world.floor.refresh(agent)

    def over(self, contact: Contact) -> None:
        """A contact is over, whatever was planned for it."""
        self._world.timeline.cancel(self._timers.pop(contact.id, None))
        self._terms.pop(contact.id, None)
        self.queued(contact)

    def _schedule(self, contact: Contact, terms: CallbackTerms, *, attempt: int, delay_s: float) -> None:
        contact.state, contact.target_queue = State.SCHEDULED, terms.queue
        self._terms[contact.id] = (terms, attempt)
        self._world.reporter.contact_event(contact, "INITIATED")
        self._timers[contact.id] = self._world.timeline.after(delay_s, lambda: self._due(contact, terms, attempt))

    def _due(self, contact: Contact, terms: CallbackTerms, attempt: int) -> None:
        timeline = self._world.timeline
        expire = lambda: self._world.calls.end(contact, EXPIRED) if contact.waiting else None  # noqa: E731  two words
        self._timers[contact.id] = timeline.after(LIFE_S, expire, background=True)
        if terms.flow is not None and attempt == 1:
            contact.state = State.FLOW
            if terms.dial_flow is not None:
                contact.connected_at = self._world.now
            self._world.calls.run(contact, terms.flow, lambda finish: self._world.calls.flow_over(contact, finish))
        else:
            self._world.calls.enqueue(contact)
