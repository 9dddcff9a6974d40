"""The data dictionary of docs/analytics.md, written from the declaration of the tables."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from chalicelib.analytics.models import About, Column, Table
from chalicelib.analytics.policy import LEFT_OUT
from chalicelib.analytics.tables import TABLES
from cli import places

FILE: Final = places.ROOT / "docs" / "analytics.md"
BEGIN: Final = "<!-- written by `trunkline analytics dictionary` from chalicelib/analytics/tables.py -->"
END: Final = "<!-- end of what is written -->"


def text() -> str:
    """Return the dictionary: every table with its columns, then what has no column."""
    parts = [line for table in TABLES.values() for line in _table(table)]
    parts += ["### What has no column", "", "| Field of a contact | Why |", "|---|---|"]
    parts += [f"| `{name}` | {why} |" for name, why in LEFT_OUT.items()]
    return "\n".join(parts)


def _table(table: Table) -> Iterator[str]:
    yield f"### {table.name}"
    yield ""
    yield f"{table.says} Told apart by {', '.join(f'`{name}`' for name in table.key)}."
    yield ""
    yield "| Column | Type | Says | Tells of |"
    yield "|---|---|---|---|"
    yield from (_row(column) for column in table.columns)
    yield ""


def _row(column: Column) -> str:
    unit = f" ({column.unit})" if column.unit else ""
    about = "" if column.about is About.NOBODY else column.about.value
    return f"| `{column.name}` | {column.type}{unit} | {column.says} | {about} |"


def written(page: str) -> str:
    """Return `page` with the dictionary of now between its marks.

    Raises:
        ValueError: the page has not both marks.

    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        msg = f"the page needs {BEGIN} and {END}"
        raise ValueError(msg)
    return f"{before}{BEGIN}\n\n{text()}\n\n{END}{after}"


def write(path: Path = FILE) -> None:
    """Write the dictionary into the page."""
    path.write_text(written(path.read_text(encoding="utf-8")), encoding="utf-8")
