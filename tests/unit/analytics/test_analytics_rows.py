"""Which rows an item becomes, and that nothing leads from a row to a person without the secret."""

import json
import re
from dataclasses import fields
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.agents.activity import Activity, Doing, Turn
from chalicelib.analytics import policy, service
from chalicelib.analytics.models import VERSION, About, Row, Type
from chalicelib.analytics.policy import LEFT_OUT, Copy
from chalicelib.analytics.tables import CONTACTS, TABLES
from chalicelib.contacts import policy as contacts
from chalicelib.contacts.models import Contact
from chalicelib.contacts.record import parse
from tests.support.contact_records import encoded, record, tenant, when

TENANT = tenant()
MARK = service.marker("a secret of this test")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")


def contact(**changes: Any) -> Contact:
    return contacts.contact(parse(encoded(record(**changes))), TENANT)


def rows(told: Contact, sequence: str = "7") -> list[Row]:
    return list(policy.contact_rows(told, TENANT, Copy(sequence=sequence), MARK))


def one(found: list[Row], table: str) -> dict[str, Any]:
    (row,) = [row for row in found if row.table == table]
    return dict(row.values)


def test_every_field_of_a_contact_has_a_column_or_a_reason_why_not() -> None:
    known = {column.name for column in CONTACTS.columns}
    names = {"contact_id" if field.name == "id" else field.name for field in fields(Contact)}
    # A new field is a column in tables.py (then run `trunkline analytics dictionary`), or has its reason in LEFT_OUT.
    assert names - known == set(LEFT_OUT)


def test_an_answered_contact_is_one_row_with_a_leg_in_its_queue_and_one_with_its_agent() -> None:
    found = rows(contact())
    whole = one(found, "contacts")
    assert whole["contact_id"] == "c-1"
    assert (whole["result"], whole["line"], whole["queue"], whole["agent"]) == (
        "answered",
        "after-sales",
        "after-sales",
        "agent-007",
    )
    assert (whole["at"], whole["answered_at"], whole["wait_s"], whole["talk_s"]) == (when(0), when(60), 20, 240)
    legs = [row.values for row in found if row.table == "legs"]
    assert [(leg["leg"], leg["kind"], leg["began_at"], leg["ended_at"]) for leg in legs] == [
        (1, "queue", when(40), when(60)),
        (2, "agent", when(60), when(405)),
    ]
    assert legs[1]["agent"] == "agent-007"
    assert {row.day for row in found} == {when(0)[:10]}


def test_what_names_a_person_is_in_no_row() -> None:
    told = contact(
        CustomerEndpoint={"Type": "TELEPHONE_NUMBER", "Address": "+8613912345678"},
        TransferredToEndpoint={"Type": "TELEPHONE_NUMBER", "Address": "+8613987654321"},
        Recording={"Location": "bucket/voice/c-1.wav"},
        Attributes={"customerId": "c-10001", "callbackNumber": "+8613900000001"},
    )
    said = " ".join(service.record(row).decode() for row in rows(told))
    for secret in ("13912345678", "13987654321", "c-10001", "13900000001", "c-1.wav"):
        assert secret not in said
    whole = one(rows(told), "contacts")
    assert (whole["went_outside"], whole["recorded"]) == (True, True)


def test_one_caller_has_one_mark_and_another_secret_gives_another() -> None:
    first, second = MARK("+8613912345678"), MARK("+8613912345679")
    assert first == MARK("+8613912345678") != second
    assert re.fullmatch(r"[0-9a-f]{32}", first)
    assert service.marker("another secret")("+8613912345678") != first


@given(st.lists(st.integers(1, 10**40 - 1), min_size=2, max_size=6))
def test_versions_sort_like_the_places_in_the_stream(sequences: list[int]) -> None:
    told = contact()
    versions = {n: one(rows(told, str(n)), "contacts")[VERSION] for n in sequences}
    assert sorted(versions, key=lambda n: versions[n]) == sorted(set(sequences))


def test_a_later_record_is_newer_wherever_in_the_stream_it_stands() -> None:
    early, late = contact(), contact(LastUpdateTimestamp=when(9_999))
    assert one(rows(early, "999"), "contacts")[VERSION] < one(rows(late, "1"), "contacts")[VERSION]


def test_every_value_is_of_its_columns_type() -> None:
    log = f"{when(1)} 9.main.4.key 20.business.-.no-input"
    told = contact(
        Attributes={
            "menuLog": log,
            "menuLine": "after-sales",
            "menuVersion": "3",
            "menuState": "business x",
            "menuPath": "4",
        }
    )
    found = rows(told)
    assert {row.table for row in found} == {"contacts", "legs", "menu_steps"}
    kinds = {Type.TEXT: str, Type.INSTANT: str, Type.WHOLE: int, Type.FLAG: bool}
    for row in found:
        columns = {column.name: column.type for column in TABLES[row.table].columns}
        assert set(row.values) <= set(columns)
        for name, value in row.values.items():
            assert type(value) is kinds[columns[name]], (row.table, name, value)
            if columns[name] is Type.INSTANT:
                assert INSTANT.fullmatch(str(value)), (row.table, name, value)


def test_the_steps_in_the_menus_are_rows_in_their_order() -> None:
    log = f"{when(1)} 9.main.4.key 20.business.-.no-input"
    found = rows(
        contact(Attributes={"menuLog": log, "menuLine": "after-sales", "menuVersion": "3", "menuState": "business x"})
    )
    steps = [row.values for row in found if row.table == "menu_steps"]
    assert [(s["step"], s["at"], s["menu_version"], s["node"], s["choice"], s["exit"]) for s in steps] == [
        (1, when(10), 3, "main", "4", "key"),
        (2, when(21), 3, "business", "-", "no-input"),
    ]


def test_a_turn_of_an_agent_keeps_its_milliseconds_and_both_activities() -> None:
    at = contact().at.replace(microsecond=123_000)
    before, after = (Doing(activity=each, status="Lunch") for each in (Activity.READY, Activity.BREAK))
    turn = Turn(at=at, event_id="e-1", agent_id="a-1", username="anna", before=before, after=after)
    row = policy.turn_row(turn, Copy(sequence="3"))
    assert (row.table, row.day) == ("agent_turns", when(0)[:10])
    assert row.values["at"] == at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert (row.values["before_activity"], row.values["activity"]) == ("ready", "break")
    assert {type(value) for value in row.values.values()} == {str}
    assert set(row.values) <= {column.name for column in TABLES["agent_turns"].columns}


def test_a_record_is_one_json_object_with_its_partition_beside_the_columns() -> None:
    row = Row(table="legs", day="2026-03-02", values={"leg": 1, "kind": "queue"})
    assert json.loads(service.record(row)) == {"leg": 1, "kind": "queue", "day": "2026-03-02"}


def test_whom_a_column_tells_of_is_said_where_it_tells_of_somebody() -> None:
    of_staff = {(t.name, c.name) for t in TABLES.values() for c in t.columns if c.about is About.STAFF}
    of_callers = {(t.name, c.name) for t in TABLES.values() for c in t.columns if c.about is About.CALLER}
    assert of_callers == {("contacts", "caller_mark"), ("contacts", "customer_mark")}
    assert of_staff == {
        ("contacts", "agent"),
        ("contacts", "meant_agent"),
        ("legs", "agent"),
        ("agent_turns", "agent"),
        ("agent_turns", "agent_id"),
        ("agent_statuses", "agent"),
        ("agent_statuses", "agent_id"),
        ("entries", "by"),
    }
