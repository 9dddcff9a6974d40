"""Amazon's test-case JSON (17): observations that wait for an event and then act. Read strictly, into plain values."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

EVENTS = frozenset({"TestInitiated", "MessageReceived", "FlowActionStarted", "TestCompleted"})
ACTIONS = frozenset({"SendInstruction", "Assert", "OverrideSystemBehavior", "TestControl"})
INSTRUCTIONS = frozenset({"DtmfInput", "Disconnect"})
COMMANDS = frozenset({"EndTest", "LogData"})
USAGES: Mapping[str, str] = {
    "exactly": "exactly",
    "atleast": "at-least",
    "atmost": "at-most",
    "always": "any",
    "any": "any",
}
"""Amazon's pages spell them in both ways."""
RESOURCE_OF: Mapping[str, str] = {
    "InvokeLambdaFunction": "LambdaFunctionARN",
    "CheckHoursOfOperation": "HoursOfOperationId",
    "TransferContactToQueue": "QueueId",
    "DequeueContactAndTransferToQueue": "QueueId",
}
"""Flow actions that can be observed and overridden, and the parameter that says which one is meant."""
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


def flow_action(properties: Mapping[str, Any]) -> str:
    """The type of the flow action that an event or override means."""
    name = str(properties.get("ActionType", "")).strip()
    return SAME_ACTION.get(name, name)


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
    problems = [problem for one in given for problem in _problems(one)]
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
    event = one.get("Event") or {}
    if event.get("Type") not in EVENTS:
        yield f"{name!r}: there is no event {event.get('Type')!r}"
    if event.get("Type") == "FlowActionStarted" and flow_action(event.get("Properties") or {}) not in RESOURCE_OF:
        yield f"{name!r}: {flow_action(event.get('Properties') or {})} is not observed by this emulator"
    usage = one.get("Usage") or {}
    if str(usage.get("Type", "exactly")).lower() not in USAGES:
        yield f"{name!r}: there is no usage {usage.get('Type')!r}"
    for action in one.get("Actions") or ():
        yield from (f"{name!r}: {problem}" for problem in _action_problems(action))


def _action_problems(action: Mapping[str, Any]) -> Iterator[str]:
    kind, parameters = action.get("Type"), action.get("Parameters") or {}
    if kind not in ACTIONS:
        yield f"there is no action {kind!r}"
    elif kind == "SendInstruction" and (parameters.get("Instruction") or {}).get("Type") not in INSTRUCTIONS:
        yield f"the instruction {(parameters.get('Instruction') or {}).get('Type')!r} is not emulated"
    elif kind == "TestControl" and (parameters.get("Command") or {}).get("Type") not in COMMANDS:
        yield f"there is no command {(parameters.get('Command') or {}).get('Type')!r}"
    elif kind == "Assert" and parameters.get("Operator") not in OPERATORS:
        yield f"there is no operator {parameters.get('Operator')!r}"
    elif kind == "OverrideSystemBehavior":
        properties = (parameters.get("Behavior") or {}).get("Properties") or {}
        strategy = (properties.get("Strategy") or {}).get("Type")
        if flow_action(properties) not in RESOURCE_OF:
            yield f"{flow_action(properties)!r} is not overridden by this emulator"
        if strategy not in ("SubstituteResource", "MockResponse"):
            yield f"there is no strategy {strategy!r}"


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
        actions=tuple(one.get("Actions") or ()),
        usage=USAGES[str(usage.get("Type", "exactly")).lower()],
        times=int(usage.get("Times", 1)),
        following=_next(one),
    )
