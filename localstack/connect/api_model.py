"""The Amazon Connect API as botocore describes it: which operation a request is, its input, its answer on the wire.

Nothing here is written by hand an operation: paths, members and error codes come from the service model that boto3
itself uses, so a client and this server read the same document.
"""

import datetime as dt
import functools
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote

import botocore.session
from botocore.model import OperationModel, ServiceModel, Shape
from botocore.validate import ParamValidator

from localstack.connect.api_errors import ConnectError, InvalidParameter, InvalidRequest

CONNECT, PARTICIPANT = "connect", "connectparticipant"
"""The services by their names in botocore."""


class Route(NamedTuple):
    """One operation's method and path."""

    method: str
    pattern: re.Pattern[str]
    operation: str


_SEGMENT = r"(?P<{}>arn:[^/]+(?:/[^/]+)*?|[^/]+)"
"""A path variable is one segment, or an ARN, whose slashes are decoded before we see the path."""


@functools.cache
def service_model(service: str = CONNECT) -> ServiceModel:
    """The model of a service: Amazon Connect, or its Participant Service."""
    return botocore.session.get_session().get_service_model(service)


@functools.cache
def routes(service: str = CONNECT) -> tuple[Route, ...]:
    """All operations; a path with fewer variables comes first, so that `/phone-number/list` is not an id."""
    found = []
    for name in service_model(service).operation_names:
        http = service_model(service).operation_model(name).http
        path = http["requestUri"].split("?")[0].rstrip("/")
        parts = re.split(r"\{(\w+)\+?\}", path)
        pattern = "".join(_SEGMENT.format(part) if i % 2 else re.escape(part) for i, part in enumerate(parts))
        found.append((len(parts), -len(path), Route(http["method"], re.compile(pattern), name)))
    return tuple(route for _, _, route in sorted(found, key=lambda item: item[:2]))


def find(method: str, path: str, service: str = CONNECT) -> tuple[str, dict[str, str]] | None:
    """The operation that a request is, with its path variables; None when the service has no such path."""
    for route in routes(service):
        if route.method == method and (match := route.pattern.fullmatch(path.rstrip("/"))):
            return route.operation, {key: unquote(value) for key, value in match.groupdict().items()}
    return None


def read(
    operation: str,
    variables: Mapping[str, str],
    query: Mapping[str, list[str]],
    body: bytes,
    *,
    headers: Mapping[str, str] | None = None,
    service: str = CONNECT,
) -> dict[str, Any]:
    """The operation's input by member name; names of `headers` are in small letters.

    Raises:
        InvalidRequest: the body is not a JSON object, or a member is missing or has a wrong type.
        InvalidParameter: a member has a word that the model does not list.

    """
    shape = service_model(service).operation_model(operation).input_shape
    document = _json_object(body)
    request: dict[str, Any] = {}
    for name, member in (shape.members if shape else {}).items():
        wire = member.serialization.get("name", name)
        place = member.serialization.get("location")
        if place == "uri" and wire in variables:
            request[name] = _from_text(member, [variables[wire]])
        elif place == "querystring" and wire in query:
            request[name] = _from_text(member, query[wire])
        elif place == "header" and headers and wire.lower() in headers:
            request[name] = headers[wire.lower()]
        elif place is None and document.get(wire) is not None:
            request[name] = document[wire]
    validate(operation, request, service)
    return request


def validate(operation: str, request: Mapping[str, Any], service: str = CONNECT) -> None:
    """Hold a request against the operation's input: members, types, lengths, listed words.

    Raises:
        InvalidRequest: naming every offending member.
        InvalidParameter: naming every word that is none of those that the model lists.

    """
    shape = service_model(service).operation_model(operation).input_shape
    if shape is None:
        return
    report = ParamValidator().validate(dict(request), shape)
    if report.has_errors():
        raise InvalidRequest(report.generate_report())
    if unknown := list(unknown_words(shape, request)):
        raise InvalidParameter("; ".join(unknown))


def unknown_words(shape: Shape, value: Any, where: str = "") -> Iterator[str]:
    """Words that are none of those that the model lists, one sentence each; botocore's validator does not look."""
    if shape.type_name == "string" and shape.enum and value not in (None, *shape.enum):
        yield f"{where.lstrip('.')} is {value!r}, expected one of {', '.join(shape.enum)}"
    for inside, inner, name in _parts(shape, value):
        yield from unknown_words(inside, inner, f"{where}{name}")


def _parts(shape: Shape, value: Any) -> Iterator[tuple[Shape, Any, str]]:
    """What is inside of a value, with its shape and how to call it."""
    if value is None:
        return
    if shape.type_name == "structure":
        yield from ((shape.members[name], inner, f".{name}") for name, inner in value.items() if name in shape.members)
    elif shape.type_name == "list":
        yield from ((shape.member, inner, f"[{n}]") for n, inner in enumerate(value))
    elif shape.type_name == "map":
        yield from ((shape.value, inner, f".{name}") for name, inner in value.items())


def write(operation: str, answer: Mapping[str, Any], service: str = CONNECT) -> bytes:
    """The answer as the body of the response; members that the model does not know are left out."""
    shape = service_model(service).operation_model(operation).output_shape
    return json.dumps(_plain(shape, answer) if shape else {}, ensure_ascii=False).encode()


def write_error(error: ConnectError) -> tuple[int, dict[str, str], bytes]:
    """A refusal as status, headers and body."""
    headers = {"Content-Type": "application/json", "x-amzn-errortype": error.code}
    return error.status, headers, json.dumps(error.body(), ensure_ascii=False).encode()


def operation_model(name: str) -> OperationModel:
    """The model of one operation."""
    return service_model().operation_model(name)


def _json_object(body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    try:
        document = json.loads(body)
    except ValueError as exc:
        msg = "The request body is not JSON"
        raise InvalidRequest(msg) from exc
    if not isinstance(document, dict):
        msg = "The request body must be a JSON object"
        raise InvalidRequest(msg)
    return document


def _from_text(member: Shape, values: list[str]) -> Any:
    if member.type_name == "list":
        return [_from_text(member.member, [value]) for value in values]
    if member.type_name in ("integer", "long"):
        return int(values[0]) if values[0].lstrip("-").isdigit() else values[0]
    if member.type_name == "boolean":
        return values[0].lower() == "true"
    return values[0]


def _plain(shape: Shape, value: Any) -> Any:
    if value is None:
        return None
    if shape.type_name == "structure":
        members = ((name, member) for name, member in shape.members.items() if _is_set(member, value.get(name)))
        return {member.serialization.get("name", name): _plain(member, value[name]) for name, member in members}
    if shape.type_name == "list":
        return [_plain(shape.member, item) for item in value]
    if shape.type_name == "map":
        return {key: _plain(shape.value, item) for key, item in value.items()}
    if shape.type_name == "timestamp" and isinstance(value, dt.datetime):
        return value.timestamp()
    return value


def _is_set(shape: Shape, value: Any) -> bool:
    """Whether a member is written: an empty text where the model wants a character at least is not set."""
    return value is not None and not (value == "" and shape.metadata.get("min", 0) > 0)
