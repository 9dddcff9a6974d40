"""A flow as an SVG picture that people outside the project can read.

Success leads down along arrows. Failures and ways back stand as lines of text in the box that they leave, so that the
picture shows the course of a call and not the net of its error branches.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

from flowlang import captions, layers
from flowlang.catalogue import ACTIONS
from flowlang.document import Action, Edge, Flow
from flowlang.explore import ways

BOX_PX = 236
_LINE_PX, _HEAD_PX, _PAD_PX, _ROW_GAP_PX, _MARGIN_PX, _TITLE_PX = 16, 22, 8, 54, 24, 44
_COLUMNS, _HEAD_COLUMNS, _LABEL_COLUMNS = 32, 32, 22
_LETTER_PX = 6.2
_FONT = "font-family=\"'Helvetica Neue',Arial,'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif\""

_SPEAKS, _DECIDES, _ASKS, _ENDS, _SETS = "#1f6feb", "#9a6700", "#8250df", "#57606a", "#8c959f"
_COLOURS = {
    "Compare": _DECIDES, "CheckHoursOfOperation": _DECIDES, "CheckMetricData": _DECIDES, "Loop": _DECIDES,
    "DistributeByPercentage": _DECIDES, "InvokeLambdaFunction": _ASKS, "InvokeFlowModule": _ASKS,
    "TransferToFlow": _ENDS, "TransferContactToQueue": "#1a7f37", "DequeueContactAndTransferToQueue": "#1a7f37",
    "UpdateContactTargetQueue": "#1a7f37", "CreateCallbackContact": "#1a7f37",
}  # fmt: skip


_NOT_XML = re.compile("[^\t\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_RESULTS = frozenset({ways.NO_CONDITION, "InputTimeLimitExceeded"})
"""Error branches that are answers: no condition was true, no key was pressed."""


@dataclass(frozen=True, slots=True)
class Arrow:
    """All branches from one action to one other, in words; `success` when not only failures lead there."""

    target: str
    success: bool
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """One action in the picture: its lines of text and its height."""

    action: Action
    head: str
    lines: tuple[str, ...]
    failures: tuple[str, ...]

    @property
    def height_px(self) -> int:
        """From the top of the heading to the bottom of the last line."""
        return _HEAD_PX + _PAD_PX + _LINE_PX * (len(self.lines) + len(self.failures))


def svg(flow: Flow, *, title: str = "") -> str:
    """Return the picture's text; the same flow gives the same text."""
    actions = flow.by_identifier()
    drawn, told = _split(flow)
    boxes = {name: _box(flow, action, told[name]) for name, action in actions.items()}
    links = [(name, arrow.target) for name, found in drawn.items() for arrow in found]
    widths: dict[layers.Node, float] = dict.fromkeys(boxes, float(BOX_PX))
    layout = layers.arrange(list(actions), links, widths)
    tops = _tops(layout, boxes)
    width = layout.width + BOX_PX / 2 + 2 * _MARGIN_PX
    height = max((tops[row] for row in range(len(layout.rows) + 1)), default=0) + _MARGIN_PX
    parts = [*_frame(width, height, title)]
    for name, found in drawn.items():
        for arrow in found:
            parts += _line(layout, boxes, tops, name, arrow)
    for row, nodes in enumerate(layout.rows):
        for node in nodes:
            if isinstance(node, str) and node in boxes:
                parts += _picture(boxes[node], layout.x[node] + _MARGIN_PX, tops[row], first=node == flow.start)
    return "\n".join([*parts, "</g></svg>"]) + "\n"


def _split(flow: Flow) -> tuple[dict[str, list[Arrow]], dict[str, list[str]]]:
    """Return the arrows to draw, and the branches to tell in words: failures, and ways back."""
    actions = flow.by_identifier()
    leading = {name: [one for one in _arrows(action) if one.target in actions] for name, action in actions.items()}
    led_to = {flow.start} | {one.target for found in leading.values() for one in found if one.success}
    drawn: dict[str, list[Arrow]] = {name: [] for name in actions}
    told: dict[str, list[str]] = {name: [] for name in actions}
    for name, found in leading.items():
        for one in found:
            if one.success or one.target not in led_to:
                led_to.add(one.target)
                drawn[name].append(one)
            else:
                told[name].append(f"{', '.join(one.labels)}: {captions.short_name(flow, one.target)}")
    for name in actions.keys() - led_to:
        told[name].append("nothing leads here")
    plain: dict[layers.Node, list[layers.Node]] = {
        name: [one.target for one in arrows] for name, arrows in drawn.items()
    }
    for source, target in sorted(layers.backward(flow.start, plain), key=str):
        name, back = str(source), next(one for one in drawn[str(source)] if one.target == target)
        drawn[name].remove(back)
        label = f"{', '.join(back.labels)}: " if back.labels else ""
        told[name].insert(0, f"↺ {label}back to {captions.short_name(flow, str(target))}")
    return drawn, told


