"""What our flows send and read is what the functions' schemas take and answer (INT-07)."""

import dataclasses

import pytest

from cli import function_schemas, function_use
from cli.function_use import Use
from flowlang import answers, document
from flowlang.document import Flow

FLOWS = function_use.templates()


def test_no_flow_reads_or_sends_what_the_functions_schema_does_not_have() -> None:
    assert function_use.unknown(FLOWS) == []


def test_every_function_that_flows_invoke_is_read_and_written_by_one() -> None:
    assert {use.function for use in function_use.read(FLOWS)} == function_schemas.FLOW_INVOKED.keys()
    assert {use.function for use in function_use.sent(FLOWS)} == function_schemas.FLOW_INVOKED.keys()


def test_the_page_of_functions_is_current_and_says_who_reads_what_and_what_nobody_reads() -> None:
    page = function_use.FILE.read_text(encoding="utf-8")
    assert page == function_use.page(), "trunkline api schemas"
    assert "| `waitSeconds` | whole seconds; none: nothing is known to tell it from | `queue-wait` |" in page
    assert "| `lastQueue` |  | no flow |" in page


def changed(name: str, before: str, after: str) -> dict[str, Flow]:
    text = document.to_json(FLOWS[name])
    assert before in text
    return {**FLOWS, name: document.parse(text.replace(before, after))}


@pytest.mark.parametrize(
    ("name", "before", "after", "said"),
    [
        (
            "queue-wait",
            "$.External.waitSeconds",
            "$.External.wait",
            "queue-wait reads wait, which estimate_wait answers",
        ),
        ("route", "$.External.rule", "$.External.waitSeconds", "route reads waitSeconds, which route_contact answers"),
        ("identify", "customerNumber", "cardNumber", "identify sends cardNumber, which lookup_customer does not take"),
    ],
)
def test_a_flow_that_names_a_field_which_its_function_does_not_have_is_named(
    name: str, before: str, after: str, said: str
) -> None:
    assert function_use.unknown(changed(name, before, after)) == [said]


def test_what_is_read_before_any_function_has_answered_belongs_to_nobody() -> None:
    inbound = FLOWS["inbound"]
    asks = next(action for action in inbound.actions if answers.answers(action))
    silent = dataclasses.replace(asks, type="UpdateContactAttributes", parameters={"Attributes": {}})
    actions = tuple(silent if action is asks else action for action in inbound.actions)
    alone = {"inbound": dataclasses.replace(inbound, actions=actions)}
    assert Use("", "customerName", "inbound") in function_use.read(alone)
    assert "inbound reads customerName, which nobody answers" in function_use.unknown(alone)
