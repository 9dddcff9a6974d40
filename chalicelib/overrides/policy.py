"""Overrides: what they decide: what an edit makes of the document, and the document of the contract. Pure."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Final

from chalicelib.overrides.models import (
    BoundOverride,
    Edit,
    EditBounds,
    EditHeadStart,
    EditRule,
    EditStrategy,
    NoSuchPart,
    NotPossible,
    Overrides,
    StrategyOverride,
)
from chalicelib.tenancy.models import (
    MOST,
    MOST_TOGETHER,
    NATIVE,
    RELAX_AFTER_S,
    RING_S,
    WAIT_S,
    Bounds,
    Chain,
    Plan,
    Queue,
    Strategy,
    Tenant,
)

_IN_TURN: Mapping[str, Bounds] = {"ring_s": RING_S, "most": MOST}
TUNABLE: Mapping[str, Mapping[str, Bounds]] = {
    **dict.fromkeys(("hunting", "fixed-order", "least-talk", "fewest-contacts", "random", "weighted"), _IN_TURN),
    "ring-all": {"ring_s": RING_S, "most": MOST_TOGETHER},
    "site-preferred": {"after_s": RELAX_AFTER_S},
    "site-shares": {"after_s": RELAX_AFTER_S},
}
"""The numbers of each kind of strategy that a supervisor may change while calls run, and their bounds."""

_BOUNDS: Final = ("wait_limit_s", "skip_wait_s")


def edited(overrides: Overrides, edit: Edit, tenant: Tenant) -> Overrides:
    """Return the overrides after `edit`, which the contract of `tenant` must allow.

    Raises:
        NoSuchPart: the contract has nothing of that name.
        NotPossible: the contract does not allow the value, or has no head start; every offending field is named.

    """
    match edit:
        case EditStrategy():
            _known("queue", edit.queue, tenant.queues)
            if edit.override is not None:
                _check_strategy(edit.override, tenant.plan)
            return replace(overrides, queues=_with(overrides.queues, edit.queue, edit.override))
        case EditBounds():
            _known("overflow chain", edit.chain, {one.id: one for one in tenant.plan.overflow})
            if edit.override is not None:
                _check_bounds(edit.override)
            return replace(overrides, chains=_with(overrides.chains, edit.chain, edit.override))
        case EditRule():
            _known("rule", edit.rule, {one.id: one for one in tenant.plan.rules})
            others = overrides.rules_off - {edit.rule}
            return replace(overrides, rules_off=others if edit.enabled else others | {edit.rule})
        case EditHeadStart():
            if tenant.plan.ageing_bound_s is None:
                _refuse({"enabled": "the contract gives no rank a head start: its priorities are strict already"})
            return replace(overrides, head_start_off=not edit.enabled)


def _known(what: str, name: str, there: Mapping[str, object]) -> None:
    if name not in there:
        raise NoSuchPart(f"the contract has no {what} {name!r}", known=sorted(there))


def _with[Part](parts: Mapping[str, Part], name: str, part: Part | None) -> dict[str, Part]:
    others = {key: value for key, value in parts.items() if key != name}
    return others if part is None else {**others, name: part}


def _check_strategy(override: StrategyOverride, plan: Plan) -> None:
    known = [NATIVE, *(one.id for one in plan.strategies)]
    if override.strategy not in known:
        _refuse({"strategy": f"the contract has no strategy {override.strategy!r}; it has {', '.join(known)}"})
    kind = plan.strategy(override.strategy).kind
    tunable = TUNABLE.get(kind, {})
    wrong = {
        name: _outside(value, tunable.get(name), f"a {kind} strategy has no such number")
        for name, value in override.numbers().items()
    }
    _refuse({name: problem for name, problem in wrong.items() if problem})


def _check_bounds(override: BoundOverride) -> None:
    told = {name: getattr(override, name) for name in _BOUNDS}
    wrong = {name: _outside(value, WAIT_S, "") for name, value in told.items() if value is not None}
    _refuse({name: problem for name, problem in wrong.items() if problem})


def _outside(value: int, bounds: Bounds | None, otherwise: str) -> str:
    """Return what is wrong with the value, '' for nothing."""
    if bounds is None:
        return otherwise
    least, most = bounds
    return "" if least <= value <= most else f"must be {least} to {most}"


def _refuse(wrong: Mapping[str, str]) -> None:
    if wrong:
        errors = [{"field": name, "problem": problem} for name, problem in wrong.items()]
        raise NotPossible("the contract does not allow this", errors=errors)


def in_force(tenant: Tenant, overrides: Overrides) -> Tenant:
    """Return the tenant as the overrides make it; a name that the contract no longer has does nothing.

    Its version is the contract's and theirs, such as `5f2c+3`: with it a decision can be replayed.
    """
    if not overrides.version:
        return tenant
    named = {name: one for name, one in overrides.queues.items() if _follows(name, one, tenant)}
    made = {name: _strategy(name, one, tenant.plan) for name, one in named.items()}
    queues = {name: _queue(queue, made.get(name)) for name, queue in tenant.queues.items()}
    own = tuple(one for one in made.values() if "@" in one.id)
    plan = replace(
        tenant.plan,
        strategies=(*tenant.plan.strategies, *own),
        overflow=tuple(_chain(one, overrides.chains.get(one.id)) for one in tenant.plan.overflow),
        rules=tuple(one for one in tenant.plan.rules if one.id not in overrides.rules_off),
        ageing_bound_s=None if overrides.head_start_off else tenant.plan.ageing_bound_s,
    )
    return replace(tenant, version=f"{tenant.version}+{overrides.version}", queues=queues, plan=plan)


def idle(tenant: Tenant, overrides: Overrides) -> list[str]:
    """Return what of the overrides does nothing, because the contract no longer has the name."""
    chains, rules = {one.id for one in tenant.plan.overflow}, {one.id for one in tenant.plan.rules}
    return [
        *(f"queues/{name}" for name, one in sorted(overrides.queues.items()) if not _follows(name, one, tenant)),
        *(f"overflow/{name}" for name in sorted(overrides.chains.keys() - chains)),
        *(f"rules/{name}" for name in sorted(overrides.rules_off - rules)),
    ]


def _follows(queue: str, override: StrategyOverride, tenant: Tenant) -> bool:
    known = {NATIVE, *(one.id for one in tenant.plan.strategies)}
    return queue in tenant.queues and override.strategy in known


def _strategy(queue: str, override: StrategyOverride, plan: Plan) -> Strategy:
    """Return the strategy that the queue follows; with numbers of its own it is named `<strategy>@<queue>`."""
    base = plan.strategy(override.strategy)
    tunable = TUNABLE.get(base.kind, {})
    numbers = {name: value for name, value in override.numbers().items() if name in tunable}
    if not numbers:
        return base
    own: dict[str, object] = {**numbers, "id": f"{base.id}@{queue}"}
    kept = {one.name: getattr(base, one.name) for one in fields(base)}
    return Strategy(**{**kept, **own})


def _queue(queue: Queue, strategy: Strategy | None) -> Queue:
    return queue if strategy is None else replace(queue, strategy=strategy.id)


def _chain(chain: Chain, override: BoundOverride | None) -> Chain:
    if override is None:
        return chain
    return replace(chain, wait_limit_s=override.wait_limit_s, skip_wait_s=override.skip_wait_s)
