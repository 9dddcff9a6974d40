"""Offers: what they decide. Who has an offer, and whose acceptance counts. Pure."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from chalicelib.agents.models import IN_THE_WAY, AgentState, StatusType
from chalicelib.offers.models import Lapsed, Ring, State, Withdrawn
from chalicelib.platform.errors import NotFound

CHANNEL: Final = "VOICE"


def state(ring: Ring, agent: str, now: datetime) -> State:
    """Return how the offer of `agent`, one of the ring's, stands."""
    if ring.winner is not None:
        return State.ACCEPTED if ring.winner == agent else State.WITHDRAWN
    if ring.gone:
        return State.WITHDRAWN
    return State.OPEN if now < ring.until else State.LAPSED


def accepted(ring: Ring, agent: str, now: datetime) -> Ring:
    """Return the ring with `agent` as its winner; unchanged when that is so already (ACD-04).

    Raises:
        NotFound: the agent was not offered the contact.
        Withdrawn: somebody else was first (`reason` taken), or the caller is gone (gone).
        Lapsed: the time is over.

    """
    if agent not in ring.agents:
        raise NotFound("no such offer", contact_id=ring.contact_id)
    how = state(ring, agent, now)
    if how is State.ACCEPTED:
        return ring
    if how is State.WITHDRAWN:
        taken = ring.winner is not None
        detail = "another agent was first" if taken else "the caller is gone"
        raise Withdrawn(detail, reason="taken" if taken else "gone")
    if how is State.LAPSED:
        raise Lapsed("the time of the offer is over")
    return replace(ring, winner=agent)


def ended(ring: Ring) -> Ring:
    """Return the ring of a contact that is over: what nobody has accepted is withdrawn from all."""
    return replace(ring, gone=True) if ring.is_open else ring


def is_idle(agent: AgentState | None, now: datetime) -> bool:
    """Whether the agent could be given a call at once, by what was last heard of him."""
    if agent is None or agent.snapshot is None or agent.is_gone(now):
        return False
    snapshot = agent.snapshot
    busy = any(work.channel == CHANNEL or work.state in IN_THE_WAY for work in snapshot.works)
    return snapshot.status.type is StatusType.ROUTABLE and snapshot.next_status is None and not busy
