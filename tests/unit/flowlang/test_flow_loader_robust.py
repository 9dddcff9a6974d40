"""Whatever a file holds: its flows, or one clear sentence. Never a traceback."""

import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from cli.main import app
from flowlang import document, draw, lint
from flowlang.__main__ import main
from flowlang.catalogue import ACTIONS
from flowlang.document import InvalidDocument
from flowlang.load import load
from flowlang.svg import svg
from tests.support.flow_documents import action, good
from tests.support.flow_documents import document as flow_of

TEXT = json.dumps(good(), ensure_ascii=False, indent=1)
FLOW = document.parse(good())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_every_encoding_of_unicode_is_read(encoding: str) -> None:
    (found,) = load(TEXT.encode(encoding))
    assert found.flow == FLOW


def test_comments_and_trailing_commas_do_no_harm() -> None:
    commented = TEXT.replace('"Version"', '// the version, "quoted"\n "Version"').replace("]\n}", "], /* end, */\n}")
    (found,) = load(commented)
    assert found.flow == FLOW


def test_what_looks_like_a_comment_inside_a_text_is_kept() -> None:
    told = flow_of(action("say", "MessageParticipant", {"Text": "See https://x.test/*a*/ ,]"}, go="end"),
                   action("end", "DisconnectParticipant"))  # fmt: skip
    (found,) = load(json.dumps(told)[:-1] + ",}")
    assert found.flow.actions[0].parameters["Text"] == "See https://x.test/*a*/ ,]"


@pytest.mark.parametrize("mark", ["${Rounds}", "{{rounds}}", "<ROUNDS>"])
def test_a_placeholder_may_stand_for_a_value(mark: str) -> None:
    (found,) = load(TEXT.replace('"LoopCount": "2"', f'"LoopCount": {mark}'))
    assert found.flow.by_identifier()["retry"].parameters["LoopCount"] == mark
    assert lint.refusals(found.flow, flow_type="CONTACT_FLOW") == ()


@pytest.mark.parametrize("mark", ["${Queue}", "{{queue.vip}}", "<REPLACE_ME>", "%%QUEUE%%", "{{x}}"])
def test_a_placeholder_in_a_parameter_is_a_warning_and_no_refusal(mark: str) -> None:
    (found,) = load(TEXT.replace("$.External.queueArn", mark))
    codes = {one.code for one in lint.lint(found.flow, flow_type="CONTACT_FLOW")}
    assert codes == {"D11"}


def test_a_text_that_yaml_continues_over_lines_is_joined() -> None:
    quoted = json.dumps(json.dumps(good()))
    folded = quoted[:200] + "\\\n          " + quoted[200:]
    (found,) = load(f"Content: {folded}\n")
    assert found.flow == FLOW


YAML = """Resources:
  Whisper:
    Type: AWS::Connect::ContactFlow
    Properties:
      InstanceArn: !Ref Instance
      Name: For agents
      Type: AGENT_WHISPER
      Content: !Sub |
        {flow}
  Module:
    Type: AWS::Connect::ContactFlowModule
    Properties:
      Content: '{flow}'
      Name: Ask
"""
TERRAFORM = """resource "aws_connect_contact_flow" "main" {{
  name    = "waiting"
  type    = "CUSTOMER_QUEUE"
  content = <<JSON
  {flow}
JSON
}}
"""


def test_names_and_types_are_read_from_the_lines_beside_the_content() -> None:
    found = load(YAML.format(flow=json.dumps(good())))
    assert [(one.name, one.type) for one in found] == [("For agents", "AGENT_WHISPER"), ("Ask", "MODULE")]
    (waiting,) = load(TERRAFORM.format(flow=json.dumps(good())))
    assert (waiting.name, waiting.type) == ("waiting", "CUSTOMER_QUEUE")


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("flow.json", TEXT)
    return out.getvalue()


