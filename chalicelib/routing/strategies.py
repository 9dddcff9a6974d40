"""The strategies of a queue, one small pure function each, found by their contract name (ACD-03 to ACD-07, ACD-17).

Longest idle is what Amazon Connect does itself and has no function here: a queue without steps. Each order is total:
its last key is the agent's id, so that the same floor gives the same list whatever the order of its rows.
"""

import bisect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from chalicelib.routing import chance
from chalicelib.routing.floor import Agent, Floor, candidates
from chalicelib.routing.models import Passed, Reason, Step, Target, TargetKind, Why
from chalicelib.tenancy.models import Plan, Strategy

NEVER = datetime.max.replace(tzinfo=UTC)
"""Stands for an unknown beginning of idleness: such an agent comes last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a strategy is asked: order the agents of `queue` for one contact.

    `facts` are the contact's own values by the names of `Requirement.source`; `site` is the caller's by region or
    branch; `without` says why there is no floor.
    """

    strategy: Strategy
    queue: str
    now: datetime
    seed: str
    floor: Floor | None = None
    without: Why | None = None
    excluded: frozenset[str] = frozenset()
    facts: Mapping[str, str] = field(default_factory=dict)
    site: str | None = None
    site_attribute: str = "Site"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Targets before the queue, steps of the queue itself, who was passed over; `without` as asked, if it mattered."""

    before: tuple[Target, ...] = ()
    steps: tuple[Step, ...] = ()
    passed: tuple[Passed, ...] = ()
    without: Why | None = None


def answer(asked: Asked) -> Answer:
    """Return what the strategy makes of the queue; without a floor that it needs, what Amazon Connect does itself."""
    if (criteria := CRITERIA.get(asked.strategy.kind)) is not None:
        steps, passed = criteria(asked)
        return Answer(steps=steps, passed=passed)
    order = ORDERS.get(asked.strategy.kind)
    if order is None:
        return Answer()
    if asked.floor is None:
        why = asked.without or Why.FLOOR_MISSING
        return Answer(passed=(Passed(what=f"strategy {asked.strategy.id}", why=why),), without=why)
    fit, unfit = candidates(asked.floor, asked.queue, asked.now, asked.excluded)
    chosen = order(fit, asked, asked.floor)[: asked.strategy.most]
    first, said = {agent.id for agent in chosen}, asked.floor.team(asked.queue).lower
    left = [said[agent.id] for agent in fit if agent.id not in first]
    return Answer(before=_offers(chosen, asked), passed=(*unfit, *left))


def aims_at_agents(plan: Plan) -> bool:
    """Return whether any decision asks a free agent alone, so that he is to be reserved for its contact."""
    by_agent = plan.memory is not None and plan.memory.of == "agent"
    return by_agent or any(one.kind in ORDERS and one.kind not in GROUPS for one in plan.strategies)


def _offers(chosen: Sequence[Agent], asked: Asked) -> tuple[Target, ...]:
    ring_s, queue = asked.strategy.ring_s, asked.queue
    if asked.strategy.kind in GROUPS and chosen:
        group = Target(
            kind=TargetKind.GROUP,
            id=queue,
            timeout_s=ring_s,
            reason=Reason.STRATEGY,
            queue=queue,
            agents=tuple(agent.id for agent in chosen),
            usernames=tuple(agent.name for agent in chosen),
            desks=asked.strategy.rings == "desks",
        )
        return (group,)
    return tuple(
        Target(
            kind=TargetKind.AGENT,
            id=agent.name,
            timeout_s=ring_s,
            reason=Reason.STRATEGY,
            queue=queue,
            agents=(agent.id,),
        )
        for agent in chosen
    )


def _idle(agent: Agent) -> tuple[datetime, str]:
    return agent.idle_since or NEVER, agent.id


def _hunting(fit: Sequence[Agent], asked: Asked, floor: Floor) -> Sequence[Agent]:
    """Return the agents in cyclic order of place, beginning after the last one tried in this queue (ACD-03)."""
    last = floor.agent(floor.queue(asked.queue).last_tried or "")
    if last is None:
        return fit
    after = bisect.bisect_right(fit, (last.place, last.id), key=lambda one: (one.place, one.id))
    return [*fit[after:], *fit[:after]]


def _fixed_order(fit: Sequence[Agent], _asked: Asked, _floor: Floor) -> Sequence[Agent]:
    """Return the agents by place; candidates come in that order."""
    return fit


def _longest_idle(fit: Sequence[Agent], _asked: Asked, _floor: Floor) -> Sequence[Agent]:
    """Return the agents of a group, longest idle first (ACD-04, ACD-05)."""
    return sorted(fit, key=_idle)


def _least_talk(fit: Sequence[Agent], _asked: Asked, _floor: Floor) -> Sequence[Agent]:
    """Return the agents by talk time in the shift, then longest idle (ACD-06)."""
    return sorted(fit, key=lambda one: (one.talk_s, _idle(one)))


def _fewest_contacts(fit: Sequence[Agent], _asked: Asked, _floor: Floor) -> Sequence[Agent]:
    """Return the agents by contacts handled in the shift, then longest idle."""
    return sorted(fit, key=lambda one: (one.handled, _idle(one)))


def _weighted(fit: Sequence[Agent], asked: Asked, _floor: Floor) -> Sequence[Agent]:
    """Return the agents in seeded random order, each first in proportion to the weight; 1 when none is given."""
    by_id = {agent.id: agent for agent in fit}
    weights = {agent.id: asked.strategy.weights.get(agent.name, 1) for agent in fit}
    return [by_id[name] for name in chance.weighted_order(weights, asked.seed, asked.strategy.id)]


def _skills(asked: Asked) -> tuple[tuple[Step, ...], tuple[Passed, ...]]:
    """Return the steps that ask for every skill, and for less after each wait (ACD-07).

    A skill whose fact the contact lacks is not asked for. A step that asks for nothing ends the criteria: from then on
    any agent of the queue will do.
    """
    levels = {one.attribute: one.level for one in asked.strategy.require}
    found = {one.attribute: one.value or asked.facts.get(one.source or "") for one in asked.strategy.require}
    values = {attribute: value for attribute, value in found.items() if value}
    missing = tuple(Passed(what=f"skill {name}", why=Why.NOT_MATCHED) for name in found if name not in values)
    ends = [*(step.after_s for step in asked.strategy.relax), None]
    steps: list[Step] = []
    begun_s = 0
    for end_s, relaxation in zip(ends, [*asked.strategy.relax, None], strict=True):
        skills = tuple((name, values[name], levels[name]) for name in sorted(values))
        if not skills:
            break
        steps.append(Step(skills=skills, expiry_s=None if end_s is None else end_s - begun_s))
        if relaxation is not None and end_s is not None:
            begun_s = end_s
            levels |= relaxation.levels
            values = {name: value for name, value in values.items() if name not in relaxation.drop}
    return _merged(steps), missing


def _merged(steps: list[Step]) -> tuple[Step, ...]:
    """Return the steps with neighbours that ask the same made one: Amazon Connect allows five."""
    merged: list[Step] = []
    for step in steps:
        if merged and merged[-1].skills == step.skills:
            before_s = merged.pop().expiry_s or 0
            merged.append(
                Step(skills=step.skills, expiry_s=None if step.expiry_s is None else before_s + step.expiry_s)
            )
        else:
            merged.append(step)
    return tuple(merged)


def _site_preferred(asked: Asked) -> tuple[tuple[Step, ...], tuple[Passed, ...]]:
    """Return the step that prefers one site, then all (ACD-17)."""
    site = asked.strategy.site or asked.site
    return ((_site(asked, site),) if site else ()), ()


def _site_shares(asked: Asked) -> tuple[tuple[Step, ...], tuple[Passed, ...]]:
    """Return the step that prefers the site drawn for this contact in proportion to the shares."""
    sites = chance.weighted_order(asked.strategy.shares, asked.seed, asked.strategy.id)
    others = tuple(Passed(what=f"site {site}", why=Why.RANKED_LOWER) for site in sites[1:])
    return (_site(asked, sites[0]),), others


def _site(asked: Asked, site: str) -> Step:
    return Step(skills=((asked.site_attribute, site, 1),), expiry_s=asked.strategy.after_s)


type Order = Callable[[Sequence[Agent], Asked, Floor], Sequence[Agent]]
type Criteria = Callable[[Asked], tuple[tuple[Step, ...], tuple[Passed, ...]]]

ORDERS: Mapping[str, Order] = {
    "hunting": _hunting,
    "fixed-order": _fixed_order,
    "least-talk": _least_talk,
    "fewest-contacts": _fewest_contacts,
    "random": _weighted,
    "weighted": _weighted,
    "ring-all": _longest_idle,
}
"""Strategies that Amazon Connect does not know: emulated by timed steps for named agents, from the floor."""
GROUPS: frozenset[str] = frozenset({"ring-all"})
"""Those of them that ask a group; the others ask one agent after the other."""

CRITERIA: Mapping[str, Criteria] = {
    "skills": _skills,
    "site-preferred": _site_preferred,
    "site-shares": _site_shares,
}
"""Strategies that become routing criteria as they are and need no floor."""
