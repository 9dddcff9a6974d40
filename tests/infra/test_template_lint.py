"""The template after the SAM transform, read by cfn-lint; and the CDK's own checks, which stop a bad synthesis."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.synthesis import ROOT, TENANT_IDS, expand, synthesize

pytestmark = pytest.mark.infra

CFN_LINT = Path(sys.executable).parent / "cfn-lint"

REDUNDANT_DEPENDENCY = "W3005"
"""The CDK's functions depend on their role in words and by reference; harmless, and not ours to change."""


def _lint(template: dict[str, Any], file: Path) -> list[str]:
    file.write_text(json.dumps(template), encoding="utf-8")
    environment = {**os.environ, "AWS_DEFAULT_REGION": "us-east-1"}
    options = ["--format", "parseable", "--regions", "us-east-1", "--ignore-checks", REDUNDANT_DEPENDENCY]
    done = subprocess.run(
        [CFN_LINT, *options, "--", file], env=environment, capture_output=True, text=True, check=False
    )
    assert not done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("tenant", TENANT_IDS)
def test_the_expanded_template_has_no_error_and_no_warning(tenant: str, tmp_path: Path) -> None:
    assert _lint(expand(synthesize(tenant)), tmp_path / "expanded.json") == []


def test_a_planted_error_is_found(tmp_path: Path) -> None:
    # Of the whole template only what is planted into: a lint of all of it takes half a minute and proves no more.
    function = expand(synthesize(TENANT_IDS[0]))["Resources"]["RouteContact"]
    kept = {key: function["Properties"][key] for key in ("Runtime", "Handler")}
    planted = {**kept, "MemorySize": "much", "Code": {"ZipFile": "pass"}, "Role": "arn:aws:iam::000000000000:role/r"}
    template = {"Resources": {"RouteContact": {**function, "Properties": planted, "DependsOn": []}}}
    (finding,) = _lint(template, tmp_path / "expanded.json")
    assert "E3012" in finding


PLANTED = """
import sys
from infra.cdk.app import FLAGS, check
from aws_cdk import App, Stack
from aws_cdk import aws_sqs
app = App(outdir=sys.argv[1], post_cli_context=FLAGS)
aws_sqs.CfnQueue(Stack(app, "planted"), "Queue")
check(app)
app.synth()
"""


def test_a_finding_of_cdk_nag_that_nobody_acknowledged_stops_the_synthesis(tmp_path: Path) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    command = [sys.executable, "-c", PLANTED, str(tmp_path)]
    environment = {**os.environ, "PATH": path}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "AwsSolutions-SQS4" in (tmp_path / "validation-report.json").read_text(encoding="utf-8")
