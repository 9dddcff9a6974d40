"""Amazon's test-case JSON (17): observations that wait for an event and then act. Read strictly, into plain values."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

VERSIONS = frozenset({"2019-10-30", "2025-06-21"})
"""Versions of the testing language that Amazon's pages show."""
EVENTS = frozenset({"TestInitiated", "MessageReceived", "FlowActionStarted", "FlowActionCompleted", "TestCompleted"})
ACTIONS = frozenset({"SendInstruction", "Assert", "OverrideSystemBehavior", "TestControl"})
INSTRUCTIONS = frozenset({"DtmfInput", "TextUtterance", "Disconnect"})
COMMANDS = frozenset({"EndTest", "LogData"})
USAGES: Mapping[str, str] = {
    "exactly": "exactly",
    "atleast": "at-least",
    "atmost": "at-most",
    "always": "any",
    "any": "any",
}
"""Amazon's pages spell them in both ways."""
RESOURCE_OF: Mapping[str, tuple[str, ...]] = {
    "InvokeLambdaFunction": ("LambdaFunctionARN",),
    "CheckHoursOfOperation": ("HoursOfOperationId",),
    "TransferContactToQueue": ("QueueId",),
    "DequeueContactAndTransferToQueue": ("QueueId",),
    "ConnectParticipantWithLexBot": ("LexV2Bot", "AliasArn"),
}
"""Flow actions that can be observed and overridden, and the parameter that says which resource is meant."""
COMPLETED = frozenset({"InvokeLambdaFunction", "ConnectParticipantWithLexBot"})
"""Flow actions whose success can be observed."""
MOCKED: Mapping[str, frozenset[str]] = {
    "InvokeLambdaFunction": frozenset({"TimeLimitExceeded", "NoMatchingError"}),
    "CheckHoursOfOperation": frozenset({"NoMatchingError"}),
    "TransferContactToQueue": frozenset({"QueueAtCapacity", "NoMatchingError"}),
    "DequeueContactAndTransferToQueue": frozenset({"QueueAtCapacity", "NoMatchingError"}),
    "ConnectParticipantWithLexBot": frozenset({"TimeLimitExceeded", "NoMatchingError"}),
}
"""The errors with which each of them can be mocked. Functions, hours and bots can be mocked with a result, too."""
RESULTS = frozenset({"InvokeLambdaFunction", "CheckHoursOfOperation", "ConnectParticipantWithLexBot"})
KEYS = frozenset("0123456789*#")
SAME_ACTION = {"DequeueAndTransferToQueue": "DequeueContactAndTransferToQueue"}
OPERATORS = frozenset(
    {
        "Equals",
        "TextStartsWith",
        "TextEndsWith",
        "TextContains",
        "NumberGreaterThan",
        "NumberGreaterOrEqualTo",
        "NumberLessThan",
        "NumberLessOrEqualTo",
        "Exists",
    }
)


_TAG = re.compile(r"<[^>]*>")


class BadTrial(ValueError):
    """The content cannot be run; `problems` says why, one sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One expected event and what is done then. `times` is how often, by `usage`."""

    id: str
    event: str
    properties: Mapping[str, Any]
    similar: bool
    actions: tuple[Mapping[str, Any], ...]
    usage: str
    times: int
    following: tuple[str, ...]

    def satisfied(self, count: int) -> bool:
        """Whether that many matches are right."""
        if self.usage == "at-least":
            return count >= self.times
        return self.usage == "any" or (count <= self.times if self.usage == "at-most" else count == self.times)

    def exhausted(self, count: int) -> bool:
        """Whether it watches no longer after that many matches: nothing more can be told from it."""
        return self.usage == "exactly" and count >= self.times

    def leads_on(self, count: int) -> bool:
        """Whether what it leads to is watched after that many matches."""
        return count >= (self.times if self.usage in ("exactly", "at-least") else 1)


def flow_action(properties: Mapping[str, Any]) -> str:
    """The type of the flow action that an event or override means."""
    name = str(properties.get("ActionType", "")).strip()
    return SAME_ACTION.get(name, name)


