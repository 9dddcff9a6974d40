"""Rules on traps that only the whole document shows: foreign ARNs, answers that a second function replaced."""

import re
from collections.abc import Iterator

from flowlang import paths, references
from flowlang.catalogue.model import AW, CW, OW
from flowlang.document import Action, scalar_text
from flowlang.lint.model import Hit, Severity, Subject, rule

MAX_WHISPER_S = 120
"""A whisper that takes longer drops both parties."""
SPOKEN_PER_S = 15
"""Characters that text-to-speech speaks in a second, in languages of letters; Chinese takes three times as long."""
_WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
_OWNER = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:([a-z0-9-]+):([0-9]{12}):")


@rule("D09", Severity.WARNING, "All ARNs belong to one account and Region.")
def one_owner(subject: Subject) -> Iterator[Hit]:
    """A copied flow that still names resources of the account that it came from."""
    first: tuple[str, str] | None = None
    for action in subject.flow.actions:
        for text in references.strings(action.parameters):
            for region, account in _OWNER.findall(text):
                first = first or (region, account)
                if (region, account) != first:
                    message = f"{account} in {region}, but other actions name {first[1]} in {first[0]}"
                    yield Hit(action.identifier, message, "Name the resource of this account and Region")


@rule("R11", Severity.WARNING, "An answer is read before the next function replaces it.")
def answer_is_replaced(subject: Subject) -> Iterator[Hit]:
    """`$.External` is replaced as a whole: a key of the first function's answer is gone after the second."""
    after = _last_functions(subject)
    reads = [(action, key, after.get(action.identifier, set())) for action, key in _answers_read(subject)]
    for action, key, here in reads:
        earlier = [
            min(before - here)
            for other, same, before in reads
            if same == key and before and not before & here and action.identifier in subject.reached(other.identifier)
        ]
        if here and earlier:
            message = f"$.External.{key} is read after {_short(min(here))}, and before that after {_short(earlier[0])}"
            yield Hit(action.identifier, message, "Keep the first answer in a contact attribute")


def _answers_read(subject: Subject) -> Iterator[tuple[Action, str]]:
    for action in subject.flow.actions:
        keys = {
            ".".join(path.keys[1:])
            for text in references.strings(action.parameters)
            for path in paths.find(text)
            if path.root == "External" and len(path.keys) > 1
        }
        yield from ((action, key) for key in sorted(keys))


def _last_functions(subject: Subject) -> dict[str, set[str]]:
    """Return for each action the functions whose answer may be the latest there."""
    latest: dict[str, set[str]] = {}
    waiting = [(subject.flow.start, "")]
    while waiting:
        name, function = waiting.pop()
        action = subject.actions.get(name)
        if action is None or function in latest.setdefault(name, set()):
            continue
        latest[name].add(function)
        own = scalar_text(action.parameters.get("LambdaFunctionARN", "")) if _answers(action) else ""
        waiting += [
            (edge.target, own if own and edge.kind != "error" else function) for edge in action.transitions.edges()
        ]
    return {name: found - {""} for name, found in latest.items()}


def _answers(action: Action) -> bool:
    asynchronous = scalar_text(action.parameters.get("InvocationType", "")).upper() == "ASYNCHRONOUS"
    return action.type == "InvokeLambdaFunction" and not asynchronous


def _short(arn: str) -> str:
    return arn.partition(":function:")[2] or arn.rpartition("/")[2]


@rule("R12", Severity.WARNING, f"A whisper takes at most {MAX_WHISPER_S} s.")
def short_whisper(subject: Subject) -> Iterator[Hit]:
    """Counted with all texts of the flow: after the limit the parties are dropped."""
    if subject.flow_type not in {AW, CW, OW}:
        return
    texts = [scalar_text(action.parameters.get("Text", "")) for action in subject.of_type("MessageParticipant")]
    spoken_s = sum((len(text) + 2 * len(_WIDE.findall(text))) / SPOKEN_PER_S for text in texts)
    if spoken_s > MAX_WHISPER_S:
        yield Hit("", f"the texts take about {spoken_s:.0f} s to speak", "Say less, or say it in another flow")
