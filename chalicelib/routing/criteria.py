"""What Amazon Connect is told: the ordered targets as legs, each queue with routing criteria (11.4). Pure.

Agents are asked while the contact waits in their queue: each is a step of the queue's criteria. So the contact keeps
its age and its place, and a missed offer never sends it to the back.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.routing.models import Step, Target, TargetKind

STEPS_MAX = 5
"""Amazon Connect's limit of steps (11.4). What is beyond it falls to any agent of the queue."""
SKILLS_MAX = 8
"""Amazon Connect's limit of attributes in one step (11.4)."""
HELD = ("OfferedAtDesks", "yes", 1)
"""A predefined attribute that no agent has. A contact that asks for it is offered to nobody: it waits for a desk."""
HELD_LONGER_S = 5
"""How much longer than it is offered at desks a contact is held: the last acceptance has to reach Amazon Connect."""
TEXT_MAX = 6_000
"""Longest criteria in characters: a flow takes 32 KB of answer in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A target that a flow can act on; a queue's criteria begin with its entry. `timeout_s` counts from there too."""

    target: Target
    timeout_s: int
    steps: tuple[Step, ...] = ()


def legs(targets: Iterable[Target]) -> tuple[Leg, ...]:
    """Return the targets with agents and groups made steps of the queue that follows them."""
    found: list[Leg] = []
    steps: list[Step] = []
    for target in targets:
        if target.queue is not None:
            steps.append(_asked(target))
        elif target.kind is TargetKind.QUEUE:
            asked_s = sum(step.expiry_s or 0 for step in steps)
            found.append(Leg(target=target, timeout_s=asked_s + target.timeout_s, steps=_allowed(steps, target)))
            steps = []
        else:
            found.append(Leg(target=target, timeout_s=target.timeout_s))
    return tuple(found)


def _asked(target: Target) -> Step:
    if target.at_desks:
        return Step(skills=(HELD,), expiry_s=target.timeout_s + HELD_LONGER_S)
    return Step(agents=target.agents, expiry_s=target.timeout_s)


def _allowed(steps: list[Step], target: Target) -> tuple[Step, ...]:
    """Return the first steps that Amazon Connect takes; after a last one that was cut short, any agent will do."""
    chosen = (*steps, *target.steps)[:STEPS_MAX]
    while chosen and len(text(chosen)) > TEXT_MAX:
        chosen = chosen[:-1]
    return chosen


def document(steps: Iterable[Step]) -> dict[str, Any]:
    """Return the `RoutingCriteria` of UpdateContactRoutingCriteria."""
    return {"Steps": [_step(step) for step in steps]}


def text(steps: Iterable[Step]) -> str:
    """Return the routing criteria as JSON without spaces."""
    return json.dumps(document(steps), separators=(",", ":"), ensure_ascii=False)


def _step(step: Step) -> Mapping[str, Any]:
    expression = {"Expression": _expression(step)}
    return expression if step.expiry_s is None else {**expression, "Expiry": {"DurationInSeconds": step.expiry_s}}


def _expression(step: Step) -> Mapping[str, Any]:
    if step.agents:
        matched = {"AgentsCriteria": {"AgentIds": list(step.agents)}}
        return {"AttributeCondition": {"ComparisonOperator": "Match", "MatchCriteria": matched}}
    conditions = [_condition(*skill) for skill in step.skills]
    return conditions[0] if len(conditions) == 1 else {"AndExpression": conditions}


def _condition(name: str, value: str, level: int) -> dict[str, Any]:
    asked = {"Name": name, "Value": value, "ProficiencyLevel": level, "ComparisonOperator": "NumberGreaterOrEqualTo"}
    return {"AttributeCondition": asked}
