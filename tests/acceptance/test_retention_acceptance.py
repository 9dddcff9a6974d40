"""Logs are retained, personal data is protected, and named persons are responsible (LIC-04)."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

import app
from chalicelib.access.models import Role
from chalicelib.tenancy.contract_file import InvalidContract, load, parse
from chalicelib.tenancy.contract_security import Duty
from infra.cdk.constructs.linker import LOGS_TYPE
from tests.support.rest import USER, get
from tests.support.rest_table import rest_table
from tests.support.synthesis import expand, of_type, synthesize

pytestmark = pytest.mark.infra

TENANTS = Path(__file__).resolve().parents[2] / "tenants"
LEGAL_DAYS = 183
"""Six months: the common legal minimum."""


def refused(tenant: str, **changes: Any) -> set[str]:
    raw = yaml.safe_load((TENANTS / f"{tenant}.yaml").read_text(encoding="utf-8"))
    for name, change in changes.items():
        raw[name] = {**raw[name], **change}
    with pytest.raises(InvalidContract) as problems:
        parse(raw, source="test")
    return {str(problem).split(":")[0] for problem in problems.value.problems}


def assert_logs_are_kept(template: dict[str, Any], days: int) -> None:
    """Hold that whatever the stack logs is kept so many days, and the trail of what users did without an end."""
    assert days >= LEGAL_DAYS
    groups = [one["Properties"] for one in of_type(template, "AWS::Logs::LogGroup").values()]
    logging = [one["Properties"]["LoggingConfig"] for one in of_type(template, "AWS::Lambda::Function").values()]
    assert len(groups) > len(logging) > 0, "a group for each function, and those of the API and the deliveries"
    assert {one["RetentionInDays"] for one in groups} == {days}
    assert all("LogGroup" in one for one in logging)
    (flows,) = of_type(template, LOGS_TYPE).values()
    assert re.fullmatch(r"/aws/connect/trunkline-[a-z0-9]+", flows["Properties"]["LogGroupName"])
    assert flows["Properties"]["RetentionInDays"] == str(days)
    access = [one["Properties"] for name, one in of_type(template, "AWS::S3::Bucket").items() if "AccessLogs" in name]
    assert [rule["ExpirationInDays"] for one in access for rule in one["LifecycleConfiguration"]["Rules"]] == [days]
    (trail,) = (one for name, one in of_type(template, "AWS::DynamoDB::Table").items() if "Audit" in name)
    assert "TimeToLiveSpecification" not in trail["Properties"]
    assert trail["DeletionPolicy"] == "Retain"


def assert_persons_answer() -> None:
    """Hold that every tenant names, for every duty, a person who can be reached."""
    for path in sorted(TENANTS.glob("*.yaml")):
        people = load(path).security.responsible
        assert {duty for person in people for duty in person.duties} == set(get_args(Duty)), path.name
        assert all(person.name and person.role and person.reached_at for person in people)


@pytest.mark.req("LIC-04")
def test_logs_are_retained_data_is_protected_and_named_persons_answer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clean_tenant: None
) -> None:
    assert clean_tenant is None
    contract = load(TENANTS / "taxihotline.yaml")
    assert_logs_are_kept(expand(synthesize("taxihotline")), contract.retention.logs_days)
    for too_short in (30, LEGAL_DAYS - 3, LEGAL_DAYS - 1):
        assert "retention.logs_days" in " ".join(refused("taxihotline", retention={"logs_days": too_short}))
    assert_persons_answer()
    assert "security.responsible" in " ".join(refused("taxihotline", security={"responsible": []}))
    with rest_table(monkeypatch, tmp_path):
        for role in Role:
            status, told = get(app.app, "/v1/privacy", claims={**USER, "cognito:groups": role.value})
            assert status == 200
    assert {duty for person in told["responsible"] for duty in person["duties"]} == set(get_args(Duty))
    assert all(person["reached_by"] and person["person"] for person in told["responsible"])
    (logs,) = (line for line in told["kept"] if line["what"].startswith("logs of functions"))
    assert logs["days"] >= LEGAL_DAYS
    assert {one["kind"] for one in told["purposes"]} == {"operation", "staff", "identity", "reach", "content"}
    assert all(one["purpose"] and one["erased"] for one in told["purposes"])
