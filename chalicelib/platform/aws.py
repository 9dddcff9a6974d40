"""AWS clients: low level, one of each kind a process, with time limits that fit who waits.

Clients come from one botocore session. boto3 would cost its import in every flow-invoked function. The endpoint of the
local cloud comes from `AWS_ENDPOINT_URL`, which botocore reads by itself. Reads that a caller waits for have a door of
their own, `Reader`.
"""

import base64
import functools
import json
import socket
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import botocore.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.endpoint import EndpointCreator
from botocore.exceptions import ChecksumError, ClientError, HTTPClientError
from botocore.handlers import add_recursion_detection_header
from botocore.hooks import first_non_none_response
from botocore.parsers import create_parser

type Service = Literal[
    "cloudwatch", "cognito-idp", "dynamodb", "events", "sqs",
    "kinesis", "connect", "s3", "ses", "sns", "firehose", "secretsmanager",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a client may take: seconds to connect and to read, and attempts in all."""

    connect_timeout_s: float
    read_timeout_s: float
    attempts: int


CALLER_WAITS = Patience(connect_timeout_s=0.2, read_timeout_s=0.7, attempts=1)
"""For flow-invoked functions: fits the second of store time that they allow themselves, see `budget.read_within`."""

A_PERSON_WAITS = Patience(connect_timeout_s=0.5, read_timeout_s=2.0, attempts=2)
"""For REST: a store that does not answer is said so (503) long before the function's own time is over."""

NOBODY_WAITS = Patience(connect_timeout_s=1.0, read_timeout_s=5.0, attempts=4)
"""For streams and workers: the platform tries again."""


@functools.cache
def session() -> botocore.session.Session:
    """Return the one botocore session of this process; creating it reads no credentials yet."""
    return botocore.session.get_session()


@functools.cache
def client(service: Service, patience: Patience = NOBODY_WAITS) -> Any:
    """Return the one low-level client of `service` with this `patience`; it opens no connection before its first call.

    The legacy retry mode is deliberate: its first pause before a DynamoDB retry is at most 50 ms, the standard mode's
    up to 1 s.
    """
    config = Config(
        connect_timeout=patience.connect_timeout_s,
        read_timeout=patience.read_timeout_s,
        retries={"total_max_attempts": patience.attempts, "mode": "legacy"},
        tcp_keepalive=True,
        # Signed addresses of objects under a key of KMS need it; everything else is signed so anyhow.
        signature_version="s3v4" if service == "s3" else None,
    )
    return session().create_client(service, config=config)


_DYNAMO: Final = "DynamoDB_20120810"
_JSON: Final = "application/x-amz-json-1.0"
_READS: Final = ("BatchGetItem", "GetItem", "Query")
_REFUSED: Final = 300
"""Statuses from here on are errors."""


class Reader:
    """Reads of DynamoDB in the client's own shapes, for less than half of its processor time (docs/adr/0024).

    Made of botocore's parts without its models of the service: requests are neither checked nor built by them, answers
    not parsed by them. Endpoint, credentials and their renewal, certificates, proxies, time limits, hooks,
    errors and the sum over an answer are those of the client. One attempt each, as CALLER_WAITS says.

    Every call raises what the client's does: ClientError with the code of a refusal, BotoCoreError for everything else.
    """

    def __init__(self, client: Any, patience: Patience) -> None:
        meta = client.meta
        self._events, self._region, self._url = meta.events, meta.region_name, f"{meta.endpoint_url.rstrip('/')}/"
        self._headers = {"Content-Type": _JSON, "User-Agent": session().user_agent()}
        self._models = {name: meta.service_model.operation_model(name) for name in _READS}
        endpoint = EndpointCreator(meta.events).create_endpoint(
            meta.service_model,
            meta.region_name,
            meta.endpoint_url,
            verify=session().get_config_variable("ca_bundle"),
            timeout=(patience.connect_timeout_s, patience.read_timeout_s),
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1), (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)],
        )
        self._http = endpoint.http_session

    def get_item(self, **request: Any) -> Mapping[str, Any]:
        """Read one item."""
        return self._ask("GetItem", request)

    def query(self, **request: Any) -> Mapping[str, Any]:
        """Return one page of items of one partition."""
        return self._ask("Query", request)

    def batch_get_item(self, **request: Any) -> Mapping[str, Any]:
        """Read up to a hundred items by their keys."""
        return self._ask("BatchGetItem", request)

    def _ask(self, operation: str, request: dict[str, Any]) -> Mapping[str, Any]:
        hook = {"model": self._models[operation], "context": {}}
        hooked = self._emit("provide-client-params", operation, params=request, **hook)
        body = json.dumps(request if hooked is None else hooked).encode()
        prepared = self._signed(operation, body).prepare()
        answer = self._emit("before-send", operation, request=prepared) or self._http.send(prepared)
        _check_sum(answer.content, answer.headers.get("x-amz-crc32"))
        read = _parsed(answer)
        self._emit("after-call", operation, http_response=answer, parsed=read, **hook)
        if answer.status_code >= _REFUSED:
            raise ClientError(read, operation)
        return read

    def _emit(self, hook: str, operation: str, **told: Any) -> Any:
        """Ask the hooks of the client, and return the first answer, if any."""
        return first_non_none_response(self._events.emit(f"{hook}.dynamodb.{operation}", **told))

    def _signed(self, operation: str, body: bytes) -> AWSRequest:
        """Return the request, signed with the credentials of this moment."""
        headers = {**self._headers, "X-Amz-Target": f"{_DYNAMO}.{operation}"}
        add_recursion_detection_header({"headers": headers})
        request = AWSRequest("POST", self._url, headers=headers, data=body)
        credentials = session().get_credentials()
        frozen = credentials.get_frozen_credentials() if credentials else None
        SigV4Auth(frozen, "dynamodb", self._region).add_auth(request)
        return request


def reader(patience: Patience) -> Reader:
    """Return a new reader of DynamoDB with this `patience`: whoever wires a function keeps it and its connection."""
    return Reader(client("dynamodb", patience), patience)


def _check_sum(body: bytes, told: str | None) -> None:
    if told is not None and zlib.crc32(body) != int(told):
        raise ChecksumError(checksum_type="crc32", expected_checksum=int(told), actual_checksum=zlib.crc32(body))


def _parsed(answer: Any) -> dict[str, Any]:
    if answer.status_code >= _REFUSED:
        told = {"body": answer.content, "headers": answer.headers, "status_code": answer.status_code}
        refusal: dict[str, Any] = create_parser("json").parse(told, None)
        return refusal
    try:
        read: dict[str, Any] = json.loads(answer.content, object_hook=_with_bytes)
    except ValueError as exc:
        raise HTTPClientError(error=exc) from exc
    return read


def _with_bytes(found: dict[str, Any]) -> dict[str, Any]:
    """Return binary values as bytes; an attribute that happens to be called B has a map behind it, not a text."""
    text = found.get("B")
    return {"B": base64.b64decode(text)} if isinstance(text, str) else found
