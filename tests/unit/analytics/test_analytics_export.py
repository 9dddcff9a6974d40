"""The export: whatever the table's stream tells goes on at least once, and a refusal is never taken for success."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.agents.activity import Activity, Doing, Turn
from chalicelib.agents.activity_store import turn_item
from chalicelib.agents.items import change_item
from chalicelib.agents.models import StatusChange, StatusType
from chalicelib.analytics import service
from chalicelib.analytics.events import days_of
from chalicelib.analytics.service import BATCH_BYTES, BATCH_RECORDS, TRIES, Export, Sender, batches, exported
from chalicelib.analytics.store import Days
from chalicelib.analytics.tables import TABLES
from chalicelib.audit.models import Act, Actor
from chalicelib.audit.service import Trail
from chalicelib.audit.store import Log
from chalicelib.completions.models import Entry, Version
from chalicelib.completions.service import subject_of
from chalicelib.completions.store import Completions
from chalicelib.contacts.items import contact_item
from chalicelib.contacts.policy import contact
from chalicelib.contacts.record import parse
from chalicelib.metrics.models import Refusal
from chalicelib.platform.dynamo import encode
from chalicelib.platform.errors import InvalidInput, StoreUnavailable
from chalicelib.tickets import policy as ticket_policy
from chalicelib.tickets.models import Change, Opening, Step, Subject
from chalicelib.tickets.store import Tickets as TicketsKept
from tests.support.contact_records import encoded, record, tenant
from tests.support.fake_dynamo import FakeDynamo

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
TENANT = tenant()
STREAMS = {name: f"stream-{name}" for name in TABLES}


@dataclass
class Delivery:
    """A Firehose that refuses the first records of each request as often as it is told to."""

    refuse: int = 0
    requests: list[tuple[str, list[dict[str, Any]]]] = field(default_factory=list)
    taken: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def put_record_batch(self, **request: Any) -> Mapping[str, Any]:
        rows = [json.loads(each["Data"]) for each in request["Records"]]
        self.requests.append((request["DeliveryStreamName"], rows))
        answers = []
        for row in rows:
            if self.refuse:
                self.refuse -= 1
                answers.append({"ErrorCode": "ServiceUnavailableException", "ErrorMessage": "slow down"})
            else:
                self.taken.append((request["DeliveryStreamName"], row))
                answers.append({"RecordId": str(len(self.taken))})
        return {"FailedPutCount": sum("ErrorCode" in each for each in answers), "RequestResponses": answers}


def entry(contact_id: str, sequence: int, **changes: Any) -> dict[str, Any]:
    told = contact(parse(encoded(record(ContactId=contact_id, **changes))), TENANT)
    image = encode(contact_item(TENANT.id, told, {"slot": "x"}, 30))
    return {"eventName": "INSERT", "dynamodb": {"NewImage": image, "SequenceNumber": str(sequence)}}


class NoDays:
    """A table that holds nothing of any day."""

    def items(self, day: str) -> Iterator[dict[str, Any]]:
        del day
        yield from ()


class NoRefusals:
    """A CloudWatch that counted nothing."""

    def by_metric(self, start: datetime, end: datetime) -> Iterator[Refusal]:
        del start, end
        yield from ()


def export(firehose: Delivery, pauses: list[float] | None = None, days: Any = None) -> Export:
    return Export(
        tenant=TENANT,
        sender=Sender(firehose=firehose, pause=(pauses if pauses is not None else []).append),
        streams=STREAMS,
        mark=service.marker("secret"),
        days=days or NoDays(),
        refusals=NoRefusals(),
        now=lambda: datetime(2026, 3, 3, 1, tzinfo=UTC),
    )


def test_a_contact_goes_onto_the_stream_of_each_of_its_tables() -> None:
    firehose = Delivery()
    sent = export(firehose).take([entry("c-1", 1), entry("c-2", 2)])
    assert sent == {"contacts": 2, "legs": 4}
    assert {name for name, _ in firehose.requests} == {"stream-contacts", "stream-legs"}
    assert [row["contact_id"] for name, row in firehose.taken if name == "stream-contacts"] == ["c-1", "c-2"]


def turn(at: str = "2026-03-02T09:00:00.250Z") -> dict[str, Any]:
    doing = [Doing(activity=each, status="Available") for each in (Activity.SIGNED_OUT, Activity.READY)]
    told = Turn(
        at=datetime.fromisoformat(at), event_id="e-1", agent_id="a-1", username="anna", before=doing[0], after=doing[1]
    )
    return encode(turn_item(TENANT.id, told, 30))


def status(name: str = "Lunch") -> dict[str, Any]:
    at = datetime.fromisoformat("2026-03-02T09:00:00.250Z")
    change = StatusChange(at=at, agent_id="a-1", username="anna", status=name, type=StatusType.CUSTOM)
    return encode(change_item(TENANT.id, change, 30))


def test_a_status_becomes_a_row_that_says_whether_it_is_paid() -> None:
    firehose, unpaid = Delivery(), replace(TENANT, kpis=replace(TENANT.kpis, unpaid_statuses=("Lunch",)))
    entries = [
        {"eventName": "INSERT", "dynamodb": {"NewImage": status(name), "SequenceNumber": str(n)}}
        for n, name in enumerate(("Lunch", "Training"))
    ]
    assert replace(export(firehose), tenant=unpaid).take(entries) == {"agent_statuses": 2}
    assert [(row["status"], row["type"], row["unpaid"], row["at"], row["day"]) for _, row in firehose.taken] == [
        ("Lunch", "CUSTOM", True, "2026-03-02T09:00:00.250Z", "2026-03-02"),
        ("Training", "CUSTOM", False, "2026-03-02T09:00:00.250Z", "2026-03-02"),
    ]


@dataclass
class TenThisMorning(NoRefusals):
    """A CloudWatch that counted ten throttled calls on every day, at nine."""

    def by_metric(self, start: datetime, end: datetime) -> Iterator[Refusal]:
        assert end - start == timedelta(days=1)
        yield Refusal(at=start + timedelta(hours=9), metric="ThrottledCalls", calls=10)


def test_refused_calls_are_sent_of_today_and_of_days_before_and_the_newest_telling_is_told_apart() -> None:
    firehose = Delivery()
    assert replace(export(firehose), refusals=TenThisMorning()).refused(2) == {"refused_calls": 2}
    assert [(row["at"], row["metric"], row["calls"], row["day"]) for _, row in firehose.taken] == [
        ("2026-03-03T09:00:00Z", "ThrottledCalls", 10, "2026-03-03"),
        ("2026-03-02T09:00:00Z", "ThrottledCalls", 10, "2026-03-02"),
    ]
    assert {row["version"] for _, row in firehose.taken} == {"2026-03-03T01:00:00Z"}
    assert replace(export(Delivery()), refusals=TenThisMorning()).again("2026-03-02") == {"refused_calls": 1}


def test_what_an_agent_turned_to_becomes_a_row_and_another_item_none() -> None:
    pointer = encode({"pk": f"T#{TENANT.id}#CALLER#+8613800138000", "sk": "CONTACT#2026-03-02T09:00:00Z#c-1"})
    entries = [
        {"eventName": "INSERT", "dynamodb": {"NewImage": item, "SequenceNumber": "5"}} for item in (turn(), pointer)
    ]
    removed = {"eventName": "REMOVE", "dynamodb": {"SequenceNumber": "6"}}
    firehose = Delivery()
    assert export(firehose).take([*entries, removed]) == {"agent_turns": 1}
    ((_, row),) = firehose.taken
    assert (row["agent_id"], row["at"], row["day"]) == ("a-1", "2026-03-02T09:00:00.250Z", "2026-03-02")


class Table:
    """A table with one contact and one turn, which leaves a read undone the first time."""

    def __init__(self) -> None:
        self.item = entry("c-1", 1)["dynamodb"]["NewImage"]
        self.reads = 0

    def query(self, **request: Any) -> Mapping[str, Any]:
        asked = request["ExpressionAttributeValues"][":value"]
        if asked["S"].startswith(f"T#{TENANT.id}#TICKETSAT#"):
            return {"Items": []}
        if asked["S"] == f"T#{TENANT.id}#ACTIVITY#2026-03-02":
            return {"Items": [turn()]}
        if asked["S"] == f"T#{TENANT.id}#STATUS#2026-03-02":
            return {"Items": [status()]}
        assert (request["IndexName"], asked["S"]) == ("gsi2", f"T#{TENANT.id}#DAY#2026-03-02")
        if "ExclusiveStartKey" in request:
            return {"Items": [{"pk": {"S": "T#x"}, "sk": {"S": "MESSAGE"}}]}
        return {
            "Items": [{name: self.item[name] for name in ("pk", "sk")}],
            "LastEvaluatedKey": {"pk": self.item["pk"]},
        }

    def batch_get_item(self, **request: Any) -> Mapping[str, Any]:
        self.reads += 1
        if self.reads == 1:
            return {"Responses": {}, "UnprocessedKeys": request["RequestItems"]}
        asked = request["RequestItems"]["table"]["Keys"]
        return {"Responses": {"table": [self.item] * asked.count({name: self.item[name] for name in ("pk", "sk")})}}


def test_a_day_that_is_sent_once_more_has_every_contact_turn_and_status_as_the_oldest_copies() -> None:
    firehose = Delivery()
    export(firehose).take([entry("c-1", 1)])
    sent = export(firehose, days=Days(Table(), "table", TENANT.id)).again("2026-03-02")
    assert sent == {"contacts": 1, "legs": 2, "agent_turns": 1, "agent_statuses": 1}
    first, again = [row for name, row in firehose.taken if name == "stream-contacts"]
    assert again["version"] < first["version"]
    assert {**again, "version": ""} == {**first, "version": ""}


def written() -> FakeDynamo:
    """Return a table with a contact that was completed twice, and a ticket that was opened and assigned."""
    table = FakeDynamo()
    told = contact(parse(encoded(record(ContactId="c-1"))), TENANT)
    item = contact_item(TENANT.id, told, {"slot": "x"}, 30)
    table.items[item["pk"], item["sk"]] = encode(item)
    trail = Trail(tenant=TENANT.id, kept=Log(table, "audit"), now=lambda: AT)
    actor, act = Actor(user="li.na", roles=("agent",)), Act(action="a", resource="r")
    completion = Entry(category="complaint", sub_category="service", result="recorded", solved=True, next_step="none")
    for revision, note in ((1, "Wang called."), (2, "Wang called twice.")):
        version = Version(
            revision=revision,
            at=AT,
            by="li.na",
            entry=replace(completion, note=note, customer_id="C-1"),
            complaint=True,
        )
        Completions(table, "table", TENANT.id, 30).save(subject_of(told), version, trail, actor, act)
    tickets = TicketsKept(table, "table", TENANT.id, trail, 30)
    opening = Opening(subject=Subject(category="complaint", text="Wang is angry."), note="Wang.", channel="letter")
    ticket, passed = ticket_policy.accept("00000018", opening, actor="li.na", at=AT, complaints=("complaint",))
    tickets.open(ticket, passed, None, actor, act)
    change = Change(step=Step.ASSIGN, note="Wang.", revision=1, assignee="lifts")
    tickets.change(*ticket_policy.take(ticket, change, actor="chief", at=AT), actor, act)
    return table


def test_what_people_wrote_down_becomes_rows_without_whom_it_is_about() -> None:
    table, firehose = written(), Delivery()
    stream = [
        {"eventName": "INSERT", "dynamodb": {"NewImage": item, "SequenceNumber": str(n)}}
        for n, item in enumerate(table.items.values(), 1)
    ]
    assert export(firehose).take(stream)["entries"] == 4
    rows = [row for name, row in firehose.taken if name == "stream-entries"]
    facts = {(row["kind"], row["id"], row["revision"]): row for row in rows}
    assert facts.keys() == {
        (kind, id_, n) for kind, id_ in (("completion", "c-1"), ("ticket", "00000018")) for n in (1, 2)
    }
    latest = facts["completion", "c-1", 2]
    assert (latest["category"], latest["solved"], latest["complaint"], latest["by"]) == (
        "complaint",
        True,
        True,
        "li.na",
    )
    steps = [facts["ticket", "00000018", n] for n in (1, 2)]
    assert [(row["step"], row["complaint"], row["by"]) for row in steps] == [
        ("accept", True, "li.na"), ("assign", False, "chief")
    ]  # fmt: skip
    assert {row["day"] for row in rows} == {"2026-03-02"}
    assert not {"Wang", "C-1"} & set(json.dumps(rows).replace('"', " ").split())


def test_a_day_that_is_sent_once_more_has_what_was_written_of_its_contacts_and_tickets() -> None:
    firehose = Delivery()
    sent = export(firehose, days=Days(written(), "table", TENANT.id)).again("2026-03-02")
    assert (sent["contacts"], sent["entries"]) == (1, 4)
    assert "entries" not in export(Delivery(), days=Days(written(), "table", TENANT.id)).again("2026-03-03")


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"first": "2026-03-02"},
        {"first": "x", "last": "y"},
        {"first": "2026-03-02", "last": "2026-03-01"},
    ],
)
def test_days_that_are_none_are_refused(asked: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        days_of(asked)


def test_the_days_to_send_again_include_both_ends() -> None:
    assert days_of({"first": "2026-02-28", "last": "2026-03-01"}) == ["2026-02-28", "2026-03-01"]


def test_only_what_was_refused_is_sent_again() -> None:
    firehose, pauses = Delivery(refuse=1), []
    export(firehose, pauses).take([entry("c-1", 1), entry("c-2", 2)])
    sizes = [len(rows) for name, rows in firehose.requests if name == "stream-contacts"]
    assert sizes == [2, 1]
    assert sorted(row["contact_id"] for name, row in firehose.taken if name == "stream-contacts") == ["c-1", "c-2"]
    assert pauses == [service.FIRST_PAUSE_S]


def test_a_stream_that_keeps_refusing_gives_the_whole_batch_back() -> None:
    firehose = Delivery(refuse=10**6)
    with pytest.raises(StoreUnavailable):
        export(firehose).take([entry("c-1", 1)])
    assert len(firehose.requests) == TRIES


@given(st.lists(st.integers(1, BATCH_BYTES // 3), max_size=12))
def test_batches_keep_every_record_in_order_within_the_limits(sizes: list[int]) -> None:
    records = [bytes([n % 256]) * size for n, size in enumerate(sizes)]
    found = list(batches(records))
    assert [data for batch in found for data in batch] == records
    assert all(0 < len(batch) <= BATCH_RECORDS and sum(map(len, batch)) <= BATCH_BYTES for batch in found)


def test_no_batch_has_more_records_than_one_request_may() -> None:
    assert [len(batch) for batch in batches([b"x"] * (2 * BATCH_RECORDS + 1))] == [BATCH_RECORDS, BATCH_RECORDS, 1]


def test_the_patterns_of_the_mapping_let_exactly_what_becomes_rows_through() -> None:
    contacts, turns, statuses, completed, stepped = exported(TENANT.id)
    assert [one["dynamodb"]["Keys"]["sk"]["S"] for one in (completed, stepped)] == [
        [{"prefix": "COMPLETION#"}],
        [{"prefix": "STEP#"}],
    ]
    assert contacts["dynamodb"]["Keys"]["sk"]["S"] == ["CONTACT"]
    assert turns["dynamodb"]["Keys"]["pk"]["S"] == [{"prefix": f"T#{TENANT.id}#ACTIVITY#"}]
    assert statuses["dynamodb"]["Keys"]["pk"]["S"] == [{"prefix": f"T#{TENANT.id}#STATUS#"}]
    assert all("REMOVE" not in pattern["eventName"] for pattern in exported(TENANT.id))
    # What may be written over is told again.
    assert {"MODIFY" in pattern["eventName"] for pattern in (contacts, statuses)} == {True}
