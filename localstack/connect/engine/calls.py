"""Calls: arriving, running the right flow at the right moment, queueing, moving on, ending (5.1, 5.2, 5.5)."""

from typing import TYPE_CHECKING

from localstack.connect.directory import Flow, PhoneNumber, Queue
from localstack.connect.engine.caller import Caller
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.effects import Finish
from localstack.connect.engine.interpreter import FlowRun
from localstack.connect.engine.legs import Participant
from localstack.connect.engine.parts import Outcome, State, Visit
from localstack.connect.engine.process import Process

if TYPE_CHECKING:
    from collections.abc import Callable

    from localstack.connect.engine.world import World

CUSTOMER, AGENT, FLOW, API = "CUSTOMER_DISCONNECT", "AGENT_DISCONNECT", "CONTACT_FLOW_DISCONNECT", "OTHER"
DEFAULT_FLOWS = {
    "CustomerQueue": "Default customer queue",
    "AgentWhisper": "Default agent whisper",
    "CustomerWhisper": "Default customer whisper",
    "CustomerHold": "Default customer hold",
    "AgentHold": "Default agent hold",
}
"""What runs when no hook is set (5.1); an instance without such a flow runs nothing."""
_REASONS = {"third-party": "THIRD_PARTY_DISCONNECT"}
WHO_LEFT = {CUSTOMER: "The caller hangs up", AGENT: "The agent hangs up", FLOW: "The flow ends the call"}
WHO_LEFT_A_CHAT = {
    CUSTOMER: "The customer ends the chat",
    AGENT: "The agent ends the chat",
    FLOW: "The flow ends the chat",
}
WHISPERS = frozenset({"AgentWhisper", "CustomerWhisper"})
"""Hooks without a default flow for anybody who cannot hear it (5.1)."""


