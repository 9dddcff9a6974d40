"""Documents of flows that name each other: the content of the catalogue, in which no text of a tenant is a name."""

import hashlib
from pathlib import Path

import pytest

from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.contract_file import load
from infra.cdk import flow_catalogue
from infra.cdk.flow_documents import documents, parts
from lambdas.connect_linker.flow_content import filled
from tests.support.synthesis import TENANT_IDS, TENANTS

WELCOME = "en-US: Welcome to the group's after-sales service."


def _arn(name: str) -> str:
    return f"arn:of:{name}"


def _saying(text: str, folder: Path) -> Contract:
    """Return the contract of the largest tenant, with another welcome."""
    contract = (TENANTS / "hrgroup.yaml").read_text(encoding="utf-8")
    assert WELCOME in contract
    (folder / "hrgroup.yaml").write_text(contract.replace(WELCOME, f'en-US: "{text}"'), encoding="utf-8")
    return load(folder / "hrgroup.yaml")


@pytest.mark.parametrize("tenant", TENANT_IDS)
def test_a_document_filled_in_is_the_content_of_its_flows(tenant: str) -> None:
    contract = load(TENANTS / f"{tenant}.yaml")
    units = flow_catalogue.flow_units(contract)
    for document in documents(contract, units):
        raw = document.text.encode()
        arns = {name: _arn(name) for name in document.references}
        assert filled(raw, hashlib.sha256(raw).hexdigest(), arns) == {
            f"flow.{unit.name}": flow_catalogue.content(unit, contract, _arn) for unit in document.units
        }


def test_a_prompt_that_looks_like_a_name_is_read_out_as_it_stands(tmp_path: Path) -> None:
    contract = _saying("Say flow.route and queue.after-sales.", tmp_path)
    (service,) = (unit for unit in flow_catalogue.flow_units(contract) if unit.name == "service.after-sales.en-US")
    texts = parts(service, contract)[::2]
    assert any("Say flow.route and queue.after-sales." in text for text in texts)


@pytest.mark.parametrize("text", [r"One \0 alone.", r"Two \0queue\0 of them."])
def test_a_prompt_with_the_character_that_marks_names_is_refused(text: str, tmp_path: Path) -> None:
    contract = _saying(text, tmp_path)
    with pytest.raises(ValueError, match=r"service\.after-sales\.en-US has the character U\+0000"):
        list(documents(contract, flow_catalogue.flow_units(contract)))
