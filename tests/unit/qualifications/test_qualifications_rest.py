"""Qualifications over REST: who records, who reads, and what is answered; and the function that looks by itself."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import app
from chalicelib.qualifications import events
from chalicelib.tenancy.contract_file import InvalidContract, parse
from tests.support.fake_dynamo import FakeDynamo
from tests.support.rest import USER, get, post
from tests.support.rest_table import rest_table
from tests.support.tenants import TENANTS

PATH = "/v1/qualifications"
REQUIRED: dict[str, Any] = {"kind": "exam", "id": "banking", "valid_days": 365}
RESULT = {"agent": "li.na", "kind": "exam", "id": "banking", "on": "2026-03-01", "passed": True}


def as_role(role: str, user: str = "zhao") -> dict[str, str]:
    return {**USER, "cognito:username": user, "cognito:groups": role}


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeDynamo]:
    with rest_table(monkeypatch, tmp_path) as kept:
        path = tmp_path / "hrgroup.json"
        deployed = json.loads(path.read_text(encoding="utf-8"))
        deployed["qualifications"] = [{"skill": "service", "requires": [REQUIRED]}]
        path.write_text(json.dumps(deployed), encoding="utf-8")
        monkeypatch.setenv("TRUNKLINE_INSTANCE_ARN", "arn:aws:connect:us-east-1:000000000000:instance/i-1")
        monkeypatch.setenv("TRUNKLINE_PROFILES", json.dumps({"service": "p-1", "unqualified": "p-2"}))
        events.wired.cache_clear()
        yield kept
        events.wired.cache_clear()


def test_a_trainer_records_a_result_and_the_agent_reads_the_own_standing(table: FakeDynamo) -> None:
    status, body = post(app.app, PATH, RESULT, claims=as_role("trainer"))
    assert (status, body["applied"], body["skills"][0]["qualified"]) == (201, True, True)
    status, body = get(app.app, PATH, query={"agent": "li.na"}, claims=as_role("agent", "li.na"))
    assert (status, body["skills"][0]["until"]) == (200, "2027-02-28")
    assert [(one["id"], one["passed"], one["by"]) for one in body["results"]] == [("banking", True, "zhao")]
    actions = {item["action"]["S"] for key, item in table.items.items() if "#AUDIT#" in key[0]}
    assert actions == {"qualifications.record", "qualifications.read"}


@pytest.mark.usefixtures("table")
def test_an_agent_reads_no_other_agents_standing_and_records_nothing() -> None:
    assert get(app.app, PATH, query={"agent": "wang"}, claims=as_role("agent", "li.na"))[0] == 403
    assert post(app.app, PATH, RESULT, claims=as_role("agent", "li.na"))[0] == 403


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(
    "wrong",
    [
        *({"on": on} for on in ("2999-01-01", 0, 1_772_323_200, True, None)),
        *({"passed": passed} for passed in (1, "yes", None)),
        *({"id": "other"}, {"kind": "song"}, {"agent": "a#b"}, {"more": 1}),
    ],
    ids=str,
)
def test_what_cannot_be_a_result_is_refused(wrong: dict[str, Any]) -> None:
    assert post(app.app, PATH, {**RESULT, **wrong}, claims=as_role("trainer"))[0] == 400


@pytest.mark.usefixtures("table")
def test_the_function_that_looks_by_itself_counts_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    class Context:
        aws_request_id = "look"

    assert events.review_qualifications({}, Context()) == {
        "schema": "review_qualifications.v1",
        "left": 0,
        "withdrawn": 0,
        "restored": 0,
    }
    assert "QualificationsWithdrawn" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("section", "path"),
    [
        ([{"skill": "nobody", "requires": [REQUIRED]}], "qualifications.0.skill"),
        ([{"skill": "@", "requires": [REQUIRED]}] * 2, "qualifications.1.skill"),
        ([{"skill": "@", "requires": [REQUIRED, REQUIRED]}], "qualifications.0.requires.1.id"),
        ([{"skill": "@", "requires": [{"kind": "periodic-test", "id": "monthly"}]}], "qualifications.0.requires.0"),
    ],
    ids=["no-such-profile", "twice", "asked-twice", "periodic-for-good"],
)
def test_a_contract_with_impossible_qualifications_is_refused_by_name(section: list[Any], path: str) -> None:
    raw = yaml.safe_load((TENANTS / "hrgroup.yaml").read_text(encoding="utf-8"))
    known = raw["routing_profiles"][0]["id"]
    raw["qualifications"] = json.loads(json.dumps(section).replace('"@"', f'"{known}"'))
    with pytest.raises(InvalidContract) as refused:
        parse(raw, source="test")
    assert path in {problem.path for problem in refused.value.problems}
