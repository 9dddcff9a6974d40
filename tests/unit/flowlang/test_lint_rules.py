"""Every rule of the linter, by its code: a document that breaks it, and the same document mended."""

import pytest

from flowlang import document, lint
from tests.support.flow_documents import Document, action, good
from tests.support.flow_documents import document as flow_of
from tests.support.lint_cases import CQ, IN, MOD, Case, here, loop_prompts, queue_flow, say, store, typed, ways
from tests.support.more_lint_cases import ALL as CASES


def _codes(source: Document, case: Case) -> set[str]:
    findings = lint.lint(document.parse(source), flow_type=case.flow_type, known_references=case.names)
    return {finding.code for finding in findings}


def test_every_rule_has_a_case() -> None:
    assert CASES.keys() == lint.RULES.keys()


@pytest.mark.parametrize("code", sorted(CASES))
def test_a_rule_finds_its_defect(code: str) -> None:
    assert code in _codes(CASES[code].bad, CASES[code])


@pytest.mark.parametrize("code", sorted(CASES))
def test_a_rule_is_silent_about_the_mended_document(code: str) -> None:
    assert code not in _codes(CASES[code].fine, CASES[code])


def test_a_good_flow_has_no_findings_at_all() -> None:
    assert lint.lint(document.parse(good()), flow_type=IN) == ()


def test_every_finding_says_where_what_and_how_to_mend_it() -> None:
    for case in CASES.values():
        flow = document.parse(case.bad)
        for finding in lint.lint(flow, flow_type=case.flow_type, known_references=case.names):
            assert finding.message
            assert finding.mend
            assert str(finding).startswith(f"{finding.code} {finding.severity} ")
            assert finding.action in {"", *flow.by_identifier()}


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("UnTagContact", "UntagContact"),
        ("UpdateRoutingCriteria", "UpdateContactRoutingCriteria"),
        ("SetVoice", "UpdateContactTextToSpeechVoice"),
    ],
)
def test_a_misspelt_type_is_refused_with_the_name_that_is_meant(wrong: str, right: str) -> None:
    findings = lint.refusals(document.parse(typed("log", wrong)), flow_type=IN)
    (finding,) = [finding for finding in findings if finding.code == "T01"]
    assert right in finding.mend


def test_wait_with_the_documented_parameter_is_told_the_real_one() -> None:
    waits = here("Wait", {"TimeoutSeconds": "5"}, when=[("Equals", "WaitCompleted", "bye")])
    findings = lint.refusals(document.parse(waits), flow_type=IN)
    assert [finding.mend for finding in findings if finding.code == "P19"] == ["Write TimeLimitSeconds"]


def test_refusals_are_only_what_the_service_would_not_publish() -> None:
    spinning = document.parse(CASES["B05"].bad)
    assert lint.refusals(spinning, flow_type=IN) == ()
    assert lint.lint(spinning, flow_type=IN)


def test_rules_about_flow_types_wait_until_the_type_is_known() -> None:
    whisper_with_disconnect = document.parse(CASES["T02"].bad)
    assert "T02" not in {finding.code for finding in lint.lint(whisper_with_disconnect)}


def test_a_module_without_settings_is_refused() -> None:
    module = flow_of(action("done", "EndFlowModuleExecution"))
    assert [finding.code for finding in lint.lint(document.parse(module), flow_type=MOD)] == ["D06"]


def test_a_key_that_the_caller_presses_breaks_the_circle_of_an_error() -> None:
    asks_again = ways("look-up", Errors=[{"ErrorType": "NoMatchingError", "NextAction": "ask"}])
    assert "B05" not in {finding.code for finding in lint.lint(document.parse(asks_again), flow_type=IN)}


def test_a_queue_that_could_not_be_set_does_not_count_as_set() -> None:
    errors = [{"ErrorType": "NoMatchingError", "NextAction": "transfer"}]
    assert "R01" in {
        finding.code for finding in lint.lint(document.parse(ways("set-queue", Errors=errors)), flow_type=IN)
    }


def test_stored_input_must_not_declare_the_branches_of_a_menu() -> None:
    stored = store()
    stored["Actions"][-1]["Transitions"]["Errors"].append({"ErrorType": "InputTimeLimitExceeded", "NextAction": "bye"})
    assert "B02" in {finding.code for finding in lint.lint(document.parse(stored), flow_type=IN)}


@pytest.mark.parametrize(("identifier", "legal"), [("", False), ("a", True), ("a" * 50, True), ("a" * 51, False)])
def test_an_identifier_has_1_to_50_characters(identifier: str, *, legal: bool) -> None:
    findings = lint.lint(document.parse(flow_of(action(identifier, "DisconnectParticipant"))), flow_type=IN)
    assert ("D03" in {finding.code for finding in findings}) != legal


@pytest.mark.parametrize(
    ("identifier", "operator", "mend"),
    [("bye", "Equals", "It takes no conditions at all"), ("ask", "TextContains", "It takes Equals")],
)
def test_a_wrong_operator_is_told_the_right_ones(identifier: str, operator: str, mend: str) -> None:
    condition = {"NextAction": "end", "Condition": {"Operator": operator, "Operands": ["1"]}}
    findings = lint.lint(document.parse(ways(identifier, Conditions=[condition])), flow_type=IN)
    assert [finding.mend for finding in findings if finding.code == "B06"] == [mend]


def test_a_prompt_anywhere_before_the_loop_prompts_is_found_and_one_behind_them_is_not() -> None:
    flow = queue_flow(
        action("log", "UpdateFlowLoggingBehavior", {"FlowLoggingBehavior": "Enabled"}, go="hello"),
        say("hello", "Welcome.", "wait"),
        {**loop_prompts("25"), "Transitions": {"NextAction": "again"}},
        say("again", "Please stay.", "wait"),
    )
    findings = lint.lint(document.parse(flow), flow_type=CQ)
    assert [finding.action for finding in findings if finding.code == "R09"] == ["hello"]
