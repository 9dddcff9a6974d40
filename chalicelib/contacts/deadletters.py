"""Records that could not be taken in: how they are kept in the dead-letter queue, and how they get back on the stream.

Two shapes lie in the queue. Ours holds the record itself. Lambda's own, written when it gave up a batch after its last
retry, holds only where the batch is in the stream, so it must be replayed before the stream forgets it.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from botocore.exceptions import ClientError

from chalicelib.platform.dynamo import error_code
from chalicelib.platform.errors import InvalidInput

KIND: Final = "contact-record"

EXPIRED: Final = "expired"
"""The stream no longer holds (all) the records that a message of Lambda's points to."""
CAME_BACK: Final = "came-back"
"""The record was put back by this very replay and refused again: it needs another code or a person."""

_READ: Final = 1_000
_RECEIVE: Final = 10
_WAIT_S: Final = 1
_VISIBILITY_S: Final = 120


@dataclass(frozen=True, slots=True)
class Payload:
    """A record to put back on the stream."""

    data: bytes
    partition_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A run of records in a shard, by its first and last sequence number, both included."""

    stream: str
    shard_id: str
    first: str
    last: str


class UnknownLetter(InvalidInput):
    """A message of the dead-letter queue has none of the two shapes; it stays there for a person."""

    code, title = "unknown-dead-letter", "Unknown dead letter"


def read(body: str) -> Payload | Place:
    """Return what the message `body` stands for.

    Raises:
        UnknownLetter: it has none of the two shapes.

    """
    try:
        message = json.loads(body)
        if message.get("kind") == KIND:
            return _own(message)
        batch = message["KinesisBatchInfo"]
        return Place(
            stream=_stream(batch["streamArn"]),
            shard_id=batch["shardId"],
            first=batch["startSequenceNumber"],
            last=batch["endSequenceNumber"],
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error) as error:
        msg = "the message is neither ours nor Lambda's"
        raise UnknownLetter(msg) from error


def _own(message: Mapping[str, Any]) -> Payload | Place:
    if message["data"] is not None:
        return Payload(base64.b64decode(message["data"], validate=True), message["partition_key"])
    number = message["sequence_number"]
    return Place(stream=_stream(message["stream_arn"]), shard_id=message["shard_id"], first=number, last=number)


def _stream(arn: str) -> str:
    return arn.partition(":stream/")[2] or arn


class Queue(Protocol):
    """Port: the calls of an SQS client that the dead-letter queue needs."""

    def send_message(self, **request: Any) -> Mapping[str, Any]:
        """Keep one message."""

    def receive_message(self, **request: Any) -> Mapping[str, Any]:
        """Return some messages and hide them for a while."""

    def delete_message(self, **request: Any) -> Mapping[str, Any]:
        """Forget one message."""


class Stream(Protocol):
    """Port: the calls of a Kinesis client that a replay needs."""

    def put_record(self, **request: Any) -> Mapping[str, Any]:
        """Append one record."""

    def get_shard_iterator(self, **request: Any) -> Mapping[str, Any]:
        """Return where to read from."""

    def get_records(self, **request: Any) -> Mapping[str, Any]:
        """Return some records and where to go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What a replay did: records put back, messages done with, and messages that stay, with the reason of each."""

    records: int
    messages: int
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Replay:
    """Puts dead letters of one queue back on one stream. A message is deleted after its records are on the stream."""

    queue: Queue
    queue_url: str
    stream: Stream
    stream_name: str

    def run(self, limit: int = 1_000) -> Replayed:
        """Replay what lies in the queue, at most `limit` messages; one that fails stays and is not tried twice.

        A record that is refused again while the replay runs comes back as a new message, which stays too. Safe to
        repeat and to interrupt: a record that reaches the stream twice is counted once.

        Raises:
            botocore's ClientError: queue or stream refused us; messages not yet deleted appear again later.

        """
        records = 0
        done: list[str] = []
        left: list[str] = []
        seen: set[str] = set()
        put_back: set[bytes] = set()
        while len(seen) < limit and (fresh := self._receive(seen)):
            for message in fresh[: limit - len(seen)]:
                seen.add(message["MessageId"])
                count, why = self._replay(message["Body"], put_back)
                records += count
                if why:
                    left.append(why)
                    continue
                self.queue.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])
                done.append(message["MessageId"])
        return Replayed(records=records, messages=len(done), left=tuple(left))

    def _receive(self, seen: set[str]) -> list[Mapping[str, Any]]:
        answer = self.queue.receive_message(
            QueueUrl=self.queue_url,
            MaxNumberOfMessages=_RECEIVE,
            WaitTimeSeconds=_WAIT_S,
            VisibilityTimeout=_VISIBILITY_S,
        )
        return [message for message in answer.get("Messages", []) if message["MessageId"] not in seen]

    def _replay(self, body: str, put_back: set[bytes]) -> tuple[int, str | None]:
        """Put what `body` stands for back on the stream; return how many records, and why the message must stay."""
        try:
            found = read(body)
        except UnknownLetter as error:
            return 0, error.code
        if isinstance(found, Payload):
            if found.data in put_back:
                return 0, CAME_BACK
            payloads, complete = [found], True
        else:
            payloads, complete = self._lookup(found)
        for payload in payloads:
            self.stream.put_record(StreamName=self.stream_name, Data=payload.data, PartitionKey=payload.partition_key)
            put_back.add(payload.data)
        return len(payloads), None if complete else EXPIRED

    def _lookup(self, place: Place) -> tuple[list[Payload], bool]:
        """Return the records of `place` that the stream still holds, and whether these are all."""
        iterator = self._iterator(place)
        found: list[Mapping[str, Any]] = []
        while iterator:
            page = self.stream.get_records(ShardIterator=iterator, Limit=_READ)
            found += [record for record in page["Records"] if int(record["SequenceNumber"]) <= int(place.last)]
            passed = any(int(record["SequenceNumber"]) >= int(place.last) for record in page["Records"])
            at_the_tip = not page["Records"] and not page.get("MillisBehindLatest")
            iterator = None if passed or at_the_tip else page.get("NextShardIterator")
        numbers = {record["SequenceNumber"] for record in found}
        return [Payload(record["Data"], record["PartitionKey"]) for record in found], {
            place.first,
            place.last,
        } <= numbers

    def _iterator(self, place: Place) -> str | None:
        """Return where to read from; None when the stream refuses the number because it forgot it."""
        try:
            answer = self.stream.get_shard_iterator(
                StreamName=place.stream,
                ShardId=place.shard_id,
                ShardIteratorType="AT_SEQUENCE_NUMBER",
                StartingSequenceNumber=place.first,
            )
        except ClientError as error:
            if error_code(error) not in {"InvalidArgumentException", "ResourceNotFoundException"}:
                raise
            return None
        return str(answer["ShardIterator"])
