"""Calling the emulator's Amazon Connect API in process, through botocore's own serializer and parser."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from localstack.connect import api
from localstack.connect.api_context import Context
from localstack.connect.api_engine import Engine
from localstack.connect.api_model import service_model
from localstack.connect.directory import Directory
from localstack.connect.tokens import Tokens
from tests.support import shape_check
from tests.support.json_server import Answer

if TYPE_CHECKING:
    from localstack.connect.limits import Limits

ACCOUNT, REGION = "000000000000", "us-east-1"
OK = 200


class Refused(Exception):
    """The API refused: `code` is the error's name, `document` the body."""

    def __init__(self, code: str, document: dict[str, Any]) -> None:
        super().__init__(code, document)
        self.code = code
        self.document = document

    @property
    def text(self) -> str:
        """The body, for looking at what it says."""
        return str(self.document)


def refused(do: Callable[..., object], /, *args: Any, **asked: Any) -> Refused:
    """What the API refuses this call with. Fails when it does not."""
    with pytest.raises(Refused) as caught:
        do(*args, **asked)
    return caught.value


@dataclass
class FakePermissions:
    """Remembers who may invoke what."""

    allowed: set[tuple[str, str]] = field(default_factory=set)

    def allow(self, function_arn: str, instance_arn: str) -> None:
        self.allowed.add((function_arn, instance_arn))

    def revoke(self, function_arn: str, instance_arn: str) -> None:
        self.allowed.discard((function_arn, instance_arn))


class Connect:
    """A client without a network: what boto3 would send goes to the API, what boto3 would give comes back."""

    def __init__(self, directory: Directory | None = None, engine: Engine | None = None) -> None:
        self.permissions = FakePermissions()
        self.directory = directory or Directory()
        self.engine = engine
        self.limits: Limits | None = None
        self.now_s = 1_000.0
        self._tokens = Tokens()

    @property
    def context(self) -> Context:
        return Context(
            directory=self.directory,
            permissions=self.permissions,
            account=ACCOUNT,
            region=REGION,
            now_s=self.now_s,
            engine=self.engine,
            limits=self.limits,
            tokens=self._tokens,
        )

    def __call__(self, operation: str, /, **parameters: Any) -> dict[str, Any]:
        model = service_model().operation_model(operation)
        request = create_serializer("rest-json").serialize_to_request(parameters, model)
        query = {
            key: value if isinstance(value, list) else [str(value)] for key, value in request["query_string"].items()
        }
        path, body = request["url_path"], request["body"]
        raw = body if isinstance(body, bytes) else str(body or "").encode()
        status, headers, answer = api.handle(self.context, request["method"], path, query, raw)
        if status != OK:
            raise Refused(headers["x-amzn-errortype"], json.loads(answer))
        response = {"status_code": status, "headers": headers, "body": answer}
        parsed: dict[str, Any] = create_parser("rest-json").parse(response, model.output_shape)
        parsed.pop("ResponseMetadata", None)
        wrong = shape_check.problems(model.output_shape, parsed)
        assert not wrong, (operation, wrong)
        return parsed

    def instance(self, alias: str = "acme") -> str:
        made = self(
            "CreateInstance",
            IdentityManagementType="CONNECT_MANAGED",
            InstanceAlias=alias,
            InboundCallsEnabled=True,
            OutboundCallsEnabled=True,
        )
        return str(made["Id"])


def over_http(connect: Connect) -> Answer:
    """Return what answers the requests of a real client out of `connect`."""

    def answer(method: str, path: str, body: Any) -> tuple[int, Any]:
        told = urlsplit(path)
        raw = b"" if body is None else json.dumps(body).encode()
        query = parse_qs(told.query, keep_blank_values=True)
        status, headers, said = api.handle(connect.context, method, told.path, query, raw)
        refused = {} if status == OK else {"__type": headers["x-amzn-errortype"]}
        return status, {**json.loads(said or b"{}"), **refused}

    return answer


FLOW = json.dumps(
    {
        "Version": "2019-10-30",
        "StartAction": "bye",
        "Metadata": {},
        "Actions": [{"Identifier": "bye", "Type": "DisconnectParticipant", "Parameters": {}, "Transitions": {}}],
    }
)
