"""Reservations of agents in a world of this process, kept in memory."""

from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.routing.models import Reservation
from chalicelib.routing.reserving import stands


@dataclass(frozen=True, slots=True)
class MemoryReservations:
    """The store of reservations, in memory; see `chalicelib.routing.store.Reservations`."""

    kept: dict[str, Reservation] = field(default_factory=dict)

    def put(self, wanted: Reservation, asked_at: datetime | None) -> Reservation | None:
        """Keep `wanted`, or return another contact's reservation that stands in the way."""
        known = self.kept.get(wanted.agent_id)
        if known is not None and stands(known, wanted.contact_id, asked_at, wanted.at):
            return known
        self.kept[wanted.agent_id] = wanted
        return None
