"""Agents: what waits in the queues, asked of Amazon Connect now and then, by one process for all."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from chalicelib.agents.models import LONG_AGO, QueueFigures, QueuesKept
from chalicelib.platform import observability
from chalicelib.platform.errors import ProductError

EVERY_S: Final = 10
"""Amazon Connect answers five such questions a second to a whole account (13.3): fifty tenants of one account may ask
this often. What is known is therefore up to ten seconds and a heartbeat of somebody old."""

_log = logging.getLogger(__name__)


class Store(Protocol):
    """Port: see `store.Agents`."""

    def put_queues(self, queues: QueuesKept, seen: datetime | None) -> QueuesKept | None:
        """Store `queues` over the copy that was asked for at `seen`, or return what is there instead."""


class Desk(Protocol):
    """Port: see `desk.Desk`."""

    def waiting(self) -> Mapping[str, QueueFigures]:
        """Return what waits in the contract's queues."""


@dataclass(slots=True)
class QueueWatch:
    """Keeps the figures of the queues fresh while agents' events come in; whoever claims the question first asks it."""

    store: Store
    desk: Desk
    known: QueuesKept | None = None

    def refresh(self, now: datetime) -> QueuesKept | None:
        """Ask if nobody did for ten seconds, and return what was told just now; None: nobody was asked.

        What fails is logged and missed: no agent event may wait for it.
        """
        known = self.known
        if known is not None and now - known.asked_at < timedelta(seconds=EVERY_S):
            return None
        claim = QueuesKept(figures=known.figures if known else {}, at=known.at if known else LONG_AGO, asked_at=now)
        try:
            current = self.store.put_queues(claim, known.asked_at if known else None)
            self.known = current or self._asked(now)
        except ProductError as error:
            self.known = claim
            observability.measure("QueueFiguresMissed")
            _log.warning("figures of the queues missed", extra={"code": error.code, "reason": error.detail})
            return None
        return None if current else self.known

    def _asked(self, now: datetime) -> QueuesKept:
        told = QueuesKept(figures=self.desk.waiting(), at=now, asked_at=now)
        return self.store.put_queues(told, now) or told
