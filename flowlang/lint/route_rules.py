"""Rules on what has, or has not, happened on the way to an action."""

from collections.abc import Iterator

from flowlang import paths, references
from flowlang.catalogue import ACTIONS
from flowlang.catalogue.model import AT, CQ, IN, MOD, QT
from flowlang.document import Action, Edge, scalar_text
from flowlang.lint.model import Hit, Severity, Subject, rule

MAX_LAMBDA_CHAIN_S = 20
"""A chain of functions without a participant interaction may take this long in total."""

_BEFORE_LOOP_PROMPTS = frozenset({
    "MessageParticipant", "GetParticipantInput", "ConnectParticipantWithLexBot", "TransferParticipantToThirdParty",
    "UpdateContactMediaStreamingBehavior",
})  # fmt: skip


_MADE_BY = {
    "GetMetricData": "Metrics",
    "ConnectParticipantWithLexBot": "Lex",
    "UpdateFlowAttributes": "FlowAttributes",
    "GetParticipantInput": "StoredCustomerInput",
}
"""Which action fills a namespace that a module does not inherit."""


def _without_success_of(subject: Subject, *types: str) -> set[str]:
    """Return the actions that can be reached although no action of these types has succeeded before."""
    return subject.reached(
        subject.flow.start, unless=lambda action, edge: action.type in types and edge.kind != "error"
    )


def _roots(action: Action) -> set[str]:
    return {path.root for text in references.strings(action.parameters) for path in paths.find(text)}


@rule("R01", Severity.ERROR, "A contact is queued only where every way has set the queue.")
def queue_is_set(subject: Subject) -> Iterator[Hit]:
    """A flow that is reached by a transfer might inherit a queue; it says so by setting it again."""
    if subject.flow_type != IN:
        return
    without = _without_success_of(subject, "UpdateContactTargetQueue")
    for action in subject.of_type("TransferContactToQueue"):
        if action.identifier in without:
            mend = "Put UpdateContactTargetQueue on every way; its error branch does not count"
            yield Hit(action.identifier, "some way leads here without a queue", mend)


@rule("R02", Severity.WARNING, "A function's answer is read only where a function has answered on every way.")
def answer_is_there(subject: Subject) -> Iterator[Hit]:
    """`$.External` is unset before; Compare may ask, because unset takes its NoMatchingCondition branch."""
    without = _without_success_of(subject, "InvokeLambdaFunction")
    for action in subject.flow.actions:
        if action.type != "Compare" and action.identifier in without and "External" in _roots(action):
            mend = "Lead the ways without an answer (such as its error branch) around this action"
            yield Hit(action.identifier, "$.External is read where a function may not have answered", mend)


@rule("R03", Severity.WARNING, "Stored input is compared with Timeout first.")
def silence_is_an_answer(subject: Subject) -> Iterator[Hit]:
    """A caller who types nothing is a success whose input reads Timeout."""
    for action in subject.of_type("Compare"):
        path = paths.parse(scalar_text(action.parameters.get("ComparisonValue", "")))
        operands = {operand for condition in action.transitions.conditions for operand in condition.operands}
        if path is not None and path.root == "StoredCustomerInput" and "Timeout" not in operands:
            yield Hit(action.identifier, "nothing handles a caller who types nothing", "Add a condition Equals Timeout")


@rule("R04", Severity.WARNING, "The agent is named only where there is one.")
def agent_is_there(subject: Subject) -> Iterator[Hit]:
    """`$.Agent` exists in whispers, holds and transfers to agents, never before an agent is selected."""
    if subject.flow_type not in {IN, CQ, QT}:
        return
    for action in subject.flow.actions:
        if "Agent" in _roots(action):
            yield Hit(action.identifier, f"$.Agent is unset in {subject.flow_type}", "Move it to a whisper flow")


@rule("R05", Severity.WARNING, "The queue is named only where it is set.")
def queue_is_known(subject: Subject) -> Iterator[Hit]:
    """`$.Queue` is empty before UpdateContactTargetQueue."""
    if subject.flow_type not in {IN, AT}:
        return
    without = _without_success_of(subject, "UpdateContactTargetQueue")
    for action in subject.flow.actions:
        if action.identifier in without and "Queue" in _roots(action):
            yield Hit(action.identifier, "$.Queue is read before a queue is set", "Set the queue before, on every way")


