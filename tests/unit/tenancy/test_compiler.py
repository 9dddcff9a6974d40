"""The compiled contract: the same bytes for the same contract, and everything that a decision needs."""

import json
from pathlib import Path

import pytest

from chalicelib.platform.tenancy import partition, tenant_id
from chalicelib.tenancy import service
from chalicelib.tenancy.compiler import compile_contract, document_text
from chalicelib.tenancy.contract_file import load
from chalicelib.tenancy.models import from_document

ROOT = Path(__file__).resolve().parents[3]


def contract_of(tenant: str):
    return load(ROOT / "tenants" / f"{tenant}.yaml")


def test_the_same_contract_compiles_to_the_same_bytes() -> None:
    first, second = (document_text(compile_contract(contract_of("hrgroup"))) for _ in range(2))
    assert first == second


def test_the_version_changes_exactly_with_the_content() -> None:
    contract = contract_of("hrgroup")
    renamed = contract.model_copy(update={"name": "Another name"})
    moved = contract.model_copy(update={"areas": ["elsewhere"]})
    version = compile_contract(contract)["version"]
    assert compile_contract(renamed)["version"] != version
    assert compile_contract(moved)["version"] == version  # nothing that a function decides on


def test_what_was_compiled_reads_back_through_json() -> None:
    tenant = from_document(json.loads(document_text(compile_contract(contract_of("hrgroup")))))
    line = tenant.lines["after-sales"]
    assert line.numbers == ("+864008601234",)
    assert line.menu["3"].queues == {"zh-CN": "complaints", "en-US": "english"}
    assert tenant.queues["complaints"].priority == 3
    assert tenant.grade_priority == {"gold": 1, "silver": 3}
    assert [(target.kpi, target.direction, target.target, target.effective_from) for target in tenant.kpi_targets] == [
        ("K03", "at-least", 0.8, None),
        ("K03", "at-least", 0.85, "2027-07-01"),
        ("K04", "at-most", 20, None),
        ("K10", "at-most", 0.05, None),
    ]


def test_a_document_of_another_version_is_refused() -> None:
    document = {**compile_contract(contract_of("taxihotline")), "document_version": 99}
    with pytest.raises(ValueError, match="version 99"):
        from_document(document)


@pytest.mark.usefixtures("clean_tenant")
def test_a_process_knows_its_tenant_from_the_packaged_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "tenant.json"
    path.write_text(document_text(compile_contract(contract_of("taxihotline"))), encoding="utf-8")
    monkeypatch.setenv(service.DOCUMENT_VARIABLE, str(path))
    assert service.current().id == "taxihotline"


@pytest.mark.parametrize("text", ["", "ab", "Acme", "acme-eu", "a#b", "1abc", "a" * 32, "acmé"])
def test_a_tenant_id_cannot_hold_a_separator_or_be_ambiguous(text: str) -> None:
    with pytest.raises(ValueError, match="tenant id must be"):
        tenant_id(text)


@pytest.mark.parametrize("part", ["", "a#b"])
def test_a_key_part_cannot_shift_a_key(part: str) -> None:
    with pytest.raises(ValueError, match="key part"):
        partition(tenant_id("acme"), "CALLER", part)
