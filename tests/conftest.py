"""What every test layer stands on: requirement marks, the reference material beside the project, profiles."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
OUTCOMES = ROOT / "build" / "requirement-tests.json"

settings.register_profile("ci", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("explore", deadline=None, max_examples=1_000)
settings.register_profile("mutation", settings.get_profile("ci"), max_examples=10)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

pytest_plugins = ["tests.support.cloud_fixture"] if (ROOT / "tests/support/cloud_fixture.py").exists() else []


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of the reference material; only tests marked `shared` may ask for it."""
    return SHARED


class _Requirements:
    """Remembers the outcome of every test that names requirement ids."""

    def __init__(self) -> None:
        self.ids: dict[str, list[str]] = {}
        self.passed: dict[str, bool] = {}
        self.left_out = 0

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        if not SHARED.is_dir():
            away = [item for item in items if item.get_closest_marker("shared")]
            self.left_out = len(away)
            items[:] = [item for item in items if item not in away]
            config.hook.pytest_deselected(items=away)
        for item in items:
            ids = [text for mark in item.iter_markers("req") for text in mark.args]
            if ids:
                self.ids[item.nodeid] = ids

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.nodeid in self.ids:
            self.passed[report.nodeid] = self.passed.get(report.nodeid, True) and report.passed

    def pytest_sessionfinish(self) -> None:
        known = json.loads(OUTCOMES.read_text()) if OUTCOMES.exists() else {}
        for nodeid, passed in self.passed.items():
            known[nodeid] = {"ids": self.ids[nodeid], "passed": passed}
        alive = {nodeid: row for nodeid, row in known.items() if (ROOT / nodeid.split("::")[0]).exists()}
        if alive:
            OUTCOMES.parent.mkdir(exist_ok=True)
            OUTCOMES.write_text(json.dumps(alive, indent=1, sort_keys=True))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.left_out:
            terminalreporter.write_line(
                f"{self.left_out} test(s) left out: they read the reference material that lies beside the project"
            )


def pytest_configure(config: pytest.Config) -> None:
    """Start remembering which requirement ids the run proves."""
    config.pluginmanager.register(_Requirements(), "trunkline-requirements")


@pytest.fixture
def clean_tenant() -> Iterator[None]:
    """Let a test choose its tenant document: the process's cached tenant is forgotten before and after."""
    from chalicelib.tenancy import service  # noqa: PLC0415 - only tests that ask for it pay the import

    service.current.cache_clear()
    yield
    service.current.cache_clear()
