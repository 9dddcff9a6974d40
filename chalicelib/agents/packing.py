"""Agents: the packs that decisions read are brought up to the agents' own items once a batch (docs/adr/0022)."""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from chalicelib.agents import standing
from chalicelib.agents.ingest import TRIES
from chalicelib.agents.standing import PACKS, Pack, Row
from chalicelib.agents.store import Kept
from chalicelib.platform import observability
from chalicelib.platform.dynamo import Contended
from chalicelib.platform.errors import ProductError

EVERY_S: Final = 0.25
"""In a long batch the packs are written this often at most, so that a decision is not behind by the whole batch."""

_log = logging.getLogger(__name__)


class Store(Protocol):
    """Port: see `store.Agents`."""

    def everyone(self) -> Iterable[Kept]:
        """Return every agent with the number of the copy."""

    def packs(self) -> list[Pack]:
        """Return the packs that there are."""

    def put_pack(self, pack: Pack) -> Pack | None:
        """Store `pack` over the copy before its number, or return what is there instead."""


@dataclass(slots=True)
class Packing:
    """Brings what is heard of agents into their packs. Any order and repetition of copies leads to the same packs.

    What could not be written is logged and waits in this process for the next batch: no event comes again for it.
    Should the process end before, the agent's next event or heartbeat tells it, 120 s later at most. `clock_s` is
    monotonic.
    """

    store: Store
    now: Callable[[], datetime]
    clock_s: Callable[[], float] = time.monotonic
    _waiting: dict[str, Row] = field(default_factory=dict)
    _since_s: float = 0.0
    _known: dict[int, Pack] = field(default_factory=dict)

    def heard(self, kept: Kept) -> None:
        """Take note of an agent as the table holds him now."""
        if not self._waiting:
            self._since_s = self.clock_s()
        self._waiting[kept.state.id] = standing.row(kept.state, kept.revision)
        if self.clock_s() - self._since_s >= EVERY_S:
            self.settle()

    def settle(self) -> None:
        """Write what waits, one write a pack that changes."""
        if not self._waiting:
            return
        try:
            self._settle()
        except ProductError as error:
            self._known.clear()
            self._since_s = self.clock_s()
            observability.measure("FloorPacksMissed")
            _log.warning("packs of agents missed", extra={"code": error.code, "reason": error.detail})

    def _settle(self) -> None:
        if len(self._known) < PACKS:
            self._learn()
        by_pack: dict[int, list[Row]] = {}
        for row in self._waiting.values():
            by_pack.setdefault(standing.pack_of(row.agent_id), []).append(row)
        for number, rows in by_pack.items():
            self._bring(number, rows)
            for row in rows:
                del self._waiting[row.agent_id]

    def _learn(self) -> None:
        """Read all packs; those that are missing or cannot be read are made anew of the agents' own items."""
        found = {pack.number: pack for pack in self.store.packs() if pack.number < PACKS}
        broken = [number for number in range(PACKS) if number not in found or found[number].rows is None]
        self._known = {number: pack for number, pack in found.items() if number not in broken}
        if not broken:
            return
        everyone = [standing.row(kept.state, kept.revision) for kept in self.store.everyone()]
        for number in broken:
            rows = [row for row in everyone if standing.pack_of(row.agent_id) == number]
            seen = found[number].revision if number in found else 0
            self._known[number] = self._put(Pack(number=number, revision=seen, rows=None), rows)

    def _bring(self, number: int, rows: list[Row]) -> None:
        self._known[number] = self._put(self._known[number], rows)

    def _put(self, pack: Pack, news: list[Row]) -> Pack:
        """Return the pack with the news in it, as it is in the table now.

        Raises:
            Contended: other processes kept writing it, or it vanished.
            Throttled, StoreUnavailable: it may not be written.

        """
        for _ in range(TRIES):
            rows = standing.joined(pack.rows or {}, news, self.now())
            if rows == pack.rows:
                return pack
            new = Pack(number=pack.number, revision=pack.revision + 1, rows=rows)
            current = self.store.put_pack(new)
            if current is None:
                return new
            if current.rows is None:
                raise Contended("a pack of agents has come to be of another form")
            pack = current
        raise Contended("a pack of agents kept changing under the write")
