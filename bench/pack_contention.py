"""What it costs that several processes of the ingest write the same packs of agents (docs/adr/0022).

A floor of agents is shared by one, two and four processes as by the shards of a stream: each hears its own agents, and
all of them write all packs. A second of a busy floor (one agent in thirty is heard) is a batch of each, taken in by all
at once in threads against a table in this process whose every answer takes some milliseconds. Counted are the writes of
packs, those that lost against another process, and the units of both: a write that is refused costs what it would have
written. Fails when packs differ from the agents' own items at the end.

    .venv/bin/python -m bench.pack_contention [--agents 500] [--rounds 100] [--latency-ms 3]
"""

import argparse
import math
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from bench.floor_cost import House, NoDesk
from chalicelib.agents import standing
from chalicelib.agents.activity_store import Turns
from chalicelib.agents.ingest import Ingest
from chalicelib.agents.packing import Packing
from chalicelib.agents.service import Agents
from chalicelib.platform.tenancy import tenant_id
from chalicelib.tenancy.models import Seats
from tests.support.agent_events import Life
from tests.support.fake_dynamo import FakeDynamo

TENANT: Final = tenant_id("bench")
SEATS: Final = Seats(contracted=10_000, designed=10_000, burst=10_000)
HEARD: Final = 1 / 30
"""Share of the agents who are heard in a second: four events in a contact of two minutes."""
PROCESSES: Final = (1, 2, 4)
_UNIT_BYTES: Final = 1_024


@dataclass(slots=True)
class Packs:
    """The table, with every write of a pack counted; each takes `latency_s`."""

    table: FakeDynamo
    latency_s: float = 0.0
    written: int = 0
    lost: int = 0
    units: int = 0
    units_lost: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def put_item(self, **request: Any) -> Mapping[str, Any]:
        """Write one item."""
        is_pack = request["Item"]["sk"]["S"].startswith(standing.PACK_PREFIX)
        if is_pack and self.latency_s:
            time.sleep(self.latency_s)
        try:
            answer = self.table.put_item(**request)
        except ClientError:
            self._count(request, is_pack=is_pack, lost=True)
            raise
        self._count(request, is_pack=is_pack, lost=False)
        return answer

    def _count(self, request: Mapping[str, Any], *, is_pack: bool, lost: bool) -> None:
        if not is_pack:
            return
        units = math.ceil(_size(request["Item"]) / _UNIT_BYTES)
        with self._lock:
            self.written += not lost
            self.lost += lost
            self.units += units
            self.units_lost += units * lost

    def __getattr__(self, name: str) -> Any:
        """Return what is not counted."""
        return getattr(self.table, name)


def _size(item: Mapping[str, Mapping[str, Any]]) -> int:
    """Return the bytes of an item by DynamoDB's rules, numbers as text."""
    values = (raw if isinstance(raw, bytes) else str(raw).encode() for value in item.values() for raw in value.values())
    return sum(len(name.encode()) for name in item) + sum(map(len, values))


def process(packs: Packs, some: list[Life], now: datetime) -> House:
    """Return a process of the ingest that hears these agents."""
    store = Agents(packs, TENANT, TENANT, 365)
    packing = Packing(store, lambda: now)
    ingest = Ingest(
        store=store,
        turns=Turns(packs, TENANT, TENANT, 365),
        desk=NoDesk(),
        seats=SEATS,
        site_attribute="Site",
        instance_arn=None,
        now=lambda: now,
        heard=packing.heard,
    )
    return House(some, ingest, packing)


def together(work: Iterable[Any]) -> None:
    """Do all at once, each in a thread, and wait for the end."""
    threads = [threading.Thread(target=one) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def measured(count: int, agents: int, rounds: int, latency_s: float) -> bool:
    """Print what `count` processes pay; return whether the packs are whole."""
    now = datetime.now(UTC)
    packs, everybody = Packs(FakeDynamo()), [Life(f"first.last{number:04d}", start=now) for number in range(agents)]
    for life in everybody:
        life.login()
    houses = [process(packs, everybody[number::count], now) for number in range(count)]
    for house in houses:
        house.hear(house.lives)
    packs.written = packs.lost = packs.units = packs.units_lost = 0
    packs.latency_s = latency_s
    for _ in range(rounds):
        together([lambda house=house: house.go_on(HEARD) for house in houses])
    events = rounds * sum(math.ceil(len(house.lives) * HEARD) for house in houses)
    tried = packs.written + packs.lost
    print(
        f"{count:>9}{events:>9}{packs.written:>9}{packs.lost:>7}{packs.lost / tried:>8.0%}"
        f"{packs.units / events:>15.2f}{packs.units_lost / events:>12.2f}"
    )
    store = houses[0].packing.store
    kept = {kept.state.id: standing.row(kept.state, kept.revision) for kept in store.everyone()}
    told = {row.agent_id: row for pack in store.packs() for row in (pack.rows or {}).values()}
    return told == kept


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="What writers of the same packs of agents pay.")
    parser.add_argument("--agents", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--latency-ms", type=float, default=3.0)
    options = parser.parse_args()
    print(
        f"{options.agents} agents, {options.rounds} batches of each process, {options.latency_ms} ms a write of a pack"
    )
    print(f"{'processes':>9}{'events':>9}{'written':>9}{'lost':>7}{'':>8}{'units an event':>15}{'lost':>12}")
    whole = [measured(count, options.agents, options.rounds, options.latency_ms / 1_000) for count in PROCESSES]
    return 0 if all(whole) else 1


if __name__ == "__main__":
    sys.exit(main())
