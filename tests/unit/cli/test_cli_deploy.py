"""What is deployed again, and what is left alone."""

from pathlib import Path

import pytest

from cli import aws, deploy
from cli.places import ROOT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("app.py", "chalicelib/routing/policy.py", "infra/cdk/app.py", "contact_flows/flows/inbound.json"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"content of {name}", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", ["app.py", "chalicelib/routing/policy.py", "contact_flows/flows/inbound.json"])
def test_a_changed_source_makes_the_stack_stale(project: Path, name: str) -> None:
    before = deploy.inputs_digest("hrgroup", project)
    (project / name).write_text("other", encoding="utf-8")
    assert deploy.inputs_digest("hrgroup", project) != before


def test_a_new_or_renamed_source_makes_the_stack_stale(project: Path) -> None:
    before = deploy.inputs_digest("hrgroup", project)
    moved = (project / "app.py").rename(project / "chalicelib" / "app.py")
    assert deploy.inputs_digest("hrgroup", project) != before
    moved.rename(project / "app.py")
    assert deploy.inputs_digest("hrgroup", project) == before


def test_compiled_files_and_pages_change_nothing(project: Path) -> None:
    before = deploy.inputs_digest("hrgroup", project)
    (project / "chalicelib" / "__pycache__").mkdir()
    (project / "chalicelib" / "__pycache__" / "x.cpython-313.pyc").write_bytes(b"x")
    (project / "infra" / "README.md").write_text("words", encoding="utf-8")
    assert deploy.inputs_digest("hrgroup", project) == before


def test_another_tenant_has_another_digest(project: Path) -> None:
    assert deploy.inputs_digest("hrgroup", project) != deploy.inputs_digest("taxihotline", project)


def test_of_a_failed_deployment_the_failed_resources_are_read_first() -> None:
    output = "starting\nFailed resources:\nx | CREATE_FAILED | y | it is claimed\n\n ❌  x failed to deploy\nmore"
    assert deploy.essence(output) == "x | CREATE_FAILED | y | it is claimed"
    assert deploy.essence("one\n\nno such file") == "one\nno such file"


def test_a_cdk_command_can_only_reach_the_local_cloud() -> None:
    environment = deploy.environment(aws.endpoint(4610))
    reached = {key: value for key, value in environment.items() if key.startswith("AWS_")}
    assert reached == aws.environment("http://127.0.0.1:4610")
    assert "AWS_PROFILE" not in environment
    assert environment["PATH"].startswith(str(ROOT / ".venv" / "bin"))
