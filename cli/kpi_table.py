"""KPIs of a tenant as a table for people; figures come from the REST API only, nothing is computed here."""

import datetime as dt
import time
from collections.abc import Mapping
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from chalicelib.platform.errors import ProductError
from chalicelib.tenancy.contract import Contract
from cli.api import Api

type Report = Mapping[str, Any]

DEADLINE_S: Final = 60.0
COUNTERS: Final = (("Offered", "offered"), ("Answered", "answered"), ("Abandoned", "abandoned"))
KPIS: Final = (
    ("Service level", "K03"),
    ("Avg. answer", "K04"),
    ("Abandon rate", "K10"),
    ("Avg. handle", "K09"),
    ("Load", "K45"),
)
NO_QUEUE: Final = "-"


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
            msg = f"{counted} of {expected} calls are counted after {deadline_s:.0f} s; see `trunkline dlq list`"
            raise NotCounted(msg)
        time.sleep(0.3)


def show(out: Console, contract: Contract, report: Report, *, by: str = "queue") -> None:
    """Print the report as a table; a missed target is red, a met one green, and both carry a mark."""
    names = {queue.id: queue.name for queue in contract.queues} if by == "queue" else {}
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", title_justify="left")
    table.add_column(by.title(), no_wrap=True, min_width=28)
    for label, _ in (*COUNTERS, *KPIS):
        table.add_column(label, justify="right", no_wrap=True)
    for group in report["groups"]:
        name = names.get(group["name"], "(no queue: menu, message)" if group["name"] == NO_QUEUE else group["name"])
        values = {value["id"]: value for value in group["kpis"]}
        cells = [str(group["counters"].get(counter, 0)) for _, counter in COUNTERS]
        table.add_row(name, *cells, *(_cell(values.get(kpi)) for _, kpi in KPIS))
    out.print()
    out.print(f"  {contract.name}", style="bold", markup=False)
    out.print(table)


def _cell(value: Mapping[str, Any] | None) -> Text:
    if value is None or value.get("value") is None:
        return Text("·", style="dim")
    number = float(value["value"])
    told = {"share": f"{number:.0%}", "seconds": f"{number:.0f} s"}.get(str(value.get("unit")), f"{number:.1f}")
    met = value.get("met")
    if met is None:
        return Text(told)
    return Text(f"{told} {'ok' if met else 'missed'}", style="green" if met else "red")
