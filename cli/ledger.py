"""The KPI ledger in memory: contact records that leave the engine, booked by the product's own code."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chalicelib.contacts import policy as contacts
from chalicelib.contacts import service
from chalicelib.contacts.models import Contact, Result
from chalicelib.contacts.record import parse
from chalicelib.metrics import policy as metrics
from chalicelib.metrics.models import INTERVAL_S, AgentSlot, Booking, Slot
from chalicelib.platform.tenancy import TenantId
from chalicelib.tenancy.models import Tenant
from cli.tenant_functions import MemoryCallers
from localstack.connect.engine.ports import Place, StoredObject, StreamRecord


@dataclass(slots=True)
class Ledger:
    """Takes contact records in as the product does, and answers as its counters do (`metrics.service.Reader`).

    `also` is told of every contact.
    """

    tenant: Tenant
    callers: MemoryCallers
    also: Callable[[Contact], None] | None = None
    taken: int = 0
    results: dict[Result, int] = field(default_factory=dict)
    _counters: dict[Slot, dict[str, int]] = field(default_factory=dict)
    _agents: dict[AgentSlot, dict[str, int]] = field(default_factory=dict)
    _all: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    @property
    def digest(self) -> str:
        """SHA-256 of all records in the order in which they came: two runs with the same one gave the same bytes."""
        return self._all.hexdigest()

    @property
    def end(self) -> datetime | None:
        """The end of the last interval in which something counts; None as long as nothing does."""
        last = max((slot.start for slot in self._counters), default=None)
        return None if last is None else last + timedelta(seconds=INTERVAL_S)

    def put(self, place: Place, stream_arn: str, records: Sequence[StreamRecord]) -> Sequence[int]:
        """Take every record in; the engine's stream port."""
        del place, stream_arn
        for record in records:
            self._all.update(record.data)
            self._take(record.data)
        return ()

    def between(self, tenant: TenantId, start: datetime, end: datetime) -> Iterator[Booking]:
        """Yield the counters of every slot that starts in [start, end)."""
        del tenant
        for slot, counters in self._counters.items():
            if start <= slot.start < end:
                yield Booking(slot=slot, counters=dict(counters))

    def of_agents(
        self, tenant: TenantId, start: datetime, end: datetime, agent: str | None = None
    ) -> Iterator[Booking[AgentSlot]]:
        """Yield the counters of one agent or of all in every slot that starts in [start, end)."""
        del tenant
        for slot, counters in self._agents.items():
            if start <= slot.start < end and agent in {None, slot.agent}:
                yield Booking(slot=slot, counters=dict(counters))

    def _take(self, data: bytes) -> None:
        contact = contacts.contact(parse(data), self.tenant)
        self.taken += 1
        self.results[contact.result] = self.results.get(contact.result, 0) + 1
        self.callers.remember(contact)
        if self.also:
            self.also(contact)
        facts = service.facts(contact, self.tenant)
        if facts is not None:
            booking = metrics.book(facts)
            _add(self._counters, booking)
            if share := metrics.share(booking):
                _add(self._agents, share)


def _add[Place: Slot | AgentSlot](ledger: dict[Place, dict[str, int]], booking: Booking[Place]) -> None:
    counters = ledger.setdefault(booking.slot, {})
    for name, count in booking.counters.items():
        counters[name] = counters.get(name, 0) + count


class NoBus:
    """An event bus to which nobody listens."""

    def put(self, place: Place, events: Sequence[dict[str, Any]]) -> Sequence[int]:
        """Take every event."""
        del place, events
        return ()


class NoBuckets:
    """Buckets that keep nothing."""

    def put(self, place: Place, stored: StoredObject) -> bool:
        """Take the object."""
        del place, stored
        return True


class NoLogs:
    """Logs that nobody reads."""

    def put(self, place: Place, group: str, lines: Sequence[tuple[int, str]]) -> bool:
        """Take the lines."""
        del place, group, lines
        return True
