"""Corrections of the SAM template that Chalice writes, before the stack includes it. Pure.

Chalice gives one role, one environment and no alias to its functions. Here each function gets what its row says: own
role, own environment, reserved concurrency, a log group that exists before it, and, for what contact flows invoke,
a published version behind the alias `live` with SnapStart.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.cdk import throttling
from infra.cdk.throttling import Limits

FUNCTION = "AWS::Serverless::Function"
ALIAS = "live"


GATEWAY_REFUSALS: Mapping[str, tuple[int, str, str]] = {
    "ACCESS_DENIED": (403, "forbidden", "Forbidden"),
    "DEFAULT_4XX": (400, "rejected", "Rejected"),
    "DEFAULT_5XX": (503, "unavailable", "Unavailable"),
    "EXPIRED_TOKEN": (401, "unauthorized", "Unauthorized"),
    "INTEGRATION_FAILURE": (503, "unavailable", "Unavailable"),
    "INTEGRATION_TIMEOUT": (503, "unavailable", "Unavailable"),
    "MISSING_AUTHENTICATION_TOKEN": (404, "not-found", "Not found"),
    "QUOTA_EXCEEDED": (429, "too-many-requests", "Too many requests"),
    "REQUEST_TOO_LARGE": (413, "too-large", "Too large"),
    "THROTTLED": (429, "too-many-requests", "Too many requests"),
    "UNAUTHORIZED": (401, "unauthorized", "Unauthorized"),
    "UNSUPPORTED_MEDIA_TYPE": (415, "rejected", "Unsupported media type"),
}
"""What API Gateway refuses by itself: status, code and title. A path that no route has is what it calls a missing
authentication token. The two defaults keep the status that the gateway chose; what is said here is for the body."""


class UnknownFunction(ValueError):
    """The app has a function that the stack gives no role to, or the stack has a row for one that is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionSettings:
    """How one function of the app runs. Values may be CDK tokens."""

    role_arn: str
    log_group: str
    environment: Mapping[str, str]
    reserved_concurrency: int
    memory_mb: int
    timeout_s: int
    flow_invoked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSettings:
    """How the REST API's stage runs: its name (of its metrics too), its limits, and where each access is written."""

    name: str
    limits: Limits
    access_log_arn: str


def correct(
    template: Mapping[str, Any], functions: Mapping[str, FunctionSettings], api: ApiSettings, tags: Mapping[str, str]
) -> dict[str, Any]:
    """Return `template` with every function set as its settings say (keyed by logical id) and the API throttled.

    Raises:
        UnknownFunction: the functions of the template and of `functions` differ, all differences named.

    """
    corrected = copy.deepcopy(dict(template))
    resources: dict[str, Any] = corrected["Resources"]
    found = {name for name, resource in resources.items() if resource["Type"] == FUNCTION}
    if found != functions.keys():
        msg = (
            f"functions in the app without a row in constructs/functions.py: {sorted(found - functions.keys())}; "
            f"rows without a function in the app: {sorted(functions.keys() - found)}"
        )
        raise UnknownFunction(msg)
    for name, settings in functions.items():
        _correct_function(resources[name]["Properties"], settings, tags)
    if "RestAPI" in resources:
        _correct_api(resources["RestAPI"]["Properties"], api, tags)
    # The stack has outputs of its own, with names that other tools know.
    corrected["Outputs"] = {}
    return corrected


def _correct_function(properties: dict[str, Any], settings: FunctionSettings, tags: Mapping[str, str]) -> None:
    properties |= {
        "Role": settings.role_arn,
        "Environment": {"Variables": dict(sorted(settings.environment.items()))},
        "ReservedConcurrentExecutions": settings.reserved_concurrency,
        "MemorySize": settings.memory_mb,
        "Timeout": settings.timeout_s,
        "LoggingConfig": {"LogGroup": settings.log_group},
        "Tags": dict(tags),
    }
    if settings.flow_invoked:
        properties |= {
            "AutoPublishAlias": ALIAS,
            # Also when only a setting changed: flows invoke the alias, and a version keeps its environment for ever.
            "AutoPublishAliasAllProperties": True,
            "SnapStart": {"ApplyOn": "PublishedVersions"},
        }


def gateway_responses() -> dict[str, Any]:
    """Return API Gateway's own refusals as problem details (RFC 9457), in the language of its API documents."""
    return {kind: _refusal(kind, *told) for kind, told in GATEWAY_REFUSALS.items()}


def _refusal(kind: str, status: int, code: str, title: str) -> dict[str, Any]:
    body = (
        f'{{"type":"urn:trunkline:problem:{code}","title":"{title}","status":{status},'
        '"detail":$context.error.messageString,"instance":"$context.path",'
        f'"code":"{code}"}}'
    )
    response: dict[str, Any] = {
        "responseParameters": {
            "gatewayresponse.header.Content-Type": "'application/problem+json'",
            "gatewayresponse.header.Cache-Control": "'no-store'",
        },
        "responseTemplates": {"application/json": body},
    }
    if not kind.startswith("DEFAULT"):
        response["statusCode"] = status
    if status in {429, 503}:
        response["responseParameters"]["gatewayresponse.header.Retry-After"] = "'1'"
    return response


def _leave_out(paths: Mapping[str, dict[str, dict[str, Any]]]) -> None:
    """Leave out of the operations what decides nothing: a template may have 1 MB only.

    Words and shapes are in docs/openapi.json. Of an integration that hands the whole request to a function, API Gateway
    reads neither what types nor what answers are declared; SAM declares none for the APIs that it makes itself.
    """
    for operations in paths.values():
        for operation in operations.values():
            for declared in ("summary", "description", "consumes", "produces"):
                operation.pop(declared, None)
            integration = operation.get("x-amazon-apigateway-integration", {})
            if integration.get("type") == "aws_proxy":
                operation["responses"] = {}
                integration.pop("responses", None)


def _correct_api(properties: dict[str, Any], api: ApiSettings, tags: Mapping[str, str]) -> None:
    # CloudWatch tells APIs apart by name only, and Chalice names all of them after the app.
    properties["DefinitionBody"]["info"]["title"] = api.name
    properties["DefinitionBody"]["x-amazon-apigateway-gateway-responses"] = gateway_responses()
    _leave_out(properties["DefinitionBody"]["paths"])
    properties |= {
        "Tags": dict(tags),
        "MethodSettings": throttling.method_settings(api.limits),
        "AccessLogSetting": {
            "DestinationArn": api.access_log_arn,
            # No body, no query string: they can hold a caller's number.
            "Format": '{"at":"$context.requestTime","id":"$context.requestId","method":"$context.httpMethod",'
            '"path":"$context.resourcePath","status":"$context.status","ms":"$context.responseLatency",'
            '"who":"$context.authorizer.claims.sub"}',
        },
    }
