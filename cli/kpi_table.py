"""KPIs of a tenant as a table for people; figures come from the REST API only, nothing is computed here."""

import datetime as dt
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from chalicelib.platform.errors import ProductError
from chalicelib.tenancy.contract import Contract
from cli.api import Api
from cli.terminal import COMMAND, WIDTH

type Report = Mapping[str, Any]

DEADLINE_S: Final = 60.0
COUNTERS: Final = (("Offered", "offered"), ("Answered", "answered"), ("Abandoned", "abandoned"))
KPIS: Final = (
    ("Service\nlevel", "K03"),
    ("Average\nanswer", "K04"),
    ("Abandon\nrate", "K10"),
    ("Average\nhandling", "K09"),
    ("Load,\nerlangs", "K45"),
)
WIDE_ONLY: Final = frozenset({"K09", "K45"})
"""Left out where the terminal has no room for them."""
MARKS: Final = {"met": ("✓", "green"), "warned": ("!", "yellow"), "missed": ("✗", "red")}
NO_QUEUE: Final = "-"
NEVER_QUEUED: Final = (
    ("left in the menu", "left_in_flow"),
    ("served by the menu", "self_served"),
    ("outside hours", "closed"),
    ("turned away", "turned_away"),
    ("transferred out", "transferred_out"),
)


class NotCounted(ProductError):
    """The calls of a burst did not all arrive in the counters in time."""

    code, status, title = "not-counted", 504, "Calls not counted in time"


def arrivals(report: Report) -> int:
    """Return how many contacts arrived, over all groups of the report."""
    return sum(int(group["counters"].get("arrivals", 0)) for group in report["groups"])


def wait_for_arrivals(
    clients: Mapping[str, Api], start: dt.datetime, end: dt.datetime, expected: int, *, deadline_s: float = DEADLINE_S
) -> dict[str, Report]:
    """Return the reports of all tenants once `expected` calls are counted in them together.

    Raises:
        NotCounted: fewer are counted after `deadline_s`.

    """
    until = time.monotonic() + deadline_s
    while True:
        reports: dict[str, Report] = {tenant: client.kpis(start, end) for tenant, client in clients.items()}
        counted = sum(arrivals(report) for report in reports.values())
        if counted >= expected:
            return reports
        if time.monotonic() > until:
            msg = f"{counted} of {expected} calls are counted after {deadline_s:.0f} s; see `{COMMAND} dlq list`"
            raise NotCounted(msg)
        time.sleep(0.3)


def show(out: Console, contract: Contract, report: Report, *, whole: Report | None = None, by: str = "queue") -> None:
    """Print the report as a table, `whole` (the report by tenant) as its last row.

    A missed target is red and has a cross, one that is met is green with a tick, and yellow past its warning level.
    """
    shown = [kpi for kpi in KPIS if out.width >= WIDTH or kpi[1] not in WIDE_ONLY]
    names = {queue.id: queue.name for queue in contract.queues} if by == "queue" else {}
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim")
    table.add_column("", min_width=2)
    table.add_column(f"\n{by.title()}", no_wrap=True, min_width=28 if out.width >= WIDTH else None)
    for label, _ in (*COUNTERS, *shown):
        table.add_column(label if "\n" in label else f"\n{label}", justify="right", no_wrap=True)
    for group in report["groups"]:
        if group["name"] != NO_QUEUE:
            table.add_row("", names.get(group["name"], group["name"]), *_cells(group, shown))
    for group in whole["groups"] if whole else ():
        table.add_section()
        table.add_row("", "The whole tenant", *_cells(group, shown), style="bold")
    out.print()
    out.print(f"  {contract.name}", style="bold", markup=False)
    out.print(table)
    if any(value.get("verdict") is not None for group in report["groups"] for value in group["kpis"]):
        out.print("   ✓ meets the contract's target, ! is close to missing it, ✗ misses it", style="dim")
    for text in elsewhere(report):
        out.print(f"   {text}", style="dim")


def elsewhere(report: Report) -> list[str]:
    """Return a sentence on the contacts that never entered a queue, if there were any. Pure."""
    groups = [group for group in report["groups"] if group["name"] == NO_QUEUE]
    counts = {label: sum(int(group["counters"].get(name, 0)) for group in groups) for label, name in NEVER_QUEUED}
    told = ", ".join(f"{label} {count}" for label, count in counts.items() if count)
    return [f"and without a queue: {told}"] if told else []


def _cells(group: Mapping[str, Any], shown: Sequence[tuple[str, str]]) -> list[Text]:
    values = {value["id"]: value for value in group["kpis"]}
    counts = [Text(str(group["counters"].get(counter, 0))) for _, counter in COUNTERS]
    return counts + [_cell(values.get(kpi)) for _, kpi in shown]


def _cell(value: Mapping[str, Any] | None) -> Text:
    if value is None or value.get("value") is None:
        return Text("·", style="dim")
    number = float(value["value"])
    told = {"share": f"{number:.0%}", "seconds": f"{number:.0f} s"}.get(str(value.get("unit")), f"{number:.1f}")
    verdict = value.get("verdict")
    if verdict is None:
        return Text(told)
    sign, style = MARKS[verdict]
    return Text(f"{told} {sign}", style=style)
