"""The examples of the API's description, sent as they stand there, one after the other, by somebody with every role."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from chalicelib.access.models import Role
from cli import api_document
from tests.support.every_function import HANDLERS
from tests.support.rest import USER, request

DOCUMENT: Final = json.loads(api_document.FILE.read_text(encoding="utf-8"))
DRAWN: Final = {
    "number": ("ticket", "number"),
    "service_id": ("service_id",),
    "hold_id": ("id",),
    "request_id": ("id",),
}
"""Names that the API draws: where its answers have them."""

type Operation = Mapping[str, Any]
type Happens = Callable[[str], Mapping[str, str]]


def _nothing(_name: str) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Described:
    """An operation as the description has it, and where."""

    path: str
    method: str
    operation: Operation


def operations() -> Iterator[tuple[str, str, Operation]]:
    """Yield path, method and operation of everything that is described."""
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield path, method.upper(), operation


def shown(operation: Operation, place: str) -> dict[str, Any]:
    """Return the examples of the parameters in `place`."""
    return {one["name"]: one["example"] for one in operation["parameters"] if one["in"] == place and "example" in one}


def body_of(operation: Operation) -> Any:
    """Return the example of the body, None where there is none."""
    return operation.get("requestBody", {"content": {"application/json": {}}})["content"]["application/json"].get(
        "example"
    )


def by_name() -> dict[str, Described]:
    """Return every operation by its id."""
    return {operation["operationId"]: Described(path, method, operation) for path, method, operation in operations()}


def asked(
    tenant: str, route: str, method: str, body: Any, *, user: str = "li.na", **more: Mapping[str, Any]
) -> tuple[int, Any]:
    """Return status and body of the answer to somebody who has every role."""
    roles = ",".join(role.value for role in Role)
    claims = {**USER, "custom:tenant": tenant, "cognito:username": user, "cognito:groups": roles}
    names, query = ({name: str(value) for name, value in more.get(place, {}).items()} for place in ("path", "query"))
    text = None if body is None else json.dumps(body)
    headers = {"content-type": "application/json"}
    event = request(method, route, path=names or None, query=query, claims=claims, headers=headers, body=text)
    answer = HANDLERS["api"](event)
    return answer["statusCode"], json.loads(answer["body"])


def sent(
    tenant: str, names: Sequence[str], happens: Happens = _nothing, shown_as: dict[str, str] | None = None
) -> Iterator[tuple[str, int, Any]]:
    """Send the examples in this order; yield name, status and answer of each before the next one is sent.

    `happens` is told the name of each before it is sent; what it returns stands in for names in the example's path.
    `shown_as` gets the examples' names by the real ones.
    """
    described = by_name()
    drawn: dict[str, str] = {}
    for name in names:
        one, others = described[name], happens(name)
        told = shown(one.operation, "path")
        parts = {part: drawn.get(part, others.get(value, value)) for part, value in told.items()}
        if shown_as is not None:
            shown_as.update({real: told[part] for part, real in parts.items() if real != told[part]})
        query = shown(one.operation, "query")
        status, answer = asked(tenant, one.path, one.method, body_of(one.operation), path=parts, query=query)
        drawn |= names_in(answer)
        yield name, status, answer


def names_in(answer: Any) -> dict[str, str]:
    """Return the names that an answer has drawn."""
    found: dict[str, str] = {}
    for name, steps in DRAWN.items():
        value = answer
        for step in steps:
            value = value.get(step) if isinstance(value, dict) else None
        if isinstance(value, str):
            found[name] = value
    return found
