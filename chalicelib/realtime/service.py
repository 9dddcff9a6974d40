"""Real time: what other capabilities tell it. Small: a menu's step loads it while a caller waits."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.platform import observability
from chalicelib.platform.errors import ProductError
from chalicelib.realtime.models import Place
from chalicelib.realtime.store import Moments

__all__ = ["Leaving", "Moments", "Place", "Places"]

_log = logging.getLogger(__name__)


class Keeper(Protocol):
    """Port: see `store.Moments`."""

    def stands(self, one: Place) -> None:
        """Keep where a contact stands."""

    def forget(self, contact_id: str) -> None:
        """Remove a contact that is over."""


class Record(Protocol):
    """What leaving needs of a stored contact; see `contacts.models.Contact`."""

    @property
    def id(self) -> str:
        """The contact's id."""


@dataclass(frozen=True, slots=True)
class Places:
    """Notes where callers stand in menus. No caller is kept from his menu because that could not be noted."""

    kept: Keeper

    def stands(self, contact_id: str | None, line: str, node: str, at: datetime) -> None:
        """Note that the contact stands at a node; what fails is counted and missed: the next step tells anew."""
        if not contact_id:
            return
        try:
            self.kept.stands(Place(contact_id=contact_id, line=line, node=node, at=at))
        except ProductError as error:
            observability.measure("PlaceMissed")
            _log.warning("place missed", extra={"code": error.code, "reason": error.detail})


@dataclass(frozen=True, slots=True)
class Leaving:
    """Hears of contacts that are over (a listener of `contacts.service`): the end that an event may have missed."""

    kept: Keeper

    def heard(self, contact: Record) -> None:
        """Remove the contact; once or more often with the same effect.

        Raises:
            Throttled, StoreUnavailable: the record must come again.

        """
        self.kept.forget(contact.id)
