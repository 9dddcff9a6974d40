"""Which number called parties are shown: a verified one of the tenant, and never another party's (OUT-10)."""

import copy
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from chalicelib.tenancy.contract_file import InvalidContract, parse

ROOT = Path(__file__).resolve().parents[2]
HR = yaml.safe_load((ROOT / "tenants" / "hrgroup.yaml").read_text(encoding="utf-8"))
OWN, ANOTHERS = "+864008601234", "+864008609999"
ALSO = "voicemail.notices.presented_number"
"""Another place of the contract that presents the same number."""


def refused(raw: dict[str, Any]) -> set[str]:
    try:
        parse(raw, source="test")
    except InvalidContract as error:
        return {problem.path for problem in error.problems}
    return set()


def presenting(number: str, where: str) -> dict[str, Any]:
    raw = copy.deepcopy(HR)
    if where == "queues.0.caller_id":
        raw["queues"][0]["caller_id"] = number
    else:
        raw["queues"][0].pop("caller_id")
        raw["routing"] = {"presented_number": number}
    return raw


@pytest.mark.req("OUT-10")
@pytest.mark.parametrize("where", ["queues.0.caller_id", "routing.presented_number"])
def test_only_a_verified_number_of_the_tenant_is_presented(where: str) -> None:
    raw = presenting(OWN, where)
    assert refused(raw) == set()
    assert refused(presenting(ANOTHERS, where)) == {where}
    number = raw["entry_numbers"][0]
    number["verified_on"] = HR["checked_on"]
    assert refused(raw) == set()
    number["verified_on"] = HR["checked_on"] + dt.timedelta(days=1)
    assert refused(raw) == {where, ALSO}
    del number["verified_on"]
    assert refused(raw) == {where, ALSO}


@pytest.mark.req("OUT-10")
def test_no_flow_presents_a_number_that_the_contract_does_not_name() -> None:
    """A transfer to an outside telephone without a caller id would show the queue's; one with it shows the tenant's."""
    actions = [
        action
        for path in (ROOT / "contact_flows").rglob("*.json")
        for action in json.loads(path.read_text(encoding="utf-8")).get("Actions", [])
    ]
    presented = {one["Parameters"]["CallerId"]["Number"] for one in actions if "CallerId" in one.get("Parameters", {})}
    assert presented == {"$.External.presentedNumber", "$.Attributes.presentedNumber"}
    # The attribute is what `route_contact` answered, and nothing else ever writes it.
    written = [one.get("Parameters", {}).get("Attributes", {}).get("presentedNumber") for one in actions]
    assert set(written) - {None} == {"$.External.presentedNumber"}
