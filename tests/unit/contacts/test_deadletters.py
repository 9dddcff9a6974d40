"""Dead letters: kept with everything that a replay needs, and replayed without loss or double count."""

import json
import re
import sys
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.contacts.deadletters import (
    KIND,
    Payload,
    Place,
    Replay,
    Replayed,
    UnknownLetter,
    read,
)
from chalicelib.platform.stream_door import LARGEST_PAYLOAD_BYTES, DeadLetter
from tests.support.contact_records import STREAM_ARN
from tests.support.fake_dynamo import failure


def letter(data: bytes = b"{}", number: str = "7") -> DeadLetter:
    return DeadLetter(
        kind=KIND,
        data=data,
        partition_key="c-1",
        sequence_number=number,
        shard_id="shardId-000000000000",
        stream_arn=STREAM_ARN,
        arrived_at=1.5,
        code="unusable-record",
        detail="ContactId is missing",
        field="ContactId",
    )


def batch_letter(first: str, last: str) -> str:
    """Return what Lambda writes when it gives up a batch of a stream."""
    return json.dumps(
        {
            "requestContext": {"requestId": "r", "functionArn": "f", "condition": "RetryAttemptsExhausted"},
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
            "version": "1.0",
            "timestamp": "2026-03-02T09:00:00.000Z",
            "KinesisBatchInfo": {
                "shardId": "shardId-000000000000",
                "startSequenceNumber": first,
                "endSequenceNumber": last,
                "approximateArrivalOfFirstRecord": "2026-03-02T09:00:00Z",
                "approximateArrivalOfLastRecord": "2026-03-02T09:00:00Z",
                "batchSize": 2,
                "streamArn": STREAM_ARN,
            },
        }
    )


class FakeQueue:
    """A queue that hides what it handed out, as SQS does for the visibility time."""

    def __init__(self, bodies: Sequence[str]) -> None:
        self.messages = {f"m-{n}": body for n, body in enumerate(bodies)}
        self.hidden: set[str] = set()

    def send_message(self, **request: Any) -> dict[str, Any]:
        self.messages[f"m-{len(self.messages)}-again"] = request["MessageBody"]
        return {}

    def receive_message(self, **request: Any) -> dict[str, Any]:
        fresh = [name for name in self.messages if name not in self.hidden][: request["MaxNumberOfMessages"]]
        self.hidden |= set(fresh)
        return (
            {"Messages": [{"MessageId": n, "ReceiptHandle": n, "Body": self.messages[n]} for n in fresh]}
            if fresh
            else {}
        )

    def delete_message(self, **request: Any) -> dict[str, Any]:
        del self.messages[request["ReceiptHandle"]]
        return {}


class FakeStream:
    """One shard with the records 1, 2, 3 ...; those below `horizon` are forgotten. Reads two at a time."""

    def __init__(self, count: int = 0, horizon: int = 1) -> None:
        self.records = {n: f"record-{n}".encode() for n in range(1, count + 1)}
        self.horizon = horizon
        self.put: list[bytes] = []

    def put_record(self, **request: Any) -> dict[str, Any]:
        assert request["StreamName"] == "contact-records"
        self.put.append(request["Data"])
        return {}

    def get_shard_iterator(self, **request: Any) -> dict[str, Any]:
        first = int(request["StartingSequenceNumber"])
        if first < self.horizon:
            raise failure("InvalidArgumentException")
        return {"ShardIterator": str(first)}

    def get_records(self, **request: Any) -> dict[str, Any]:
        start = int(request["ShardIterator"])
        found = [n for n in sorted(self.records) if n >= start][:2]
        return {
            "Records": [{"SequenceNumber": str(n), "Data": self.records[n], "PartitionKey": "k"} for n in found],
            "NextShardIterator": str(start + 2),
            "MillisBehindLatest": 0,
        }


def replay(queue: FakeQueue, stream: FakeStream, limit: int = 1_000) -> Replayed:
    return Replay(queue, "dlq", stream, "contact-records").run(limit)


