"""Flows are found wherever they stand."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowlang import document
from flowlang.document import InvalidDocument
from flowlang.load import load
from tests.support.flow_documents import good

MODULE = {**good(), "Settings": {"InputParameters": [], "OutputParameters": [], "Transitions": []}}
LEGACY = {
    "modules": [{"id": "bye", "type": "Disconnect", "branches": [], "parameters": []}],
    "version": "1",
    "type": "customerQueue",
    "start": "bye",
    "metadata": {"name": "Goodbye"},
}


def test_a_bare_document_is_a_flow() -> None:
    (found,) = load(json.dumps(good()))
    assert (found.flow, found.type, found.where, found.form) == (document.parse(good()), None, "", "flow-language")


def test_a_byte_order_mark_does_no_harm() -> None:
    (found,) = load(b"\xef\xbb\xbf" + json.dumps(good()).encode())
    assert found.flow == document.parse(good())


@pytest.mark.parametrize("content", [json.dumps(good()), good()], ids=["text", "object"])
@pytest.mark.parametrize("key", ["ContactFlow", "Anything"])
def test_the_answer_of_an_api_is_unwrapped_with_its_name_type_and_ids(key: str, content: Any) -> None:
    answer = {key: {"Id": "i-1", "Arn": "arn:x", "Name": "Main", "Type": "CUSTOMER_QUEUE", "Content": content}}
    (found,) = load(json.dumps(answer))
    assert (found.flow, found.name, found.type) == (document.parse(good()), "Main", "CUSTOMER_QUEUE")
    assert found.ids == {"i-1", "arn:x"}


def test_a_request_is_unwrapped() -> None:
    request = {"InstanceId": "i", "Name": "Whisper", "Type": "AGENT_WHISPER", "Content": json.dumps(good())}
    (found,) = load(json.dumps(request))
    assert (found.name, found.type) == ("Whisper", "AGENT_WHISPER")


def test_settings_make_a_module() -> None:
    (found,) = load(json.dumps(MODULE))
    assert found.type == "MODULE"


def test_a_module_resource_is_a_module() -> None:
    answer = {"ContactFlowModule": {"Name": "Ask", "Content": json.dumps(good())}}
    (found,) = load(json.dumps(answer))
    assert (found.name, found.type) == ("Ask", "MODULE")


def test_every_flow_of_a_template_is_found_in_order() -> None:
    joined = {"Fn::Join": ["", ['{"Version":"2019-10-30","StartAction":"', {"Ref": "First"}, '","Actions":[]}']]}
    template = {
        "Resources": {
            "One": {"Type": "AWS::Connect::ContactFlow", "Properties": {"Name": "A", "Content": json.dumps(good())}},
            "Two": {
                "Type": "AWS::Connect::ContactFlowModule",
                "Properties": {"Name": "B", "Content": {"Fn::Sub": json.dumps(MODULE)}},
            },
            "Three": {"Type": "AWS::Connect::ContactFlow", "Properties": {"Name": "C", "Content": joined}},
        }
    }
    found = load(json.dumps(template))
    assert [(one.name, one.type) for one in found] == [("A", None), ("B", "MODULE"), ("C", None)]
    assert found[2].flow.start == "${First}"


def test_placeholders_may_stand_for_values_that_are_not_text() -> None:
    text = json.dumps(good()).replace('"LoopCount": "2"', '"LoopCount": ${rounds}')
    (found,) = load(text)
    assert found.flow.by_identifier()["retry"].parameters["LoopCount"] == "${rounds}"


def test_a_flow_inside_yaml_is_found() -> None:
    indented = json.dumps(good(), indent=2).replace("\n", "\n        ")
    (found,) = load(f"Resources:\n  Flow:\n    Properties:\n      Content: !Sub |\n        {indented}\n      Name: x\n")
    assert found.flow == document.parse(good())


def test_a_flow_that_is_quoted_in_another_language_is_found() -> None:
    (found,) = load(f"resource aws_connect_contact_flow main {{\n  content = {json.dumps(json.dumps(good()))}\n}}\n")
    assert found.flow == document.parse(good())


def test_an_old_export_is_converted_with_its_name_and_type() -> None:
    (found,) = load(json.dumps(LEGACY))
    assert (found.form, found.name, found.type) == ("legacy", "Goodbye", "CUSTOMER_QUEUE")
    assert found.flow.actions[0].type == "DisconnectParticipant"


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"modules": []}', '{"Actions": 3, "Version": ""}', "hello"])
def test_what_holds_no_flow_is_refused(text: str) -> None:
    with pytest.raises(InvalidDocument):
        load(text)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(InvalidDocument, match="UTF-8"):
        load(b"\xff\xfe\x00")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["Actions", "Version", "StartAction", "modules", "start", "Content", "Fn::Join", "metadata"]
            )
            | st.text(max_size=4),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


def told_of(text: str | bytes) -> list[str]:
    """The types of the flows in a text, or why there is none."""
    try:
        return [one.type or "any" for one in load(text)]
    except InvalidDocument as refusal:
        return [str(refusal)]


@given(JSON, st.booleans())
def test_any_json_is_loaded_or_refused(value: Any, nested: bool) -> None:  # noqa: FBT001  hypothesis fills it
    assert told_of(json.dumps({"Content": json.dumps(value)} if nested else value))


@given(st.text(max_size=80) | st.binary(max_size=80))
def test_any_text_is_loaded_or_refused(text: str | bytes) -> None:
    assert told_of(text)
