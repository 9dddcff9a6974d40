"""Calls: arriving, running the right flow at the right moment, joining an agent, ending (5.1, 5.2)."""

from typing import TYPE_CHECKING

from localstack.connect.directory import Flow, PhoneNumber, Queue
from localstack.connect.engine.caller import Caller
from localstack.connect.engine.contact import AgentLeg, Contact, Outcome, State, Visit
from localstack.connect.engine.effects import Finish
from localstack.connect.engine.interpreter import FlowRun, Participant
from localstack.connect.engine.process import Process
from localstack.connect.engine.staff import Agent

if TYPE_CHECKING:
    from collections.abc import Callable

    from localstack.connect.engine.world import World

CUSTOMER, AGENT, FLOW, API = "CUSTOMER_DISCONNECT", "AGENT_DISCONNECT", "CONTACT_FLOW_DISCONNECT", "OTHER"
CUSTOMER_ENDS_SHARE = 0.7
"""How often the customer is the one who hangs up after a conversation."""
DEFAULT_FLOWS = {
    "CustomerQueue": "Default customer queue",
    "AgentWhisper": "Default agent whisper",
    "CustomerWhisper": "Default customer whisper",
}
"""What runs when no hook is set (5.1); an instance without such a flow runs nothing."""
WHO_LEFT = {CUSTOMER: "The caller hangs up", AGENT: "The agent hangs up", FLOW: "The flow ends the call"}


