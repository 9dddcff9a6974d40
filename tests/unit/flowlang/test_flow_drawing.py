"""Mermaid drawings are valid whatever names a flow has."""

import re

from hypothesis import given
from hypothesis import strategies as st

from flowlang import document, draw
from flowlang.svg import svg
from tests.support.flow_documents import action, with_action
from tests.support.flow_documents import document as flow_of

LINE = re.compile(
    r"flowchart TB|  start\(\(start\)\) --> n\d+"
    r'|  n\d+(?:\{\{"[^"]*"\}\}|\(\["[^"]*"\]\)|\[\["[^"]*"\]\]|\["[^"]*"\])'
    r'|  n\d+ (?:-->|-\.->|-- "[^"]*" -->|-\. "[^"]*" \.->) n\d+'
)
"""Every line that a flowchart may have: a node with a quoted text, or an arrow."""


def _named(name: str, result: str) -> str:
    errors = {"NoMatchingCondition": "end"}
    test = action(name, "Compare", {"ComparisonValue": "$.Attributes.x"}, go="end", errors=errors,
                  when=[("Equals", result, "end")])  # fmt: skip
    return draw.mermaid(document.parse(flow_of(test, action("end", "DisconnectParticipant"))))


@given(st.text(min_size=1, max_size=12), st.text(min_size=1, max_size=12))
def test_every_line_of_a_drawing_is_one_of_mermaid(name: str, result: str) -> None:
    for line in _named(name, result).splitlines():
        assert LINE.fullmatch(line), line


def test_what_mermaid_would_read_as_markup_is_written_as_an_entity() -> None:
    drawn = _named('say "#1" <b>', "`a` & b\nc")
    assert "say #quot;#35;1#quot; #lt;b#gt;" in drawn
    assert '"#96;a#96; #amp; b c"' in drawn


def test_names_in_any_writing_are_kept() -> None:
    assert "查询客户" in _named("查询客户", "是")


def test_a_long_name_is_cut_and_not_left_out_of_its_heading() -> None:
    name = "choose-the-queue-of-the-line-and-language"
    picture = svg(document.parse(with_action("set-queue", lambda item: item.update(Identifier=name))))
    assert "Chooses the queue · choose-the-…" in picture


def test_a_label_at_the_left_edge_stays_in_the_picture() -> None:
    labels = re.findall(r'<text x="(-?\d+)"[^>]*text-anchor="middle"[^>]*>([^<]*)</text>', svg(document.parse(_wide())))
    assert labels
    assert all(int(x) >= len(text) * 3 for x, text in labels)


def _wide() -> dict[str, object]:
    when = [("Equals", f"a rather long result {at}", f"say {at}") for at in range(6)]
    errors = {"NoMatchingCondition": "end"}
    test = action("test", "Compare", {"ComparisonValue": "$.Attributes.x"}, go="end", errors=errors, when=when)
    said = [action(f"say {at}", "MessageParticipant", {"Text": "x"}, go="end") for at in range(6)]
    return flow_of(test, *said, action("end", "DisconnectParticipant"))
