"""What a user of the tenant may do: the groups of the tenant's user pool, as the verified token names them."""

import logging
from collections.abc import Mapping
from typing import Any, Final

from chalicelib.platform import observability
from chalicelib.platform.errors import Forbidden

OPERATIONS: Final = "operations"
"""The group of the outsourcer's operations staff; operators of the user pool put users into it."""

GROUPS: Final = "cognito:groups"
USERNAME: Final = "cognito:username"

_log = logging.getLogger(__name__)


def require(context: Mapping[str, Any], role: str) -> str:
    """Return the user name of a request whose verified token names the group `role`; log every other as audit entry.

    Raises:
        Forbidden: the token names no such group, or no user; `role` is the one that is missing.

    """
    claims = _claims(context)
    user = str(claims.get(USERNAME) or claims.get("sub") or "")
    if user and role in groups(claims):
        return user
    _log.warning("refused: role missing", extra={"audit": True, "role": role, "subject": claims.get("sub")})
    observability.measure("RoleRefused")
    raise Forbidden(f"this needs the role {role}", role=role)


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


def _claims(context: Mapping[str, Any]) -> Mapping[str, Any]:
    authorizer = context.get("authorizer")
    claims = authorizer.get("claims") if isinstance(authorizer, Mapping) else None
    return claims if isinstance(claims, Mapping) else {}
