"""Rules on the course of a contact: channels, loops that are entered again, what runs meanwhile, whispers."""

import re
from collections.abc import Callable, Iterator

from flowlang import paths, references
from flowlang.catalogue import ACTIONS, Effect
from flowlang.catalogue.model import AW, CW, IN, MOD, OW
from flowlang.document import Action, Edge, scalar_text
from flowlang.lint.model import Hit, Severity, Subject, rule

MAX_WHISPER_S = 120
"""A whisper that takes longer drops both parties."""
SPOKEN_PER_S = 15
"""Characters that text-to-speech speaks in a second, in languages of letters; Chinese takes three times as long."""
_WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
_TAG = re.compile(r"<[^<>]*>")
_PLAYS = frozenset({"MessageParticipant", "MessageParticipantIteratively", "GetParticipantInput"})


@rule("R12", Severity.WARNING, f"A whisper takes at most {MAX_WHISPER_S} s.")
def short_whisper(subject: Subject) -> Iterator[Hit]:
    """Counted along the way that takes longest, each text once: after the limit the parties are dropped."""
    if subject.flow_type not in {AW, CW, OW}:
        return
    spoken_s = _longest_s(subject)
    if spoken_s > MAX_WHISPER_S:
        yield Hit("", f"the texts take about {spoken_s:.0f} s to speak", "Say less, or say it in another flow")


def _longest_s(subject: Subject) -> float:
    """Return the seconds of the longest way; a way back does not count again."""
    longest: dict[str, float] = {}
    open_now: set[str] = set()
    waiting = [(subject.flow.start, False)]
    while waiting:
        name, leaving = waiting.pop()
        action = subject.actions.get(name)
        if action is None:
            continue
        onward = [edge.target for edge in action.transitions.edges()]
        if leaving:
            open_now.discard(name)
            longest[name] = _spoken_s(action) + max((longest.get(one, 0.0) for one in onward), default=0.0)
        elif name not in longest and name not in open_now:
            open_now.add(name)
            waiting += [(name, True), *((one, False) for one in onward)]
    return longest.get(subject.flow.start, 0.0)


def _spoken_s(action: Action) -> float:
    if action.type not in _PLAYS:
        return 0.0
    given = action.parameters
    text = scalar_text(given.get("Text", "")) or _TAG.sub("", scalar_text(given.get("SSML", "")))
    return (len(text) + 2 * len(_WIDE.findall(text))) / SPOKEN_PER_S


@rule("R13", Severity.WARNING, "A number is dialled before anything is played.")
def dial_first(subject: Subject) -> Iterator[Hit]:
    """The first participant action of an outbound whisper dials by itself."""
    before = subject.reached(subject.flow.start, unless=lambda action, _edge: action.type == "CompleteOutboundCall")
    for name in sorted(before):
        if subject.actions[name].type in _PLAYS:
            behind = subject.reached(name)
            if any(subject.actions[one].type == "CompleteOutboundCall" for one in behind):
                yield Hit(name, "something is played before CompleteOutboundCall", "Put CompleteOutboundCall first")


@rule("R14", Severity.WARNING, "A Loop is finished before it begins anew.")
def loops_finish(subject: Subject) -> Iterator[Hit]:
    """Its counter is reset by DoneLooping only: who leaves it in between and comes again has fewer rounds."""
    for loop in subject.of_type("Loop"):
        inside = [one.next_action for one in loop.transitions.conditions if "ContinueLooping" in one.operands]
        body = {name for start in inside for name in subject.reached(start, unless=_is_at(loop))} - {loop.identifier}
        leading = {name for name in body if loop.identifier in subject.reached(name)}
        if any(_comes_again(subject, loop, name) for name in sorted(leading)):
            message = "a contact may come here again in mid-count, with the rounds that were left"
            yield Hit(loop.identifier, message, "Give each stretch its own Loop, or end it through DoneLooping")


def _is_at(loop: Action) -> Callable[[Action, Edge], bool]:
    return lambda action, _edge: action.identifier == loop.identifier


def _comes_again(subject: Subject, loop: Action, name: str) -> bool:
    """Tell whether a success leads from an action back to itself without passing the loop."""
    action = subject.actions[name]
    if not (action.type in ACTIONS and ACTIONS[action.type].interactive):
        return False
    onward = [edge.target for edge in action.transitions.edges() if edge.kind == "condition"]
    return any(name in subject.reached(target, unless=_is_at(loop)) for target in onward)


