"""The lifecycle by REST: what is shown, who may write, and refusals that say what is missing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import app
from tests.support.fake_dynamo import FakeDynamo
from tests.support.rest import USER, get, post
from tests.support.rest_table import rest_table, without_trail
from tests.support.tenants import tenant

OPERATOR = {**USER, "cognito:username": "chen", "cognito:groups": "operations-manager"}
EVIDENCE = {"gate": "numbers", "evidence": "test call of 2 March", "request_id": "request-1"}
MOVE = {"to": "validated", "reason": "contract checked", "request_id": "request-2"}
GATES = ["numbers", "flow-tests", "qualified-agents", "licence-check", "integration-test", "signed-kpi-targets"]


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clean_tenant: None) -> Iterator[FakeDynamo]:
    """Return the tables that the REST function of hrgroup reaches through its real client."""
    assert clean_tenant is None
    with rest_table(monkeypatch, tmp_path) as kept:
        yield kept


def record(gate: str, *, done: bool = True) -> tuple[int, Any]:
    body = {"gate": gate, "evidence": f"proof of {gate}", "done": done, "request_id": f"evidence-{gate}-{done}"}
    return post(app.app, "/v1/tenant/evidence", body, claims=OPERATOR)


def move(to: str, name: str = "") -> tuple[int, Any]:
    body = {"to": to, "reason": "as agreed", "request_id": name or f"move-to-{to}"}
    return post(app.app, "/v1/tenant/transitions", body, claims=OPERATOR)


@pytest.mark.usefixtures("table")
def test_a_tenant_of_which_nothing_is_recorded_is_a_draft_without_any_gate() -> None:
    status, body = get(app.app, "/v1/tenant")
    assert status == 200
    assert (body["tenant"], body["state"], body["since"], body["revision"]) == ("hrgroup", "draft", None, 0)
    assert (body["missing"], body["next"], body["history"]) == (GATES, ["validated", "closed"], [])


@pytest.mark.usefixtures("table")
def test_live_is_refused_by_the_names_of_the_missing_gates_until_the_last_is_recorded() -> None:
    for state in ("validated", "provisioned", "pilot"):
        assert move(state)[0] == 201
    for count, gate in enumerate(GATES):
        status, body = move("live", f"try-number-{count}")
        assert (status, body["code"], body["missing"]) == (409, "gates-missing", GATES[count:])
        assert body["type"] == "urn:trunkline:problem:gates-missing"
        assert record(gate)[0] == 201
    status, body = move("live")
    assert (status, body["state"], body["missing"]) == (201, "live", [])


@pytest.mark.usefixtures("table")
def test_a_gate_shows_who_proved_it_when_by_what_and_under_which_contract() -> None:
    record("licence-check")
    _, body = get(app.app, "/v1/tenant")
    shown = next(gate for gate in body["gates"] if gate["gate"] == "licence-check")
    assert shown["at"].endswith("Z")
    assert {**shown, "at": None} == {
        "gate": "licence-check", "done": True, "at": None, "actor": "chen", "evidence": "proof of licence-check",
        "contract": tenant("hrgroup").version,
    }  # fmt: skip


@pytest.mark.usefixtures("table")
def test_a_withdrawn_gate_is_missing_again_and_both_entries_stay() -> None:
    record("numbers")
    status, body = record("numbers", done=False)
    assert (status, body["missing"]) == (201, GATES)
    assert [(line["gate"], line["done"]) for line in body["history"]] == [("numbers", True), ("numbers", False)]


@pytest.mark.usefixtures("table")
def test_the_history_tells_every_move_with_its_reason_and_actor() -> None:
    move("validated")
    status, body = move("draft")
    assert status == 201
    assert [(line["from"], line["to"], line["reason"], line["actor"]) for line in body["history"]] == [
        ("draft", "validated", "as agreed", "chen"),
        ("validated", "draft", "as agreed", "chen"),
    ]


def test_the_same_request_again_answers_the_same_record_and_writes_nothing(table: FakeDynamo) -> None:
    assert move("validated")[0] == 201
    before = dict(table.items)
    status, body = move("validated")
    assert (status, body["state"], len(body["history"])) == (200, "validated", 1)
    assert table.items == before


@pytest.mark.usefixtures("table")
def test_a_transition_that_does_not_exist_is_refused_with_those_that_do() -> None:
    status, body = move("live")
    assert (status, body["code"], body["allowed"]) == (409, "transition-not-allowed", ["validated", "closed"])


@pytest.mark.parametrize(("route", "body"), [("/v1/tenant/evidence", EVIDENCE), ("/v1/tenant/transitions", MOVE)])
@pytest.mark.parametrize(
    "claims",
    [
        USER,
        {**OPERATOR, "cognito:groups": "agent,client-supervisor"},
        {**OPERATOR, "cognito:groups": "operations-manager-readers"},
        {**OPERATOR, "cognito:groups": ""},
        {**OPERATOR, "custom:tenant": "taxihotline"},
        None,
    ],
)
def test_nobody_but_operations_of_this_tenant_writes(
    table: FakeDynamo, route: str, body: dict[str, str], claims: dict[str, str] | None
) -> None:
    status, answer = post(app.app, route, body, claims=claims)
    assert (status, answer["code"]) == (403, "forbidden")
    assert without_trail(table) == {}


@pytest.mark.parametrize(
    ("route", "body", "field"),
    [
        ("/v1/tenant/evidence", {**EVIDENCE, "gate": "numbers "}, "gate"),
        ("/v1/tenant/evidence", {**EVIDENCE, "evidence": "  "}, "evidence"),
        ("/v1/tenant/evidence", {**EVIDENCE, "evidence": "x" * 501}, "evidence"),
        ("/v1/tenant/evidence", {**EVIDENCE, "done": "yes"}, "done"),
        ("/v1/tenant/evidence", {**EVIDENCE, "actor": "somebody else"}, "actor"),
        ("/v1/tenant/evidence", {**EVIDENCE, "request_id": "short"}, "request_id"),
        ("/v1/tenant/transitions", {**MOVE, "to": "gone"}, "to"),
        ("/v1/tenant/transitions", {"to": "validated", "reason": "r"}, "request_id"),
        ("/v1/tenant/transitions", ["validated"], "(body)"),
        ("/v1/tenant/transitions", "null", "(body)"),
    ],
)
def test_a_bad_body_is_refused_by_the_name_of_its_field(table: FakeDynamo, route: str, body: Any, field: str) -> None:
    status, answer = post(app.app, route, body, claims=OPERATOR)
    assert (status, [entry["field"] for entry in answer["errors"]]) == (400, [field])
    assert without_trail(table) == {}


@pytest.mark.usefixtures("table")
def test_a_body_that_is_not_json_is_refused() -> None:
    status, answer = post(app.app, "/v1/tenant/transitions", "{", claims=OPERATOR)
    assert (status, answer["code"]) == (400, "rejected")
