"""The course of a flow: ends, other flows and modules, loops, waiting, chance (2.2)."""

from datetime import timedelta

from localstack.connect.directory import Flow, FlowModule
from localstack.connect.engine import attributes
from localstack.connect.engine.actions.named import published
from localstack.connect.engine.chat import BOT_LEFT, CUSTOMER_RETURNED
from localstack.connect.engine.contact import fit
from localstack.connect.engine.document import flag, text
from localstack.connect.engine.effects import (
    DONE,
    ActionFailed,
    Await,
    Done,
    Enter,
    Finish,
    Jump,
    Leave,
    Outcome,
    Pause,
    failed,
)
from localstack.connect.engine.frame import Beside
from localstack.connect.engine.interpreter import FlowRun
from localstack.connect.engine.registry import Parameters, Performing, action, cannot
from localstack.connect.engine.settings import Settings

MAX_LOOPS = 100
MAX_WAIT_S = 604_800
MAX_FLOW_ATTRIBUTES_BYTES = 32_768


@action("DisconnectParticipant")
def disconnect(_run: FlowRun, _parameters: Parameters) -> Finish:
    """End the contact."""
    return Finish("disconnect")


@action("EndFlowExecution")
def end_flow(_run: FlowRun, _parameters: Parameters) -> Finish:
    """End this flow; a contact that is queued stays so, in silence."""
    return Finish("end")


@action("TransferToFlow")
def transfer_to_flow(run: FlowRun, parameters: Parameters) -> Jump:
    """Go on at the start of another flow; there is no way back."""
    return Jump(published(run, Flow, parameters.get("ContactFlowId"), "the flow"))


@action("InvokeFlowModule")
def invoke_module(run: FlowRun, parameters: Parameters) -> Enter:
    """Run a module and come back."""
    module = published(run, FlowModule, parameters.get("FlowModuleId"), "the module")
    return Enter(module, attributes.render_deep(parameters.get("Input") or {}, run.tree))


@action("EndFlowModuleExecution")
def end_module(run: FlowRun, parameters: Parameters) -> Leave:
    """Return to the flow that invoked the module."""
    result = parameters.get("Result")
    data = attributes.render_deep(parameters.get("ResultData") or {}, run.tree)
    return Leave(None if result is None else run.text(result), data)


@action("Loop")
def loop(run: FlowRun, parameters: Parameters) -> Done:
    """ContinueLooping as often as LoopCount says, then DoneLooping once; then the counter starts again.

    The counter belongs to the action and lives as long as the contact.
    """
    count = run.text(parameters.get("LoopCount"))
    if not count.isdecimal() or int(count) > MAX_LOOPS:
        why = f"LoopCount is {count!r}"
        raise failed(why)
    key = (run.frame.source.arn, run.frame.at)
    counters = run.contact.loops if run.world.settings.loop_counter_outlives_flow else run.frame.loops
    turns = counters.pop(key, 0)
    if turns >= int(count):
        return Done("DoneLooping")
    counters[key] = turns + 1
    return Done("ContinueLooping")


@cannot("Loop")
def _over_a_list(parameters: Parameters, _settings: Settings) -> str | None:
    return None if "LoopCount" in parameters else "a Loop over a list has no published form"


@cannot("Wait")
def _unpublished_wait(parameters: Parameters, _settings: Settings) -> str | None:
    unknown = sorted({text(event) for event in parameters.get("Events") or ()} - {CUSTOMER_RETURNED, BOT_LEFT})
    return f"nothing is published about waiting for {', '.join(unknown)}" if unknown else None


def _seconds(run: FlowRun, parameters: Parameters, name: str) -> float:
    given = run.whole(parameters.get(name), name)
    if not given.isdecimal() or int(given) > MAX_WAIT_S:
        why = f"{name} is {given!r}"
        raise failed(why)
    return float(given)


@action("Wait")
def wait(run: FlowRun, parameters: Parameters) -> Outcome | Performing:
    """Wait for the time limit or for one of the events, or while the branch Continue runs."""
    meanwhile = run.frame.beside
    if meanwhile is not None and meanwhile.at != run.frame.at:
        why = "what runs during a Wait does not wait"
        raise failed(why)
    if not flag(parameters.get("ContinueExecution")):
        return _wait(run, parameters)
    if meanwhile is not None:
        return _rest(run, meanwhile)
    least_s = _seconds(run, parameters, "MinimumWaitTimeSeconds")
    run.frame.beside = Beside(run.frame.at, run.world.now + timedelta(seconds=least_s))
    return Done("Continue")


def _rest(run: FlowRun, meanwhile: Beside) -> Performing:
    """The branch Continue is over, or the time is: what is left of the time passes."""
    run.interacted()
    yield Pause(max(0.0, (meanwhile.until - run.world.now).total_seconds()))
    run.frame.beside = None
    return Done("WaitCompleted")


def _wait(run: FlowRun, parameters: Parameters) -> Performing:
    limit_s = _seconds(run, parameters, "TimeLimitSeconds")
    events = frozenset(parameters.get("Events") or ())
    if BOT_LEFT in events and not (run.contact.chat and run.contact.chat.bots):
        error, why = "ParticipantNotFound", "no custom participant is in the chat"
        raise ActionFailed(error, why)
    run.interacted()
    happened: str | None = yield Await(limit_s, events)
    return Done(happened or "WaitCompleted")


@action("DistributeByPercentage")
def distribute(run: FlowRun, _parameters: Parameters) -> Done:
    """A random whole number 1 to 100."""
    return Done(str(run.contact.rng.randint(1, 100)))


@action("UpdateFlowLoggingBehavior")
def set_logging(run: FlowRun, parameters: Parameters) -> Done:
    """Switch flow logs on or off from here on."""
    run.contact.logging = text(parameters.get("FlowLoggingBehavior")) == "Enabled"
    return DONE


@action("UpdateFlowAttributes")
def set_flow_attributes(run: FlowRun, parameters: Parameters) -> Done:
    """Set attributes that only this flow run sees."""
    values = {key: run.text((value or {}).get("Value")) for key, value in parameters["FlowAttributes"].items()}
    merged = {**run.frame.flow_attributes, **values}
    if not fit(merged, MAX_FLOW_ATTRIBUTES_BYTES):
        why = "flow attributes hold at most 32 KB"
        raise failed(why)
    run.frame.flow_attributes = merged
    return DONE
