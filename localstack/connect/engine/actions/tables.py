"""Data tables (2.4). Only `DataTableId` and `Queries` are published for flows; a query has the parts of the API's own.

A query: `Name` (the key of its result), `PrimaryValues` [{AttributeName, Value}], `AttributeNames` to read, or
`Attributes` {name: value} to write; for a list `PrimaryAttributeValues` [{AttributeName, Values}]. All else is refused
when the flow is loaded.
"""

import json
from collections.abc import Mapping
from typing import Any

from localstack.connect.engine import attributes
from localstack.connect.engine.document import text
from localstack.connect.engine.effects import Done, failed
from localstack.connect.engine.interpreter import FlowRun
from localstack.connect.engine.providers.tables import Table
from localstack.connect.engine.registry import Parameters, action, cannot
from localstack.connect.engine.settings import Settings

MAX_BYTES = 32_768
PUBLISHED = frozenset({"DataTableId", "Queries"})
PARTS = frozenset({"Name", "PrimaryValues", "AttributeNames", "Attributes", "PrimaryAttributeValues"})


@cannot("EvaluateDataTableValues", "ListDataTableValues", "UpsertDataTableValues")
def _unpublished(parameters: Parameters, _settings: Settings) -> str | None:
    queries = parameters.get("Queries")
    if not isinstance(queries, list):
        return "Queries must be a list"
    inner = {part for query in queries if isinstance(query, Mapping) for part in query}
    unknown = sorted((parameters.keys() - PUBLISHED) | (inner - PARTS))
    return f"nothing is published about {', '.join(unknown)}" if unknown else None


@action("EvaluateDataTableValues")
def evaluate(run: FlowRun, parameters: Parameters) -> Done:
    """Read attributes of single rows into $.DataTables.<query>.<attribute>."""
    table, queries = _asked(run, parameters)
    results = {}
    for query in queries:
        row = table.row(_primary(query)) or {}
        names = [text(name) for name in query.get("AttributeNames") or ()] or list(row)
        results[text(query.get("Name"))] = {name: row[name] for name in names if name in row}
    return _loaded(run, "DataTables", results, table)


@action("ListDataTableValues")
def list_rows(run: FlowRun, parameters: Parameters) -> Done:
    """Read rows into $.DataTableList.ResultData.primaryKeyGroups.<query>[i].<attribute>."""
    table, queries = _asked(run, parameters)
    groups = {
        text(query.get("Name")): [
            dict(row)
            for row in table.where(
                {
                    text(one.get("AttributeName")): [text(value) for value in one.get("Values") or ()]
                    for one in query.get("PrimaryAttributeValues") or ()
                }
            )
        ]
        for query in queries
    }
    return _loaded(run, "DataTableList", {"ResultData": {"primaryKeyGroups": groups}}, table)


@action("UpsertDataTableValues")
def upsert(run: FlowRun, parameters: Parameters) -> Done:
    """Change rows, or add them."""
    table, queries = _asked(run, parameters)
    for query in queries:
        values = {text(name): text(value) for name, value in (query.get("Attributes") or {}).items()}
        table.put(_primary(query), values)
    run.tell("table", f"{len(queries)} rows are written to {table.name}", table=table.name)
    return Done()


def _asked(run: FlowRun, parameters: Parameters) -> tuple[Table, list[Mapping[str, Any]]]:
    wanted = run.whole(parameters.get("DataTableId"), "the data table")
    table = run.world.providers(run.contact.instance).tables.find(wanted)
    if table is None:
        why = f"there is no data table {wanted}"
        raise failed(why)
    return table, attributes.render_deep(parameters.get("Queries") or [], run.tree)


def _primary(query: Mapping[str, Any]) -> dict[str, str]:
    return {text(one.get("AttributeName")): text(one.get("Value")) for one in query.get("PrimaryValues") or ()}


def _loaded(run: FlowRun, root: str, results: Mapping[str, Any], table: Table) -> Done:
    if len(json.dumps(results, ensure_ascii=False).encode()) > MAX_BYTES:
        why = "what is read from a data table may be at most 32 KB"
        raise failed(why)
    run.frame.loaded[root] = results
    run.tell("table", f"{table.name} is read", table=table.name, result=results)
    return Done()
