"""The app as a whole: what it registers, what Lambda loads, and what a flow-invoked function may import."""

import subprocess
import sys
from pathlib import Path

import pytest
from chalice.test import Client

import app

MODULE_BUDGET = 380
"""Modules that a flow-invoked function may load at import; botocore alone is 330 of them."""
HEAVY = {"boto3", "pydantic", "pynamodb", "aws_lambda_powertools", "aws_xray_sdk", "yaml", "s3transfer"}


def test_health_answers_without_a_token() -> None:
    with Client(app.app) as client:
        response = client.http.get("/v1/health")
    assert (response.status_code, response.json_body) == (200, {"status": "ok"})


def test_functions_are_handled_by_their_own_modules_so_that_lambda_does_not_load_the_app() -> None:
    handlers = {function.name: function.handler_string for function in app.app.pure_lambda_functions}
    assert handlers == {
        "ingest_contact_records": "chalicelib.contacts.events.ingest_contact_records",
        "lookup_customer": "chalicelib.customers.flow.lookup_customer",
        "route_contact": "chalicelib.routing.flow.route_contact",
    }


def test_only_health_is_open() -> None:
    views = [view for methods in app.app.routes.values() for view in methods.values()]
    assert [view.uri_pattern for view in views if view.authorizer is None] == ["/v1/health"]


def loaded_by(root: Path, module: str) -> set[str]:
    code = f"import sys, {module}; print(' '.join(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    return set(done.stdout.split())


@pytest.mark.parametrize("module", ["chalicelib.routing.flow", "chalicelib.customers.flow"])
def test_a_flow_function_stays_light(root: Path, module: str) -> None:
    modules = loaded_by(root, module)
    assert not HEAVY & {name.partition(".")[0] for name in modules}
    assert len(modules) <= MODULE_BUDGET
    assert "app" not in modules


@pytest.mark.parametrize("module", ["chalicelib.routing.flow", "chalicelib.customers.flow"])
def test_a_flow_function_reads_the_compiled_tenant_and_not_the_contract(root: Path, module: str) -> None:
    ours = {name for name in loaded_by(root, module) if name.startswith("chalicelib.")}
    assert not {"chalicelib.tenancy.contract", "chalicelib.tenancy.compiler"} & ours


def test_importing_the_app_needs_no_setting_because_synth_has_none(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import app"], capture_output=True, text=True, cwd=root, env={}, check=False
    )
    assert done.returncode == 0, done.stderr
