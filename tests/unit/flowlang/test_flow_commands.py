"""`trunkline flow` and `python -m flowlang`: the same tools behind two doors."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import app
from flowlang.__main__ import main
from tests.support.flow_documents import good, with_action

LEGACY = {
    "modules": [
        {"id": "a", "type": "SayBoo", "branches": [{"condition": "Success", "transition": "b"}], "parameters": []},
        {"id": "b", "type": "Disconnect", "branches": [], "parameters": []},
    ],
    "type": "contactFlow",
    "start": "a",
}


def _ours(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["flow", *arguments])
    return result.exit_code, result.output


def _alone(*arguments: str) -> tuple[int, str]:
    out = io.StringIO()
    return main(arguments, out), out.getvalue()


DOORS = pytest.mark.parametrize("run", [_ours, _alone], ids=["trunkline", "alone"])


def _file(folder: Path, content: Any, name: str = "flow.json") -> str:
    path = folder / name
    path.write_text(json.dumps(content), encoding="utf-8")
    return str(path)


@DOORS
def test_lint_as_json_counts_errors_and_warnings_apart(tmp_path: Path, run: Any) -> None:
    bad = with_action("look-up", lambda item: item["Transitions"].pop("Errors"))
    warned = with_action("bye", lambda item: item["Parameters"].update(Text="Bye $.Atributes.name"))
    code, text = run("lint", "--json", _file(tmp_path, bad), _file(tmp_path, warned, "other.json"))
    first, second = json.loads(text)["flows"]
    assert code == 1
    assert (first["errors"], first["warnings"], first["findings"][0]["code"]) == (1, 0, "B01")
    assert (second["errors"], second["warnings"], second["findings"][0]["action"]) == (0, 1, "bye")
    assert first["findings"][0]["mend"]


@DOORS
def test_a_file_without_a_flow_is_a_finding_of_its_own(tmp_path: Path, run: Any) -> None:
    code, text = run("lint", "--json", _file(tmp_path, {"hello": 1}))
    assert code == 1
    assert json.loads(text)["flows"][0]["findings"][0]["code"] == "D00"


@DOORS
def test_lint_takes_the_type_from_the_wrapper(tmp_path: Path, run: Any) -> None:
    wrapped = {"ContactFlow": {"Name": "W", "Type": "AGENT_WHISPER", "Content": json.dumps(good())}}
    code, text = run("lint", _file(tmp_path, wrapped))
    assert code == 1
    assert "T02 refused end: DisconnectParticipant is not allowed in AGENT_WHISPER" in text


@DOORS
def test_every_flow_of_a_file_is_linted_under_its_name(tmp_path: Path, run: Any) -> None:
    bad = with_action("look-up", lambda item: item["Transitions"].pop("Errors"))
    both = {"One": {"Name": "One", "Content": good()}, "Two": {"Name": "Two", "Content": bad}}
    code, text = run("lint", _file(tmp_path, both))
    assert code == 1
    assert text.startswith(f"{tmp_path / 'flow.json'}[Two]: B01")


@DOORS
def test_an_old_export_is_linted_converted_and_explored(tmp_path: Path, run: Any) -> None:
    path = _file(tmp_path, LEGACY)
    assert "C01 warning (document): a: no counterpart for the block type 'SayBoo'" in run("lint", path)[1]
    assert json.loads(run("explore", "--json", path)[1])["unsupported"] == ["SayBoo"]
    code, text = run("convert", path)
    assert code == 0
    assert json.loads(text[: text.rindex("}") + 1])["StartAction"] == "a"


@DOORS
def test_explore_tells_the_way_to_a_problem(tmp_path: Path, run: Any) -> None:
    bare = with_action("look-up", lambda item: item["Transitions"].pop("Errors"))
    code, text = run("explore", _file(tmp_path, bare))
    assert code == 0
    assert "8 of 8 reachable actions visited" in text
    assert "error unhandled-error at look-up" in text
    assert "way: log (goes on) > ask (press 1) > look-up (error NoMatchingError)" in text


@DOORS
def test_explore_follows_the_flows_of_a_folder(tmp_path: Path, run: Any) -> None:
    folder = tmp_path / "flows"
    folder.mkdir()
    _file(folder, good(), "next.json")
    (folder / "notes.txt").write_text("no flow", encoding="utf-8")
    leads = with_action(
        "transfer", lambda item: item.update(Type="TransferToFlow", Parameters={"ContactFlowId": "next"})
    )
    path = _file(tmp_path, leads)
    assert json.loads(run("explore", "--json", path)[1])["stubbed"] == ["next"]
    report = json.loads(run("explore", "--json", path, "--flows", str(folder))[1])
    assert (report["followed"], report["stubbed"], report["file"]) == (["next"], [], path)


@DOORS
def test_a_picture_is_written(tmp_path: Path, run: Any) -> None:
    code, text = run("draw", _file(tmp_path, good()), "--svg", str(tmp_path / "flow.svg"))
    assert (code, text.strip()) == (0, f"written: {tmp_path / 'flow.svg'}")
    assert (tmp_path / "flow.svg").read_text(encoding="utf-8").startswith("<svg ")


@DOORS
def test_mermaid_is_drawn(tmp_path: Path, run: Any) -> None:
    assert run("draw", _file(tmp_path, good()))[1].startswith("flowchart TB\n")


@DOORS
@pytest.mark.parametrize("command", ["draw", "convert", "explore"])
def test_a_missing_file_is_said_so_by_every_command(tmp_path: Path, run: Any, command: str) -> None:
    code, text = run(command, str(tmp_path / "nowhere.json"))
    assert code == 1
    assert "No such file" in text


def test_a_flow_type_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    code, text = _ours("lint", "--type", "INBOUND", _file(tmp_path, good()))
    assert code == 2
    assert "--type" in text
