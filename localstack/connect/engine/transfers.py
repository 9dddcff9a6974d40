"""Transfers by an agent to a queue or another agent, and conferences (5.1, 11.6).

The transfer flow runs on the source agent's leg for a new contact, while the customer is on hold on the old one. The
customer follows when the source agent leaves. A simulated source agent leaves as soon as the contact is queued; so does
the agent of a chat, a task or an e-mail, for nobody consults there.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localstack.connect.directory import Document, Flow, Instance, Queue, User
from localstack.connect.engine.contact import MAX_CHAIN, Contact, State
from localstack.connect.engine.effects import Finish
from localstack.connect.engine.staff import Activity, Agent, agent_queue

if TYPE_CHECKING:
    from localstack.connect.engine.world import World

AGENT, FLOW, CANCELLED = "AGENT_DISCONNECT", "CONTACT_FLOW_DISCONNECT", "OTHER"
TRANSFERRED = "TRANSFERRED"
"""What the record of an e-mail says that was handed on (6.4)."""
QUEUE_FLOW, AGENT_FLOW = "Default queue transfer", "Default agent transfer"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a transfer goes, through which flow; without a flow it goes straight into the queue."""

    queue: Queue
    flow: Flow | None


def to_queue(instance: Instance, queue: Queue) -> Destination:
    """A queue, by the instance's own transfer flow."""
    return Destination(queue, instance.named(Flow, QUEUE_FLOW))


def to_agent(instance: Instance, user: User) -> Destination:
    """Another agent, by the instance's own transfer flow."""
    return Destination(agent_queue(instance, user), instance.named(Flow, AGENT_FLOW))


def by_quick_connect(instance: Instance, connect: Document) -> Destination:
    """Where a quick connect leads. Raises ValueError for a kind that we have not, LookupError when it dangles."""
    config = connect.body.get("QuickConnectConfig", {})
    kind = config.get("QuickConnectType")
    if kind == "USER":
        user = _found(instance.find(User, config["UserConfig"]["UserId"]), connect)
        return Destination(agent_queue(instance, user), _flow(instance, config["UserConfig"], connect))
    if kind == "QUEUE":
        queue = _found(instance.find(Queue, config["QueueConfig"]["QueueId"]), connect)
        return Destination(queue, _flow(instance, config["QueueConfig"], connect))
    msg = f"quick connects of type {kind} are not emulated"
    raise ValueError(msg)


def _flow(instance: Instance, config: Any, connect: Document) -> Flow:
    return _found(instance.find(Flow, config["ContactFlowId"]), connect)


def _found[R](resource: R | None, connect: Document) -> R:
    if resource is None:
        msg = f"quick connect {connect.name} leads nowhere"
        raise LookupError(msg)
    return resource


class Transfers:
    """Transfers under way."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def start(self, agent: Agent, old: Contact, to: Destination) -> Contact:
        """Begin a transfer; answers its contact. Raises ValueError when the agent cannot."""
        handling = agent.desk.get(old.id)
        if handling is None or handling.activity not in (Activity.CONNECTED, Activity.ON_HOLD):
            msg = f"{agent.user.username} is not talking to the customer"
            raise ValueError(msg)
        if self.pending(old) is not None or old.source is not None:
            msg = "a transfer is under way already"
            raise ValueError(msg)
        if old.chain_length >= MAX_CHAIN:
            msg = f"a chain has at most {MAX_CHAIN} contacts"
            raise ValueError(msg)
        if handling.activity is Activity.CONNECTED and old.channel == "VOICE":
            self._world.holds.hold(agent, old, for_transfer=True)
        self._world.timeline.cancel(handling.timer)
        new = self._world.succeed(old, "TRANSFER")
        new.source, new.target_queue = old, to.queue
        name = to.queue.name or "another agent"
        new.tell(self._world.now, "transfer", f"{agent.user.username} transfers to {name}", contact_id=new.id)
        self._world.reporter.contact_event(new, "INITIATED")
        if to.flow is None:
            self._flow_over(new, Finish("queued"))
        else:
            self._world.calls.run(new, to.flow, lambda finish: self._flow_over(new, finish), "agent")
        return new

    def pending(self, old: Contact) -> Contact | None:
        """The contact of the transfer that `old`'s agent has under way."""
        new = old.next
        return new if new is not None and new.source is old and not new.ended else None

    def met(self, new: Contact) -> None:
        """The other agent is on the line with the source agent; the customer is still on hold."""
        new.tell(self._world.now, "consult", "Both agents talk; the caller is on hold")

    def complete(self, old: Contact) -> None:
        """The source agent leaves: the customer goes on with the new contact. Raises ValueError without a transfer."""
        new = self._under_way(old)
        new.source = None
        if new.leg is not None:
            self._world.calls.stop_flows(new)
        self._world.calls.follow(old, new)
        who = "The caller" if old.channel == "VOICE" else "The contact"
        new.tell(self._world.now, "moved", f"{who} goes on without the first agent", contact_id=new.id)
        self._world.chats.transferred(old, well=True)
        self._world.calls.close(old, TRANSFERRED if old.channel == "EMAIL" else AGENT)
        if new.leg is not None:
            self._world.joining.talk(new, new.leg.agent)
        elif new.waiting:
            self._world.calls.entertain(new)

    def conference(self, agent: Agent, old: Contact) -> None:
        """Everybody talks to everybody. Raises ValueError when the other agent is not there."""
        new = self._under_way(old)
        if new.state is not State.CONNECTED:
            msg = "the other agent is not on the line yet"
            raise ValueError(msg)
        self._world.holds.resume(agent, old)
        new.tell(self._world.now, "conference", "Three parties talk")

    def cancel(self, agent: Agent, old: Contact) -> None:
        """The source agent takes the customer back. Raises ValueError when there is no transfer."""
        self._world.calls.end(self._under_way(old), CANCELLED)
        if agent.desk[old.id].activity is Activity.ON_HOLD:
            self._world.holds.resume(agent, old)

    def over(self, contact: Contact) -> None:
        """A contact is over: with the source's, its transfer is; after a failed one, a simulated agent talks on."""
        new = self.pending(contact)
        if new is not None:
            self._world.calls.end(new, contact.disconnect_reason or CANCELLED)
        old = contact.source
        if old is None or old.ended or old.leg is None or old.leg.left_at is not None:
            return
        agent = old.leg.agent
        if agent.habits.person:
            return
        if agent.desk[old.id].activity is Activity.ON_HOLD:
            self._world.holds.resume(agent, old)
        self._world.joining.talk_on(old, agent)

    def _under_way(self, old: Contact) -> Contact:
        new = self.pending(old)
        if new is None:
            msg = "no transfer is under way"
            raise ValueError(msg)
        return new

    def _flow_over(self, new: Contact, finish: Finish) -> None:
        if finish.how != "queued" or new.target_queue is None:
            if new.source is not None:
                self._world.chats.transferred(new.source, well=False)
            self._world.calls.end(new, FLOW)
            return
        self._world.calls.enqueue(new)
        old = new.source
        if old is None or old.leg is None or new.ended:
            return
        if old.channel != "VOICE" or not old.leg.agent.habits.person:
            self.complete(old)
