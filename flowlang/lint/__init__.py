"""The linter: coded findings on one flow document. Never raises for a document that `document.parse` accepts.

Every rule is one small function, found by its code in `RULES`: D document, T types, G graph, B branches, P parameters,
R routes through the flow; S, in `RULES_OF_SETS`, several flows together.
"""

from collections.abc import Container

from flowlang.document import Flow
from flowlang.lint import (
    branch_rules,
    course_rules,
    criteria_rules,
    document_rules,
    parameter_rules,
    route_rules,
    shape_rules,
    trap_rules,
)
from flowlang.lint.model import RULES, Finding, Rule, Severity, Subject

__all__ = ["RULES", "Finding", "Rule", "Severity", "lint", "refusals"]

# Importing a module of rules registers its rules.
_MODULES = (
    document_rules, branch_rules, parameter_rules, shape_rules, criteria_rules, route_rules, trap_rules,
    course_rules,
)  # fmt: skip


def lint(
    flow: Flow, *, flow_type: str | None = None, known_references: Container[str] | None = None
) -> tuple[Finding, ...]:
    """Return every finding, in the order of the codes.

    `flow_type` is the API's name (`CONTACT_FLOW`) or `MODULE`; without it, rules that depend on it do not apply. With
    `known_references` the flow is a template whose `{{...}}` must be among them; without, none may be left.
    """
    subject = Subject(flow, flow_type, known_references)
    return tuple(
        Finding(code, RULES[code].severity, hit.action, hit.message, hit.mend)
        for code in sorted(RULES)
        for hit in RULES[code].check(subject)
    )


def refusals(flow: Flow, *, flow_type: str | None = None) -> tuple[Finding, ...]:
    """Return the findings for which the service would refuse to publish the finished flow."""
    return tuple(finding for finding in lint(flow, flow_type=flow_type) if finding.severity is Severity.REFUSED)