DEEP = '{"Version": "2019-10-30", "StartAction": "a", "Actions": [{"Identifier": "a", "Parameters": {"x": %s}}]}'


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (_zip(), "ZIP archive: unpack"),
        (gzip.compress(TEXT.encode()), "gzip archive: unpack"),
        (b"\xff\xfe\x00", "UTF-8 or UTF-16"),
        (b"\x80abc", "UTF-8 or UTF-16"),
        (b"", "expected JSON"),
        (TEXT[: len(TEXT) // 2].encode(), "cut off"),
        (b"Resources:\n  Flow: 1\n", "expected JSON"),
        (b"<html></html>", "expected JSON"),
        (b"[1, 2]", "expected a flow"),
        (b'{"Actions": {}, "Version": "2019-10-30"}', "Actions: expected a list"),
        (b'{"Actions": [3], "Version": "2019-10-30"}', "Actions.0: expected an object"),
        (b'{"modules": [3], "start": "x"}', "modules.0: expected an object"),
        ((DEEP % ("[" * 500 + "]" * 500)).encode(), "at most 100"),
        ((DEEP % ("[" * 200_000 + "]" * 200_000)).encode(), "expected JSON"),
        ((DEEP % '"\\ud800"').encode(), "whole characters"),
    ],
)
@pytest.mark.parametrize("command", ["lint", "draw", "convert", "explore"])
def test_what_is_no_flow_is_told_in_one_sentence_by_every_command(
    tmp_path: Path, command: str, content: bytes, told: str
) -> None:
    path = tmp_path / "flow.json"
    path.write_bytes(content)
    out = io.StringIO()
    assert main([command, str(path)], out) == 1
    assert told in out.getvalue()
    assert len(out.getvalue().splitlines()) == 1
    result = CliRunner().invoke(app, ["flow", command, str(path)])
    assert result.exit_code == 1
    assert "Traceback" not in result.output


def test_a_picture_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    path = tmp_path / "flow.json"
    path.write_text(TEXT, encoding="utf-8")
    out = io.StringIO()
    assert main(["draw", str(path), "--svg", str(tmp_path / "no" / "x.svg")], out) == 1
    assert "cannot be written" in out.getvalue()


def test_a_folder_is_no_flow(tmp_path: Path) -> None:
    out = io.StringIO()
    assert main(["lint", str(tmp_path)], out) == 1
    assert "Is a directory" in out.getvalue()


@settings(max_examples=150)
@given(
    st.integers(0, len(TEXT)),
    st.integers(0, len(TEXT)),
    st.sampled_from(["", '"', "{", "}", ",", "\\", "null", "\x00"]),
)
def test_a_flow_that_is_cut_or_spliced_anywhere_is_loaded_or_refused(start: int, end: int, between: str) -> None:
    try:
        found = load(TEXT[:start] + between + TEXT[end:])
    except InvalidDocument:
        return
    assert found
    assert all(str(finding) for one in found for finding in lint.lint(one.flow, flow_type=one.type))


ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from(["9" * 5_000, "²", "٣"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
NAMED = ["Text", "Messages", "LoopCount", "StoreInput", "InputValidation", "Attributes", "FlowAttributes", "EventHooks",
         "RoutingCriteria", "ComparisonValue", "InvocationTimeLimitSeconds", "ResultData", "Result", "Events", "Input",
         "AnalyticsBehavior", "ThirdPartyPhoneNumber", "DestinationEndpoint", "InterruptFrequencySeconds",
         "ContinueExecution", "ViewData"]  # fmt: skip


def _any_action(name: str) -> st.SearchStrategy[dict[str, Any]]:
    target = st.sampled_from(["a", "b", "c"])
    operators = st.sampled_from(["Equals", "NumberLessThan", "Or"])
    test = st.fixed_dictionaries({"Operator": operators, "Operands": st.lists(ANY, max_size=2)})
    condition = st.fixed_dictionaries({"NextAction": target, "Condition": test})
    error = st.fixed_dictionaries({"NextAction": target, "ErrorType": st.sampled_from(["NoMatchingError", ""])})
    ways = st.fixed_dictionaries({"NextAction": target}, optional={
        "Conditions": st.lists(condition, max_size=3), "Errors": st.lists(error, max_size=2)})  # fmt: skip
    return st.fixed_dictionaries({
        "Identifier": st.just(name), "Type": st.sampled_from([*sorted(ACTIONS), "SayBoo"]), "Transitions": ways,
        "Parameters": st.dictionaries(st.sampled_from(NAMED), ANY, max_size=4),
    })  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.tuples(*(_any_action(name) for name in "abc")), st.sampled_from([None, "CONTACT_FLOW", "CUSTOMER_QUEUE",
                                                                        "AGENT_WHISPER", "MODULE"]))  # fmt: skip
def test_parameters_of_any_shape_are_linted_and_drawn(actions: Any, flow_type: str | None) -> None:
    raw = {"Version": "2019-10-30", "StartAction": "a", "Actions": list(actions)}
    try:
        flow = document.parse(raw)
    except InvalidDocument:
        return
    for finding in lint.lint(flow, flow_type=flow_type):
        assert str(finding)
    assert draw.mermaid(flow)
    assert svg(flow)