class Calls:
    """The life of contacts."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.new_run: type[FlowRun] | Callable[..., FlowRun] = FlowRun
        """What makes a run of a flow; a test case puts one in its place that it can watch."""
        self._callers: dict[str, Caller] = {}

    def arrive(self, contact: Contact, number: PhoneNumber) -> None:
        """The call comes in: the flow that the number is linked to starts."""
        now = self.world.now
        contact.initiated_at = contact.connected_at = now
        caller, to = contact.plan.caller, contact.plan.to
        contact.tell(now, "arrived", f"{caller} calls {to}", caller=caller, to=to)
        self.world.reporter.contact_event(contact, "INITIATED")
        self.world.watch.count(contact.instance, "CallsPerInterval")
        flow = contact.instance.edition(Flow, number.flow_id) if number.flow_id else None
        if flow is None:
            self.world.watch.count(contact.instance, "MisconfiguredPhoneNumbers")
            contact.tell(now, "error", f"{number.number} leads to no flow")
            self.end(contact, FLOW)
            return
        self.begin(contact, flow)

    def begin(self, contact: Contact, flow: Flow) -> None:
        """The customer is on the line: a flow starts, and the script of the customer with it."""
        self.present(contact)
        caller = self._callers[contact.id]
        self.run(contact, flow, lambda finish: self.flow_over(contact, finish))
        if not contact.ended:
            caller.start()

    def present(self, contact: Contact) -> None:
        """The customer who was called is on the line."""
        self._callers[contact.id] = Caller(self.world, contact)

    def is_present(self, contact: Contact) -> bool:
        """Whether the customer is on the line of this contact."""
        return contact.id in self._callers

    def absent(self, contact: Contact) -> None:
        """The customer is no longer on the line; the call goes on without him."""
        caller = self._callers.pop(contact.id, None)
        if caller is not None:
            caller.stop()
        if contact.process is not None:
            contact.process.cancel()
        contact.listening = None

    def transferred_out(self, contact: Contact) -> None:
        """The customer talks to a third party: a contact that waited waits no longer."""
        caller = self._callers.get(contact.id)
        if caller is not None:
            caller.served()
        if contact.waiting and contact.visit is not None:
            if contact.agent_process is not None:  # an agent was being told of the contact: too late
                contact.agent_process.cancel()
            contact.visit.leave(self.world.now, Outcome.TRANSFERRED)
            self.world.floor.gone(contact)
            self.world.routing.over(contact)
            contact.state = State.FLOW

    def listened_to(self, contact: Contact) -> None:
        """The flow waits for keys."""
        caller = self._callers.get(contact.id)
        if caller is not None:
            caller.start()

    def served(self, contact: Contact) -> None:
        """The customer waits no longer: nothing of the queue is heard any more."""
        if contact.process is not None:
            contact.process.cancel()
        contact.listening = None
        caller = self._callers.get(contact.id)
        if caller is not None:
            caller.served()

    def wrapped_up(self, contact: Contact) -> None:
        """After-contact work is done."""
        if contact.ended:
            self._complete(contact)

    def end(self, contact: Contact, reason: str) -> None:
        """End the conversation, at whatever moment; nothing of the contact runs afterwards. Twice is allowed."""
        if contact.ended:
            return
        caller = self._callers.pop(contact.id, None)
        if caller is not None:
            caller.stop()
            self.world.holds.customer_gone(contact.call)
        contact.tell(self.world.now, "left", _who_left(contact, reason), reason=reason)
        if contact.waiting and contact.visit is not None:
            contact.visit.leave(self.world.now, Outcome.ABANDONED)
        self.close(contact, reason)

    def close(self, contact: Contact, reason: str) -> None:
        """The contact is over, whether or not the customer's call goes on as another one."""
        self.stop_flows(contact)
        contact.state = State.ENDED
        contact.disconnected_at, contact.disconnect_reason = self.world.now, reason
        self.world.routing.over(contact)
        self.world.dialing.over(contact)
        self.world.callbacks.over(contact)
        self.world.pausing.over(contact)
        self.world.tasks.over(contact)
        self.world.recorder.store(contact)
        self.world.floor.gone(contact)
        self.world.reporter.contact_event(contact, "DISCONNECTED")
        self.world.desks.left(contact)
        if contact.third is not None:
            contact.third.close(self.world.now)
        self.world.holds.let_go(contact)
        self.world.transfers.over(contact)
        self.world.chats.over(contact)
        self.world.monitoring.over(contact)
        if contact.source is None and contact.channel == "VOICE":
            self.world.conferences.settle(contact.call, reason)
        if contact.leg is None or contact.leg.acw_ended_at is not None:
            self._complete(contact)

    def stop_flows(self, contact: Contact) -> None:
        """Nothing of the contact's flows runs on."""
        for process in (contact.process, contact.agent_process):
            if process is not None:
                process.cancel()
        contact.process = contact.agent_process = contact.listening = contact.agent_listening = None

    def move(self, old: Contact, queue: Queue, method: str = "QUEUE_TRANSFER") -> None:
        """The customer leaves the contact for a new one, that enters another queue now (5.5).

        The queue flow of the old contact may run on to its end; nobody hears it.
        """
        new = self.world.succeed(old, method)
        if old.process is not None:
            old.process.go_on_alone()
            old.process = None
        if old.waiting and old.visit is not None:
            old.visit.leave(self.world.now, Outcome.TRANSFERRED)
        self.follow(old, new)
        new.tell(self.world.now, "moved", f"Goes on to {queue.name or 'an agent'} as a new contact", contact_id=new.id)
        self.close(old, FLOW)
        self.world.reporter.contact_event(new, "INITIATED")
        new.target_queue = queue
        self.enqueue(new)

    def follow(self, old: Contact, new: Contact) -> None:
        """The customer is on the new contact from here on."""
        old.call.home = new
        caller = self._callers.pop(old.id, None)
        if caller is not None:
            caller.follow(new)
            self._callers[new.id] = caller

    def flow_over(self, contact: Contact, finish: Finish) -> None:
        """The flow before the queue, or after the agent, is over: the contact waits in its queue, or the call ends."""
        queue = contact.target_queue
        if finish.how == "failed" and not self.world.settings.unhandled_error_disconnects:
            contact.tell(self.world.now, "error", "The flow has stopped; nothing is heard any more")
        elif finish.how != "queued" or queue is None:
            self.end(contact, _REASONS.get(finish.how, FLOW))
        elif contact.leg is None:
            self.enqueue(contact)
        else:
            self.move(contact, queue, "DISCONNECT")

    def enqueue(self, contact: Contact) -> None:
        """The contact enters its target queue; the customer, if there is one, hears the queue flow."""
        queue = contact.target_queue
        if queue is None:
            self.end(contact, FLOW)
            return
        now = self.world.now
        contact.visit = Visit(queue, now)
        contact.state = State.QUEUED
        name = queue.name or "the queue of an agent"
        contact.tell(now, "queued", f"Waits in {name}", queue=name, queue_id=queue.id, priority=contact.priority)
        self.world.reporter.contact_event(contact, "QUEUED")
        self.world.routing.entered(contact)
        self.entertain(contact)
        if not contact.ended:
            self.world.floor.wait(contact)
            self.world.callbacks.queued(contact)

    def entertain(self, contact: Contact) -> None:
        """The customer who waits hears the queue flow, and patience runs. Nothing happens when nobody is there."""
        caller = self._callers.get(contact.id)
        if caller is None:
            return
        caller.queued()
        flow = self.hook(contact, "CustomerQueue")
        if flow is not None:
            self.run(contact, flow, lambda finish: self._queue_flow_over(contact, finish))

    def run(
        self, contact: Contact, flow: Flow, over: "Callable[[Finish], None]", participant: Participant = "customer"
    ) -> Process:
        """Run a flow for a contact. The customer and the agent of a contact have one each at most."""
        run = self.new_run(self.world, contact, flow, participant)
        process = Process(self.world.stage(contact), run.steps(), over)
        if participant == "agent":
            contact.agent_process = process
        else:
            contact.process = process
        process.start()
        return process

    def hook(self, contact: Contact, name: str) -> Flow | None:
        """The flow for a moment of the contact's life: the one that was set, else the instance's own.

        Only calls have default whispers (5.1).
        """
        hooked = contact.hooks.get(name)
        if contact.channel != "VOICE" and name in WHISPERS:
            return hooked
        return hooked if hooked is not None else contact.instance.named(Flow, DEFAULT_FLOWS[name])

    def _complete(self, contact: Contact) -> None:
        if contact.completed:
            return
        contact.completed = True
        self.world.reporter.contact_event(contact, "COMPLETED")
        if all(segment.completed for segment in contact.segments):
            reason = contact.latest.disconnect_reason
            contact.tell(self.world.now, "ended", f"Contact over: {reason}", reason=reason)
        delay_s = self.world.settings.record_delay_s
        self.world.timeline.after(delay_s, lambda: self.world.reporter.contact_record(contact))
        self.world.completed(contact)

    def _queue_flow_over(self, contact: Contact, finish: Finish) -> None:
        """The customer queue flow is over; the contact waits on in silence unless the flow hung up."""
        if finish.how in ("disconnect", "third-party") or not contact.waiting:
            self.end(contact, _REASONS.get(finish.how, FLOW))


def _who_left(contact: Contact, reason: str) -> str:
    if contact.chat is not None:
        return WHO_LEFT_A_CHAT.get(reason, "The chat is over")
    return WHO_LEFT.get(reason, "The call is over")
