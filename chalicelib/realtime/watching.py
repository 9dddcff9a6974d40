"""Real time: looks at the thresholds, remembers where each stands, and tells of what was raised or cleared."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Protocol

from chalicelib.platform import observability
from chalicelib.platform.dynamo import store_errors
from chalicelib.platform.errors import StoreUnavailable
from chalicelib.realtime import thresholds
from chalicelib.realtime.board import View
from chalicelib.realtime.models import Board, Standing
from chalicelib.realtime.thresholds import Threshold

SOURCE: Final = "trunkline"
RAISED: Final = "Threshold Raised"
CLEARED: Final = "Threshold Cleared"
A_REQUEST: Final = 10
"""EventBridge takes so many events in one request."""


class Keeper(Protocol):
    """Port: see `store.Moments`."""

    def stand(self, standings: Mapping[str, Standing], seen: int) -> bool:
        """Keep where the thresholds stand over copy number `seen`; False: somebody else has kept a newer one."""


class Bus(Protocol):
    """Port: see `EventBus`."""

    def tell(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Put events on the tenant's bus."""


class Client(Protocol):
    """Port: the call of an EventBridge client that telling needs."""

    def put_events(self, **request: Any) -> Mapping[str, Any]:
        """Put up to ten events on buses."""


@dataclass(frozen=True, slots=True)
class EventBus:
    """The tenant's bus."""

    client: Client
    name: str

    def tell(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Put events on the bus, ten a request.

        Raises:
            Throttled, StoreUnavailable: some may not be on it; the same call may succeed later.

        """
        for first in range(0, len(events), A_REQUEST):
            entries = [
                {
                    "EventBusName": self.name,
                    "Source": SOURCE,
                    "DetailType": event["type"],
                    "Detail": json.dumps(event["detail"], ensure_ascii=False),
                }
                for event in events[first : first + A_REQUEST]
            ]
            with store_errors("tell of thresholds"):
                answer = self.client.put_events(Entries=entries)
            if answer.get("FailedEntryCount"):
                codes = sorted({str(one["ErrorCode"]) for one in answer["Entries"] if one.get("ErrorCode")})
                raise StoreUnavailable(f"tell of thresholds: {', '.join(codes)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """The thresholds of one tenant."""

    tenant: str
    terms: tuple[Threshold, ...]
    kept: Keeper
    bus: Bus

    def look(self, view: View, board: Board, now: datetime) -> None:
        """Step every threshold and tell of what changed: at least once, and never of a change that was not kept.

        The metric ThresholdsRaised is how many are raised now.

        Raises:
            Throttled, StoreUnavailable: what changed is told at the next look.

        """
        queues, lines = {one.queue: one for one in view.queues}, {one.line: one for one in view.lines}
        known = board.standings
        after = {
            one.id: thresholds.step(
                one, known.get(one.id), thresholds.value_of(one, queues, lines, view.agents, now), now
            )
            for one in self.terms
        }
        observability.measure("ThresholdsRaised", float(sum(one.is_raised for one in after.values())))
        if not self._keep(known, after, board.revision):
            return
        untold = {name: one for name, one in after.items() if not one.told}
        if untold:
            self.bus.tell([self._event(one, untold[one.id], now) for one in self.terms if one.id in untold])
            self.kept.stand({name: replace(one, told=True) for name, one in after.items()}, board.revision + 1)

    def _keep(self, known: Mapping[str, Standing], after: Mapping[str, Standing], seen: int) -> bool:
        """Return whether it is ours to tell: nobody has kept another copy since."""
        same = known.keys() <= after.keys() and not any(thresholds.changed(known, after))
        if same and all(one.told for one in after.values()):
            return True
        return self.kept.stand(after, seen)

    def _event(self, terms: Threshold, standing: Standing, now: datetime) -> dict[str, Any]:
        about = {name: getattr(terms, name) for name in ("queue", "line", "activity") if getattr(terms, name)}
        return {
            "type": RAISED if standing.is_raised else CLEARED,
            "detail": {
                "tenant": self.tenant,
                "threshold": terms.id,
                "watches": terms.watches,
                **about,
                "value": round(standing.value, 3),
                "raise_above": terms.raise_above,
                "clear_at": terms.clear_at,
                "for_s": terms.for_s,
                "at": now.isoformat(timespec="milliseconds"),
            },
        }
