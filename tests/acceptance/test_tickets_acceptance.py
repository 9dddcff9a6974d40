"""Work orders through their REST door (TKT-01, TKT-02)."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import app
from chalicelib.customers.service import CallerStore
from chalicelib.platform.tenancy import TenantId
from chalicelib.routing.service import caller_facts
from tests.support.fake_dynamo import FakeDynamo
from tests.support.rest import USER, get, post, send
from tests.support.rest_table import rest_table

CALLER = "+8613800138000"
AGENT = {**USER, "cognito:username": "li.na", "cognito:groups": "agent"}
LEADER = {**USER, "cognito:username": "wang", "cognito:groups": "team-leader"}
LIFTS = {**USER, "cognito:username": "lifts", "cognito:groups": "department-handler"}
OPENING = {
    "subject": {"category": "repair", "text": "The lift stands still.", "phone": CALLER, "customer_id": "c-10001"},
    "note": "heard on the line",
    "contact_id": "contact-1",
}


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clean_tenant: None) -> Iterator[FakeDynamo]:
    """Return the tables that the REST function of hrgroup reaches through its real client."""
    assert clean_tenant is None
    with rest_table(monkeypatch, tmp_path) as kept:
        yield kept


def opened(**more: Any) -> str:
    status, body = post(app.app, "/v1/tickets", {**OPENING, **more}, claims=AGENT)
    assert status == 201
    return str(body["ticket"]["number"])


def to(number: str, path: str, body: Any, claims: Any) -> tuple[int, Any]:
    headers = {"content-type": "application/json"}
    return send(app.app, "POST", path, path={"number": number}, claims=claims, headers=headers, body=json.dumps(body))


def step(number: str, name: str, claims: Any = LEADER, **more: Any) -> tuple[int, Any]:
    revision = read(number)["ticket"]["revision"]
    body = {"step": name, "note": f"{name} by phone", "revision": revision, **more}
    return to(number, "/v1/tickets/{number}/steps", body, claims)


def read(number: str) -> Any:
    status, body = get(app.app, "/v1/tickets/{number}", path={"number": number}, claims=AGENT)
    assert status == 200
    return body


@pytest.mark.req("TKT-01")
@pytest.mark.usefixtures("table")
def test_a_work_order_passes_its_six_steps_and_each_keeps_actor_time_and_note() -> None:
    number = opened()
    assert step(number, "assign", assignee="lifts")[0] == 201
    for name, claims in (("supervise", LEADER), ("follow-up", LIFTS), ("revisit", AGENT), ("close", LEADER)):
        assert step(number, name, claims)[0] == 201
    steps = read(number)["steps"]
    assert [(each["step"], each["actor"]) for each in steps] == [
        ("accept", "li.na"), ("assign", "wang"), ("supervise", "wang"), ("follow-up", "lifts"), ("revisit", "li.na"),
        ("close", "wang"),
    ]  # fmt: skip
    assert all(each["note"] for each in steps)
    assert all(datetime.fromisoformat(each["at"]).tzinfo for each in steps)


@pytest.mark.req("TKT-01")
@pytest.mark.usefixtures("table")
@pytest.mark.parametrize("early", ["accept", "supervise", "follow-up", "revisit", "close"])
def test_a_step_before_its_turn_is_refused_and_names_those_that_may_come(early: str) -> None:
    number = opened()
    status, body = step(number, early)
    assert (status, body["code"], body["allowed"]) == (409, "step-not-allowed", ["assign"])
    assert len(read(number)["steps"]) == 1


@pytest.mark.req("TKT-02")
@pytest.mark.usefixtures("table")
@pytest.mark.parametrize("channel", ["VOICE", "CHAT", "EMAIL", "TASK", "FAX", "SMS"])
def test_a_work_order_is_opened_from_any_channel_with_a_short_number_and_keeps_all_later_contacts(channel: str) -> None:
    number = opened(channel=channel)
    assert len(number) == 8
    assert number.isdigit()
    for later in ("contact-2", "contact-3"):
        status, _ = to(number, "/v1/tickets/{number}/contacts", {"contact_id": later}, AGENT)
        assert status == 201
    body = read(number)
    assert body["ticket"]["channel"] == channel
    assert [link["contact_id"] for link in body["contacts"]] == ["contact-1", "contact-2", "contact-3"]


@pytest.mark.req("TKT-02")
@pytest.mark.usefixtures("table")
def test_a_contact_can_be_linked_after_the_work_order_was_closed() -> None:
    number = opened()
    step(number, "assign", assignee="lifts")
    for name in ("supervise", "follow-up", "revisit", "close"):
        step(number, name)
    status, body = to(number, "/v1/tickets/{number}/contacts", {"contact_id": "contact-9"}, AGENT)
    assert (status, body["ticket"]["step"], body["ticket"]["next"]) == (201, "close", [])
    assert [link["contact_id"] for link in body["contacts"]] == ["contact-1", "contact-9"]


def test_an_open_work_order_raises_its_caller_and_a_closed_one_does_not(table: FakeDynamo) -> None:
    number = opened()
    store = CallerStore(table, "trunkline-hrgroup")

    def open_tickets() -> int:
        caller = store.find(TenantId("hrgroup"), CALLER, now=datetime.now(UTC), within_s=1)
        return caller_facts(caller, CALLER).open_tickets

    assert open_tickets() == 1
    step(number, "assign", assignee="lifts")
    for name in ("supervise", "follow-up", "revisit", "close"):
        step(number, name)
    assert open_tickets() == 0


@pytest.mark.usefixtures("table")
def test_a_department_lists_its_own_work_and_nobody_else_s() -> None:
    number = opened()
    step(number, "assign", assignee="lifts")
    status, body = get(app.app, "/v1/tickets", query={"assignee": "lifts"}, claims=LIFTS)
    assert (status, [each["number"] for each in body["tickets"]]) == (200, [number])
    for query in ({"assignee": "cleaning"}, {"step": "assign"}, {"phone": CALLER}):
        status, body = get(app.app, "/v1/tickets", query=query, claims=LIFTS)
        assert (status, body["code"]) == (403, "forbidden")


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"note": ""}, "note"),
        ({"subject": {"category": "repair"}}, "subject.text"),
        ({"subject": {**OPENING["subject"], "phone": "138"}}, "subject.phone"),  # type: ignore[dict-item]
        ({"channel": "voice"}, "channel"),
        ({"urgent": True}, "urgent"),
    ],
)
def test_a_bad_request_names_the_field_and_opens_nothing(table: FakeDynamo, wrong: Any, field: str) -> None:
    status, body = post(app.app, "/v1/tickets", {**OPENING, **wrong}, claims=AGENT)
    assert (status, body["code"]) == (400, "invalid-input")
    assert [error["field"] for error in body["errors"]] == [field]
    assert [key for key in table.items if "#TICKET" in key[0]] == []
