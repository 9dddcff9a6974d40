"""Rules on parameters that have a shape of their own: prompts in a row, routing criteria, attributes, sizes."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from flowlang import paths, references
from flowlang.catalogue.model import PROMPT_CHOICE
from flowlang.document import Action, scalar_text, whole_number
from flowlang.lint.model import Hit, Severity, Subject, rule
from flowlang.lint.values import PLACEHOLDER, is_given

MAX_ATTRIBUTE_BYTES = 32_768
MAX_VIEW_BYTES = 16_384
MAX_SYNCHRONOUS_S = 8
_OWN_TYPES = frozenset({"ViewData", "Input", "ResultData", "LambdaInvocationAttributes"})
"""Parameters whose values may have any JSON type."""
_E164 = re.compile(r"\+[1-9][0-9]{1,14}")
_SIZES = {
    "Attributes": ("UpdateContactAttributes", MAX_ATTRIBUTE_BYTES),
    "FlowAttributes": ("UpdateFlowAttributes", MAX_ATTRIBUTE_BYTES),
    "ViewData": ("ShowView", MAX_VIEW_BYTES),
}


@rule("P20", Severity.REFUSED, "Each of several prompts is exactly one of PromptId, Text, SSML and Media.")
def messages(subject: Subject) -> Iterator[Hit]:
    """Loop prompts hold a list of prompt objects."""
    for action in subject.of_type("MessageParticipantIteratively"):
        given = action.parameters.get("Messages")
        for number, one in enumerate(given if isinstance(given, list) else (), 1):
            kinds = [name for name in PROMPT_CHOICE if isinstance(one, Mapping) and name in one]
            if len(kinds) != 1:
                found = " and ".join(kinds) or "none of them"
                mend = f"Give exactly one of {', '.join(PROMPT_CHOICE)}"
                yield Hit(action.identifier, f"prompt {number} has {found}", mend)


@rule("P22", Severity.REFUSED, "A flow attribute is an object with a Value.")
def flow_attributes(subject: Subject) -> Iterator[Hit]:
    """Other than a contact attribute, which is a text."""
    for action in subject.of_type("UpdateFlowAttributes"):
        given = action.parameters.get("FlowAttributes")
        for key, value in given.items() if isinstance(given, Mapping) else ():
            if not isinstance(value, Mapping) or "Value" not in value:
                mend = f'Write {{"{key}": {{"Value": "..."}}}}'
                yield Hit(action.identifier, f"the flow attribute {key!r} has no Value", mend)


@rule("P23", Severity.WARNING, "What is set stays below the size that the service keeps.")
def sizes(subject: Subject) -> Iterator[Hit]:
    """32 KB of attributes, 16 KB for a view, keys and values as they stand: more always fails."""
    for parameter, (kind, limit_bytes) in _SIZES.items():
        for action in subject.of_type(kind):
            value = action.parameters.get(parameter)
            size_bytes = len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()) if value else 0
            if size_bytes > limit_bytes:
                message = f"{parameter} has {size_bytes} bytes, kept are {limit_bytes}"
                yield Hit(action.identifier, message, "Keep less, or keep it in a database and look it up")


@rule("P24", Severity.WARNING, "Every value is a text, as the console writes it.")
def bare_values(subject: Subject) -> Iterator[Hit]:
    """The service's own content has "5" and "True"; only views and the input of modules and functions have types."""
    for action in subject.flow.actions:
        for name, value in action.parameters.items():
            if name not in _OWN_TYPES and any(True for _ in _bare(value)):
                bare = json.dumps(next(_bare(value)))
                yield Hit(action.identifier, f"{name} holds {bare} without quotes", f'Write "{bare}"')


