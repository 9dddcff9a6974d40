"""Reading and writing flow documents."""

import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowlang.catalogue import ACTIONS
from flowlang.document import (
    Action,
    Condition,
    ErrorBranch,
    Flow,
    InvalidDocument,
    Transitions,
    parse,
    to_document,
    to_json,
)
from flowlang.draw import mermaid
from flowlang.layout import arrange
from flowlang.lint import lint
from tests.support.flow_documents import action, document, good

names = st.sampled_from(["a", "b", "c", "d", "e", "", "再见", "__proto__"])
texts = st.text(max_size=12) | st.sampled_from(["$.External.x", "{{queue.a}}", "{{?menu.1}}", "", "True", "20"])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 500) | texts,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(string.ascii_letters, max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)
parameter_names = st.sampled_from(
    sorted(
        {parameter.name.split(".")[0].removesuffix("[]") for kind in ACTIONS.values() for parameter in kind.parameters}
    )
)
transitions = st.builds(
    Transitions,
    next_action=st.none() | names.filter(bool),
    errors=st.lists(st.builds(ErrorBranch, st.sampled_from(["NoMatchingError", "X", ""]), names), max_size=3).map(
        tuple
    ),
    conditions=st.lists(
        st.builds(Condition, st.sampled_from(["Equals", "And", ""]), st.lists(texts, max_size=2).map(tuple), names),
        max_size=3,
    ).map(tuple),
)
actions = st.builds(
    Action,
    identifier=names,
    type=st.sampled_from([*ACTIONS, "Nonsense", ""]),
    parameters=st.dictionaries(parameter_names, json_values, max_size=4),
    transitions=transitions,
)
flows = st.builds(Flow, start=names, actions=st.lists(actions, max_size=7).map(tuple), metadata=st.just({}))
flow_types = st.sampled_from([None, "CONTACT_FLOW", "CUSTOMER_QUEUE", "AGENT_WHISPER", "MODULE", "nonsense"])


@given(flows)
def test_writing_and_reading_gives_the_same_flow(flow: Flow) -> None:
    assert parse(to_json(flow)) == flow
    assert parse(to_json(flow, indent=2)) == flow


@given(flows, flow_types, st.none() | st.just(frozenset({"queue.a"})))
def test_lint_answers_for_any_document(flow: Flow, flow_type: str | None, known: frozenset[str] | None) -> None:
    for finding in lint(flow, flow_type=flow_type, known_references=known):
        assert str(finding)


@given(flows)
def test_any_flow_can_be_drawn_and_laid_out(flow: Flow) -> None:
    assert mermaid(flow).startswith("flowchart TB\n")
    positions = arrange(flow).metadata["ActionMetadata"]
    assert positions.keys() == flow.by_identifier().keys()
    places = [(item["position"]["x"], item["position"]["y"]) for item in positions.values()]
    assert len(places) == len(set(places))


@given(json_values | st.dictionaries(st.sampled_from(["Actions", "Version", "StartAction", "Metadata"]), json_values))
def test_anything_else_is_a_flow_or_refused(value: object) -> None:
    try:
        flow = parse(json.dumps(value))
    except InvalidDocument:
        return
    assert parse(to_json(flow)) == flow
    assert all(str(finding) for finding in lint(flow))


@given(st.binary(max_size=40))
def test_bytes_that_are_no_document_are_refused(junk: bytes) -> None:
    with pytest.raises(InvalidDocument):
        parse(junk)


def test_absent_parts_read_as_empty() -> None:
    flow = parse({"Version": "2019-10-30", "StartAction": "a", "Actions": [{"Identifier": "a", "Type": "Loop"}]})
    (only,) = flow.actions
    assert (only.parameters, only.transitions) == ({}, Transitions())


def test_an_empty_next_action_ends_here() -> None:
    flow = parse(document(action("a", "TransferContactToQueue", go="")))
    assert flow.actions[0].transitions.next_action is None


def test_bare_numbers_and_booleans_read_as_text_where_operands_stand() -> None:
    flow = parse(document(action("a", "Loop", when=[("Equals", 1, "a"), ("Equals", True, "a")])))
    assert [condition.operands for condition in flow.actions[0].transitions.conditions] == [("1",), ("True",)]


def test_a_byte_order_mark_is_no_obstacle() -> None:
    assert parse(b"\xef\xbb\xbf" + json.dumps(good()).encode()) == parse(good())


def test_a_legacy_export_is_named_as_such() -> None:
    with pytest.raises(InvalidDocument, match="legacy console export"):
        parse({"modules": [], "version": "1", "type": "contactFlow", "start": "x"})


def test_an_object_without_actions_is_no_flow() -> None:
    with pytest.raises(InvalidDocument, match="no Actions"):
        parse({"Content": "{}"})


def test_an_error_takes_its_own_branch_before_the_catch_all() -> None:
    ways = Transitions(errors=(ErrorBranch("NoMatchingError", "any"), ErrorBranch("QueueAtCapacity", "full")))
    assert ways.on_error("QueueAtCapacity") == "full"
    assert ways.on_error("Whatever") == "any"
    assert Transitions().on_error("Whatever") is None


def test_of_two_actions_with_one_name_the_first_is_found() -> None:
    flow = parse(document(action("a", "Loop"), action("a", "Compare")))
    assert flow.by_identifier()["a"].type == "Loop"


def test_a_document_keeps_what_it_does_not_understand_in_metadata() -> None:
    source = {**good(), "Metadata": {"Annotations": [{"text": "hello"}]}}
    assert to_document(parse(source))["Metadata"] == source["Metadata"]


def test_a_drawing_dots_errors_and_names_branches() -> None:
    drawing = mermaid(parse(good()))
    assert "start((start)) --> n0" in drawing
    assert 'n1 -- "1" --> n3' in drawing
    assert 'n3 -. "NoMatchingError" .-> n6' in drawing
    # A transfer that succeeds leaves the flow: what follows it is only ever an error.
    assert 'n5 -. "QueueAtCapacity, NoMatchingError" .-> n6' in drawing


def test_a_drawing_escapes_what_mermaid_would_read() -> None:
    drawing = mermaid(parse(document(action('say "hi" <b>', "DisconnectParticipant"))))
    assert "say #quot;hi#quot; #lt;b#gt;" in drawing
