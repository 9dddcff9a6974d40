"""Approvals: what they are. A request that waits for a superior, what was decided, and the refusals. Values only."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.platform.errors import Conflict


class State(StrEnum):
    """Where a proposal stands; see `policy.state`."""

    OPEN = "open"
    APPROVED = "approved"
    """The proposer may make the request, once."""
    REFUSED = "refused"
    USED = "used"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request under approval: the action, method and path, the parameters and the body as they were sent."""

    action: str
    request: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The request `asked` of `proposer`. `id` is drawn from all of it, so the same request is the same proposal.

    `decided_by` decided in `told`, one of APPROVED, REFUSED, USED; OPEN before. It lapses at `lapses_at`, whatever was
    decided.
    """

    id: str
    proposer: str
    asked: Asked
    at: datetime
    lapses_at: datetime
    told: State = State.OPEN
    decided_by: str | None = None
    decided_at: datetime | None = None
    note: str | None = None
    revision: int = 1


class ApprovalNeeded(Conflict):
    """The request was kept as a proposal: a superior decides, then the same request is made again."""

    code, title = "approval-needed", "Approval needed"


class ApprovalRefused(Conflict):
    """A superior refused the request."""

    code, title = "approval-refused", "Approval refused"


class AlreadyDecided(Conflict):
    """The proposal was decided or has lapsed."""

    code, title = "already-decided", "Already decided"
