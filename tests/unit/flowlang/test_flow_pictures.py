"""Pictures of flows: well-formed, complete, no box on another."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowlang import captions, document, layers
from flowlang.svg import BOX_PX, svg
from tests.support.flow_documents import action, good, with_action
from tests.support.flow_documents import document as flow_of

ROOT = Path(__file__).resolve().parents[3]
OURS = sorted((ROOT / "contact_flows").glob("*/*.json"))
NAMESPACE = "{http://www.w3.org/2000/svg}"


def _texts(picture: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(picture).iter(f"{NAMESPACE}text")]  # noqa: S314  our own


def _boxes(picture: str) -> list[tuple[float, float, float, float]]:
    shapes = ET.fromstring(picture).iter(f"{NAMESPACE}rect")  # noqa: S314  our own
    return [
        tuple(float(shape.get(side, "0")) for side in ("x", "y", "width", "height"))  # type: ignore[misc]
        for shape in shapes
        if shape.get("width") == str(BOX_PX)
    ]


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_every_action_has_a_box_and_no_box_lies_on_another(path: Path) -> None:
    flow = document.parse(path.read_bytes())
    boxes = _boxes(svg(flow, title=path.stem))
    assert len(boxes) == len(flow.actions)
    for number, (x, y, width, height) in enumerate(boxes):
        for other_x, other_y, other_width, other_height in boxes[number + 1 :]:
            beside = x + width <= other_x or other_x + other_width <= x
            assert beside or y + height <= other_y or other_y + other_height <= y


def test_a_picture_speaks_in_words() -> None:
    texts = _texts(svg(document.parse(good()), title="Main <line>"))
    assert "Main <line>" in texts
    assert "Asks for keys · ask" in texts
    assert "Goodbye." in texts
    assert "queue full, if it fails: bye" in texts
    assert "↺ again: back to ask" in texts


def test_the_same_flow_gives_the_same_picture() -> None:
    assert svg(document.parse(good())) == svg(document.parse(good()))


def test_a_flow_without_actions_has_an_empty_picture() -> None:
    assert _boxes(svg(document.parse({"Version": "2019-10-30", "StartAction": "a", "Actions": []}))) == []


def test_an_action_that_only_failures_lead_to_is_still_connected() -> None:
    flow = flow_of(
        action("f", "InvokeLambdaFunction", {}, go="end", errors={"NoMatchingError": "sorry"}),
        action("sorry", "MessageParticipant", {"Text": "Sorry."}, go="end"),
        action("end", "DisconnectParticipant"),
    )
    picture = svg(document.parse(flow))
    assert picture.count("stroke-dasharray") == 1


def test_any_text_can_be_drawn() -> None:
    odd = with_action("bye", lambda item: item["Parameters"].update(Text="a\x00b\uffff <&> 您好，欢迎致电。" * 9))
    assert len(_boxes(svg(document.parse(odd)))) == 8


def test_an_arn_is_shown_by_its_last_part() -> None:
    flow = document.parse(good())
    shown = captions.body(flow, flow.by_identifier()["look-up"])
    assert shown == "f"


def test_names_of_the_designer_beat_identifiers() -> None:
    raw = with_action("set-queue", lambda item: item["Parameters"].update(QueueId="arn:aws:connect:x:y:instance/q/1"))
    raw["Metadata"] = {"ActionMetadata": {"set-queue": {"parameters": {"QueueId": {"displayName": "Sales"}}}}}
    flow = document.parse(raw)
    assert captions.body(flow, flow.by_identifier()["set-queue"]) == "Sales"


@pytest.mark.parametrize(
    ("kind", "label", "said"),
    [
        ("condition", "Equals 1", "1"), ("condition", "NumberGreaterThan 5", "> 5"),
        ("condition", "Equals True", "yes"),
        ("error", "NoMatchingCondition", "otherwise"), ("error", "Odd", "Odd"), ("condition", "Is x", "Is x"),
    ],
)  # fmt: skip
def test_a_branch_is_told_in_words(kind: str, label: str, said: str) -> None:
    assert captions.branch(kind, label) == said


@given(st.text(max_size=80), st.integers(2, 20), st.integers(1, 4))
def test_wrapped_lines_fit(text: str, columns: int, lines: int) -> None:
    wrapped = captions.wrap(text, columns, lines)
    assert len(wrapped) <= lines
    assert all(captions.width(line) <= columns for line in wrapped)


GRAPHS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=25)


@given(GRAPHS)
def test_layers_keep_boxes_apart_and_links_lead_down(pairs: list[tuple[int, int]]) -> None:
    nodes: list[Any] = list(range(10))
    targets: dict[Any, list[Any]] = {node: [b for a, b in pairs if a == node] for node in nodes}
    back = layers.backward(0, targets)
    links = [pair for pair in pairs if pair not in back]
    layout = layers.arrange(nodes, links, dict.fromkeys(nodes, 100.0))
    row = {node: number for number, placed in enumerate(layout.rows) for node in placed}
    assert set(nodes) <= row.keys()
    assert all(row[source] < row[target] for source, target in links)
    for placed in layout.rows:
        boxes = sorted(layout.x[node] for node in placed if node in nodes)
        assert all(right - left >= 100 - 1e-6 for left, right in pairwise(boxes))


def test_a_picture_is_drawn_within_its_frame() -> None:
    picture = svg(document.parse(good()))
    found = re.search(r'viewBox="0 0 (\d+) (\d+)"', picture)
    assert found is not None
    width, height = int(found[1]), int(found[2])
    assert all(x >= 0 and x + w <= width and y >= 0 and y + h <= height for x, y, w, h in _boxes(picture))
