"""Calls that we place: of the API, of agents, to customers who are called back (5.1, 11.7, 12)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from localstack.connect.directory import Flow, Instance, PhoneNumber, Queue
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.detection import Detection
from localstack.connect.engine.legs import AgentLeg
from localstack.connect.engine.parts import Outcome, State
from localstack.connect.engine.plan import Answer, CallPlan
from localstack.connect.engine.staff import Agent

if TYPE_CHECKING:
    from localstack.connect.engine.timeline import Timer
    from localstack.connect.engine.world import World

UNANSWERED, BUSY, INVALID = "TELECOM_UNANSWERED", "TELECOM_BUSY", "TELECOM_NUMBER_INVALID"
FAILED: Mapping[Answer, str] = {"no-answer": UNANSWERED, "busy": BUSY, "invalid": INVALID}
PROBLEM = "TELECOM_PROBLEM"
"""The call could not be placed at all."""
DEFAULT_OUTBOUND = "Default outbound"


class Dialing:
    """Dials, and says what came of it."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._timers: dict[str, Timer] = {}

    def start_outbound(
        self,
        instance: Instance,
        flow: Flow,
        plan: CallPlan,
        *,
        attributes: Mapping[str, str] | None = None,
        detection: Detection | None = None,
        ring_s: float | None = None,
        detects: bool = True,
    ) -> Contact:
        """StartOutboundVoiceContact: dial `plan.caller` for at most `ring_s`; the flow starts when it is answered.

        With a `detection` it starts when it is known who has answered. One that was asked for without (not `detects`)
        is told of once more.
        """
        contact = self._world.new_contact(instance, plan, method="API")
        contact.attributes.update(attributes or {})
        contact.detection = detection

        def begin() -> None:
            if not detects:
                self._world.reporter.contact_event(contact, "AMD_DISABLED")
            self._world.calls.begin(contact, flow)

        self.call(contact, begin, ring_s)
        return contact

    def by_agent(self, agent: Agent, plan: CallPlan) -> Contact:
        """The agent dials `plan.caller` from the profile's outbound queue. Raises ValueError when he is busy."""
        queue = agent.instance.find(Queue, agent.profile.default_outbound_queue_id)
        if agent.desk or queue is None:
            msg = f"{agent.user.username} cannot dial now"
            raise ValueError(msg)
        if not self._world.load.admit(agent.instance):
            msg = "all lines of the instance are in use"
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

    def _with_agent(self, contact: Contact, agent: Agent) -> None:
        """The outbound whisper runs at once: as far as its first prompt before the answer (5.1). Then they talk."""
        world = self._world
        contact.leg = AgentLeg(world.now, agent=agent)
        contact.offered_to = None
        world.floor.gone(contact)
        world.desks.dialing(agent, contact)
        world.reporter.contact_event(contact, "CONNECTED_TO_AGENT")
        flow = self.outbound_flow(contact)

        def talk() -> None:
            if contact.connected_at is None:
                self.connect(contact, "", talk)
            else:
                world.holds.during_whisper(contact, agent=False, customer=False)
                world.joining.talk(contact, agent)

        world.joining.whisper(contact, flow, "customer", talk, lambda: world.calls.end(contact, "OTHER"))

    def outbound_flow(self, contact: Contact) -> Flow | None:
        """The outbound whisper flow: of the contact's queue, else the instance's own (5.1)."""
        queue = contact.visit.queue if contact.visit else contact.target_queue
        own = contact.instance.edition(Flow, queue.caller.get("OutboundFlowId", "")) if queue else None
        return own or contact.instance.named(Flow, DEFAULT_OUTBOUND)

    def connect(
        self, contact: Contact, caller_id: str, resume: Callable[[], None], ring_s: float | None = None
    ) -> None:
        """Place the call of an agent, showing `caller_id` ("" = as planned); go on when the customer has answered.

        A number that is not the instance's cannot be shown: then the call is over (AG/call-phone-number).
        """
        if caller_id:
            if not any(claimed.number == caller_id for claimed in contact.instance.all(PhoneNumber).values()):
                contact.tell(self._world.now, "error", f"{caller_id} is no number of this instance")
                self._world.calls.end(contact, PROBLEM)
                return
            contact.plan = replace(contact.plan, to=caller_id)
        self.call(contact, lambda: self._reached(contact, resume), ring_s)

    def _reached(self, contact: Contact, resume: Callable[[], None]) -> None:
        world, leg = self._world, contact.leg
        if leg is None:
            return
        username = leg.agent.user.username
        world.desks.held(leg.agent, contact, on=False)
        contact.tell(world.now, "joined", f"{username} is connected", agent=username)
        world.calls.present(contact)
        world.joining.guard_again(contact)
        resume()

    def call(self, contact: Contact, answered: Callable[[], None], ring_s: float | None = None) -> None:
        """Dial the customer of a contact; `answered` is called when he (or his machine) has."""
        world, callee = self._world, contact.plan.callee
        if contact.leg is None:
            contact.state = State.DIALING
            world.reporter.contact_event(contact, "INITIATED")
        world.watch.count(contact.instance, "CallsPerInterval")
        attempt = world.callbacks.attempt_of(contact)
        limit_s = world.settings.dial_limit_s if ring_s is None else ring_s
        wanted = callee.on(attempt)
        result: Answer = "no-answer" if wanted not in FAILED and callee.ring_s > limit_s else wanted
        contact.tell(world.now, "dialing", f"Dials {contact.plan.caller}", to=contact.plan.caller, attempt=attempt)

        def outcome() -> None:
            if result in FAILED:
                self._failed(contact, result)
            else:
                self._picked_up(contact, result, answered)

        self._later(contact, limit_s if result == "no-answer" else callee.ring_s, outcome)

    def _picked_up(self, contact: Contact, result: Answer, answered: Callable[[], None]) -> None:
        world = self._world
        contact.connected_at = world.now
        contact.state = State.FLOW if contact.leg is None else State.CONNECTED
        contact.tell(world.now, "answered", f"{contact.plan.caller}: {result}", result=result)
        if contact.detection is None:
            world.reporter.contact_event(contact, "CONNECTED_TO_SYSTEM")
            answered()
            return
        listens_s = contact.detection.decide(result, contact.plan.callee, world.now, world.settings.detection_s)

        def known() -> None:
            world.reporter.contact_event(contact, "CONNECTED_TO_SYSTEM")
            answered()

        self._later(contact, listens_s, known)

    def _failed(self, contact: Contact, result: Answer) -> None:
        if contact.detection is not None:
            contact.detection.unreached(result)
        self._world.callbacks.try_again(contact)
        self._world.calls.end(contact, FAILED[result])

    def _later(self, contact: Contact, delay_s: float, call: Callable[[], None]) -> None:
        self._world.timeline.cancel(self._timers.get(contact.id))
        self._timers[contact.id] = self._world.timeline.after(delay_s, call)
