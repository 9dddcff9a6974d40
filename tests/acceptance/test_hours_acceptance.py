"""Service hours as a client enterprise knows them: set per line, and the same for whoever asks (TEN-04)."""

import copy
import datetime as dt
import json
from typing import Any

import pytest
import yaml

from chalicelib.contacts import policy as contacts
from chalicelib.contacts import record as records
from chalicelib.hours.service import LineHours
from chalicelib.tenancy.compiler import compile_contract
from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.contract_file import parse
from chalicelib.tenancy.models import from_document, is_open, local_time
from tests.support.tenant_world import TENANTS, TenantWorld

RAW = yaml.safe_load((TENANTS / "hrgroup.yaml").read_text(encoding="utf-8"))
TELESALES = "+862155360100"
WORKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
ALWAYS = {"id": "line", "kind": "7x24"}
TWELVE = {"id": "line", "kind": "12-hours", "starts": "20:00"}
OFFICE = {
    "id": "line",
    "kind": "weekly",
    "week": {day: ["09:00-12:00", "13:00-17:00"] for day in WORKDAYS},
    "holidays": [{"date": dt.date(2026, 3, 3), "name": "Founders' day"}],
    "calendar": {"of": "cn", "years": [2026]},
}
LONDON = {"id": "line", "kind": "weekly", "time_zone": "Europe/London", "week": {"sunday": ["01:30-02:30"]}}


def contract_with(hours: dict[str, Any]) -> Contract:
    """Return the tenant whose telesales line has these hours; its other line stays as it is."""
    raw = copy.deepcopy(RAW)
    raw["hours"].append(hours)
    raw["service_lines"][1]["hours"] = "line"
    return parse(raw, source="test")


@pytest.mark.req("TEN-04")
@pytest.mark.parametrize(
    ("hours", "at", "expected"),
    [
        (ALWAYS, "2026-10-01T03:00:00+08:00", True),
        (TWELVE, "2026-03-02T19:59:00+08:00", False),
        (TWELVE, "2026-03-02T20:00:00+08:00", True),
        (TWELVE, "2026-03-03T07:59:00+08:00", True),
        (TWELVE, "2026-03-03T08:00:00+08:00", False),
        (OFFICE, "2026-03-02T11:59:00+08:00", True),
        (OFFICE, "2026-03-02T12:00:00+08:00", False),
        (OFFICE, "2026-03-03T10:00:00+08:00", False),
        (OFFICE, "2026-10-01T10:00:00+08:00", False),
        (OFFICE, "2026-10-10T10:00:00+08:00", True),
        (OFFICE, "2026-10-11T10:00:00+08:00", False),
        (LONDON, "2026-03-29T01:15:00+00:00", True),
        (LONDON, "2026-10-25T00:45:00+00:00", True),
        (LONDON, "2026-10-25T01:15:00+00:00", False),
        (LONDON, "2026-10-25T01:45:00+00:00", True),
        (LONDON, "2026-10-25T02:30:00+00:00", False),
    ],
)
def test_caller_desktop_decision_and_report_are_told_the_same(hours: dict[str, Any], at: str, expected: bool) -> None:  # noqa: FBT001
    """One call through the tenant's own flows at that instant; the others are asked about when the call asked."""
    contract = contract_with(hours)
    tenant = from_document(compile_contract(contract))
    instant = dt.datetime.fromisoformat(at).astimezone(dt.UTC)
    world = TenantWorld(contract, now=instant)
    call = world.dial(TELESALES, patience_s=60)
    asked = [told for told in call.transcript if told.text.startswith("Hours line:")]
    flow = [told.facts["result"] == "True" for told in asked]
    assert flow == [expected]
    assert LineHours(tenant).of_line("telesales", instant).is_open is expected
    assert is_open(tenant.hours["line"], local_time(instant, tenant.time_zone)) is expected
    reported = contacts.contact(records.parse(json.dumps(world.record_of(call)).encode()), tenant)
    assert (reported.line, reported.off_hours) == ("telesales", not expected)
