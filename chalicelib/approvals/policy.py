"""Approvals: what is decided. Who decides about whose request, and where a proposal stands. Pure (PPL-01)."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.approvals.models import Asked, Proposal, State
from chalicelib.people.models import Tree
from chalicelib.people.service import above


def decides(tree: Tree, approver: str, proposer: str) -> bool:
    """Return whether `approver` decides: only who stands above the proposer, so never the proposer or a peer."""
    return approver != proposer and approver in above(tree, proposer)


def id_of(proposer: str, asked: Asked) -> str:
    """Return the id of the proposal: the same request of the same person is the same one."""
    text = "\n".join((proposer, asked.action, asked.request, asked.said))
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def proposal(proposer: str, asked: Asked, at: datetime, lapse_s: int, before: Proposal | None = None) -> Proposal:
    """Return the proposal of a request; `before` is the one of the same request that is over."""
    return Proposal(
        id=id_of(proposer, asked),
        proposer=proposer,
        asked=asked,
        at=at,
        lapses_at=at + timedelta(seconds=lapse_s),
        revision=before.revision + 1 if before else 1,
    )


def state(kept: Proposal, now: datetime) -> State:
    """Return where a proposal stands: what was decided, until it lapses; one that was used stays so."""
    return State.LAPSED if kept.told is not State.USED and now >= kept.lapses_at else kept.told


def decided(kept: Proposal, told: State, *, by: str, note: str, at: datetime) -> Proposal:
    """Return the proposal after a decision."""
    return replace(kept, told=told, decided_by=by, decided_at=at, note=note, revision=kept.revision + 1)
