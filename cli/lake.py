"""The analytics store on a laptop: the files of a bucket or of a folder, asked by DuckDB."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from chalicelib.analytics.models import DAY, TENANT, Row, Table, Type
from chalicelib.analytics.service import record
from chalicelib.analytics.statements import parameters, views
from chalicelib.analytics.tables import TABLES
from chalicelib.platform.errors import InvalidInput
from cli import aws

if TYPE_CHECKING:
    import duckdb

_TYPES: Final = {Type.TEXT: "VARCHAR", Type.WHOLE: "INTEGER", Type.FLAG: "BOOLEAN", Type.INSTANT: "TIMESTAMP"}
"""Glue's types as DuckDB calls them."""
_PARTITIONS: Final = {TENANT: "VARCHAR", DAY: "VARCHAR"}


def _duckdb() -> Any:
    import duckdb  # noqa: PLC0415 - a third of a second that no other command should pay

    return duckdb


def fetch(stack: aws.Stack, url: str, folder: Path) -> int:
    """Copy every file of the tenant's tables into `folder`, keeping its place; return how many there are."""
    s3, bucket = aws.client("s3", url), stack.output("AnalyticsBucket")
    pages = s3.get_paginator("list_objects_v2")
    count = 0
    for table in TABLES:
        for page in pages.paginate(Bucket=bucket, Prefix=f"{table}/"):
            for found in page.get("Contents", []):
                path = folder / found["Key"]
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(s3.get_object(Bucket=bucket, Key=found["Key"])["Body"].read())
                count += 1
    return count


def write(rows: Iterable[Row], tenant: str, folder: Path) -> None:
    """Write `rows` into `folder` as Firehose does, one file for each table and day."""
    texts: dict[tuple[str, str], list[bytes]] = defaultdict(list)
    for row in rows:
        texts[row.table, row.day].append(record(row))
    with _duckdb().connect() as maker:
        for (table, day), lines in texts.items():
            place = folder / table / f"{TENANT}={tenant}" / f"{DAY}={day}"
            place.mkdir(parents=True, exist_ok=True)
            source = place / "rows.json"
            source.write_bytes(b"".join(lines))
            found = maker.read_json(str(source), columns=_columns(TABLES[table]), format="newline_delimited")
            found.write_parquet(str(place / "rows.parquet"), compression="snappy")
            source.unlink()


def connect(folder: Path) -> "duckdb.DuckDBPyConnection":
    """Return a database with every table and view over the files of `folder`; a table without files is empty."""
    database: duckdb.DuckDBPyConnection = _duckdb().connect()
    for table in TABLES.values():
        files = [str(path) for path in sorted((folder / table.name).rglob("*.parquet"))]
        if files:
            database.execute(f"CREATE VIEW {table.name} AS FROM {_reading(files)}")
        else:
            columns = ", ".join(f'"{name}" {kind}' for name, kind in (_columns(table) | _PARTITIONS).items())
            database.execute(f"CREATE TABLE {table.name} ({columns})")
    for name, query in views().items():
        database.execute(f"CREATE VIEW {name} AS {query}")
    return database


def _reading(files: list[str]) -> str:
    """Return what reads Parquet files with their partitions as texts, which is how the catalogue has them."""
    quoted = ", ".join("'" + name.replace("'", "''") + "'" for name in files)
    return f"read_parquet([{quoted}], hive_partitioning = true, hive_types_autocast = false, union_by_name = true)"


def _columns(table: Table) -> dict[str, str]:
    return {column.name: _TYPES[column.type] for column in table.columns}


def period(start: datetime, end: datetime) -> list[str]:
    """Return what a KPI statement asks of [start, end), both aware; see `statements.parameters`."""
    since, until = start.astimezone(UTC), end.astimezone(UTC)
    day_before = since - timedelta(days=1)
    return [f"{day_before:%Y-%m-%d}", f"{until:%Y-%m-%d}", f"{since:%Y-%m-%d %H:%M:%S}", f"{until:%Y-%m-%d %H:%M:%S}"]


def told(database: "duckdb.DuckDBPyConnection", query: str, parameters: Iterable[Any] = ()) -> Iterator[dict[str, Any]]:
    """Yield the rows that answer `query`, each by the names of its columns."""
    answer = database.execute(query, list(parameters))
    names = [column[0] for column in answer.description or ()]
    for row in answer.fetchall():
        yield dict(zip(names, row, strict=True))


def asked(database: "duckdb.DuckDBPyConnection", query: str) -> Iterator[dict[str, Any]]:
    """Yield the rows that answer somebody's own query.

    Raises:
        InvalidInput: with what the database says, names of columns that it has among it.

    """
    try:
        yield from told(database, query)
    except _duckdb().Error as refusal:
        raise InvalidInput(str(refusal)) from refusal


def of_kpi(database: "duckdb.DuckDBPyConnection", query: str, asked: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the rows that answer the statement of a KPI for a period, as `period` makes it."""
    yield from told(database, query, parameters(query, asked))


def as_json(row: dict[str, Any]) -> str:
    """Return a row as a line of JSON; instants are UTC."""
    return json.dumps(row, ensure_ascii=False, default=lambda value: f"{value.isoformat()}Z")
