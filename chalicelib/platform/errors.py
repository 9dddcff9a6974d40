"""Expected failures. Each has a stable public code; anything that is not one of these is a bug and stays loud."""

from typing import ClassVar


class ProductError(Exception):
    """Base of all expected failures.

    `code` is stable and public, `status` is its HTTP status, `detail` is for people and `facts` are extra members of
    the problem details (RFC 9457). A `retryable` failure may go away by itself.
    """

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal error"
    retryable: ClassVar[bool] = False

    def __init__(self, detail: str, **facts: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.facts = facts


class InvalidInput(ProductError):
    """The request or record does not have the shape or value it must have; `facts` name the fields."""

    code, status, title = "invalid-input", 400, "Invalid input"


class NotFound(ProductError):
    """Nothing of that name exists for this tenant."""

    code, status, title = "not-found", 404, "Not found"


class Forbidden(ProductError):
    """The caller is known and may not do this (another tenant's data, a missing role)."""

    code, status, title = "forbidden", 403, "Forbidden"


class Conflict(ProductError):
    """The write lost: the item changed or exists already."""

    code, status, title = "conflict", 409, "Conflict"


class Unprocessable(ProductError):
    """The request is well formed and asks for what cannot be; `errors` name the fields and what is wrong with each."""

    code, status, title = "unprocessable", 422, "Cannot be done"


class TooLarge(ProductError):
    """The body is larger than any that a route takes; `limit_bytes` is the limit."""

    code, status, title = "too-large", 413, "Too large"


class Throttled(ProductError):
    """A store or service asked for patience."""

    code, status, title, retryable = "throttled", 503, "Busy", True


class StoreUnavailable(ProductError):
    """A store could not be reached or refused us (permission, network, time)."""

    code, status, title, retryable = "store-unavailable", 503, "Store unavailable", True
