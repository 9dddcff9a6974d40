"""What the OpenAPI document says in words beside what the routes themselves say. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

REFUSALS: Final[Mapping[int, str]] = {
    400: "The request does not have the shape it must have; `errors` names the fields",
    401: "No token, or none that the user pool signed",
    403: "The token is of another tenant, or no role of its user may do this",
    404: "The tenant has nothing of that name",
    409: "The state, the version seen or an idempotency key does not allow it",
    413: "The body is too large",
    415: "The body is not JSON",
    422: "The request is well formed and asks for what cannot be; `errors` names the fields",
    429: "Too many requests of this tenant",
    503: "A store asks for patience; `Retry-After` says how many seconds",
}
PROBLEMS: Final[tuple[Any, ...]] = (
    {
        "type": "urn:trunkline:problem:invalid-input",
        "title": "Invalid input",
        "status": 400,
        "detail": "the query has invalid parameters",
        "instance": "/v1/tickets",
        "code": "invalid-input",
        "errors": [{"field": "limit", "problem": "Input should be less than or equal to 100"}],
    },
    {
        "type": "urn:trunkline:problem:forbidden",
        "title": "Forbidden",
        "status": 403,
        "detail": "no role of yours may see who may log in, and as what",
        "instance": "/v1/users",
        "code": "forbidden",
        "action": "users.read",
    },
)
"""What refusals look like; a test asks for them."""
DONE: Final[Mapping[int, str]] = {200: "Done", 201: "Made", 202: "Taken on; what comes of it is read later"}
RETRY: Final = {
    "Retry-After": {"description": "After how many seconds to ask again", "schema": {"type": "integer", "minimum": 0}}
}
REPLAYED: Final = {
    "Idempotent-Replayed": {
        "description": "The request was answered before under this key; this is that answer",
        "schema": {"const": "true", "type": "string"},
    }
}
SAYS: Final = """The REST API of one tenant. Every request carries a token of the tenant's own user pool.

* Refusals are problem details (RFC 9457); `code` is stable. 400: the form is wrong, 422: the form is right and it
  cannot be, 409: not as things stand. `errors` names the fields.
* A list has pages: `limit` is the most that one holds, `cursor` leads to the next one; null: there is none.
* A POST that changes something takes an `Idempotency-Key`. PUT and DELETE change nothing the second time.
* 429 and 503 ask for patience: try again after `Retry-After` seconds.
* `x-roles` says who may, by how far it reaches: the whole tenant, the teams that the user leads, the user's own.
* What stands under /v1 stays: a client that breaks needs another first number. What is new is added beside it, so
  ignore fields of answers that you do not know.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What each group is about, and what parameters mean: by place and name, or by operation, place and name."""

    groups: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    of_operations: Mapping[str, str] = field(default_factory=dict)

    def of(self, operation: str, parameter: Mapping[str, Any]) -> str | None:
        """Return what the parameter of an operation means, None where nothing is said of it."""
        named = f"{parameter['in']} {parameter['name']}"
        return self.of_operations.get(f"{operation} {named}", self.parameters.get(named))


def described(operation: dict[str, Any], words: Words) -> dict[str, Any]:
    """Return the operation with what its parameters mean, as far as they do not say so themselves."""
    for parameter in operation["parameters"]:
        if "description" not in parameter and (says := words.of(operation["operationId"], parameter)):
            parameter["description"] = says
    return operation


def tags(words: Words) -> list[dict[str, str]]:
    """Return the groups of operations with what each is about."""
    return [{"name": name, "description": says} for name, says in sorted(words.groups.items())]
