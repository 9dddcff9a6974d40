"""What only shows when several flows are linted together."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from flowlang import document, tasks
from flowlang.lint.set_rules import RULES_OF_SETS, lint_set
from flowlang.load import Loaded, load
from tests.support.flow_documents import good
from tests.support.lint_sets import CONTRACT, SETS, caller, module, nested, transfer


def _codes(flows: list[Loaded]) -> set[str]:
    return {finding.code for _, finding in lint_set(flows)}


def test_every_rule_on_sets_has_a_case() -> None:
    assert SETS.keys() == RULES_OF_SETS.keys()


@pytest.mark.parametrize("code", sorted(SETS))
def test_a_rule_on_sets_finds_its_defect_and_is_silent_about_the_mended_set(code: str) -> None:
    bad, fine = SETS[code]
    assert _codes(bad) == {code}
    assert code not in _codes(fine)


def test_no_flow_alone_or_none_at_all_breaks_a_rule_on_sets() -> None:
    assert list(lint_set([])) == []
    assert _codes([Loaded(flow=document.parse(good()), name="one")]) == set()


def test_a_flow_that_leads_to_itself_depends_on_itself() -> None:
    ((flow, finding),) = lint_set([transfer("a", "a"), transfer("b", "a")])
    assert (flow.name, finding.code, finding.action) == ("a", "S01", "on")


def test_a_cycle_is_told_at_every_flow_in_it_and_not_at_those_that_lead_to_it() -> None:
    flows = [transfer("x", "a"), transfer("a", "b"), transfer("b", "c"), transfer("c", "a")]
    assert {flow.name for flow, _ in lint_set(flows)} == {"a", "b", "c"}


def test_modules_that_call_each_other_end_the_count_and_are_told() -> None:
    assert _codes([module("m", "n"), module("n", "m")]) == {"S01", "S02"}


def test_five_modules_in_each_other_are_allowed() -> None:
    assert _codes(nested(5)) == set()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (caller(account="$.Attributes.a", colour="red"), "no input 'colour'"),
        (caller(), "asks for the input 'account'"),
        (caller(account="a", tries="$.Attributes.n"), "is a path, and the contract says number"),
        (caller("silver", account="a"), "no branch 'silver'"),
    ],
)
def test_a_call_that_does_not_fit_the_contract_is_refused(given: Loaded, told: str) -> None:
    found = [finding.message for _, finding in lint_set([given, module("m", contract=CONTRACT)])]
    assert len(found) == 1
    assert told in found[0]


@pytest.mark.parametrize(("returns", "count"), [
    ({"Result": "gold", "ResultData": {"tier": "$.Attributes.tier"}}, 0),
    ({"Result": "silver"}, 1), ({"ResultData": {"level": "1"}}, 1), ({}, 0),
])  # fmt: skip
def test_a_module_returns_what_its_contract_declares(returns: dict[str, Any], count: int) -> None:
    assert len(list(lint_set([module("m", contract=CONTRACT, **returns)]))) == count


def test_the_contract_is_read_from_what_stands_beside_the_content() -> None:
    content = json.dumps(document.to_document(module("m").flow))
    answer = {"ContactFlowModule": {"Name": "m", "Content": content, "Settings": json.dumps(CONTRACT)}}
    (loaded,) = load(json.dumps(answer))
    assert loaded.contract == CONTRACT
    (without,) = load(json.dumps({"ContactFlowModule": {"Name": "m", "Content": content, "Settings": "{}"}}))
    assert without.contract is None


def test_the_command_sees_the_files_together(tmp_path: Path) -> None:
    paths = []
    for flow in SETS["S01"][0]:
        paths.append(tmp_path / f"{flow.name}.json")
        paths[-1].write_text(document.to_json(flow.flow), encoding="utf-8")
    out = io.StringIO()
    assert tasks.lint_files(paths, out) == 0
    assert out.getvalue().count("S01 warning on:") == 3
    assert tasks.lint_files(paths, io.StringIO(), tasks.LintOptions(strict=True)) == 1
    assert tasks.lint_files(paths[:1], io.StringIO(), tasks.LintOptions(strict=True)) == 0
