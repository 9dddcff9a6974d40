"""`trunkline tenants check`: every problem at once, each with its path."""

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from cli import places
from cli.commands import tenants

RUNNER = CliRunner()


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    contract = yaml.safe_load(places.contract_path("hrgroup").read_text(encoding="utf-8"))
    contract["tenant"] = "broken"
    contract["seats"]["contracted"] = 900
    contract["queues"][0]["hours"] = "nights"
    contract["time_zone"] = "Mars/Olympus"
    contract["colour"] = "blue"
    path = tmp_path / "broken.yaml"
    path.write_text(yaml.safe_dump(contract, allow_unicode=True), encoding="utf-8")
    return path


def test_every_shipped_contract_is_good() -> None:
    answer = RUNNER.invoke(tenants.app, ["check"])
    assert answer.exit_code == 0, answer.output
    assert [line.partition(":")[0] for line in answer.output.splitlines()] == [f"{t}.yaml" for t in places.tenants()]
    assert "hrgroup.yaml: good (HR Industrial Group Traffic Centre: 2 numbers, 2 service lines" in answer.output


@pytest.mark.req("TEN-02")
def test_all_problems_of_a_contract_are_listed_with_their_paths(broken: Path) -> None:
    answer = RUNNER.invoke(tenants.app, ["check", str(broken), str(places.contract_path("taxihotline"))])
    assert answer.exit_code == 1
    assert "broken.yaml: 4 problem(s)" in answer.output
    for path in ("colour: unknown field", "queues.0.hours: no such entry in hours: 'nights'", "seats: ", "time_zone: "):
        assert path in answer.output
    assert "taxihotline.yaml: good" in answer.output


def test_a_missing_file_is_a_problem_too(tmp_path: Path) -> None:
    answer = RUNNER.invoke(tenants.app, ["check", str(tmp_path / "nobody.yaml")])
    assert answer.exit_code == 1
    assert "nobody.yaml" in answer.output


def test_the_schema_is_written_as_json(tmp_path: Path) -> None:
    answer = RUNNER.invoke(tenants.app, ["schema", "--out", str(tmp_path / "schema.json")])
    assert answer.exit_code == 0, answer.output
    document = json.loads((tmp_path / "schema.json").read_text(encoding="utf-8"))
    assert document["properties"]["tenant"]["type"] == "string"
    assert document["additionalProperties"] is False


def test_the_schema_in_the_docs_is_the_schema_of_the_contract(tmp_path: Path) -> None:
    RUNNER.invoke(tenants.app, ["schema", "--out", str(tmp_path / "schema.json")])
    written = tenants.SCHEMA.read_text(encoding="utf-8")
    assert written == (tmp_path / "schema.json").read_text(encoding="utf-8"), "run: make docs"


def test_a_copied_tenant_that_kept_the_number_is_refused(tmp_path: Path) -> None:
    copy = yaml.safe_load(places.contract_path("taxihotline").read_text(encoding="utf-8")) | {"tenant": "clinic"}
    path = tmp_path / "clinic.yaml"
    path.write_text(yaml.safe_dump(copy, allow_unicode=True), encoding="utf-8")
    answer = RUNNER.invoke(tenants.app, ["check", str(path)])
    assert answer.exit_code == 1
    assert "+8696196 is an entry number of clinic and of taxihotline" in answer.output
