"""Offers: what they are. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.platform.errors import Conflict


class State(StrEnum):
    """How one agent's offer stands. A withdrawn or lapsed one is no miss: nothing counts it (domain 2.7)."""

    OPEN = "open"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    """Another agent was first, or the caller is gone."""
    LAPSED = "lapsed"
    """Nobody was there in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """One contact, offered to all of `agents` (Amazon Connect's id by username) from one instant to another.

    It is one item, so that whoever writes `winner` first withdraws every other offer by that same write. `placed`: the
    contact was given to the winner; `gone`: the caller left, or the contact is over.
    """

    contact_id: str
    line: str
    queue: str
    agents: Mapping[str, str]
    offered_at: datetime
    until: datetime
    winner: str | None = None
    placed: bool = False
    gone: bool = False
    revision: int = 1

    @property
    def is_open(self) -> bool:
        """Whether somebody could still accept it, were it in time."""
        return self.winner is None and not self.gone


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A ring as one of its agents sees it."""

    ring: Ring
    state: State


class Withdrawn(Conflict):
    """Another agent has accepted the contact, or its caller is gone; the fact `reason` is taken or gone."""

    code, title = "offer-withdrawn", "Offer withdrawn"


class Lapsed(Conflict):
    """The time of the offer is over."""

    code, title = "offer-lapsed", "Offer lapsed"


class NotIdle(Conflict):
    """The agent could not be given the contact now: another one, a missed one, or a status that offers nothing."""

    code, title = "not-idle", "Not idle"
