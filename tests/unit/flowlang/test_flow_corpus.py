"""Public flows, read in place: all load, and the explorer visits what can be reached."""

import json
from collections.abc import Iterator
from pathlib import Path
from time import process_time

import pytest

from flowlang.explore import Bounds, explore, replay
from flowlang.lint import refusals
from flowlang.load import Loaded, load
from tests.support.flow_scripts import assert_is_path

pytestmark = pytest.mark.shared


def _flows(shared: Path) -> Iterator[tuple[str, Loaded]]:
    folder = shared / "corpus" / "flows"
    for entry in json.loads((folder / "manifest.json").read_text(encoding="utf-8")):
        for loaded in load((folder / entry["rel"]).read_bytes()):
            yield entry["rel"], loaded


def test_every_public_flow_loads_and_keeps_its_actions(shared: Path) -> None:
    folder = shared / "corpus" / "flows"
    for entry in json.loads((folder / "manifest.json").read_text(encoding="utf-8")):
        found = load((folder / entry["rel"]).read_bytes())
        assert sum(len(one.flow.actions) for one in found) >= entry["n"], entry["rel"]


def test_the_explorer_visits_every_reachable_action_of_at_least_95_percent(shared: Path) -> None:
    whole = accepted = 0
    for _, loaded in _flows(shared):
        if not refusals(loaded.flow, flow_type=loaded.type):
            accepted += 1
            report = explore(loaded, bounds=Bounds(states=5_000))
            whole += report.visited == report.reachable and not report.unsupported
    assert accepted > 100
    assert whole >= 0.95 * accepted


def test_every_problem_in_public_flows_has_a_script_that_is_a_path(shared: Path) -> None:
    scripts = 0
    for _, loaded in _flows(shared):
        for problem in explore(loaded, bounds=Bounds(states=2_000)).problems:
            replay(loaded, problem.script)
            assert_is_path(problem.script, loaded)
            scripts += 1
    assert scripts > 100


def test_the_largest_public_flow_is_explored_in_seconds(shared: Path) -> None:
    _, loaded = max(_flows(shared), key=lambda one: len(one[1].flow.actions))
    before = process_time()
    report = explore(loaded, bounds=Bounds(clock=process_time))
    assert process_time() - before < 10
    assert report.visited == report.reachable
