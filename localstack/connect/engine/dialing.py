"""Calls that we make: callbacks, calls of the API, calls of agents (5.1, 11.7)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from localstack.connect.directory import Flow, Instance, Queue
from localstack.connect.engine.contact import AgentLeg, CallPlan, Contact, Outcome, State
from localstack.connect.engine.plan import Answer
from localstack.connect.engine.staff import Agent

if TYPE_CHECKING:
    from localstack.connect.engine.timeline import Timer
    from localstack.connect.engine.world import World

UNANSWERED, BUSY, EXPIRED = "TELECOM_UNANSWERED", "TELECOM_BUSY", "EXPIRED"
FAILED: Mapping[Answer, str] = {"no-answer": UNANSWERED, "busy": BUSY}
CALLBACK_LIFE_S = 7 * 86_400
"""A callback waits so long in its queue at most."""
DEFAULT_OUTBOUND = "Default outbound"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackTerms:
    """What CreateCallbackContact says. `flow` None = the contact queues by itself after the initial delay."""

    queue: Queue
    number: str
    delay_s: float
    attempts: int
    retry_s: float
    flow: Flow | None = None


class Dialing:
    """Dials, and says what came of it."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._timers: dict[str, Timer] = {}
        self._terms: dict[str, tuple[CallbackTerms, int]] = {}

    def call_back(self, old: Contact, terms: CallbackTerms) -> Contact:
        """Create a callback: a contact that waits in a queue without its customer (agent first)."""
        plan = replace(old.plan, caller=terms.number, script=(), patience_s=None, interactive=False)
        new = self._world.succeed(old, "CALLBACK", apart=plan)
        since = old.visit.enqueued_at if old.visit else old.initiated_at
        new.tell(self._world.now, "scheduled", f"A callback to {terms.number} in {terms.delay_s:g} s", to=terms.number)
        self._schedule(new, terms, attempt=1, delay_s=0.0 if terms.flow else terms.delay_s)
        new.age_adjustment_s += int((self._world.now - since).total_seconds() + (0 if terms.flow else terms.delay_s))
        return new

    def start_outbound(
        self, instance: Instance, flow: Flow, plan: CallPlan, *, attributes: Mapping[str, str] | None = None
    ) -> Contact:
        """StartOutboundVoiceContact: dial `plan.caller`; the flow starts when the callee answers."""
        contact = self._world.new_contact(instance, plan, method="API")
        contact.attributes.update(attributes or {})
        self._dial(contact, 1, lambda: self._world.calls.begin(contact, flow))
        return contact

    def by_agent(self, agent: Agent, plan: CallPlan) -> Contact:
        """The agent dials `plan.caller` from the profile's outbound queue. Raises ValueError when he is busy."""
        queue = agent.instance.find(Queue, agent.profile.default_outbound_queue_id)
        if agent.desk or queue is None:
            msg = f"{agent.user.username} cannot dial now"
            raise ValueError(msg)
        contact = self._world.new_contact(agent.instance, plan, method="OUTBOUND")
        contact.target_queue = queue
        self._world.reporter.contact_event(contact, "INITIATED")
        self._with_agent(contact, agent)
        return contact

    def accepted(self, contact: Contact, agent: Agent) -> None:
        """The agent has taken a callback: only now the customer is dialled."""
        if contact.visit is not None:
            contact.visit.leave(self._world.now, Outcome.ANSWERED)
        self._world.calls.served(contact)
        self._world.routing.joined(contact)
        self._with_agent(contact, agent)

    def over(self, contact: Contact) -> None:
        """A contact is over, whatever was planned for it."""
        self._world.timeline.cancel(self._timers.pop(contact.id, None))
        self._terms.pop(contact.id, None)

    def _schedule(self, contact: Contact, terms: CallbackTerms, *, attempt: int, delay_s: float) -> None:
        contact.state, contact.target_queue = State.SCHEDULED, terms.queue
        self._terms[contact.id] = (terms, attempt)
        self._world.reporter.contact_event(contact, "INITIATED")
        self._timers[contact.id] = self._world.timeline.after(delay_s, lambda: self._due(contact, terms, attempt))

    def _due(self, contact: Contact, terms: CallbackTerms, attempt: int) -> None:
        timeline = self._world.timeline
        expire = lambda: self._world.calls.end(contact, EXPIRED) if contact.waiting else None  # noqa: E731  two words
        self._timers[contact.id] = timeline.after(CALLBACK_LIFE_S, expire, background=True)
        if terms.flow is not None and attempt == 1:
            contact.state = State.FLOW
            self._world.calls.run(contact, terms.flow, lambda finish: self._world.calls.flow_over(contact, finish))
        else:
            self._world.calls.enqueue(contact)

    def _with_agent(self, contact: Contact, agent: Agent) -> None:
        """The agent hears it ring; then the outbound whisper runs for the customer, and they talk."""
        world = self._world
        contact.leg = AgentLeg(world.now, agent=agent)
        contact.offered_to = None
        world.floor.gone(contact)
        world.desks.dialing(agent, contact)
        world.reporter.contact_event(contact, "CONNECTED_TO_AGENT")
        _, attempt = self._terms.get(contact.id, (None, 1))

        def answered() -> None:
            world.desks.held(agent, contact, on=False)
            contact.tell(world.now, "joined", f"{agent.user.username} is connected", agent=agent.user.username)
            world.calls.present(contact)
            world.joining.whisper(
                contact,
                self.outbound_flow(contact),
                "customer",
                lambda: world.joining.talk(contact, agent),
                lambda: world.calls.end(contact, "OTHER"),
            )

        self._dial(contact, attempt, answered)

    def outbound_flow(self, contact: Contact) -> Flow | None:
        """The outbound whisper flow: of the contact's queue, else the instance's own (5.1)."""
        queue = contact.visit.queue if contact.visit else contact.target_queue
        own = contact.instance.find(Flow, queue.caller.get("OutboundFlowId", "")) if queue else None
        return own or contact.instance.named(Flow, DEFAULT_OUTBOUND)

    def _dial(self, contact: Contact, attempt: int, answered: Callable[[], None]) -> None:
        world, callee = self._world, contact.plan.callee
        if contact.leg is None:
            contact.state = State.DIALING
            world.reporter.contact_event(contact, "INITIATED")
        world.watch.count(contact.instance, "CallsPerInterval")
        result = callee.on(attempt)
        contact.tell(world.now, "dialing", f"Dials {contact.plan.caller}", to=contact.plan.caller, attempt=attempt)

        def outcome() -> None:
            if result in FAILED:
                self._failed(contact, FAILED[result])
                return
            contact.connected_at = world.now
            contact.state = State.FLOW if contact.leg is None else State.CONNECTED
            contact.tell(world.now, "answered", f"{contact.plan.caller}: {result}", result=result)
            world.reporter.contact_event(contact, "CONNECTED_TO_SYSTEM")
            answered()

        ring_s = callee.ring_s if result != "no-answer" else world.settings.dial_limit_s
        world.timeline.cancel(self._timers.get(contact.id))
        self._timers[contact.id] = world.timeline.after(ring_s, outcome)

    def _failed(self, contact: Contact, reason: str) -> None:
        """Nobody there: a callback is tried again, as a new contact, as often as its terms say."""
        terms, attempt = self._terms.get(contact.id, (None, 1))
        if terms is not None and attempt < terms.attempts:
            again = self._world.succeed(contact, "CALLBACK")
            again.connected_at, again.age_adjustment_s = None, contact.age_adjustment_s
            again.tell(self._world.now, "scheduled", f"Another attempt in {terms.retry_s:g} s", contact_id=again.id)
            self._schedule(again, terms, attempt=attempt + 1, delay_s=terms.retry_s)
        self._world.calls.end(contact, reason)
