"""Real time: what each agent does and since when, from what agents' events told. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from chalicelib.agents.models import Snapshot
from chalicelib.agents.service import AgentState, House, doing_since
from chalicelib.realtime.models import READY, AgentNow


def agents_now(house: House, kinds: Mapping[str, str], now: datetime) -> dict[str, AgentNow]:
    """Return the agents who hold a seat, by username; `kinds` says of the tenant's own statuses which are breaks."""
    here = (one for one in house.agents if one.seat_since is not None and not one.is_gone(now))
    found = ((one, agent_now(one.name, one.snapshot, kinds)) for one in here if one.snapshot is not None)
    return {one.name: _since_idle(one, shown) for one, shown in found}


def _since_idle(state: AgentState, shown: AgentNow) -> AgentNow:
    """Return the agent, ready not since he chose to be but since he was last done with a contact."""
    if shown.activity != READY:
        return shown
    return replace(shown, since=max(shown.since, state.idle_since))


def agent_now(name: str, snapshot: Snapshot, kinds: Mapping[str, str]) -> AgentNow:
    """Return what the agent of a snapshot does: a contact on the screen goes before the chosen status (DSK-05)."""
    what, at = doing_since(snapshot, kinds)
    return AgentNow(
        agent=name,
        activity=what.activity.value,
        status=what.status,
        since=at,
        contact_id=what.contact_id,
        queue=what.queue,
        queues=snapshot.queues,
        next_status=snapshot.next_status,
    )
