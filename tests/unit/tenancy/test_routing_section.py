"""The routing section of a contract: what it compiles to, and how every mistake is named."""

import copy
import dataclasses
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.tenancy import contract_routing, contract_strategies, plan
from chalicelib.tenancy.compiler import compile_contract
from chalicelib.tenancy.contract_base import Model
from chalicelib.tenancy.contract_file import InvalidContract, parse
from chalicelib.tenancy.models import Plan
from tests.support.routing_plans import FULL, planned, raw

GONE = object()


def problems(document: dict[str, Any]) -> dict[str, str]:
    try:
        parse(document, source="test")
    except InvalidContract as refused:
        return {problem.path: problem.expected for problem in refused.problems}
    return {}


def changed(where: str, value: object) -> dict[str, Any]:
    """Return the full contract with one value of the routing section replaced, added or (GONE) taken away."""
    document = raw(FULL)
    *way, last = [int(step) if step.isdigit() else step for step in where.split("/")]
    inside: Any = document["routing"]
    for step in way:
        inside = inside[step]
    if value is GONE:
        del inside[last]
    elif isinstance(inside, list) and last == len(inside):
        inside.append(value)
    else:
        inside[last] = value
    return document


def test_a_contract_without_the_section_has_the_empty_plan() -> None:
    document = raw()
    del document["routing"]
    assert planned().plan == Plan()
    assert problems(document) == {}


def test_every_part_of_the_section_reaches_the_plan() -> None:
    found = planned(FULL, after_sales="round").plan
    assert dataclasses.replace(found, **{name: getattr(Plan(), name) for name in FULL}) == Plan()
    assert [one.id for one in found.strategies] == [one["id"] for one in FULL["strategies"]]
    assert found.strategy("by-skill").relax[1] == plan.Relaxation(after_s=90, drop=("Language",))
    assert found.strategy("shares").weights == {"ann": 3, "bob": 1, "cat": 0}
    assert found.strategy("longest-idle") is plan.LONGEST_IDLE
    assert found.chain_of("complaints") is found.chain("complaints-chain")
    assert found.chain_of("english") is found.chain("nowhere") is None
    assert found.rules[1].when.attributes == {"campaign": ("spring", "autumn")}
    assert found.attribution is not None
    assert found.attribution.regions[1].prefixes == ("+8621", "+86512")
    assert found.duties[0].days[0].date == "2026-03-08"
    assert (found.ageing_bound_s, found.site_attribute, found.presented_number) == (600, "City", "+864008601234")


def test_a_plan_tells_the_time_only_for_segments_chains_and_closed_lines() -> None:
    assert not planned(
        {key: value for key, value in FULL.items() if key not in {"segments", "closed", "rules", "overflow"}}
    ).plan.tells_time
    assert planned({"segments": FULL["segments"]}).plan.tells_time
    assert planned({key: FULL[key] for key in ("closed", "duties", "presented_number")}).plan.tells_time


def models_of(module: Any) -> Iterator[type[Model]]:
    yield from (
        one for one in vars(module).values() if isinstance(one, type) and issubclass(one, Model) and one is not Model
    )


def test_every_field_that_is_validated_is_one_that_decisions_can_read() -> None:
    kinds = {"Strategy": ["AgentOrder", "Weighted", "RingAll", "Skills", "SitePreferred", "SiteShares"]}
    hops = ["ToQueue", "ToOutside", "ToDuty", "ToService"]
    read_as = dict.fromkeys(hops, "Hop") | dict.fromkeys(kinds["Strategy"], "Strategy") | {"Routing": "Plan"}
    for module in (contract_routing, contract_strategies):
        for model in models_of(module):
            shape = getattr(plan, read_as.get(model.__name__, model.__name__))
            assert set(model.model_fields) <= {field.name for field in dataclasses.fields(shape)}, model


