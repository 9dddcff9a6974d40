"""What the verified token of a REST request says of its user, however the gateway hands it on."""

from collections.abc import Mapping
from typing import Any, Final

TENANT: Final = "custom:tenant"
"""The claim of the user pool that names a user's tenant; users cannot write it."""
NODE: Final = "custom:node"
"""The claim that names the part of the organisation which a user sees; users cannot write it either (TEN-11)."""
GROUPS: Final = "cognito:groups"
USERNAME: Final = "cognito:username"


def of(context: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the claims in the request's `context`; empty when no token was verified."""
    authorizer = context.get("authorizer")
    claims = authorizer.get("claims") if isinstance(authorizer, Mapping) else None
    return claims if isinstance(claims, Mapping) else {}


def user(claims: Mapping[str, Any]) -> str:
    """Return the name of the user, '' when the claims name none."""
    return str(claims.get(USERNAME) or claims.get("sub") or "")


def groups(claims: Mapping[str, Any]) -> frozenset[str]:
    """Return the groups that the claims name.

    API Gateway hands a list on as text: joined by commas, or by spaces within square brackets.
    """
    claimed = claims.get(GROUPS)
    if isinstance(claimed, str):
        bracketed = claimed.startswith("[") and claimed.endswith("]")
        claimed = claimed[1:-1].split() if bracketed else claimed.split(",")
    if not isinstance(claimed, list | tuple):
        return frozenset()
    return frozenset(name.strip() for name in claimed if isinstance(name, str))
