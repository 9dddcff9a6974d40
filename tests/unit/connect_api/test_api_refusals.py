"""Every operation refuses what is wrong by an error that the service model declares for it."""

import json
from typing import Any

import pytest
from botocore.model import Shape
from botocore.serialize import create_serializer

from localstack.connect import api
from localstack.connect.api_context import OPERATIONS
from localstack.connect.api_model import operation_model
from localstack.connect.api_refusals import declared
from tests.support.connect_world import INSTANCE_ID
from tests.support.live_connect import Live

NOWHERE = "99999999-9999-4999-8999-999999999999"
OK = 200
INVALID = frozenset({"InvalidRequestException", "InvalidParameterException"})
NOT_FOUND = frozenset({"ResourceNotFoundException", "ContactNotFoundException"})
SAMPLES: dict[str, Any] = {"string": "x", "integer": 1, "long": 1, "double": 1.0, "float": 1.0, "boolean": False}
Asked = dict[str, Any]


def sample(shape: Shape) -> Any:
    """The smallest value that the model allows."""
    if shape.type_name == "structure":
        union = list(shape.members)[:1] if getattr(shape, "is_tagged_union", False) else []
        return {name: sample(shape.members[name]) for name in (*shape.required_members, *union)}
    if shape.type_name == "list":
        return [sample(shape.member)] * shape.metadata.get("min", 0)
    if shape.type_name == "map":
        return {}
    if shape.type_name == "timestamp":
        return "2026-03-02T01:00:00Z"
    if shape.type_name == "string":
        return shape.enum[0] if shape.enum else "x" * max(1, shape.metadata.get("min", 1))
    return max(SAMPLES[shape.type_name], shape.metadata.get("min", 0))


def shape_of(operation: str) -> Any:
    return operation_model(operation).input_shape


def inside_body(operation: str) -> list[str]:
    """Required members that are not part of the path."""
    members = shape_of(operation).members
    return [
        name for name in shape_of(operation).required_members if members[name].serialization.get("location") != "uri"
    ]


def named(operation: str) -> list[str]:
    """Members of the path that name something besides the instance."""
    members = shape_of(operation).members.items()
    in_path = {n for n, one in members if one.serialization.get("location") == "uri" and not getattr(one, "enum", None)}
    return sorted(in_path - {"InstanceId"})


def worded(operation: str) -> list[str]:
    """Members that are one of some listed words."""
    return [name for name, one in shape_of(operation).members.items() if one.type_name == "string" and one.enum]


def ask(live: Live, operation: str, asked: Asked, without: str = "") -> tuple[int, str, str]:
    """(status, error, message) of a request that botocore itself would not send."""
    request = create_serializer("rest-json", include_validation=False).serialize_to_request(
        asked, operation_model(operation)
    )
    query = {key: one if isinstance(one, list) else [str(one)] for key, one in request["query_string"].items()}
    body = request["body"] or b"{}"
    document = json.loads(body)
    document.pop(without, None)
    query.pop(shape_of(operation).members[without].serialization.get("name", without), None) if without else None
    raw = json.dumps(document).encode()
    status, headers, answer = api.handle(live.connect.context, request["method"], request["url_path"], query, raw)
    return status, headers.get("x-amzn-errortype", ""), str(json.loads(answer).get("Message", ""))


def complete(operation: str, **more: Any) -> Asked:
    asked = dict(sample(shape_of(operation)))
    if "InstanceId" in shape_of(operation).members:
        asked["InstanceId"] = INSTANCE_ID
    return {**asked, **more}


@pytest.mark.parametrize("operation", sorted(name for name in OPERATIONS if inside_body(name)))
def test_a_member_that_is_missing_is_named(live: Live, operation: str) -> None:
    for name in inside_body(operation):
        status, code, message = ask(live, operation, complete(operation), without=name)
        assert code in declared(operation) & INVALID, (status, code)
        assert name in message


@pytest.mark.parametrize("operation", sorted(n for n in OPERATIONS if "InstanceId" in shape_of(n).required_members))
def test_an_instance_that_is_not_there_is_not_found(live: Live, operation: str) -> None:
    _, code, message = ask(live, operation, complete(operation, InstanceId=NOWHERE))
    wanted = NOT_FOUND & declared(operation) or INVALID & declared(operation)
    assert code in wanted, message
    assert "not found" in message


@pytest.mark.parametrize("operation", sorted(name for name in OPERATIONS if worded(name)))
def test_a_word_that_is_not_listed_is_refused_with_those_that_are(live: Live, operation: str) -> None:
    for name in worded(operation):
        _, code, message = ask(live, operation, complete(operation, **{name: "NO_SUCH_WORD"}))
        assert code in declared(operation) & INVALID, message
        assert shape_of(operation).members[name].enum[0] in message


@pytest.mark.parametrize("operation", sorted(name for name in OPERATIONS if named(name)))
def test_what_is_not_there_is_refused_by_an_error_of_the_operation(live: Live, operation: str) -> None:
    status, code, message = ask(live, operation, complete(operation))
    assert status != OK
    assert code in declared(operation), message
