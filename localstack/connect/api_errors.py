"""Refusals of the Amazon Connect API, named as Amazon Connect names them."""

from collections.abc import Sequence
from typing import ClassVar


class ConnectError(Exception):
    """Base of all refusals: `code` is the exception's name on the wire, `status` its HTTP status."""

    code: ClassVar[str] = "InternalServiceException"
    status: ClassVar[int] = 500

    def body(self) -> dict[str, object]:
        """The members of the error document."""
        return {"Message": str(self)}


class ResourceNotFound(ConnectError):
    """A named resource does not exist."""

    code, status = "ResourceNotFoundException", 404


class InvalidRequest(ConnectError):
    """The request is not understood."""

    code, status = "InvalidRequestException", 400


class InvalidParameter(ConnectError):
    """One parameter has a value that is refused."""

    code, status = "InvalidParameterException", 400


class PropertyValidation(ConnectError):
    """The parts of a document do not fit together."""

    code, status = "PropertyValidationException", 400


class Conflict(ConnectError):
    """The contact is in a state in which this cannot be done."""

    code, status = "ConflictException", 409


class DuplicateResource(ConnectError):
    """Something of this name exists already."""

    code, status = "DuplicateResourceException", 409


class ResourceConflict(ConnectError):
    """The resource is already there or in a state that forbids the request."""

    code, status = "ResourceConflictException", 409


class ResourceInUse(ConnectError):
    """Another resource still points at this one."""

    code, status = "ResourceInUseException", 400


class ContactNotFound(ConnectError):
    """There is no such contact, or it is forgotten already."""

    code, status = "ContactNotFoundException", 410


class OutboundNotPermitted(ConnectError):
    """The instance may not call out, or not with this queue or number."""

    code, status = "OutboundContactNotPermittedException", 403


class DestinationNotAllowed(ConnectError):
    """The instance may not call this number."""

    code, status = "DestinationNotAllowedException", 403


class LimitExceeded(ConnectError):
    """A limit of the instance is reached."""

    code, status = "LimitExceededException", 429


class QuotaExceeded(ConnectError):
    """A service quota is reached."""

    code, status = "ServiceQuotaExceededException", 402


class Throttled(ConnectError):
    """Too many requests of the account in this Region."""

    code, status = "ThrottlingException", 429


class TooManyRequests(Throttled):
    """The same under the name that the front of the service gives it."""

    code, status = "TooManyRequestsException", 429


class Idempotency(ConnectError):
    """A client token was used for another request."""

    code, status = "IdempotencyException", 409


class AccessDenied(ConnectError):
    """The caller's policies do not allow the action."""

    code, status = "AccessDeniedException", 403


class Invalid(ConnectError):
    """The request is not understood, in the words of the Participant Service."""

    code, status = "ValidationException", 400


class NotImplementedHere(ConnectError):
    """A real operation of Amazon Connect that this emulator does not have."""

    code, status = "NotImplementedException", 501


class FlowNotPublished(ConnectError):
    """The flow was saved and never published."""

    code, status = "ContactFlowNotPublishedException", 404


class InvalidContactFlow(ConnectError):
    """Flow content that Amazon Connect would not publish; `problems` says why, one sentence each."""

    code, status = "InvalidContactFlowException", 400

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("The flow content is not valid: " + "; ".join(problems))
        self.problems = tuple(problems)

    def body(self) -> dict[str, object]:
        """The problems, in the shape of the API."""
        return {"problems": [{"message": problem} for problem in self.problems]}


class InvalidFlowModule(InvalidContactFlow):
    """The same for a flow module."""

    code, status = "InvalidContactFlowModuleException", 400

    def body(self) -> dict[str, object]:
        """The problems; modules spell the member with a capital."""
        return {"Problems": [{"message": problem} for problem in self.problems]}


class InvalidTestCase(InvalidContactFlow):
    """Content of a test case that cannot be run."""

    code, status = "InvalidTestCaseException", 400

    def body(self) -> dict[str, object]:
        """The problems, in the shape of the API."""
        return {"Problems": [{"message": problem} for problem in self.problems]}


class InvalidProperties(ConnectError):
    """Properties of a template's resource that its schema does not allow; `problems` is one sentence each."""

    code, status = "InvalidRequest", 400

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(f"Properties validation failed: [{', '.join(problems)}]")
        self.problems = tuple(problems)