def _arrows(action: Action) -> Iterator[Arrow]:
    targets: dict[str, list[Edge]] = {}
    for edge in ways.possible(action):
        targets.setdefault(edge.target, []).append(edge)
    for target, edges in targets.items():
        success = any(edge.kind != "error" or edge.label in _RESULTS for edge in edges)
        plain = any(edge.kind == "next" for edge in edges)
        shown = (
            [] if plain else [edge for edge in edges if edge.kind != "error" or edge.label in _RESULTS or not success]
        )
        labels = [captions.branch(edge.kind, edge.label) for edge in shown]
        yield Arrow(target, success, tuple(dict.fromkeys(label for label in labels if label)))


def _box(flow: Flow, action: Action, told: list[str]) -> Box:
    lines = captions.wrap(captions.body(flow, action), _COLUMNS, 4)
    failures = [line for text in told for line in captions.wrap(text, _COLUMNS + 2, 1)]
    return Box(action, captions.cut(captions.title(action), _HEAD_COLUMNS), tuple(lines), tuple(failures))


def _tops(layout: layers.Layout, boxes: dict[str, Box]) -> list[float]:
    tops = [float(_MARGIN_PX + _TITLE_PX)]
    for nodes in layout.rows:
        highest = max((boxes[one].height_px for one in nodes if isinstance(one, str) and one in boxes), default=0)
        tops.append(tops[-1] + highest + _ROW_GAP_PX)
    return tops


def _frame(width: float, height: float, title: str) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}">'
    )
    yield (
        '<defs><marker id="tip" markerWidth="9" markerHeight="8" refX="8" refY="4" orient="auto">'
        '<path d="M0,0 L9,4 L0,8 z" fill="#57606a"/></marker></defs>'
    )
    yield f'<rect width="100%" height="100%" fill="#ffffff"/><g {_FONT} font-size="12">'
    if title:
        yield (
            f'<text x="{_MARGIN_PX}" y="{_MARGIN_PX + 16}" font-size="18" font-weight="bold" fill="#24292f">'
            f"{_clean(title)}</text>"
        )


def _picture(box: Box, middle: float, top: float, *, first: bool) -> Iterator[str]:
    left, colour = middle - BOX_PX / 2, _colour(box.action)
    thick = 3 if first else 1
    yield (
        f'<rect x="{left:.0f}" y="{top:.0f}" width="{BOX_PX}" height="{box.height_px}" rx="7" fill="#ffffff" '
        f'stroke="{colour}" stroke-width="{thick}"/>'
    )
    yield (
        f'<path d="M{left:.0f},{top + _HEAD_PX:.0f} v{7 - _HEAD_PX} q0,-7 7,-7 h{BOX_PX - 14} q7,0 7,7 '
        f'v{_HEAD_PX - 7} z" fill="{colour}"/>'
    )
    yield _text(box.head, left + 9, top + 15, "#ffffff", size=11, weight="bold")
    y = top + _HEAD_PX + _LINE_PX - 1
    for line in box.lines:
        yield _text(line, left + 9, y, "#24292f")
        y += _LINE_PX
    for line in box.failures:
        yield _text(line, left + 9, y, "#57606a" if line.startswith("↺") else "#b35900", size=11)
        y += _LINE_PX


def _line(layout: layers.Layout, boxes: dict[str, Box], tops: list[float], source: str, arrow: Arrow) -> Iterator[str]:
    row = {node: number for number, nodes in enumerate(layout.rows) for node in nodes}
    bends = layout.bends[source, arrow.target]
    x, y = layout.x[source] + _MARGIN_PX, tops[row[source]] + boxes[source].height_px
    path = [f"M{x:.0f},{y:.0f}"]
    label_at = (x, y)
    for number, node in enumerate((*bends, arrow.target)):
        to_x, to_y = layout.x[node] + _MARGIN_PX, tops[row[node]] - (1 if node == arrow.target else 0)
        turn = max(to_y - _ROW_GAP_PX, y)
        path.append(f"L{x:.0f},{turn:.0f} C{x:.0f},{to_y - 16:.0f} {to_x:.0f},{turn + 16:.0f} {to_x:.0f},{to_y:.0f}")
        label_at = (to_x, to_y - 13) if number == 0 else label_at
        x, y = to_x, to_y
    dashes = "" if arrow.success else ' stroke-dasharray="5 4"'
    yield f'<path d="{" ".join(path)}" fill="none" stroke="#57606a"{dashes} marker-end="url(#tip)"/>'
    label = captions.wrap(", ".join(arrow.labels), _LABEL_COLUMNS, 1)
    if label:
        half = len(label[0]) * _LETTER_PX / 2
        inside = max(label_at[0], half + _PAD_PX)
        yield _text(label[0], inside, label_at[1], "#24292f", size=11, halo=True)


def _text(
    text: str, x: float, y: float, colour: str, *, size: int = 12, weight: str = "normal", halo: bool = False
) -> str:
    more = ' text-anchor="middle" paint-order="stroke" stroke="#ffffff" stroke-width="4"' if halo else ""
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" font-weight="{weight}" fill="{colour}"{more}>'
        f"{_clean(text)}</text>"
    )


def _clean(text: str) -> str:
    """Escape a text, without the characters that XML cannot hold."""
    return escape(_NOT_XML.sub("", text))


def _colour(action: Action) -> str:
    kind = ACTIONS.get(action.type)
    if action.type in _COLOURS:
        return _COLOURS[action.type]
    if kind is None:
        return "#cf222e"
    if kind.terminal:
        return _ENDS
    return _SPEAKS if kind.interactive else _SETS
