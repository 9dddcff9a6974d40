"""KPI targets of a contract: versions by effective date, and what is refused by the name of its field (TEN-06)."""

import copy
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from chalicelib.tenancy.compiler import compile_contract
from chalicelib.tenancy.contract_file import InvalidContract, parse
from chalicelib.tenancy.models import from_document

TENANTS = Path(__file__).resolve().parents[3] / "tenants"
SOUND: dict[str, Any] = yaml.safe_load((TENANTS / "hrgroup.yaml").read_text(encoding="utf-8"))
LEVEL = {"kpi": "K03", "direction": "at-least", "target": 0.8, "unit": "share"}
WAIT = {"kpi": "K04", "direction": "at-most", "target": 20, "unit": "seconds"}
JULY, AUGUST = dt.date(2026, 7, 1), dt.date(2026, 8, 1)


def problems_of(*targets: dict[str, Any]) -> set[str]:
    try:
        parse({**copy.deepcopy(SOUND), "kpi_targets": list(targets)}, source="test")
    except InvalidContract as error:
        return {problem.path for problem in error.problems}
    return set()


def test_a_kpi_may_have_a_version_for_each_day_on_which_its_target_changes() -> None:
    assert problems_of(LEVEL, {**LEVEL, "effective_from": JULY}, {**LEVEL, "effective_from": AUGUST}, WAIT) == set()
    assert problems_of(LEVEL, WAIT, LEVEL) == {"kpi_targets.2.kpi"}
    assert problems_of({**LEVEL, "effective_from": JULY}, {**LEVEL, "effective_from": JULY}) == {"kpi_targets.1.kpi"}


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ({**LEVEL, "warning": 0.75}, "kpi_targets.0"),
        ({**LEVEL, "warning": 1.2}, "kpi_targets.0"),
        ({**LEVEL, "target": -0.1}, "kpi_targets.0.target"),
        ({**LEVEL, "target": float("nan")}, "kpi_targets.0.target"),
        ({**LEVEL, "unit": "seconds"}, "kpi_targets.0"),
        ({**LEVEL, "window": "year"}, "kpi_targets.0.window"),
        ({**LEVEL, "consequence": ""}, "kpi_targets.0.consequence"),
        ({**LEVEL, "effective_from": AUGUST, "effective_until": AUGUST}, "kpi_targets.0"),
        ({**WAIT, "warning": 25}, "kpi_targets.0"),
    ],
)
def test_a_target_that_contradicts_itself_is_refused(target: dict[str, Any], path: str) -> None:
    assert problems_of(target) == {path}


def test_everything_agreed_about_a_target_reaches_the_functions() -> None:
    agreed = {**LEVEL, "warning": 0.85, "window": "week", "consequence": "5 % off", "effective_from": JULY}
    contract = parse({**copy.deepcopy(SOUND), "kpi_targets": [agreed, WAIT]}, source="test")
    (first, second) = from_document(json.loads(json.dumps(compile_contract(contract)))).kpi_targets
    assert (first.warning, first.window, first.consequence) == (0.85, "week", "5 % off")
    assert (first.effective_from, first.effective_until) == ("2026-07-01", None)
    assert (second.window, second.warning) == ("month", None)
