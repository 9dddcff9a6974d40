"""A tenant that grows: the same contract with more seats, and an hour of as many calls as Erlang C lets them take.

The seed paths of REL-02. Pure and seeded; `simulation.run` plays what comes out.
"""

import datetime as dt
import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from chalicelib.tenancy.compiler import compile_contract
from chalicelib.tenancy.contract import Capacity, Contract, RoutingProfile, Seats
from cli import erlang
from cli.callers import Script
from cli.control import PlannedCall
from cli.erlang import Expected, Load
from cli.simulation_plan import Group, Plan

PATHS: Final[Mapping[str, tuple[str, tuple[int, ...]]]] = {
    "S46": ("taxihotline", (10, 80)),
    "S25": ("fourmodes", (60, 150)),
    "S04": ("twocities", (30, 100, 300)),
    "S01": ("hrgroup", (150, 500, 560)),
}
"""By the seed that names it: the tenant that stands for it, and the seats from step to step."""

GROWS: Final = frozenset({"seats", "capacity", "reliability", "demo"})
"""The sections of a contract that a step changes: bought seats, reserved executions, granted quotas; and who is
simulated."""

CONNECT_S: Final = 7.0
"""From the offer to the conversation: ringing, and the whispers to both sides. They keep the agent, too."""
_SEATS_AN_EXECUTION: Final = 10
_FEWEST_EXECUTIONS: Final = 20
_BURST: Final = 1.12
"""Of the seats in use, as the group's contract has it: 560 of 500."""
_SERVED: Final = 0.95
"""The share that is to be answered in time: calls come until Erlang C promises no more than this. Strategies that ask
single agents first serve somewhat fewer than one line for all, which is what the model knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One size of a tenant: so many seats, all of one routing profile, and calls to one of its queues.

    The contract wants `target` of them answered within `target_s`.
    """

    contract: Contract
    seats: int
    load: Load
    target_s: int
    target: float
    planned: Plan


def contract_at(base: Contract, seats: int) -> Contract:
    """Return `base` with so many seats in use; nothing else differs but what the seats ask for."""
    burst = math.ceil(seats * _BURST)
    quotas = base.reliability.quotas.model_copy(
        update={"users": max(base.reliability.quotas.users, 2 * burst), "concurrent_calls": 3 * burst}
    )
    group = max(base.demo.agents, key=lambda one: one.count)
    executions = max(_FEWEST_EXECUTIONS, math.ceil(seats / _SEATS_AN_EXECUTION))
    return base.model_copy(
        update={
            "seats": Seats(contracted=seats, designed=seats, burst=burst),
            "capacity": Capacity(reserved_concurrency=executions),
            "reliability": base.reliability.model_copy(update={"quotas": quotas}),
            "demo": base.demo.model_copy(update={"agents": [group.model_copy(update={"count": seats})]}),
        }
    )


def step(base: Contract, seats: int, *, calls: int, seed: int = 7) -> Step:
    """Return the tenant of `base` with so many seats, and `calls` calls of the rate that Erlang C lets them take.

    Callers wait for ever and talk for exponential times, as the model has it.
    """
    contract = contract_at(base, seats)
    (group,) = contract.demo.agents
    profile = next(one for one in contract.routing_profiles if one.id == group.profile)
    queue, entry, script = _main_queue(contract, profile)
    level = next(one.service_level for one in contract.queues if one.id == queue)
    handle_s = group.handle_s + group.after_contact_work_s + CONNECT_S
    rate = _rate(handle_s, seats, max(0.0, level.threshold_s - CONNECT_S))
    load = Load(calls_per_s=rate, handle_s=handle_s, agents=seats)
    staff = Group(
        profile=profile.id,
        count=seats,
        talk_s=group.handle_s,
        acw_s=group.after_contact_work_s,
        skilled=tuple((one.attribute, value, float(one.level)) for one in group.proficiencies for value in one.values),
    )
    planned = _plan(contract, staff, load, calls, (entry, script), seed)
    return Step(
        contract=contract, seats=seats, load=load, target_s=level.threshold_s, target=level.target, planned=planned
    )


def promised(one: Step, connect_s: float) -> Expected:
    """Return what Erlang C says of a step whose conversations begin `connect_s` after the offer.

    Those seconds keep the agent, and are part of every wait.
    """
    load = replace(one.load, handle_s=one.load.handle_s - CONNECT_S + connect_s)
    return erlang.erlang_c(load, max(0.0, one.target_s - connect_s))


def _rate(handle_s: float, seats: int, target_s: float) -> float:
    """Return the most calls a second of which Erlang C promises `_SERVED` within the target, found by halving."""
    low, high = 0.0, seats / handle_s
    for _ in range(40):
        middle = (low + high) / 2
        promised = erlang.erlang_c(Load(calls_per_s=middle, handle_s=handle_s, agents=seats), target_s)
        low, high = (middle, high) if promised.service_level >= _SERVED else (low, middle)
    return low


def _main_queue(contract: Contract, profile: RoutingProfile) -> tuple[str, str, Script]:
    """Return a queue that the profile serves at once, the number of a line that leads there, and what is pressed."""
    served = [one.queue for one in profile.queues if not one.delay_s]
    language = contract.languages.default
    for number in contract.entry_numbers:
        line = next(one for one in contract.service_lines if one.id == number.line)
        for option in line.menu:
            queue = option.queues.get(language)
            if queue in served and option.to is None:
                first = [{"press": "1"}] if len(contract.languages.offered) > 1 else []
                asked = [{"press": ""}] if line.identification else []
                return queue, number.number, (*first, *asked, {"press": option.digit})
    msg = f"no key of {contract.tenant} leads to {', '.join(served)}"
    raise ValueError(msg)


def _plan(contract: Contract, group: Group, load: Load, calls: int, door: tuple[str, Script], seed: int) -> Plan:
    rng = random.Random(f"growth-{seed}")  # noqa: S311 - reproducible callers, not secrets
    entry, script = door
    at_s, placed = 0.0, []
    for number in range(calls):
        at_s += rng.expovariate(load.calls_per_s)
        talk_s = max(1.0, rng.expovariate(1 / group.talk_s))
        placed.append(
            PlannedCall(
                to=entry, from_=f"+86137{number:08d}", script=script, at_s=round(at_s, 1),
                talk_s=round(talk_s, 1),
            )
        )  # fmt: skip
    start = dt.datetime(2026, 3, 2, 2, tzinfo=dt.UTC)  # Monday, 10:00 in Shanghai: every line is open
    end = start + dt.timedelta(seconds=900 * math.ceil((at_s + 1) / 900))
    return Plan(
        contract=contract, start=start, end=end, calls=tuple(placed), staff=(group,), handle_s=load.handle_s,
        patience_s=math.inf, seed=seed, source=f"{load.agents} seats",
    )  # fmt: skip


def differences(before: Contract, after: Contract) -> dict[str, tuple[Any, Any]]:
    """Return every value in which what functions and stack are made of differs, by its path; version left out."""
    found = dict(_differing("", _facts(before), _facts(after)))
    return {path: pair for path, pair in sorted(found.items()) if path != "document.version"}


def _facts(contract: Contract) -> dict[str, Any]:
    return {"contract": contract.model_dump(mode="json"), "document": compile_contract(contract)}


def _differing(path: str, before: Any, after: Any) -> Iterator[tuple[str, tuple[Any, Any]]]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({*before, *after}):
            yield from _differing(f"{path}.{key}".removeprefix("."), before.get(key), after.get(key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _differing(f"{path}.{number}", one, other)
    elif before != after:
        yield path, (before, after)
