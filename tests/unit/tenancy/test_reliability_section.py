"""The reliability section of a contract: what it takes, what it refuses, and what reaches the functions."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from chalicelib.reliability.models import Measure, terms
from chalicelib.tenancy.compiler import compile_contract
from chalicelib.tenancy.contract_file import InvalidContract, parse
from chalicelib.tenancy.models import from_document

SITES = Path(__file__).resolve().parents[3] / "tenants" / "twosites.yaml"
RAW: dict[str, Any] = yaml.safe_load(SITES.read_text(encoding="utf-8"))
NUMBER, NODE = RAW["entry_numbers"][0]["number"], "telesales"
TREE = [{"id": "head", "name": "Head", "kind": "headquarters"}]


def contract(section: Any) -> Any:
    return parse({**RAW, "organisation": TREE, "reliability": section}, source="test")


def test_a_contract_without_the_section_promises_what_is_usual_and_recovery_too() -> None:
    tenant = from_document(compile_contract(parse(RAW, source="test")))
    found = terms(tenant.reliability)
    assert found.objectives[Measure.AVAILABILITY] == 0.999
    assert (found.carriers, found.quotas["concurrent_calls"]) == ((), 10)
    assert tenant.reliability["recovery"] == {"time_min": 240, "point_min": 5}


def test_a_carrier_and_a_site_are_promised_what_the_tenant_is_but_for_what_they_say_themselves() -> None:
    section = {
        "objectives": {"voice_quality": 4.0},
        "carriers": [{"name": "unicom", "numbers": [NUMBER], "objectives": {"connection_failures": 0.01}}],
        "sites": [{"node": "head", "objectives": {"voice_quality": 4.2}}],
    }
    found = terms(from_document(compile_contract(contract(section))).reliability)
    (carrier,), (site,) = found.carriers, found.sites
    assert carrier.numbers == {NUMBER}
    assert (carrier.objectives[Measure.CONNECTION_FAILURES], carrier.objectives[Measure.VOICE_QUALITY]) == (0.01, 4.0)
    assert (site.objectives[Measure.VOICE_QUALITY], site.objectives[Measure.AVAILABILITY]) == (4.2, 0.999)


@pytest.mark.parametrize(
    ("section", "path"),
    [
        ({"carriers": [{"name": "x", "numbers": ["+8610086"]}]}, "reliability.carriers.0.numbers.0"),
        ({"carriers": [{"name": n, "numbers": [NUMBER]} for n in "xy"]}, "reliability.carriers.1.numbers.0"),
        ({"carriers": [{"name": "x", "numbers": [NUMBER]}] * 2}, "reliability.carriers.1.name"),
        ({"sites": [{"node": "nowhere"}]}, "reliability.sites.0.node"),
        ({"sites": [{"node": "head"}, {"node": "head"}]}, "reliability.sites.1.node"),
        ({"warn_share": 0.7, "clear_share": 0.7}, "reliability"),
        ({"objectives": {"voice_quality": 6}}, "reliability.objectives.voice_quality"),
        ({"objectives": {"availability": 0}}, "reliability.objectives.availability"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_its_path(section: Any, path: str) -> None:
    with pytest.raises(InvalidContract) as refused:
        contract(section)
    assert path in [problem.path for problem in refused.value.problems]
