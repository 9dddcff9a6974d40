"""Personal data: a purpose, the tenant's retention, given out or erased on request, in no log or test (SEC-06)."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import app
from chalicelib.access.models import Role
from chalicelib.platform.classification import FIELDS, RULES, Kind
from tests.support import private_lives
from tests.support.private_world import PrivateWorld
from tests.support.rest import USER, get, post, send
from tests.support.rest_table import rest_table
from tests.unit.privacy import test_aging as aging
from tests.unit.privacy import test_retention_declared as retention

ROOT = Path(__file__).resolve().parents[2]
OFFICER = {**USER, "cognito:username": "officer", "cognito:groups": "compliance-officer"}
MAY_ASK = {Role.COMPLIANCE_OFFICER, Role.OPERATIONS_DIRECTOR}
MOBILE = re.compile(r"\+861[3-9]\d{9}(?!\d)")
INVENTED = re.compile(r"\+861.*((\d)\2\2|(\d\d)\3|0013800|1234|0021|0028|00137|7654)")
"""What nobody takes for somebody's number: a digit three times, a pair twice, one block again, or counted."""
REVIEWED = frozenset({"+8613522095501", "+8613822085536"})
"""Made up for tests of areas, where the digits matter."""


@pytest.fixture
def history(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clean_tenant: None) -> Iterator[private_lives.History]:
    """Return what Zhang and Wang did, in tables that the REST API serves."""
    assert clean_tenant is None
    with rest_table(monkeypatch, tmp_path) as table:
        history = private_lives.History(world=PrivateWorld(table=table))
        history.world.at = datetime.now(UTC).replace(microsecond=0)
        for deed in (history.zhang_is_completed, history.zhang_has_a_ticket, history.wang_calls, history.zhang_calls):
            deed()
        yield history


def asked(kind: str, claims: Any = OFFICER, **who: str) -> tuple[int, Any]:
    body = {"kind": kind, "reason": "asked in writing, identity card seen", **who}
    return post(app.app, "/v1/privacy/requests", body, claims=claims)


def shown(request_id: str) -> Any:
    _, told = get(app.app, "/v1/privacy/requests/{request_id}", path={"request_id": request_id}, claims=OFFICER)
    return told


def test_only_those_who_answer_for_data_have_it_given_out_erased_or_held(history: private_lives.History) -> None:
    for role in Role:
        claims = {**USER, "cognito:groups": role.value}
        status, _ = asked("export", claims, customer_id="wang-88")
        assert status == (202 if role in MAY_ASK else 403), role
        held, _ = post(app.app, "/v1/privacy/holds", {"customer_id": "wang-88", "reason": "court"}, claims=claims)
        assert held == (201 if role is Role.COMPLIANCE_OFFICER else 403), role
    assert len(history.world.privacy.desk.requests()) == len(MAY_ASK)


def test_a_request_that_names_nobody_or_two_is_refused(history: private_lives.History) -> None:
    assert asked("erasure", customer_id="nobody-1")[0] == 404
    assert asked("erasure", customer_id="zhang-77", identity=f"phone:{private_lives.ZHANG}")[0] == 400
    assert asked("erasure")[0] == 400
    status, problem = asked("erasure", identity=f"phone:{private_lives.HOME}")
    assert (status, problem["code"], sorted(problem["candidates"])) == (
        409,
        "person-ambiguous",
        ["wang-88", "zhang-77"],
    )
    assert history.world.privacy.desk.requests() == ()


def test_a_hold_is_put_seen_and_ended_over_the_api(history: private_lives.History) -> None:
    _, hold = post(app.app, "/v1/privacy/holds", {"customer_id": "zhang-77", "reason": "court"}, claims=OFFICER)
    _, request = asked("erasure", customer_id="zhang-77")
    history.world.carry_out()
    assert (shown(request["id"])["state"], shown(request["id"])["held_by"]) == ("held", hold["id"])
    _, listed = get(app.app, "/v1/privacy/holds", claims=OFFICER)
    assert [(one["id"], one["in_force"]) for one in listed["holds"]] == [(hold["id"], True)]
    over = {"hold_id": hold["id"]}
    assert send(app.app, "DELETE", "/v1/privacy/holds/{hold_id}", path=over, claims=OFFICER)[0] == 200
    assert send(app.app, "DELETE", "/v1/privacy/holds/{hold_id}", path=over, claims=OFFICER)[0] == 409
    history.world.carry_out()
    history.world.carry_out()
    assert shown(request["id"])["state"] == "done"


