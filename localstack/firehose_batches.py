"""Deliveries of Firehose as Parquet, corrected from outside.

MiniStack writes one file for each record, and keeps every record for ever. `plug_in` puts `deliver` in the place of its
delivery: rows of one folder gather for `GATHER_S` and become one file, as AWS gathers them for minutes. Prefixes,
conversion, names and the error folder stay MiniStack's own. What converts nothing is delivered as before.
"""

import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from localstack import ministack_glue as glue
from localstack.doors import DOORS

GATHER_S: Final = 1.0
"""Seconds from the first row of a file to the file. AWS takes what the template says, minutes."""
MOST_ROWS: Final = 5_000
"""Rows of one file; the next begins another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a file goes: the delivery stream, and the folder with the beginning of the name."""

    account: str
    region: str
    stream: str
    prefix: str


@dataclass(slots=True)
class Gathered:
    """Records that become one file."""

    stream: Mapping[str, Any]
    destination: Mapping[str, Any]
    records: list[bytes]


class Deliveries:
    """What waits to be written, by place."""

    def __init__(self) -> None:
        self._single = _firehose("_deliver_records_to_s3")
        self._waiting: dict[Place, Gathered] = {}
        self._lock = threading.Lock()

    def deliver(
        self, stream: Mapping[str, Any], destination: Mapping[str, Any], records: list[tuple[str, bytes]]
    ) -> None:
        """Take `records` (id and data) for the destination; stands in the place of `_deliver_records_to_s3`."""
        # MiniStack keeps every record that it was ever given here, and nobody reads them.
        destination["records"].clear()
        if not (destination["config"].get("DataFormatConversionConfiguration") or {}).get("Enabled"):
            self._single(stream, destination, records)
            return
        for record_id, data in records:
            prefix = _prefix(destination["config"], data)
            if prefix is None:
                self._single(stream, destination, [(record_id, data)])
            else:
                self._gather(stream, destination, prefix, data)

    def _gather(self, stream: Mapping[str, Any], destination: Mapping[str, Any], prefix: str, data: bytes) -> None:
        account, region = glue.account_and_region()
        place = Place(account=account, region=region, stream=stream["name"], prefix=prefix)
        with self._lock:
            gathered = self._waiting.get(place)
            if gathered is None:
                gathered = self._waiting[place] = Gathered(stream, destination, [])
                self._write_later(place)
            gathered.records.append(data)
            full = self._waiting.pop(place) if len(gathered.records) >= MOST_ROWS else None
        if full:
            _write(place, full)

    def _write_later(self, place: Place) -> None:
        timer = threading.Timer(GATHER_S, self._write_waiting, args=(place,))
        timer.daemon = True
        timer.start()

    def _write_waiting(self, place: Place) -> None:
        with self._lock:
            gathered = self._waiting.pop(place, None)
        if gathered:
            # A file that cannot be written is lost with its rows; the health of the cloud says so.
            what = f"writing {len(gathered.records)} rows of {place.stream}"
            DOORS.through("firehose", what, lambda: _write(place, gathered))


def _prefix(config: Mapping[str, Any], data: bytes) -> str | None:
    """Return folder and beginning of the name, None where the record does not tell its partition."""
    try:
        keys = _firehose("_metadata_extraction_keys")(config, data)
        found: str = _firehose("_evaluate_prefix")(config.get("Prefix", ""), _firehose("_arrival_time")(config), keys)
    except _firehose("_DeliveryError"):
        return None
    return found


def _write(place: Place, gathered: Gathered) -> None:
    config = gathered.destination["config"]
    with glue.acting_as(place.account, place.region):
        try:
            body = _firehose("_convert_to_parquet")(
                config["DataFormatConversionConfiguration"], b"".join(gathered.records)
            )
        except _firehose("_DeliveryError"):
            _one_by_one(gathered.stream, gathered.destination, gathered.records)
            return
        name = f"{place.stream}-{time.strftime('%Y-%m-%d-%H-%M-%S', time.gmtime())}-{uuid.uuid4()}.parquet"
        bucket = _firehose("_s3_bucket_from_arn")(config["BucketARN"])
        _firehose("_put_s3_object")(bucket, place.prefix + name, body)


def _one_by_one(stream: Mapping[str, Any], destination: Mapping[str, Any], records: Sequence[bytes]) -> None:
    """Let MiniStack deliver each by itself, so that only what does not fit goes to the error folder."""
    for data in records:
        _firehose("_deliver_to_s3")(stream, destination, data)


def _firehose(name: str) -> Any:
    return glue.reach("ministack.services.firehose", name)


def plug_in() -> Deliveries:
    """Put our deliveries in the place of MiniStack's."""
    deliveries = Deliveries()
    glue.replace("ministack.services.firehose", "_deliver_records_to_s3", deliveries.deliver)
    return deliveries
