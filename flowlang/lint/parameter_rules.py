"""Rules on the parameters of one action."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from flowlang import paths, references
from flowlang.catalogue import ActionType, Kind, Parameter, Status
from flowlang.document import scalar_text, whole_number
from flowlang.lint.model import Hit, Severity, Subject, rule
from flowlang.lint.values import PLACEHOLDER, all_scalars, is_given, scalars

RING_WINDOW_S = 20
"""While an agent is being rung (20 s), a waiting contact cannot be taken out of its queue."""

MAX_PROMPT_CHARS = 3_000
MAX_PROMPT_CHARS_IN_ALL = 6_000
_TAG = re.compile(r"<[^<>]*>")
_ATTRIBUTE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_TERMINATOR = re.compile(r"[0-9#*]{1,5}")


@rule("P01", Severity.REFUSED, "No parameter and no operand is an empty text.")
def empty_texts(subject: Subject) -> Iterator[Hit]:
    """The service refuses it; a sentinel such as `none` says the same. What a view shows is the view's own."""
    for action in subject.flow.actions:
        operands = [operand for condition in action.transitions.conditions for operand in condition.operands]
        given = {name: value for name, value in action.parameters.items() if name != "ViewData"}
        if "" in operands or "" in references.strings(given):
            yield Hit(action.identifier, "an empty text", "Leave the parameter out, or use a sentinel such as none")


@rule("P02", Severity.REFUSED, "Required parameters are given.")
def missing(subject: Subject) -> Iterator[Hit]:
    """As the service asks for them, some only in one form of an action or where another parameter stands."""
    for action, kind in subject.typed():
        wanted = [parameter.name for parameter in kind.parameters if parameter.required]
        wanted += [name for form in kind.forms if form.holds(action.parameters, subject.flow_type)
                   for name in form.needs]  # fmt: skip
        wanted += [name for other, name in kind.needs if is_given(other, action)]
        # A Loop over an array has another parameter, whose name nobody has published.
        wanted += ["LoopCount"] if action.type == "Loop" and not action.parameters else []
        for name in dict.fromkeys(wanted):
            if not is_given(name, action):
                yield Hit(action.identifier, f"{action.type} has no {name}", f"Add {name}")


@rule("P03", Severity.REFUSED, "A parameter has a value that exists.")
def allowed_values(subject: Subject) -> Iterator[Hit]:
    """For instance Enabled or Disabled. Case does not count: the console itself writes both."""
    for action, parameter, text in all_scalars(subject):
        if parameter.kind is not Kind.STATIC and any(True for _ in paths.find(text)):
            continue
        allowed = {value.casefold() for value in parameter.values}
        if allowed and text.casefold() not in allowed:
            yield Hit(action.identifier, f"{parameter.name} is {text!r}", f"Use one of {', '.join(parameter.values)}")
        if parameter.pattern and not re.fullmatch(parameter.pattern, text):
            yield Hit(action.identifier, f"{parameter.name} is {text!r}", f"Write it like {parameter.pattern}")


@rule("P04", Severity.REFUSED, "A number lies within its bounds.")
def bounds(subject: Subject) -> Iterator[Hit]:
    """Time limits and lengths; a path instead of a number is judged elsewhere."""
    for action, kind in subject.typed():
        for parameter in kind.parameters:
            for value in parameter.found_in(action.parameters):
                if not _within(parameter, value):
                    span = f"{parameter.least or 0} to {parameter.most if parameter.most is not None else 'any number'}"
                    yield Hit(action.identifier, f"{parameter.name} is out of bounds", f"Use {span}")


def _within(parameter: Parameter, value: Any) -> bool:
    if parameter.least is None and parameter.most is None:
        return True
    if isinstance(value, Mapping | list):
        number = float(len(value))
    else:
        text = scalar_text(value)
        # A path in a static parameter is another rule's business (P05).
        if PLACEHOLDER.search(text) or any(True for _ in paths.find(text)):
            return True
        if not re.fullmatch(r"-?[0-9]{1,12}", text):
            return False
        number = float(text)
    return (parameter.least is None or number >= parameter.least) and (
        parameter.most is None or number <= parameter.most
    )


@rule("P05", Severity.REFUSED, "A static parameter holds no path.")
def static_parameters(subject: Subject) -> Iterator[Hit]:
    """For instance a time limit: the service does not look values up there."""
    for action, parameter, text in all_scalars(subject):
        if parameter.kind is Kind.STATIC and any(True for _ in paths.find(text)):
            yield Hit(action.identifier, f"{parameter.name} is static, and is {text!r}", "Branch on the value instead")


