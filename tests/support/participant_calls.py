"""Calling the Participant Service in process, through botocore's own serializer and parser."""

import json
from typing import Any

from botocore.model import OperationModel
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from localstack.connect.api_engine import Engine
from localstack.connect.api_model import PARTICIPANT, service_model
from localstack.connect.api_participant import ParticipantService
from localstack.connect.limits import Limits
from tests.support.connect_calls import OK, Refused


class Participants:
    """A client without a network and without a signature: whoever holds a token."""

    def __init__(self, engine: Engine, limits: Limits | None = None) -> None:
        self.now_s = 0.0
        self._service = ParticipantService(engine, limits, lambda: self.now_s)
        self._calls = 0

    def __call__(self, operation: str, /, **parameters: Any) -> dict[str, Any]:
        model = service_model(PARTICIPANT).operation_model(operation)
        parameters = {**self._tokens(model), **parameters}
        request = create_serializer("rest-json").serialize_to_request(parameters, model)
        headers = {name.lower(): str(value) for name, value in request["headers"].items()}
        body = request["body"]
        raw = body if isinstance(body, bytes) else str(body or "").encode()
        status, sent, answer = self._service.handle(request["method"], request["url_path"], {}, headers, raw)
        if status != OK:
            raise Refused(sent["x-amzn-errortype"], json.loads(answer))
        response = {"status_code": status, "headers": sent, "body": answer}
        parsed: dict[str, Any] = create_parser("rest-json").parse(response, model.output_shape)
        parsed.pop("ResponseMetadata", None)
        return parsed

    def _tokens(self, model: OperationModel) -> dict[str, str]:
        """Client tokens, which the SDK fills in; a new one each time."""
        self._calls += 1
        return dict.fromkeys(model.idempotent_members, f"call {self._calls}")

    def connect(self, participant_token: str) -> str:
        """The token of a connection."""
        made = self("CreateParticipantConnection", ParticipantToken=participant_token, Type=["CONNECTION_CREDENTIALS"])
        return str(made["ConnectionCredentials"]["ConnectionToken"])
