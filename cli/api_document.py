"""The committed description of the REST API, and which differences to it break a client."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from chalicelib.platform import openapi
from cli import places

FILE: Final = places.ROOT / "docs" / "openapi.json"

type Document = Mapping[str, Any]


def generated() -> dict[str, Any]:
    """Return the description of the routes as they are now."""
    import app as product  # noqa: PLC0415 - every other command would pay for the whole product's import

    return openapi.document(openapi.routes_of(product.app.routes))


def text(document: Document) -> str:
    """Return the document as it is committed."""
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def breaking(old: Document, new: Document) -> list[str]:
    """Return what a client of `old` can no longer do or rely on with `new`, one line each.

    Breaking are: a route or a good status that is gone; a parameter or a field of a body that is gone, that is
    required now and was not, or that allows less; a field of an answer that is gone, that may be missing now and could
    not, or that has another type.
    """
    return [
        f"{method.upper()} {path}: {said}"
        for path, methods in old["paths"].items()
        for method, operation in methods.items()
        for said in _operation(operation, new["paths"].get(path, {}).get(method), old, new)
    ]


def _operation(was: Document, now: Document | None, old: Document, new: Document) -> Iterator[str]:
    if now is None:
        yield "gone"
        return
    yield from _parameters(was["parameters"], now["parameters"], old, new)
    if "requestBody" in now and "requestBody" not in was:
        yield "a body is required now"
    if "requestBody" in was and "requestBody" in now:
        before, after = (one["requestBody"]["content"]["application/json"]["schema"] for one in (was, now))
        yield from _taken("body", before, after, old, new)
    for status, answer in was["responses"].items():
        if not status.startswith("2"):
            continue
        if status not in now["responses"]:
            yield f"no longer answers {status}"
            continue
        before, after = (one["content"]["application/json"]["schema"] for one in (answer, now["responses"][status]))
        yield from _given(f"answer {status}", before, after, old, new)


def _parameters(was: list[Any], now: list[Any], old: Document, new: Document) -> Iterator[str]:
    before, after = ({one["name"]: one for one in some} for some in (was, now))
    for name, one in after.items():
        if one["required"] and not before.get(name, {"required": False})["required"]:
            yield f"the parameter {name} is required now"
    for name, one in before.items():
        if name not in after:
            yield f"the parameter {name} is gone"
        else:
            yield from _taken(f"the parameter {name}", one["schema"], after[name]["schema"], old, new)


def _taken(place: str, was: Document, now: Document, old: Document, new: Document) -> Iterator[str]:
    """Yield what was taken and is not any more."""
    was, now = _resolved(was, old), _resolved(now, new)
    yield from (f"{place} no longer takes {kind}" for kind in sorted(_kinds(was, old) - _kinds(now, new)))
    before, after = was.get("properties", {}), now.get("properties", {})
    for name in after:
        if name in now.get("required", ()) and name not in was.get("required", ()):
            yield f"{place}.{name} is required now"
    for name in before:
        if name not in after:
            yield f"{place}.{name} is gone"
        else:
            yield from _taken(f"{place}.{name}", before[name], after[name], old, new)


def _given(place: str, was: Document, now: Document, old: Document, new: Document) -> Iterator[str]:
    """Yield what was given and is not any more."""
    was, now = _resolved(was, old), _resolved(now, new)
    yield from (f"{place} may now be {kind}" for kind in sorted(_kinds(now, new) - _kinds(was, old)))
    before, after = was.get("properties", {}), now.get("properties", {})
    for name in before:
        if name not in after:
            yield f"{place}.{name} is gone"
            continue
        if name in was.get("required", ()) and name not in now.get("required", ()):
            yield f"{place}.{name} may be missing now"
        yield from _given(f"{place}.{name}", before[name], after[name], old, new)
    if "items" in was and "items" in now:
        yield from _given(f"{place}[]", was["items"], now["items"], old, new)


def _resolved(schema: Document, document: Document) -> Document:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    found: Document = document["components"]["schemas"][reference.rpartition("/")[2]]
    return _resolved(found, document)


def _kinds(schema: Document, document: Document) -> set[str]:
    """Return the types and, of an enumeration, the values that the schema allows."""
    schema = _resolved(schema, document)
    if "anyOf" in schema:
        return {kind for one in schema["anyOf"] for kind in _kinds(one, document)}
    if "enum" in schema or "const" in schema:
        return {json.dumps(value) for value in schema.get("enum", [schema.get("const")])}
    return {str(schema["type"])} if "type" in schema else set()
