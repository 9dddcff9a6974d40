"""Determinism, stages, other tenants: what decides the template, and what does not (TEN-03)."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.synthesis import TENANTS, Assembly, run_app, synthesize, synthesize_anew

pytestmark = pytest.mark.infra

_PACKAGE = r"Resources\.\w+\.Properties\.(CodeUri\.Key|Code\.S3Key)"
STAGE_DIFFERENCES = (
    r"Resources\.\w+\.Properties\.Architectures\.0",
    r"Resources\.\w+\.Properties\.Environment\.Variables\.TRUNKLINE_STAGE",
    r"Resources\.\w+\.Properties\.Environment\.Variables\.TRUNKLINE_CLOCK",
    # The wheels inside are those of the architecture.
    _PACKAGE,
)


def _content(assembly: Assembly) -> dict[str, str]:
    """Return the digest of all that is deployed: the template, and every asset under its name (which is its hash)."""
    files = [path for path in assembly.folder.rglob("*") if path.is_file() and _deployed(path, assembly)]
    return {
        path.relative_to(assembly.folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


def _deployed(path: Path, assembly: Assembly) -> bool:
    return path == assembly.template_path or path.relative_to(assembly.folder).parts[0].startswith("asset.")


def _differences(one: Any, other: Any, path: str = "") -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            yield from _differences(one.get(key), other.get(key), f"{path}.{key}" if path else key)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for position, pair in enumerate(zip(one, other, strict=True)):
            yield from _differences(*pair, f"{path}.{position}")
    elif one != other:
        yield path


def test_the_same_contract_gives_the_same_template_and_the_same_assets() -> None:
    once, again = synthesize("taxihotline"), synthesize_anew("taxihotline", seed=2)
    assert once.folder != again.folder
    assert _content(once) == _content(again)
    assert any(name.endswith(".zip") for name in _content(once))


def test_the_template_knows_nothing_of_the_machine_that_made_it() -> None:
    text = synthesize("taxihotline").template_path.read_text(encoding="utf-8")
    assert str(TENANTS.parent) not in text
    assert "chalice.out" not in text


def test_the_stage_changes_the_architecture_and_two_variables_and_nothing_else() -> None:
    prod, local = synthesize("taxihotline").template, synthesize("taxihotline", "local").template
    paths = list(_differences(prod, local))
    unexpected = [path for path in paths if not any(re.fullmatch(pattern, path) for pattern in STAGE_DIFFERENCES)]
    assert unexpected == []
    for pattern in STAGE_DIFFERENCES:
        assert any(re.fullmatch(pattern, path) for path in paths), pattern


@pytest.fixture
def tenants(tmp_path: Path) -> Path:
    """Return a folder with a third tenant: the taxi hotline's contract under another name and number."""
    text = (TENANTS / "taxihotline.yaml").read_text(encoding="utf-8")
    other = text.replace("tenant: taxihotline", "tenant: parkinghotline").replace("+8696196", "+8696197")
    (tmp_path / "parkinghotline.yaml").write_text(other, encoding="utf-8")
    return tmp_path


def test_a_contract_that_does_not_hold_is_refused_with_every_field_and_without_a_stack_trace(
    tenants: Path, tmp_path: Path
) -> None:
    file = tenants / "parkinghotline.yaml"
    broken = file.read_text(encoding="utf-8").replace("default_queue: hotline", "default_queue: nowhere")
    file.write_text(broken.replace("contracted: 20", "contracted: none"), encoding="utf-8")
    done = run_app({"tenant": "parkinghotline", "tenants": str(tenants)}, tmp_path / "out")
    assert done.returncode != 0
    assert "service_lines.0.default_queue" in done.stderr
    assert "seats.contracted" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((tmp_path / "out").glob("*.template.json"))


def test_an_unknown_tenant_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    done = run_app({"tenant": "nobody"}, tmp_path / "out")
    assert done.returncode != 0
    known = "|".join(sorted(path.stem for path in TENANTS.glob("*.yaml")))
    assert f"<{known}>" in done.stderr


def test_capacity_that_no_function_could_run_with_is_refused_by_the_fields_name(tenants: Path, tmp_path: Path) -> None:
    file = tenants / "parkinghotline.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("reserved_concurrency: 20", "reserved_concurrency: 2"))
    done = run_app({"tenant": "parkinghotline", "tenants": str(tenants)}, tmp_path / "out")
    assert "capacity.reserved_concurrency must be at least" in done.stderr


def test_every_resource_that_can_carry_the_tenants_tag_does() -> None:
    # Types of ours whose CloudFormation schema knows no tags, and three that are ours altogether.
    untaggable = {
        *("AWS::Connect::InstanceStorageConfig", "AWS::Cognito::UserPoolClient", "AWS::Cognito::UserPoolGroup"),
        *("AWS::Lambda::EventInvokeConfig", "AWS::Lambda::Permission", "AWS::S3::BucketPolicy"),
        *("AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy", "Custom::ContactFlowContent", "Custom::PhoneNumberFlow"),
        *("AWS::Glue::Database", "AWS::Glue::Table", "AWS::Logs::LogStream", "Custom::LogRetention"),
        "AWS::Connect::PredefinedAttribute",
    }
    resources = synthesize("taxihotline").template["Resources"].values()
    assert {item["Type"] for item in resources if _tag(item) != "taxihotline"} == untaggable


def _tag(resource: dict[str, Any]) -> str | None:
    properties = resource.get("Properties", {})
    tags = properties.get("Tags") or properties.get("UserPoolTags") or {}
    pairs = tags if isinstance(tags, dict) else {tag["Key"]: tag["Value"] for tag in tags}
    return pairs.get("tenant")
