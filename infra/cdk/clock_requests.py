"""Requests that the clock makes of the REST API, as API Gateway would hand them on. Pure."""

from typing import Any

from chalicelib.access.models import Role
from chalicelib.platform import claims

CLOCK = "clock"
"""Who the audit trail names for what the clock asks."""
ROUTE = "/v1/adapters/{adapter_id}/rounds"


def request(tenant: str, adapter_id: str) -> dict[str, Any]:
    """Return the request for a round as API Gateway would hand it on, in the clock's name."""
    path = ROUTE.format(adapter_id=adapter_id)
    told = {
        "sub": CLOCK,
        claims.USERNAME: CLOCK,
        claims.TENANT: tenant,
        claims.GROUPS: Role.PLATFORM_OPERATOR.value,
    }
    return {
        "requestContext": {
            "httpMethod": "POST",
            "resourcePath": ROUTE,
            "path": path,
            "requestId": CLOCK,
            "identity": {"sourceIp": CLOCK},
            "authorizer": {"claims": told},
        },
        "resource": ROUTE,
        "path": path,
        "httpMethod": "POST",
        "headers": {},
        "multiValueHeaders": {},
        "multiValueQueryStringParameters": None,
        "pathParameters": {"adapter_id": adapter_id},
        "stageVariables": None,
        "body": None,
        "isBase64Encoded": False,
    }
