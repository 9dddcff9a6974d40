"""Queues: which one, with what priority, through which flows, and going there (2.3)."""

import json

from localstack.connect.directory import Flow, Queue
from localstack.connect.engine import attributes, criteria
from localstack.connect.engine.actions.checks import queue_of
from localstack.connect.engine.actions.named import published
from localstack.connect.engine.contact import MAX_CHAIN, Contact
from localstack.connect.engine.document import text
from localstack.connect.engine.effects import DONE, ActionFailed, Done, Finish, failed
from localstack.connect.engine.interpreter import FlowRun
from localstack.connect.engine.parts import Outcome
from localstack.connect.engine.registry import Parameters, action
from localstack.connect.engine.staff import is_agent_queue

HOOKS = frozenset(
    {
        "AgentHold",
        "AgentWhisper",
        "CustomerHold",
        "CustomerQueue",
        "CustomerRemaining",
        "CustomerWhisper",
        "DefaultAgentUI",
        "DisconnectAgentUI",
        "PauseContact",
        "ResumeContact",
    }
)
CAPACITY_ERROR = "QueueAtCapacity"


@action("UpdateContactTargetQueue")
def set_queue(run: FlowRun, parameters: Parameters) -> Done:
    """Set the queue that later actions mean."""
    if not {"AgentId", "QueueId"} & parameters.keys():
        why = "neither a queue nor an agent is named"
        raise failed(why)
    run.contact.target_queue = queue_of(run, parameters)
    return DONE


@action("TransferContactToQueue")
def to_queue(run: FlowRun, _parameters: Parameters) -> Finish:
    """Enter the target queue: this flow is over, the customer queue flow starts."""
    contact = run.contact
    if contact.target_queue is None:
        why = "no target queue is set"
        raise failed(why)
    if contact.visit is not None and not _may_queue_again(contact):
        why = "the contact has been in a queue already"
        raise failed(why)
    contact.target_queue = open_queue(run, contact.target_queue)
    if contact.leg is not None:
        _chain_may_grow(run)
    return Finish("queued")


def _may_queue_again(contact: Contact) -> bool:
    """After the agent has left, and when a task was taken out of its queue because it was paused."""
    if contact.visit is not None and contact.visit.outcome is Outcome.PAUSED and contact.leg is None:
        return not contact.paused
    return contact.leg is not None and contact.leg.left_at is not None


def open_queue(run: FlowRun, queue: Queue) -> Queue:
    """The queue as it is now, if one more contact may enter it. Raises ActionFailed."""
    contact = run.contact
    found = queue if is_agent_queue(queue) else contact.instance.find(Queue, queue.id)
    if found is None or found.status != "ENABLED":
        why = f"queue {queue.name} is not in service"
        raise failed(why)
    if run.world.metrics.size(contact.instance, found) >= _limit(run, found):
        run.world.watch.count(contact.instance, "QueueCapacityExceededError", found.name)
        raise ActionFailed(CAPACITY_ERROR, f"queue {found.name} is full")
    return found


def _chain_may_grow(run: FlowRun) -> None:
    if run.contact.chain_length >= MAX_CHAIN:
        why = f"a chain has at most {MAX_CHAIN} contacts"
        raise failed(why)


def _limit(run: FlowRun, queue: Queue) -> int:
    return run.world.load.queue_limit() if queue.max_contacts is None else queue.max_contacts


@action("TransferContactToAgent")
def to_agent(run: FlowRun, _parameters: Parameters) -> Finish:
    """Ring the agent whose queue is the target; an agent who cannot take it now ends the contact."""
    queue = run.contact.target_queue
    if run.flow_type not in ("AGENT_TRANSFER", "QUEUE_TRANSFER") or queue is None or not is_agent_queue(queue):
        why = "only a transfer flow with an agent as its target can do this"
        raise failed(why)
    agent = run.world.floor.agent(queue.id)
    if agent is None or run.contact.channel not in agent.open_channels():
        run.tell("branch", "The agent is busy", result="busy")
        return Finish("disconnect")
    return Finish("queued")


@action("DequeueContactAndTransferToQueue")
def to_other_queue(run: FlowRun, parameters: Parameters) -> Done:
    """Leave the queue for another one, as a new contact. Takes the error branch while the contact is being offered."""
    contact = run.contact
    queue = queue_of(run, parameters)
    if not contact.waiting or contact.offered_to is not None:
        why = "the contact cannot leave its queue now"
        raise failed(why)
    opened = open_queue(run, queue)
    _chain_may_grow(run)
    run.world.calls.move(contact, opened)
    return DONE


@action("UpdateContactRoutingBehavior")
def set_routing(run: FlowRun, parameters: Parameters) -> Done:
    """Change priority (smaller is served first) or age."""
    run.world.routing.change(
        run.contact,
        priority=_whole_number(parameters, "QueuePriority"),
        older_s=_whole_number(parameters, "QueueTimeAdjustmentSeconds"),
    )
    return DONE


def _whole_number(parameters: Parameters, name: str) -> int | None:
    return int(text(parameters[name])) if name in parameters else None


@action("UpdateContactRoutingCriteria")
def set_criteria(run: FlowRun, parameters: Parameters) -> Done:
    """What the contact asks of an agent, step by step: written out, or a whole path to the same object."""
    document = attributes.render_deep(parameters.get("RoutingCriteria"), run.tree)
    try:
        found = criteria.read(json.loads(document) if isinstance(document, str) else document)
    except (ValueError, KeyError, TypeError) as error:
        why = f"the routing criteria cannot be used: {error}"
        raise failed(why) from error
    run.world.routing.set(run.contact, found)
    return DONE


@action("UpdateContactEventHooks")
def set_hook(run: FlowRun, parameters: Parameters) -> Done:
    """Set the flow for one moment of the contact's life."""
    hooks = parameters.get("EventHooks") or {}
    if len(hooks) != 1 or not HOOKS.issuperset(hooks):
        why = f"exactly one known hook is expected, not {sorted(hooks)}"
        raise failed(why)
    ((name, value),) = hooks.items()
    run.contact.hooks[name] = published(run, Flow, value, f"the flow of {name}")
    return DONE
