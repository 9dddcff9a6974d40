"""Where a tenant stands, in rows for people; everything comes from the REST API, nothing is decided here."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rich.console import Console

_LABEL_CELLS: Final = 23
"""Room for a revision with its time."""


def show(out: Console, record: Mapping[str, Any]) -> None:
    """Print state, gates and history."""
    for label, text in rows(record):
        out.print(f"  {label:<{_LABEL_CELLS}}{text}", markup=False, soft_wrap=True)


def rows(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield label and text of each row. Pure."""
    since = f" since {_at(record['since'])}" if record["since"] else ""
    yield "state", f"{record['state']}{since}"
    yield "next", ", ".join(record["next"]) or "nothing: the record is closed"
    for gate in record["gates"]:
        told = f"done {_at(gate['at'])} by {gate['actor']}: {gate['evidence']}" if gate["done"] else "missing"
        other = gate["done"] and gate["contract"] != record["contract"]
        yield gate["gate"], told + (f" (under contract {gate['contract']})" if other else "")
    for line in record["history"]:
        yield f"{line['revision']:>4} {_at(line['at'])}", _line(line)


def _line(line: Mapping[str, Any]) -> str:
    if "to" in line:
        return f"{line['actor']} moved it from {line['from']} to {line['to']}: {line['reason']}"
    verb = "recorded" if line["done"] else "withdrew"
    return f"{line['actor']} {verb} {line['gate']}: {line['evidence']}"


def _at(text: str) -> str:
    """Return an instant of the API to the minute, in UTC."""
    return text[:16].replace("T", " ")
