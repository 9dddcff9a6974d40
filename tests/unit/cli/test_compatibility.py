"""Which change of a schema breaks whoever relies on it: the sender of what is taken, the reader of what is given."""

import copy
from collections.abc import Mapping
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli import function_schemas
from cli.compatibility import Part, taken
from cli.compatibility import given as promised

TEXT: dict[str, Any] = {"type": "string"}
NODE: dict[str, Any] = {
    "title": "Node",
    "type": "object",
    "properties": {"name": TEXT, "inside": {"type": "array", "items": {"$ref": "#/$defs/Node"}}},
    "required": ["name"],
}


def part(schema: Mapping[str, Any]) -> Part:
    return Part(schema, schema)


def of(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": ["a"]}


NARROWED = [
    (of(a=TEXT), of(a={"type": "integer"}), "x.a no longer takes string"),
    (of(a=TEXT), of(a={**TEXT, "maxLength": 5}), "x.a has a lower maxLength now: 5"),
    (of(a={**TEXT, "maxLength": 9}), of(a={**TEXT, "maxLength": 5}), "x.a has a lower maxLength now: 5"),
    (of(a={**TEXT, "minLength": 1}), of(a={**TEXT, "minLength": 2}), "x.a has a higher minLength now: 2"),
    (
        of(a={"type": "integer", "minimum": 0}),
        of(a={"type": "integer", "minimum": 1}),
        "x.a has a higher minimum now: 1",
    ),
    (of(a=TEXT), of(a={**TEXT, "pattern": "^a$"}), "x.a has another pattern now: ^a$"),
    (of(a=TEXT), {**of(a=TEXT), "additionalProperties": False}, "x takes no other fields now"),
    (of(a=TEXT, b=TEXT), of(a=TEXT), "x.b is gone"),
    (of(a=TEXT), {**of(a=TEXT, b=TEXT), "required": ["a", "b"]}, "x.b is required now"),
    (
        of(a={"type": "array", "items": TEXT}),
        of(a={"type": "array", "items": {"type": "integer"}}),
        "x.a[] no longer takes string",
    ),
    (of(a={"anyOf": [TEXT, {"type": "null"}]}), of(a=TEXT), "x.a no longer takes null"),
    (
        of(a={"anyOf": [of(a=TEXT), {"type": "null"}]}),
        of(a={"anyOf": [of(a={"type": "integer"}), {"type": "null"}]}),
        "x.a.a no longer takes string",
    ),
]


@pytest.mark.parametrize(("was", "now", "said"), NARROWED)
def test_what_is_taken_may_not_allow_less(was: dict[str, Any], now: dict[str, Any], said: str) -> None:
    assert list(taken("x", part(was), part(now))) == [said]
    assert list(taken("x", part(was), part(was))) == []


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (of(a=TEXT), of(a=TEXT, b=TEXT)),
        (of(a={"enum": ["1"]}), of(a=TEXT)),
        (of(a={"type": "integer"}), of(a={"type": "number"})),
        (of(a={**TEXT, "maxLength": 5}), of(a=TEXT)),
        (of(a=TEXT), of(a={"anyOf": [TEXT, {"type": "null"}]})),
    ],
)
def test_what_is_taken_may_allow_more(was: dict[str, Any], now: dict[str, Any]) -> None:
    assert list(taken("x", part(was), part(now))) == []


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        (of(a=TEXT), {**of(a=TEXT), "required": []}, ["x.a may be missing now"]),
        (of(a=TEXT), of(a={"anyOf": [TEXT, {"type": "null"}]}), ["x.a may now be null"]),
        (of(a={"enum": ["1"]}), of(a={"enum": ["1", "2"]}), ['x.a may now be "2"']),
        (of(a=TEXT, b=TEXT), of(a=TEXT), ["x.b is gone"]),
        (of(a=TEXT), of(a={"enum": ["1", "2"]}), []),
        (of(a=TEXT), of(a=TEXT, b=TEXT), []),
    ],
)
def test_what_is_given_may_not_promise_less(was: dict[str, Any], now: dict[str, Any], said: list[str]) -> None:
    assert list(promised("x", part(was), part(now))) == said


def test_a_schema_inside_itself_is_compared_once() -> None:
    was = {"$ref": "#/$defs/Node", "$defs": {"Node": NODE}}
    now = copy.deepcopy(was)
    now["$defs"]["Node"]["properties"]["name"] = {"type": "integer"}
    assert list(taken("x", part(was), part(now))) == ["x.name no longer takes string"]


FILES = function_schemas.on_disk()


def test_a_field_that_goes_from_a_functions_schema_is_named_unless_a_later_version_is_there() -> None:
    for name, schema in FILES.items():
        for field in schema.get("properties", ()):
            less = {**schema, "properties": {key: one for key, one in schema["properties"].items() if key != field}}
            said = f"{name.removesuffix('.json')}.{field} is gone"
            assert said in function_schemas.breaking(FILES, {**FILES, name: less})


@pytest.mark.parametrize("name", ["route_contact.v1.in.json", "dead_letter.v1.out.json"])
def test_a_schema_may_go_when_a_later_version_is_there_and_only_then(name: str) -> None:
    kept = {other: schema for other, schema in FILES.items() if other != name}
    assert function_schemas.breaking(FILES, kept) == [f"{name}: gone, and no later version is there"]
    assert function_schemas.breaking(FILES, {**kept, name.replace(".v1.", ".v2."): {"type": "object"}}) == []


KINDS = st.sampled_from([TEXT, {"type": "integer"}, {"enum": ["1", "2"]}, {"enum": ["1"]}, {**TEXT, "maxLength": 1}])
OBJECTS = st.builds(
    lambda properties, required: {
        "type": "object",
        "properties": properties,
        "required": sorted(required & set(properties)),
    },
    st.dictionaries(st.sampled_from("abc"), KINDS, min_size=1),
    st.sets(st.sampled_from("abc")),
)
VALUES = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["1", "2", "12", 1]))


@settings(max_examples=60)
@given(OBJECTS, OBJECTS, VALUES)
def test_whoever_is_not_broken_is_still_understood(
    was: dict[str, Any], now: dict[str, Any], value: dict[str, Any]
) -> None:
    accepts = [jsonschema.Draft202012Validator(schema).is_valid(value) for schema in (was, now)]
    if accepts[0] and value.keys() <= was["properties"].keys() and not list(taken("x", part(was), part(now))):
        assert accepts[1]
