"""What brings others in: callbacks, third parties, tasks (2.3)."""

import re
from datetime import UTC, datetime

from localstack.connect.directory import Document, Flow
from localstack.connect.engine import attributes, templates, times
from localstack.connect.engine.actions.checks import queue_of
from localstack.connect.engine.actions.named import published
from localstack.connect.engine.actions.queueing import open_queue
from localstack.connect.engine.callbacks import CallbackTerms
from localstack.connect.engine.document import flag, text
from localstack.connect.engine.effects import (
    ActionFailed,
    Connect,
    Done,
    Finish,
    ForEver,
    Outcome,
    Pause,
    Steps,
    failed,
)
from localstack.connect.engine.flow_state import OUTBOUND_WHISPER
from localstack.connect.engine.interpreter import FlowRun
from localstack.connect.engine.registry import Parameters, Performing, action, cannot
from localstack.connect.engine.settings import Settings
from localstack.connect.engine.tasks import TaskPlan

LONGEST_DELAY_S = 259_200
LONGEST_TASK_DELAY_S = 518_400
LONGEST_DIAL_S = 600
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
LIMIT, CONNECTOR_LIMIT = "ThirdPartyConnectionTimeLimitSeconds", "ConnectionTimeLimitSeconds"
CONNECTOR = "ChimeConnector"


@action("CreateCallbackContact")
def create_callback(run: FlowRun, parameters: Parameters) -> Done:
    """Have the customer called back; the customer's own contact goes on."""
    contact = run.contact
    number = contact.callback_number or contact.plan.caller
    if not _NUMBER.fullmatch(number):
        run.world.watch.count(contact.instance, "CallBackNotDialableNumber", run.frames[0].source.name)
        why = f"{number} is no number that can be called back"
        raise failed(why)
    flow = _flow(run, parameters) if "ContactFlowId" in parameters else None
    terms = CallbackTerms(
        queue=open_queue(run, queue_of(run, parameters)),
        number=number,
        delay_s=_whole(parameters, "InitialCallDelaySeconds", LONGEST_DELAY_S),
        attempts=_whole(parameters, "MaximumConnectionAttempts", LONGEST_DELAY_S),
        retry_s=_whole(parameters, "RetryDelaySeconds", LONGEST_DELAY_S),
        flow=flow,
        dial_flow=run.world.callbacks.dial_flow_of(contact.instance),
        caller_id=caller_id(run, parameters),
    )
    created = run.world.callbacks.create(contact, terms)
    run.tell("callback", f"A callback to {number} is planned", contact_id=created.id, to=number)
    return Done()


def caller_id(run: FlowRun, parameters: Parameters) -> str:
    """The number of CallerId; "" when the action names none."""
    given = (parameters.get("CallerId") or {}).get("Number")
    return run.whole(given, "the caller id") if given is not None else ""


@cannot("CompleteOutboundCall")
def other_connectors(parameters: Parameters, _settings: Settings) -> str | None:
    """One kind of voice connector is published."""
    kind = (parameters.get("VoiceConnector") or {}).get("VoiceConnectorType", CONNECTOR)
    return None if kind == CONNECTOR else f"VoiceConnectorType {kind!r} is not published, only {CONNECTOR}"


@action("CompleteOutboundCall")
def complete_outbound_call(run: FlowRun, parameters: Parameters) -> Performing:
    """Dial the customer now, with this caller id. Nothing happens when the customer is on the line already.

    Through a voice connector it is another telephone system that dials, whose number is shown, for at most
    ConnectionTimeLimitSeconds.
    """
    connector = parameters.get("VoiceConnector") or {}
    shown = caller_id(run, parameters)
    through = run.whole(connector.get("VoiceConnectorArn"), "the voice connector") if connector else ""
    limit_s = _whole(parameters, CONNECTOR_LIMIT, LONGEST_DIAL_S) if CONNECTOR_LIMIT in parameters else None
    if run.flow_type == OUTBOUND_WHISPER and not run.answered:
        if through:
            user = run.text(connector.get("ToUser")) or run.contact.plan.caller
            run.tell("dialing", f"Through {through} to {user}", connector=through, to=user)
        yield Connect("" if through else shown, limit_s)
    return Done()


@action("CheckOutboundCallStatus")
def check_call_progress(run: FlowRun, _parameters: Parameters) -> Done:
    """What answering machine detection has found; an error for calls without it."""
    detection = run.contact.detection
    if detection is None or detection.status is None:
        why = "the call has no answering machine detection"
        raise failed(why)
    run.tell("branch", f"Call progress: {detection.status}", result=detection.result)
    return Done(detection.result)


