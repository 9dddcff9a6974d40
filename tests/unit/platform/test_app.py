"""The app as a whole: what it registers, what Lambda loads, and what a flow-invoked function may import."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from chalice.test import Client

import app
from tests.support.flow_environment import queue_ids
from tests.support.tenants import document, menus_document

MODULE_BUDGET = 380
"""Modules that a flow-invoked function may load at import; botocore alone is 330 of them."""
FLOW_FUNCTIONS = [
    "chalicelib.routing.flow",
    "chalicelib.customers.flow",
    "chalicelib.waiting.flow",
    "chalicelib.menus.flow",
    "chalicelib.callbacks.flow",
]
HEAVY = {"boto3", "pydantic", "pynamodb", "aws_lambda_powertools", "aws_xray_sdk", "yaml", "s3transfer"}


def test_health_answers_without_a_token() -> None:
    with Client(app.app) as client:
        response = client.http.get("/v1/health")
    assert (response.status_code, response.json_body) == (200, {"status": "ok"})


def test_functions_are_handled_by_their_own_modules_so_that_lambda_does_not_load_the_app() -> None:
    handlers = {function.name: function.handler_string for function in app.app.pure_lambda_functions}
    assert handlers == {
        "notify_voicemail": "chalicelib.voicemail.events.notify_voicemail",
        "request_callback": "chalicelib.callbacks.flow.request_callback",
        "ingest_agent_events": "chalicelib.agents.events.ingest_agent_events",
        "estimate_wait": "chalicelib.waiting.flow.estimate_wait",
        "export_analytics": "chalicelib.analytics.events.export_analytics",
        "ingest_contact_records": "chalicelib.contacts.events.ingest_contact_records",
        "lookup_customer": "chalicelib.customers.flow.lookup_customer",
        "menu_step": "chalicelib.menus.flow.menu_step",
        "review_papers": "chalicelib.licences.events.review_papers",
        "note_security_events": "chalicelib.audit.events.note_security_events",
        "serve_privacy_requests": "chalicelib.privacy.events.serve_privacy_requests",
        "review_qualifications": "chalicelib.qualifications.events.review_qualifications",
        "route_contact": "chalicelib.routing.flow.route_contact",
    }


def test_only_health_is_open() -> None:
    views = [view for methods in app.app.routes.values() for view in methods.values()]
    assert [view.uri_pattern for view in views if view.authorizer is None] == ["/v1/health"]


def loaded_by(root: Path, module: str) -> set[str]:
    code = f"import sys, {module}; print(' '.join(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    return set(done.stdout.split())


@pytest.mark.parametrize("module", FLOW_FUNCTIONS)
def test_a_flow_function_stays_light(root: Path, module: str) -> None:
    modules = loaded_by(root, module)
    assert not HEAVY & {name.partition(".")[0] for name in modules}
    assert len(modules) <= MODULE_BUDGET
    assert "app" not in modules


def test_what_reads_the_floor_is_loaded_only_for_contracts_that_need_it(root: Path) -> None:
    before = loaded_by(root, "chalicelib.routing.flow")
    more = loaded_by(root, "chalicelib.routing.flow, chalicelib.routing.live_floor") - before
    assert "chalicelib.agents.service" in more
    assert len(more) <= 8
    assert not HEAVY & {name.partition(".")[0] for name in more}


@pytest.mark.parametrize("module", FLOW_FUNCTIONS)
def test_a_flow_function_reads_the_compiled_tenant_and_not_the_contract(root: Path, module: str) -> None:
    ours = {name for name in loaded_by(root, module) if name.startswith("chalicelib.")}
    assert not {"chalicelib.tenancy.contract", "chalicelib.tenancy.compiler"} & ours


def test_importing_the_app_needs_no_setting_because_synth_has_none(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import app"], capture_output=True, text=True, cwd=root, env={}, check=False
    )
    assert done.returncode == 0, done.stderr


GOOD = {
    "TRUNKLINE_TABLE": "trunkline-hrgroup",
    "TRUNKLINE_STAGE": "prod",
    "TRUNKLINE_QUEUES": json.dumps(queue_ids("hrgroup")),
    "AWS_DEFAULT_REGION": "us-east-1",
}
STARTED = "import {module} as flow; from chalicelib.platform import aws; print(aws.client.cache_info().currsize)"


def start(root: Path, folder: Path, module: str, **changed: str) -> subprocess.CompletedProcess[str]:
    """Import `module` as Lambda does when its handler lives there; the output counts the clients made."""
    document_path = folder / "tenant.json"
    document_path.write_text(document("hrgroup"), encoding="utf-8")
    menus_path = folder / "menus.json"
    menus_path.write_text(menus_document("hrgroup"), encoding="utf-8")
    packaged = {"TRUNKLINE_TENANT_DOCUMENT": str(document_path), "TRUNKLINE_MENUS": str(menus_path)}
    environment = {**GOOD, **packaged, "_HANDLER": f"{module}.handler", **changed}
    code = STARTED.format(module=module)
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=root, env=environment, check=False
    )


@pytest.mark.parametrize("module", FLOW_FUNCTIONS)
def test_a_function_makes_its_client_before_the_first_caller(root: Path, tmp_path: Path, module: str) -> None:
    assert start(root, tmp_path, module).stdout.strip() == "1"


@pytest.mark.parametrize("name", ["TRUNKLINE_TABLE", "TRUNKLINE_STAGE", "TRUNKLINE_QUEUES"])
def test_a_function_that_lacks_a_setting_does_not_start_and_names_it(root: Path, tmp_path: Path, name: str) -> None:
    done = start(root, tmp_path, "chalicelib.routing.flow", **{name: ""})
    assert done.returncode != 0
    assert f"the environment variable {name} is not set" in done.stderr


def test_a_module_that_is_not_the_entry_wires_nothing(root: Path, tmp_path: Path) -> None:
    assert start(root, tmp_path, "chalicelib.routing.flow", _HANDLER="app.app").stdout.strip() == "0"
