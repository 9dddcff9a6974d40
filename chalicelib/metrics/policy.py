"""Metrics: what they decide. Which counters a contact moves, and which KPIs counters give. Pure."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from chalicelib.metrics.counters import OF_AGENTS
from chalicelib.metrics.histograms import bucket, is_bucket
from chalicelib.metrics.models import (
    INTERVAL_S,
    NO_AGENT,
    PERIOD,
    AgentSlot,
    Booking,
    Facts,
    Kpi,
    Outcome,
    Slot,
)

_OF_OUTCOME: Mapping[Outcome, str] = {
    Outcome.ANSWERED: "answered",
    Outcome.ABANDONED: "abandoned",
    Outcome.DROPPED: "abandoned",
    Outcome.EXIT: "exits",
    Outcome.OVERFLOWED: "overflowed",
    Outcome.SELF_SERVED: "self_served",
    Outcome.LEFT_IN_FLOW: "left_in_flow",
    Outcome.CLOSED: "closed",
    Outcome.TURNED_AWAY: "turned_away",
    Outcome.TRANSFERRED_OUT: "transferred_out",
}
_OFFERED = frozenset({Outcome.ANSWERED, Outcome.ABANDONED, Outcome.DROPPED, Outcome.EXIT})


def interval_start(at: datetime) -> datetime:
    """Return the start of the quarter-hour of UTC that holds `at`."""
    seconds = int(at.timestamp())
    return datetime.fromtimestamp(seconds - seconds % INTERVAL_S, UTC)


def book(facts: Facts) -> Booking:
    """Return what one contact adds, by the one booking rule (`models.BOOKING_RULE`).

    offered = answered + abandoned + exits holds in every slot, because a contact that queued has one of these
    outcomes or overflowed, and an overflowed one is offered at its last queue only (K-glossary, REQ). A contact that
    an agent took without a queue is handled, not offered.
    """
    counters = {
        "arrivals": int(facts.arrival),
        "accepted": int(facts.arrival and facts.accepted),
        "complaints": int(facts.arrival and facts.complaint),
        "degraded": int(facts.degraded),
        "voicemails": int(facts.voicemail),
        "callbacks": int(facts.callback),
        "called_back": int(facts.called_back),
        **_line(facts),
        **_handled(facts),
    }
    if facts.queued_at is None:
        if facts.outcome not in _OFFERED:
            counters[_OF_OUTCOME[facts.outcome]] = 1
    else:
        counters |= {_OF_OUTCOME[facts.outcome]: 1, "offered": int(facts.outcome in _OFFERED)} | _wait(facts)
    return Booking(
        slot=slot(facts),
        counters={name: count for name, count in counters.items() if count},
        agent=(facts.agent or NO_AGENT) if facts.handled else None,
    )


def slot(facts: Facts) -> Slot:
    """Return where a contact counts, by the one booking rule."""
    return Slot(
        start=interval_start(facts.queued_at or facts.arrived_at),
        line=facts.line,
        queue=facts.queue,
        number=facts.number,
    )


def share(booking: Booking) -> Booking[AgentSlot] | None:
    """Return what of `booking` is kept at its agent, too; None when no agent handled the contact."""
    if booking.agent is None:
        return None
    counters = {name: count for name, count in booking.counters.items() if name in OF_AGENTS or is_bucket(name)}
    return Booking(slot=AgentSlot(start=booking.slot.start, agent=booking.agent), counters=counters)


def _handled(facts: Facts) -> dict[str, int]:
    """Count what a handled contact took, and what its customer said of it."""
    if not facts.handled:
        return {}
    spans = {"talk": facts.talk_s, "hold": facts.hold_s, "acw": facts.acw_s}
    return {
        "handled": 1,
        "transferred": int(facts.transferred),
        "surveyed": int(facts.surveyed),
        "survey_answers": int(facts.satisfied is not None),
        "satisfied": int(facts.satisfied is True),
        **{f"{name}_s": span_s for name, span_s in spans.items()},
        **{bucket(name, span_s): 1 for name, span_s in spans.items()},
    }


def _line(facts: Facts) -> dict[str, int]:
    """Count how the line was: whether it was lost, and how each end was heard, where that was measured (REL-09)."""
    return {
        "line_failures": int(facts.line_failed),
        "voice_rated": int(facts.voice_score is not None),
        "voice_score": facts.voice_score or 0,
        "agent_voice_rated": int(facts.agent_voice_score is not None),
        "agent_voice_score": facts.agent_voice_score or 0,
    }


def _wait(facts: Facts) -> dict[str, int]:
    """Count a queue visit's wait: exactly the threshold is within it, exactly the short limit is not short."""
    wait_s = facts.wait_s or 0
    in_target = facts.threshold_s is not None and wait_s <= facts.threshold_s
    if facts.outcome is Outcome.ANSWERED:
        return {"answered_in_target": int(in_target), "wait_s": wait_s, bucket("wait", wait_s): 1}
    if facts.outcome is Outcome.ABANDONED:
        short = facts.short_s is not None and wait_s < facts.short_s
        return {"short_abandoned": int(short), "abandon_wait_s": wait_s, "abandoned_in_target": int(in_target)}
    if facts.outcome is Outcome.DROPPED:
        return {"dropped": 1, "abandon_wait_s": wait_s, "abandoned_in_target": int(in_target)}
    return {}


def difference[Place: Slot | AgentSlot](
    old: Booking[Place] | None, new: Booking[Place] | None
) -> tuple[Booking[Place], ...]:
    """Return what must be added to turn the ledger that holds `old` into one that holds `new`; at most two slots."""
    if old and new and old.slot == new.slot:
        names = sorted({*old.counters, *new.counters})
        deltas = {name: new.counters.get(name, 0) - old.counters.get(name, 0) for name in names}
        changes = [Booking(slot=new.slot, counters=deltas)]
    else:
        changes = [Booking(slot=old.slot, counters={k: -v for k, v in old.counters.items()})] if old else []
        changes += [new] if new else []
    kept = (Booking(slot=c.slot, counters={k: v for k, v in c.counters.items() if v}) for c in changes)
    return tuple(change for change in kept if change.counters)


def merge(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Return the sums, sorted by name, without zeros. KPIs come from sums only: averages are never averaged."""
    total: dict[str, int] = {}
    for part in parts:
        for name, count in part.items():
            total[name] = total.get(name, 0) + count
    return {name: total[name] for name in sorted(total) if total[name]}


def value(kpi: Kpi, counters: Mapping[str, int], period_s: int) -> float | None:
    """Return the KPI, or None when its denominator is not positive: no denominator, no number."""
    known = {**counters, PERIOD: period_s}
    below = sum(factor * known.get(name, 0) for name, factor in kpi.denominator.items())
    if below <= 0:
        return None
    return sum(factor * known.get(name, 0) for name, factor in kpi.numerator.items()) / below
