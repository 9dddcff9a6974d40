"""Which differences between two JSON Schemas break whoever relies on the first one. Pure.

What is sent to us is `taken`: the new schema must allow all that the old one allowed. What we send is `given`: the new
schema may promise more, never less. A schema is compared together with the document in which its references lead.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

type Schema = Mapping[str, Any]

_LEAST: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_MOST: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_FORMS: Final = ("pattern", "format")


@dataclass(frozen=True, slots=True)
class Part:
    """A schema, and the document that it stands in."""

    schema: Schema
    document: Schema

    def resolved(self) -> "Part":
        """Return what the schema's reference leads to, or the schema itself."""
        reference = self.schema.get("$ref")
        if reference is None:
            return self
        found: Any = self.document
        for step in str(reference).removeprefix("#/").split("/"):
            found = found[step]
        return Part(found, self.document).resolved()

    def inside(self, schema: Schema) -> "Part":
        """Return a schema of the same document."""
        return Part(schema, self.document)

    def alternatives(self) -> list["Part"]:
        """Return the schemas of which one holds, without null and the references resolved."""
        here = self.resolved()
        if "anyOf" not in here.schema:
            return [here] if here.schema.get("type") != "null" else []
        return [one for each in here.schema["anyOf"] for one in here.inside(each).alternatives()]

    def kinds(self) -> set[str]:
        """Return the types and, of an enumeration, the values that are allowed; null among them."""
        schema = self.resolved().schema
        if "anyOf" in schema:
            return {kind for each in schema["anyOf"] for kind in self.inside(each).kinds()}
        if "enum" in schema or "const" in schema:
            return {json.dumps(value) for value in schema.get("enum", [schema.get("const")])}
        return {str(schema["type"])} if "type" in schema else set()

    def objects(self) -> list["Part"]:
        """Return those alternatives that have properties."""
        return [one for one in self.alternatives() if "properties" in one.schema]

    def lists(self) -> list["Part"]:
        """Return the schemas of the entries of lists, among the alternatives."""
        return [one.inside(one.schema["items"]) for one in self.alternatives() if "items" in one.schema]


def taken(place: str, was: Part, now: Part, seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield what was taken at `place` and is not any more."""
    old, new = was.kinds(), now.kinds()
    yield from (f"{place} no longer takes {kind}" for kind in sorted(old - new) if new and not _wider(kind, new))
    if old and not old - new:
        yield from _narrowed(place, was, now)
    for before, after, deeper in _pairs(was.objects(), now.objects(), seen):
        yield from _fields_taken(place, before, after, deeper)
    for before, after, deeper in _pairs(was.lists(), now.lists(), seen):
        yield from taken(f"{place}[]", before, after, deeper)


def given(place: str, was: Part, now: Part, seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield what was given at `place` and is not any more."""
    old, new = was.kinds(), now.kinds()
    yield from (f"{place} may now be {kind}" for kind in sorted(new - old) if old and not _wider(kind, old))
    for before, after, deeper in _pairs(was.objects(), now.objects(), seen):
        yield from _fields_given(place, before, after, deeper)
    for before, after, deeper in _pairs(was.lists(), now.lists(), seen):
        yield from given(f"{place}[]", before, after, deeper)


def _fields_taken(place: str, was: Part, now: Part, seen: frozenset[str]) -> Iterator[str]:
    before, after = was.schema["properties"], now.schema["properties"]
    for name in now.schema.get("required", ()):
        if name not in was.schema.get("required", ()):
            yield f"{place}.{name} is required now"
    for name in before:
        if name in after:
            yield from taken(f"{place}.{name}", was.inside(before[name]), now.inside(after[name]), seen)
        else:
            yield f"{place}.{name} is gone"
    if now.schema.get("additionalProperties") is False and was.schema.get("additionalProperties") is not False:
        yield f"{place} takes no other fields now"


def _fields_given(place: str, was: Part, now: Part, seen: frozenset[str]) -> Iterator[str]:
    before, after = was.schema["properties"], now.schema["properties"]
    for name in before:
        if name not in after:
            yield f"{place}.{name} is gone"
            continue
        if name in was.schema.get("required", ()) and name not in now.schema.get("required", ()):
            yield f"{place}.{name} may be missing now"
        yield from given(f"{place}.{name}", was.inside(before[name]), now.inside(after[name]), seen)


def _pairs(was: list[Part], now: list[Part], seen: frozenset[str]) -> Iterator[tuple[Part, Part, frozenset[str]]]:
    """Yield what is compared with what: the same name, else the same place; a schema inside itself only once."""
    named = {one.schema["title"]: one for one in now if "title" in one.schema}
    for place, before in enumerate(was):
        title = str(before.schema.get("title", ""))
        after = named.get(title) or (now[place] if place < len(now) else None)
        if after is not None and (not title or title not in seen):
            yield before, after, seen | {title} - {""}


def _wider(kind: str, kinds: set[str]) -> bool:
    """Tell whether `kinds` has a type that holds the value or type `kind`: text for a word, number for integer."""
    return (kind.startswith('"') and "string" in kinds) or (kind == "integer" and "number" in kinds)


def _narrowed(place: str, was: Part, now: Part) -> Iterator[str]:
    for before, after, _ in _pairs(was.alternatives(), now.alternatives(), frozenset()):
        old, new = before.schema, after.schema
        for name in _LEAST:
            if name in new and (name not in old or new[name] > old[name]):
                yield f"{place} has a higher {name} now: {new[name]}"
        for name in _MOST:
            if name in new and (name not in old or new[name] < old[name]):
                yield f"{place} has a lower {name} now: {new[name]}"
        for name in _FORMS:
            if name in new and new[name] != old.get(name):
                yield f"{place} has another {name} now: {new[name]}"
