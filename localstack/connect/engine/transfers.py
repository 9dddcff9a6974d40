"""Transfers by an agent to a queue, another agent or a number outside, and how they become conferences (5.1, 11.6).

The transfer flow runs on the source agent's leg for a new contact, while all others wait. The newcomer is joined with
them, or the customer follows when the source agent leaves. A simulated source agent leaves as soon as the contact is
queued or the third party has answered; so does the agent of a chat, a task or an e-mail, for nobody consults there.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localstack.connect.directory import Document, Flow, Instance, Queue, User
from localstack.connect.engine.contact import MAX_CHAIN, Contact
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


@dataclass(frozen=True, slots=True)
class Outside:
    """A transfer to a telephone number: no flow runs (11.6)."""

    number: str


def to_queue(instance: Instance, queue: Queue) -> Destination:
    """A queue, by the instance's own transfer flow."""
    return Destination(queue, instance.named(Flow, QUEUE_FLOW))


def to_agent(instance: Instance, user: User) -> Destination:
    """Another agent, by the instance's own transfer flow."""
    return Destination(agent_queue(instance, user), instance.named(Flow, AGENT_FLOW))


def by_quick_connect(instance: Instance, connect: Document) -> Destination | Outside:
    """Where a quick connect leads. Raises ValueError for one of another channel, LookupError when it dangles."""
    config = connect.body.get("QuickConnectConfig", {})
    kind = config.get("QuickConnectType")
    if kind == "USER":
        user = _found(instance.find(User, config["UserConfig"]["UserId"]), connect)
        return Destination(agent_queue(instance, user), _flow(instance, config["UserConfig"], connect))
    if kind == "QUEUE":
        queue = _found(instance.find(Queue, config["QueueConfig"]["QueueId"]), connect)
        return Destination(queue, _flow(instance, config["QueueConfig"], connect))
    if kind == "PHONE_NUMBER":
        return Outside(config["PhoneConfig"]["PhoneNumber"])
    msg = f"quick connects of type {kind} are for chats"
    raise ValueError(msg)


def visible(agent: Agent) -> list[Document]:
    """The quick connects that the agent sees: those of the profile's queues, the outbound one included."""
    instance, profile = agent.instance, agent.profile
    queue_ids = dict.fromkeys([*(entry.queue_id for entry in agent.entries), profile.default_outbound_queue_id])
    queues = [queue for queue in (instance.find(Queue, queue_id) for queue_id in queue_ids) if queue is not None]
    ids = dict.fromkeys(id_ for queue in queues for id_ in queue.quick_connect_ids)
    return [instance.documents[id_] for id_ in ids if id_ in instance.documents]


