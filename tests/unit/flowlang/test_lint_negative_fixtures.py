"""One document for every way to be refused: refused with exactly that code, and accepted when it is mended."""

import pytest

from flowlang import document, lint
from flowlang.lint import RULES, Severity
from tests.support.lint_cases import Case
from tests.support.more_lint_cases import ALL, VARIANTS

REFUSING = sorted(code for code, rule in RULES.items() if rule.severity is Severity.REFUSED)


def _refusals(source: object, case: Case) -> set[str]:
    flow = document.parse(source)  # type: ignore[arg-type]
    found = lint.lint(flow, flow_type=case.flow_type, known_references=case.names)
    return {finding.code for finding in found if finding.severity is Severity.REFUSED}


@pytest.mark.parametrize("code", REFUSING)
def test_a_broken_document_is_refused_with_exactly_its_code(code: str) -> None:
    assert _refusals(ALL[code].bad, ALL[code]) == {code}


@pytest.mark.parametrize("code", REFUSING)
def test_its_mended_twin_is_accepted(code: str) -> None:
    assert _refusals(ALL[code].fine, ALL[code]) == set()


@pytest.mark.parametrize(("code", "case"), VARIANTS, ids=[f"{code}-{at}" for at, (code, _) in enumerate(VARIANTS)])
def test_other_ways_to_break_a_rule_are_refused_with_its_code(code: str, case: Case) -> None:
    assert code in _refusals(case.bad, case)
    assert _refusals(case.fine, case) == set()