class Calls:
    """The life of contacts."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self._callers: dict[str, Caller] = {}

    def arrive(self, contact: Contact, number: PhoneNumber) -> None:
        """The call comes in: the flow that the number is linked to starts."""
        now = self.world.now
        contact.initiated_at = now
        contact.tell(
            now,
            "arrived",
            f"{contact.plan.caller} calls {contact.plan.to}",
            caller=contact.plan.caller,
            to=contact.plan.to,
        )
        self.world.reporter.contact_event(contact, "INITIATED")
        flow = contact.instance.find(Flow, number.flow_id) if number.flow_id else None
        if flow is None:
            contact.tell(now, "error", f"{number.number} leads to no flow")
            self.end(contact, FLOW)
            return
        caller = self._callers[contact.id] = Caller(self.world, contact)
        self._run(contact, flow, lambda finish: self._flow_over(contact, finish))
        if not contact.ended:
            caller.start()

    def listened_to(self, contact: Contact) -> None:
        """The flow waits for keys."""
        caller = self._callers.get(contact.id)
        if caller is not None:
            caller.start()

    def accepted(self, contact: Contact, agent: Agent) -> None:
        """The agent takes the call: the whisper runs while the customer is still in the queue."""
        shown = dict(contact.attributes)
        contact.tell(
            self.world.now,
            "screen-pop",
            f"{agent.user.username} sees the contact",
            agent=agent.user.username,
            attributes=shown,
        )
        flow = self._hook(contact, "AgentWhisper")
        self._whisper(
            contact, flow, "agent", lambda: self._join(contact, agent), lambda: self._whisper_too_long(contact)
        )

    def wrapped_up(self, contact: Contact) -> None:
        """After-contact work is done."""
        if contact.ended:
            self._complete(contact)

    def end(self, contact: Contact, reason: str) -> None:
        """End the conversation, at whatever moment; nothing of the contact runs afterwards. Twice is allowed."""
        if contact.ended:
            return
        now = self.world.now
        self._stop(contact)
        contact.tell(now, "left", WHO_LEFT.get(reason, "The call is over"), reason=reason)
        if contact.visit is not None and contact.visit.outcome is None:
            contact.visit.leave(now, Outcome.ABANDONED)
        self._close(contact, reason)

    def move(self, old: Contact, queue: Queue) -> None:
        """The customer leaves the queue for another one: a new contact, that enters it now (5.5).

        The queue flow of the old contact may run on to its end; nobody hears it.
        """
        if old.visit is None:
            return
        new = self.world.succeed(old, "QUEUE_TRANSFER")
        if old.process is not None:
            old.process.release()
            old.process = None
        old.visit.leave(self.world.now, Outcome.TRANSFERRED)
        self._follow(old, new)
        self._close(old, FLOW)
        new.tell(self.world.now, "moved", f"Leaves {old.visit.queue.name} for {queue.name}", contact_id=new.id)
        self.world.reporter.contact_event(new, "INITIATED")
        new.target_queue = queue
        self._enqueue(new)

    def _follow(self, old: Contact, new: Contact) -> None:
        """The customer is on the new contact from here on."""
        caller = self._callers.pop(old.id, None)
        if caller is not None:
            caller.follow(new)
            self._callers[new.id] = caller

    def _close(self, contact: Contact, reason: str) -> None:
        contact.state = State.ENDED
        contact.disconnected_at, contact.disconnect_reason = self.world.now, reason
        self.world.floor.forget(contact)
        self.world.recorder.store(contact)
        self.world.reporter.contact_event(contact, "DISCONNECTED")
        self.world.floor.left(contact)
        if contact.leg is None or contact.leg.acw_ended_at is not None:
            self._complete(contact)

    def _stop(self, contact: Contact) -> None:
        caller = self._callers.pop(contact.id, None)
        if caller is not None:
            caller.stop()
        for process in (contact.process, contact.agent_process):
            if process is not None:
                process.cancel()
        contact.process = contact.agent_process = contact.listening = None

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

    def _flow_over(self, contact: Contact, finish: Finish) -> None:
        """The flow before the queue is over: the contact waits in its queue, or the call ends."""
        if finish.how == "queued":
            self._enqueue(contact)
        else:
            self.end(contact, FLOW)

    def _enqueue(self, contact: Contact) -> None:
        queue = contact.target_queue
        if queue is None:
            self.end(contact, FLOW)
            return
        now = self.world.now
        contact.visit = Visit(queue, now)
        contact.state = State.QUEUED
        contact.tell(
            now, "queued", f"Waits in {queue.name}", queue=queue.name, queue_id=queue.id, priority=contact.priority
        )
        self.world.reporter.contact_event(contact, "QUEUED")
        self._callers[contact.id].queued()
        flow = self._hook(contact, "CustomerQueue")
        if flow is not None:
            self._run(contact, flow, lambda finish: self._queue_flow_over(contact, finish))
        if not contact.ended:
            self.world.floor.wait(contact)

    def _queue_flow_over(self, contact: Contact, finish: Finish) -> None:
        """The customer queue flow is over; the contact waits on in silence unless the flow hung up."""
        if finish.how == "disconnect":
            self.end(contact, FLOW)

    def _join(self, contact: Contact, agent: Agent) -> None:
        """The customer leaves the queue for the agent; the customer whisper runs, then they talk."""
        now = self.world.now
        if contact.visit is None:
            return
        contact.visit.leave(now, Outcome.ANSWERED)
        contact.leg = AgentLeg(agent, now)
        contact.state = State.CONNECTED
        if contact.process is not None:
            contact.process.cancel()
        contact.listening = None
        self._callers[contact.id].served()
        self.world.floor.joined(agent, contact)
        self.world.reporter.contact_event(contact, "CONNECTED_TO_AGENT")
        contact.tell(now, "joined", f"Connected to {agent.user.username}", agent=agent.user.username)
        flow = self._hook(contact, "CustomerWhisper")
        self._whisper(contact, flow, "customer", lambda: self._talk(contact, agent), lambda: self.end(contact, API))

    def _talk(self, contact: Contact, agent: Agent) -> None:
        self.world.recorder.start_conversation(contact)
        exact = contact.plan.talk_s
        talk_s = self.world.floor.varied(agent.habits.talk_s, contact) if exact is None else exact
        by_customer = contact.rng.random() < CUSTOMER_ENDS_SHARE
        agent.timer = self.world.timeline.after(talk_s, lambda: self._talked(contact, by_customer=by_customer))

    def _talked(self, contact: Contact, *, by_customer: bool) -> None:
        remaining = contact.hooks.get("CustomerRemaining")
        if by_customer or remaining is None:
            self.end(contact, CUSTOMER if by_customer else AGENT)
            return
        contact.tell(self.world.now, "left", WHO_LEFT[AGENT], reason=AGENT)
        self.world.recorder.stop(contact)
        contact.state = State.FLOW
        self.world.floor.left(contact)
        self._run(contact, remaining, lambda _finish: self.end(contact, FLOW))

    def _whisper(
        self,
        contact: Contact,
        flow: Flow | None,
        participant: Participant,
        then: "Callable[[], None]",
        too_long: "Callable[[], None]",
    ) -> None:
        """Run a whisper flow, then go on; a whisper that is too long drops the parties (5.2)."""
        if flow is None:
            then()
            return
        guard = self.world.timeline.after(self.world.settings.whisper_limit_s, too_long)

        def over(_finish: Finish) -> None:
            self.world.timeline.cancel(guard)
            then()

        process = self._run(contact, flow, over, participant)
        process.on_cancel = lambda: self.world.timeline.cancel(guard)

    def _whisper_too_long(self, contact: Contact) -> None:
        agent = contact.offered_to
        if contact.agent_process is not None:
            contact.agent_process.cancel()
        if agent is not None:
            self.world.floor.missed(agent, contact)

    def _run(
        self, contact: Contact, flow: Flow, over: "Callable[[Finish], None]", participant: Participant = "customer"
    ) -> Process:
        run = FlowRun(self.world, contact, flow, participant)
        process = Process(self.world.stage(contact), run.steps(), over)
        if participant == "agent":
            contact.agent_process = process
        else:
            contact.process = process
        process.start()
        return process

    def _hook(self, contact: Contact, name: str) -> Flow | None:
        hooked = contact.hooks.get(name)
        return hooked if hooked is not None else contact.instance.named(Flow, DEFAULT_FLOWS[name])
