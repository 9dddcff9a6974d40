"""Other systems in the customers section of a contract: what it takes, and what it refuses with its path (INT-02)."""

from typing import Any

import pytest
import yaml

from chalicelib.adapters.models import SharedField
from chalicelib.adapters.policy import terms
from chalicelib.tenancy.compiler import compile_contract
from chalicelib.tenancy.contract_file import InvalidContract, parse
from chalicelib.tenancy.models import from_document
from tests.support.tenants import TENANTS

CRM = {"id": "crm", "url": "https://crm.example.com/v1", "secret": "crm", "fields": [{"field": "name"}]}


def raw(**more: Any) -> dict[str, Any]:
    document = yaml.safe_load((TENANTS / "keyaccounts.yaml").read_text(encoding="utf-8"))
    income = {"id": "income", "title": "Income", "kind": "number", "classification": "sensitive"}
    return {**document, "customers": {"fields": [income], "adapters": [{**CRM, **more}]}}


def problems(**more: Any) -> list[str]:
    try:
        parse(raw(**more), source="test")
    except InvalidContract as refused:
        return [str(problem).partition(":")[0] for problem in refused.problems]
    return []


def test_a_field_has_our_name_there_and_the_newest_wins_when_nothing_else_is_said() -> None:
    (crm,) = terms(from_document(compile_contract(parse(raw(), source="test"))))
    assert crm.fields == (SharedField(field="name", theirs="name", rule="newest"),)
    assert (crm.sign, crm.timeout_ms) == ("bearer", 1_500)


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"url": "http://crm.example.com"}, "url"),
        ({"url": "https://user@crm.example.com"}, "url"),
        ({"url": "https://crm.example.com/?x=1"}, "url"),
        ({"timeout_ms": 6_000}, "timeout_ms"),
        ({"sign": "none"}, "sign"),
        ({"fields": []}, "fields"),
        ({"fields": [{"field": "colour"}]}, "fields.0.field"),
        ({"fields": [{"field": "income"}]}, "fields.0.field"),
        ({"fields": [{"field": "name"}, {"field": "name"}]}, "fields.1.field"),
        ({"fields": [{"field": "name", "rule": "oldest"}]}, "fields.0.rule"),
    ],
)
def test_what_cannot_be_is_refused_by_its_path(wrong: dict[str, Any], path: str) -> None:
    assert problems(**wrong) == [f"customers.adapters.0.{path}"]
