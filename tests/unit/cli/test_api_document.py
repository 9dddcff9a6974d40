"""The committed description of the REST API is the routes' own, and a change that breaks a client is named."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import app
from chalicelib.api_words import WORDS
from cli import api_document
from tests.support.rest import USER, get
from tests.support.rest_table import rest_table

KNOWN = json.loads(api_document.FILE.read_text(encoding="utf-8"))
WORDLESS = {"/v1/adapters/{adapter_id}/rounds", "/v1/users/{user}/roles/{role}"}
"""Routes that do one thing, whoever asks: there is nothing to say to them."""
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def test_the_committed_description_is_current() -> None:
    assert api_document.FILE.read_text(encoding="utf-8") == api_document.text(api_document.generated()), "make docs"


def test_every_route_tells_what_it_takes_and_answers() -> None:
    silent = [
        f"{method} {path}"
        for path, views in app.app.routes.items()
        for method, view in views.items()
        if path not in {"/v1/health", "/v1/openapi.json"}
        if view.view_function.operation.answer is None
        or (method in {"POST", "PUT"} and view.view_function.operation.body is None and path not in WORDLESS)
    ]
    assert silent == []


def test_every_route_but_health_is_described_and_nothing_else() -> None:
    described = {(path, method.upper()) for path, methods in KNOWN["paths"].items() for method in methods}
    routes = {(path, method) for path, views in app.app.routes.items() for method in views}
    assert routes - described == {("/v1/health", "GET")}
    assert described <= routes


def test_every_schema_is_one_and_every_reference_leads_somewhere() -> None:
    for schema in KNOWN["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema({"$schema": DIALECT, **schema})
    texts = json.dumps(KNOWN)
    named = {part.split('"')[0] for part in texts.split("#/components/schemas/")[1:]}
    assert named <= KNOWN["components"]["schemas"].keys()
    ids = [operation["operationId"] for methods in KNOWN["paths"].values() for operation in methods.values()]
    assert len(ids) == len(set(ids))


def test_every_group_and_parameter_is_explained_and_nothing_else() -> None:
    operations = [one for methods in KNOWN["paths"].values() for one in methods.values()]
    told = [(one["operationId"], each["in"], each["name"]) for one in operations for each in one["parameters"]]
    assert [each for one in operations for each in one["parameters"] if not each.get("description")] == []
    assert {tag["name"] for tag in KNOWN["tags"]} == {tag for one in operations for tag in one["tags"]}
    assert WORDS.of_operations.keys() <= {" ".join(each) for each in told}
    assert WORDS.parameters.keys() == {f"{place} {name}" for _, place, name in told if place != "header"}


def test_an_operation_says_who_may_what_its_query_is_for_and_which_headers_it_answers() -> None:
    search, close = KNOWN["paths"]["/v1/tickets"]["get"], KNOWN["paths"]["/v1/voicemails/{message_id}/close"]["post"]
    assert "by exactly one of the last step" in search["description"]
    assert "agent" in search["x-roles"]["own"]
    assert "agent" not in search["x-roles"]["tenant"]
    assert "Idempotent-Replayed" in close["responses"]["200"]["headers"]
    assert {status for status, answer in close["responses"].items() if "Retry-After" in answer.get("headers", ())} == {
        "429",
        "503",
    }


def test_refusals_look_as_they_are_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    malformed, forbidden = KNOWN["components"]["schemas"]["Problem"]["examples"]
    with rest_table(monkeypatch, tmp_path):
        assert get(app.app, "/v1/tickets", query={"step": "accept", "limit": "101"}) == (400, malformed)
        agent = {**USER, "cognito:groups": "agent"}
        assert get(app.app, "/v1/users", claims=agent) == (403, forbidden)


def links(path: str, status: str) -> dict[str, Any]:
    told = KNOWN["paths"][path]["post"]["responses"][status].get("links", {})
    return {name: link["parameters"] for name, link in told.items()}


def test_what_a_request_makes_leads_to_where_it_is_read_and_changed() -> None:
    customer = {"customer_id": "$response.body#/customer_id"}
    assert links("/v1/customers", "201") == dict.fromkeys(
        (
            *("customers_customer", "customers_edit_customer", "customers_forget_customer"),
            *("customers_timeline", "customers_merge_customers"),
        ),
        customer,
    )
    ticket = {"number": "$response.body#/ticket/number"}
    assert links("/v1/tickets", "201") == dict.fromkeys(("tickets_ticket", "tickets_contacts", "tickets_steps"), ticket)
    asked = {"request_id": "$response.body#/id"}
    assert links("/v1/privacy/requests", "202") == dict.fromkeys(
        ("requests_api_request", "requests_api_package"), asked
    )
    assert links("/v1/customers/{customer_id}/merged", "201") == {}, "what is merged needs a second name"


def changed(edit: Callable[[Any], object]) -> list[str]:
    new = copy.deepcopy(KNOWN)
    edit(new)
    return api_document.breaking(KNOWN, new)


def search(document: Any) -> Any:
    return document["paths"]["/v1/contacts"]["get"]


def schema(document: Any, name: str) -> Any:
    return document["components"]["schemas"][name]


BREAKS: dict[str, tuple[Callable[[Any], object], str]] = {
    "a path": (lambda d: d["paths"].pop("/v1/tenant"), "GET /v1/tenant: gone"),
    "a method": (
        lambda d: d["paths"]["/v1/routing/overflow/{chain}"].pop("delete"),
        "DELETE /v1/routing/overflow/{chain}: gone",
    ),
    "a parameter": (
        lambda d: search(d).update(parameters=[p for p in search(d)["parameters"] if p["name"] != "agent"]),
        "GET /v1/contacts: the parameter agent is gone",
    ),
    "a parameter that is required": (
        lambda d: search(d)["parameters"].append({"name": "x", "required": True, "schema": {"type": "string"}}),
        "GET /v1/contacts: the parameter x is required now",
    ),
    "a field of a body that is required": (
        lambda d: (
            schema(d, "StrategyBody")["required"].append("why"),
            schema(d, "StrategyBody")["properties"].update(why={"type": "string"}),
        ),
        "PUT /v1/routing/queues/{queue}/strategy: body.why is required now",
    ),
    "a field of a body that is gone": (
        lambda d: schema(d, "StrategyBody")["properties"].pop("ring_s"),
        "PUT /v1/routing/queues/{queue}/strategy: body.ring_s is gone",
    ),
    "a value of a body that is no longer taken": (
        lambda d: schema(d, "Gate")["enum"].remove("numbers"),
        'POST /v1/tenant/evidence: body.gate no longer takes "numbers"',
    ),
    "a field of an answer that is gone": (
        lambda d: schema(d, "RowView")["properties"].pop("line"),
        "GET /v1/contacts: answer 200.contacts[].line is gone",
    ),
    "a field of an answer that may be missing": (
        lambda d: schema(d, "RowView")["required"].remove("line"),
        "GET /v1/contacts: answer 200.contacts[].line may be missing now",
    ),
    "a field of an answer with another type": (
        lambda d: schema(d, "RowView")["properties"]["line"].update(type="integer"),
        "GET /v1/contacts: answer 200.contacts[].line may now be integer",
    ),
    "a good status": (
        lambda d: d["paths"]["/v1/tenant/evidence"]["post"]["responses"].pop("201"),
        "POST /v1/tenant/evidence: no longer answers 201",
    ),
}


@pytest.mark.parametrize("what", BREAKS)
def test_a_change_that_breaks_a_client_is_named(what: str) -> None:
    edit, said = BREAKS[what]
    assert said in changed(edit)


@pytest.mark.parametrize(
    "edit",
    [
        lambda d: d["paths"].update({"/v1/more": {}}),
        lambda d: search(d)["parameters"].append({"name": "x", "required": False, "schema": {"type": "string"}}),
        lambda d: schema(d, "StrategyBody")["properties"].update(why={"type": "string"}),
        lambda d: schema(d, "RowView")["properties"].update(more={"type": "string"}),
        lambda d: schema(d, "RowView")["properties"].update(queue={"type": "string"}),
        lambda d: search(d).update(summary="In other words."),
    ],
)
def test_a_change_that_no_client_feels_is_not(edit: Callable[[Any], object]) -> None:
    assert changed(edit) == []