@rule("P06", Severity.REFUSED, "A whole-path parameter is one path, with nothing around it.")
def whole_paths(subject: Subject) -> Iterator[Hit]:
    """Literal or path, never a mixture; some parameters take a path only."""
    for action, parameter, text in all_scalars(subject):
        if parameter.kind not in {Kind.WHOLE, Kind.PATH} or paths.parse(text):
            continue
        if parameter.kind is Kind.PATH or any(True for _ in paths.find(text)):
            yield Hit(
                action.identifier, f"{parameter.name} is {text!r}", "Write exactly one path, such as $.External.key"
            )


@rule("P07", Severity.REFUSED, "A whole path starts at a root that exists.")
def known_roots(subject: Subject) -> Iterator[Hit]:
    """The service refuses a typing error here."""
    for action, parameter, text in all_scalars(subject):
        path = paths.parse(text) if parameter.kind in {Kind.WHOLE, Kind.PATH} else None
        if path is not None and not path.is_known:
            yield Hit(action.identifier, f"no root {path.root!r} ({path.text})", "Correct its spelling and case")


@rule("P17", Severity.WARNING, "A path inside a text starts at a root that exists.")
def known_roots_in_text(subject: Subject) -> Iterator[Hit]:
    """The service publishes a typing error here, and plays silence for it."""
    for action in subject.flow.actions:
        operands = [operand for condition in action.transitions.conditions for operand in condition.operands]
        for text in [*references.strings(action.parameters), *operands]:
            for path in paths.find(text):
                if not path.is_known:
                    mend = "Correct its spelling and case"
                    yield Hit(action.identifier, f"no root {path.root!r} ({path.text})", mend)


@rule("P08", Severity.REFUSED, "Compare tests one value, not a namespace.")
def comparison_leaf(subject: Subject) -> Iterator[Hit]:
    """`$.External` alone is refused."""
    for action in subject.of_type("Compare"):
        path = paths.parse(scalar_text(action.parameters.get("ComparisonValue", "")))
        if path is not None and not path.has_leaf:
            yield Hit(action.identifier, f"{path.text} is a whole namespace", f"Name a key: {path.text}.key")


@rule("P09", Severity.REFUSED, "Of parameters that exclude each other exactly one is given.")
def exclusive(subject: Subject) -> Iterator[Hit]:
    """Text or SSML or a recording; a queue or an agent; one event hook."""
    for action, kind in subject.typed():
        for group in kind.exactly_one:
            given = [name for name in group if is_given(name, action)]
            if len(given) != 1:
                found = " and ".join(given) or "none of them"
                yield Hit(action.identifier, f"{found} given", f"Give exactly one of {', '.join(group)}")
        for group in kind.at_most_one:
            given = [name for name in group if is_given(name, action)]
            if len(given) > 1:
                yield Hit(action.identifier, f"{' and '.join(given)} given", f"Give one of {', '.join(group)}")


@rule("P18", Severity.REFUSED, "Of parameters that belong together none is missing.")
def groups(subject: Subject) -> Iterator[Hit]:
    """UpdateContactData sets at least one field; the three switches of Voice ID stand together."""
    for action, kind in subject.typed():
        for group in kind.at_least_one:
            if not any(is_given(name, action) for name in group):
                yield Hit(action.identifier, f"{action.type} sets nothing", f"Give one of {', '.join(group)}")
        for group in kind.together:
            missing = [name for name in group if not is_given(name, action)]
            if missing and len(missing) < len(group):
                yield Hit(action.identifier, f"{', '.join(missing)} missing", f"Give all of {', '.join(group)}")


@rule("P19", Severity.REFUSED, "No parameter is one that the service refuses.")
def refused_parameters(subject: Subject) -> Iterator[Hit]:
    """TimeoutSeconds on Wait, References on UpdateContactData: documented, and refused."""
    for action, kind in subject.typed():
        for name, mend in kind.refused.items():
            if name in action.parameters:
                yield Hit(action.identifier, f"the service refuses {name!r} on {action.type}", mend)


@rule("P10", Severity.WARNING, "Parameters are ones that the action knows.")
def unknown_parameters(subject: Subject) -> Iterator[Hit]:
    """A typing error, or newer than the catalogue."""
    for action, kind in subject.typed():
        if kind.status is not Status.CURRENT:
            continue
        for name in sorted(action.parameters.keys() - _first_names(kind) - kind.refused.keys()):
            mend = "Remove it or correct its spelling"
            yield Hit(action.identifier, f"{action.type} has no parameter {name!r}", mend)