@pytest.mark.parametrize(
    ("where", "value", "path"),
    [
        ("strategies/0/kind", "ring", "routing.strategies.0"),
        ("strategies/0/ring_s", 4, "routing.strategies.0.ring_s"),
        ("strategies/0/most", 6, "routing.strategies.0.most"),
        ("strategies/0/weights", {"a": 1}, "routing.strategies.0.weights"),
        ("strategies/1/id", "round", "routing.strategies.1.id"),
        ("strategies/1/id", "longest-idle", "routing.strategies.1.id"),
        ("strategies/5/weights", {}, "routing.strategies.5.weights"),
        ("strategies/6/most", 21, "routing.strategies.6.most"),
        ("strategies/7/require/0/value", "x", "routing.strategies.7.require.0"),
        ("strategies/7/require/0/source", GONE, "routing.strategies.7.require.0"),
        ("strategies/7/require/0/level", 6, "routing.strategies.7.require.0.level"),
        ("strategies/7/require/1/attribute", "Business", "routing.strategies.7"),
        ("strategies/7/relax/1/after_s", 30, "routing.strategies.7"),
        ("strategies/7/relax/0/levels", {"Business": 5}, "routing.strategies.7"),
        ("strategies/7/relax/0/levels", {"Colour": 1}, "routing.strategies.7"),
        ("strategies/7/relax/1/drop", ["Colour"], "routing.strategies.7"),
        ("strategies/10/shares", {"beijing": 1}, "routing.strategies.10.shares"),
        ("overflow/1/id", "complaints-chain", "routing.overflow.1.id"),
        ("overflow/1/queues", ["complaints"], "routing.overflow.1.queues.0"),
        ("overflow/0/queues/0", "nowhere", "routing.overflow.0.queues.0"),
        ("overflow/0/hops", [], "routing.overflow.0.hops"),
        ("overflow/0/hops/0/id", "nowhere", "routing.overflow.0.hops.0.id"),
        ("overflow/0/hops/0/id", "complaints", "routing.overflow.0.hops.0"),
        ("overflow/0/hops/0/to", "moon", "routing.overflow.0.hops.0"),
        ("overflow/0/hops/1/number", "123", "routing.overflow.0.hops.1.number"),
        ("overflow/0/hops/1/timeout_s", 601, "routing.overflow.0.hops.1.timeout_s"),
        ("overflow/0/hops/2/id", GONE, "routing.overflow.0.hops.2"),
        ("overflow/1/hops/1/id", "x-y", "routing.overflow.1.hops.1"),
        ("overflow/1/hops/2/id", "nobody", "routing.overflow.1.hops.2.id"),
        ("overflow/0/hops/3", {"to": "ivr", "id": "self-service"}, "routing.overflow.0.hops.3"),
        ("overflow/0/hops/2/id", "announcement", "routing.overflow.0.hops.2.id"),
        ("rules/0/queue", "nowhere", "routing.rules.0.queue"),
        ("rules/0/overflow", "nowhere", "routing.rules.0.overflow"),
        ("rules/0/priority", 0, "routing.rules.0.priority"),
        ("rules/1/id", "rescue", "routing.rules.1.id"),
        ("rules/2/strategy", GONE, "routing.rules.2"),
        ("rules/2/strategy", "nothing", "routing.rules.2.strategy"),
        ("rules/3/when/grades/0", "brass", "routing.rules.3.when.grades.0"),
        ("rules/3/when/segments/0", "night", "routing.rules.3.when.segments.0"),
        ("rules/3/when/lines/0", "hotline", "routing.rules.3.when.lines.0"),
        ("rules/4/when/regions/0", "west", "routing.rules.4.when.regions.0"),
        ("rules/5/when/numbers/0", "+8610000000", "routing.rules.5.when.numbers.0"),
        ("rules/0/when", {}, "routing.rules.1"),
        ("segments/0/hours", "night", "routing.segments.0.hours"),
        ("segments/1/id", "office", "routing.segments.1.id"),
        ("attribution/lines/0", "hotline", "routing.attribution.lines.0"),
        ("attribution/elsewhere", "nowhere", "routing.attribution.elsewhere"),
        ("attribution/regions/0/id", "elsewhere", "routing.attribution.regions.0.id"),
        ("attribution/regions/0/id", "east", "routing.attribution.regions.1.id"),
        ("attribution/regions/1/prefixes/0", "+8610", "routing.attribution.regions.1.prefixes.0"),
        ("attribution/regions/1/prefixes/0", "021", "routing.attribution.regions.1.prefixes.0"),
        ("attribution/regions/1/queue", "nowhere", "routing.attribution.regions.1.queue"),
        ("branches/1/id", "pudong", "routing.branches.1.id"),
        ("branches/0/numbers/0", "+8610000000", "routing.branches.0.numbers.0"),
        ("branches/1/numbers", ["+862155360100"], "routing.branches.1.numbers.0"),
        ("branches/0/queue", "nowhere", "routing.branches.0.queue"),
        ("branches/0/headquarters", "nowhere", "routing.branches.0.headquarters"),
        ("branches/0/headquarters", "complaints", "routing.branches.0.headquarters"),
        ("memory/of", "team", "routing.memory.of"),
        ("memory/lookback_days", 0, "routing.memory.lookback_days"),
        ("memory/lines/0", "hotline", "routing.memory.lines.0"),
        ("key_accounts/grades/0", "brass", "routing.key_accounts.grades.0"),
        ("key_accounts/seats", "nowhere", "routing.key_accounts.seats"),
        ("history/0/queues/0", "nowhere", "routing.history.0.queues.0"),
        ("history/0/queues", [], "routing.history.0.queues"),
        ("history/1/count", 11, "routing.history.1.count"),
        ("closed/0/lines/0", "hotline", "routing.closed.0.lines.0"),
        ("closed/1", {"lines": ["telesales"], "hops": [{"to": "voicemail"}]}, "routing.closed.1.lines.0"),
        ("closed/0/hops/0/id", "nobody", "routing.closed.0.hops.0.id"),
        ("duties/0/number", "123", "routing.duties.0.number"),
        ("duties/0/days/0/weekdays", ["monday"], "routing.duties.0.days.0"),
        ("duties/0/days/1/weekdays", [], "routing.duties.0.days.1"),
        ("presented_number", "+8610000000", "routing.presented_number"),
        ("presented_number", GONE, "routing.overflow.0.hops.1"),
        ("presented_number", GONE, "routing.closed.0.hops.0"),
        ("ageing_bound_s", 59, "routing.ageing_bound_s"),
        ("ageing_bound_s", 3_601, "routing.ageing_bound_s"),
        ("floor_max_age_s", 0, "routing.floor_max_age_s"),
        ("weather", "fair", "routing.weather"),
    ],
)
def test_a_mistake_is_named_by_its_path(where: str, value: object, path: str) -> None:
    assert path in problems(changed(where, value))


