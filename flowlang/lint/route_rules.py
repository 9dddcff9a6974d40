"""Rules on what has, or has not, happened on the way to an action."""

import re
from collections.abc import Iterator

from flowlang import paths, references
from flowlang.catalogue import ACTIONS
from flowlang.catalogue.model import AT, CQ, IN, MOD, QT
from flowlang.document import Action, Edge, scalar_text, whole_number
from flowlang.lint.model import Hit, Severity, Subject, rule

MAX_LAMBDA_CHAIN_S = 20
"""A chain of functions without a participant interaction may take this long in total."""

_BEFORE_LOOP_PROMPTS = frozenset({
    "MessageParticipant", "GetParticipantInput", "ConnectParticipantWithLexBot", "TransferParticipantToThirdParty",
    "UpdateContactMediaStreamingBehavior", "Loop", "DequeueContactAndTransferToQueue",
})  # fmt: skip
_STAYS = frozenset({
    "TransferContactToQueue", "DequeueContactAndTransferToQueue", "TransferToFlow", "TransferParticipantToThirdParty",
    "EndFlowExecution",
})  # fmt: skip
"""Where a call goes on although a callback was created."""
_SECRET = re.compile(
    r"\b(?:credit|debit|card|cvv|cvc|pin|password|passcode|social security|ssn|passport|identity|national id"
    r"|tarjeta|contraseña|carte bancaire|mot de passe|kreditkarte|kartennummer|passwort|ausweis)\b"
    r"|卡号|密码|身份证|信用卡|暗証番号|カード番号|비밀번호|카드",
    re.IGNORECASE,
)
"""Words of a prompt that asks for digits which must not stand in a log."""
_MADE_BY = {
    "Metrics": ("GetMetricData",),
    "Lex": ("ConnectParticipantWithLexBot",),
    "FlowAttributes": ("UpdateFlowAttributes",),
    "StoredCustomerInput": ("GetParticipantInput",),
    "Customer": (
        "GetCustomerProfile", "CreateCustomerProfile", "UpdateCustomerProfile", "GetCustomerProfileObject",
        "GetCalculatedAttributesForCustomerProfile",
    ),
}  # fmt: skip
"""Which actions fill a namespace that a module does not inherit."""


def _without_success_of(subject: Subject, *types: str) -> set[str]:
    """Return the actions that can be reached although no action of these types has succeeded before."""
    return subject.reached(
        subject.flow.start, unless=lambda action, edge: action.type in types and edge.kind != "error"
    )


def _roots(action: Action) -> set[str]:
    return {path.root for text in references.strings(action.parameters) for path in paths.find(text)}


@rule("R01", Severity.WARNING, "A contact is queued only where every way has set the queue.")
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
    stores = [action for action in subject.of_type("GetParticipantInput") if _stores(action)]
    fresh = {name for one in stores
             for name in subject.reached(one.transitions.next_action or "", unless=_tests_silence)}  # fmt: skip
    for action in subject.of_type("Compare"):
        unknown = not stores or action.identifier in fresh
        if _compares_input(action) and not _tests_silence(action, None) and unknown:
            yield Hit(action.identifier, "nothing handles a caller who types nothing", "Add a condition Equals Timeout")


def _stores(action: Action) -> bool:
    return scalar_text(action.parameters.get("StoreInput", "")).casefold() == "true"


def _compares_input(action: Action) -> bool:
    path = paths.parse(scalar_text(action.parameters.get("ComparisonValue", "")))
    return action.type == "Compare" and path is not None and path.root == "StoredCustomerInput"


def _tests_silence(action: Action, _edge: Edge | None) -> bool:
    operands = {operand for condition in action.transitions.conditions for operand in condition.operands}
    return _compares_input(action) and "Timeout" in operands


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


@rule("R06", Severity.WARNING, f"Functions in a row take at most {MAX_LAMBDA_CHAIN_S} s without a word to the caller.")
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
        limit_s = whole_number(action.parameters.get("InvocationTimeLimitSeconds", "")) or 0
        waits = str(action.parameters.get("InvocationType", "")).upper() != "ASYNCHRONOUS"
        # A limit out of bounds is another rule's business; here it must only not count for ever.
        return before_s + (min(limit_s, 60) if waits else 0)
    interactive = action.type in ACTIONS and ACTIONS[action.type].interactive
    return 0 if interactive else before_s


@rule("R07", Severity.WARNING, "After a callback is created the call is ended.")
def callback_then_disconnect(subject: Subject) -> Iterator[Hit]:
    """CreateCallbackContact does not end the caller's own contact: queued too, the caller is served twice."""
    for action in subject.of_type("CreateCallbackContact"):
        onward = subject.reached(
            action.transitions.next_action or "", unless=lambda _action, edge: edge.kind == "error"
        )
        kinds = {subject.actions[name].type for name in onward}
        ends = {"DisconnectParticipant", "EndFlowModuleExecution"}
        if kinds & _STAYS or not kinds & ends:
            mend = "Lead every way from here to a disconnect"
            yield Hit(action.identifier, "the call goes on after the callback is created", mend)


@rule("R08", Severity.WARNING, "Logging is off while secret digits are typed.")
def secret_digits(subject: Subject) -> Iterator[Hit]:
    """Input that is worth encrypting, or of which the prompt says that it is secret, must not stand in the flow log."""
    on = [action.transitions.next_action or "" for action in subject.of_type("UpdateFlowLoggingBehavior")
          if action.parameters.get("FlowLoggingBehavior") == "Enabled"]  # fmt: skip
    logged = {name for start in on for name in subject.reached(start, unless=_turns_logging_off)}
    for action in subject.of_type("GetParticipantInput"):
        if action.identifier in logged and _is_secret(action):
            yield Hit(action.identifier, "secret digits are typed while logging is on", "Switch logging off before")


def _is_secret(action: Action) -> bool:
    prompt = " ".join(scalar_text(action.parameters.get(name, "")) for name in ("Text", "SSML"))
    return "InputEncryption" in action.parameters or (_stores(action) and _SECRET.search(prompt) is not None)


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
    for root, kinds in _MADE_BY.items():
        without = _without_success_of(subject, *kinds)
        for action in subject.flow.actions:
            if action.identifier in without and root in _roots(action):
                mend = f"Put {kinds[0]} before it, or pass the value in as input or contact attribute"
                yield Hit(action.identifier, f"$.{root} of the invoker is not visible in a module", mend)
