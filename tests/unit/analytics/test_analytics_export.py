"""The export: whatever the table's stream tells goes on at least once, and a refusal is never taken for success."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.analytics import service
from chalicelib.analytics.service import BATCH_BYTES, BATCH_RECORDS, TRIES, Export, batches, exported
from chalicelib.analytics.tables import TABLES
from chalicelib.contacts.items import contact_item
from chalicelib.contacts.policy import contact
from chalicelib.contacts.record import parse
from chalicelib.platform.dynamo import encode
from chalicelib.platform.errors import StoreUnavailable
from tests.support.contact_records import encoded, record, tenant

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


def export(firehose: Delivery, pauses: list[float] | None = None) -> Export:
    return Export(
        tenant=TENANT,
        firehose=firehose,
        streams=STREAMS,
        mark=service.marker("secret"),
        pause=(pauses if pauses is not None else []).append,
    )


def test_a_contact_goes_onto_the_stream_of_each_of_its_tables() -> None:
    firehose = Delivery()
    sent = export(firehose).take([entry("c-1", 1), entry("c-2", 2)])
    assert sent == {"contacts": 2, "legs": 4}
    assert {name for name, _ in firehose.requests} == {"stream-contacts", "stream-legs"}
    assert [row["contact_id"] for name, row in firehose.taken if name == "stream-contacts"] == ["c-1", "c-2"]


def test_a_change_of_status_becomes_a_row_and_another_item_none() -> None:
    status = {
        "pk": f"T#{TENANT.id}#STATUS#2026-03-02",
        "sk": "2026-03-02T09:00:00.250Z#a-1",
        "agent": "anna",
        "status": "Lunch",
        "type": "CUSTOM",
    }
    pointer = {"pk": f"T#{TENANT.id}#CALLER#+8613800138000", "sk": "CONTACT#2026-03-02T09:00:00Z#c-1"}
    entries = [
        {"eventName": "INSERT", "dynamodb": {"NewImage": encode(item), "SequenceNumber": "5"}}
        for item in (status, pointer)
    ]
    removed = {"eventName": "REMOVE", "dynamodb": {"SequenceNumber": "6"}}
    firehose = Delivery()
    assert export(firehose).take([*entries, removed]) == {"agent_statuses": 1}
    ((_, row),) = firehose.taken
    assert (row["agent_id"], row["at"], row["day"]) == ("a-1", "2026-03-02T09:00:00.250Z", "2026-03-02")


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


def test_the_patterns_of_the_mapping_let_exactly_contacts_and_statuses_through() -> None:
    contacts, statuses = exported(TENANT.id)
    assert contacts["dynamodb"]["Keys"]["sk"]["S"] == ["CONTACT"]
    assert statuses["dynamodb"]["Keys"]["pk"]["S"] == [{"prefix": f"T#{TENANT.id}#STATUS#"}]
    assert all("REMOVE" not in pattern["eventName"] for pattern in (contacts, statuses))