def test_a_queue_follows_a_strategy_that_exists() -> None:
    assert "queues.0.strategy" in problems(raw(FULL, after_sales="nothing"))
    assert problems(raw(FULL, after_sales="round")) == {}


def test_the_last_step_of_a_relaxation_may_lower_what_an_earlier_one_lowered() -> None:
    steps = [{"after_s": 10, "levels": {"Business": 2}}, {"after_s": 20, "levels": {"Business": 2}}]
    assert problems(changed("strategies/7/relax", steps)) == {}
    steps[1]["levels"] = {"Business": 3}
    assert "routing.strategies.7" in problems(changed("strategies/7/relax", steps))


def spots(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(spot for key, child in children for spot in spots(child, (*path, key)))]


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(spot=st.sampled_from(spots(FULL)[1:]), junk=JUNK)
def test_junk_in_the_section_is_accepted_or_named_but_never_a_crash(spot: tuple[Any, ...], junk: object) -> None:
    document = changed("/".join(str(step) for step in spot), junk)
    assert all(problems(document).keys() or ["accepted"])


@given(spot=st.sampled_from(spots(FULL)))
def test_an_unknown_field_is_named_wherever_it_stands(spot: tuple[Any, ...]) -> None:
    document = raw(FULL)
    inside: Any = document["routing"]
    for step in spot:
        inside = inside[step]
    if isinstance(inside, dict) and spot[-1:] not in {("weights",), ("levels",), ("shares",), ("attributes",)}:
        inside["no-such-field"] = 1
        assert any("no-such-field" in path for path in problems(document))


def test_the_same_section_compiles_to_the_same_document() -> None:
    first = compile_contract(parse(raw(copy.deepcopy(FULL)), source="test"))
    assert json.dumps(first) == json.dumps(compile_contract(parse(raw(FULL), source="test")))
