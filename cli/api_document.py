"""The committed description of the REST API, and which differences to it break a client."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from chalicelib import api_words, examples
from chalicelib.platform import openapi
from cli import places
from cli.compatibility import Part, given, taken

FILE: Final = places.ROOT / "docs" / "openapi.json"

type Document = Mapping[str, Any]


def generated() -> dict[str, Any]:
    """Return the description of the routes as they are now."""
    import app as product  # noqa: PLC0415 - every other command would pay for the whole product's import

    routes = openapi.routes_of(product.app.routes)
    return openapi.document(routes, examples.EXAMPLES, examples.answers(), api_words.WORDS)


def text(document: Document) -> str:
    """Return the document as it is committed."""
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def breaking(old: Document, new: Document) -> list[str]:
    """Return what a client of `old` can no longer do or rely on with `new`, one line each.

    Breaking are: a route or a good status that is gone; a parameter or a field of a body that is gone, that is
    required now and was not, or that allows less (types, values, bounds, forms); a field of an answer that is gone,
    that may be missing now and could not, or that has another type.
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
        yield from taken("body", Part(before, old), Part(after, new))
    for status, answer in was["responses"].items():
        if not status.startswith("2"):
            continue
        if status not in now["responses"]:
            yield f"no longer answers {status}"
            continue
        before, after = (one["content"]["application/json"]["schema"] for one in (answer, now["responses"][status]))
        yield from given(f"answer {status}", Part(before, old), Part(after, new))


def _parameters(was: list[Any], now: list[Any], old: Document, new: Document) -> Iterator[str]:
    before, after = ({one["name"]: one for one in some} for some in (was, now))
    for name, one in after.items():
        if one["required"] and not before.get(name, {"required": False})["required"]:
            yield f"the parameter {name} is required now"
    for name, one in before.items():
        if name not in after:
            yield f"the parameter {name} is gone"
        else:
            yield from taken(f"the parameter {name}", Part(one["schema"], old), Part(after[name]["schema"], new))
