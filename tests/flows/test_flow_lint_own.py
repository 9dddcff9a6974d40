"""The project's own flows, in every variant of every tenant: no finding at all, and what must hold of each of them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.contract_file import load, parse
from flowlang import document, lint, references
from flowlang.catalogue import ACTIONS
from flowlang.document import Flow
from infra.cdk import flow_catalogue
from infra.cdk.flow_catalogue import FlowUnit

ROOT = Path(__file__).resolve().parents[2]
TENANTS = sorted((ROOT / "tenants").glob("*.yaml"))
TEMPLATES = sorted((ROOT / "contact_flows").glob("*/*.json"))
ARN = "arn:aws:connect:us-east-1:000000000000:instance/i/"

Rendered = tuple[FlowUnit, Flow]


def _arn(name: str) -> str:
    return ARN + name.replace(".", "/", 1)


def _rendered(contract: Contract) -> Iterator[Rendered]:
    for unit in flow_catalogue.flow_units(contract):
        yield unit, document.parse(flow_catalogue.content(unit, contract, _arn))


OWN = [pair for path in TENANTS for pair in _rendered(load(path))]
EVERY_UNIT = pytest.mark.parametrize(("unit", "flow"), OWN, ids=[f"{i}-{unit.name}" for i, (unit, _) in enumerate(OWN)])


def _findings(unit: FlowUnit, flow: Flow) -> list[str]:
    return [f"{unit.name}: {finding}" for finding in lint.lint(flow, flow_type=unit.type)]


@EVERY_UNIT
def test_a_flow_has_no_finding(unit: FlowUnit, flow: Flow) -> None:
    assert _findings(unit, flow) == []


@EVERY_UNIT
def test_no_caller_is_cut_off_without_a_word(unit: FlowUnit, flow: Flow) -> None:
    if unit.template == "survey":  # the agent has bidden the caller goodbye: who is not asked hears no more
        return
    ends = {action.identifier for action in flow.actions if action.type == "DisconnectParticipant"}
    for action in flow.actions:
        for edge in action.transitions.edges():
            if edge.target in ends:
                assert action.type == "MessageParticipant", f"{unit.name}: {action.identifier}"


@EVERY_UNIT
def test_every_function_has_an_error_branch_of_its_own(unit: FlowUnit, flow: Flow) -> None:
    for action in flow.actions:
        if action.type == "InvokeLambdaFunction":
            ways = action.transitions
            assert ways.on_error("NoMatchingError") not in {None, ways.next_action}, f"{unit.name}: {action.identifier}"


@EVERY_UNIT
def test_recording_starts_only_behind_the_notice(unit: FlowUnit, flow: Flow) -> None:
    """And nowhere else than where it is told, to callers and to the called, so a notice that fails leaves the call
    unrecorded."""

    def told(action: document.Action, _edge: document.Edge) -> bool:
        return (unit.template, action.identifier) in {("recording-notice", "log-notice"), ("outbound-whisper", "told")}

    subject = lint.model.Subject(flow, unit.type, None)
    untold = subject.reached(flow.start, unless=told)
    for action in flow.actions:
        behavior = action.parameters.get("RecordingBehavior", {})
        if behavior.get("RecordedParticipants"):
            assert action.identifier not in untold


DECIDING = ("route.", "aside.", "queue-wait.")


def _deciding(flow: Flow) -> list[document.Action]:
    return [item for item in flow.actions if "route_contact" in str(item.parameters.get("LambdaFunctionARN", ""))]


@EVERY_UNIT
def test_a_failed_decision_reaches_the_default_queue_with_its_flag(unit: FlowUnit, flow: Flow) -> None:
    if unit.template == "unknown-number":  # has the call counted, decides nothing, and leads to no queue
        return
    actions = flow.by_identifier()
    deciding = _deciding(flow)
    assert bool(deciding) == unit.name.startswith(DECIDING)
    if unit.name.startswith("queue-wait."):
        return
    for action in deciding:
        flagged = actions[action.transitions.on_error("NoMatchingError") or ""]
        assert flagged.parameters["Attributes"]["routingFlag"] == "routing-degraded"
        assert flagged.parameters["Attributes"]["routingDegraded"] == "true"
        queued = actions[flagged.transitions.next_action or ""]
        # Setting the attributes may fail too; that must not cost the caller the queue.
        assert flagged.transitions.on_error("NoMatchingError") == queued.identifier
        if queued.type == "UpdateContactEventHooks":
            after = queued.transitions
            assert after.on_error("NoMatchingError") == after.next_action
            queued = actions[after.next_action or ""]
        assert queued.type in {"UpdateContactTargetQueue", "DequeueContactAndTransferToQueue"}
        assert queued.parameters["QueueId"].startswith(ARN + "queue/")


@EVERY_UNIT
def test_a_waiting_caller_whose_next_place_is_not_known_waits_on(unit: FlowUnit, flow: Flow) -> None:
    """Whatever fails on the way out of a queue leads back to the waiting loop, never to an end."""
    if not unit.name.startswith("queue-wait."):
        return
    subject = lint.model.Subject(flow, unit.type, None)
    for action in (
        one for one in flow.actions if one.type in {"InvokeLambdaFunction", "DequeueContactAndTransferToQueue"}
    ):
        for edge in action.transitions.edges():
            if edge.kind == "error":
                before_the_loop = subject.reached(
                    edge.target, unless=lambda one, _edge: one.type == "MessageParticipantIteratively"
                )
                kinds = {flow.by_identifier()[name].type for name in before_the_loop}
                assert "MessageParticipantIteratively" in kinds
                assert "DisconnectParticipant" not in kinds


@EVERY_UNIT
def test_attributes_are_never_set_to_nothing(unit: FlowUnit, flow: Flow) -> None:
    for action in flow.actions:
        if action.type == "UpdateContactAttributes":
            assert all(action.parameters["Attributes"].values()), f"{unit.name}: {action.identifier}"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_opens_well_in_the_designer(path: Path) -> None:
    flow = document.parse(path.read_bytes())
    positions = flow.metadata["ActionMetadata"]
    assert positions.keys() == flow.by_identifier().keys()
    places = [(item["position"]["x"], item["position"]["y"]) for item in positions.values()]
    assert len(places) == len(set(places))
    assert flow.metadata["entryPointPosition"]["x"] < min(x for x, _ in places)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_names_no_resource_by_arn(path: Path) -> None:
    flow = document.parse(path.read_bytes())
    names = {reference.name for reference in references.find(flow)}
    assert [finding for finding in lint.lint(flow, known_references=names) if finding.code in {"D07", "D08"}] == []


HRGROUP = (ROOT / "tenants" / "hrgroup.yaml").read_text(encoding="utf-8")


def _document() -> dict[str, Any]:
    raw: dict[str, Any] = yaml.load(HRGROUP, yaml.CSafeLoader)
    line, number = raw["service_lines"][0], raw["entry_numbers"][0]
    for queue in raw["queues"]:
        if queue.get("caller_id") != number["number"]:
            queue.pop("caller_id", None)
    realtime = {"lines": {line["id"]: 60}, "thresholds": []}
    return raw | {"service_lines": [line], "entry_numbers": [number], "realtime": realtime}


@settings(max_examples=50)
@given(
    digits=st.sets(st.sampled_from("0123456789"), min_size=1),
    offered=st.sampled_from([["zh-CN"], ["en-US"], ["zh-CN", "en-US"], ["en-US", "zh-CN"]]),
    recording=st.sampled_from(["full", "none"]),
    off_hours=st.sampled_from(["voicemail", "announce"]),
    identification=st.booleans(),
    asked_percent=st.sampled_from([None, 1, 50, 100]),
)
def test_any_tenant_that_a_contract_can_describe_has_flows_without_findings(
    digits: set[str],
    offered: list[str],
    recording: str,
    off_hours: str,
    *,
    identification: bool,
    asked_percent: int | None,
) -> None:
    raw = _document()
    raw["languages"] = {"default": offered[0], "offered": offered}
    for line in raw["service_lines"]:
        option = line["menu"][0]
        line |= {"nodes": {}, "recording": recording, "off_hours": off_hours, "identification": identification}
        line["menu"] = [{**option, "digit": digit} for digit in sorted(digits)]
        line["survey"] = asked_percent and {"share_percent": asked_percent}
    contract = parse(raw, source="any")
    found = [text for unit, flow in _rendered(contract) for text in _findings(unit, flow)]
    assert found == []


PLANTED = {
    "G01": lambda item, _: item["Transitions"].update(NextAction="nowhere"),
    "G03": lambda item, _: item["Transitions"].pop("NextAction", None),
    "D03": lambda item, _: item.update(Identifier="a:b"),
    "D04": lambda item, rest: rest.append(item),
    "T01": lambda item, _: item.update(Type="DoWhatIMean"),
    "P01": lambda item, _: item["Parameters"].update(Text=""),
    "P10": lambda item, _: item["Parameters"].update(Volume="1"),
    "P17": lambda item, _: item["Parameters"].update(Text="$.Unknown.path"),
    "B03": lambda item, _: (
        item["Transitions"].setdefault("Errors", []).append({"ErrorType": "Boredom", "NextAction": item["Identifier"]})
    ),
    "D11": lambda item, _: item["Parameters"].update(Text="{{prompt.unknown}}"),
}


@given(st.sampled_from(OWN), st.sampled_from(sorted(PLANTED)), st.randoms(use_true_random=False))
def test_a_defect_planted_anywhere_in_our_flows_is_found(own: Rendered, code: str, random: Any) -> None:
    unit, flow = own
    raw = json.loads(document.to_json(flow))
    able = [item for item in raw["Actions"] if not ACTIONS[item["Type"]].terminal]
    # An action that must not have any error branch is told so, instead of that it never raises this one.
    able = [item for item in able if item["Type"] != "UpdateFlowLoggingBehavior"]
    PLANTED[code](random.choice(able), raw["Actions"])
    assert code in {finding.code for finding in lint.lint(document.parse(raw), flow_type=unit.type)}
