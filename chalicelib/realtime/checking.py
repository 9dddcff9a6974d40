"""Real time: our events held against what Amazon Connect itself says; the newer of the two is believed. Pure.

What Amazon Connect said holds of the instant at which it was asked. An event that is newer, or an older one that came
later and tells the same, ends the difference at once: whatever the order in which events and checks come.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from chalicelib.agents.models import QueueFigures
from chalicelib.realtime.models import (
    WINS_AFTER_S,
    AgentCheck,
    AgentNow,
    Check,
    Moment,
    QueueCheck,
    QueueNow,
    Stage,
)

OUT: Final = "signed-out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What our events tell: the contacts of the board, the `agents` who hold a seat, when each was `heard_at` last.

    `agents` None: the floor was not read, so nothing that was said of an agent is known to be explained.
    """

    moments: tuple[Moment, ...] = ()
    agents: Mapping[str, AgentNow] | None = None
    heard_at: Mapping[str, datetime] = field(default_factory=dict)

    def waiting(self) -> Counter[str]:
        """Return how many wait in each queue by all that was told."""
        return Counter(one.queue for one in self.moments if one.queue and one.stage is Stage.WAITING)

    def waited(self, at: datetime) -> Counter[str]:
        """Return how many waited in each queue at the instant `at`, by what is known of it by now."""
        return Counter(one.queue for one in self.moments if one.queue and _waited(one, at))


def _waited(one: Moment, at: datetime) -> bool:
    if one.queued_at is None or one.queued_at > at:
        return False
    return all(left is None or left > at for left in (one.connected_at, one.ended_at))


def check_queues(before: Check | None, told: Told, theirs: Mapping[str, QueueFigures], now: datetime) -> Check:
    """Return `before` with what Amazon Connect says of the queues now, and since when we have said another thing."""
    standing = standing_queues(before, told, now)
    ours, then = told.waiting(), told.waited(now)
    rows = {}
    for queue, figures in theirs.items():
        row = QueueCheck(waiting=figures.waiting, oldest_s=figures.oldest_s)
        if figures.waiting not in {ours[queue], then[queue]}:
            known = standing.get(queue)
            row = replace(row, differs_since=known.differs_since if known else now)
        rows[queue] = row
    return replace(before, at=now, queues=rows) if before else Check(at=now, queues=rows)


def check_agents(before: Check, told: Told, theirs: Mapping[str, AgentNow], now: datetime) -> Check:
    """Return `before` with the agents of whom Amazon Connect says another activity than our events do.

    Somebody whom Amazon Connect does not name is signed out there.
    """
    since = {row.agent: row.differs_since for row in standing_agents(before, told, now)}
    ours = told.agents or {}
    rows = []
    for agent in sorted(ours.keys() | theirs.keys()):
        said = theirs.get(agent) or replace(ours[agent], activity=OUT, status=OUT, since=now)
        if said.activity != _activity(told, agent):
            rows.append(
                AgentCheck(
                    agent=agent,
                    activity=said.activity,
                    status=said.status,
                    since=said.since,
                    differs_since=since.get(agent, now),
                )
            )
    return replace(before, agents_at=now, agents=tuple(rows))


def _activity(told: Told, agent: str) -> str | None:
    """Return what our events say that an agent does; None: nobody asked them."""
    if told.agents is None:
        return None
    return told.agents[agent].activity if agent in told.agents else OUT


def standing_queues(check: Check | None, told: Told, now: datetime) -> dict[str, QueueCheck]:
    """Return the queues of which Amazon Connect said another thing than our events, which none has explained since."""
    if check is None or not check.is_fresh(check.at, now):
        return {}
    then = told.waited(check.at)
    return {
        queue: row
        for queue, row in check.queues.items()
        if row.differs_since is not None and row.waiting != then[queue]
    }


def standing_agents(check: Check | None, told: Told, now: datetime) -> list[AgentCheck]:
    """Return the agents of whom Amazon Connect said another thing, and of whom nothing newer was heard since."""
    if check is None or check.agents_at is None or not check.is_fresh(check.agents_at, now):
        return []
    return [
        row
        for row in check.agents
        if row.activity != _activity(told, row.agent)
        if row.agent not in told.heard_at or told.heard_at[row.agent] <= check.agents_at
    ]


def settled_queues(check: Check | None, told: Told, now: datetime) -> dict[str, QueueNow]:
    """Return the queues of which Amazon Connect is believed: its figure, moved by what our events told since."""
    if check is None:
        return {}
    ours, then = told.waiting(), told.waited(check.at)
    return {
        queue: _believed(queue, row, ours[queue] - then[queue], (now - check.at).total_seconds())
        for queue, row in standing_queues(check, told, now).items()
        if _has_won(row.differs_since, check.at)
    }


def _believed(queue: str, row: QueueCheck, moved: int, age_s: float) -> QueueNow:
    waiting = max(0, row.waiting + moved)
    longest_s = row.oldest_s + max(0.0, age_s) if waiting else 0.0
    return QueueNow(queue=queue, waiting=waiting, longest_s=longest_s, source="connect")


def settled_agents(check: Check | None, told: Told, now: datetime) -> list[AgentNow]:
    """Return the agents by name: as our events say, unless Amazon Connect has long said another thing of one."""
    known = dict(told.agents or {})
    for row in standing_agents(check, told, now):
        if check and check.agents_at and _has_won(row.differs_since, check.agents_at):
            before = known.pop(row.agent, None) or AgentNow(agent=row.agent, activity="", status="", since=row.since)
            if row.activity != OUT:
                known[row.agent] = replace(
                    before, activity=row.activity, status=row.status, since=row.since, contact_id=None, source="connect"
                )
    return [known[name] for name in sorted(known)]


def _has_won(differs_since: datetime | None, at: datetime) -> bool:
    return differs_since is not None and at - differs_since >= timedelta(seconds=WINS_AFTER_S)


def differences(check: Check | None, told: Told, now: datetime) -> int:
    """Return of how many queues and agents Amazon Connect says another thing than our events."""
    return len(standing_queues(check, told, now)) + len(standing_agents(check, told, now))
