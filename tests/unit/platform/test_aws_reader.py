"""The reader of DynamoDB is held to botocore's client: same requests, same answers, same failures."""

import base64
import json
import zlib
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ChecksumError,
    ClientError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    ReadTimeoutError,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.platform import aws, dynamo
from tests.support import dynamo_endpoint
from tests.support.dynamo_endpoint import DynamoEndpoint
from tests.support.flow_environment import function_environment
from tests.support.json_server import listening, serving_with_headers

PATIENT = aws.Patience(connect_timeout_s=10.0, read_timeout_s=30.0, attempts=1)
SOON = aws.Patience(connect_timeout_s=0.2, read_timeout_s=0.1, attempts=1)
KEY = {"pk": {"S": "T#hrgroup#CALLER#+8613800138000"}, "sk": {"S": "王芳"}}
READS: list[tuple[str, dict[str, Any]]] = [
    ("get_item", {"TableName": "t", "Key": KEY, "ConsistentRead": True}),
    ("query", {"TableName": "t", "KeyConditionExpression": "pk = :pk", "ScanIndexForward": False, "Limit": 16}),
    ("batch_get_item", {"RequestItems": {"t": {"Keys": [KEY], "ConsistentRead": False}}}),
]
values = st.recursive(
    st.text() | st.integers() | st.booleans() | st.none() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["B", "M", "S", "x"]), inner),
    max_leaves=8,
)
items = st.dictionaries(st.sampled_from(["B", "N", "state", "名"]), values)


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[DynamoEndpoint]:
    """The store of a function's environment."""
    with (
        dynamo_endpoint.serving() as endpoint,
        function_environment(monkeypatch, tmp_path, endpoint_url=endpoint.url),
    ):
        yield endpoint


def told(by: Any, name: str, request: dict[str, Any]) -> Exception:
    """Return the failure of a read."""
    with pytest.raises((BotoCoreError, ClientError)) as caught:
        getattr(by, name)(**request)
    failure: Exception = caught.value
    return failure


