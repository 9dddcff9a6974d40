"""Analytics: what they are. Tables of the store, their typed columns, and rows on the way there."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

DAY: Final = "day"
"""The partition that a row goes to: a UTC day. It stands in the row beside its columns and becomes a folder."""
TENANT: Final = "tenant"
"""The partition above it. A bucket is one tenant's; the folder tells files apart that somebody brings together."""
VERSION: Final = "version"
"""The column by which the newest copy of what a row tells is found; its texts sort by age."""


class Type(StrEnum):
    """The type of a column, by Glue's name."""

    TEXT = "string"
    WHOLE = "int"
    FLAG = "boolean"
    INSTANT = "timestamp"
    """UTC without a zone, as Athena has it."""


class About(StrEnum):
    """Whom a column tells something of."""

    NOBODY = "nobody"
    STAFF = "staff"
    """An agent, by the username."""
    CALLER = "caller"
    """A caller, by a mark that only the tenant's secret leads back to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: what it says, in which unit (seconds, none), and of whom."""

    name: str
    type: Type
    says: str
    unit: str = ""
    about: About = About.NOBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table. `key` names the columns that tell its rows apart; one key has a row for every copy that was sent.

    `whole` names the columns that all rows of one copy share: the newest copy replaces all rows of older ones. Empty
    where a row stands alone.
    """

    name: str
    says: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    whole: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row on its way into `table`. Instants are ISO 8601 texts with Z; what is absent is left out."""

    table: str
    day: str
    values: Mapping[str, str | int | bool]
