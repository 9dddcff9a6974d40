"""The waiting line: what it is. Values only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a caller stands: `position` counts from 1, `agents` are those who take contacts of the queue now."""

    queue: str
    position: int
    agents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a queue moved lately: mean seconds an agent needs for a contact, and how many callers give up in a second.

    `leaving_per_s` is the reciprocal of the mean patience, 0 when nobody gave up.
    """

    handle_s: float
    leaving_per_s: float
