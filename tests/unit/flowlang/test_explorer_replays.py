"""Every way that the explorer shows can be walked on the engine: `trunkline flow run --report`."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from chalicelib.platform.errors import InvalidInput
from cli import flow_script
from cli.main import app
from flowlang import document
from flowlang.explore import Bounds, Step, explore
from flowlang.lint import refusals
from flowlang.load import Loaded, load
from localstack.connect.alone import run
from tests.support.flow_documents import Document, action, good
from tests.support.flow_documents import document as flow_of

BYE = (action("bye", "MessageParticipant", {"Text": "Goodbye."}, go="end", errors={"NoMatchingError": "end"}),
       action("end", "DisconnectParticipant"))  # fmt: skip
SILENT = {"LambdaFunctionARN": "arn:aws:lambda:us-east-1:1:function:f", "InvocationTimeLimitSeconds": "8"}


def _function(name: str, go: str, fails: str) -> dict[str, Any]:
    return action(name, "InvokeLambdaFunction", SILENT, go=go, errors={"NoMatchingError": fails})


FLOWS: dict[str, Document] = {
    "dropped-unheard": flow_of(_function("ask", "bye", "end"), *BYE),
    "no-queue": flow_of(
        action("menu", "CheckHoursOfOperation", go="queue", errors={"NoMatchingError": "bye"},
               when=[("Equals", "True", "set"), ("Equals", "False", "queue")]),
        action("set", "UpdateContactTargetQueue", {"QueueId": "q"}, go="queue", errors={"NoMatchingError": "bye"}),
        action("queue", "TransferContactToQueue", go="bye",
               errors={"QueueAtCapacity": "bye", "NoMatchingError": "bye"}),
        *BYE,
    ),
    "unset-read": flow_of(
        _function("ask", "set", "set"),
        action("set", "UpdateContactTargetQueue", {"QueueId": "$.External.q"}, go="bye",
               errors={"NoMatchingError": "bye"}),
        *BYE,
    ),
    "silent-loop": flow_of(_function("ask", "ask-2", "ask-2"), _function("ask-2", "ask", "bye"), *BYE),
    "dead-end": flow_of(
        action("hours", "CheckHoursOfOperation", errors={"NoMatchingError": "bye"}, when=[("Equals", "True", "bye")]),
        *BYE,
    ),
    "unhandled-error": flow_of(action("ask", "InvokeLambdaFunction", SILENT, go="bye"), *BYE),
    "long-silence": flow_of(_function("a", "b", "b"), _function("b", "c", "c"), _function("c", "bye", "bye"), *BYE),
}  # fmt: skip


def _loaded(source: Document) -> Loaded:
    return Loaded(flow=document.parse(source), name="main", type="CONTACT_FLOW")


def _walked(loaded: Loaded, way: tuple[Step, ...]) -> list[str]:
    return [identifier for _, identifier in run(loaded, way=way).steps][: len(way)]


@pytest.mark.parametrize("code", sorted(FLOWS))
def test_a_problem_of_each_kind_is_met_by_the_call_that_goes_its_way(code: str) -> None:
    loaded = _loaded(FLOWS[code])
    problems = [problem for problem in explore(loaded).problems if problem.code == code]
    assert problems
    for problem in problems:
        assert _walked(loaded, problem.script) == [step.action for step in problem.script]


def test_the_caller_who_is_dropped_unheard_hears_nothing() -> None:
    loaded = _loaded(FLOWS["dropped-unheard"])
    (problem,) = [one for one in explore(loaded).problems if one.code == "dropped-unheard"]
    ran = run(loaded, way=problem.script)
    assert ran.heard == []
    assert "CONTACT_FLOW_DISCONNECT" in ran.lines[-1]


def test_keys_and_silence_of_a_way_are_the_callers() -> None:
    told = ["log: goes on", "ask: type nothing", "retry: ContinueLooping", "ask: press 1",
            "look-up: error NoMatchingError", "bye: goes on", "end: end"]  # fmt: skip
    way = tuple(Step(*one.split(": ")) for one in told)
    ran = run(_loaded(good()), way=way)
    assert [identifier for _, identifier in ran.steps] == [step.action for step in way]
    assert ran.heard == ["Press 1.", "Press 1.", "Goodbye."]


def test_a_caller_hangs_up_where_the_way_says_so() -> None:
    ran = run(_loaded(good()), way=(Step("log", "goes on"), Step("ask", "hang up")))
    assert [identifier for _, identifier in ran.steps] == ["log", "ask"]
    assert "CUSTOMER_DISCONNECT" in ran.lines[-1]


def test_a_call_in_a_flow_without_an_end_is_over_after_an_hour() -> None:
    again = {"Text": "Press a key.", "StoreInput": "False", "InputTimeLimitSeconds": "5"}
    errors = dict.fromkeys(("InputTimeLimitExceeded", "NoMatchingCondition", "NoMatchingError"), "ask")
    flow = flow_of(action("ask", "GetParticipantInput", again, go="ask", errors=errors, when=[("Equals", "1", "ask")]))
    assert "3600 s" in run(_loaded(flow)).lines[-3]


def test_the_command_walks_a_problem_of_a_report(tmp_path: Path) -> None:
    flow, report = tmp_path / "flow.json", tmp_path / "report.json"
    flow.write_text(json.dumps(FLOWS["no-queue"]), encoding="utf-8")
    written = CliRunner().invoke(app, ["flow", "explore", str(flow), "--json"])
    report.write_text(written.output, encoding="utf-8")
    number = [problem["code"] for problem in json.loads(written.output)["problems"]].index("no-queue") + 1
    ran = CliRunner().invoke(
        app, ["flow", "run", str(flow), "--report", str(report), "--problem", str(number), "--all"]
    )
    assert ran.exit_code == 0
    assert "no target queue" in ran.output


@pytest.mark.parametrize(
    ("text", "told"), [("{", "explore --json"), ("[]", "explore --json"), ('{"problems": []}', "0 problems")]
)
def test_a_report_that_is_none_is_refused(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "report.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match=told):
        flow_script.way(path, 1)


@pytest.mark.shared
def test_the_ways_of_public_flows_are_walked_on_the_engine(shared: Path) -> None:
    folder = shared / "corpus" / "flows"
    walked = lost = 0
    for entry in json.loads((folder / "manifest.json").read_text(encoding="utf-8"))[::4]:
        for loaded in load((folder / entry["rel"]).read_bytes()):
            if loaded.type not in {None, "CONTACT_FLOW"} or refusals(loaded.flow, flow_type=loaded.type):
                continue
            for problem in explore(loaded, bounds=Bounds(states=500)).problems:
                walked += 1
                lost += _walked(loaded, problem.script) != [step.action for step in problem.script]
    assert walked > 40
    assert lost <= 0.02 * walked
