"""Tasks that are set aside and taken up again (12). A paused one takes no slot of its agent, and stands in no queue."""

from typing import TYPE_CHECKING

from localstack.connect.directory import Flow
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.effects import Finish
from localstack.connect.engine.parts import Break, Outcome, State
from localstack.connect.engine.staff import Activity, Agent

if TYPE_CHECKING:
    from localstack.connect.engine.world import World

PAUSED, RESUMED = "PAUSED", "RESUMED"
FLOW = "CONTACT_FLOW_DISCONNECT"


class Pausing:
    """Pauses tasks and resumes them."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def pause(self, contact: Contact, flow: Flow | None = None) -> None:
        """Set a task aside that an agent has or that waits in a queue; one that waits leaves the queue.

        `flow` runs then, else the one of the hook PauseContact. Raises ValueError when the task cannot be paused now.
        """
        agent = self._agent(contact)
        if contact.channel != "TASK" or contact.ended or contact.paused:
            msg = f"contact {contact.id} is no task that is going on"
            raise ValueError(msg)
        if agent is None and (not contact.waiting or contact.offered_to is not None):
            msg = f"task {contact.id} is neither with an agent nor waiting in a queue"
            raise ValueError(msg)
        world = self._world
        contact.breaks.append(Break(world.now, with_agent=agent is not None))
        if agent is None and contact.visit is not None:
            contact.visit.leave(world.now, Outcome.PAUSED)
            world.calls.served(contact)
            world.floor.gone(contact)
            world.routing.over(contact)
        contact.state = State.PAUSED
        contact.tell(world.now, "paused", "The task is paused")
        if agent is not None:
            world.timeline.cancel(agent.desk[contact.id].timer)
            world.desks.paused(agent, contact, on=True)
        world.reporter.contact_event(contact, PAUSED)
        self._run(contact, flow or contact.hooks.get("PauseContact"))
        if agent is not None:
            world.floor.refresh(agent)

    def resume(self, contact: Contact, flow: Flow | None = None, *, by_flow: bool = False) -> None:
        """Take a paused task up again. One that no agent has stays out of the queue unless the flow queues it.

        `flow` runs then, else the one of the hook ResumeContact. The flow of the pause stops, unless the task is
        resumed `by_flow`. Raises ValueError when the task is not paused, or when its agent has no free slot.
        """
        if not contact.paused or contact.ended:
            msg = f"contact {contact.id} is not paused"
            raise ValueError(msg)
        agent = self._agent(contact)
        if agent is not None and not agent.has_slot(contact.channel):
            msg = f"{agent.user.username} has no free slot for the task"
            raise ValueError(msg)
        world = self._world
        self._end_break(contact)
        contact.state = State.FLOW if agent is None else State.CONNECTED
        contact.tell(world.now, "resumed", "The task is resumed")
        if agent is not None:
            world.desks.paused(agent, contact, on=False)
        world.reporter.contact_event(contact, RESUMED)
        hooked = flow or contact.hooks.get("ResumeContact")
        if contact.process is not None and (hooked is not None or not by_flow):
            contact.process.release() if by_flow else contact.process.cancel()
        self._run(contact, hooked)
        if agent is not None and not contact.ended:
            world.floor.refresh(agent)
            world.joining.talk_on(contact, agent)

    def over(self, contact: Contact) -> None:
        """The task is over, paused or not."""
        if contact.paused:
            self._end_break(contact)

    def _end_break(self, contact: Contact) -> None:
        contact.breaks[-1].ended_at = self._world.now

    def _agent(self, contact: Contact) -> Agent | None:
        leg = contact.leg
        if leg is None or leg.left_at is not None:
            return None
        held = leg.agent.desk.get(contact.id)
        return leg.agent if held and held.activity in (Activity.CONNECTED, Activity.PAUSED) else None

    def _run(self, contact: Contact, flow: Flow | None) -> None:
        if flow is not None:
            self._world.calls.run(contact, flow, lambda finish: self._flow_over(contact, finish))

    def _flow_over(self, contact: Contact, finish: Finish) -> None:
        """A flow at a pause or after it may end the task, or queue one that no agent has."""
        if finish.how == "disconnect":
            self._world.calls.end(contact, FLOW)
        elif finish.how == "queued" and contact.leg is None and not contact.paused:
            self._world.calls.enqueue(contact)
