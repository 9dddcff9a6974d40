"""What CloudFormation itself checks of `AWS::Connect::*` properties before anything is made: its resource schemas (14).

`resource_schemas.json` is distilled from them by `scripts/distil_resource_schemas.py`. Templates carry numbers and
booleans as text, too.
"""

import functools
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from localstack.connect.api_errors import InvalidProperties

FILE = Path(__file__).with_name("resource_schemas.json")
Schema = Mapping[str, Any]
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


@functools.cache
def _schemas() -> Mapping[str, Schema]:
    found: Mapping[str, Schema] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def check(kind: str, properties: Mapping[str, Any]) -> None:
    """Hold the properties of a resource against its schema.

    Raises:
        InvalidProperties: naming every violation, in CloudFormation's words.

    """
    schema = _schemas()[kind]
    problems = [f"#: extraneous key [{name}] is not permitted" for name in schema["readOnly"] if name in properties]
    problems += _problems(schema, properties, "#", kind="object")
    if problems:
        raise InvalidProperties(problems)


def _problems(schema: Schema, value: Any, where: str, kind: str = "") -> Iterator[str]:
    kind = kind or str(schema.get("type", ""))
    if not _fits(kind, value):
        yield f"{where}: expected type: {kind.capitalize()}, found: {type(value).__name__}"
    elif isinstance(value, Mapping):
        yield from _of_object(schema, value, where)
    elif isinstance(value, list):
        yield from _bounds(schema, len(value), where, "Items")
        for n, inner in enumerate(value):
            yield from _problems(schema.get("items") or {}, inner, f"{where}/{n}")
    elif kind == "string":
        yield from _of_text(schema, str(value), where)
    elif kind in ("integer", "number"):
        yield from _bounds(schema, float(value), where, "")


def _fits(kind: str, value: Any) -> bool:
    match kind:
        case "object":
            return isinstance(value, Mapping)
        case "array":
            return isinstance(value, list)
        case "boolean":
            return str(value).lower() in ("true", "false")
        case "integer" | "number":
            return not isinstance(value, bool) and _NUMBER.fullmatch(str(value)) is not None
        case "string":
            return isinstance(value, str | int | float)
        case _:
            return True


def _of_object(schema: Schema, value: Mapping[str, Any], where: str) -> Iterator[str]:
    known = schema.get("properties")
    if known is None:
        return
    yield from (f"{where}: extraneous key [{name}] is not permitted" for name in value if name not in known)
    yield from (f"{where}: required key [{name}] not found" for name in schema.get("required", ()) if name not in value)
    for name, inner in value.items():
        if name in known and inner is not None:
            yield from _problems(known[name], inner, f"{where}/{name}")


def _of_text(schema: Schema, text: str, where: str) -> Iterator[str]:
    if "enum" in schema and text not in schema["enum"]:
        yield f"{where}: {text} is not a valid enum value"
    if "pattern" in schema and re.search(schema["pattern"], text) is None:
        yield f"{where}: failed validation constraint for keyword [pattern]"
    yield from _bounds(schema, len(text), where, "Length")


def _bounds(schema: Schema, size: float, where: str, what: str) -> Iterator[str]:
    low, high = ("minimum", "maximum") if not what else (f"min{what}", f"max{what}")
    if size < schema.get(low, size):
        yield f"{where}: expected {low}: {schema[low]}, actual: {size:g}"
    if size > schema.get(high, size):
        yield f"{where}: expected {high}: {schema[high]}, actual: {size:g}"