def assert_purposes_are_stated() -> None:
    """Hold that every field has a kind, every kind a purpose, and that what tells of a person is erased."""
    assert set(FIELDS.values()) == set(RULES)
    assert all(rule.purpose and rule.kept for rule in RULES.values())
    assert {kind for kind, rule in RULES.items() if rule.erased == "yes"} == {Kind.IDENTITY, Kind.REACH, Kind.CONTENT}


def assert_retention_is_kept_to() -> None:
    """Hold that every item type has a line, and ends when its line says."""
    retention.test_every_item_type_stands_in_exactly_one_line()
    retention.test_every_item_type_that_ends_is_tried_here()
    for kind in retention.WRITTEN:
        retention.test_what_a_store_writes_ends_after_the_days_of_its_line(kind)


def assert_test_data_are_invented() -> None:
    """Hold that no telephone number in tests, tenants, documents and benches could be somebody's."""
    folders = ("tests", "tenants", "docs", "bench", "contact_flows")
    kinds = {".py", ".yaml", ".md", ".json"}
    files = (path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in kinds)
    numbers = {number for path in files for number in MOBILE.findall(path.read_text(encoding="utf-8"))}
    assert len(numbers) > 20
    assert sorted(number for number in numbers - REVIEWED if not INVENTED.match(number)) == []


def assert_customers_end(world: PrivateWorld) -> None:
    """Hold that a customer stays until the tenant's period is over, and that nothing of the customer stays then."""
    _, told = get(app.app, "/v1/privacy", claims=OFFICER)
    (line,) = (line for line in told["kept"] if line["what"].startswith("customers,"))
    aging.later(world, line["days"] - 1)
    assert b"wang-88" in world.everything()
    aging.later(world, line["days"] + 1)
    assert [word for word in ("wang-88", "Wang Fang", private_lives.WANG) if word.encode() in world.everything()] == []


@pytest.mark.req("SEC-06")
def test_personal_data_has_a_purpose_and_an_end_is_given_out_and_erased_and_is_in_no_log(
    history: private_lives.History, capsys: pytest.CaptureFixture[str]
) -> None:
    assert_purposes_are_stated()
    assert_retention_is_kept_to()
    world, counters = history.world, history.world.counters()
    status, export = asked("export", customer_id="zhang-77")
    assert (status, export["state"]) == (202, "open")
    world.carry_out()
    assert shown(export["id"])["counts"]["contacts"] == 3
    packed = json.loads(next(kept[-1][1] for key, kept in world.s3.versions.items() if export["id"] in key))
    assert all(packed["purposes"][packed["fields"][name]]["purpose"] for name in ("caller", "note", "customer_id"))
    place = {"request_id": export["id"]}
    assert get(app.app, "/v1/privacy/requests/{request_id}/package", path=place, claims=OFFICER)[0] == 200
    _, erased = asked("erasure", identity="email:zhang@mail.example")
    world.carry_out()
    certificate = shown(erased["id"])
    assert (certificate["state"], certificate["asked_by"], len(certificate["proof"])) == ("done", "officer", 64)
    assert certificate["counts"] == {
        "contacts": 3, "recordings": 3, "completions": 1, "tickets": 1, "identities": 3, "customers": 1, "packages": 1,
    }  # fmt: skip
    assert any(one["what"] == "the audit trail" and one["why"] for one in certificate["beyond"])
    assert world.privacy.request(erased["id"]).person is None
    private_lives.assert_nothing_is_left(world)
    private_lives.assert_intact(world)
    assert world.counters() == counters
    assert private_lives.of_wang(world)["contacts"] != []
    assert_customers_end(world)
    logs = capsys.readouterr().out
    assert "served" in logs
    assert [word for word in private_lives.ZHANGS_WORDS if word in logs] == []
    assert_test_data_are_invented()
