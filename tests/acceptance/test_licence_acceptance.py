"""What the regulator asks of a tenant before its numbers ring: papers of numbers, licences, permitted services."""

import copy
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from chalicelib.licences.models import UNLICENSED
from chalicelib.tenancy.contract_file import InvalidContract, parse
from chalicelib.tenancy.contract_go_live import expiring, go_live_problems
from cli.main import app

TENANTS = Path(__file__).resolve().parents[2] / "tenants"
TAXI = yaml.safe_load((TENANTS / "taxihotline.yaml").read_text(encoding="utf-8"))
ONE_DAY = dt.timedelta(days=1)
NUMBERS = {"1xx": "+8612328", "95xxx": "+8695566", "96xxx": "+8696196"}
CLASSES = {"1xx": "nationwide", "95xxx": "nationwide", "96xxx": "local"}


def changed(where: str, value: object) -> dict[str, Any]:
    raw = copy.deepcopy(TAXI)
    *way, last = [int(step) if step.isdigit() else step for step in where.split("/")]
    part: Any = raw
    for step in way:
        part = part[step]
    if value is None:
        del part[last]
    else:
        part[last] = value
    return raw


def refused(raw: dict[str, Any]) -> set[str]:
    """Return the fields that keep the contract from becoming a stack; synth reads contracts by the same function."""
    try:
        parse(raw, source="test")
    except InvalidContract as error:
        return {problem.path for problem in error.problems}
    return set()


@pytest.mark.req("NUM-06")
@pytest.mark.parametrize("field", ["authority", "certificate", "expires_on", "fee", "level"])
@pytest.mark.parametrize("number_class", CLASSES)
def test_an_allocated_number_is_refused_until_each_of_its_papers_is_there(number_class: str, field: str) -> None:
    raw = changed("entry_numbers/0/number_class", number_class)
    number = raw["entry_numbers"][0]
    raw["reliability"]["carriers"][0]["numbers"][0] = number["number"] = NUMBERS[number_class]
    number["reach"] = CLASSES[number_class]
    number["allocation"]["level"] = "national" if number["reach"] == "nationwide" else "provincial"
    assert refused(raw) == set()
    del number["allocation"][field]
    assert refused(raw) == {f"entry_numbers.0.allocation.{field}"}


@pytest.mark.req("NUM-06")
def test_the_level_of_the_authority_expiry_fee_and_connections_are_judged() -> None:
    papers = "entry_numbers/0/allocation"
    yesterday = TAXI["checked_on"] - ONE_DAY
    assert refused(changed(f"{papers}/provinces", ["Zhejiang", "Jiangsu"])) == {"entry_numbers.0.allocation.level"}
    assert refused(changed(f"{papers}/expires_on", yesterday)) == {"entry_numbers.0.allocation.expires_on"}
    assert refused(changed(f"{papers}/fee", "overdue")) == {"entry_numbers.0.allocation.fee"}
    assert refused(changed("entry_numbers/0/connections", None)) == {"entry_numbers.0.connections"}
    assert refused(changed(papers, None)) == {"entry_numbers.0.allocation"}


@pytest.mark.req("NUM-06")
def test_the_connection_mode_of_each_carrier_is_listed() -> None:
    told = CliRunner().invoke(app, ["numbers", "list", "taxihotline"])
    assert told.exit_code == 0
    assert "china-telecom: direct" in told.output
    assert "china-mobile: transferred" in told.output
    assert "ZJ-MA-2025-0000, until 2030-03-31, fee paid" in told.output


@pytest.mark.req("LIC-01")
@pytest.mark.parametrize("service", [*UNLICENSED, "offshore-call-centre", "satellite-telephony"])
def test_a_tenant_under_the_domestic_licence_cannot_be_configured_for_anything_else(service: str) -> None:
    raw = changed("service_lines/0/services", ["call-centre", service])
    assert refused(raw) == {"service_lines.0.services.1"}


@pytest.mark.req("LIC-01")
def test_a_line_cannot_be_called_offshore_under_the_domestic_licence() -> None:
    raw = changed("service_lines/0/services", ["offshore-call-centre"])
    raw["service_lines"][0]["legal_class"] = "B24-2"
    assert refused(raw) == {"service_lines.0.legal_class"}


@pytest.mark.req("LIC-02")
@pytest.mark.parametrize(
    ("where", "value", "field"),
    [
        ("licences", [], "service_lines.0.legal_class"),
        ("licences/0/provinces", ["Jiangsu"], "service_lines.0.provinces"),
        ("licences/0/expires_on", TAXI["checked_on"] - ONE_DAY, "service_lines.0.legal_class"),
        ("service_lines/0/provinces", None, "service_lines.0.provinces"),
        ("service_lines/0/legal_class", None, "service_lines.0.legal_class"),
        ("licences/0/provinces", ["Zhejiang", "Jiangsu"], "licences.0"),
        ("licences/0/scope", "cross-province", "licences.0"),
    ],
)
def test_an_uncovered_line_does_not_go_live(where: str, value: object, field: str) -> None:
    assert refused(changed(where, value)) == {field}


def test_papers_are_judged_by_any_day_and_named_before_they_expire() -> None:
    contract = parse(TAXI, source="test")
    last = dt.date(2030, 3, 31)
    assert list(go_live_problems(contract, last)) == []
    paths = {problem.path for problem in go_live_problems(contract, last + ONE_DAY)}
    assert paths == {"entry_numbers.0.allocation.expires_on", "service_lines.0.legal_class"}
    soon = {problem.path for problem in expiring(contract, last - 89 * ONE_DAY, 90)}
    assert soon == {"entry_numbers.0.allocation.expires_on", "licences.0.expires_on"}
    assert list(expiring(contract, last - 90 * ONE_DAY, 90)) == []


@pytest.mark.parametrize(("day", "status", "told"), [("2026-11-22", 0, "may be live"), ("2030-04-01", 1, "expired")])
def test_the_check_of_a_day_fails_when_something_may_not_be_live(day: str, status: int, told: str) -> None:
    done = CliRunner().invoke(app, ["numbers", "check", "taxihotline", "--at", day])
    assert (done.exit_code, told in done.output) == (status, True)
