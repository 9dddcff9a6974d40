"""REST requests as API Gateway hands them to the app after it verified the token."""

import json
from collections.abc import Mapping
from typing import Any

from chalice.app import Chalice

USER: Mapping[str, str] = {"sub": "user-1", "custom:tenant": "hrgroup"}


def get(
    app: Chalice,
    resource: str,
    *,
    path: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    claims: Mapping[str, str] | None = USER,
) -> tuple[int, Any]:
    """Return status and JSON body of a GET; `claims` None stands for a request without a verified token.

    `app` must be the product's own: a blueprint that is registered with a second application answers there from then
    on, for the rest of the test run.
    """
    url = resource.format(**(path or {}))
    event = {
        "requestContext": {
            "httpMethod": "GET",
            "resourcePath": resource,
            "path": url,
            "identity": {"sourceIp": "127.0.0.1"},
            **({"authorizer": {"claims": dict(claims)}} if claims is not None else {}),
        },
        "resource": resource,
        "path": url,
        "httpMethod": "GET",
        "headers": {},
        "multiValueHeaders": {},
        "multiValueQueryStringParameters": {name: [value] for name, value in (query or {}).items()} or None,
        "pathParameters": dict(path) if path else None,
        "stageVariables": None,
        "body": None,
        "isBase64Encoded": False,
    }
    answer = app(event, None)
    return answer["statusCode"], json.loads(answer["body"])