def utterance(instruction: Mapping[str, Any]) -> str:
    """What the customer says or writes by an instruction; speech marks are left out."""
    properties = instruction.get("Properties") or {}
    text = str(properties.get("Text") or _TAG.sub(" ", str(properties.get("SSML") or "")))
    return " ".join(text.split())


def resource(action_type: str, parameters: Mapping[str, Any]) -> Any:
    """The parameter of a flow action that says which resource it works on; None when it says nothing."""
    found: Any = parameters
    for name in RESOURCE_OF[action_type]:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def read(content: str) -> tuple[Observation, ...]:
    """The observations of a test case.

    Raises:
        BadTrial: with every problem that was found.

    """
    try:
        document = json.loads(content)
    except ValueError as error:
        raise BadTrial([f"the content is not JSON: {error}"]) from error
    given = document.get("Observations") if isinstance(document, dict) else None
    if not isinstance(given, list) or not given or not all(isinstance(one, dict) for one in given):
        raise BadTrial(["Observations is not a list of objects"])
    problems = [] if document.get("Version", "2019-10-30") in VERSIONS else [f"no version {document['Version']!r}"]
    problems += [problem for one in given for problem in _problems(one)]
    names = [str(one.get("Identifier", "")) for one in given]
    problems += [f"two observations are called {name!r}" for name in sorted({n for n in names if names.count(n) > 1})]
    for one in given:
        problems += [
            f"{one.get('Identifier')!r} leads to {to!r}, which is none" for to in _next(one) if to not in names
        ]
    if problems:
        raise BadTrial(problems)
    return tuple(_observation(one) for one in given)


