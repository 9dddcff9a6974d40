"""The SQL of the analytics store: one statement a KPI of the registry, and views of what is newest.

Statements are text in `sql/`, written beside the registry and not made from it, so that each is a second opinion. All
are in the common part of Athena's SQL (Trino) and DuckDB's; `tests/unit/analytics` holds both.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from chalicelib.analytics.models import DAY, VERSION, Table
from chalicelib.analytics.tables import AGENT_STATUSES, AGENT_TURNS, CONTACTS, ENTRIES, REFUSED_CALLS, TABLES

FOLDER: Final = Path(__file__).parent / "sql"
_FROM: Final = "-- from "
"""How the second line of a KPI's file begins: the files whose tables it asks follow, in this order."""


def known() -> tuple[str, ...]:
    """Return the name of every KPI statement: the KPI's id, and of one with variants `<id>.<variant>`."""
    return tuple(sorted(path.stem for path in FOLDER.glob("K*.sql")))


def statement(kpi: str, variant: str | None = None) -> str:
    """Return the statement of a KPI; four parameters, see `sql/contacts.sql`, once for each table that it asks.

    A row is a quarter-hour, line, queue, entry number and agent (of what is agents' alone, a quarter-hour and agent)
    with `numerator` and `denominator`; figures of more than one row are the sum of the numerators over the sum of the
    denominators, never a mean of quotients.

    Raises:
        KeyError: there is no such statement.

    """
    name = f"{kpi}.{variant}" if variant else kpi
    if name not in known():
        msg = f"no statement {name}; there are {', '.join(known())}"
        raise KeyError(msg)
    asked = ",\n".join(map(_read, parts(name)))
    return f"WITH\n{asked}\n{_read(name)}"


def parts(name: str) -> tuple[str, ...]:
    """Return the files of `sql/` that the statement `name` (one of `known`) asks."""
    listed = _read(name).splitlines()[1]
    return tuple(part.strip() for part in listed.removeprefix(_FROM).split(","))


def parameters(query: str, period: Sequence[str]) -> list[str]:
    """Return the parameters of a KPI statement for a period: its four texts, once for each table that is asked."""
    return [*period] * (query.count("?") // len(period))


def _read(name: str) -> str:
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8").rstrip()


def views() -> Mapping[str, str]:
    """Return the query of each view, by name, in the order in which they can be made.

    `newest_<table>` has each contact, turn or status once, as its newest copy tells it.
    """
    of_contacts = (table for table in TABLES.values() if table.whole)
    return {
        f"newest_{CONTACTS.name}": _newest(CONTACTS),
        f"newest_{AGENT_TURNS.name}": _newest(AGENT_TURNS),
        f"newest_{AGENT_STATUSES.name}": _newest(AGENT_STATUSES),
        f"newest_{REFUSED_CALLS.name}": _newest(REFUSED_CALLS),
        f"newest_{ENTRIES.name}": _newest(ENTRIES),
        **{f"newest_{table.name}": _of_newest_contact(table) for table in of_contacts},
        "agent_intervals": _AGENT_INTERVALS,
    }


_AGENT_INTERVALS: Final = f"""\
SELECT
    agent_id, agent, activity, status, contact_id, queue,
    "at" AS began_at,
    lead("at") OVER (PARTITION BY agent_id ORDER BY "at", event_id) AS ended_at,
    "{DAY}"
FROM newest_agent_turns"""  # noqa: S608 - nothing from outside is in it
"""What agents did, without gaps; the end is open where nothing later is known."""


def _newest(table: Table) -> str:
    """Return the query of the newest copy of each row. A row's day never changes, so that a day is found by itself."""
    key = ", ".join(f'"{name}"' for name in (DAY, *table.key))
    return f"""\
SELECT {_columns(table)}
FROM (
    SELECT *, row_number() OVER (PARTITION BY {key} ORDER BY "{VERSION}" DESC) AS age
    FROM {table.name}
) AS copies
WHERE age = 1"""  # noqa: S608 - only names of our own declaration are in it


def _of_newest_contact(table: Table) -> str:
    """Return the query of the rows of each contact's newest copy: a correction may have fewer than the copy before."""
    shared = ", ".join(f'"{name}"' for name in (DAY, *table.whole, VERSION))
    key = ", ".join(f'"{name}"' for name in (DAY, *table.key))
    return f"""\
SELECT {_columns(table)}
FROM (
    SELECT *, row_number() OVER (PARTITION BY {key} ORDER BY "{VERSION}" DESC) AS age
    FROM {table.name}
    WHERE ({shared}) IN (SELECT {shared} FROM newest_{CONTACTS.name})
) AS copies
WHERE age = 1"""  # noqa: S608 - only names of our own declaration are in it


def _columns(table: Table) -> str:
    return ", ".join(f'"{column.name}"' for column in table.columns) + f', "{DAY}"'
