"""Tenant A's users try tenant B's data through every route of the REST API, by every means that a request has."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import app
from chalicelib.access.models import Kind, Role
from chalicelib.access.policy import action
from chalicelib.platform.dynamo import decode
from tests.support import hostile
from tests.support.fake_dynamo import FakeDynamo
from tests.support.rest import USER, get, send
from tests.support.rest_table import rest_table

ATTACKER = {**USER, "cognito:username": "mallory", "cognito:groups": ",".join(role.value for role in Role)}
"""A user of tenant A with every role there is: nothing but the tenant stands in the way."""

ROUTES = list(hostile.everywhere(app.app))
PERIOD = {"from": "2026-03-01T00:00:00Z", "to": "2026-03-08T00:00:00Z"}
LISTS = {
    "/v1/audit": PERIOD,
    "/v1/callbacks": {"state": "open"},
    "/v1/contacts": {"on": "2026-03-02"},
    "/v1/tickets": {"step": "accept"},
    "/v1/voicemails": {"box": "general", "state": "new"},
}
"""What a list asks for at least, so that its cursor is looked at."""


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clean_tenant: None) -> Iterator[FakeDynamo]:
    """Let the API serve hrgroup over tables in which the victim's items lie too: only keys keep them apart."""
    assert clean_tenant is None
    with rest_table(monkeypatch, tmp_path) as kept:
        for item in hostile.items():
            kept.items[item["pk"]["S"], item["sk"]["S"]] = dict(item)
        yield kept


def trail(table: FakeDynamo) -> list[dict[str, Any]]:
    """Return the entries that were written of the attacker, and none of the victim's things."""
    return [decode(item) for (pk, _), item in sorted(table.items.items()) if pk.startswith("T#hrgroup#AUDIT#")]


def assert_kept_apart(table: FakeDynamo, found: list[tuple[str, int, str]]) -> None:
    """Hold that no answer tells of the victim or is an error of ours, and that no key of the victim was asked for."""
    assert [one for one in found if hostile.SECRET in one[2]] == []
    assert [one for one in found if one[1] >= 500] == []
    named = set(hostile.told(table.asked))
    assert {name for name, _ in named} <= {"trunkline-hrgroup", "trunkline-hrgroup-audit"}
    assert [text for _, text in named if not text.startswith("T#hrgroup#")] == []
    assert hostile.SECRET not in str([item for key, item in table.items.items() if key[0].startswith("T#hrgroup#")])


@pytest.mark.req("TEN-01")
def test_names_of_the_victims_things_in_path_and_body_lead_nowhere(table: FakeDynamo) -> None:
    found = []
    for number, (path, method, operation) in enumerate(ROUTES):
        for text in hostile.in_turn(number, hostile.IDS, 7) if "{" in path or operation.body else ():
            status, answer = hostile.ask(app.app, path, method, operation, text=text, claims=ATTACKER)
            found.append((f"{method} {path} {text[:40]}", status, answer))
    assert_kept_apart(table, found)


@pytest.mark.req("TEN-01")
def test_names_of_the_victims_things_in_parameters_lead_nowhere(table: FakeDynamo) -> None:
    found = []
    for number, (path, method, operation) in enumerate(ROUTES):
        names = operation.query.model_json_schema()["properties"] if operation.query else ("tenant", "custom:tenant")
        for place, name in enumerate(names):
            for text in hostile.in_turn(number + place, hostile.IDS, 3):
                query = {**LISTS.get(path, {}), name: text}
                status, answer = hostile.ask(app.app, path, method, operation, text="1", query=query, claims=ATTACKER)
                found.append((f"{method} {path}?{name}={text[:40]}", status, answer))
    assert_kept_apart(table, found)


@pytest.mark.req("TEN-01")
def test_a_cursor_into_the_victims_list_is_refused_or_a_place_in_our_own(table: FakeDynamo) -> None:
    found = []
    # Lists below a name answer 404 before they look at a cursor: the name is not ours.
    paged = [
        path
        for path, _, operation in ROUTES
        if operation.query and "cursor" in operation.query.model_fields and "{" not in path
    ]
    for path in paged:
        for cursor in hostile.positions():
            status, answer = get(app.app, path, query={**LISTS.get(path, {}), "cursor": cursor}, claims=ATTACKER)
            assert status in {200, 400}, (path, answer)
            found.append((path, status, str(answer)))
    assert set(paged) >= {"/v1/audit", "/v1/contacts", "/v1/tickets"}
    assert_kept_apart(table, found)


@pytest.mark.req("TEN-01")
def test_no_header_chooses_the_tenant_the_user_or_the_method(table: FakeDynamo) -> None:
    found = []
    for path, method, operation in ROUTES:
        asked = {"text": hostile.ID, "claims": ATTACKER, "query": LISTS.get(path)}
        plain = hostile.ask(app.app, path, method, operation, **asked)[0]
        status, answer = hostile.ask(app.app, path, method, operation, headers=hostile.HEADERS, **asked)
        assert status == plain, (method, path)
        found.append((f"{method} {path}", status, answer))
    assert_kept_apart(table, found)


@pytest.mark.req("TEN-01")
def test_a_token_that_does_not_name_exactly_this_tenant_opens_no_door_and_each_attempt_is_audited(
    table: FakeDynamo,
) -> None:
    for number, (path, method, operation) in enumerate(ROUTES):
        for claimed in hostile.in_turn(number, hostile.CLAIMED, 2):
            before = len(trail(table))
            claims = {**ATTACKER, "custom:tenant": claimed}
            status, answer = hostile.ask(app.app, path, method, operation, text=hostile.ID, claims=claims)
            assert status == 403, (method, path, answer)
            (entry,) = trail(table)[before:]
            assert (entry["actor"], entry["outcome"], entry["action"]) == ("mallory", "refused", operation.action)
            assert entry["facts"]["claimed_tenant"] == str(claimed)
    assert_kept_apart(table, [])


@pytest.mark.req("TEN-01")
def test_asking_for_personal_data_by_a_name_that_is_not_ours_is_audited(table: FakeDynamo) -> None:
    # While a contact rings only Amazon Connect knows it: its screen shows who has the number that is asked with it.
    named = [
        one
        for one in ROUTES
        if "{" in one[0] and action(one[2].action).kind is Kind.ACCESS and one[2].action != "screen.read"
    ]
    assert {path for path, _, _ in named} >= {"/v1/contacts/{contact_id}", "/v1/tickets/{number}"}
    for path, method, operation in named:
        before = len(trail(table))
        status, _ = hostile.ask(app.app, path, method, operation, text="12345678", claims=ATTACKER)
        assert status in {404, 409}, path  # a conflict: the tenant does not do this at all, whatever the name
        if status == 404:
            (entry,) = trail(table)[before:]
            assert entry["outcome"] == "not-found", path
            assert "12345678" in entry["resource"].split("/"), path


@pytest.mark.req("TEN-01")
def test_an_idempotency_key_of_the_victim_gives_nothing_of_the_victims_answer(table: FakeDynamo) -> None:
    opening = {"subject": {"category": "repair", "text": "x"}, "note": "x"}
    headers = {"idempotency-key": "shared-key", "content-type": "application/json"}
    for tenant, status in (("hrgroup", 201), ("taxihotline", 403)):
        claims = {**ATTACKER, "custom:tenant": tenant}
        told = send(app.app, "POST", "/v1/tickets", body=hostile.json.dumps(opening), headers=headers, claims=claims)
        assert told[0] == status
    assert_kept_apart(table, [])
