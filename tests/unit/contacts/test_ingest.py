"""Taking in contact records: the same effect whatever is repeated, late, out of order or interrupted."""

import base64
import itertools
import json
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.contacts.events import batches_of
from chalicelib.contacts.service import Effect, Ingest
from chalicelib.contacts.store import Contacts, Kept, Lost
from chalicelib.platform.dynamo import Contended, decode
from chalicelib.platform.errors import StoreUnavailable
from chalicelib.platform.fields import Unusable
from tests.support.contact_records import (
    INSTANCE_ARN,
    START,
    Record,
    abandoned,
    batch,
    encoded,
    histories,
    record,
    tenant,
    when,
)
from tests.support.fake_dynamo import FakeDynamo, failure

TENANT = tenant()
TOKENS = itertools.count()


class FakeQueue:
    def __init__(self, *, refuses: bool = False) -> None:
        self.bodies: list[str] = []
        self.refuses = refuses

    def send_message(self, **request: Any) -> dict[str, Any]:
        if self.refuses:
            raise failure("ServiceUnavailable")
        self.bodies.append(request["MessageBody"])
        return {}


def ingest(client: FakeDynamo, pauses: list[float] | None = None) -> Ingest:
    contacts = Contacts(client, "table", TENANT.id, TENANT.contacts_days, lambda: f"token-{next(TOKENS)}")
    waited: list[float] = [] if pauses is None else pauses
    return Ingest(
        tenant=TENANT,
        table="table",
        contacts=contacts,
        instance_arn=INSTANCE_ARN,
        pause=waited.append,
        chance=lambda: 0.5,
    )


def state(client: FakeDynamo) -> dict[tuple[str, str], dict[str, Any]]:
    """Return every item, field by field; a counter of zero is no counter, and an item without counters no item."""
    plain = {key: decode(item) for key, item in client.items.items()}
    kept = {key: {n: v for n, v in item.items() if v != 0} if "KPI#" in key[0] else item for key, item in plain.items()}
    return {key: item for key, item in kept.items() if set(item) > {"pk", "sk"}}


def run(deliveries: Sequence[Record]) -> FakeDynamo:
    client = FakeDynamo()
    service = ingest(client)
    for delivery in deliveries:
        service.take(encoded(delivery))
    return client


def redeliver(client: FakeDynamo, deliveries: Sequence[Record], batch_size: int = 5, rounds: int = 200) -> FakeQueue:
    """Deliver as Kinesis does: in order, again from the lowest failure, until everything is done."""
    queue = FakeQueue()
    batches = batches_of(ingest(client), queue, "dlq")
    place = 0
    for _ in range(rounds):
        if place >= len(deliveries):
            return queue
        part = deliveries[place : place + batch_size]
        failures = batches.handle(batch([encoded(d) for d in part], first=place), lambda: 60.0)["batchItemFailures"]
        place = min((int(f["itemIdentifier"]) for f in failures), default=place + len(part))
    pytest.fail("the shard never got through")


@settings(max_examples=40)
@given(histories(), st.randoms(use_true_random=False))
def test_duplicates_disorder_and_interleaving_change_nothing(contacts: list[list[Record]], rnd: random.Random) -> None:
    in_order = [copy for copies in contacts for copy in copies]
    shuffled = in_order * 2
    rnd.shuffle(shuffled)
    assert state(run(shuffled)) == state(run(in_order))


@settings(max_examples=40)
@given(histories(), st.randoms(use_true_random=False))
def test_only_the_newest_copy_decides(contacts: list[list[Record]], rnd: random.Random) -> None:
    everything = [copy for copies in contacts for copy in copies]
    rnd.shuffle(everything)
    assert state(run(everything)) == state(run([copies[-1] for copies in contacts]))


@given(
    histories(), st.randoms(use_true_random=False), st.lists(st.sampled_from(["works", "before", "after"]), max_size=30)
)
def test_failing_at_any_call_and_being_delivered_again_changes_nothing(
    contacts: list[list[Record]], rnd: random.Random, faults: list[str]
) -> None:
    deliveries = [copy for copies in contacts for copy in copies] * 2
    rnd.shuffle(deliveries)
    client = Flaky(faults)
    redeliver(client, deliveries)
    assert state(client) == state(run(deliveries))


