"""INT-07: Lambda inputs and outputs follow versioned schemas, and CI tests that without a cloud account."""

import json
import re
import socket
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import pytest_socket

from cli import function_schemas, function_use
from infra.cdk.capacity import WEIGHTS
from tests.support.every_function import HANDLERS, SAMPLES, Aws, every_function


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Aws]:
    with every_function(monkeypatch, tmp_path) as aws:
        yield aws


def holds(name: str, way: str, value: Any) -> None:
    """Fail where `value` is not what the committed schema of the function's current version says."""
    version = function_schemas.FUNCTIONS[name].version
    schema = json.loads((function_schemas.FOLDER / f"{name}.v{version}.{way}.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(value)


@pytest.mark.req("INT-07")
def test_every_function_of_a_tenant_takes_and_answers_what_its_versioned_schema_says(aws: Aws) -> None:
    assert HANDLERS.keys() == WEIGHTS.keys()
    for name, handler in HANDLERS.items():
        for event in SAMPLES[name]:
            holds(name, "in", event)
            holds(name, "out", json.loads(json.dumps(handler(event))))
    assert aws.letters
    assert {json.loads(letter)["schema"] for letter in aws.letters} == {"dead_letter.v1"}


@pytest.mark.req("INT-07")
def test_a_version_cannot_come_to_mean_something_else_and_flows_keep_to_it() -> None:
    known = function_schemas.on_disk()
    assert function_schemas.breaking(known, {**known, **function_schemas.generated()}) == []
    name = "route_contact.v1.out.json"
    properties = {key: one for key, one in known[name]["properties"].items() if key != "queueArn"}
    broken = {**known, name: {**known[name], "properties": properties}}
    assert function_schemas.breaking(known, broken) == ["route_contact.v1.out.queueArn is gone"]
    assert function_use.unknown(function_use.templates()) == []


@pytest.mark.req("INT-07")
def test_ci_runs_contract_unit_and_flow_tests_and_none_can_reach_a_cloud(root: Path) -> None:
    assert "exec make test" in (root / ".ci" / "run").read_text(encoding="utf-8")
    recipe = re.search(r"^test:.*\n\t(.*)$", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert recipe is not None
    assert "scripts/test.sh" in recipe[1]
    suite = (root / "scripts" / "test.sh").read_text(encoding="utf-8")
    run = re.search(r"-m pytest (--numprocesses.*)$", suite, re.MULTILINE)
    assert run is not None
    assert not re.search(r" (-m|-k|--ignore|--deselect)\b", run[1])  # everything under testpaths
    assert "cli api compatible --since" in suite
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
    assert settings["testpaths"] == ["tests"]
    for room in ("tests/unit/contracts", "tests/unit", "tests/flows"):
        assert list((root / room).rglob("test_*.py"))
    with pytest.raises((UserWarning, pytest_socket.SocketConnectBlockedError), match=re.escape("203.0.113.1")):
        socket.create_connection(("203.0.113.1", 443), timeout=1)
