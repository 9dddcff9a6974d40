"""The template before and after the SAM transform, read by cfn-lint and by the CDK's own checks."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.synthesis import TENANT_IDS, expand, synthesize

pytestmark = pytest.mark.infra


@pytest.mark.parametrize("tenant", TENANT_IDS)
def test_the_expanded_template_has_no_error_and_no_warning(tenant: str, tmp_path: Path) -> None:
    file = tmp_path / "expanded.template.json"
    file.write_text(json.dumps(expand(synthesize(tenant))), encoding="utf-8")
    environment = {**os.environ, "AWS_DEFAULT_REGION": "us-east-1"}
    command = [sys.executable, "-m", "cfnlint", "--format", "parseable", "--regions", "us-east-1", "--", str(file)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == [], done.stdout


@pytest.mark.parametrize("tenant", TENANT_IDS)
def test_cdk_nag_finds_nothing_that_is_not_acknowledged_with_a_reason(tenant: str) -> None:
    report = synthesize(tenant).folder / "validation-report.json"
    plugins = json.loads(report.read_text(encoding="utf-8"))["pluginReports"] if report.exists() else []
    assert [plugin["pluginName"] for plugin in plugins if plugin["conclusion"] != "success"] == []
