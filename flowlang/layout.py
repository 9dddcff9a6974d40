"""Positions for the flow designer: left to right by distance from the start, one column a step."""

from collections import deque
from dataclasses import replace

from flowlang.document import Flow

COLUMN_PX = 280
ROW_PX = 200
_ORIGIN_PX = 40


def arrange(flow: Flow) -> Flow:
    """Return the flow with a position for every action: no two share one, and steps go to the right."""
    rows: dict[int, int] = {}
    placed: dict[str, dict[str, object]] = {}
    for identifier, column in _columns(flow).items():
        row = rows.get(column, 0)
        rows[column] = row + 1
        position = {"x": _ORIGIN_PX + (column + 1) * COLUMN_PX, "y": _ORIGIN_PX + row * ROW_PX}
        placed[identifier] = {"position": position, "isFriendlyName": True}
    metadata = {**flow.metadata, "entryPointPosition": {"x": _ORIGIN_PX, "y": _ORIGIN_PX}, "ActionMetadata": placed}
    return replace(flow, metadata=metadata)


def _columns(flow: Flow) -> dict[str, int]:
    """Steps from the start; actions that nothing leads to stand behind the last column."""
    actions = flow.by_identifier()
    columns: dict[str, int] = {}
    queue = deque([(flow.start, 0)])
    while queue:
        identifier, column = queue.popleft()
        if identifier in columns or identifier not in actions:
            continue
        columns[identifier] = column
        queue.extend((edge.target, column + 1) for edge in actions[identifier].transitions.edges())
    last = max(columns.values(), default=-1)
    return columns | {identifier: last + 1 for identifier in actions if identifier not in columns}