@action("TransferParticipantToThirdParty")
def to_third_party(run: FlowRun, parameters: Parameters) -> Performing:
    """Connect the customer to a telephone number outside."""
    contact, third = run.contact, run.contact.plan.third_party
    number = run.whole(parameters.get("ThirdPartyPhoneNumber"), "the number")
    limit = {LIMIT: run.whole(parameters.get(LIMIT), "the time limit")}
    limit_s = _whole(limit, LIMIT, LONGEST_DIAL_S, least=0)
    goes_on = flag(parameters["ContinueFlowExecution"])
    if contact.channel != "VOICE" or contact.offered_to is not None or not _NUMBER.fullmatch(number):
        why = f"the customer cannot be connected to {number} now"
        raise failed(why)
    run.interacted()
    run.tell("dialing", f"Dials {number}", to=number)
    answer = third.on(1)
    yield Pause(limit_s if answer == "no-answer" else min(third.ring_s, limit_s))
    if answer == "no-answer" or third.ring_s > limit_s:
        raise ActionFailed("ConnectionTimeLimitExceeded", f"{number} does not answer")
    if answer == "busy":
        raise ActionFailed("CallFailed", f"{number} is busy")
    talk: Outcome = yield from _with_third_party(run, number, goes_on=goes_on)
    return talk


def _with_third_party(run: FlowRun, number: str, *, goes_on: bool) -> Steps:
    """They talk until the third party hangs up; the contact has left its queue."""
    contact = run.contact
    run.world.calls.transferred_out(contact)
    if not goes_on:
        contact.transferred_to, contact.transferred_at = number, run.world.now
    run.tell("third-party", f"Connected to {number}", to=number)
    talk_s = contact.plan.third_party.talk_s
    yield ForEver() if talk_s is None else Pause(talk_s)
    run.tell("third-party", f"{number} hangs up", to=number)
    ended: Outcome = Done() if goes_on else Finish("third-party")
    return ended


@action("ResumeContact")
def resume(run: FlowRun, _parameters: Parameters) -> Done:
    """Take a paused task up again."""
    try:
        run.world.pausing.resume(run.contact, by_flow=True)
    except ValueError as error:
        raise failed(str(error)) from error
    return Done()


@action("CreateTask")
def create_task(run: FlowRun, parameters: Parameters) -> Done:
    """Create a task that is related to this contact, by a flow or by a template."""
    wish = templates.Wish(
        name=run.whole(parameters.get("Name"), "the name") if "Name" in parameters else None,
        description=run.text(parameters["Description"]) if "Description" in parameters else None,
        references=attributes.render_deep(parameters.get("References") or {}, run.tree),
        attributes={key: run.text(value) for key, value in (parameters.get("Attributes") or {}).items()},
        delay_s=_task_delay_s(run, parameters),
    )
    plan = _by_template(run, parameters, wish) if "TaskTemplateId" in parameters else _by_flow(run, parameters, wish)
    if not run.world.load.room(run.contact.instance, "TASK"):
        why = "the instance has as many tasks as it may"
        raise failed(why)
    task = run.world.tasks.create(run.contact.instance, plan, related=run.contact)
    run.contact.task_id = task.id
    run.tell("task", f"Task {plan.name}", contact_id=task.id)
    return Done()


def _by_flow(run: FlowRun, parameters: Parameters, wish: templates.Wish) -> TaskPlan:
    return TaskPlan(
        flow=_flow(run, parameters),
        name=wish.name or run.whole(parameters.get("Name"), "the name"),
        description=wish.description,
        references=wish.references,
        attributes=wish.attributes,
        delay_s=wish.delay_s,
    )


def _by_template(run: FlowRun, parameters: Parameters, wish: templates.Wish) -> TaskPlan:
    wanted = run.whole(parameters.get("TaskTemplateId"), "the task template")
    template = run.contact.instance.find(Document, wanted)
    if template is None or template.kind != templates.KIND:
        why = f"there is no task template {wanted}"
        raise failed(why)
    try:
        return templates.plan(run.contact.instance, template, wish)
    except ValueError as error:
        raise failed(str(error)) from error


def _task_delay_s(run: FlowRun, parameters: Parameters) -> float:
    """Seconds until the task begins: DelaySeconds, or until ScheduledTime (ISO 8601, or seconds since 1970)."""
    if "DelaySeconds" in parameters:
        return _whole(parameters, "DelaySeconds", LONGEST_TASK_DELAY_S)
    if "ScheduledTime" not in parameters:
        return 0
    written = run.whole(parameters["ScheduledTime"], "the time of the task")
    try:
        due = datetime.fromtimestamp(int(written), UTC) if written.isdecimal() else times.parse(written)
    except (ValueError, OverflowError) as error:
        why = f"ScheduledTime is {written!r}, expected an ISO 8601 moment or seconds since 1970"
        raise failed(why) from error
    delay_s = (due - run.world.now).total_seconds()
    if not 0 <= delay_s <= LONGEST_TASK_DELAY_S:
        why = f"ScheduledTime is {written}, which is over or more than 6 days ahead"
        raise failed(why)
    return delay_s


def _flow(run: FlowRun, parameters: Parameters) -> Flow:
    return published(run, Flow, parameters.get("ContactFlowId"), "the flow")


def _whole(parameters: Parameters, name: str, most: int, *, least: int = 1) -> int:
    value = text(parameters.get(name))
    if not value.isdecimal() or not least <= int(value) <= most:
        why = f"{name} is {value!r}, expected {least} to {most}"
        raise failed(why)
    return int(value)
