"""A flow as a Mermaid flowchart, for documents and reviews. Error branches are dotted."""

from collections.abc import Iterator

from flowlang.catalogue import ACTIONS
from flowlang.document import Action, Edge, Flow

_ASKS, _ENDS, _CALLS, _PLAIN = ('{{"', '"}}'), ('(["', '"])'), ('[["', '"]]'), ('["', '"]')

_LEAVES = frozenset({"TransferToFlow", "TransferContactToQueue", "DequeueContactAndTransferToQueue"})


def mermaid(flow: Flow, *, direction: str = "TB") -> str:
    """Return the drawing's text; the same flow gives the same text."""
    numbers = {name: f"n{number}" for number, name in enumerate(flow.by_identifier())}
    lines = [f"flowchart {direction}"]
    if flow.start in numbers:
        lines.append(f"  start((start)) --> {numbers[flow.start]}")
    lines += [f"  {numbers[name]}{_node(action)}" for name, action in flow.by_identifier().items()]
    for name, action in flow.by_identifier().items():
        lines += [
            f"  {numbers[name]} {arrow} {numbers[target]}" for arrow, target in _arrows(action) if target in numbers
        ]
    return "\n".join(lines) + "\n"


def _node(action: Action) -> str:
    kind = ACTIONS.get(action.type)
    if kind is not None and kind.terminal:
        opening, closing = _ENDS
    elif action.type in {"InvokeLambdaFunction", "InvokeFlowModule", "TransferToFlow"}:
        opening, closing = _CALLS
    else:
        opening, closing = _ASKS if action.transitions.conditions else _PLAIN
    return f"{opening}{_escape(action.identifier)}<br/>{_escape(action.type)}{closing}"


def _arrows(action: Action) -> Iterator[tuple[str, str]]:
    """One arrow for each target: a plain one when success leads there, a dotted one when only errors do."""
    targets: dict[str, list[Edge]] = {}
    for edge in action.transitions.edges():
        targets.setdefault(edge.target, []).append(edge)
    for target, edges in targets.items():
        # NextAction only repeats another branch where conditions decide, or where success leaves the flow.
        named = [edge for edge in edges if edge.kind != "next"]
        goes_on = not action.transitions.conditions and action.type not in _LEAVES
        success = any(edge.kind == "condition" or goes_on for edge in edges if edge.kind != "error")
        labels = [edge.label.removeprefix("Equals ") for edge in named if edge.kind == "condition" or not success]
        line = "--" if success else "-."
        head = "-->" if success else ".->"
        text = _escape(", ".join(labels)) if labels else ""
        yield (f'{line} "{text}" {head}' if text else ("-->" if success else "-.->")), target


_SPECIAL = {"#": "#35;", "&": "#amp;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "`": "#96;", "\\": "#92;"}


def _escape(text: str) -> str:
    """Return a text as it may stand in quotes: one line, without what Mermaid reads as markup or as an entity."""
    plain = "".join(_SPECIAL.get(letter, letter if letter.isprintable() else " ") for letter in text)
    return plain.strip() or " "