class Flaky(FakeDynamo):
    """Fails calls by plan, before or after their effect: the function may be killed between writing and knowing it."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__()
        self.faults = iter(faults)

    def transact_write_items(self, **request: Any) -> Any:
        fault = next(self.faults, "works")
        if fault == "before":
            raise failure("InternalServerError")
        answer = super().transact_write_items(**request)
        if fault == "after":
            raise failure("InternalServerError")
        return answer


def test_the_same_and_an_older_copy_do_nothing() -> None:
    client = FakeDynamo()
    service = ingest(client)
    assert service.take(encoded(record())) is Effect.STORED
    before = state(client)
    assert service.take(encoded(record())) is Effect.DUPLICATE
    assert service.take(encoded(abandoned("c-1", LastUpdateTimestamp=when(464)))) is Effect.DUPLICATE
    assert state(client) == before


def test_a_newer_copy_moves_the_counters_by_the_difference() -> None:
    client = FakeDynamo()
    service = ingest(client)
    service.take(encoded(record()))
    assert service.take(encoded(abandoned("c-1", LastUpdateTimestamp=when(466)))) is Effect.CORRECTED
    assert state(client) == state(run([abandoned("c-1", LastUpdateTimestamp=when(466))]))


def test_a_duplicate_costs_one_call_and_a_correction_two() -> None:
    client = FakeDynamo()
    service = ingest(client)
    service.take(encoded(record()))
    service.take(encoded(record()))
    service.take(encoded(record(LastUpdateTimestamp=when(500))))
    assert client.calls == ["TransactWriteItems"] * 4


def test_contention_is_tried_again_with_growing_pauses_and_then_given_back() -> None:
    def contended(_: str) -> None:
        raise failure("TransactionConflictException")

    pauses: list[float] = []
    with pytest.raises(Exception, match="TransactionConflict"):
        ingest(FakeDynamo(contended), pauses).take(encoded(record()))
    assert pauses == [pytest.approx(0.02 * 2**n) for n in range(5)]


def test_a_changed_contract_does_not_judge_an_old_answer_again() -> None:
    client = FakeDynamo()
    ingest(client).take(encoded(record()))
    strict = ingest(client)
    queue = TENANT.queues["after-sales"]
    harder = replace(TENANT, queues={**TENANT.queues, "after-sales": replace(queue, threshold_s=1)})
    replace(strict, tenant=harder).take(encoded(record(LastUpdateTimestamp=when(500))))
    assert state(client) == state(run([record(LastUpdateTimestamp=when(500))]))


def test_a_late_change_of_a_contact_that_retention_removed_brings_nothing_back() -> None:
    client = FakeDynamo()
    effect = ingest(client).take(encoded(record(LastUpdateTimestamp="2029-12-01T00:00:00Z")))
    assert (effect, client.items) == (Effect.EXPIRED, {})


def test_a_record_of_another_instance_is_refused_by_field() -> None:
    with pytest.raises(Unusable) as refusal:
        ingest(FakeDynamo()).take(encoded(record(InstanceARN="arn:aws:connect:us-east-1:9:instance/other")))
    assert refusal.value.facts == {"field": "InstanceARN"}


GARBAGE = [b"", b"\xff\x00", b"[]", b"null", b"{}", b'{"ContactId": 7}', encoded(record(ContactId="a#b")), b"{" * 5_000]


@settings(max_examples=40)
@given(histories(), st.lists(st.sampled_from(GARBAGE), max_size=6), st.randoms(use_true_random=False))
def test_garbage_ends_in_the_dead_letter_queue_and_nothing_else_is_lost(
    contacts: list[list[Record]], garbage: list[bytes], rnd: random.Random
) -> None:
    good = [copy for copies in contacts for copy in copies]
    payloads = [encoded(copy) for copy in good] + garbage
    rnd.shuffle(payloads)
    client, queue = FakeDynamo(), FakeQueue()
    answer = batches_of(ingest(client), queue, "dlq").handle(batch(payloads), lambda: 60.0)
    kept = [base64.b64decode(json.loads(body)["data"]) for body in queue.bodies]
    assert answer == {"batchItemFailures": []}
    assert sorted(kept) == sorted(garbage)
    assert state(client) == state(run(good))


def test_a_dead_letter_says_why_and_where_it_came_from() -> None:
    queue = FakeQueue()
    batches_of(ingest(FakeDynamo()), queue, "dlq").handle(
        batch([encoded(record(LastUpdateTimestamp="soon"))], 41), lambda: 60.0
    )
    letter = json.loads(queue.bodies[0])
    assert letter["reason"] == {
        "code": "unusable-record",
        "detail": "LastUpdateTimestamp must be an instant like 2026-03-02T09:00:00Z",
        "field": "LastUpdateTimestamp",
    }
    assert (letter["sequence_number"], letter["shard_id"]) == ("41", "shardId-000000000000")


def test_poison_that_even_the_queue_refuses_comes_again() -> None:
    batches = batches_of(ingest(FakeDynamo()), FakeQueue(refuses=True), "dlq")
    assert batches.handle(batch([b"?", encoded(record())]), lambda: 60.0) == {
        "batchItemFailures": [{"itemIdentifier": "1"}]
    }


def test_data_that_is_not_even_base64_is_poison_too() -> None:
    event = batch([b"x"])
    event["Records"][0]["kinesis"]["data"] = "not base64!"
    queue = FakeQueue()
    assert batches_of(ingest(FakeDynamo()), queue, "dlq").handle(event, lambda: 60.0) == {"batchItemFailures": []}
    assert base64.b64decode(json.loads(queue.bodies[0])["data"]) == b"not base64!"


def test_a_contact_that_keeps_changing_under_the_write_comes_again() -> None:
    class Restless:
        """Holds another, older copy each time."""

        def __init__(self) -> None:
            self.second = 0

        def write(self, new: Kept, earlier: Kept | None, counts: Any) -> Lost:  # noqa: ARG002 - the port's shape
            self.second += 1
            return Lost(replace(new, contact=replace(new.contact, updated_at=START + timedelta(seconds=self.second))))

    service = replace(ingest(FakeDynamo()), contacts=Restless())
    with pytest.raises(Contended, match="kept changing"):
        service.take(encoded(record()))


def test_a_contact_that_vanished_meanwhile_is_stored_anew() -> None:
    client = FakeDynamo()
    service = ingest(client)
    service.take(encoded(record()))

    def vanish(_: str) -> None:
        if len(client.calls) == 3:  # the first write of the newer copy has met the older one by now
            client.items.clear()

    client.before = vanish
    assert service.take(encoded(record(LastUpdateTimestamp=when(500)))) is Effect.STORED
    assert state(client) == state(run([record(LastUpdateTimestamp=when(500))]))


def test_a_silent_store_ends_the_batch_at_its_first_record() -> None:
    def silent(_: str) -> None:
        raise failure("InternalServerError")

    client = FakeDynamo(silent)
    answer = batches_of(ingest(client), FakeQueue(), "dlq").handle(batch([encoded(record())] * 3), lambda: 60.0)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert len(client.calls) == 1


def test_a_contended_record_does_not_hold_up_the_others() -> None:
    class Busy:
        def take(self, data: bytes) -> Effect:
            if b'"c-1"' in data:
                msg = "busy"
                raise Contended(msg)
            return Effect.STORED

    answer = batches_of(Busy(), FakeQueue(), "dlq").handle(
        batch([encoded(record("c-1")), encoded(record("c-2", Recording=None)), encoded(record("c-1"))]), lambda: 60.0
    )
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}, {"itemIdentifier": "3"}]}


def test_no_record_is_begun_when_the_time_is_nearly_over() -> None:
    client = FakeDynamo()
    answer = batches_of(ingest(client), FakeQueue(), "dlq").handle(batch([encoded(record())]), lambda: 2.9)
    assert (answer, client.calls) == ({"batchItemFailures": [{"itemIdentifier": "1"}]}, [])


def test_a_refused_permission_is_the_stores_failure_not_the_records() -> None:
    def denied(_: str) -> None:
        raise failure("AccessDeniedException")

    with pytest.raises(StoreUnavailable):
        ingest(FakeDynamo(denied)).take(encoded(record()))