def _bare(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _bare(item)
    elif isinstance(value, list):
        for item in value:
            yield from _bare(item)
    elif not isinstance(value, str):
        yield value


@rule("P25", Severity.WARNING, "A path ends in a key that the service fills.")
def known_leaves(subject: Subject) -> Iterator[Hit]:
    """In namespaces with fixed keys, such as `$.CustomerEndpoint.Address`, anything else stays unset."""
    for action in subject.flow.actions:
        operands = [operand for condition in action.transitions.conditions for operand in condition.operands]
        found = {path.text: path for text in [*references.strings(action.parameters), *operands]
                 for path in paths.find(text)}  # fmt: skip
        for path in found.values():
            if path.is_known and not paths.has_known_leaf(path):
                keys = paths.leaves(path.root)
                yield Hit(action.identifier, f"nothing ever fills {path.text}", f"Below $.{path.root} there is {keys}")


@rule("P26", Severity.REFUSED, f"A function that is waited for has at most {MAX_SYNCHRONOUS_S} s.")
def synchronous_limit(subject: Subject) -> Iterator[Hit]:
    """Only asynchronous calls may take up to 60 s."""
    for action in subject.of_type("InvokeLambdaFunction"):
        limit = whole_number(action.parameters.get("InvocationTimeLimitSeconds", ""))
        waits = scalar_text(action.parameters.get("InvocationType", "")).upper() != "ASYNCHRONOUS"
        if waits and limit is not None and limit > MAX_SYNCHRONOUS_S:
            message = f"InvocationTimeLimitSeconds is {limit}"
            yield Hit(action.identifier, message, f"Use 1 to {MAX_SYNCHRONOUS_S}, or InvocationType ASYNCHRONOUS")


@rule("P27", Severity.WARNING, "A literal telephone number is E.164.")
def telephone_numbers(subject: Subject) -> Iterator[Hit]:
    """A plus, the country, the number, without spaces: anything else cannot be dialled."""
    for action, name, value in _numbers(subject):
        text = scalar_text(value)
        if text and not PLACEHOLDER.search(text) and "$." not in text and not _E164.fullmatch(text):
            yield Hit(action.identifier, f"{name} is {text!r}", "Write it like +442079460000")


def _numbers(subject: Subject) -> Iterator[tuple[Action, str, Any]]:
    for action in subject.of_type("TransferParticipantToThirdParty"):
        yield action, "ThirdPartyPhoneNumber", action.parameters.get("ThirdPartyPhoneNumber", "")
    for action in subject.of_type("StartOutboundChatContact"):
        destination = action.parameters.get("DestinationEndpoint")
        yield action, "Address", destination.get("Address", "") if isinstance(destination, Mapping) else ""


@rule("P28", Severity.WARNING, "A conversation that is analysed is recorded on both sides.")
def analysed_is_recorded(subject: Subject) -> Iterator[Hit]:
    """Contact Lens works on the recording of agent and customer."""
    for action in subject.of_type("UpdateContactRecordingBehavior"):
        analytics = action.parameters.get("AnalyticsBehavior")
        on = isinstance(analytics, Mapping) and scalar_text(analytics.get("Enabled", "")).casefold() == "true"
        recording = action.parameters.get("RecordingBehavior")
        recorded = recording.get("RecordedParticipants") if isinstance(recording, Mapping) else None
        # Chat is analysed from its transcript.
        if on and not _is_for_chat(analytics) and {"Agent", "Customer"} - set(_texts(recorded)):
            yield Hit(action.identifier, "analytics without both participants recorded", "Record Agent and Customer")


def _is_for_chat(analytics: Any) -> bool:
    channels = analytics.get("ChannelConfiguration")
    return isinstance(channels, Mapping) and "Chat" in channels and "Voice" not in channels


def _texts(value: Any) -> Iterator[str]:
    yield from (scalar_text(item) for item in value) if isinstance(value, list) else ()


@rule("P29", Severity.REFUSED, "What a module returns is told by Result and ResultData.")
def module_result(subject: Subject) -> Iterator[Hit]:
    """ResultData is an object of the keys that the module's contract declares."""
    for action in subject.of_type("EndFlowModuleExecution"):
        data = action.parameters.get("ResultData")
        if is_given("ResultData", action) and not isinstance(data, Mapping):
            yield Hit(action.identifier, "ResultData is no object", 'Write {"key": "value"}')
