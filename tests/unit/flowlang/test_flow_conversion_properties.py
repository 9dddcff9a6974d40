"""Old exports of any shape are converted without losing a block or a branch, into what the service would publish."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowlang.convert import TYPES, convert
from flowlang.convert_blocks import BLOCKS
from flowlang.explore import Bounds, explore
from flowlang.lint import refusals
from flowlang.load import Loaded, load

_P = {"name": "Text", "value": "Hello."}
PARAMETERS: dict[str, list[dict[str, Any]]] = {
    "PlayPrompt": [_P], "PlayAudio": [_P], "GetUserInput": [_P, {"name": "Timeout", "value": "5"}],
    "PlayAudioAndFetchInput": [_P], "StoreUserInput": [_P, {"name": "MaxDigits", "value": 4}],
    "SetAttributes": [{"name": "Attribute", "key": "k", "value": "v", "namespace": None}],
    "SetContactData": [{"name": "ContactData", "languageCode": "en-US"}],
    "CheckAttribute": [{"name": "Attribute", "value": "k"}, {"name": "Namespace", "value": "User Defined"}],
    "CheckCallAttribute": [{"name": "Attribute", "value": "k"}, {"name": "Namespace", "value": "External"}],
    "InvokeExternalResource": [{"name": "FunctionArn", "value": "arn:f"}],
    "InvokeExternal": [{"name": "FunctionArn", "value": "arn:f"}],
    "SetQueue": [{"name": "Queue", "value": "arn:q"}],
    "TransferToFlow": [{"name": "ContactFlowId", "value": "arn:c"}],
    "Loop": [{"name": "LoopCount", "value": "3"}], "LoopPrompts": [{**_P, "key": "text"}],
    "SetEventHook": [{"name": "Type", "value": "CustomerQueue"}, {"name": "ContactFlowId", "value": "arn:c"}],
    "SetContactFlow": [{"name": "Type", "value": "AgentWhisper"}, {"name": "ContactFlowId", "value": "arn:c"}],
    "SetLoggingBehavior": [{"name": "LoggingBehavior", "value": "Enable"}],
    "SetVoice": [{"name": "GlobalVoice", "value": "Joanna"}],
    "SetRecordingBehavior": [{"name": "RecordingBehaviorOption", "value": "Enable"}],
    "StartMediaStreaming": [{"name": "Track", "value": "FromCustomer"}],
    "StopMediaStreaming": [{"name": "Track", "value": "ToCustomer"}],
    "Wait": [{"name": "TimeoutSeconds", "value": "60"}],
    "SetCallBackNumber": [{"name": "CallBackNumber", "value": "Customer Number", "namespace": "System"}],
    "UpdateRoutingPriority": [{"name": "AbsolutePosition", "value": "1"}],
    "CheckStaffing": [{"name": "Status", "value": "Available"}],
}  # fmt: skip
OF_A_TARGET = {
    ("Transfer", "Flow"): [{"name": "ContactFlowId", "value": "arn:c"}],
    ("Transfer", "PhoneNumber"): [{"name": "PhoneNumber", "value": "+15550100"}],
    ("GetUserInput", "Lex"): [_P, {"name": "BotAliasArn", "value": "arn:b"}],
    ("PlayAudioAndFetchInput", "Lex"): [_P, {"name": "BotAliasArn", "value": "arn:b"}],
}
_FAILS, _ON = ("Error",), ("Success",)
BRANCHES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "GetUserInput": ((), ("Timeout", "NoMatch", "Error", "Evaluate")),
    "PlayAudioAndFetchInput": ((), ("Timeout", "NoMatch", "Error", "Evaluate")),
    "StoreUserInput": (_ON, _FAILS), "CheckAttribute": (("NoMatch",), ("Evaluate",)),
    "CheckCallAttribute": (("NoMatch",), ("Evaluate",)),
    "Loop": (("Looping", "Complete"), ()), "LoopPrompts": ((), ("Error", "Timeout")),
    "CheckHoursOfOperation": (("True", "False"), _FAILS), "CheckStaffing": (("True", "False"), _FAILS),
    "CheckQueueStatus": (("NoMatch",), ("CheckQueueTime", "Error")),
    "Transfer": (_FAILS, ("AtCapacity",)), "TransferToFlow": (_FAILS, ()), "Wait": (("Timeout",), _FAILS),
    "SetCallBackNumber": (_ON, ("InvalidPhoneNumber", "NonDialableNumber", "Error")),
    "SetLoggingBehavior": (_ON, _FAILS), "PercentileBranching": (("NoMatch",), ("Share",)),
    "Disconnect": ((), ()), "Resume": ((), ()),
}  # fmt: skip
"""Branches that a block always has, and those that it may have; Success and Error where nothing is said."""

_TESTS: dict[str, dict[str, Any]] = {
    "Evaluate": {"condition": "Evaluate", "conditionType": "Equals", "conditionValue": "1"},
    "CheckQueueTime": {"condition": "CheckQueueTime", "conditionType": "LessThan", "conditionValue": 300000},
    "Share": {"condition": "Evaluate", "conditionType": "LessThan", "conditionValue": "31"},
}
NAMES = ["a", "b", "c", "d"]


def _block(name: str, kind: tuple[str, str]) -> st.SearchStrategy[dict[str, Any]]:
    always, may_be = BRANCHES.get(kind[0], (_ON, _FAILS))
    if kind == ("Transfer", "PhoneNumber"):
        may_be = ("Success", "CallFailure", "Timeout")
    chosen = st.lists(st.sampled_from(may_be), unique=True) if may_be else st.just([])

    def build(drawn: tuple[list[str], list[str]]) -> dict[str, Any]:
        more, targets = drawn
        ways = [
            {**_TESTS.get(one, {"condition": one}), "transition": target}
            for one, target in zip((*always, *more), targets, strict=False)
        ]
        parameters = OF_A_TARGET.get(kind, PARAMETERS.get(kind[0], []))
        target = {"target": kind[1]} if kind[1] else {}
        return {"id": name, "type": kind[0], "branches": ways, "parameters": parameters, **target}

    return st.tuples(chosen, st.lists(st.sampled_from(NAMES), min_size=8, max_size=8)).map(build)


KINDS = st.sampled_from(sorted(BLOCKS))
EXPORTS = st.tuples(*(KINDS.flatmap(partial(_block, name)) for name in NAMES)).map(list)


def _told_branches(block: dict[str, Any]) -> Iterator[str]:
    for branch in block.get("branches") or []:
        if branch.get("transition"):
            yield branch["transition"]


def _lost(export: dict[str, Any], source: str) -> list[str]:
    """Return the branches of an export that its conversion neither has nor names."""
    made = convert(export)
    actions = made.flow.by_identifier()
    assert len(made.flow.actions) == len(export["modules"]), source
    lost = []
    for block in export["modules"]:
        edges = [edge.target for edge in actions[block["id"]].transitions.edges()]
        told = [note for note in made.notes if note.startswith(f"{block['id']}: ")]
        lost += [f"{source}: {block['id']} to {target}" for target in _told_branches(block)
                 if target not in edges and not told]  # fmt: skip
    return lost


@settings(max_examples=150, deadline=None)
@given(EXPORTS)
def test_no_block_and_no_branch_is_lost(modules: list[dict[str, Any]]) -> None:
    assert _lost({"modules": modules, "start": "a", "version": "1", "type": "contactFlow"}, "made up") == []


@settings(max_examples=150, deadline=None)
@given(EXPORTS)
def test_what_is_converted_is_published_and_explored(modules: list[dict[str, Any]]) -> None:
    made = convert({"modules": modules, "start": "a", "version": "1"})
    found = {finding.code for finding in refusals(made.flow)}
    # An export may have a block without any connected branch: nothing says where to go on.
    assert found <= {"G03", "B01", "B09"}
    report = explore(Loaded(flow=made.flow, form="legacy"), bounds=Bounds(states=500))
    assert report.unsupported == ()
    assert report.visited == report.reachable


@pytest.mark.parametrize(("written", "meant"), sorted(TYPES.items()))
def test_every_type_of_an_export_has_its_name_in_the_api(written: str, meant: str) -> None:
    assert convert({"modules": [], "start": "", "type": written}).type == meant
    assert convert({"modules": [], "start": "", "metadata": {"type": written}}).type == meant


@pytest.mark.shared
def test_public_exports_lose_nothing_and_are_published_and_explored(shared: Path) -> None:
    folder = shared / "corpus" / "flows"
    exports = refused = 0
    for entry in json.loads((folder / "manifest.json").read_text(encoding="utf-8")):
        for loaded in load((folder / entry["rel"]).read_bytes()):
            if loaded.form != "legacy":
                continue
            exports += 1
            raw = json.loads((folder / entry["rel"]).read_text(encoding="utf-8-sig"), strict=False)
            assert "modules" not in raw or _lost(raw, entry["rel"]) == []
            refused += bool(refusals(loaded.flow, flow_type=loaded.type))
            report = explore(loaded, bounds=Bounds(states=3_000))
            assert (report.unsupported, report.visited) == ((), report.reachable), entry["rel"]
    assert exports > 30
    assert refused <= 1