@rule("R06", Severity.ERROR, f"Functions in a row take at most {MAX_LAMBDA_CHAIN_S} s without a word to the caller.")
def silent_chain(subject: Subject) -> Iterator[Hit]:
    """Counted with each function's own limit; anything that plays or asks starts the count again."""
    seen: set[tuple[str, int]] = set()
    waiting = [(subject.flow.start, 0)]
    reported: set[str] = set()
    while waiting:
        name, before_s = waiting.pop()
        action = subject.actions.get(name)
        if action is None or (name, before_s) in seen:
            continue
        seen.add((name, before_s))
        after_s = _silence_after(action, before_s)
        if after_s > MAX_LAMBDA_CHAIN_S:
            if name not in reported:
                yield Hit(name, f"functions in a row may take {after_s} s here", "Play a prompt between them")
            reported.add(name)
            continue
        waiting.extend((edge.target, after_s) for edge in action.transitions.edges())


def _silence_after(action: Action, before_s: int) -> int:
    if action.type == "InvokeLambdaFunction":
        limit = scalar_text(action.parameters.get("InvocationTimeLimitSeconds", ""))
        waits = str(action.parameters.get("InvocationType", "")).upper() != "ASYNCHRONOUS"
        # A limit out of bounds is another rule's business; here it must only not count for ever.
        return before_s + (min(int(limit), 60) if limit.isdecimal() and waits else 0)
    interactive = action.type in ACTIONS and ACTIONS[action.type].interactive
    return 0 if interactive else before_s


@rule("R07", Severity.WARNING, "After a callback is created the call is ended.")
def callback_then_disconnect(subject: Subject) -> Iterator[Hit]:
    """CreateCallbackContact does not end the caller's own contact."""
    for action in subject.of_type("CreateCallbackContact"):
        onward = subject.reached(action.transitions.next_action or "")
        if not any(subject.actions[name].type == "DisconnectParticipant" for name in onward):
            yield Hit(action.identifier, "the call goes on after the callback is created", "Lead to a disconnect")


@rule("R08", Severity.WARNING, "Logging is off while secret digits are typed.")
def secret_digits(subject: Subject) -> Iterator[Hit]:
    """Input that is worth encrypting must not stand in the flow log."""
    on = [action.transitions.next_action or "" for action in subject.of_type("UpdateFlowLoggingBehavior")
          if action.parameters.get("FlowLoggingBehavior") == "Enabled"]  # fmt: skip
    logged = {name for start in on for name in subject.reached(start, unless=_turns_logging_off)}
    for action in subject.of_type("GetParticipantInput"):
        if "InputEncryption" in action.parameters and action.identifier in logged:
            yield Hit(action.identifier, "encrypted digits are typed while logging is on", "Switch logging off before")


def _turns_logging_off(action: Action, _edge: Edge) -> bool:
    return action.type == "UpdateFlowLoggingBehavior" and action.parameters.get("FlowLoggingBehavior") == "Disabled"


@rule("R09", Severity.WARNING, "Loop prompts are the first thing that a waiting caller hears.")
def loop_prompts_first(subject: Subject) -> Iterator[Hit]:
    """In a customer queue flow no prompt, input or transfer may stand before them."""
    if subject.flow_type != CQ:
        return
    loops = {action.identifier for action in subject.of_type("MessageParticipantIteratively")}
    before = subject.reached(subject.flow.start, unless=lambda action, _edge: action.identifier in loops)
    for name in sorted(before):
        action = subject.actions[name]
        if action.type in _BEFORE_LOOP_PROMPTS and loops & subject.reached(name):
            yield Hit(name, f"{action.type} stands before the loop prompts", "Start with MessageParticipantIteratively")


@rule("R10", Severity.WARNING, "A module reads only what it can see.")
def module_sees(subject: Subject) -> Iterator[Hit]:
    """The invoker's Lex result, queue metrics and flow attributes do not reach a module."""
    if subject.flow_type != MOD:
        return
    for kind, root in _MADE_BY.items():
        without = _without_success_of(subject, kind)
        for action in subject.flow.actions:
            if action.identifier in without and root in _roots(action):
                mend = f"Put {kind} before it, or pass the value in as input or contact attribute"
                yield Hit(action.identifier, f"$.{root} of the invoker is not visible in a module", mend)
