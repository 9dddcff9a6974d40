"""What every test layer stands on: requirement marks, the reference material beside the project, profiles."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.support import workers

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
OUTCOMES = ROOT / "build" / "requirement-tests.json"

settings.register_profile("ci", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("explore", deadline=None, max_examples=1_000)
settings.register_profile("mutation", settings.get_profile("ci"), max_examples=10)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

pytest_plugins = ["tests.support.cloud_fixture", "tests.support.system_fixture"]


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of the reference material; only tests marked `shared` may ask for it."""
    return SHARED


class _Requirements:
    """Remembers the outcome of every test that names requirement ids, in one process or over several workers."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self.left_out = 0

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        if not SHARED.is_dir():
            away = [item for item in items if item.get_closest_marker("shared")]
            self.left_out = len(away)
            items[:] = [item for item in items if item not in away]
            config.hook.pytest_deselected(items=away)
        for item in items:
            # A worker's reports carry these to the process that writes them down.
            item.user_properties += [("req", text) for mark in item.iter_markers("req") for text in mark.args]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        ids = [text for name, text in report.user_properties if name == "req"]
        if ids:
            passed = self.rows.get(report.nodeid, {"passed": True})["passed"] and report.passed
            self.rows[report.nodeid] = {"ids": ids, "passed": passed}

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(session.config, "workerinput"):
            session.config.workeroutput["left_out"] = self.left_out
            return
        known = json.loads(OUTCOMES.read_text()) if OUTCOMES.exists() else {}
        known |= self.rows
        alive = {nodeid: row for nodeid, row in known.items() if (ROOT / nodeid.split("::")[0]).exists()}
        if alive:
            OUTCOMES.parent.mkdir(exist_ok=True)
            OUTCOMES.write_text(json.dumps(alive, indent=1, sort_keys=True))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        self.left_out = max(self.left_out, getattr(node, "workeroutput", {}).get("left_out", 0))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.left_out:
            terminalreporter.write_line(
                f"{self.left_out} test(s) left out: they read the reference material that lies beside the project"
            )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> workers.Groups:
    """Give all tests that share the session's cloud to one worker, and all that synthesize to one."""
    return workers.Groups(config, log)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    """Hold that no test of a cloud runs apart from the others of it, and let those run as they are written.

    They share one clock, one floor and one table, and each goes on where the one before has left them; so a run says
    the same as the last one. Everything else is shuffled. A seed that is given by hand shuffles these too.
    """
    written = [item for item in items if _group(item) == workers.CLOUD]
    yield
    apart = [item.nodeid for item in items if workers.uses_what_is_shared(item) and _group(item) != workers.CLOUD]
    if apart:
        raise pytest.UsageError("tests of a cloud name its type (tests.support.cloud_fixture): " + ", ".join(apart))
    if not workers.seed_was_given(config):
        items[:] = workers.as_written(items, written)


def _group(item: pytest.Item) -> str | None:
    return workers.group(item.path.relative_to(ROOT).as_posix())


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
