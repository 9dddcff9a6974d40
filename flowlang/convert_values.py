"""Blocks of an old export as values: parameters by name, namespaces as paths."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from flowlang.document import scalar_text

_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]+")
_DOTTED = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")

_SYSTEM: Mapping[str, str] = {
    "customer number": "$.CustomerEndpoint.Address",
    "dialed number": "$.SystemEndpoint.Address",
    "stored customer input": "$.StoredCustomerInput",
    "customer callback number": "$.CustomerCallbackNumber",
    "contact id": "$.ContactId",
    "initial contact id": "$.InitialContactId",
    "previous contact id": "$.PreviousContactId",
    "contact initiation method": "$.InitiationMethod",
    "initiation method": "$.InitiationMethod",
    "channel": "$.Channel",
    "instance arn": "$.InstanceARN",
    "aws region": "$.AwsRegion",
    "language": "$.LanguageCode",
    "text to speech voice": "$.TextToSpeechVoiceId",
    "queue name": "$.Queue.Name",
    "queue arn": "$.Queue.ARN",
    "agent user name": "$.Agent.UserName",
    "agent first name": "$.Agent.FirstName",
    "agent last name": "$.Agent.LastName",
    "agent arn": "$.Agent.ARN",
    "customer id": "$.CustomerId",
}

_ROOTS: Mapping[str, str] = {
    "user defined": "Attributes",
    "external": "External",
    "flow": "FlowAttributes",
    "lex": "Lex",
    "lex.sessionattributes": "Lex.SessionAttributes",
    "lex.slots": "Lex.Slots",
    "customer": "Customer",
    "customer profiles": "Customer",
    "case": "Case",
    "cases": "Case",
    "agent": "Agent",
    "queue": "Queue",
    "queue metrics": "Metrics.Queue",
    "media streams": "MediaStreams",
    "mediastreams": "MediaStreams",
    "segment attributes": "SegmentAttributes",
    "segmentattributes": "SegmentAttributes",
    "views": "Views",
}


class InvalidExport(ValueError):
    """A part of the export has a shape that cannot be meant."""

    def __init__(self, path: str, expected: str) -> None:
        super().__init__(f"{path}: {expected}")
        self.path = path
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Converted:
    """The action that a block becomes, without its branches."""

    type: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


def text_of(value: Any) -> str:
    """Return a scalar as text, '' for nothing."""
    return "" if value is None else scalar_text(value)


def path(namespace: str, key: str) -> str:
    """Return the path that a value in a namespace has: `User Defined`, `pin` is `$.Attributes.pin`."""
    if namespace.casefold() == "system":
        known = _SYSTEM.get(key.casefold())
        return known or f"$.{key}" if known or _DOTTED.fullmatch(key) else f"$.['{key}']"
    root = _ROOTS.get(namespace.casefold(), namespace.replace(" ", ""))
    return f"$.{root}.{key}" if _PLAIN_KEY.fullmatch(key) else f"$.{root}.['{key}']"


@dataclass(slots=True)
class Block:
    """One module of an export. Remembers which of its parameters were asked for, so that none is lost."""

    id: str
    type: str
    target: str
    parameters: tuple[Mapping[str, Any], ...]
    branches: tuple[Mapping[str, Any], ...]
    metadata: Mapping[str, Any]
    _asked: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, raw: Any, where: str) -> Self:
        """Read one module; raises InvalidExport."""
        if not isinstance(raw, Mapping):
            raise InvalidExport(where, f"expected an object, found {type(raw).__name__}")
        metadata = raw.get("metadata")
        return cls(
            id=text_of(raw.get("id")),
            type=text_of(raw.get("type")),
            target=text_of(raw.get("target")),
            parameters=tuple(_objects(raw, "parameters", where)),
            branches=tuple(_objects(raw, "branches", where)),
            metadata=metadata if isinstance(metadata, Mapping) else {},
        )

    def all(self, name: str) -> Iterator[Mapping[str, Any]]:
        """Yield the parameters of this name."""
        self._asked.add(name)
        return (one for one in self.parameters if one.get("name") == name)

    def text(self, *names: str) -> str:
        """Return the first parameter that has one of these names and a value: its path, or its text; '' if none."""
        found = [_value(one) for name in names for one in self.all(name)]
        return next((text for text in found if text), "")

    def map(self, name: str) -> dict[str, str]:
        """Return the parameters of this name by their keys."""
        return {text_of(one.get("key")): _value(one) for one in self.all(name)}

    def resource(self, name: str) -> str:
        """Return a resource: its ARN, its path, or the name that the console showed when the export has no more."""
        shown = [text_of(one.get("resourceName")) for one in self.all(name)]
        return self.text(name) or next((text for text in shown if text), "")

    def unused(self) -> list[str]:
        """Return the names of the parameters that nobody asked for."""
        return sorted({text_of(one.get("name")) for one in self.parameters} - self._asked)

    def raw_value(self, name: str) -> Any:
        """Return the values of the parameters of this name: one as it is, several as a list."""
        values = [_value(one) for one in self.parameters if text_of(one.get("name")) == name]
        return values[0] if len(values) == 1 else values

    def as_it_stands(self) -> dict[str, Any]:
        """Return all parameters by name, unconverted but for their paths."""
        return {name: self.raw_value(name) for name in sorted({text_of(p.get("name")) for p in self.parameters})}


def _value(parameter: Mapping[str, Any]) -> str:
    namespace, value = text_of(parameter.get("namespace")), text_of(parameter.get("value"))
    return path(namespace, value) if namespace and value else value


def _objects(raw: Mapping[str, Any], key: str, where: str) -> Iterator[Mapping[str, Any]]:
    value = raw.get(key) or []
    if not isinstance(value, list):
        raise InvalidExport(f"{where}.{key}", f"expected a list, found {type(value).__name__}")
    for at, item in enumerate(value):
        if not isinstance(item, Mapping):
            raise InvalidExport(f"{where}.{key}.{at}", f"expected an object, found {type(item).__name__}")
        yield item