def _next(one: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple((one.get("Transitions") or {}).get("NextObservations") or ())


def _problems(one: Mapping[str, Any]) -> Iterator[str]:
    name = one.get("Identifier")
    if not name:
        yield "an observation has no Identifier"
    yield from (f"{name!r}: {problem}" for problem in _event_problems(one.get("Event") or {}))
    yield from (f"{name!r}: {problem}" for problem in _usage_problems(one.get("Usage") or {}))
    actions = one.get("Actions") or ()
    for action in actions:
        yield from (f"{name!r}: {problem}" for problem in _action_problems(action))
    known = {action.get("Identifier") for action in actions}
    lost = [_next_action(action) for action in actions if _next_action(action) not in ("", *known)]
    yield from (f"{name!r}: an action leads to {to!r}, which is none" for to in lost)


def _event_problems(event: Mapping[str, Any]) -> Iterator[str]:
    kind, properties = event.get("Type"), event.get("Properties") or {}
    if kind not in EVENTS:
        yield f"there is no event {kind!r}"
    if kind == "FlowActionStarted" and flow_action(properties) not in RESOURCE_OF:
        yield f"{flow_action(properties)} is not observed by this emulator"
    if kind == "FlowActionCompleted" and flow_action(properties) not in COMPLETED:
        yield f"the end of {flow_action(properties)} is not observed by this emulator"
    if kind == "MessageReceived" and not properties.keys() & {"Text", "SSML", "PromptId", "Media"}:
        yield "a message needs Text, SSML, PromptId or Media"


def _usage_problems(usage: Mapping[str, Any]) -> Iterator[str]:
    kind = USAGES.get(str(usage.get("Type", "exactly")).lower())
    times = usage.get("Times")
    if kind is None:
        yield f"there is no usage {usage.get('Type')!r}"
    elif kind in ("at-least", "at-most") and times is None:
        yield f"the usage {usage.get('Type')} needs Times"
    elif times is not None and (not isinstance(times, int) or isinstance(times, bool) or times < 1):
        yield f"Times is {times!r}, expected a whole number from 1 on"


def _action_problems(action: Mapping[str, Any]) -> Iterator[str]:
    kind, parameters = action.get("Type"), action.get("Parameters") or {}
    if kind not in ACTIONS:
        yield f"there is no action {kind!r}"
    elif kind == "SendInstruction":
        yield from _instruction_problems(parameters.get("Instruction") or {})
    elif kind == "TestControl" and (parameters.get("Command") or {}).get("Type") not in COMMANDS:
        yield f"there is no command {(parameters.get('Command') or {}).get('Type')!r}"
    elif kind == "Assert" and parameters.get("Operator") not in OPERATORS:
        yield f"there is no operator {parameters.get('Operator')!r}"
    elif kind == "OverrideSystemBehavior":
        yield from _override_problems((parameters.get("Behavior") or {}).get("Properties") or {})


def _instruction_problems(instruction: Mapping[str, Any]) -> Iterator[str]:
    kind = instruction.get("Type")
    if kind not in INSTRUCTIONS:
        yield f"the instruction {kind!r} is not emulated"
    elif kind == "DtmfInput":
        keys = str((instruction.get("Properties") or {}).get("Value", ""))
        if not keys or not set(keys) <= KEYS:
            yield f"DtmfInput has the value {keys!r}, expected some of 0-9 * #"
    elif kind == "TextUtterance" and not utterance(instruction):
        yield "TextUtterance needs Text or SSML"


def _override_problems(properties: Mapping[str, Any]) -> Iterator[str]:
    action, strategy = flow_action(properties), properties.get("Strategy") or {}
    if action not in RESOURCE_OF:
        yield f"{action!r} is not overridden by this emulator"
    elif strategy.get("Type") == "SubstituteResource":
        if not strategy.get("SubstituteArn"):
            yield "SubstituteResource needs SubstituteArn"
    elif strategy.get("Type") == "MockResponse":
        yield from _mock_problems(action, strategy.get("Response") or {})
    else:
        yield f"there is no strategy {strategy.get('Type')!r}"


def _mock_problems(action: str, response: Mapping[str, Any]) -> Iterator[str]:
    kind = response.get("Type")
    result = response.get(str(kind)) or {}
    if kind == "Error":
        if result.get("Value", "NoMatchingError") not in MOCKED[action]:
            yield f"{action} has no error {result.get('Value')!r}"
    elif kind != "ExecutionResult" or action not in RESULTS:
        yield f"{action} is not mocked with a response of type {kind!r}"
    elif action == "CheckHoursOfOperation":
        if result.get("Value") not in ("InHours", "OutOfHours"):
            yield f"hours are mocked as InHours or OutOfHours, not {result.get('Value')!r}"
    elif not _is_object(result.get("LoadedData") or "{}"):
        yield "LoadedData is not a JSON object"


def _is_object(text: Any) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (TypeError, ValueError):
        return False


def _observation(one: Mapping[str, Any]) -> Observation:
    event, usage = one["Event"], one.get("Usage") or {}
    properties = event.get("Properties") or {}
    matching = properties.get("MatchingCriteria") or event.get("MatchingCriteria") or "Inclusion"
    kind = matching.get("Type") if isinstance(matching, Mapping) else matching
    return Observation(
        id=str(one["Identifier"]),
        event=event["Type"],
        properties=properties,
        similar=kind == "Similarity",
        actions=_in_order(one.get("Actions") or ()),
        usage=USAGES[str(usage.get("Type", "exactly")).lower()],
        times=int(usage.get("Times", 1)),
        following=_next(one),
    )


def _in_order(actions: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """The actions as their transitions lead from one to the next; those that nothing leads to begin, as listed."""
    by_name = {action.get("Identifier"): action for action in actions}
    led_to = {_next_action(action) for action in actions}
    ordered: list[Mapping[str, Any]] = []
    for first in [a for a in actions if a.get("Identifier") not in led_to] or actions[:1]:
        step: Mapping[str, Any] | None = first
        while step is not None and step not in ordered:
            ordered.append(step)
            step = by_name.get(_next_action(step))
    return tuple(ordered)


def _next_action(action: Mapping[str, Any]) -> str:
    return str((action.get("Transitions") or {}).get("NextAction") or "")
