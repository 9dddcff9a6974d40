"""The security section of a contract: what it takes, and what it refuses with its path."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from chalicelib.tenancy.compiler import compile_contract
from chalicelib.tenancy.contract_file import InvalidContract, parse
from chalicelib.tenancy.models import Reading, from_document

HR = Path(__file__).resolve().parents[3] / "tenants" / "hrgroup.yaml"


def contract(**security: Any) -> Any:
    return parse({**yaml.safe_load(HR.read_text(encoding="utf-8")), "security": security}, source="test")


def test_a_contract_without_the_section_has_the_usual_terms() -> None:
    assert from_document(compile_contract(contract())).reading == Reading()


def test_the_terms_of_reading_reach_the_functions() -> None:
    terms = {"unusual_per_h": 5, "front_desk_per_h": 9, "front_desk_page": 3}
    assert from_document(compile_contract(contract(reading=terms))).reading == Reading(**terms)


@pytest.mark.parametrize(
    ("section", "field"),
    [
        ({"reading": {"unusual_per_h": 10, "front_desk_per_h": 9}}, "security.reading"),
        ({"responsible": [{"name": "Wang", "role": "head", "duties": []}]}, "security.responsible"),
        ({"responsible": [{"name": "Wang", "role": "head", "duties": ["logs", "logs"]}]}, "security.responsible"),
        ({"recovery": {"time_min": 1}}, "security.recovery.time_min"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_its_path(section: Any, field: str) -> None:
    with pytest.raises(InvalidContract) as refused:
        contract(**section)
    assert any(str(problem).startswith(field) or field in str(problem) for problem in refused.value.problems)
