"""What queueing theory says of a load: Erlang B, C and A. Pure, standard library only, stable for every size.

Source: domain reference 4.2 to 4.4 (published rows in 4.6, exact rows in 4.8). Erlang C lets everybody wait for ever,
so it overstates waits; Erlang A lets callers leave after an exponential patience, as real ones do.
"""

import math
from dataclasses import dataclass
from typing import Final

_TERMS: Final = 1_000_000
_NEGLIGIBLE: Final = 1e-17


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Calls for `agents` agents: `calls_per_s` arrive, each takes an agent for `handle_s` seconds, ACW included."""

    calls_per_s: float
    handle_s: float
    agents: int

    @property
    def erlangs(self) -> float:
        """The offered load."""
        return self.calls_per_s * self.handle_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a model expects; shares and seconds. `mean_wait_s` is of all who queued, infinite without a steady state.

    `service_level` is the share of all offered contacts that is answered within the target.
    """

    p_wait: float
    mean_wait_s: float
    service_level: float
    abandon_share: float
    occupancy: float


def blocked(agents: int, erlangs: float) -> float:
    """Return Erlang B: the share of calls that find every one of `agents` busy when nobody can wait."""
    share = 1.0
    for number in range(1, agents + 1):
        share = erlangs * share / (number + erlangs * share)
    return share


def erlang_c(load: Load, target_s: float) -> Expected:
    """Return what M/M/N with endless patience gives; a load that is not below the agents has no steady state."""
    spare = load.agents - load.erlangs
    if spare <= 0:
        return Expected(p_wait=1.0, mean_wait_s=math.inf, service_level=0.0, abandon_share=0.0, occupancy=1.0)
    share = blocked(load.agents, load.erlangs)
    p_wait = load.agents * share / (load.agents - load.erlangs * (1.0 - share))
    return Expected(
        p_wait=p_wait,
        mean_wait_s=p_wait * load.handle_s / spare,
        service_level=1.0 - p_wait * math.exp(-spare * target_s / load.handle_s),
        abandon_share=0.0,
        occupancy=load.erlangs / load.agents,
    )


def erlang_a(load: Load, patience_s: float, target_s: float) -> Expected:
    """Return what M/M/N+M gives: callers wait an exponential `patience_s` on average, then leave. Any load is stable.

    Raises:
        ValueError: nobody calls, nobody serves, or a time is not positive.

    """
    if min(load.calls_per_s, load.handle_s, load.agents, patience_s) <= 0:
        msg = "expected calls, a handling time, agents and a patience above 0"
        raise ValueError(msg)
    line = _line(load, patience_s)
    share = blocked(load.agents, load.erlangs)
    norm = share / (1.0 + (sum(line) - 1.0) * share)
    p_wait = sum(line) * norm
    waiting = norm * sum(place * weight for place, weight in enumerate(line))
    abandon_share = waiting / (patience_s * load.calls_per_s)
    return Expected(
        p_wait=p_wait,
        mean_wait_s=waiting / load.calls_per_s,
        service_level=1.0 - p_wait + norm * _served_in_time(line, load, patience_s, target_s),
        abandon_share=abandon_share,
        occupancy=load.erlangs * (1.0 - abandon_share) / load.agents,
    )


def _line(load: Load, patience_s: float) -> list[float]:
    """Return the odds of j contacts in the queue against none, all agents busy, until they are negligible."""
    service, leaving = load.agents / load.handle_s, 1.0 / patience_s
    line, total = [1.0], 1.0
    while line[-1] > _NEGLIGIBLE * total or len(line) == 1:
        line.append(line[-1] * load.calls_per_s / (service + len(line) * leaving))
        total += line[-1]
        if len(line) > _TERMS:
            msg = "the length of the queue does not converge"
            raise ArithmeticError(msg)
    return line


def _served_in_time(line: list[float], load: Load, patience_s: float, target_s: float) -> float:
    """Return the weight of those who wait and are served within the target.

    The wait with j ahead is a sum of exponentials; exp(-wait/patience) is Beta distributed, hence the finite sums.
    """
    service, leaving = load.agents / load.handle_s, 1.0 / patience_s
    ratio, gone = service / leaving, 1.0 - math.exp(-leaving * target_s)
    term = tail = math.exp(-(service + leaving) * target_s)
    served = 0.0
    for ahead, weight in enumerate(line):
        if ahead:
            term *= (ratio + ahead) / ahead * gone
            tail += term
        served += weight * ratio / (ratio + ahead + 1) * (1.0 - tail)
    return served


def agents_needed(calls_per_s: float, handle_s: float, *, target_s: float, share: float, occupancy: float = 1.0) -> int:
    """Return the smallest number of agents that answers `share` of the calls within `target_s` by Erlang C.

    `occupancy` caps how busy they may be. No calls need nobody.
    """
    erlangs = calls_per_s * handle_s
    if erlangs <= 0:
        return 0
    agents = math.floor(erlangs) + 1
    while True:
        expected = erlang_c(Load(calls_per_s=calls_per_s, handle_s=handle_s, agents=agents), target_s)
        if expected.service_level >= share and expected.occupancy <= occupancy:
            return agents
        agents += 1
