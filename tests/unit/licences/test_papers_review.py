"""The daily look at licences and papers: it says what the check of the contract says, and stands in the way of live."""

import copy
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from chalice.app import Chalice

import app
from chalicelib.licences import events
from chalicelib.licences.papers import document as written
from chalicelib.licences.papers import from_document as read
from chalicelib.licences.service import Licences
from chalicelib.tenancy.contract_file import parse
from chalicelib.tenancy.contract_go_live import expiring, go_live_problems, papers
from tests.support.json_server import serving
from tests.support.rest import USER, get
from tests.support.tenants import document, tenant

TENANTS = Path(__file__).resolve().parents[3] / "tenants"
TAXI: dict[str, Any] = yaml.safe_load((TENANTS / "taxihotline.yaml").read_text(encoding="utf-8"))
MONDAY = date(2026, 3, 2)
LAST, AFTER = date(2030, 3, 31), date(2030, 4, 1)
TAXI_USER = {**USER, "custom:tenant": "taxihotline"}


class Context:
    aws_request_id = "daily"


def at(day: date) -> Licences:
    return Licences(tenant("taxihotline"), lambda: datetime(day.year, day.month, day.day, 1, tzinfo=UTC))


def test_the_papers_survive_the_way_into_the_functions_document() -> None:
    for path in TENANTS.glob("*.yaml"):
        kept = papers(parse(yaml.safe_load(path.read_text(encoding="utf-8")), source=path.name))
        assert read(json.loads(json.dumps(written(kept)))) == kept


@pytest.mark.parametrize("day", [LAST, AFTER, date(2029, 12, 31), date(2030, 1, 1)])
def test_the_deployed_look_says_what_the_check_of_the_contract_says(day: date) -> None:
    contract = parse(copy.deepcopy(TAXI), source="test")
    review = at(day).review(within_days=90)
    assert [(each.field, each.reason) for each in review.uncovered] == [
        (problem.path, problem.expected) for problem in go_live_problems(contract, day)
    ]
    assert [(each.field, each.reason) for each in review.expiring] == [
        (problem.path, problem.expected) for problem in expiring(contract, day, 90)
    ]


def test_the_day_is_the_tenants_own() -> None:
    night = Licences(tenant("taxihotline"), lambda: datetime(2030, 3, 31, 16, 30, tzinfo=UTC))
    assert (night.review().on, len(night.review().uncovered)) == (AFTER, 2)


@pytest.fixture
def taxi(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Chalice:
    path = tmp_path / "tenant.json"
    path.write_text(document("taxihotline"), encoding="utf-8")
    monkeypatch.setenv("TRUNKLINE_TENANT_DOCUMENT", str(path))
    monkeypatch.delenv("TRUNKLINE_CLOCK", raising=False)
    return app.app


@pytest.fixture
def monday(monkeypatch: pytest.MonkeyPatch, taxi: Chalice) -> Iterator[None]:
    """Let the functions' clock stand at the last second of Monday in China."""
    assert taxi
    with serving(lambda *_: (200, {"now": f"{MONDAY}T15:59:59Z", "mode": "virtual"})) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        monkeypatch.setenv("TRUNKLINE_CLOCK", "emulator")
        yield


@pytest.mark.req("LIC-02")
@pytest.mark.usefixtures("clean_tenant", "taxi", "monday")
@pytest.mark.parametrize(("until", "uncovered", "expiring"), [(-1, 1, 0), (0, 0, 1), (89, 0, 1), (90, 0, 0)])
def test_the_daily_function_counts_what_has_run_out_and_what_soon_will(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, until: int, uncovered: int, expiring: int
) -> None:
    path = tmp_path / "tenant.json"
    deployed = json.loads(path.read_text(encoding="utf-8"))
    deployed["papers"]["licences"][0]["expires_on"] = (MONDAY + timedelta(days=until)).isoformat()
    path.write_text(json.dumps(deployed), encoding="utf-8")
    told = events.review_papers({}, Context())
    assert (told["uncovered"], told["expiring"]) == (uncovered, expiring)
    (measured,) = (line for line in map(json.loads, capsys.readouterr().out.splitlines()) if "_aws" in line)
    assert (measured["PapersUncovered"], measured["PapersExpiring"]) == (told["uncovered"], told["expiring"])
    assert (measured["tenant"], measured["function"]) == ("taxihotline", "review_papers")


@pytest.mark.usefixtures("clean_tenant")
def test_every_finding_of_a_day_is_listed_with_what_it_is_about(taxi: Chalice) -> None:
    groups = {**TAXI_USER, "cognito:groups": "compliance-officer"}
    status, body = get(taxi, "/v1/papers", query={"on": AFTER.isoformat()}, claims=groups)
    assert (status, body["on"], body["within_days"]) == (200, "2030-04-01", 90)
    assert [(one["field"], one["about"]) for one in body["uncovered"]] == [
        ("entry_numbers.0.allocation.expires_on", "+8696196"),
        ("service_lines.0.legal_class", "hotline"),
    ]
    status, body = get(taxi, "/v1/papers", query={"on": LAST.isoformat()}, claims=groups)
    assert (body["uncovered"], [one["expires_on"] for one in body["expiring"]]) == ([], ["2030-03-31"] * 2)
    assert get(taxi, "/v1/papers", query={"on": "tomorrow"}, claims=groups)[0] == 400
