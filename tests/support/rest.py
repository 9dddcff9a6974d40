"""REST requests as API Gateway hands them to the app after it verified the token."""

import json
from collections.abc import Mapping
from typing import Any

from chalice.app import Chalice

from chalicelib.platform import openapi

USER: Mapping[str, str] = {"sub": "user-1", "custom:tenant": "hrgroup", "cognito:groups": "client-supervisor"}


def get(
    app: Chalice,
    resource: str,
    *,
    path: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    claims: Mapping[str, str] | None = USER,
) -> tuple[int, Any]:
    """Return status and JSON body of a GET; see `send`."""
    return send(app, "GET", resource, path=path, query=query, claims=claims)


def post(
    app: Chalice,
    resource: str,
    body: Any,
    *,
    claims: Mapping[str, str] | None = USER,
    kind: str = "application/json",
    headers: Mapping[str, str] | None = None,
) -> tuple[int, Any]:
    """Return status and JSON body of a POST of `body`, a text as it is and anything else as JSON; see `send`."""
    text = body if isinstance(body, str) else json.dumps(body)
    return send(app, "POST", resource, claims=claims, headers={"content-type": kind, **(headers or {})}, body=text)


def send(
    app: Chalice,
    method: str,
    resource: str,
    *,
    path: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    claims: Mapping[str, str] | None = USER,
    headers: Mapping[str, str] | None = None,
    body: str | None = None,
) -> tuple[int, Any]:
    """Return status and JSON body of a request; `claims` None stands for one without a verified token.

    `app` must be the product's own: a blueprint that is registered with a second application answers there from then
    on, for the rest of the test run.
    """
    event = request(method, resource, path=path, query=query, claims=claims, headers=headers, body=body)
    answer = app(event, None)
    hold_status(app, method, resource, answer["statusCode"])
    return answer["statusCode"], json.loads(answer["body"])


def hold_status(app: Chalice, method: str, resource: str, status: int) -> None:
    """Hold an answer's status to the API's description; a route without a door describes nothing."""
    entry = app.routes.get(resource, {}).get(method)
    told = getattr(entry.view_function, "operation", None) if entry is not None else None
    if told is None:
        return
    described = {*told.statuses, *openapi.refusals(resource, told)}
    assert status in described, f"{method} {resource} was answered {status} and describes {sorted(described)}"


def request(
    method: str,
    resource: str,
    *,
    path: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    claims: Mapping[str, str] | None = USER,
    headers: Mapping[str, str] | None = None,
    body: str | None = None,
) -> dict[str, Any]:
    """Return the event of a request, as API Gateway hands it on."""
    url = resource.format(**(path or {}))
    return {
        "requestContext": {
            "httpMethod": method,
            "resourcePath": resource,
            "path": url,
            "requestId": "request-of-the-gateway",
            "identity": {"sourceIp": "192.0.2.7"},
            **({"authorizer": {"claims": dict(claims)}} if claims is not None else {}),
        },
        "resource": resource,
        "path": url,
        "httpMethod": method,
        "headers": dict(headers or {}),
        "multiValueHeaders": {},
        "multiValueQueryStringParameters": {name: [value] for name, value in (query or {}).items()} or None,
        "pathParameters": dict(path) if path else None,
        "stageVariables": None,
        "body": body,
        "isBase64Encoded": False,
    }
