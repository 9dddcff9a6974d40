"""The KPI registry: complete, without a second definition anywhere, and told by its page (KPI-01)."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from chalicelib.access.models import Role
from chalicelib.metrics import policy
from chalicelib.metrics.counters import COUNTERS, TOLD_COUNTERS
from chalicelib.metrics.models import Kpi
from chalicelib.metrics.registry import DEFAULT_SERVICE_LEVEL, EVERY_KPI, OF_ALL_OFFERED, SERVICE_LEVELS, kpis
from chalicelib.metrics.unfed import UNFED
from chalicelib.tenancy.contract_kpis import Kpis
from chalicelib.tenancy.models import KpiTerms
from cli.kpi_page import PAGE, page

ROOT = Path(__file__).resolve().parents[3]
WHERE_KPIS_ARE_DIVIDED = ROOT / "chalicelib" / "metrics" / "policy.py"
PYTHON = [
    path
    for folder in ("chalicelib", "cli", "infra", "lambdas", "localstack")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if path != WHERE_KPIS_ARE_DIVIDED
]
HUNDRED = {
    "answered": 90, "answered_in_target": 80, "abandoned": 10, "short_abandoned": 4, "abandoned_in_target": 7,
    "offered": 100,
}  # fmt: skip
"""The worked day of the domain reference (3.2)."""


@pytest.mark.req("KPI-01")
def test_every_kpi_of_the_glossary_is_registered_once_fed_or_with_what_it_lacks() -> None:
    ids = [kpi.id for kpi in EVERY_KPI] + [kpi.id for kpi in UNFED]
    assert sorted(ids) == [f"K{number:02}" for number in range(1, 55)]
    assert all(kpi.missing for kpi in UNFED)


@pytest.mark.req("KPI-01")
@pytest.mark.parametrize(
    "kpi", [*EVERY_KPI, *SERVICE_LEVELS.values(), *OF_ALL_OFFERED.values()], ids=lambda kpi: kpi.id
)
def test_a_definition_is_whole(kpi: Kpi) -> None:
    assert kpi.formula
    assert kpi.source
    assert kpi.version >= 1
    assert kpi.owner in set(Role)
    assert kpi.counters <= {*COUNTERS, *TOLD_COUNTERS}


def test_kpis_stand_in_the_order_of_their_ids() -> None:
    assert [kpi.id for kpi in EVERY_KPI] == sorted(kpi.id for kpi in EVERY_KPI)


@pytest.mark.parametrize(
    ("variant", "share"),
    [
        ("answered-only", 0.889),
        ("all-offered", 0.800),
        ("short-abandons-excluded", 0.833),
        ("abandons-in-time-met", 0.870),
        ("abandons-in-time-excluded", 0.860),
        ("with-flow-outs", 0.800),
    ],
)
def test_the_variants_of_the_service_level_are_those_of_the_worked_day(variant: str, share: float) -> None:
    assert round(policy.value(SERVICE_LEVELS[variant], HUNDRED, 900) or 0, 3) == share


def test_a_contract_may_name_every_variant_and_no_other_one() -> None:
    assert set(get_args(Kpis.model_fields["service_level"].annotation)) == set(SERVICE_LEVELS)
    assert Kpis().service_level == KpiTerms().service_level == DEFAULT_SERVICE_LEVEL
    for variant, kpi in SERVICE_LEVELS.items():
        assert [one for one in kpis(variant) if one.id == "K03"] == [kpi]
        assert len(kpis(variant)) == len(EVERY_KPI)


def divided_counters(path: Path) -> Iterator[str]:
    """Yield where the module divides something by or into a counter."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.FloorDiv):
            named = {
                one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)
            }
            if named & {*COUNTERS, *TOLD_COUNTERS}:
                yield f"{path.relative_to(ROOT)}:{node.lineno}"


@pytest.mark.req("KPI-01")
def test_nobody_else_divides_counters() -> None:
    assert [found for path in PYTHON for found in divided_counters(path)] == []


def test_nobody_else_makes_a_kpi() -> None:
    made = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in PYTHON
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Kpi"
    ]
    assert {place.partition(":")[0] for place in made} == {"chalicelib/metrics/registry.py"}


def test_the_page_is_the_registrys() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "write it again: python -m cli.kpi_page"
