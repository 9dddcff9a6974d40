"""Random flows whose branches are all free: what can be reached is known without the explorer, by graph search."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.support.flow_documents import Document, action
from tests.support.flow_documents import document as flow_of

Raw = dict[str, Any]
KINDS = ("say", "menu", "test", "function", "hours", "share", "store", "loop", "metric")


def random_flow(size: int, chance: Random, kinds: Sequence[str] = KINDS, modules: Sequence[str] = ()) -> Document:
    """Return a flow of `size` actions and an end; with `modules`, some actions call one of them."""
    names = [f"a{number}" for number in range(size)] + ["end"]
    pool = [*kinds, *(["module"] if modules else [])]
    actions = [_action(name, chance.choice(pool), names, chance, modules) for name in names[:-1]]
    return flow_of(*actions, action("end", "DisconnectParticipant"))


def random_module(size: int, chance: Random, modules: Sequence[str] = ()) -> Document:
    """Return a module that returns one of two results."""
    made = random_flow(size, chance, ("say", "test", "function"), modules)
    made["Actions"][-1] = action("end", "EndFlowModuleExecution", {"Result": chance.choice(["r1", "r2"])})
    return {**made, "Settings": {"InputParameters": [], "OutputParameters": [], "Transitions": []}}


def _action(name: str, kind: str, names: list[str], chance: Random, modules: Sequence[str]) -> Raw:
    at = names.index(name)

    def to() -> str:
        """Mostly onward and near, sometimes back."""
        step = 1 + int(chance.expovariate(0.4))
        return names[min(at + step, len(names) - 1)] if chance.random() < 0.85 else chance.choice(names)

    shape = SHAPES[kind]
    given = {key: text.format(name) for key, text in shape.parameters.items()} | shape.parts
    if kind == "module":
        given["FlowModuleId"] = chance.choice(modules)
    if kind == "loop":
        given["LoopCount"] = chance.choice(["1", "3", "100"])
    tested = shape.tested if shape.all_tested else shape.tested[: chance.randint(1, len(shape.tested) or 1)]
    when = [(shape.operator, operand, to()) for operand in tested]
    errors = {error: to() for error in shape.errors}
    return action(name, shape.type, given, go=names[at + 1], errors=errors, when=when)


@dataclass(frozen=True)
class Shape:
    """A type with parameters, where `{}` is the action's name, its errors, and what its conditions test."""

    type: str
    parameters: dict[str, str] = field(default_factory=dict)
    errors: tuple[str, ...] = ("NoMatchingError",)
    tested: tuple[str, ...] = ()
    operator: str = "Equals"
    all_tested: bool = False
    parts: dict[str, Any] = field(default_factory=dict)


_BOTH = ("NoMatchingError", "NoMatchingCondition")
_LIMIT = {"Text": "{}", "InputTimeLimitSeconds": "5"}
SHAPES = {
    "say": Shape("MessageParticipant", {"Text": "{}"}),
    "menu": Shape("GetParticipantInput", {**_LIMIT, "StoreInput": "False"}, (*_BOTH, "InputTimeLimitExceeded"),
                  tuple("0123456*#")),
    # A value of its own, from outside: any result is possible the first time.
    "test": Shape("Compare", {"ComparisonValue": "$.Attributes.{}"}, ("NoMatchingCondition",), tuple("xyz")),
    "function": Shape("InvokeLambdaFunction", {"LambdaFunctionARN": "arn:{}", "InvocationTimeLimitSeconds": "3"}),
    "hours": Shape("CheckHoursOfOperation", tested=("True", "False"), all_tested=True),
    "share": Shape("DistributeByPercentage", {}, ("NoMatchingCondition",), ("31", "81"), "NumberLessThan"),
    "store": Shape("GetParticipantInput", {**_LIMIT, "StoreInput": "True"},
                   parts={"InputValidation": {"CustomValidation": {"MaximumLength": "4"}}}),
    "loop": Shape("Loop", errors=(), tested=("ContinueLooping", "DoneLooping"), all_tested=True),
    "metric": Shape("CheckMetricData", {"MetricType": "NumberOfContactsInQueue"}, _BOTH, ("9", "5"),
                    "NumberGreaterThan"),
    "module": Shape("InvokeFlowModule", errors=_BOTH, tested=("r1", "r2"), all_tested=True),
}  # fmt: skip


def ways_out(item: Raw) -> set[tuple[str, str]]:
    """Return the branches of an action that can be taken, with where they lead (1: the order of evaluation)."""
    ways = item["Transitions"]
    conditions = ways.get("Conditions", [])
    tested = [one["Condition"]["Operands"][0] for one in conditions]
    found = {(operand, one["NextAction"]) for operand, one in zip(tested, conditions, strict=True)}
    found |= {(one["ErrorType"], one["NextAction"]) for one in ways.get("Errors", [])}
    return found if conditions or "NextAction" not in ways else found | {("", ways["NextAction"])}


def reachable(source: Document) -> set[str]:
    """Return the actions that branches lead to from the start."""
    actions = {item["Identifier"]: item for item in source["Actions"]}
    seen: set[str] = set()
    waiting = [source["StartAction"]]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += [target for _, target in ways_out(actions[name])]
    return seen
