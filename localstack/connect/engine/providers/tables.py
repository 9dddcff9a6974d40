"""Data tables in memory: rows that are found by their primary values (2.4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from localstack.connect.engine.providers.reading import Part


@dataclass(slots=True, kw_only=True)
class Table:
    """A data table. `primary` names the attributes that tell rows apart."""

    id: str
    name: str
    primary: tuple[str, ...]
    rows: list[dict[str, str]] = field(default_factory=list)

    def row(self, primary: Mapping[str, str]) -> dict[str, str] | None:
        """The one row with these primary values."""
        if set(primary) != set(self.primary):
            msg = f"data table {self.name} is read by {', '.join(self.primary) or 'nothing'}, not {sorted(primary)}"
            raise ValueError(msg)
        return next((row for row in self.rows if all(row.get(key) == value for key, value in primary.items())), None)

    def where(self, wanted: Mapping[str, Sequence[str]]) -> Sequence[dict[str, str]]:
        """The rows whose attributes have one of the values; all rows when nothing is wanted."""
        return [row for row in self.rows if all(row.get(key) in values for key, values in wanted.items())]

    def put(self, primary: Mapping[str, str], values: Mapping[str, str]) -> None:
        """Change the row with these primary values, or add it."""
        found = self.row(primary)
        if found is None:
            self.rows.append({**primary, **values})
        else:
            found.update(values)


class Tables(Protocol):
    """Port: the data tables of an instance."""

    def find(self, table_id: str) -> Table | None:
        """The table with this id, ARN or name."""
        ...


class LocalTables:
    """Tables as the document tells them."""

    def __init__(self, tables: Sequence[Table] = ()) -> None:
        self._tables = {key: table for table in tables for key in (table.id, table.name)}

    def find(self, table_id: str) -> Table | None:
        """The table with this id, ARN or name."""
        return self._tables.get(table_id) or self._tables.get(table_id.partition(":$")[0].rpartition("/")[2])


def tables(parts: Sequence[Part]) -> LocalTables:
    """Read the data tables of a document. Raises BadProviders."""
    return LocalTables([_table(part) for part in parts])


def _table(part: Part) -> Table:
    name = part.text("name")
    read = Table(
        id=part.text("id", name),
        name=name,
        primary=part.texts("primary"),
        rows=[{key: row.text(key) for key in row.names()} for row in part.parts("rows")],
    )
    part.done()
    return read
