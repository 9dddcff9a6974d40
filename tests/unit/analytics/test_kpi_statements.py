"""The KPI statements: one for each KPI of the registry, the same text for Athena and DuckDB, the newest copy counts."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from chalicelib.analytics import policy, service, statements
from chalicelib.analytics.models import Row
from chalicelib.analytics.tables import TABLES
from chalicelib.contacts import policy as contacts
from chalicelib.contacts.record import parse
from chalicelib.metrics.models import Kpi
from chalicelib.metrics.registry import EVERY_KPI, SERVICE_LEVELS
from chalicelib.platform.errors import InvalidInput
from cli import kpi_truth, lake
from tests.support.contact_records import Record, abandoned, encoded, record, tenant, when

TENANT = tenant()
PERIOD = ("2026-03-01", "2026-03-02", "2026-03-02 00:00:00", "2026-03-03 00:00:00")
STATEMENTS = statements.known()
type Ask = Callable[..., list[dict[str, Any]]]


def rows(*told: Record) -> Iterator[Row]:
    mark = service.marker("secret")
    for number, one in enumerate(told):
        contact = contacts.contact(parse(encoded(one)), TENANT)
        yield from policy.contact_rows(contact, TENANT, policy.Copy(sequence=str(number)), mark)


def of(name: str) -> str:
    kpi, _, variant = name.partition(".")
    return statements.statement(kpi, variant or None)


def database(folder: Path, *told: Record) -> duckdb.DuckDBPyConnection:
    lake.write(rows(*told), TENANT.id, folder)
    return lake.connect(folder)


def figures(base: duckdb.DuckDBPyConnection, name: str) -> tuple[int, int]:
    """Return numerator and denominator of the whole day."""
    found = list(lake.of_kpi(base, of(name), PERIOD))
    return sum(row["numerator"] for row in found), sum(row["denominator"] for row in found)


def test_every_kpi_of_the_registry_has_one_statement_and_there_is_no_other() -> None:
    wanted = {kpi.id for kpi in EVERY_KPI if not kpi.variant} | {f"K03.{variant}" for variant in SERVICE_LEVELS}
    assert set(STATEMENTS) == wanted


TABLE_OF = {
    "contact": "contacts",
    "turn of an agent": "agent_turns",
    "change of an agent's status": "agent_statuses",
    "completion": "entries",
    "step of a ticket": "entries",
    "contract": None,
    "CloudWatch": "refused_calls",
}
"""Where the stored fields that the registry names lie in the analytics store; the contract's settings stand in rows."""


@pytest.mark.req("KPI-01")
@pytest.mark.parametrize("kpi", [*EVERY_KPI, *SERVICE_LEVELS.values()], ids=kpi_truth.name_of)
def test_a_statement_asks_the_tables_of_the_fields_that_the_registry_names(kpi: Kpi) -> None:
    named = {TABLE_OF[field.partition(":")[0]] for field in kpi.source} - {None}
    assert asked(statements.statement(kpi.id, kpi.variant)) == named


def asked(statement: str) -> set[str | None]:
    """Return the tables of the store that a statement reads."""
    parsed = sqlglot.parse_one(statement, dialect="athena", error_level=sqlglot.ErrorLevel.RAISE)
    return {table.name for table in parsed.find_all(exp.Table)} & TABLES.keys()


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_is_athenas_sql_and_names_only_columns_that_there_are(name: str) -> None:
    parsed = sqlglot.parse_one(of(name), dialect="athena", error_level=sqlglot.ErrorLevel.RAISE)
    tables = {table.name for table in parsed.find_all(exp.Table)}
    made = {each.alias for each in parsed.find_all(exp.CTE)}
    assert tables - made <= TABLES.keys()
    known = {column.name for table in tables & TABLES.keys() for column in TABLES[table].columns} | {"day", "n", "*"}
    derived = {each.alias for each in parsed.find_all(exp.Alias)}
    assert {column.name for column in parsed.find_all(exp.Column)} <= known | derived
    # What both understand without being told which of the two it is.
    assert not list(parsed.find_all(exp.Anonymous))


@pytest.mark.parametrize("name", statements.views())
def test_a_view_is_athenas_sql(name: str) -> None:
    parsed = sqlglot.parse_one(statements.views()[name], dialect="athena", error_level=sqlglot.ErrorLevel.RAISE)
    assert isinstance(parsed, exp.Query)


def test_a_statement_that_there_is_not_is_refused_by_name() -> None:
    with pytest.raises(KeyError, match=r"no statement K99; there are K01"):
        statements.statement("K99")


def test_what_came_twice_counts_once_and_a_correction_counts_alone(tmp_path: Path) -> None:
    late = record("c-1", LastUpdateTimestamp=when(900), NextContactId="c-9")
    base = database(tmp_path, record("c-1"), record("c-1"), late, record("c-1"), abandoned("c-2"))
    assert figures(base, "K02") == (1, 2)
    assert figures(base, "K12") == (1, 1)
    (leg, *_) = lake.told(base, "SELECT count(*) AS legs FROM newest_legs WHERE contact_id = 'c-1'")
    assert leg == {"legs": 2}


def test_a_query_that_the_files_cannot_answer_is_refused_with_the_columns_that_there_are(tmp_path: Path) -> None:
    base = database(tmp_path, record("c-1"))
    assert list(lake.asked(base, "SELECT kind FROM newest_legs"))
    with pytest.raises(InvalidInput, match=r"(?s)colour.*Candidate bindings.*kind"):
        list(lake.asked(base, "SELECT colour, kind FROM newest_legs"))


def test_a_correction_with_fewer_legs_leaves_none_of_the_older_copy(tmp_path: Path) -> None:
    corrected = abandoned("c-1", LastUpdateTimestamp=when(900))
    base = database(tmp_path, record("c-1"), corrected)
    assert [row["kind"] for row in lake.told(base, "SELECT kind FROM newest_legs")] == ["queue"]


def test_a_contact_counts_in_the_quarter_hour_in_which_it_entered_its_queue(tmp_path: Path) -> None:
    base = database(tmp_path, record("c-1", InitiationTimestamp=when(-60)))
    (row,) = lake.of_kpi(base, of("K02"), PERIOD)
    assert f"{row['interval_start']:%H:%M}" == "09:00"
    (early,) = lake.of_kpi(
        database(tmp_path / "x", record("c-1", Queue=None, InitiationTimestamp=when(-60))), of("K06"), PERIOD
    )
    assert f"{early['interval_start']:%H:%M}" == "08:45"


@pytest.mark.parametrize(
    ("wait_s", "short", "in_target"), [(0, 1, 1), (4, 1, 1), (5, 0, 1), (20, 0, 1), (21, 0, 0), (600, 0, 0)]
)
def test_short_abandons_and_the_threshold_are_judged_at_their_limits(
    tmp_path: Path, wait_s: int, short: int, in_target: int
) -> None:
    base = database(tmp_path, abandoned("c-1", wait_s=wait_s))
    assert figures(base, "K10") == (1 - short, 1 - short)
    assert figures(base, "K03.abandons-in-time-met") == (in_target, 1)


def test_a_store_without_files_answers_nothing(tmp_path: Path) -> None:
    base = lake.connect(tmp_path)
    for name in STATEMENTS:
        assert list(lake.of_kpi(base, of(name), PERIOD)) == []
    for view in statements.views():
        assert base.view(view).fetchall() == []
