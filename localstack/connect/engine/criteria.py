"""Routing criteria: what a contact asks of an agent, step by step (11.4). Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Skills = Mapping[tuple[str, str], float]
"""(predefined attribute, value) to level 1 to 5."""

MAX_STEPS, MAX_AND, MAX_OR = 5, 8, 3
LOWEST, HIGHEST = 1.0, 5.0


@dataclass(frozen=True, slots=True)
class Has:
    """The agent has this proficiency at a level in the range."""

    name: str
    value: str
    least: float = LOWEST
    most: float = HIGHEST


@dataclass(frozen=True, slots=True)
class OneOf:
    """The agent is one of those."""

    agent_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Not:
    """The agent does not have the proficiency."""

    inner: Has


@dataclass(frozen=True, slots=True)
class All:
    """Everything holds."""

    inner: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True)
class Either:
    """Something holds."""

    inner: "tuple[Expression, ...]"


Expression = Has | OneOf | Not | All | Either


@dataclass(slots=True)
class Step:
    """One step. `expiry_s` None = for ever."""

    expression: Expression
    expiry_s: int | None
    status: str = "INACTIVE"


@dataclass(slots=True)
class Criteria:
    """The criteria of a contact; `at` is the active step, past the last one any agent of the queue will do."""

    steps: list[Step]
    index: int = 0
    activated_at: datetime | None = None
    at: int = 0
    history: "list[Criteria]" = field(default_factory=list)
    """Earlier criteria of the same contact, oldest first."""

    @property
    def active(self) -> Step | None:
        """The step that counts now."""
        running = self.activated_at is not None and self.at < len(self.steps)
        return self.steps[self.at] if running and self.steps[self.at].status == "ACTIVE" else None

    def again(self) -> "Criteria":
        """The same criteria for the next contact of the chain, not yet active."""
        return Criteria([Step(step.expression, step.expiry_s) for step in self.steps])


def holds(expression: Expression, agent_id: str, skills: Skills) -> bool:
    """Whether an agent satisfies an expression."""
    match expression:
        case Has(name, value, least, most):
            return least <= skills.get((name, value), 0) <= most
        case OneOf(agent_ids):
            return agent_id in agent_ids
        case Not(inner):
            return not holds(inner, agent_id, skills)
        case All(inner_all):
            return all(holds(one, agent_id, skills) for one in inner_all)
        case Either(inner_any):
            return any(holds(one, agent_id, skills) for one in inner_any)


def written(expression: Expression) -> dict[str, Any]:
    """An expression as records and events show it."""
    match expression:
        case Has(name, value, least, most):
            level: dict[str, Any] = {"ProficiencyLevel": least, "ComparisonOperator": "NumberGreaterOrEqualTo"}
            if most < HIGHEST:
                limits = {"MinProficiencyLevel": least, "MaxProficiencyLevel": most}
                level = {"Range": limits, "ComparisonOperator": "Range"}
            return {"AttributeCondition": {"Name": name, "Value": value, **level}}
        case OneOf(agent_ids):
            match_ = {"AgentsCriteria": {"AgentIds": sorted(agent_ids)}}
            return {"AttributeCondition": {"ComparisonOperator": "Match", "MatchCriteria": match_}}
        case Not(inner):
            return {"NotAttributeCondition": written(inner)["AttributeCondition"]}
        case All(inner_all):
            return {"AndExpression": [written(one) for one in inner_all]}
        case Either(inner_any):
            return {"OrExpression": [written(one) for one in inner_any]}


def read(document: Any) -> Criteria:
    """`RoutingCriteria` of UpdateContactRoutingCriteria, references already replaced. Raises ValueError, saying why."""
    steps = document.get("Steps") if isinstance(document, Mapping) else None
    if not isinstance(steps, list) or not 1 <= len(steps) <= MAX_STEPS:
        msg = f"routing criteria have 1 to {MAX_STEPS} steps"
        raise ValueError(msg)
    return Criteria([_step(step) for step in steps])


def _step(step: Mapping[str, Any]) -> Step:
    expiry = (step.get("Expiry") or {}).get("DurationInSeconds")
    return Step(_expression(step["Expression"], top=True), None if expiry is None else int(expiry))


def _expression(document: Mapping[str, Any], *, top: bool = False) -> Expression:
    if len(document) != 1:
        msg = f"an expression has one member, not {sorted(document)}"
        raise ValueError(msg)
    ((kind, inner),) = document.items()
    if kind == "AttributeCondition":
        return _condition(inner)
    if kind == "NotAttributeCondition":
        condition = _condition(inner)
        if isinstance(condition, Has):
            return Not(condition)
    if kind == "AndExpression" and len(inner) <= MAX_AND:
        return All(tuple(_expression(one) for one in inner))
    if kind == "OrExpression" and top and len(inner) <= MAX_OR:
        return Either(tuple(_expression(one) for one in inner))
    msg = f"{kind} is not allowed here"
    raise ValueError(msg)


def _condition(document: Mapping[str, Any]) -> Has | OneOf:
    operator = document.get("ComparisonOperator")
    if operator == "Match":
        return OneOf(frozenset(_agents(document["MatchCriteria"]["AgentsCriteria"]["AgentIds"])))
    if operator == "Range":
        limits = document["Range"]
        least, most = float(limits["MinProficiencyLevel"]), float(limits["MaxProficiencyLevel"])
    elif operator == "NumberGreaterOrEqualTo":
        least, most = float(document["ProficiencyLevel"]), HIGHEST
    else:
        msg = f"there is no comparison {operator!r}"
        raise ValueError(msg)
    if not LOWEST <= least <= most <= HIGHEST:
        msg = f"levels go from 1 to 5, not from {least} to {most}"
        raise ValueError(msg)
    return Has(str(document["Name"]), str(document["Value"]), least, most)


def _agents(ids: Any) -> Iterator[str]:
    if not ids:
        msg = "preferred agents are named by id"
        raise ValueError(msg)
    for one in ids:
        yield str(one).rpartition("/")[2]
