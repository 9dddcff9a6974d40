"""The part of an agent or a third party in a contact, and the times in which the customer could not be talked to."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from localstack.connect.engine.staff import Agent

Participant = Literal["customer", "agent", "both"]
"""Whom a flow talks to; "both" only in a transfer flow that has taken everybody off hold."""
Capability = Literal["SILENT_MONITOR", "BARGE"]
"""What a supervisor does on a call."""
MONITOR = "MONITOR"
"""Initiation method of a supervisor's contact."""


@dataclass(slots=True)
class Spans:
    """Stretches of time, one after another; the last one may be going on."""

    over: list[tuple[datetime, datetime]] = field(default_factory=list)
    since: datetime | None = None

    def begin(self, at: datetime) -> None:
        """A stretch begins, unless one is going on."""
        if self.since is None:
            self.since = at

    def end(self, at: datetime) -> None:
        """The stretch is over, if one is going on."""
        if self.since is not None:
            self.over.append((self.since, at))
            self.since = None


@dataclass(slots=True)
class Leg:
    """The part of somebody who was brought to the customer: an agent, or a third party."""

    connected_at: datetime
    left_at: datetime | None = None
    customer_held: Spans = field(default_factory=Spans)
    """When the customer was on hold while this party was there (6.3: as the customer saw it)."""
    apart: Spans = field(default_factory=Spans)
    """When this party and the customer could not talk for another reason: a consultation, a hold of this party."""

    def close(self, at: datetime) -> None:
        """The party leaves."""
        self.left_at = at
        self.customer_held.end(at)
        self.apart.end(at)

    def not_talking(self) -> list[tuple[datetime, datetime]]:
        """When this party was there and could not talk to the customer, without overlaps, in order."""
        found: list[tuple[datetime, datetime]] = []
        for start, end in sorted([*self.customer_held.over, *self.apart.over]):
            if found and start <= found[-1][1]:
                found[-1] = (found[-1][0], max(found[-1][1], end))
            else:
                found.append((start, end))
        return found


@dataclass(slots=True)
class AgentLeg(Leg):
    """The agent's part of a contact, from the moment that the two are joined."""

    agent: "Agent" = field(kw_only=True)
    acw_ended_at: datetime | None = None
    own_holds: Spans = field(default_factory=Spans)
    """The holds of the customer that this agent began."""
    watched: list[tuple[datetime, Capability]] = field(default_factory=list)
    """What a supervisor has done, and from when on."""
    took_over: bool = False
    """A supervisor who has taken the place of the agent."""

    @property
    def listens(self) -> bool:
        """Whether it is a supervisor who has not taken the agent's place."""
        return bool(self.watched) and not self.took_over

    def close(self, at: datetime) -> None:
        """The agent leaves."""
        Leg.close(self, at)
        self.own_holds.end(at)
