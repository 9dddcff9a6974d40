"""Chalice's SAM template, corrected: own role, own environment, alias and limits."""

import json
from dataclasses import replace
from typing import Any

import pytest

from infra.cdk import sam, throttling
from infra.cdk.constructs.functions import QUEUES_LIMIT_BYTES, TooManyQueues, queues_variable

SETTINGS = sam.FunctionSettings(
    role_arn="arn:role",
    log_group="/trunkline/acme/f",
    environment={"B": "2", "A": "1"},
    reserved_concurrency=3,
    memory_mb=512,
    timeout_s=6,
)
API = sam.ApiSettings(name="trunkline-acme", limits=throttling.limits(10), access_log_arn="arn:log")
OPERATION = {
    "summary": "Many words.",
    "security": [{"users": []}],
    "consumes": ["application/json"],
    "produces": ["application/json"],
    "responses": {"200": {"description": "200 response"}},
    "x-amazon-apigateway-integration": {
        "type": "aws_proxy",
        "uri": "arn:api",
        "contentHandling": "CONVERT_TO_TEXT",
        "responses": {"default": {"statusCode": "200"}},
    },
}


def _template() -> dict[str, Any]:
    return {
        "Outputs": {"EndpointURL": {"Value": "x"}},
        "Resources": {
            "RouteContact": {
                "Type": sam.FUNCTION,
                "Properties": {"Role": "x", "Environment": {"Variables": {"Z": "0"}}},
            },
            "RestAPI": {
                "Type": "AWS::Serverless::Api",
                "Properties": {
                    "DefinitionBody": {
                        "info": {"title": "trunkline"},
                        "paths": {"/v1/x": {"get": OPERATION}},
                    }
                },
            },
        },
    }


def test_a_function_gets_exactly_its_own_environment_and_role() -> None:
    corrected = sam.correct(_template(), {"RouteContact": SETTINGS}, API, {"tenant": "acme"})
    properties = corrected["Resources"]["RouteContact"]["Properties"]
    assert properties["Role"] == "arn:role"
    assert properties["Environment"] == {"Variables": {"A": "1", "B": "2"}}
    assert properties["ReservedConcurrentExecutions"] == 3
    assert properties["LoggingConfig"] == {"LogGroup": "/trunkline/acme/f"}
    assert "AutoPublishAlias" not in properties


def test_what_flows_invoke_is_published_behind_an_alias_with_snapstart() -> None:
    settings = replace(SETTINGS, flow_invoked=True)
    corrected = sam.correct(_template(), {"RouteContact": settings}, API, {})
    properties = corrected["Resources"]["RouteContact"]["Properties"]
    assert properties["AutoPublishAlias"] == "live"
    assert properties["AutoPublishAliasAllProperties"] is True
    assert properties["SnapStart"] == {"ApplyOn": "PublishedVersions"}


def test_what_the_gateway_refuses_itself_has_the_shape_of_every_refusal() -> None:
    corrected = sam.correct(_template(), {"RouteContact": SETTINGS}, API, {})
    said = corrected["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["x-amazon-apigateway-gateway-responses"]
    assert {"UNAUTHORIZED", "THROTTLED", "DEFAULT_4XX", "DEFAULT_5XX", "MISSING_AUTHENTICATION_TOKEN"} <= said.keys()
    for response in said.values():
        assert response["responseParameters"]["gatewayresponse.header.Content-Type"] == "'application/problem+json'"
        template = response["responseTemplates"]["application/json"]
        body = json.loads(template.replace("$context.error.messageString", '"no"'))
        assert body.keys() == {"type", "title", "status", "detail", "instance", "code"}
        assert response.get("statusCode", body["status"]) == body["status"]
    assert said["THROTTLED"]["responseParameters"]["gatewayresponse.header.Retry-After"] == "'1'"


def test_a_function_without_a_row_and_a_row_without_a_function_are_both_named() -> None:
    with pytest.raises(sam.UnknownFunction, match=r"(?s)\['RouteContact'\].*\['Other'\]"):
        sam.correct(_template(), {"Other": SETTINGS}, API, {})


def test_apis_of_two_tenants_have_two_names_in_the_metrics() -> None:
    corrected = sam.correct(_template(), {"RouteContact": SETTINGS}, API, {})
    assert corrected["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["info"]["title"] == "trunkline-acme"


def test_operations_keep_who_may_call_them_and_what_is_called_and_lose_what_decides_nothing() -> None:
    corrected = sam.correct(_template(), {"RouteContact": SETTINGS}, API, {})
    paths = corrected["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["paths"]
    called = {"type": "aws_proxy", "uri": "arn:api", "contentHandling": "CONVERT_TO_TEXT"}
    kept = {"security": [{"users": []}], "responses": {}, "x-amazon-apigateway-integration": called}
    assert paths == {"/v1/x": {"get": kept}}


def test_what_an_integration_of_another_kind_answers_stays() -> None:
    template = _template()
    mock = {"type": "mock", "responses": {"default": {"statusCode": "204"}}}
    template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["paths"] = {
        "/v1/x": {"options": {"responses": {"204": {}}, "x-amazon-apigateway-integration": mock}}
    }
    corrected = sam.correct(template, {"RouteContact": SETTINGS}, API, {})
    paths = corrected["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["paths"]
    assert paths["/v1/x"]["options"] == {"responses": {"204": {}}, "x-amazon-apigateway-integration": mock}


def test_the_template_that_was_given_stays_as_it_was() -> None:
    given = _template()
    sam.correct(given, {"RouteContact": SETTINGS}, API, {})
    assert given == _template()


def test_queues_are_told_in_the_same_order_whatever_order_they_come_in() -> None:
    assert queues_variable({"b": "2", "a": "1"}, json.dumps) == '{"a": "1", "b": "2"}'


def test_more_queues_than_fit_into_the_environment_are_refused_with_their_size() -> None:
    fitting = {f"queue-{number:03d}": "x" for number in range(65)}
    assert queues_variable(fitting, json.dumps)
    too_many = {f"queue-{number:03d}": "x" for number in range(70)}
    with pytest.raises(
        TooManyQueues, match=rf"70 queues need \d+ bytes in TRUNKLINE_QUEUES, the limit is {QUEUES_LIMIT_BYTES}"
    ):
        queues_variable(too_many, json.dumps)
