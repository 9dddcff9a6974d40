"""What requests to DynamoDB consume, by what they are for: counted from the answers, never estimated."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

READS: Final = frozenset({"Query", "GetItem", "BatchGetItem"})
PARTS: Final = {
    "#SERVICE#": "service record and its lists",
    "'COMPLETION'": "note of a completion that is due",
    "#LIVE#": "live view: contact events, menu, end",
    "ROWS#": "pack of the agent, a batch an event",
    "#FLOOR#": "state of the agent",
    "#ACTIVITY#": "turns of the agent",
}
"""What is counted apart from the function that does it, by what stands in the keys of its items."""
INDEXES: Final = ": of this indexes"


@dataclass(slots=True)
class Meter:
    """Sums of what requests consumed. `doing` is the function at work, `step` that or one of the PARTS.

    Write units are those that the answers tell, by table and index. Read units are reckoned by DynamoDB's rule from
    the items that the answers hold, because the local cloud tells the same for every Query and nothing for a batch.
    """

    requests: Counter[str] = field(default_factory=Counter)
    reads: dict[str, float] = field(default_factory=dict)
    writes: dict[str, float] = field(default_factory=dict)
    doing: str = ""
    step: str = ""
    consistent: bool = False
    asked: int = 0
    """How many items a batch asks for."""

    def attach(self, client: Any) -> None:
        """Count every request of a DynamoDB client from now on, retries too."""
        client.meta.events.register("provide-client-params.dynamodb", self._ask)
        client.meta.events.register("before-send.dynamodb", self._count_request)
        client.meta.events.register("after-call.dynamodb", self._add)

    def _ask(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        keys = str(params)
        self.step = next((name for mark, name in PARTS.items() if mark in keys), self.doing)
        self.consistent = "'ConsistentRead': True" in keys
        if model.name == "BatchGetItem":
            self.asked = sum(len(table["Keys"]) for table in params["RequestItems"].values())
        if "ReturnConsumedCapacity" in model.input_shape.members:
            params["ReturnConsumedCapacity"] = "INDEXES"

    def _count_request(self, **_: Any) -> None:
        self.requests[self.step] += 1

    def _add(self, parsed: Mapping[str, Any], model: Any, **_: Any) -> None:
        if model.name in READS:
            self._add_read(model.name, parsed)
            return
        told = parsed.get("ConsumedCapacity", [])
        for entry in told if isinstance(told, list) else [told]:
            indexes = entry.get("GlobalSecondaryIndexes", {}).values()
            units = {"": entry["CapacityUnits"], INDEXES: sum(index["CapacityUnits"] for index in indexes)}
            for what, count in units.items():
                self.writes[self.step + what] = self.writes.get(self.step + what, 0.0) + count

    def _add_read(self, operation: str, answer: Mapping[str, Any]) -> None:
        units = units_read(operation, answer, self.asked) * (1.0 if self.consistent else 0.5)
        self.reads[self.step] = self.reads.get(self.step, 0.0) + units


def units_read(operation: str, answer: Mapping[str, Any], asked: int) -> int:
    """Return the consistent read units of an answer: 4 KB each, of a Query its items together, of others each.

    An item that is not there costs one, too; `asked` is how many a batch asked for.
    """
    if operation == "Query":
        return _units([sum(map(size_bytes, answer["Items"]))])
    if operation == "GetItem":
        return _units([size_bytes(answer.get("Item", {}))])
    found = [item for items in answer["Responses"].values() for item in items]
    return _units(map(size_bytes, found)) + asked - len(found)


def _units(sizes_bytes: Iterable[int]) -> int:
    return sum(max(1, math.ceil(size / 4_096)) for size in sizes_bytes)


def size_bytes(item: Mapping[str, Mapping[str, Any]]) -> int:
    """Return the size of an item in DynamoDB's form: names and values, and a byte or three for what holds others."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: Mapping[str, Any]) -> int:
    ((kind, held),) = value.items()
    match kind:
        case "S":
            return len(held.encode())
        case "N":
            return math.ceil(len(held.lstrip("-")) / 2) + 1
        case "M":
            return 3 + sum(len(name.encode()) + _value_bytes(each) + 1 for name, each in held.items())
        case "L":
            return 3 + sum(_value_bytes(each) + 1 for each in held)
        case _:
            return 1
