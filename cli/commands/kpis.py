"""`trunkline kpis`: figures of a tenant, from its REST API with a real token."""

import datetime as dt
from typing import Annotated

import typer

from chalicelib.platform.errors import InvalidInput
from cli import api, aws, kpi_table, options, terminal, worlds

DAY = dt.timedelta(days=1)


def kpis(
    tenant: options.Tenant,
    start: Annotated[str, typer.Option("--from", help="ISO 8601 instant; a day before --to when left out.")] = "",
    end: Annotated[str, typer.Option("--to", help="ISO 8601 instant; the emulator's time when left out.")] = "",
    by: Annotated[str, typer.Option("--by", help="queue, line, number or tenant.")] = "queue",
    port: options.Port = aws.PORT,
) -> None:
    """Show counters and KPIs of a tenant, read from its REST API as any dashboard would."""
    url = aws.endpoint(port)
    contract, stack = options.contract(tenant), aws.stack(tenant, url)
    until = instant(end) if end else worlds.next_quarter(options.control(url).now())
    since = instant(start) if start else until - DAY
    report = api.connect(stack, url).kpis(since, until, by=by)
    out = terminal.console()
    out.print(f"  {since:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M} UTC")
    kpi_table.show(out, contract, report, by=by)


def instant(text: str) -> dt.datetime:
    """Return the instant that `text` names; UTC where it names no zone.

    Raises:
        InvalidInput: it is not ISO 8601.

    """
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError as exc:
        msg = f"expected an instant such as 2026-03-02T01:00Z, not {text!r}"
        raise InvalidInput(msg) from exc
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)