def _first_names(kind: ActionType) -> set[str]:
    return {re.split(r"[.\[]", parameter.name)[0] for parameter in kind.parameters}


@rule("P11", Severity.WARNING, f"Loop prompts are interrupted after more than {RING_WINDOW_S} s.")
def interrupt_after_ring(subject: Subject) -> Iterator[Hit]:
    """Shorter than the ring window, the block behind it fails whenever an agent is being rung."""
    for action in subject.of_type("MessageParticipantIteratively"):
        seconds = whole_number(action.parameters.get("InterruptFrequencySeconds", ""))
        if seconds is not None and seconds <= RING_WINDOW_S:
            message = f"the interrupt comes after {seconds} s"
            yield Hit(action.identifier, message, f"Use more than {RING_WINDOW_S} s, the time an agent is rung")


@rule("P12", Severity.WARNING, "Attribute keys have letters, digits, dash and underscore only.")
def attribute_keys(subject: Subject) -> Iterator[Hit]:
    """The alphabet that flows, API and records share. A key may itself be a path."""
    for action in subject.of_type("UpdateContactAttributes", "UpdateFlowAttributes"):
        attributes = action.parameters.get("Attributes", action.parameters.get("FlowAttributes"))
        for key in attributes if isinstance(attributes, Mapping) else ():
            if not _ATTRIBUTE_KEY.fullmatch(paths.fill(str(key), lambda _path: "x")):
                yield Hit(action.identifier, f"the attribute key {key!r}", "Use A-Z a-z 0-9 _ - only")


@rule("P13", Severity.REFUSED, "Typed digits are encrypted only where the validation is custom.")
def encryption(subject: Subject) -> Iterator[Hit]:
    """InputEncryption needs CustomValidation."""
    for action in subject.of_type("GetParticipantInput"):
        if "InputEncryption" in action.parameters and not is_given("InputValidation.CustomValidation", action):
            yield Hit(
                action.identifier, "InputEncryption without CustomValidation", "Add InputValidation.CustomValidation"
            )


@rule("P14", Severity.REFUSED, "The keys that end an input are 1 to 5 of 0-9, # and *.")
def terminators(subject: Subject) -> Iterator[Hit]:
    """A terminator with * needs DisableCancelKey, because * cancels what was typed."""
    sequence = Parameter(name="DTMFConfiguration.InputTerminationSequence", kind=Kind.STATIC)
    cancel = Parameter(name="DTMFConfiguration.DisableCancelKey", kind=Kind.STATIC)
    for action in subject.of_type("GetParticipantInput"):
        disabled = "true" in {text.casefold() for text in scalars(cancel, action)}
        for text in scalars(sequence, action):
            if not _TERMINATOR.fullmatch(text) or ("*" in text and not disabled):
                mend = "Use 1 to 5 of 0-9 # *, and DisableCancelKey True with *"
                yield Hit(action.identifier, f"the terminator {text!r}", mend)


@rule("P15", Severity.WARNING, "The age of the oldest contact is not compared by hand.")
def metric_unit(subject: Subject) -> Iterator[Hit]:
    """The console writes that operand in milliseconds although the metric's name says seconds."""
    for action in subject.of_type("CheckMetricData"):
        if action.parameters.get("MetricType") == "OldestContactInQueueAgeSeconds":
            mend = "Check the operand: 5 minutes are 300000; test it against the service"
            yield Hit(action.identifier, "an operand in milliseconds", mend)


@rule(
    "P16",
    Severity.WARNING,
    f"A prompt has at most {MAX_PROMPT_CHARS} characters, {MAX_PROMPT_CHARS_IN_ALL} with its tags.",
)
def prompt_length(subject: Subject) -> Iterator[Hit]:
    """What text-to-speech speaks at once."""
    for action, parameter, text in all_scalars(subject):
        name = parameter.name.rpartition(".")[2]
        billed = len(_TAG.sub("", text)) if name == "SSML" else len(text)
        if name in {"Text", "SSML"} and (billed > MAX_PROMPT_CHARS or len(text) > MAX_PROMPT_CHARS_IN_ALL):
            yield Hit(action.identifier, f"a prompt of {len(text)} characters", "Split it into several")
