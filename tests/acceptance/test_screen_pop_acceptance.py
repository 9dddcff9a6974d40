"""The screen pop through its REST door: unknown callers, whom a contact is with, what is entered (DSK-02, DSK-03)."""

import json
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import app
from chalicelib.tenancy.contract_file import InvalidContract, parse
from tests.support.fake_dynamo import FakeDynamo
from tests.support.own_screen import Line, stands
from tests.support.rest import USER, get, post, send
from tests.support.rest_table import rest_table
from tests.support.tenant_world import contract

TENANT = "fourmodes"
AGENT = {**USER, "custom:tenant": TENANT, "cognito:username": "li.na", "cognito:groups": "agent"}
DEPARTMENT = {**AGENT, "cognito:username": "lifts", "cognito:groups": "department-handler"}
OF_THE_NORTH, OF_THE_SOUTH, ELSEWHERE = "+861088000001", "+862087000001", "+33145000000"
CALL = {"contact_id": "6f1c0a52-0000-4000-8000-000000000001"}
LINE = Line(None, {CALL["contact_id"]: {}})


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clean_tenant: None) -> Iterator[FakeDynamo]:
    """Return the tables that the REST function of fourmodes reaches through its real client."""
    assert clean_tenant is None
    with ringing(monkeypatch, tmp_path, TENANT) as kept:
        yield kept


@contextmanager
def ringing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tenant: str) -> Iterator[FakeDynamo]:
    """Serve `tenant` while the call rings at the agent's desk."""
    with rest_table(monkeypatch, tmp_path, tenant, contacts=LINE) as kept:
        stands(kept, tenant, "li.na", CALL["contact_id"], state="CONNECTING")
        yield kept


def popped(**query: str) -> Any:
    LINE.number = query.get("caller")
    status, body = get(app.app, "/v1/contacts/{contact_id}/pop", path=CALL, query=query, claims=AGENT)
    assert status == 200, body
    return body


def put(what: str, body: Any, claims: Any = AGENT) -> tuple[int, Any]:
    headers = {"content-type": "application/json"}
    resource = f"/v1/contacts/{{contact_id}}/{what}"
    return send(app.app, "PUT", resource, path=CALL, claims=claims, headers=headers, body=json.dumps(body))


def made(name: str, number: str, **more: Any) -> str:
    identities = [{"kind": "phone", "value": number}]
    status, body = post(app.app, "/v1/customers", {"name": name, "identities": identities, **more}, claims=AGENT)
    assert status == 201, body
    return str(body["customer_id"])


def test_the_screen_pop_is_two_queries_and_in_the_trail(table: FakeDynamo) -> None:
    customer = made("Li Na", OF_THE_NORTH, grade="gold")
    table.calls.clear()
    shown = popped(caller=OF_THE_NORTH)
    assert (shown["customer"]["customer_id"], shown["form"], shown["candidates"]) == (customer, None, [])
    assert [call for call in table.calls if call != "TransactWriteItems"] == ["Query"] * 3, (
        "the screen, the caller, the trail"
    )
    trail = [item for (pk, _), item in sorted(table.items.items()) if "#AUDIT#" in pk]
    assert trail[-1]["action"]["S"] == "screen.read"


@pytest.mark.req("DSK-02")
@pytest.mark.usefixtures("table")
def test_an_unknown_number_begins_a_form_with_number_and_region_or_opens_the_tenants_own_page() -> None:
    shown = popped(caller=OF_THE_SOUTH, entry_number="+864008820095")
    assert (shown["customer"], shown["candidates"]) == (None, [])
    assert shown["form"] == {"number": OF_THE_SOUTH, "region": "south-china"}
    keys = {"tel": OF_THE_SOUTH, "call": CALL["contact_id"], "dialled": "+864008820095"}
    assert shown["page"] == f"https://crm.bank.example/prospects/new?{urllib.parse.urlencode(keys)}"
    assert popped(caller=ELSEWHERE)["form"] == {"number": ELSEWHERE, "region": None}
    assert popped()["form"] == {"number": None, "region": None}
    made("Li Na", OF_THE_SOUTH)
    known = popped(caller=OF_THE_SOUTH)
    assert (known["form"], known["page"], known["customer"]["name"]) == (None, None, "Li Na")


def test_a_tenant_without_a_page_of_its_own_opens_the_form(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clean_tenant: None
) -> None:
    assert clean_tenant is None
    with ringing(monkeypatch, tmp_path, "hrgroup"):
        LINE.number = ELSEWHERE
        claims = {**AGENT, "custom:tenant": "hrgroup"}
        query = {"caller": ELSEWHERE}
        _, shown = get(app.app, "/v1/contacts/{contact_id}/pop", path=CALL, query=query, claims=claims)
    assert (shown["page"], shown["form"]["number"]) == (None, ELSEWHERE)


@pytest.mark.usefixtures("table")
def test_several_customers_of_a_number_are_shown_for_choice() -> None:
    mother, son = made("Li Na", OF_THE_NORTH), made("Li Lei", OF_THE_NORTH)
    shown = popped(caller=OF_THE_NORTH)
    assert (shown["customer"], shown["form"]) == (None, None)
    assert [one["customer_id"] for one in shown["candidates"]] == [mother, son]


@pytest.mark.usefixtures("table")
def test_what_is_entered_is_there_for_whoever_gets_the_contact_next() -> None:
    entered = {"data": {"fault": "no power"}, "revision": 0}
    status, first = put("draft", entered)
    assert (status, first["revision"], first["by"]) == (200, 1, "li.na")
    status, seen = get(app.app, "/v1/contacts/{contact_id}/draft", path=CALL, claims=DEPARTMENT)
    assert (status, seen["data"], seen["by"]) == (200, {"fault": "no power"}, "li.na")
    assert put("draft", {"data": {"fault": "all dark"}, "revision": 1}, DEPARTMENT)[1]["revision"] == 2
    status, problem = put("draft", {"data": {}, "revision": 1})
    assert (status, problem["code"]) == (409, "outdated")


@pytest.mark.usefixtures("table")
def test_nothing_entered_is_not_found() -> None:
    assert get(app.app, "/v1/contacts/{contact_id}/draft", path=CALL, claims=AGENT)[0] == 404


@pytest.mark.parametrize(
    "url",
    [
        "http://crm.example.com/",
        "https://{number}.example.com/",
        "https://crm.example.com/{name}",
        "https://a.b/{number",
    ],
)
def test_a_page_that_is_not_https_or_names_what_no_contact_has_is_refused(url: str) -> None:
    raw = {**contract("hrgroup").model_dump(mode="json", by_alias=True), "customers": {"page": {"url": url}}}
    with pytest.raises(InvalidContract, match=r"customers\.page"):
        parse(raw, source="test")
