"""A JSON Schema made into one predicate, for tests that hold every message of a long run to its schema.

It knows the keywords that our schemas use and refuses a schema with others. What is wrong with a document is said by
the `jsonschema` package; a test holds the two to each other.
"""

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import jsonschema

from localstack.connect import schemas

Holds = Callable[[Any], bool]

TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "integer": (int,), "number": (int, float),
    "boolean": (bool,), "null": (type(None),),
}  # fmt: skip
SILENT = frozenset({"$schema", "$id", "$defs", "title", "description", "then"})
"""Keywords that say nothing by themselves."""
OF_OBJECTS = frozenset({"properties", "patternProperties", "additionalProperties", "required"})


class Breach(AssertionError):
    """A document that left is not what its schema says."""


@functools.cache
def holds(name: schemas.Name) -> Holds:
    """Whether a document is what one of our schemas says."""
    schema = schemas.load(name)
    return Compiler(schema).compile(schema)


def hold(name: schemas.Name, documents: Iterable[Any]) -> None:
    """Hold documents to a schema. Raises Breach, saying what is wrong with the first one that is not right."""
    right = holds(name)
    for document in documents:
        if not right(document):
            raise Breach(complaint(name, document))


def complaint(name: schemas.Name, document: Any) -> str:
    """What is wrong with a document, in words; "" when nothing is."""
    validator = jsonschema.Draft202012Validator(schemas.load(name))
    worst = jsonschema.exceptions.best_match(validator.iter_errors(document))
    return "" if worst is None else f"{name} {worst.json_path}: {worst.message[:300]}"


class Compiler:
    """Compiles a schema and what it refers to. Raises ValueError for a keyword that it does not know."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._done: dict[str, Holds] = {}

    def compile(self, schema: Mapping[str, Any]) -> Holds:
        """The predicate of a schema, or of a part of one."""
        makers: Mapping[str, Callable[[Any], Holds]] = {
            "type": _type, "enum": _enum, "const": lambda value: _enum([value]), "pattern": _pattern,
            "minLength": lambda n: lambda value: not isinstance(value, str) or len(value) >= n,
            "maxLength": lambda n: lambda value: not isinstance(value, str) or len(value) <= n,
            "minItems": lambda n: lambda value: not isinstance(value, list) or len(value) >= n,
            "maxItems": lambda n: lambda value: not isinstance(value, list) or len(value) <= n,
            "minProperties": lambda n: lambda value: not isinstance(value, dict) or len(value) >= n,
            "minimum": lambda n: lambda value: not _is_number(value) or value >= n,
            "maximum": lambda n: lambda value: not _is_number(value) or value <= n,
            "uniqueItems": lambda _: _unique,
            "items": self._items, "$ref": self._ref, "anyOf": self._any, "allOf": self._all,
        }  # fmt: skip
        unknown = schema.keys() - makers.keys() - SILENT - OF_OBJECTS - {"if"}
        if unknown:
            msg = f"keywords that are not compiled: {sorted(unknown)}"
            raise ValueError(msg)
        parts = [makers[keyword](value) for keyword, value in schema.items() if keyword in makers]
        if OF_OBJECTS & schema.keys():
            parts.append(self._object(schema))
        if "if" in schema:
            parts.append(self._when(schema))
        return _together(parts)

    def _items(self, schema: Mapping[str, Any]) -> Holds:
        one = self.compile(schema)
        return lambda value: not isinstance(value, list) or all(map(one, value))

    def _ref(self, pointer: str) -> Holds:
        name = pointer.removeprefix("#/$defs/")
        if name not in self._done:
            self._done[name] = self.compile(self._root["$defs"][name])
        return self._done[name]

    def _any(self, wanted: list[Mapping[str, Any]]) -> Holds:
        ways = [self.compile(schema) for schema in wanted]
        return lambda value: any([way(value) for way in ways])  # noqa: C419  shorter than a generator's own cost

    def _all(self, wanted: list[Mapping[str, Any]]) -> Holds:
        return _together([self.compile(schema) for schema in wanted])

    def _when(self, schema: Mapping[str, Any]) -> Holds:
        condition, consequence = self.compile(schema["if"]), self.compile(schema["then"])
        return lambda value: not condition(value) or consequence(value)

    def _object(self, schema: Mapping[str, Any]) -> Holds:
        known = {name: self.compile(part) for name, part in schema.get("properties", {}).items()}
        patterns = [
            (re.compile(key).search, self.compile(part)) for key, part in schema.get("patternProperties", {}).items()
        ]
        extra = schema.get("additionalProperties", True)
        other: Holds = self.compile(extra) if isinstance(extra, dict) else lambda _: extra
        required = frozenset(schema.get("required", ()))

        def field(name: str, value: Any) -> bool:
            matching = [part for fits, part in patterns if fits(name)]
            return all(part(value) for part in matching) if matching else other(value)

        def check(value: Any) -> bool:
            if not isinstance(value, dict):
                return True
            if not required <= value.keys():
                return False
            for name, one in value.items():
                part = known.get(name)
                if not (part(one) if part is not None else field(name, one)):
                    return False
            return True

        return check


def _together(parts: list[Holds]) -> Holds:
    if len(parts) == 1:
        return parts[0]
    if len(parts) == 2:
        first, second = parts
        return lambda value: first(value) and second(value)
    return lambda value: all([part(value) for part in parts])  # noqa: C419  shorter than a generator's own cost


def _type(wanted: str | list[str]) -> Holds:
    names = [wanted] if isinstance(wanted, str) else wanted
    kinds = tuple(kind for name in names for kind in TYPES[name])
    takes_bools = "boolean" in names
    return lambda value: isinstance(value, kinds) and (takes_bools or not isinstance(value, bool))


def _enum(values: list[Any]) -> Holds:
    return lambda value: any([value == one and type(value) is type(one) for one in values])  # noqa: C419  as above


def _pattern(pattern: str) -> Holds:
    fits = re.compile(pattern).search
    return lambda value: not isinstance(value, str) or fits(value) is not None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _unique(value: Any) -> bool:
    return not isinstance(value, list) or not any(one in value[:n] for n, one in enumerate(value))
