"""Queues: which one, with what priority, through which flows, and going there (2.3)."""

from localstack.connect.directory import Flow, Queue
from localstack.connect.engine.actions.checks import queue_of
from localstack.connect.engine.contact import MAX_CHAIN
from localstack.connect.engine.document import text
from localstack.connect.engine.effects import ActionFailed, Done, Finish, failed
from localstack.connect.engine.interpreter import FlowRun
from localstack.connect.engine.registry import Parameters, action

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
    if "AgentId" in parameters:
        why = "agent queues are not emulated yet"
        raise failed(why)
    wanted = run.whole(parameters.get("QueueId"), "the queue")
    queue = run.contact.instance.find(Queue, wanted)
    if queue is None:
        why = f"there is no queue {wanted}"
        raise failed(why)
    run.contact.target_queue = queue
    return Done()


@action("TransferContactToQueue")
def to_queue(run: FlowRun, _parameters: Parameters) -> Finish:
    """Enter the target queue: this flow is over, the customer queue flow starts."""
    contact = run.contact
    if contact.target_queue is None:
        why = "no target queue is set"
        raise failed(why)
    if contact.visit is not None:
        why = "the contact has been in a queue already"
        raise failed(why)
    queue = contact.instance.find(Queue, contact.target_queue.id)
    if queue is None or queue.status != "ENABLED":
        why = f"queue {contact.target_queue.name} is not in service"
        raise failed(why)
    if run.world.metrics.size(contact.instance, queue) >= _limit(run, queue):
        raise ActionFailed(CAPACITY_ERROR, f"queue {queue.name} is full")
    contact.target_queue = queue
    return Finish("queued")


def _limit(run: FlowRun, queue: Queue) -> int:
    return run.world.settings.queue_limit if queue.max_contacts is None else queue.max_contacts


@action("DequeueContactAndTransferToQueue")
def to_other_queue(run: FlowRun, parameters: Parameters) -> Done:
    """Leave the queue for another one, as a new contact. Takes the error branch while the contact is being offered."""
    contact = run.contact
    queue = queue_of(run, parameters)
    if not contact.waiting or contact.offered_to is not None or queue.status != "ENABLED":
        why = "the contact cannot leave its queue now"
        raise failed(why)
    if run.world.metrics.size(contact.instance, queue) >= _limit(run, queue):
        raise ActionFailed(CAPACITY_ERROR, f"queue {queue.name} is full")
    if contact.chain_length >= MAX_CHAIN:
        why = f"a chain has at most {MAX_CHAIN} contacts"
        raise failed(why)
    run.world.calls.move(contact, queue)
    return Done()


@action("UpdateContactRoutingBehavior")
def set_routing(run: FlowRun, parameters: Parameters) -> Done:
    """Change priority (smaller is served first) or age."""
    if "QueuePriority" in parameters:
        run.contact.priority = int(text(parameters["QueuePriority"]))
    if "QueueTimeAdjustmentSeconds" in parameters:
        run.contact.age_adjustment_s = int(text(parameters["QueueTimeAdjustmentSeconds"]))
    return Done()


@action("UpdateContactEventHooks")
def set_hook(run: FlowRun, parameters: Parameters) -> Done:
    """Set the flow for one moment of the contact's life."""
    hooks = parameters.get("EventHooks") or {}
    if len(hooks) != 1 or not HOOKS.issuperset(hooks):
        why = f"exactly one known hook is expected, not {sorted(hooks)}"
        raise failed(why)
    ((name, value),) = hooks.items()
    wanted = run.whole(value, f"the flow of {name}")
    flow = run.contact.instance.find(Flow, wanted)
    if flow is None:
        why = f"there is no flow {wanted}"
        raise failed(why)
    run.contact.hooks[name] = flow
    return Done()
