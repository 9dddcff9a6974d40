"""Amazon's test cases of the project's own flows, run on the emulator, and the command that runs them."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from chalicelib.platform.errors import InvalidInput
from chalicelib.tenancy.contract_file import load
from cli import flow_cases, flow_trials, places
from cli.flow_cases import FlowCase
from cli.main import app
from tests.support.connect_client import Client
from tests.support.connect_world import INSTANCE_ID, say, to_queue
from tests.support.live_connect import Live

CASES = Path(__file__).parent / "cases"
ALL = [pytest.param(place.name, case, id=f"{place.name}-{case.file.stem}") for place in sorted(CASES.iterdir())
       for case in flow_cases.read(place)]  # fmt: skip
TENANTS = sorted(place.name for place in CASES.iterdir())


def verdict(tenant: str, case: FlowCase) -> flow_trials.Verdict:
    (found,) = flow_trials.here([case], load(places.contract_path(tenant)))
    return found


@pytest.mark.parametrize(("tenant", "case"), ALL)
def test_the_flows_do_what_the_test_case_says(tenant: str, case: FlowCase) -> None:
    found = verdict(tenant, case)
    assert found.passed, [line for line in found.lines if not line.passed]


def altered(case: FlowCase) -> Iterator[FlowCase]:
    """The test case with one expectation after the other made wrong."""
    for n, observation in enumerate(case.asked["Content"]["Observations"]):
        if "Text" in observation["Event"]["Properties"]:
            asked = copy.deepcopy(dict(case.asked))
            asked["Content"]["Observations"][n]["Event"]["Properties"]["Text"] = "nobody says this"
            yield FlowCase(case.file, asked)
        for m, action in enumerate(observation["Actions"]):
            if action["Type"] == "Assert" and action["Parameters"]["Operator"] == "Equals":
                asked = copy.deepcopy(dict(case.asked))
                asked["Content"]["Observations"][n]["Actions"][m]["Parameters"]["Operand"] = "nothing like it"
                yield FlowCase(case.file, asked)


@pytest.mark.parametrize("tenant", TENANTS)
def test_every_expectation_of_every_test_case_can_fail(tenant: str) -> None:
    wrong = [one for case in flow_cases.read(CASES / tenant) for one in altered(case)]
    passed = [found.case.name for found in flow_trials.here(wrong, load(places.contract_path(tenant))) if found.passed]
    assert len(wrong) > 20
    assert passed == []


@pytest.mark.parametrize("tenant", places.tenants())
def test_every_tenant_has_test_cases(tenant: str) -> None:
    assert tenant in TENANTS


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["flow", "test", *arguments])
    return result.exit_code, result.output


def test_the_command_runs_a_folder_and_says_what_passed() -> None:
    code, output = run(str(CASES / "taxihotline"), "--tenant", "taxihotline")
    assert code == 0
    assert "A citizen complains about a taxi" in output
    assert "7 passed, 0 failed" in output


def case_file(folder: Path, **changed: Any) -> Path:
    asked = json.loads((CASES / "taxihotline" / "complaint.json").read_text(encoding="utf-8"))
    file = folder / "case.json"
    file.write_text(json.dumps({**asked, **changed}), encoding="utf-8")
    return file


def test_a_failure_is_told_with_its_observation_and_status_1(tmp_path: Path) -> None:
    (wrong, *_) = list(altered(flow_cases.read(CASES / "taxihotline" / "complaint.json")[0]))
    code, output = run(str(case_file(tmp_path, Content=wrong.asked["Content"])), "--tenant", "taxihotline")
    assert code == 1
    assert "welcomed: MessageReceived did not happen as expected" in output


def test_the_moment_of_the_calls_can_be_chosen(tmp_path: Path) -> None:
    """On a Sunday the sales line is closed without any mock."""
    asked = json.loads((CASES / "hrgroup" / "closed-voicemail.json").read_text(encoding="utf-8"))
    asked["Content"]["Observations"][0]["Actions"].pop()
    asked["Content"]["Observations"][0]["Actions"][-1]["Transitions"] = {}
    file = tmp_path / "case.json"
    file.write_text(json.dumps(asked), encoding="utf-8")
    assert run(str(file), "--tenant", "hrgroup")[0] == 1
    assert run(str(file), "--tenant", "hrgroup", "--at", "2026-03-01 10:00:00")[0] == 0


def test_a_test_case_that_would_be_refused_is_refused_with_every_problem(tmp_path: Path) -> None:
    bad = {"Observations": [{"Identifier": "a", "Event": {"Type": "Telepathy"}, "Actions": [{"Type": "Dance"}]}]}
    (case,) = flow_cases.read(case_file(tmp_path, Content=bad))
    with pytest.raises(InvalidInput) as refused:
        verdict("taxihotline", case)
    assert "Telepathy" in refused.value.detail
    assert "Dance" in refused.value.detail


def test_a_reference_that_leads_nowhere_is_named(tmp_path: Path) -> None:
    (case,) = flow_cases.read(case_file(tmp_path, Description="{{queue.nowhere}}"))
    with pytest.raises(InvalidInput, match=r"queue\.nowhere"):
        verdict("taxihotline", case)


@pytest.mark.parametrize("text", ["[]", "{", '{"Name": "n"}', '{"Name": "n", "Content": {}, "Color": "red"}'])
def test_a_file_that_is_no_test_case_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput):
        flow_cases.read(tmp_path)


def test_an_empty_folder_and_a_name_given_twice_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="holds no test case"):
        flow_cases.read(tmp_path)
    for name in ("a", "b"):
        (tmp_path / f"{name}.json").write_text('{"Name": "same", "Content": {}}', encoding="utf-8")
    with pytest.raises(InvalidInput, match="'same'"):
        flow_cases.read(tmp_path)


@pytest.fixture
def live() -> Iterator[Live]:
    made = Live()
    yield made
    made.close()


def observations(text: str) -> dict[str, Any]:
    heard = {"Type": "MessageReceived", "Properties": {"Text": text}}
    return {"Observations": [{"Identifier": "heard", "Event": heard}]}


def test_the_same_files_run_through_the_api_of_a_deployed_instance(live: Live, tmp_path: Path) -> None:
    live.small.flow("main", say("hello", "Hello there.", "set"), *to_queue("support"))
    point = {"Type": "VOICE_CALL", "VoiceCallEntryPointParameters": {"FlowId": "{{flow.main}}"}}
    for name, text in (("right", "hello there"), ("wrong", "good bye")):
        asked = {"Name": name, "EntryPoint": point, "Content": observations(text)}
        (tmp_path / f"{name}.json").write_text(json.dumps(asked), encoding="utf-8")
    found = list(flow_trials.deployed(flow_cases.read(tmp_path), Client(live.connect), INSTANCE_ID, pause=live.nap))
    assert [(one.case.name, one.passed) for one in found] == [("right", True), ("wrong", False)]
    assert "did not happen" in found[1].lines[-1].text
    assert live("ListTestCases")["TestCaseSummaryList"] == []
