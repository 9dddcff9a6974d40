"""A day that a planner asks for, made ready: who calls when, and who works. Pure and seeded."""

import datetime as dt
import random
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from chalicelib.tenancy.contract import Contract
from cli import arrivals, callers, erlang
from cli.callers import plan_calls
from cli.control import PlannedCall

RING_S: Final = 2.0
"""How long simulated agents let it ring, on average."""
MAX_OCCUPANCY: Final = 0.88
"""Nobody can be busier for a whole day; the cap when agents are reckoned by Erlang C (domain reference 4.7)."""
FIRST_DAY: Final = dt.date(2026, 3, 2)
"""A Monday: days of older patterns are played on the same weekday of this week (contact records are of our time)."""
_PEAK_S: Final = 1_800


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a planner asks for. None leaves it to the contract, the pattern, or Erlang C (agents)."""

    pattern: Path
    calls: int | None = None
    agents: int | None = None
    handle_s: float | None = None
    patience_s: float | None = None
    seed: int = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A day that is ready to be run: who calls when (seconds after `start`), and who works, by routing profile."""

    contract: Contract
    start: dt.datetime
    end: dt.datetime
    calls: tuple[PlannedCall, ...]
    staff: tuple["Group", ...]
    handle_s: float
    patience_s: float
    seed: int
    source: str

    @property
    def agents(self) -> int:
        """How many work, all day."""
        return sum(group.count for group in self.staff)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """`count` agents of one routing profile with the same habits and proficiencies (attribute, value, level)."""

    profile: str
    count: int
    talk_s: float
    acw_s: float
    skilled: tuple[tuple[str, str, float], ...] = ()


def plan(contract: Contract, wish: Wish) -> Plan:
    """Return the day that `wish` describes.

    Raises:
        InvalidPattern: the file of call counts cannot be read.

    """
    days = arrivals.read_pattern(wish.pattern.read_text(encoding="utf-8-sig"))
    date = arrivals.choose_weekday(days)
    day = days[date]
    count = wish.calls or sum(interval.calls for interval in day)
    scale = wish.handle_s / _usual_handle_s(contract) if wish.handle_s else 1.0
    handle_s = _usual_handle_s(contract) * scale
    start = _start(contract, date, day[0].start_s)
    offsets = arrivals.arrival_times(day, count, seed=wish.seed)
    patience_s = wish.patience_s or _usual_patience_s()
    planned = plan_calls([contract], offsets, seed=wish.seed)
    return Plan(
        contract=contract,
        start=start,
        end=_quarter_after(start + dt.timedelta(seconds=arrivals.span_s(day))),
        calls=_changed(planned, scale, wish.patience_s, wish.seed),
        staff=_staff(contract, wish.agents or _agents_for_peak(contract, day, count, handle_s), scale),
        handle_s=handle_s,
        patience_s=patience_s,
        seed=wish.seed,
        source=f"{wish.pattern.name}, {date:%A %Y-%m-%d}",
    )


def _usual_handle_s(contract: Contract) -> float:
    groups = contract.demo.agents
    total_s = sum((group.handle_s + group.after_contact_work_s) * group.count for group in groups)
    return total_s / sum(group.count for group in groups)


def _usual_patience_s() -> float:
    return callers.MEAN_PATIENCE_S + callers.MIN_PATIENCE_S


def _start(contract: Contract, date: dt.date, start_s: int) -> dt.datetime:
    played = date if date >= FIRST_DAY else FIRST_DAY + dt.timedelta(days=date.weekday())
    midnight = dt.datetime.combine(played, dt.time(), zoneinfo.ZoneInfo(contract.time_zone))
    return midnight.astimezone(dt.UTC) + dt.timedelta(seconds=start_s)


def _quarter_after(at: dt.datetime) -> dt.datetime:
    over_s = at.timestamp() % 900
    return at if not over_s else at + dt.timedelta(seconds=900 - over_s)


def _changed(
    planned: Sequence[PlannedCall], scale: float, patience_s: float | None, seed: int
) -> tuple[PlannedCall, ...]:
    """Return the calls with talk times scaled, and patience drawn anew from the exponential law if one is asked for."""
    rng = random.Random(f"patience-{seed}")  # noqa: S311 - reproducible callers, not secrets
    return tuple(
        replace(
            call,
            talk_s=None if call.talk_s is None else round(call.talk_s * scale, 1),
            patience_s=round(rng.expovariate(1 / patience_s), 1) if patience_s else call.patience_s,
        )
        for call in planned
    )


def _agents_for_peak(contract: Contract, day: arrivals.Day, count: int, handle_s: float) -> int:
    """Return what Erlang C asks for in the busiest half-hour, for the strictest service level of the contract."""
    peak = arrivals.peak_window(day, _PEAK_S)
    share = sum(interval.calls for interval in peak) / sum(interval.calls for interval in day)
    strictest = min((queue.service_level for queue in contract.queues), key=lambda level: level.threshold_s)
    return erlang.agents_needed(
        count * share / arrivals.span_s(peak),
        handle_s + RING_S,
        target_s=strictest.threshold_s,
        share=max(queue.service_level.target for queue in contract.queues),
        occupancy=MAX_OCCUPANCY,
    )


def _staff(contract: Contract, agents: int, scale: float) -> tuple[Group, ...]:
    """Spread the agents over the routing profiles as the contract's demo agents are spread, the largest first."""
    groups = sorted(contract.demo.agents, key=lambda group: -group.count)
    left, weight = agents, sum(group.count for group in groups)
    staff = []
    for group in groups:
        share = round(left * group.count / weight) if weight else 0
        left, weight = left - share, weight - group.count
        staff.append(
            Group(
                profile=group.profile,
                count=share,
                talk_s=group.handle_s * scale,
                acw_s=group.after_contact_work_s * scale,
            )
        )
    return tuple(group for group in staff if group.count)