def as_sent(value: Any) -> Any:
    """Return an item as DynamoDB sends it: its bytes are text of base64."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Mapping):
        return {name: as_sent(one) for name, one in value.items()}
    return [as_sent(one) for one in value] if isinstance(value, list) else value


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=st.lists(items, max_size=3))
def test_items_are_read_as_the_client_reads_them(endpoint: DynamoEndpoint, found: list[dict[str, Any]]) -> None:
    kept = [dynamo.encode(item) for item in found]
    endpoint.answer = dynamo_endpoint.items(*as_sent(kept))
    client, reader = aws.client("dynamodb", PATIENT), aws.reader(PATIENT)
    request = {"TableName": "t", "KeyConditionExpression": "pk = :pk"}
    assert reader.query(**request)["Items"] == client.query(**request)["Items"] == kept


@pytest.mark.parametrize(("name", "request_"), READS)
def test_a_request_says_and_signs_what_the_clients_does(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, request_: dict[str, Any]
) -> None:
    seen: list[tuple[Any, ...]] = []

    def answer(method: str, path: str, headers: dict[str, str], body: Any) -> tuple[int, Any]:
        algorithm, scope, signed, _ = headers["authorization"].split()
        sent = [
            headers[key]
            for key in ("x-amz-target", "content-type", "x-amz-trace-id", "x-amzn-trace-id")
            if key in headers
        ]
        seen.append((method, path, body, algorithm, scope, signed, *sent))
        return 200, {}

    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "route_contact")
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793")
    with serving_with_headers(answer) as url, function_environment(monkeypatch, tmp_path, endpoint_url=url):
        getattr(aws.client("dynamodb", PATIENT), name)(**request_)
        getattr(aws.reader(PATIENT), name)(**request_)
    assert seen[0] == seen[1]
    assert "Root=1-5759e988-bd862e3fe1be46a994272793" in seen[1]


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ThrottlingException", 400),
        ("ProvisionedThroughputExceededException", 400),
        ("AccessDeniedException", 400),
        ("ValidationException", 400),
        ("InternalServerError", 500),
    ],
)
def test_a_refusal_is_the_clients(endpoint: DynamoEndpoint, code: str, status: int) -> None:
    endpoint.answer = dynamo_endpoint.refuses(code, status)
    name, request = READS[1]
    by_client = told(aws.client("dynamodb", PATIENT), name, request)
    by_reader = told(aws.reader(PATIENT), name, request)
    assert isinstance(by_client, ClientError)
    assert isinstance(by_reader, ClientError)
    assert by_reader.response["Error"] == by_client.response["Error"]
    assert by_reader.operation_name == by_client.operation_name
    assert dynamo.error_code(by_reader) == code
    assert endpoint.asked == ["Query", "Query"]


def test_a_page_of_a_proxy_instead_of_an_error_has_the_clients_code(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with (
        serving_with_headers(lambda *_: (502, b"<html>bad gateway</html>")) as url,
        function_environment(monkeypatch, tmp_path, endpoint_url=url),
    ):
        both = [told(by(PATIENT), *READS[0]) for by in (lambda p: aws.client("dynamodb", p), aws.reader)]
    assert [dynamo.error_code(one) for one in both] == ["502", "502"]


def test_an_answer_that_is_torn_is_no_answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with (
        serving_with_headers(lambda *_: (200, b'{"Items": [')) as url,
        function_environment(monkeypatch, tmp_path, endpoint_url=url),
    ):
        assert isinstance(told(aws.reader(PATIENT), *READS[1]), HTTPClientError)


@pytest.mark.parametrize("off_by", [0, 1])
def test_the_sum_over_an_answer_must_fit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, off_by: int) -> None:
    body = b'{"Items": []}'

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("x-amz-crc32", str(zlib.crc32(body) + off_by))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with listening(Handler) as url, function_environment(monkeypatch, tmp_path, endpoint_url=url):
        client, reader = aws.client("dynamodb", PATIENT), aws.reader(PATIENT)
        if not off_by:
            assert reader.query(**READS[1][1]) == {"Items": []}
            return
        assert {type(told(by, *READS[1])) for by in (client, reader)} == {ChecksumError}


def test_a_store_that_says_nothing_is_waited_for_as_long_as_the_patience_says(endpoint: DynamoEndpoint) -> None:
    endpoint.answer = dynamo_endpoint.silence
    assert isinstance(told(aws.reader(SOON), *READS[0]), ReadTimeoutError)
    assert endpoint.asked == ["GetItem"]


def test_nobody_at_the_endpoint_is_told_as_the_client_tells_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with function_environment(monkeypatch, tmp_path):
        assert isinstance(told(aws.reader(PATIENT), *READS[0]), EndpointConnectionError)


def test_each_read_is_signed_with_the_credentials_of_its_moment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tokens: list[str] = []

    def answer(_method: str, _path: str, headers: dict[str, str], _body: Any) -> tuple[int, Any]:
        tokens.append(headers["x-amz-security-token"])
        return 200, {}

    with serving_with_headers(answer) as url, function_environment(monkeypatch, tmp_path, endpoint_url=url):
        reader = aws.reader(PATIENT)
        for token in ("first", "renewed"):
            aws.session().set_credentials("id", "secret", token)
            reader.get_item(**READS[0][1])
    assert tokens == ["first", "renewed"]


def test_without_credentials_nothing_is_sent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, endpoint: DynamoEndpoint
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "nothing"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    assert isinstance(told(aws.reader(PATIENT), *READS[0]), NoCredentialsError)
    assert endpoint.asked == []


def test_hooks_of_the_client_see_a_read_before_it_is_sent_and_may_answer_it(endpoint: DynamoEndpoint) -> None:
    seen: list[str] = []

    def hook(request: Any, **_: Any) -> Any:
        seen.append(json.loads(request.body)["TableName"])
        return SimpleNamespace(content=b'{"Item": {"pk": {"S": "hooked"}}}', headers={}, status_code=200)

    aws.client("dynamodb", PATIENT).meta.events.register("before-send.dynamodb", hook)
    assert aws.reader(PATIENT).get_item(**READS[0][1]) == {"Item": {"pk": {"S": "hooked"}}}
    assert (seen, endpoint.asked) == (["t"], [])


@pytest.mark.parametrize(("name", "request_"), READS)
def test_hooks_that_count_what_reads_consume_are_told_as_by_the_client(
    endpoint: DynamoEndpoint, name: str, request_: dict[str, Any]
) -> None:
    endpoint.answer = lambda: (200, {"ConsumedCapacity": {"CapacityUnits": 0.5}} if name != "batch_get_item" else {})
    told: list[Any] = []

    def ask(params: dict[str, Any], model: Any, **_: Any) -> None:
        params["ReturnConsumedCapacity"] = "INDEXES"
        told.append(model.name)

    def add(parsed: dict[str, Any], model: Any, **_: Any) -> None:
        told.append((model.name, parsed.get("ConsumedCapacity")))

    client = aws.client("dynamodb", PATIENT)
    client.meta.events.register("provide-client-params.dynamodb", ask)
    client.meta.events.register("before-send.dynamodb", lambda request, **_: told.append(json.loads(request.body)))
    client.meta.events.register("after-call.dynamodb", add)
    getattr(client, name)(**request_)
    by_client, told[:] = list(told), []
    getattr(aws.reader(PATIENT), name)(**request_)
    assert told == by_client
    assert told[1]["ReturnConsumedCapacity"] == "INDEXES"
