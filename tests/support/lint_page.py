"""The page of the linter's codes, from the rules and an example of each: `python -m tests.support.lint_page`."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from flowlang import document, lint
from flowlang.lint.set_rules import RULES_OF_SETS, lint_set
from tests.support.lint_sets import SETS
from tests.support.more_lint_cases import ALL

PAGE = Path(__file__).resolve().parents[2] / "docs" / "flow-lint-codes.md"
HEAD = """# The codes of the flow linter

`./trunkline flow lint` says what is wrong with contact flows, each finding with one of these codes
([flow-tools.md](flow-tools.md)).

* `refused`: the service would not publish it. Exit code 1.
* `error`: it breaks a rule for templates in a repository. Exit code 1.
* `warning`: a trap. The service publishes it and callers meet it. Exit code 0, and 1 with `--strict`.

`D00` (refused) says that a file holds no flow, `C01` (warning) what a conversion kept because it knows no counterpart.

This page is written by `python -m tests.support.lint_page`; a test holds it to the rules.
"""
GROUPS: Mapping[str, str] = {
    "D": "The document",
    "T": "Action types",
    "G": "The graph",
    "B": "Branches",
    "P": "Parameters",
    "R": "Ways through the flow",
    "S": "Several flows together",
}


def page() -> str:
    """Return the page's text."""
    return HEAD + "".join(f"\n## {title}\n\n{''.join(_rows(letter))}" for letter, title in GROUPS.items())


def _rows(letter: str) -> Iterator[str]:
    yield "| Code | Severity | What must hold | Why, or when | Example of a finding | How to mend it |\n"
    yield "|---|---|---|---|---|---|\n"
    rules = {**lint.RULES, **RULES_OF_SETS}
    for code in sorted(code for code in rules if code.startswith(letter)):
        rule = rules[code]
        example = _example(code)
        why = " ".join((rule.check.__doc__ or "").split())
        cells = [code, rule.severity, rule.summary, why, example.message, f"{example.mend}."]
        yield f"| {' | '.join(_cell(text) for text in cells)} |\n"


def _example(code: str) -> lint.Finding:
    if code in RULES_OF_SETS:
        return next(finding for _, finding in lint_set(SETS[code][0]) if finding.code == code)
    case = ALL[code]
    found = lint.lint(document.parse(case.bad), flow_type=case.flow_type, known_references=case.names)
    return next(finding for finding in found if finding.code == code)


def _cell(text: str) -> str:
    short = text if len(text) < 200 else f"{text[:199]}…"
    return short.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"written: {PAGE}\n")
