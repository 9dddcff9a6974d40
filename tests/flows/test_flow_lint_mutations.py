"""Public flows that are accepted, each broken in every way that it can be: the right code tells of it."""

import copy
import json
from pathlib import Path
from random import Random

import pytest

from flowlang import document
from flowlang.lint import refusals
from flowlang.load import Loaded, load
from tests.support.flow_mutations import MUTATIONS

pytestmark = pytest.mark.shared


FLOWS_A_WAY = 12
"""So many flows are broken in each way; every run breaks the same ones."""


@pytest.fixture(scope="module")
def accepted(shared: Path) -> list[tuple[str, Loaded]]:
    return _accepted(shared)


def _accepted(shared: Path) -> list[tuple[str, Loaded]]:
    folder = shared / "corpus" / "flows"
    entries = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    found = [(entry["rel"], loaded) for entry in entries for loaded in load((folder / entry["rel"]).read_bytes())]
    return [(name, loaded) for name, loaded in found if not refusals(loaded.flow, flow_type=loaded.type)]


def test_most_public_flows_are_accepted(accepted: list[tuple[str, Loaded]]) -> None:
    assert len(accepted) >= 140


@pytest.mark.parametrize(
    "number", range(len(MUTATIONS)), ids=[f"{code}-{at}" for at, (code, _) in enumerate(MUTATIONS)]
)
def test_a_way_to_break_public_flows_is_refused_with_its_code(number: int, accepted: list[tuple[str, Loaded]]) -> None:
    code, mutate = MUTATIONS[number]
    missed: list[str] = []
    broken_ones = 0
    for name, loaded in Random(number).sample(accepted, len(accepted)):  # noqa: S311  any order, repeatably
        broken = copy.deepcopy(document.to_document(loaded.flow))
        if mutate(broken, Random(name)):  # noqa: S311
            broken_ones += 1
            found = {finding.code for finding in refusals(document.parse(broken), flow_type=loaded.type)}
            missed += [] if code in found else [f"{name}: found {sorted(found)}"]
        if broken_ones == FLOWS_A_WAY:
            break
    assert missed == []
    assert broken_ones > 0


def test_a_flow_with_a_disconnect_is_refused_as_a_whisper(accepted: list[tuple[str, Loaded]]) -> None:
    for name, loaded in accepted:
        if any(action.type == "DisconnectParticipant" for action in loaded.flow.actions):
            codes = {finding.code for finding in refusals(loaded.flow, flow_type="AGENT_WHISPER")}
            assert "T02" in codes, name
