"""The SQL that the runbooks tell operators to run: it is Athena's, and gives what its text promises."""

import re
from pathlib import Path

import pytest
import sqlglot

from chalicelib.analytics import policy, service
from chalicelib.contacts import policy as contacts
from chalicelib.contacts.record import parse
from cli import lake
from tests.support.contact_records import encoded, record, tenant

ROOT = Path(__file__).resolve().parents[3]
TENANT = tenant()
TEXT = (ROOT / "docs" / "runbooks" / "slo.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"```sql\n(.*?)```", TEXT, re.DOTALL)


def audio(agent: float, customer: float) -> dict[str, object]:
    ends = {"Agent": agent, "Customer": customer}
    return {end: {"Audio": {"QualityScore": score, "PotentialQualityIssues": []}} for end, score in ends.items()}


def test_failures_and_voice_are_told_by_entry_number_and_by_agent(tmp_path: Path) -> None:
    told = [
        record(ContactId="c-1", QualityMetrics=audio(4.4, 4.2)),
        record(ContactId="c-2", QualityMetrics=audio(3.0, 3.1), DisconnectReason="TELECOM_PROBLEM"),
        record(ContactId="c-3"),
    ]
    mark = service.marker("secret")
    kept = [contacts.contact(parse(encoded(one)), TENANT) for one in told]
    rows = [
        row
        for number, contact in enumerate(kept)
        for row in policy.contact_rows(contact, TENANT, policy.Copy(sequence=str(number)), mark)
    ]
    lake.write(rows, TENANT.id, tmp_path)
    by_number, by_agent = (list(lake.told(lake.connect(tmp_path), query)) for query in QUERIES)
    assert [(row["calls"], row["failures"], round(row["voice"], 2)) for row in by_number] == [(3, 1, 3.65)]
    assert [(row["handled"], row["failures"], round(row["voice"], 2)) for row in by_agent] == [(3, 1, 3.7)]


@pytest.mark.parametrize("query", QUERIES)
def test_a_runbooks_query_is_athenas_sql(query: str) -> None:
    parsed = sqlglot.parse_one(query, dialect="athena", error_level=sqlglot.ErrorLevel.RAISE)
    assert parsed.sql(dialect="athena").startswith("SELECT")
