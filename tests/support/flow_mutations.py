"""Ways to break any flow, each with the code that must then be found."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from flowlang.catalogue import ACTIONS
from tests.support.flow_documents import Document

Raw = dict[str, Any]
Mutation = Callable[[Document, Random], bool]
"""Breaks the document in place; False where it has nothing to break in this way."""


def _some(source: Document, chance: Random, *kinds: str) -> Raw | None:
    found = [item for item in source["Actions"] if item["Type"] in (kinds or ACTIONS)]
    return chance.choice(found) if found else None


def _ongoing(source: Document) -> list[Raw]:
    return [
        item
        for item in source["Actions"]
        if item["Type"] in ACTIONS and not ACTIONS[item["Type"]].terminal and item["Transitions"].get("NextAction")
    ]


def _without_error(source: Document, chance: Random) -> bool:
    needed: list[tuple[Raw, str]] = [
        (item, error)
        for item in source["Actions"]
        if item["Type"] in ACTIONS
        for error in sorted(ACTIONS[item["Type"]].as_used(item["Parameters"]).required)
    ]
    if not needed:
        return False
    item, error = chance.choice(needed)
    ways = item["Transitions"]
    ways["Errors"] = [one for one in ways.get("Errors", []) if one["ErrorType"] != error]
    return True


def _without_next(source: Document, chance: Random) -> bool:
    found = [item for item in _ongoing(source) if item["Type"] != "MessageParticipantIteratively"]
    if found:
        del chance.choice(found)["Transitions"]["NextAction"]
    return bool(found)


def _dangling(source: Document, chance: Random) -> bool:
    found = _ongoing(source)
    if found:
        chance.choice(found)["Transitions"]["NextAction"] = "nowhere at all"
    return bool(found)


def _change(*kinds: str, **parameters: Any) -> Mutation:
    def mutate(source: Document, chance: Random) -> bool:
        item = _some(source, chance, *kinds)
        if item is not None:
            item["Parameters"] = {**item["Parameters"], **parameters}
        return item is not None

    return mutate


def _drop(kind: str, name: str) -> Mutation:
    def mutate(source: Document, chance: Random) -> bool:
        item = _some(source, chance, kind)
        return item is not None and item["Parameters"].pop(name, None) is not None

    return mutate


def _item(**keys: Any) -> Mutation:
    def mutate(source: Document, chance: Random) -> bool:
        item = chance.choice(source["Actions"])
        item.update(keys)
        return True

    return mutate


def _twice(source: Document, chance: Random) -> bool:
    source["Actions"].append(chance.choice(source["Actions"]))
    return True


def _too_many(source: Document, chance: Random) -> bool:
    del chance
    source["Actions"] += [
        {"Identifier": f"more {at}", "Type": "DisconnectParticipant", "Parameters": {}, "Transitions": {}}
        for at in range(251)
    ]
    return True


def _top(**keys: Any) -> Mutation:
    def mutate(source: Document, chance: Random) -> bool:
        del chance
        source.update(keys)
        return True

    return mutate


def _beyond_the_end(source: Document, chance: Random) -> bool:
    found = [item for item in source["Actions"] if item["Type"] in ACTIONS and ACTIONS[item["Type"]].terminal]
    if found:
        chance.choice(found)["Transitions"] = {"NextAction": source["StartAction"]}
    return bool(found)


def _conditions(source: Document) -> Iterator[Raw]:
    for item in source["Actions"]:
        yield from (one["Condition"] for one in item["Transitions"].get("Conditions", []))


def _condition(**keys: Any) -> Mutation:
    def mutate(source: Document, chance: Random) -> bool:
        found = list(_conditions(source))
        if found:
            chance.choice(found).update(keys)
        return bool(found)

    return mutate


def _error_on(kind: str, error: str) -> Mutation:
    def mutate(source: Document, chance: Random) -> bool:
        item = _some(source, chance, kind)
        if item is not None:
            entry = {"ErrorType": error, "NextAction": source["StartAction"]}
            item["Transitions"]["Errors"] = [*item["Transitions"].get("Errors", []), entry]
        return item is not None

    return mutate


MUTATIONS: tuple[tuple[str, Mutation], ...] = (
    ("B01", _without_error),
    ("B02", _error_on("UpdateFlowLoggingBehavior", "NoMatchingError")),
    ("B02", _error_on("UpdateContactCallbackNumber", "NoMatchingError")),
    ("B06", _condition(Operator="And")),
    ("B06", _condition(Operator="")),
    ("B07", _condition(Operands=["1", "2"])),
    ("B07", _condition(Operands=[])),
    ("D01", _top(Version="2019-10-31")),
    ("D02", _too_many),
    ("D03", _item(Identifier="a(b)")),
    ("D03", _item(Identifier="x" * 51)),
    ("D04", _twice),
    ("D05", _top(StartAction="nowhere at all")),
    ("G01", _dangling),
    ("G03", _without_next),
    ("G04", _beyond_the_end),
    ("P01", _change("MessageParticipant", "InvokeLambdaFunction", "UpdateContactTargetQueue", Extra="")),
    ("P01", _condition(Operands=[""])),
    ("P02", _drop("InvokeLambdaFunction", "LambdaFunctionARN")),
    ("P02", _drop("Compare", "ComparisonValue")),
    ("P02", _drop("GetParticipantInput", "InputTimeLimitSeconds")),
    ("P03", _change("UpdateFlowLoggingBehavior", FlowLoggingBehavior="Maybe")),
    ("P04", _change("GetParticipantInput", InputTimeLimitSeconds="0")),
    ("P04", _change("Loop", LoopCount="101")),
    ("P05", _change("GetParticipantInput", InputTimeLimitSeconds="$.Attributes.limit")),
    ("P06", _change("Compare", ComparisonValue="a literal")),
    ("P06", _change("TransferToFlow", ContactFlowId="flow $.External.flow")),
    ("P07", _change("Compare", ComparisonValue="$.Atributes.name")),
    ("P08", _change("Compare", ComparisonValue="$.External")),
    ("P09", _change("UpdateContactTargetQueue", QueueId="q", AgentId="a")),
    ("P09", _change("MessageParticipant", Text="x", SSML="<speak/>")),
    ("P19", _change("Wait", TimeoutSeconds="5")),
    ("P26", _change("InvokeLambdaFunction", InvocationTimeLimitSeconds="9")),
    ("T01", _item(Type="SetLoggingBehavior")),
    ("T01", _item(Type="messageParticipant")),
)
"""Each way with the code that tells of it."""
