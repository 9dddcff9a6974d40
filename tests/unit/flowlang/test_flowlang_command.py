"""`python -m flowlang`."""

import io
import json
from pathlib import Path

import pytest

from flowlang.__main__ import main
from tests.support.flow_documents import good, with_action

ROOT = Path(__file__).resolve().parents[3]


def _run(*arguments: str) -> tuple[int, str]:
    out = io.StringIO()
    return main(arguments, out), out.getvalue()


def _file(folder: Path, content: object) -> str:
    path = folder / "flow.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return str(path)


def test_a_good_flow_passes_in_silence(tmp_path: Path) -> None:
    assert _run("lint", _file(tmp_path, good()), "--type", "CONTACT_FLOW") == (0, "")


def test_a_bad_flow_fails_with_file_code_and_remedy(tmp_path: Path) -> None:
    bad = with_action("look-up", lambda item: item["Transitions"].pop("Errors"))
    code, text = _run("lint", _file(tmp_path, bad))
    assert code == 1
    assert "flow.json: B01 refused look-up: " in text


def test_a_warning_alone_does_not_fail(tmp_path: Path) -> None:
    warned = with_action("bye", lambda item: item["Parameters"].update(Text="Bye $.Atributes.name"))
    code, text = _run("lint", _file(tmp_path, warned))
    assert code == 0
    assert "P17 warning bye" in text


@pytest.mark.parametrize("content", ["{", {"modules": []}, []])
@pytest.mark.parametrize("command", ["lint", "draw"])
def test_a_file_that_is_no_flow_is_said_so(tmp_path: Path, command: str, content: object) -> None:
    code, text = _run(command, _file(tmp_path, content))
    assert code == 1
    assert "(document): expected" in text


def test_a_missing_file_is_said_so(tmp_path: Path) -> None:
    code, text = _run("draw", str(tmp_path / "nowhere.json"))
    assert code == 1
    assert "No such file" in text


def test_our_templates_pass_as_templates() -> None:
    flows = sorted(str(path) for path in (ROOT / "contact_flows").glob("*/*.json"))
    code, text = _run("lint", "--template", *flows)
    # Flows that lead to each other are deployed in two steps.
    assert (code, {line.split()[1] for line in text.splitlines()}) == (0, {"S01"})


def test_a_flow_is_drawn() -> None:
    code, text = _run("draw", str(ROOT / "contact_flows" / "flows" / "inbound.json"))
    assert code == 0
    assert text.startswith("flowchart TB\n")
