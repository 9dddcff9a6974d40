"""Real time: thresholds with a band in which nothing changes, so that a value on the edge raises no storm. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.realtime.models import AgentNow, LineNow, Phase, QueueNow, Standing
from chalicelib.tenancy.models import read


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """See `contract_realtime.Threshold`."""

    id: str
    watches: str
    raise_above: float
    clear_at: float
    for_s: int = 0
    queue: str | None = None
    line: str | None = None
    activity: str | None = None


def terms_of(section: Mapping[str, Any]) -> tuple[Threshold, ...]:
    """Return the thresholds of the compiled section `realtime`."""
    return tuple(read(Threshold, row) for row in section.get("thresholds", ()))


def step(terms: Threshold, before: Standing | None, value: float, now: datetime) -> Standing:
    """Return where the threshold stands now.

    | before  | above `raise_above`               | between         | at or below `clear_at`             |
    |---------|-----------------------------------|-----------------|------------------------------------|
    | clear   | rising, at once raised if for_s 0 | clear           | clear                              |
    | rising  | raised after `for_s`              | clear           | clear                              |
    | raised  | raised                            | raised          | falling, at once clear if for_s 0  |
    | falling | raised                            | raised          | clear after `for_s`                |

    Only the ways into raised and back to clear are told.
    """
    known = before or Standing(phase=Phase.CLEAR, since=now, value=value)
    leaving, towards, reached = _ways(known, terms, value)
    if not leaving:
        stays = Phase.RAISED if known.is_raised else Phase.CLEAR
        return _turned(known, stays, value, now)
    moving = _turned(known, towards, value, now)
    if now - moving.since < timedelta(seconds=terms.for_s):
        return moving
    return Standing(phase=reached, since=now, value=value, told=False)


def _ways(known: Standing, terms: Threshold, value: float) -> tuple[bool, Phase, Phase]:
    """Return whether the value leads away from where the threshold stands, on which way, and where to."""
    if known.is_raised:
        return value <= terms.clear_at, Phase.FALLING, Phase.CLEAR
    return value > terms.raise_above, Phase.RISING, Phase.RAISED


def _turned(known: Standing, phase: Phase, value: float, now: datetime) -> Standing:
    since = known.since if known.phase is phase else now
    return replace(known, phase=phase, since=since, value=value)


def value_of(
    terms: Threshold,
    queues: Mapping[str, QueueNow],
    lines: Mapping[str, LineNow],
    agents: Sequence[AgentNow],
    now: datetime,
) -> float:
    """Return what the threshold watches, as it is now; 0 where there is nothing of it."""
    queue, line = queues.get(terms.queue or ""), lines.get(terms.line or "")
    match terms.watches:
        case "waiting":
            return float(queue.waiting) if queue else 0.0
        case "longest-wait-s":
            return queue.longest_s if queue else 0.0
        case "occupancy":
            return (line.occupancy or 0.0) if line else 0.0
        case _:
            return max((_seconds(one, now) for one in agents if _is_meant(terms, one)), default=0.0)


def _is_meant(terms: Threshold, agent: AgentNow) -> bool:
    return agent.activity == terms.activity and (terms.queue is None or terms.queue in agent.queues)


def _seconds(agent: AgentNow, now: datetime) -> float:
    return max(0.0, (now - agent.since).total_seconds())


def changed(before: Mapping[str, Standing], after: Mapping[str, Standing]) -> Iterator[str]:
    """Yield the thresholds whose phase is another one, or of which somebody was told since; a value is no change."""
    for name, one in after.items():
        known = before.get(name)
        if known is None:
            if one.phase is not Phase.CLEAR:
                yield name
        elif (one.phase, one.told) != (known.phase, known.told):
            yield name
