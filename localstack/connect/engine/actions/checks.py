"""Decisions: attributes, hours, the state of a queue (2.2)."""

from collections.abc import Mapping

from flowlang import paths
from localstack.connect.directory import Hours, Queue, User
from localstack.connect.engine import attributes
from localstack.connect.engine.document import text
from localstack.connect.engine.effects import Done, failed
from localstack.connect.engine.hours import parents_of
from localstack.connect.engine.interpreter import FlowRun
from localstack.connect.engine.registry import Parameters, action
from localstack.connect.engine.staff import agent_queue

AGENT_METRICS: Mapping[str, str] = {
    "NumberOfAgentsAvailable": "Available",
    "NumberOfAgentsStaffed": "Staffed",
    "NumberOfAgentsOnline": "Online",
}


@action("Compare")
def compare(run: FlowRun, parameters: Parameters) -> Done:
    """Compare one value; an unset one matches nothing."""
    path = text(parameters.get("ComparisonValue"))
    parsed = paths.parse(path)
    if parsed is None:
        why = f"ComparisonValue must be a path, not {path!r}"
        raise failed(why)
    found = attributes.follow(parsed, run.tree)
    if found is None:
        run.tell("branch", f"{path} is not set", path=path)
        return Done(None)
    value = attributes.written(found)
    if run.tells:
        run.tell("branch", f"{path} is {value}", path=path, result=value)
    return Done(value)


@action("CheckHoursOfOperation")
def check_hours(run: FlowRun, parameters: Parameters) -> Done:
    """True when the hours (those of the target queue unless named) are open now."""
    if "HoursOfOperationId" in parameters:
        wanted = run.whole(parameters["HoursOfOperationId"], "the hours of operation")
    else:
        wanted = _target_queue(run).hours_id
    hours = run.contact.instance.find(Hours, wanted)
    if hours is None:
        why = f"there are no hours of operation {wanted}"
        raise failed(why)
    parents = parents_of(run.contact.instance, hours)
    result = "True" if run.world.timetable.is_open(hours, run.world.now, parents) else "False"
    run.tell("branch", f"Hours {hours.name}: {'open' if result == 'True' else 'closed'}", result=result)
    return Done(result)


@action("CheckMetricData")
def check_metric(run: FlowRun, parameters: Parameters) -> Done:
    """One number about a queue."""
    metric = text(parameters.get("MetricType"))
    snapshot = run.world.metrics.of_queue(run.contact.instance, queue_of(run, parameters))
    if metric in AGENT_METRICS:
        number = snapshot.agents[AGENT_METRICS[metric]]
    elif metric == "NumberOfContactsInQueue":
        number = snapshot.size
    elif metric == "OldestContactInQueueAgeSeconds":
        number = snapshot.oldest_age_s * (1000 if run.world.settings.queue_age_in_ms else 1)
    else:
        why = f"there is no metric {metric!r}"
        raise failed(why)
    run.tell("branch", f"{metric} is {number}", result=str(number))
    return Done(str(number))


@action("GetMetricData")
def get_metrics(run: FlowRun, parameters: Parameters) -> Done:
    """Fill $.Metrics for a queue (of one channel, when it is given), and for this contact when it waits in it."""
    queue = queue_of(run, parameters)
    channel = run.text(parameters.get("QueueChannel")).upper()
    if channel not in ("", "VOICE", "CHAT"):
        why = f"QueueChannel is {channel}, expected Voice or Chat"
        raise failed(why)
    snapshot = run.world.metrics.of_queue(run.contact.instance, queue, channel)
    contact = run.world.metrics.of_contact(run.contact)
    run.frame.metrics = {
        "Queue": {
            "Name": queue.name,
            "ARN": queue.arn,
            "Size": snapshot.size,
            "OldestContactAge": snapshot.oldest_age_s * (1000 if run.world.settings.metrics_age_in_ms else 1),
            "EstimatedWaitTime": snapshot.estimated_wait_s,
        },
        "Agents": {name: {"Count": number} for name, number in snapshot.agents.items()},
        "Contact": contact,
    }
    if contact:
        run.tell("position", f"Position {contact['PositionInQueue']} in {queue.name}", **contact)
    return Done()


def queue_of(run: FlowRun, parameters: Parameters) -> Queue:
    """The queue that a parameter names (an agent's own by AgentId), else the target queue. Raises ActionFailed."""
    if "AgentId" in parameters:
        wanted = run.whole(parameters["AgentId"], "the agent")
        user = run.contact.instance.find(User, wanted)
        if user is None:
            why = f"there is no agent {wanted}"
            raise failed(why)
        return agent_queue(run.contact.instance, user)
    if "QueueId" not in parameters:
        return _target_queue(run)
    wanted = run.whole(parameters["QueueId"], "the queue")
    queue = run.contact.instance.find(Queue, wanted)
    if queue is None:
        why = f"there is no queue {wanted}"
        raise failed(why)
    return queue


def _target_queue(run: FlowRun) -> Queue:
    queue = run.contact.target_queue
    if queue is None:
        why = "no target queue is set"
        raise failed(why)
    return queue
