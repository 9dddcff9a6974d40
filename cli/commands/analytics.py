"""`trunkline analytics`: the tenant's analytics store, asked by SQL on this machine."""

import datetime as dt
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.table import Table

from chalicelib.analytics import statements
from chalicelib.metrics.registry import EVERY_KPI
from chalicelib.platform.errors import InvalidInput
from cli import aws, dictionary, lake, options, put_aside, terminal, worlds
from cli.commands.kpis import DAY, instant

if TYPE_CHECKING:
    import duckdb

app = typer.Typer(no_args_is_help=True, help="Ask the analytics store (docs/analytics.md) by SQL.")

_MOST_ROWS: Final = 500
"""What a terminal shows; --json has no limit."""

Tenant = Annotated[str, typer.Option("--tenant", help="A tenant's id, the name of its file in tenants/.")]


@app.command()
def query(
    tenant: Tenant,
    sql: Annotated[str, typer.Argument(help="A query over the tables and views; or --kpi.")] = "",
    kpi: Annotated[str, typer.Option("--kpi", help="K02 and so on; K03.<variant> for a variant.")] = "",
    start: Annotated[str, typer.Option("--from", help="Of --kpi: ISO 8601 instant; a day before --to.")] = "",
    end: Annotated[str, typer.Option("--to", help="Of --kpi: ISO 8601 instant; the emulator's time.")] = "",
    folder: Annotated[
        Path | None, typer.Option("--files", exists=True, file_okay=False, help="A copy of the bucket, not the bucket.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write one JSON object a line.")] = False,
    port: options.Port = aws.PORT,
) -> None:
    """Answer a query, or one KPI by quarter-hour, line, queue, number and agent, from the Parquet files themselves."""
    if bool(sql) == bool(kpi):
        msg = "say either a query or --kpi"
        raise InvalidInput(msg)
    url = aws.endpoint(port)
    options.contract(tenant)
    with tempfile.TemporaryDirectory() as copied:
        place = folder or Path(copied)
        if folder is None:
            lake.fetch(aws.stack(tenant, url), url, place)
        with lake.connect(place) as database:
            rows = list(lake.asked(database, sql) if sql else _of_kpi(database, kpi, start, end, url))
    _show(rows, as_json)


@app.command()
def kpis() -> None:
    """Name the KPIs that --kpi takes."""
    named = {kpi.id: kpi.name for kpi in EVERY_KPI}
    for name in statements.known():
        terminal.console().print(f"{name:28} {named[name.partition('.')[0]]}", markup=False)


@app.command()
def statement(
    kpi: Annotated[str, typer.Argument(help="A KPI, or the name of a view.")],
) -> None:
    """Print a KPI's statement, or the statement that makes a view, for Athena's console."""
    views = statements.views()
    text = f"CREATE OR REPLACE VIEW {kpi} AS\n{views[kpi]}" if kpi in views else _statement(kpi)
    typer.echo(text)


@app.command("dictionary")
def write_dictionary() -> None:
    """Write the data dictionary in docs/analytics.md anew, from the declaration of the tables."""
    dictionary.write()


@app.command()
def aside(tenant: options.Tenant, port: options.Port = aws.PORT) -> None:
    """Count the rows that could not be converted, by table and reason; nothing is taken out."""
    url = aws.endpoint(port)
    out = terminal.console()
    found = put_aside.of(aws.stack(tenant, url), url).reasons()
    out.print(f"{tenant}: {sum(found.values())} rows put aside")
    for (table, reason), count in sorted(found.items()):
        out.print(f"  {table}: {count} {reason}", markup=False)


@app.command()
def replay(tenant: options.Tenant, port: options.Port = aws.PORT) -> None:
    """Send the rows that could not be converted once more; what still cannot be comes back."""
    url = aws.endpoint(port)
    done = put_aside.of(aws.stack(tenant, url), url).again()
    out = terminal.console()
    out.print(f"{tenant}: {sum(done.rows.values())} rows sent once more")
    for key in done.left:
        out.print(f"  {key} stays: it holds no rows as Firehose writes them", markup=False)


def _of_kpi(
    database: "duckdb.DuckDBPyConnection", kpi: str, start: str, end: str, url: str
) -> Iterator[dict[str, Any]]:
    until = instant(end) if end else worlds.next_quarter(options.control(url).now())
    since = instant(start) if start else until - DAY
    for row in lake.of_kpi(database, _statement(kpi), lake.period(since, until)):
        below = row["denominator"]
        yield {**row, "value": row["numerator"] / below if below else None}


def _statement(kpi: str) -> str:
    try:
        return statements.statement(*kpi.split(".", 1))
    except KeyError as exc:
        raise InvalidInput(str(exc.args[0])) from exc


def _show(rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        for row in rows:
            typer.echo(lake.as_json(row))
        return
    out = terminal.console()
    if rows:
        table = Table(box=None, pad_edge=False)
        for name in rows[0]:
            table.add_column(name)
        for row in rows[:_MOST_ROWS]:
            table.add_row(*(_text(value) for value in row.values()))
        out.print(table)
    shown = f", the first {_MOST_ROWS} shown" if len(rows) > _MOST_ROWS else ""
    out.print(f"{len(rows)} rows{shown}")


def _text(value: object) -> str:
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return "" if value is None else f"{value:.4f}" if isinstance(value, float) else str(value)