@rule("R15", Severity.WARNING, "A contact meets only blocks that work on its channel.")
def channels(subject: Subject) -> Iterator[Hit]:
    """Where a flow tests `$.Channel` for CHAT, a block for voice always takes its error branch."""
    seen: set[tuple[str, str]] = set()
    for test in subject.of_type("Compare"):
        path = paths.parse(scalar_text(test.parameters.get("ComparisonValue", "")))
        if path is None or path.root != "Channel":
            continue
        for condition in test.transitions.conditions:
            channel = condition.operands[0] if condition.operator == "Equals" and condition.operands else ""
            for name in sorted(subject.reached(condition.next_action, unless=_asks_the_channel)):
                hit = _on_channel(subject, subject.actions[name], channel)
                if hit is not None and (name, channel) not in seen:
                    seen.add((name, channel))
                    yield hit


def _asks_the_channel(action: Action, _edge: Edge) -> bool:
    value = scalar_text(action.parameters.get("ComparisonValue", ""))
    return action.type == "Compare" and value.startswith("$.Channel")


def _on_channel(subject: Subject, action: Action, channel: str) -> Hit | None:
    kind = ACTIONS.get(action.type)
    verdict = kind.on(channel, action.parameters, subject.flow_type or IN) if kind is not None else None
    if verdict is None or verdict.effect is not Effect.ERROR:
        return None
    target = action.transitions.on_error(verdict.error)
    if target is None:
        message, mend = f"{action.type} fails on {channel} and has no branch for it", f"Add a branch {verdict.error}"
    elif target in {action.identifier, action.transitions.next_action}:
        message, mend = f"{action.type} does nothing on {channel}", f"Lead {channel} contacts around it"
    else:
        message, mend = f"{action.type} always takes its error branch on {channel}", f"Lead {channel} around it"
    return Hit(action.identifier, message, mend)


@rule("R16", Severity.WARNING, "A nested answer is read only from a function that may give one.")
def nested_answers(subject: Subject) -> Iterator[Hit]:
    """`$.External.a.b` exists only where ResponseValidation says JSON; otherwise an answer is a flat map of texts."""
    functions = [action for action in subject.of_type("InvokeLambdaFunction") if not _answers_json(action)]
    if len(functions) < sum(1 for _ in subject.of_type("InvokeLambdaFunction")):
        return
    for action in subject.flow.actions if functions else ():
        for text in references.strings(action.parameters):
            for path in paths.find(text):
                if path.root == "External" and len(path.keys) > 2:  # noqa: PLR2004  root and one key
                    mend = 'Set ResponseValidation {"ResponseType": "JSON"} on the function'
                    yield Hit(action.identifier, f"{path.text} is nested, and no function here answers JSON", mend)


def _answers_json(action: Action) -> bool:
    validation = action.parameters.get("ResponseValidation")
    return "JSON" in references.strings(validation) if validation is not None else False


@rule("R17", Severity.REFUSED, "What runs during a Wait does not wait.")
def no_wait_inside(subject: Subject) -> Iterator[Hit]:
    """The branch Continue of a Wait with ContinueExecution runs meanwhile; it holds no other Wait."""
    for wait in subject.of_type("Wait"):
        for condition in wait.transitions.conditions:
            if "Continue" not in condition.operands:
                continue
            for name in sorted(subject.reached(condition.next_action, unless=_is_at(wait))):
                if subject.actions[name].type == "Wait" and name != wait.identifier:
                    yield Hit(name, f"a Wait inside what runs during {wait.identifier!r}", "Wait behind it instead")


@rule("R18", Severity.WARNING, "What a module is given or returns is read where there is a module.")
def module_values(subject: Subject) -> Iterator[Hit]:
    """`$.Modules.Input` inside a module, `$.Modules.Result` and `.ResultData` behind a call of one."""
    without = subject.reached(
        subject.flow.start, unless=lambda action, edge: action.type == "InvokeFlowModule" and edge.kind != "error"
    )
    for action in subject.flow.actions:
        keys = {path.keys[1:2] for text in references.strings(action.parameters) for path in paths.find(text)
                if path.root == "Modules"}  # fmt: skip
        if ("Input",) in keys and subject.flow_type not in {None, MOD}:
            yield Hit(action.identifier, "$.Modules.Input is read outside a module", "Read the value itself")
        if keys - {("Input",)} and action.identifier in without:
            yield Hit(action.identifier, "$.Modules.Result is read before a module was called", "Call it on every way")