def test_the_operators_page_replays_with_what_the_product_has(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (Path(__file__).resolve().parents[3] / "docs/runbooks/operate.md").read_text(encoding="utf-8")
    (script,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    stream = FakeStream()
    clients = {"sqs": FakeQueue([letter(b"again").body()]), "kinesis": stream}
    monkeypatch.setitem(sys.modules, "boto3", types.SimpleNamespace(client=clients.__getitem__))
    exec(script.replace("<ContactRecordStream>", "contact-records"), {})  # noqa: S102 - the page's own text
    assert stream.put == [b"again"]
    assert "records=1" in capsys.readouterr().out


@given(st.binary(max_size=2_000))
def test_a_letter_gives_back_exactly_the_bytes_that_were_refused(data: bytes) -> None:
    assert read(letter(data).body()) == Payload(data, "c-1")


def test_a_record_too_large_for_the_queue_is_kept_by_its_place() -> None:
    body = letter(b"x" * (LARGEST_PAYLOAD_BYTES + 1)).body()
    place = Place(stream="contact-records", shard_id="shardId-000000000000", first="7", last="7")
    assert (read(body), len(body) < 1_000) == (place, True)


@pytest.mark.parametrize(
    "body", ["", "[]", "null", "{}", '{"kind": "contact-record"}', '{"KinesisBatchInfo": 1}', "\x00"]
)
def test_a_message_of_neither_shape_is_refused(body: str) -> None:
    with pytest.raises(UnknownLetter):
        read(body)


def test_our_own_letters_go_back_on_the_stream_and_are_done_with() -> None:
    queue, stream = FakeQueue([letter(b"one").body(), letter(b"two").body()]), FakeStream()
    assert replay(queue, stream) == Replayed(records=2, messages=2, left=())
    assert (stream.put, queue.messages) == ([b"one", b"two"], {})


@pytest.mark.parametrize(("first", "last", "count"), [(2, 2, 1), (2, 4, 3), (1, 5, 5)])
def test_a_batch_of_lambdas_is_read_again_from_the_stream_and_no_more(first: int, last: int, count: int) -> None:
    queue, stream = FakeQueue([batch_letter(str(first), str(last))]), FakeStream(6)
    assert replay(queue, stream) == Replayed(records=count, messages=1, left=())
    assert stream.put == [f"record-{n}".encode() for n in range(first, last + 1)]


@pytest.mark.parametrize("stream", [FakeStream(6, horizon=3), FakeStream(3)])
def test_a_message_whose_records_are_gone_stays_and_says_so(stream: FakeStream) -> None:
    queue = FakeQueue([batch_letter("2", "5"), letter(b"one").body()])
    done = replay(queue, stream)
    assert (done.messages, done.left, list(queue.messages)) == (1, ("expired",), ["m-0"])
    assert b"one" in stream.put


def test_a_strange_message_stays_and_does_not_hold_up_the_others() -> None:
    queue, stream = FakeQueue(["?", letter(b"one").body()]), FakeStream()
    assert replay(queue, stream) == Replayed(records=1, messages=1, left=("unknown-dead-letter",))
    assert queue.messages == {"m-0": "?"}


def test_a_record_that_is_refused_again_meanwhile_ends_the_circle() -> None:
    class Refusing(FakeStream):
        def put_record(self, **request: Any) -> dict[str, Any]:
            queue.send_message(MessageBody=letter(request["Data"]).body())
            return super().put_record(**request)

    queue = FakeQueue([letter(b"poison").body()])
    assert replay(queue, Refusing()) == Replayed(records=1, messages=1, left=("came-back",))
    assert len(queue.messages) == 1


def test_no_more_messages_than_the_limit_are_touched() -> None:
    queue, stream = FakeQueue([letter(str(n).encode()).body() for n in range(25)]), FakeStream()
    assert replay(queue, stream, limit=12).messages == 12
    assert len(queue.messages) == 13


def test_a_stream_that_refuses_us_is_not_taken_for_one_that_forgot() -> None:
    class Denied(FakeStream):
        def get_shard_iterator(self, **_: Any) -> dict[str, Any]:
            raise failure("AccessDeniedException")

    queue = FakeQueue([batch_letter("2", "5")])
    with pytest.raises(Exception, match="AccessDenied"):
        replay(queue, Denied())
    assert list(queue.messages) == ["m-0"]


def test_a_message_is_deleted_only_after_its_records_are_on_the_stream() -> None:
    class Down(FakeStream):
        def put_record(self, **_: Any) -> dict[str, Any]:
            raise failure("ServiceUnavailable")

    queue = FakeQueue([letter(b"one").body()])
    with pytest.raises(Exception, match="ServiceUnavailable"):
        replay(queue, Down())
    assert list(queue.messages) == ["m-0"]
