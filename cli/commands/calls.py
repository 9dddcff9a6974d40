"""`trunkline calls`: who is on the line."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from cli import aws, options, terminal
from cli.control import moment

_STATES = {
    "scheduled": "is planned",
    "dialing": "is being dialled",
    "flow": "is in a flow",
    "awaiting-input": "is asked for keys",
    "queued": "waits",
    "ringing": "rings",
    "connected": "talks",
    "ended": "is being written up",
}


def calls(
    instance: Annotated[str, typer.Option("--instance", help="Only those of this instance, by id or alias.")] = "",
    port: options.Port = aws.PORT,
) -> None:
    """List the calls that go on in the local cloud."""
    control = options.control(aws.endpoint(port))
    out, found = terminal.console(), control.calls(instance)
    if not found:
        out.print("nobody is on the line")
        return
    _show(out, found, control.now())


def _show(out: Console, found: list[dict[str, Any]], now: dt.datetime) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("since", "from", "to", "state", "queue or agent", "contact"):
        table.add_column(heading, no_wrap=heading == "contact")
    for row in found:
        table.add_row(*_cells(row, now))
    out.print(table)


def _cells(row: Mapping[str, Any], now: dt.datetime) -> tuple[str, ...]:
    age_s = max(0, int((now - moment(row["since"])).total_seconds()))
    where = row.get("agent") or row.get("queue") or ""
    state = _STATES.get(str(row["state"]), str(row["state"]))
    return (
        f"{age_s // 60}:{age_s % 60:02d}",
        str(row["from"]),
        str(row["to"]),
        state,
        str(where),
        str(row["contact_id"]),
    )
