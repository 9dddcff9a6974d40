"""A tenant that grows: the same contract with more seats, and an hour of as many calls as Erlang C lets them take.

The seed paths of REL-02. Pure and seeded; `simulation.run` plays what comes out.
"""

import datetime as dt
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from chalicelib.routing.strategies import GROUPS
from chalicelib.tenancy.compiler import compile_contract
from chalicelib.tenancy.contract import Capacity, Contract, EntryNumber, Seats, ServiceLevel
from chalicelib.tenancy.contract_demo import DemoAgents
from chalicelib.tenancy.plan import NATIVE
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
"""The share that is to be answered in time: calls come until Erlang C promises no more than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One size of a tenant: so many seats, shared by its largest groups of agents, and calls to a queue of each.

    `load` is that of one group; the contract wants `target` of the calls answered within `target_s`.
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
    most = max(group.count for group in base.demo.agents)
    largest = [group for group in base.demo.agents if group.count == most]
    agents = [group.model_copy(update={"count": seats // len(largest)}) for group in largest]
    executions = max(_FEWEST_EXECUTIONS, math.ceil(seats / _SEATS_AN_EXECUTION))
    return base.model_copy(
        update={
            "seats": Seats(contracted=seats, designed=seats, burst=burst),
            "capacity": Capacity(reserved_concurrency=executions),
            "reliability": base.reliability.model_copy(update={"quotas": quotas}),
            "demo": base.demo.model_copy(update={"agents": agents}),
        }
    )


def step(base: Contract, seats: int, *, calls: int, seed: int = 7) -> Step:
    """Return the tenant of `base` with so many seats, and `calls` calls of the rate that Erlang C lets them take.

    Callers wait for ever and talk for exponential times, as the model has it.
    """
    contract = contract_at(base, seats)
    doors = [_door(contract, group, place) for place, group in enumerate(contract.demo.agents)]
    door, group = doors[0], contract.demo.agents[0]
    handle_s = group.handle_s + group.after_contact_work_s + CONNECT_S
    rate = _rate(handle_s, group.count, max(0.0, door.level.threshold_s - CONNECT_S))
    load = Load(calls_per_s=rate, handle_s=handle_s, agents=group.count)
    each = calls // len(doors)
    placed = [call for n, one in enumerate(doors) for call in _calls(one, group.handle_s, load, each, f"{seed}/{n}")]
    return Step(
        contract=contract,
        seats=seats,
        load=load,
        target_s=door.level.threshold_s,
        target=door.level.target,
        planned=_plan(contract, sorted(placed, key=lambda call: call.at_s), load, seed),
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
        found = erlang.erlang_c(Load(calls_per_s=middle, handle_s=handle_s, agents=seats), target_s)
        low, high = (middle, high) if found.service_level >= _SERVED else (low, middle)
    return low


@dataclass(frozen=True, slots=True, kw_only=True)
class _Door:
    """Where callers of a group of agents come in: the number, what is pressed, and the level of the queue behind."""

    entry: str
    script: Script
    level: ServiceLevel


def _door(contract: Contract, group: DemoAgents, place: int) -> _Door:
    """Return a way to a queue that the group serves at once, whatever its strategy but for one that asks several.

    Each entry number has one at most; groups take them by turns, the one at `place` in the contract its own. A group
    that is asked together keeps each contact for its few while they ring, whatever the size.
    """
    profile = next(one for one in contract.routing_profiles if one.id == group.profile)
    kinds = {NATIVE: NATIVE, **{one.id: one.kind for one in contract.routing.strategies}}
    alone = {queue.id for queue in contract.queues if kinds[queue.strategy] not in GROUPS}
    served = [one.queue for one in profile.queues if not one.delay_s and one.queue in alone]
    found = [door for number in contract.entry_numbers if (door := _behind(contract, number, served))]
    if not found:
        msg = f"no key of {contract.tenant} leads to {', '.join(served)}"
        raise ValueError(msg)
    return found[place % len(found)]


def _behind(contract: Contract, number: EntryNumber, served: Sequence[str]) -> _Door | None:
    """Return the first key of the number's line that leads to one of these queues."""
    levels = {queue.id: queue.service_level for queue in contract.queues}
    line = next(one for one in contract.service_lines if one.id == number.line)
    for option in line.menu:
        queue = option.queues.get(contract.languages.default)
        if queue is not None and queue in served and option.to is None:
            first = [{"press": "1"}] if len(contract.languages.offered) > 1 else []
            asked = [{"press": ""}] if line.identification else []
            script = (*first, *asked, {"press": option.digit})
            return _Door(entry=number.number, script=script, level=levels[queue])
    return None


def _calls(door: _Door, talk_s: float, load: Load, count: int, seed: str) -> Iterator[PlannedCall]:
    rng = random.Random(f"growth-{seed}")  # noqa: S311 - reproducible callers, not secrets
    at_s = 0.0
    for _ in range(count):
        at_s += rng.expovariate(load.calls_per_s)
        yield PlannedCall(
            to=door.entry,
            from_=f"+86137{rng.randrange(10**8):08d}",
            script=door.script,
            at_s=round(at_s, 1),
            talk_s=round(max(1.0, rng.expovariate(1 / talk_s)), 1),
        )


def _plan(contract: Contract, calls: Sequence[PlannedCall], load: Load, seed: int) -> Plan:
    start = dt.datetime(2026, 3, 2, 2, tzinfo=dt.UTC)  # Monday, 10:00 in Shanghai: every line is open
    staff = tuple(
        Group(
            profile=group.profile,
            count=group.count,
            talk_s=group.handle_s,
            acw_s=group.after_contact_work_s,
            skilled=tuple(
                (one.attribute, value, float(one.level)) for one in group.proficiencies for value in one.values
            ),
        )
        for group in contract.demo.agents
    )
    return Plan(
        contract=contract,
        start=start,
        end=start + dt.timedelta(seconds=900 * math.ceil((calls[-1].at_s + 1) / 900)),
        calls=tuple(calls),
        staff=staff,
        handle_s=load.handle_s,
        patience_s=math.inf,
        seed=seed,
        source=f"{contract.seats.contracted} seats",
    )


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
