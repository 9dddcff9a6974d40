"""The security section of a contract: what it takes, and what it refuses with its path."""

from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from chalicelib.privacy.models import terms
from chalicelib.tenancy.compiler import compile_contract
from chalicelib.tenancy.contract_file import InvalidContract, parse
from chalicelib.tenancy.contract_security import Duty
from chalicelib.tenancy.models import Reading, from_document

WANG = {"name": "Wang", "role": "head", "reached_at": "wang@hrgroup.example", "duties": list(get_args(Duty))}
HR = Path(__file__).resolve().parents[3] / "tenants" / "hrgroup.yaml"


def contract(**security: Any) -> Any:
    raw = yaml.safe_load(HR.read_text(encoding="utf-8"))
    return parse({**raw, "security": {**raw["security"], **security}}, source="test")


def test_a_contract_without_terms_of_reading_has_the_usual_ones() -> None:
    assert from_document(compile_contract(contract())).reading == Reading()


def test_the_terms_of_reading_reach_the_functions() -> None:
    terms = {"unusual_per_h": 5, "front_desk_per_h": 9, "front_desk_page": 3}
    assert from_document(compile_contract(contract(reading=terms))).reading == Reading(**terms)


def test_who_answers_for_what_and_how_long_is_kept_reach_the_functions() -> None:
    tenant = from_document(compile_contract(contract(responsible=[WANG])))
    said = terms(tenant.privacy)
    (person,) = said.responsible
    assert (person.name, person.reached_at, person.duties) == ("Wang", "wang@hrgroup.example", get_args(Duty))
    assert (said.retention.contacts_days, said.retention.logs_days) == (1095, 365)


@pytest.mark.parametrize(
    ("section", "field"),
    [
        ({"reading": {"unusual_per_h": 10, "front_desk_per_h": 9}}, "security.reading"),
        ({"responsible": [{**WANG, "duties": []}]}, "security.responsible.0.duties"),
        ({"responsible": [{**WANG, "duties": ["logs", "logs"]}]}, "security.responsible.0.duties"),
        ({"responsible": [{**WANG, "reached_at": "room 5"}]}, "security.responsible.0.reached_at"),
        ({"responsible": [{**WANG, "duties": ["logs", "security", "licences"]}]}, "security"),
        ({"responsible": []}, "security.responsible"),
        ({"recovery": {"time_min": 1}}, "security.recovery.time_min"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_its_path(section: Any, field: str) -> None:
    with pytest.raises(InvalidContract) as refused:
        contract(**section)
    assert any(str(problem).startswith(field) or field in str(problem) for problem in refused.value.problems)
