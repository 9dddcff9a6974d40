"""Service records through their REST door, beside customers: both by several keys (CRM-01)."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import app
from chalicelib.contacts.models import Contact, Result
from chalicelib.services.service import feed
from chalicelib.tenancy import service as tenancy
from tests.support.fake_dynamo import FakeDynamo
from tests.support.own_screen import Line, stands
from tests.support.rest import USER, get, post, send
from tests.support.rest_table import rest_table

AGENT = {**USER, "custom:tenant": "twocities", "cognito:username": "li.na", "cognito:groups": "agent"}
MANAGER = {**AGENT, "cognito:username": "chen", "cognito:groups": "team-leader"}
LEADER = {**AGENT, "cognito:username": "wang", "cognito:groups": "team-leader"}
EDITOR = {**AGENT, "cognito:username": "xu", "cognito:groups": "knowledge-editor"}
NUMBERS = ("+8613800138000", "+8613900139000")
NOW = datetime.now(UTC).replace(microsecond=0)
SERVED = Contact(
    id="call-1",
    at=NOW - timedelta(days=2),
    updated_at=NOW - timedelta(days=2),
    channel="VOICE",
    method="INBOUND",
    result=Result.ANSWERED,
    line="east",
    caller=NUMBERS[0],
    customer_id="c-1",
    agent="li.na",
    answered_at=NOW,
    queue="service-east",
)


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clean_tenant: None) -> Iterator[FakeDynamo]:
    """Return the tables that the REST function of twocities reaches through its real client."""
    assert clean_tenant is None
    line = Line(NUMBERS[0], {"call": {"customerId": "c-1"}})
    with rest_table(monkeypatch, tmp_path, "twocities", contacts=line) as kept:
        stands(kept, "twocities", "li.na", "call")
        yield kept


def customer(id_: str, name: str, number: str, **more: Any) -> None:
    body = {"customer_id": id_, "name": name, "identities": [{"kind": "phone", "value": number}], **more}
    assert post(app.app, "/v1/customers", body, claims=LEADER)[0] == 201


def heard(table: FakeDynamo, contact: Contact = SERVED) -> None:
    """Take a contact in as the ingest of contact records does."""
    feed(table, "trunkline-twocities", tenancy.current()).heard(contact)


def ticket(number: str, customer_id: str) -> str:
    subject = {"category": "repair", "text": "The lift stands still.", "phone": number, "customer_id": customer_id}
    status, body = post(app.app, "/v1/tickets", {"subject": subject, "note": "heard"}, claims=AGENT)
    assert status == 201, body
    return str(body["ticket"]["number"])


def visit(**more: Any) -> Any:
    body = {"channel": "VISIT", "at": (NOW - timedelta(days=1)).isoformat(), **more}
    status, made = post(app.app, "/v1/services", body, claims=LEADER)
    assert status == 201, made
    return made


def ids(claims: Any = LEADER, **query: str) -> list[str]:
    status, body = get(app.app, "/v1/services", query=query, claims=claims)
    assert status == 200, body
    return [row["service_id"] for row in body["services"]]


def one(service_id: str, claims: Any = MANAGER) -> Any:
    return get(app.app, "/v1/services/{service_id}", path={"service_id": service_id}, claims=claims)


def change(method: str, service_id: str, claims: Any, body: Any = None, **query: str) -> tuple[int, Any]:
    headers = {} if body is None else {"content-type": "application/json"}
    text = None if body is None else json.dumps(body)
    path, names = "/v1/services/{service_id}", {"service_id": service_id}
    return send(app.app, method, path, path=names, query=query, claims=claims, headers=headers, body=text)


@pytest.mark.req("CRM-01")
def test_customers_and_service_records_are_made_changed_forgotten_and_found_by_every_key(table: FakeDynamo) -> None:
    customer("c-1", "Zhou", NUMBERS[0], grade="gold", region="fuzhou", fields={"district": "gulou", "flats": 12})
    customer("c-2", "chen", NUMBERS[1], region="xiamen", fields={"district": "siming", "flats": 3})
    heard(table)
    order = ticket(NUMBERS[1], "c-2")
    came = visit(name="Lin", grade="gold", fields={"flats": 100}, note="brought a form")["service_id"]
    assert ids() == [order, came, "call-1"], "the newest first"
    assert ids(sort="name", order="asc") == [order, came, "call-1"]
    assert ids(sort="number", order="asc") == [came, "call-1", order]
    assert ids(sort="region", order="asc") == [came, "call-1", order]
    assert ids(sort="grade", order="asc") == [order, came, "call-1"]
    assert ids(sort="flats", order="asc") == [order, "call-1", came]
    assert ids(name="ZH") == ["call-1"]
    assert ids(number=NUMBERS[1]) == [order]
    assert ids(last=(NOW - timedelta(days=2)).date().isoformat()) == ["call-1"]
    assert ids(region="fuzhou") == ["call-1"]
    assert ids(grade="gold", sort="grade") == [came, "call-1"][::-1]
    assert ids(where="district:siming") == [order]
    assert ids(kind="contact", agent="li.na") == ["call-1"]
    edited = {"name": "Lin Mei", "grade": "gold", "fields": {"flats": 7}, "revision": 1}
    assert change("PUT", came, LEADER, edited)[0] == 200
    assert ids(where="flats:7", name="lin m") == [came]
    assert change("DELETE", came, AGENT, revision="2")[0] == 403
    assert change("DELETE", came, LEADER, revision="2") == (200, {"service_id": came})
    assert ids() == [order, "call-1"]
    found = get(app.app, "/v1/customers", query={"sort": "region", "where": "flats:3"}, claims=LEADER)[1]
    assert [row["customer_id"] for row in found["customers"]] == ["c-2"]
    for path in ("/v1/services", "/v1/customers"):
        assert get(app.app, path, claims=EDITOR)[0] == 403, "without the right nothing is found"


def test_a_service_record_shows_its_completion_and_where_its_ticket_stands(table: FakeDynamo) -> None:
    customer("c-1", "Zhou", NUMBERS[0])
    heard(table)
    order = ticket(NUMBERS[0], "c-1")
    assert one(order)[1]["ticket"] == {"step": "accept", "assignee": None}
    step = {"step": "assign", "note": "to the lifts", "assignee": "lifts", "revision": 1}
    headers = {"content-type": "application/json"}
    told = {"path": {"number": order}, "claims": LEADER, "headers": headers, "body": json.dumps(step)}
    assert send(app.app, "POST", "/v1/tickets/{number}/steps", **told)[0] == 201
    assert one(order)[1]["ticket"] == {"step": "assign", "assignee": "lifts"}
    assert one("call-1")[1]["completion"] is None


def test_a_record_stays_as_the_customer_was_and_hides_numbers_where_they_are_hidden(table: FakeDynamo) -> None:
    customer("c-1", "Zhou", NUMBERS[0], grade="gold")
    heard(table)
    changed = {"name": "Zhou Jie", "revision": 1, "identities": []}
    path = {"customer_id": "c-1"}
    headers = {"content-type": "application/json"}
    told = {"path": path, "claims": LEADER, "headers": headers, "body": json.dumps(changed)}
    assert send(app.app, "PUT", "/v1/customers/{customer_id}", **told)[0] == 200
    assert (one("call-1")[1]["name"], one("call-1")[1]["grade"]) == ("Zhou", "gold")
    assert one("call-1")[1]["phone"] == NUMBERS[0]
    assert one("call-1", AGENT)[1]["phone"] == "***8000", "the front desk sees four digits"
    rows = get(app.app, "/v1/services", claims=LEADER)[1]["services"]
    assert [row["phone"] for row in rows] == ["***8000"]


def test_a_user_of_a_part_of_the_tenant_sees_its_service_records_alone(table: FakeDynamo) -> None:
    customer("c-1", "Zhou", NUMBERS[0])
    heard(table)
    heard(table, replace(SERVED, id="call-2", queue="service-west"))
    visit(name="Lin")
    assert ids({**LEADER, "custom:node": "east"}) == ["call-1"]
    assert one("call-2", {**LEADER, "custom:node": "east"})[0] == 404


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(
    "query",
    [
        {"sort": "arrears"},
        {"where": "arrears:1"},
        {"where": "flats:many"},
        {"first": "2026-03-02", "last": "2026-03-01"},
        {"first": "2024-01-01", "last": "2026-03-01"},
        {"cursor": "x"},
        {"kind": "fax"},
    ],
)
def test_what_service_records_cannot_be_asked_is_refused(query: dict[str, str]) -> None:
    assert get(app.app, "/v1/services", query=query, claims=LEADER)[0] == 400


@pytest.mark.usefixtures("table")
def test_what_the_contract_does_not_know_is_refused_by_its_field() -> None:
    body = {"channel": "VISIT", "at": NOW.isoformat(), "fields": {"arrears": 1, "flats": "many"}}
    status, problem = post(app.app, "/v1/services", body, claims=LEADER)
    assert (status, [error["field"] for error in problem["errors"]]) == (422, ["fields.arrears", "fields.flats"])


def test_every_look_and_change_of_a_service_record_is_in_the_trail(table: FakeDynamo) -> None:
    made = visit(name="Lin", note="secret")["service_id"]
    ids(name="li")
    one(made)
    trail = [item for (pk, _), item in sorted(table.items.items()) if "#AUDIT#" in pk]
    assert {item["action"]["S"] for item in trail} == {"service.create", "services.search", "services.read"}
    written = next(item for item in trail if item["action"]["S"] == "service.create")
    assert written["after"]["S"] == '{"fields":["name","note"]}'
