"""`trunkline flow run`: any flow, any function, no cloud."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from chalicelib.platform.errors import InvalidInput
from cli import flow_functions, flow_script
from cli.main import app
from flowlang import document, tasks
from flowlang.load import Loaded
from localstack.connect.alone import functions as in_process
from localstack.connect.alone.world import FlowWorld, function_name
from localstack.connect.engine.ports import Invocation, Place
from tests.support.flow_documents import action, good
from tests.support.flow_documents import document as flow_of

PLACE = Place("000000000000", "us-east-1")


def to_support(event: Any, context: in_process.LocalContext) -> dict[str, str]:
    """Answer with a queue of the script."""
    assert context.get_remaining_time_in_millis() > 0
    return {"queueArn": event["Details"]["ContactData"]["InstanceARN"] + "/queue/support"}


def broken(event: Any, context: Any) -> None:
    """Fail."""
    del event, context
    msg = "no luck"
    raise ValueError(msg)


HERE = f"{__name__}:to_support"


def _run(folder: Path, flow: Any, script: str, *options: str) -> tuple[int, str]:
    (folder / "flow.json").write_text(json.dumps(flow), encoding="utf-8")
    (folder / "script.yaml").write_text(script, encoding="utf-8")
    paths = ("flow", "run", str(folder / "flow.json"), "--script", str(folder / "script.yaml"))
    result = CliRunner().invoke(app, [*paths, *options])
    return result.exit_code, result.output


def test_a_call_is_run_with_a_function_and_answered_by_an_agent(tmp_path: Path) -> None:
    code, text = _run(tmp_path, good(), "script: [{press: '1'}]\nqueues: [support]\ntalk_s: 9", "--lambda", f"f={HERE}")
    assert code == 0
    for part in ("Press 1.", "caller keys  1", "lambda       f (", "Waits in support", "Connected to agent1"):
        assert part in text


def test_a_function_that_is_not_given_takes_the_error_branch_by_name(tmp_path: Path) -> None:
    code, text = _run(tmp_path, good(), "script: [{press: '1'}]")
    assert code == 0
    assert "no function f was given" in text
    assert "Goodbye." in text


@pytest.mark.parametrize(("is_open", "heard"), [("true", "Open."), ("false", "Closed.")])
def test_hours_are_open_or_closed_as_the_script_says(tmp_path: Path, is_open: str, heard: str) -> None:
    flow = flow_of(
        action("hours", "CheckHoursOfOperation", {"HoursOfOperationId": "{{hours.line}}"}, go="no",
               errors={"NoMatchingError": "end"}, when=[("Equals", "True", "yes"), ("Equals", "False", "no")]),
        action("yes", "MessageParticipant", {"Text": "Open."}, go="end"),
        action("no", "MessageParticipant", {"Text": "Closed."}, go="end"),
        action("end", "DisconnectParticipant"),
    )  # fmt: skip
    assert heard in _run(tmp_path, flow, f"open: {is_open}")[1]


def test_flows_and_modules_are_run_too(tmp_path: Path) -> None:
    module = flow_of(action("say", "MessageParticipant", {"Text": "In the module."}, go="back"),
                     action("back", "EndFlowModuleExecution"), Settings={})  # fmt: skip
    other = flow_of(action("say", "MessageParticipant", {"Text": "In the next flow."}, go="end"),
                    action("end", "DisconnectParticipant"))  # fmt: skip
    flow = flow_of(
        action("in", "InvokeFlowModule", {"FlowModuleId": "ask"}, go="on", errors={"NoMatchingError": "end"}),
        action("on", "TransferToFlow", {"ContactFlowId": "next"}, go="end", errors={"NoMatchingError": "end"}),
        action("end", "DisconnectParticipant"),
    )
    folder = tmp_path / "flows"
    folder.mkdir()
    (folder / "ask.json").write_text(json.dumps(module), encoding="utf-8")
    (folder / "next.json").write_text(json.dumps(other), encoding="utf-8")
    text = _run(tmp_path, flow, "", "--flows", str(folder))[1]
    assert text.index("In the module.") < text.index("In the next flow.")


def test_a_call_that_nobody_answers_ends_with_the_callers_patience(tmp_path: Path) -> None:
    text = _run(tmp_path, good(), "script: [{press: '1'}]\nqueues: [support]\nagents: 0\npatience_s: 30", "--lambda", f"f={HERE}")[1]  # fmt: skip  # noqa: E501
    assert "the caller hung up" in text


@pytest.mark.parametrize(
    "script",
    ["- 1", "[", "colour: red", "agents: -1", "agents: true", "open: maybe", "script: [{sing: x}]", "at: soon",
     "patience_s: -1", "queues: support"],
)  # fmt: skip
def test_a_script_that_is_none_is_refused(tmp_path: Path, script: str) -> None:
    path = tmp_path / "script.yaml"
    path.write_text(script, encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"script\.yaml"):
        flow_script.read(path)


@pytest.mark.parametrize("pair", ["f", "f=os", "=os:path", "f=no.such.module:x", "f=os:nothing", "f=os:name"])
def test_a_function_that_cannot_be_found_is_refused(pair: str) -> None:
    with pytest.raises(InvalidInput):
        flow_functions.named([pair])


def test_what_a_function_raises_is_its_error() -> None:
    port = in_process.InProcess({"f": broken})
    reply = port.start(Invocation(PLACE, "arn:aws:lambda:us-east-1:000000000000:function:f:live", {}, 8))
    assert (reply.status, reply.detail) == ("function-error", "ValueError: no luck")


def test_a_function_that_takes_too_long_is_too_late() -> None:
    port = in_process.InProcess({"f": lambda _event, _context: {}})
    assert port.start(Invocation(PLACE, "f", {}, -1.0)).status == "timeout"


@pytest.mark.parametrize(
    ("text", "name"),
    [("arn:aws:lambda:eu-west-1:1:function:look-up:live", "look-up"), ("{{lambda.look_up}}", "look_up"),
     ("${LookUp.Arn}", "LookUp"), ("look-up", "look-up")],
)  # fmt: skip
def test_a_function_is_called_by_its_name(text: str, name: str) -> None:
    assert function_name(text) == name


def test_references_that_lead_nowhere_are_left_to_the_flow(tmp_path: Path) -> None:
    path = tmp_path / "script.yaml"
    path.write_text("", encoding="utf-8")
    lost = flow_of(
        action("on", "TransferToFlow", {"ContactFlowId": "gone"}, go="end", errors={"NoMatchingError": "end"}),
        action("end", "DisconnectParticipant"),
    )
    script = flow_script.read(path)
    world = FlowWorld([Loaded(flow=document.parse(lost))], in_process.ports({}), script)
    contact = world.call(script.plan)
    assert "there is no flow gone" in " ".join(told.text for told in contact.transcript)


def test_our_own_flows_run_as_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "script.yaml"
    path.write_text("script: [{press: '1'}]", encoding="utf-8")
    script = flow_script.read(path)
    root = Path(__file__).resolve().parents[3] / "contact_flows"
    flows = [*tasks.read(root / "flows" / "inbound.json"), *tasks.read_folder(root)]
    contact = FlowWorld(flows, in_process.ports({}), script).call(script.plan)
    assert contact.transcript[-1].kind == "ended"
