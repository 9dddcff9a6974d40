"""The outbox: everything that leaves the engine, in order, in batches, until it is taken.

Streams are delivered at least once; `Faults` makes duplicates, disorder, delays and losses on purpose.
"""

import json
import logging
import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from localstack.connect.engine.faults import Faults, Kind, odd
from localstack.connect.engine.ports import Datum, Place, Ports, StoredObject, StreamRecord
from localstack.connect.engine.timeline import Timeline, Timer

log = logging.getLogger(__name__)

RECORDS_IN_A_BATCH = 400
"""PutRecords takes 500 records and 5 MB; ours are at most a few KB each."""
EVENTS_IN_A_BATCH = 10
"""PutEvents takes 10."""
LINES_IN_A_BATCH = 1000
DATA_IN_A_BATCH = 500
"""PutMetricData takes 1000."""
TRIES = 20
"""So often a delivery is tried (once a flush) before it counts as lost."""


@dataclass(slots=True)
class _Lane:
    """Deliveries of one kind to one target, oldest first."""

    send: Callable[[Sequence[Any]], Sequence[int]]
    batch: int
    items: deque[tuple[int, Any]] = field(default_factory=deque)


def _shrug(_item: Any) -> None:
    """Nobody asked to be told."""


@dataclass(slots=True)
class Outbox:
    """Collects deliveries; `flush` hands them over. What is delayed is on the timeline until it is due."""

    ports: Ports
    faults: Faults
    rng: random.Random
    timeline: Timeline
    on_lost: Callable[[Any], None] = _shrug
    """Told of each delivery that is given up."""
    lost: int = 0
    dropped: int = 0
    """Best-effort deliveries that a fault has lost on purpose."""
    delivered: int = 0
    _lanes: dict[tuple[str, ...], _Lane] = field(default_factory=dict)
    _delayed: dict[Timer, Callable[[], None]] = field(default_factory=dict)

    @property
    def waiting(self) -> int:
        """Deliveries that nobody has taken yet."""
        return len(self._delayed) + sum(len(lane.items) for lane in self._lanes.values())

    def record(
        self, place: Place, stream_arn: str, partition_key: str, body: dict[str, Any], kind: Kind = "records"
    ) -> None:
        """One JSON object for a stream."""
        record = StreamRecord(partition_key, encode(body))
        lane = self._lane(
            ("2-stream", place.account, stream_arn),
            lambda records: self.ports.streams.put(place, stream_arn, records),
            RECORDS_IN_A_BATCH,
        )
        self._enter(kind, lane, record)

    def event(self, place: Place, event: dict[str, Any]) -> None:
        """One event for the default bus."""
        lane = self._lane(
            ("3-bus", place.account, place.region),
            lambda events: self.ports.bus.put(place, events),
            EVENTS_IN_A_BATCH,
        )
        strange = self.faults.odd_share and self.rng.random() < self.faults.odd_share
        self._enter("contact-events", lane, odd(event, self.rng) if strange else event)

    def store(self, place: Place, stored: StoredObject) -> None:
        """One object for a bucket; objects leave before the records that name them, unless a delay is on."""
        lane = self._lane(
            ("1-bucket", place.account, stored.bucket),
            lambda objects: [n for n, one in enumerate(objects) if not self.ports.objects.put(place, one)],
            EVENTS_IN_A_BATCH,
        )
        self._enter("recordings", lane, stored)

    def line(self, place: Place, group: str, at_ms: int, line: str) -> None:
        """One line for a log group."""
        lane = self._lane(
            ("4-log", place.account, place.region, group),
            lambda lines: () if self.ports.logs.put(place, group, lines) else range(len(lines)),
            LINES_IN_A_BATCH,
        )
        self._enter("flow-logs", lane, (at_ms, line))

    def datum(self, place: Place, datum: Datum) -> None:
        """One value of a metric."""
        lane = self._lane(
            ("5-metric", place.account, place.region),
            lambda data: () if self.ports.cloudwatch.put(place, data) else range(len(data)),
            DATA_IN_A_BATCH,
        )
        lane.items.append((0, datum))

    def flush(self) -> int:
        """Hand over everything that is due once; what was not taken stays. Answers how much stays."""
        for key in sorted(self._lanes):
            self._flush(key, self._lanes[key])
        return self.waiting

    def hurry(self) -> None:
        """Nothing is delayed any more: the clock is about to be set, or the world to end."""
        for timer, put in list(self._delayed.items()):
            self.timeline.cancel(timer)
            put()
        self._delayed.clear()

    def _enter(self, kind: Kind, lane: _Lane, item: Any) -> None:
        """Put a delivery in, as often and as late as the faults say."""
        copies = self.faults.copies(kind, self.rng)
        self.dropped += not copies
        for _ in range(copies):
            delay_s = self.faults.delay_s(kind, self.rng)
            if delay_s:
                self._delay(delay_s, lane, item)
            else:
                lane.items.append((0, item))

    def _delay(self, delay_s: float, lane: _Lane, item: Any) -> None:
        def due() -> None:
            self._delayed.pop(timer, None)
            lane.items.append((0, item))

        timer = self.timeline.after(delay_s, due)
        self._delayed[timer] = due

    def _lane(self, key: tuple[str, ...], send: Callable[[Sequence[Any]], Sequence[int]], batch: int) -> _Lane:
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = _Lane(send, batch)
        return lane

    def _flush(self, key: tuple[str, ...], lane: _Lane) -> None:
        items = list(lane.items)
        lane.items.clear()
        if self.faults.shuffle:
            self.rng.shuffle(items)
        for start in range(0, len(items), lane.batch):
            self._send(key, lane, items[start : start + lane.batch])

    def _send(self, key: tuple[str, ...], lane: _Lane, part: list[tuple[int, Any]]) -> None:
        refused = sorted(set(lane.send([item for _, item in part])))
        self.delivered += len(part) - len(refused)
        given_up = [part[position][1] for position in refused if part[position][0] + 1 >= TRIES]
        again = [part[position] for position in refused if part[position][0] + 1 < TRIES]
        lane.items.extend((tries + 1, item) for tries, item in again)
        if given_up:
            self.lost += len(given_up)
            log.error("lost %d deliveries to %s after %d tries", len(given_up), key, TRIES)
            for item in given_up:
                self.on_lost(item)


_FIXED = json.JSONEncoder(ensure_ascii=False, check_circular=False, sort_keys=True, separators=(",", ":"))
"""Bodies are made for the purpose and hold no circles, so none is looked for."""


def encode(body: dict[str, Any]) -> bytes:
    """JSON in one fixed form, so that equal contents are equal bytes."""
    return _FIXED.encode(body).encode()
