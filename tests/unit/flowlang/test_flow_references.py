"""Symbolic references: found, rendered, and left out where a tenant has no such thing."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowlang import references
from flowlang.document import Flow, parse
from tests.support.flow_documents import Document, action, document

HAS = {"queue.vip": "arn:vip", "line.id": "after-sales", "menu.1": "repair"}


def resolve(name: str) -> str | None:
    """Answer for a tenant that has `HAS`; names under `menu.` and `queue.` may be absent, others cannot exist."""
    if name not in HAS and not name.startswith(("menu.", "queue.")):
        msg = "no such kind of thing"
        raise LookupError(msg)
    return HAS.get(name)


def _flow(*actions: dict[str, object]) -> Flow:
    return parse(document(*actions))


def _menu(*digits: str, onward: str = "end") -> Document:
    choices = [
        action(
            "choice-" + digit, "UpdateContactAttributes", {"Attributes": {"c": "{{?menu." + digit + "}}"}}, go=onward
        )
        for digit in digits
    ]
    when = [("Equals", digit, f"choice-{digit}") for digit in digits]
    return document(
        action("ask", "GetParticipantInput", {"Text": "x"}, go="end", when=when),
        *choices,
        action("end", "DisconnectParticipant"),
    )


def test_references_are_found_wherever_text_stands() -> None:
    flow = _flow(action("a", "X", {"p": "{{queue.vip}} and {{?menu.1}}", "q": [{"r": "{{ line.id }}"}], "n": 5}))
    assert [(found.name, found.optional) for found in references.find(flow)] == [
        ("queue.vip", False),
        ("menu.1", True),
        ("line.id", False),
    ]


def test_references_are_replaced_inside_text_lists_and_objects() -> None:
    flow = _flow(action("a", "X", {"p": "to {{queue.vip}}", "q": [{"r": "{{line.id}}"}], "n": 5}))
    assert references.render(flow, resolve).actions[0].parameters == {
        "p": "to arn:vip",
        "q": [{"r": "after-sales"}],
        "n": 5,
    }


def test_an_action_without_its_optional_part_goes_and_takes_its_condition_along() -> None:
    flow = references.render(parse(_menu("1", "2")), resolve)
    assert flow.by_identifier().keys() == {"ask", "choice-1", "end"}
    assert [condition.operands for condition in flow.actions[0].transitions.conditions] == [("1",)]


def test_what_leads_to_a_removed_action_goes_on_behind_it() -> None:
    flow = references.render(
        _flow(
            action("start", "X", go="gone", errors={"NoMatchingError": "gone"}),
            action("gone", "X", {"p": "{{?queue.none}}"}, go="gone-too"),
            action("gone-too", "X", {"p": "{{?menu.9}}"}, go="end"),
            action("end", "X"),
        ),
        resolve,
    )
    ways = flow.actions[0].transitions
    assert (ways.next_action, ways.on_error("NoMatchingError")) == ("end", "end")


def test_a_flow_may_start_behind_a_removed_action() -> None:
    flow = references.render(_flow(action("gone", "X", {"p": "{{?menu.9}}"}, go="end"), action("end", "X")), resolve)
    assert flow.start == "end"


def test_positions_of_removed_actions_go_too() -> None:
    source = {**_menu("1", "2"), "Metadata": {"ActionMetadata": {"ask": {}, "choice-2": {}}}}
    assert references.render(parse(source), resolve).metadata == {"ActionMetadata": {"ask": {}}}


@pytest.mark.parametrize("text", ["{{queue.none}}", "{{prompt.x}}", "{{?prompt.x}}", "{{no good}}", "{{}}", "{{?.}}"])
def test_an_unknown_reference_names_action_and_reference(text: str) -> None:
    with pytest.raises(references.UnknownReference, match="'the-action'"):
        references.render(_flow(action("the-action", "X", {"p": text})), resolve)


def test_a_removed_action_that_leads_nowhere_cannot_be_passed() -> None:
    flow = _flow(action("start", "X", go="gone"), action("gone", "X", {"p": "{{?menu.9}}"}))
    with pytest.raises(references.UnknownReference, match="must pass through"):
        references.render(flow, resolve)


def test_removed_actions_in_a_circle_cannot_be_passed() -> None:
    flow = _flow(
        action("start", "X", go="a"),
        action("a", "X", {"p": "{{?menu.8}}"}, go="b"),
        action("b", "X", {"p": "{{?menu.9}}"}, go="a"),
    )
    with pytest.raises(references.UnknownReference, match="must pass through"):
        references.render(flow, resolve)


@given(st.sets(st.sampled_from("0123456789"), min_size=1), st.sets(st.sampled_from("0123456789")))
def test_rendering_keeps_exactly_what_the_tenant_has(offered: set[str], present: set[str]) -> None:
    flow = references.render(
        parse(_menu(*sorted(offered))),
        lambda name: name if name.removeprefix("menu.") in present else None,
    )
    kept = offered & present
    assert flow.by_identifier().keys() == {"ask", "end", *(f"choice-{digit}" for digit in kept)}
    assert {condition.operands[0] for condition in flow.actions[0].transitions.conditions} == kept
    assert list(references.find(flow)) == []


@given(st.text(max_size=30))
def test_any_text_is_rendered_or_refused(text: str) -> None:
    flow = _flow(action("a", "X", {"p": "{{" + text + "}}", "q": text}))
    with contextlib.suppress(references.UnknownReference):
        assert list(references.find(references.render(flow, resolve))) == []


def test_a_reference_as_a_whole_is_told_from_text_around_one() -> None:
    texts = ("{{survey.keys}}", "{{?flow.survey}}", "{{line.id}}s", "5", "")
    assert [references.is_reference(text) for text in texts] == [True, True, False, False, False]