def _flow(instance: Instance, config: Any, connect: Document) -> Flow:
    return _found(instance.edition(Flow, config["ContactFlowId"]), connect)


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
        """Begin a transfer through a flow; answers its contact. Raises ValueError when the agent cannot."""
        self.begin(agent, old)
        new = self._world.succeed(old, "TRANSFER", source=old)
        new.target_queue = to.queue
        name = to.queue.name or "another agent"
        new.tell(self._world.now, "transfer", f"{agent.user.username} transfers to {name}", contact_id=new.id)
        self._world.reporter.contact_event(new, "INITIATED")
        if to.flow is None:
            self._flow_over(new, Finish("queued"))
        else:
            self._world.calls.run(new, to.flow, lambda finish: self._flow_over(new, finish), "agent")
        return new

    def begin(self, agent: Agent, old: Contact) -> None:
        """Everybody else on the call waits for the newcomer. Raises ValueError when nobody can be brought in."""
        handling = agent.desk.get(old.id)
        if handling is None or handling.activity not in (Activity.CONNECTED, Activity.ON_HOLD) or not old.talking:
            msg = f"{agent.user.username} is not talking to the customer"
            raise ValueError(msg)
        if old.held_by is not None:
            msg = f"{agent.user.username} is on hold"
            raise ValueError(msg)
        self._world.conferences.check_room(old)
        if old.chain_length >= MAX_CHAIN:
            msg = f"a chain has at most {MAX_CHAIN} contacts"
            raise ValueError(msg)
        if old.channel == "VOICE":
            self._world.holds.everybody_on_hold(old)
        self._world.timeline.cancel(handling.timer)

    def pending(self, old: Contact) -> Contact | None:
        """The contact whose party `old`'s agent is bringing in."""
        new = self._world.conferences.brought_in(old.call)
        return new if new is not None and new.source is old else None

    def met(self, new: Contact) -> None:
        """The other party is on the line with the source agent; the customer is still on hold."""
        new.tell(self._world.now, "consult", f"{new.party_name} talks to the agent; the caller is on hold")

    def complete(self, old: Contact) -> None:
        """The source agent leaves: the customer goes on without him. Raises ValueError when nobody else is there."""
        new = self.pending(old)
        there = old.talking and old.source is None
        if not there or (new is None and not self._world.conferences.others(old)):
            msg = "no transfer is under way"
            raise ValueError(msg)
        if new is None or not self._takes_over(old, new):
            self._world.conferences.leave(old, AGENT)
            self._world.conferences.settle(old.call, AGENT)
        else:
            self._hand_over(old, new)

    def _takes_over(self, old: Contact, new: Contact) -> bool:
        """Whether the newcomer takes the last agent's place: while the customer is there, or he is on the line himself.

        A task or an e-mail, which has no customer on a line, goes on in any case.
        """
        conferences = self._world.conferences
        if any(one.leg is not None for one in conferences.others(old)):
            return False
        return old.channel != "VOICE" or new.talking or conferences.with_customer(old.call)

    def _hand_over(self, old: Contact, new: Contact) -> None:
        """The newcomer, or the queue that waits for one, takes the place of the last agent."""
        world = self._world
        with_customer = world.conferences.with_customer(old.call)
        new.source = None
        if new.leg is not None and new.agent_process is not None:
            new.agent_process.cancel()
        if new.part is not None:
            new.part.apart.end(world.now)
        world.holds.everybody_back(old.call)
        if old.call.home is old:
            world.calls.follow(old, new)
            old.transferred_at = world.now if old.channel == "VOICE" else None
            who = "The caller" if old.channel == "VOICE" else "The contact"
            new.tell(world.now, "moved", f"{who} goes on without the first agent", contact_id=new.id)
        world.chats.transferred(old, well=True)
        world.calls.close(old, TRANSFERRED if old.channel == "EMAIL" else AGENT)
        if new.agent_listening is not None:  # the transfer flow asks nobody any more, and goes on with the customer
            new.agent_listening.expire()
        if new.ended:
            return
        if new.leg is not None and with_customer:
            world.joining.talk(new, new.leg.agent)
        elif new.waiting:
            world.calls.entertain(new)

    def conference(self, _agent: Agent, old: Contact) -> None:
        """Everybody talks to everybody. Raises ValueError when the other party is not there."""
        new = self._under_way(old)
        if not new.talking:
            msg = "the other party is not on the line yet"
            raise ValueError(msg)
        self._world.conferences.join(new)

    def cancel(self, _agent: Agent, old: Contact) -> None:
        """The source agent takes everybody back. Raises ValueError when there is no transfer."""
        self._world.calls.end(self._under_way(old), CANCELLED)
        self._world.holds.everybody_back(old.call)

    def over(self, contact: Contact) -> None:
        """A contact is over: with the source's, its transfer is; after a failed one, a simulated agent talks on."""
        new = self.pending(contact)
        if new is not None:
            self._world.calls.end(new, contact.disconnect_reason or CANCELLED)
        old = contact.source
        if old is not None:
            self._world.holds.agent_away(old, contact, on=False)
        if old is None or not old.talking or old.leg is None or old.leg.agent.habits.person:
            return
        self._world.holds.everybody_back(old.call)
        self._world.joining.talk_on(old, old.leg.agent)

    def _under_way(self, old: Contact) -> Contact:
        new = self.pending(old)
        if new is None:
            msg = "no transfer is under way"
            raise ValueError(msg)
        return new

    def _flow_over(self, new: Contact, finish: Finish) -> None:
        if new.source is not None:
            self._world.holds.agent_away(new.source, new, on=False)
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
