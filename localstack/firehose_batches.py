"""Deliveries of Firehose as Parquet, corrected from outside.

MiniStack writes one file for each record, keeps every record for ever, and forgets what it could not store. `plug_in`
puts `deliver` in the place of its delivery: records of one folder gather for `GATHER_S` and become one file, as AWS
gathers them for minutes. What cannot be converted goes to the error folder; what could not be stored is tried again
until it is, as AWS does for a day. What converts nothing is delivered as before.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from localstack import firehose_files as files
from localstack import ministack_glue as glue
from localstack.doors import DOORS, Doors
from localstack.firehose_files import Config, Scope, Store, Unfit

GATHER_S: Final = 1.0
"""Seconds from the first record of a file to the file. AWS takes what the template says, minutes."""
AGAIN_S: Final = 5.0
"""Seconds until a file that was not stored is tried again; twice as long each time, up to `MOST_DOUBLINGS` times."""
MOST_DOUBLINGS: Final = 6
MOST_RECORDS: Final = 5_000
"""Records of one file; the next begins another."""

Later = Callable[[float, Callable[[], None]], None]
"""Does something in so many seconds, in a thread of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a file goes: the delivery stream, and the folder with the beginning of the name.

    In the error folder records are lines that tell the reason already.
    """

    scope: Scope
    stream: str
    prefix: str
    error: bool = False


@dataclass(slots=True)
class Gathered:
    """Records that become one file."""

    config: Config
    records: list[bytes] = field(default_factory=list)
    tries: int = 0

    @property
    def pause_s(self) -> float:
        """Return how long they wait now."""
        return AGAIN_S * 2 ** min(self.tries - 1, MOST_DOUBLINGS) if self.tries else GATHER_S


def in_a_thread(pause_s: float, do: Callable[[], None]) -> None:
    """Do something in `pause_s`; the end of the process does not wait for it."""
    timer = threading.Timer(pause_s, do)
    timer.daemon = True
    timer.start()


class Deliveries:
    """What waits to be written, by place. `single` delivers the records of a stream that converts nothing."""

    def __init__(self, store: Store, single: Callable[..., None], later: Later, doors: Doors = DOORS) -> None:
        self._store = store
        self._single = single
        self._later = later
        self._doors = doors
        self._waiting: dict[Place, Gathered] = {}
        self._lock = threading.Lock()

    @property
    def waiting(self) -> int:
        """How many records are in no file yet."""
        with self._lock:
            return sum(len(gathered.records) for gathered in self._waiting.values())

    def deliver(
        self, stream: Mapping[str, Any], destination: Mapping[str, Any], records: list[tuple[str, bytes]]
    ) -> None:
        """Take `records` (id and data) for the destination; stands in the place of `_deliver_records_to_s3`."""
        # MiniStack keeps every record that it was ever given here, and nobody reads them.
        destination["records"].clear()
        config = destination["config"]
        if not (config.get("DataFormatConversionConfiguration") or {}).get("Enabled"):
            self._single(stream, destination, records)
            return
        for _, data in records:
            self._take(self._store.scope(), stream["name"], config, data)

    def _take(self, scope: Scope, stream: str, config: Config, data: bytes) -> None:
        try:
            prefix = self._store.prefix(config, data)
        except Unfit as unfit:
            self._put_aside(scope, stream, config, data, unfit)
        else:
            self._gather(Place(scope=scope, stream=stream, prefix=prefix), config, [data])

    def _put_aside(self, scope: Scope, stream: str, config: Config, data: bytes, unfit: Unfit) -> None:
        """Let a record go to the error folder, whole and with the reason."""
        prefix = self._store.error_prefix(config, unfit.kind)
        place = Place(scope=scope, stream=stream, prefix=prefix, error=True)
        self._gather(place, config, [files.error_line(config, data, unfit)])

    def _gather(self, place: Place, config: Config, records: list[bytes], *, tries: int = 0) -> None:
        with self._lock:
            gathered = self._waiting.get(place)
            if gathered is None:
                gathered = self._waiting[place] = Gathered(config, tries=tries)
                self._later(gathered.pause_s, lambda: self._write_waiting(place))
            gathered.records += records
            full = self._waiting.pop(place) if len(gathered.records) >= MOST_RECORDS else None
        if full:
            self._later(full.pause_s if full.tries else 0, lambda: self._attempt(place, full))

    def _write_waiting(self, place: Place) -> None:
        with self._lock:
            gathered = self._waiting.pop(place, None)
        if gathered:
            self._attempt(place, gathered)

    def _attempt(self, place: Place, gathered: Gathered) -> None:
        """Write a file; its records wait again if it was not stored. The health of the cloud says so."""
        what = f"writing {len(gathered.records)} records of {place.stream}"
        if not self._doors.through("firehose", what, lambda: self._write(place, gathered)):
            self._gather(place, gathered.config, gathered.records, tries=gathered.tries + 1)

    def _write(self, place: Place, gathered: Gathered) -> None:
        """Store the records, and take out of `gathered` what has its file or goes to the error folder."""
        store, config = self._store, gathered.config
        if place.error:
            store.put(place.scope, config, place.prefix + files.name(place.stream), b"".join(gathered.records))
            return
        body: bytes | None
        try:
            body = store.parquet(place.scope, config, b"".join(gathered.records))
        except Unfit:
            body = self._of_what_fits(place, gathered)
        if body is not None:
            store.put(place.scope, config, place.prefix + files.name(place.stream, ".parquet"), body)

    def _of_what_fits(self, place: Place, gathered: Gathered) -> bytes | None:
        gathered.records, odd = files.sorted_out(self._store, place.scope, gathered.config, gathered.records)
        for data, unfit in odd:
            self._put_aside(place.scope, place.stream, gathered.config, data, unfit)
        if not gathered.records:
            return None
        return self._store.parquet(place.scope, gathered.config, b"".join(gathered.records))


def plug_in() -> Deliveries:
    """Put our deliveries in the place of MiniStack's."""
    single = glue.reach("ministack.services.firehose", "_deliver_records_to_s3")
    deliveries = Deliveries(files.MiniStack(), single, in_a_thread)
    glue.replace("ministack.services.firehose", "_deliver_records_to_s3", deliveries.deliver)
    return deliveries
