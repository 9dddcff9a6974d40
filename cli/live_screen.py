"""The live view of a tenant as one screen of text; figures come from the REST API only. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from chalicelib.tenancy.models import zone

type View = Mapping[str, Any]

TWO_COLUMNS: Final = 110
"""From this width on agents stand beside the queues."""
STATES: Final = {
    "on-contact": "green",
    "after-contact-work": "yellow",
    "offered": "cyan",
    "missed": "red",
    "ready": "",
    "busy": "dim",
    "break": "dim",
}
"""What agents do, in the order in which they are shown, with the colour of each."""
NOTHING: Final = "·"


def print_view(out: Console, name: str, view: View, *, time_zone: str, rows: int) -> None:
    """Print the view: at most so many rows of agents, who has done the same for longest first."""
    out.print(heading(name, view, time_zone))
    counts = Counter(str(one["activity"]) for one in view["agents"])
    told = ", ".join(f"{counts[state]} {state}" for state in STATES if counts[state])
    out.print(Text(f"Agents: {told or 'nobody is signed in'}"))
    left: list[RenderableType] = [_queues(view), _lines(view)]
    if view["ivr"]:
        left.append(_menus(view))
    agents = _agents(view, rows)
    if out.width >= TWO_COLUMNS:
        grid = Table.grid(padding=(0, 2, 0, 0))
        column = Table.grid()
        for one in left:
            column.add_row(one)
        grid.add_row(column, agents)
        out.print(grid)
    else:
        for one in (*left, agents):
            out.print(one)


def heading(name: str, view: View, time_zone: str) -> Text:
    """Return the first line: whose view it is, of when, and what is the matter."""
    at = datetime.fromisoformat(view["as_of"])
    text = Text(f"{name}  {at.astimezone(zone(time_zone)):%H:%M:%S}", style="bold")
    age_s = (at - datetime.fromisoformat(view["contacts_at"])).total_seconds()
    if age_s:
        text.append(f"  contacts as of {age_s:.0f} s ago", style="yellow")
    if view["differing"]:
        text.append(f"  Amazon Connect differs in {view['differing']}", style="yellow")
    for one in view["raised"]:
        text.append(f"  ! {one['id']}", style="bold red")
    return text


def span(seconds: float) -> str:
    """Return a span as people read it off a wall: 59 s as 0:59, an hour and more as 1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim")
    for n, label in enumerate(columns):
        table.add_column(label, justify="right" if n else "left", no_wrap=True, overflow="ellipsis")
    return table


def _queues(view: View) -> Table:
    table = _table("Queue", "Waiting", "Longest", "Talking", "Ready", "Staffed", "Level")
    for one in view["queues"]:
        level = one["service_level"]
        mark = "" if one["source"] == "events" else "*"
        table.add_row(
            one["queue"],
            f"{one['waiting'] or NOTHING}{mark}",
            span(one["longest_wait_s"]) if one["waiting"] else NOTHING,
            str(one["talking"] or NOTHING),
            str(one["available"] or NOTHING),
            str(one["staffed"] or NOTHING),
            NOTHING if level is None else f"{level:.0%}",
            style="bold" if one["waiting"] else "",
        )
    return table


def _lines(view: View) -> Table:
    table = _table("Line", "Waiting", "In menu", "Talking", "All", "In use")
    for one in view["lines"]:
        counts = (one[part] for part in ("waiting", "in_flow", "talking", "in_progress"))
        share = one["occupancy"]
        table.add_row(one["line"], *(str(n or NOTHING) for n in counts), NOTHING if share is None else f"{share:.0%}")
    return table


def _menus(view: View) -> Table:
    table = _table("Menu", "Callers", "Longest")
    for one in view["ivr"]:
        node = "before the menu" if one["node"] == "-" else one["node"]
        table.add_row(f"{one['line']} {node}", str(one["callers"]), span(one["longest_s"]))
    return table


def _agents(view: View, rows: int) -> Table:
    agents: Sequence[View] = view["agents"]
    table = _table("Agent", "For", "Queue")
    order = list(STATES)
    ranked = sorted(agents, key=lambda one: (order.index(one["activity"]), -one["seconds"], one["agent"]))
    for one in ranked[:rows]:
        state = one["status"] if one["activity"] in {"busy", "break"} else one["activity"]
        mark = "" if one["source"] == "events" else "*"
        table.add_row(
            Text.assemble(f"{one['agent']}{mark} ", (state, STATES[one["activity"]])),
            span(one["seconds"]),
            one["queue"] or NOTHING,
        )
    if len(ranked) > rows:
        table.add_row(Text(f"and {len(ranked) - rows} more", style="dim"))
    return table
