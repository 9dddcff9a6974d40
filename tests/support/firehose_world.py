"""Firehose of the local cloud without a cloud: deliveries over a store in memory, and clients of both."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from localstack.doors import Doors
from localstack.firehose_batches import Deliveries
from localstack.firehose_files import NOT_CONVERTED, Config, NotStored, Scope, Unfit

CONFIG = {"DataFormatConversionConfiguration": {"Enabled": True, "SchemaConfiguration": {"TableName": "legs"}}}
HOME = Scope(account="000000000000", region="us-east-1")


@dataclass
class FakeStore:
    """MiniStack as deliveries see it. A record is `<day>:<text>`; an `odd` text fits no column, no day is no partition.

    It is the bucket, too, as a client of S3 sees it.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    refusals: int = 0
    odd: bytes = b"odd"

    def scope(self) -> Scope:
        """Return the one account there is."""
        return HOME

    def prefix(self, config: Config, data: bytes) -> str:
        """Return the folder of the record's day."""
        assert config
        day, _, _ = data.partition(b":")
        if not day:
            raise Unfit("processing-failed", "", "no day")
        return f"legs/{day.decode()}/"

    def error_prefix(self, config: Config, kind: str) -> str:
        """Return the error folder."""
        assert config
        return f"errors/legs/{kind}/2026/03/02/"

    def parquet(self, scope: Scope, config: Config, data: bytes) -> bytes:
        """Return the records as they are."""
        assert (scope, config) == (HOME, CONFIG)
        if self.odd in data:
            raise Unfit(NOT_CONVERTED, "DataFormatConversion.MalformedData", "no column takes it")
        return data

    def put(self, scope: Scope, config: Config, key: str, body: bytes) -> None:
        """Keep the file, unless there are refusals left."""
        assert (scope, config) == (HOME, CONFIG)
        if self.refusals:
            self.refusals -= 1
            raise NotStored(key)
        self.files[key] = body

    def list_objects_v2(self, **request: Any) -> Mapping[str, Any]:
        """Return the keys in pages of one."""
        keys = sorted(key for key in self.files if key.startswith(request["Prefix"]))
        at = int(request.get("ContinuationToken", 0))
        page = {"Contents": [{"Key": key} for key in keys[at : at + 1]], "IsTruncated": at + 1 < len(keys)}
        return {**page, "NextContinuationToken": str(at + 1)}

    def get_object(self, **request: Any) -> Mapping[str, Any]:
        """Return a file."""
        return {"Body": BytesIO(self.files[request["Key"]])}

    def delete_object(self, **request: Any) -> Mapping[str, Any]:
        """Delete a file."""
        del self.files[request["Key"]]
        return {}

    def rows(self) -> list[str]:
        """Return the records that have become rows."""
        return [row for key, body in self.files.items() if key.startswith("legs/") for row in _lines(body)]

    def put_aside(self) -> list[dict[str, Any]]:
        """Return what the error folder tells of each record."""
        return [
            json.loads(row) for key, body in self.files.items() if key.startswith("errors/") for row in _lines(body)
        ]


def _lines(body: bytes) -> list[str]:
    return body.decode().splitlines()


@dataclass
class Alarm:
    """What is to be done later, done when the test says so."""

    due: list[tuple[float, Callable[[], None]]] = field(default_factory=list)
    pauses_s: list[float] = field(default_factory=list)

    def later(self, pause_s: float, do: Callable[[], None]) -> None:
        """Note it."""
        self.due.append((pause_s, do))
        self.pauses_s.append(pause_s)

    def ring(self) -> None:
        """Do what has been noted until now."""
        due, self.due = self.due, []
        for _, do in due:
            do()


@dataclass
class Run:
    """Deliveries of one stream."""

    store: FakeStore = field(default_factory=FakeStore)
    alarm: Alarm = field(default_factory=Alarm)
    doors: Doors = field(default_factory=Doors)
    single: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.deliveries = Deliveries(self.store, lambda *asked: self.single.append(asked), self.alarm.later, self.doors)

    def deliver(self, *texts: str, config: Mapping[str, Any] = CONFIG) -> None:
        """Deliver records."""
        destination = {"records": ["kept by MiniStack"], "config": config}
        records = [(f"r{n}", f"{text}\n".encode()) for n, text in enumerate(texts)]
        self.deliveries.deliver({"name": "stream"}, destination, records)
        assert destination["records"] == []

    def put_record_batch(self, **request: Any) -> Mapping[str, Any]:
        """Take records as Firehose does; the stream is the only one."""
        assert request["DeliveryStreamName"] == "stream"
        self.deliver(*(record["Data"].decode().removesuffix("\n") for record in request["Records"]))
        return {"RequestResponses": [{} for _ in request["Records"]]}

    def settle(self) -> None:
        """Let everything that is to be done later be done."""
        for _ in range(20):
            self.alarm.ring()
        assert self.alarm.due == []
