"""Which of its errors an operation refuses with: the service model says what each one declares."""

from localstack.connect import api_model
from localstack.connect.api_errors import ConnectError, Idempotency, Invalid, InvalidParameter, InvalidRequest

OTHER_REQUEST: tuple[type[ConnectError], ...] = (Idempotency, InvalidRequest, InvalidParameter, Invalid)
"""What a client token that was used for another request is refused with: the first that the operation declares."""


def declared(operation: str, service: str = api_model.CONNECT) -> frozenset[str]:
    """The names of an operation's errors."""
    return frozenset(shape.name for shape in api_model.service_model(service).operation_model(operation).error_shapes)


def refused_token(operation: str, message: str, service: str = api_model.CONNECT) -> ConnectError:
    """The refusal of a token that was used for another request, as the operation calls it."""
    names = declared(operation, service)
    return next((kind for kind in OTHER_REQUEST if kind.code in names), InvalidRequest)(message)
