"""Which of its errors an operation refuses with: the service model says what each one declares."""

from localstack.connect import api_model
from localstack.connect.api_errors import (
    ConnectError,
    DuplicateResource,
    Idempotency,
    Invalid,
    InvalidParameter,
    InvalidRequest,
    LimitExceeded,
    QuotaExceeded,
    ResourceConflict,
    ResourceNotFound,
)

OTHER_REQUEST: tuple[type[ConnectError], ...] = (Idempotency, InvalidRequest, InvalidParameter, Invalid)
"""What a client token that was used for another request is refused with: the first that the operation declares."""

ALIKE: tuple[tuple[type[ConnectError], ...], ...] = (
    (InvalidRequest, InvalidParameter, Invalid),
    (InvalidParameter, InvalidRequest, Invalid),
    (ResourceNotFound, InvalidRequest, InvalidParameter),
    (DuplicateResource, ResourceConflict, InvalidRequest, InvalidParameter),
    (ResourceConflict, DuplicateResource, InvalidRequest, InvalidParameter),
    (LimitExceeded, QuotaExceeded, InvalidRequest, InvalidParameter),
    (QuotaExceeded, LimitExceeded, InvalidRequest, InvalidParameter),
)
"""A refusal, and by what an operation that does not declare it says the same; the first that is declared."""


def as_declared(operation: str, error: ConnectError) -> ConnectError:
    """The refusal as the operation calls it; as it is, when nothing that the operation declares says the same."""
    names = declared(operation)
    if error.code in names:
        return error
    alike = next((kinds for kinds in ALIKE if kinds[0] is type(error)), ())
    kind = next((kind for kind in alike if kind.code in names), None)
    return error if kind is None else kind(str(error))


def declared(operation: str, service: str = api_model.CONNECT) -> frozenset[str]:
    """The names of an operation's errors."""
    return frozenset(shape.name for shape in api_model.service_model(service).operation_model(operation).error_shapes)


def refused_token(operation: str, message: str, service: str = api_model.CONNECT) -> ConnectError:
    """The refusal of a token that was used for another request, as the operation calls it."""
    names = declared(operation, service)
    return next((kind for kind in OTHER_REQUEST if kind.code in names), InvalidRequest)(message)
