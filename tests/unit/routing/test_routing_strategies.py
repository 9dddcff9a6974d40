"""Each strategy of a queue: its decision table with boundaries, and what holds for every floor."""

import itertools
import math
import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.routing import chance, criteria, policy, strategies
from chalicelib.routing.floor import Agent, Floor, Presence, QueueState, candidates
from chalicelib.routing.models import Decision, Step, TargetKind, Why
from tests.support.routing_plans import FULL, NOW, agent, caller, contact, floor, idle, names, part, passed, planned
from tests.support.routing_plans import places as listed

STRATEGIES = part("strategies")
ORDERED = ("round", "in-order", "least", "fewest", "chance", "shares")


def decided(strategy: str, state: Floor | None, **facts: Any) -> Decision:
    """Decide for the after-sales queue under the strategy."""
    tenant = planned(STRATEGIES, after_sales=strategy)
    return policy.decide(contact(tenant, menu_choice="1", **facts), tenant, caller(), NOW, state)


def steps(strategy: str, **facts: Any) -> tuple[Step, ...]:
    decision = decided(strategy, None, **facts)
    return next(target.steps for target in decision.targets if target.kind is TargetKind.QUEUE)


ABCD = [agent(name, place=place) for place, name in enumerate("abcd")]


@pytest.mark.parametrize(
    ("last_tried", "order"),
    [(None, "abc"), ("a", "bcd"), ("b", "cda"), ("c", "dab"), ("d", "abc"), ("gone", "abc")],
)
def test_hunting_goes_round_from_the_agent_after_the_last_one_tried(last_tried: str | None, order: str) -> None:
    state = floor(*ABCD, after_sales=QueueState(last_tried=last_tried))
    assert names(decided("round", state)) == list(order)


def test_hunting_remembers_an_agent_who_cannot_be_offered_anything_now() -> None:
    busy = [agent("b", place=1, used=1), *(one for one in ABCD if one.name != "b")]
    assert names(decided("round", floor(*busy, after_sales=QueueState(last_tried="b")))) == ["c", "d", "a"]


def test_hunting_visits_every_idle_agent_once_in_a_cycle() -> None:
    tried, last = [], None
    for _ in range(8):
        last = names(decided("round", floor(*ABCD, after_sales=QueueState(last_tried=last))))[0]
        tried.append(last)
    assert tried == list("abcdabcd")


def test_agents_of_one_place_are_hunted_by_their_ids() -> None:
    twins = [agent("x", id="2"), agent("y", id="1"), agent("z", id="3")]
    assert names(decided("round", floor(*twins))) == ["y", "x", "z"]
    assert names(decided("round", floor(*twins, after_sales=QueueState(last_tried="y")))) == ["x", "z", "y"]


def test_the_fixed_order_begins_with_the_first_place_every_time() -> None:
    state = floor(*reversed(ABCD), after_sales=QueueState(last_tried="b"))
    assert names(decided("in-order", state)) == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("agents", "order"),
    [
        ([agent("a", talk_s=300.0), agent("b", talk_s=299.9), agent("c", talk_s=301.0)], ["b", "a"]),
        ([agent("a", talk_s=60, idle_since=idle(10)), agent("b", talk_s=60, idle_since=idle(11))], ["b", "a"]),
        ([agent("a", talk_s=60, idle_since=idle(10)), agent("b", talk_s=60, idle_since=idle(10))], ["a", "b"]),
        ([agent("a", talk_s=60), agent("b", talk_s=60, idle_since=idle(0))], ["b", "a"]),
        ([agent("a", talk_s=0), agent("b", talk_s=0)], ["a", "b"]),
    ],
)
def test_least_talk_is_the_smallest_talk_time_of_the_shift_then_the_longest_idle(
    agents: list[Agent], order: list[str]
) -> None:
    assert names(decided("least", floor(*agents))) == order


def test_fewest_contacts_counts_what_was_handled_in_the_shift() -> None:
    agents = [
        agent("a", handled=3),
        agent("b", handled=2, idle_since=idle(5)),
        agent("c", handled=2, idle_since=idle(6)),
    ]
    assert names(decided("fewest", floor(*agents))) == ["c", "b"]


def test_ring_all_keeps_the_contact_for_the_longest_idle_of_the_group_and_then_for_the_queue() -> None:
    agents = [agent(name, idle_since=idle(seconds)) for name, seconds in zip("abcd", (5, 40, 20, 30), strict=True)]
    decision = decided("everyone", floor(*agents))
    assert listed(decision)[:2] == ["group after-sales 25 strategy", "queue after-sales 300 menu-choice"]
    assert decision.targets[0].agents == ("id-b", "id-d", "id-c")
    assert "agent a: ranked-lower" in passed(decision)


def test_a_group_is_a_step_of_its_queue() -> None:
    decision = decided("everyone", floor(agent("a", idle_since=idle(9)), agent("b", idle_since=idle(5))))
    (leg, *_) = criteria.legs(decision.targets)
    assert (leg.timeout_s, leg.steps) == (325, (Step(agents=("id-a", "id-b"), expiry_s=25),))
    assert decision.targets[0].queue == "after-sales"


def test_ring_all_of_nobody_is_the_queue_itself() -> None:
    assert listed(decided("everyone", floor(agent("a", used=1))))[0] == "queue after-sales 300 menu-choice"


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"presence": Presence.OFFLINE}, Why.OFFLINE),
        ({"presence": Presence.AWAY}, Why.AWAY),
        ({"used": 1}, Why.BUSY),
        ({"used": 2, "slots": 3}, None),
        ({"used": 3, "slots": 3}, Why.BUSY),
        ({"ready_at": NOW + timedelta(milliseconds=1)}, Why.BACKING_OFF),
        ({"ready_at": NOW}, None),
        ({"queues": frozenset({"english"})}, Why.NOT_IN_QUEUE),
        ({"presence": Presence.OFFLINE, "used": 1}, Why.OFFLINE),
        ({"presence": Presence.AWAY, "used": 1}, Why.AWAY),
    ],
)
def test_an_agent_who_cannot_take_the_contact_is_passed_over_with_the_reason(
    facts: dict[str, Any], why: Why | None
) -> None:
    decision = decided("in-order", floor(agent("a", **facts), agent("z", place=9)))
    assert names(decision) == (["a", "z"] if why is None else ["z"])
    told = set() if why in {None, Why.NOT_IN_QUEUE} else {f"agent a: {why}"}
    assert passed(decision) == told


def test_an_agent_whom_the_contact_must_not_reach_is_excluded() -> None:
    decision = decided("in-order", floor(agent("a"), agent("b")), excluded=frozenset({"a"}))
    assert (names(decision), passed(decision)) == (["b"], {"agent a: excluded"})


@pytest.mark.parametrize("strategy", [*ORDERED, "everyone"])
def test_without_the_floor_the_order_is_left_to_amazon_connect_and_said_so(strategy: str) -> None:
    missing, stale = decided(strategy, None), decided(strategy, floor(*ABCD, age_s=31))
    for decision, why in ((missing, Why.FLOOR_MISSING), (stale, Why.FLOOR_STALE)):
        assert listed(decision) == ["queue after-sales 300 menu-choice", "voicemail after-sales 120 nobody-answered"]
        assert (decision.strategy, decision.record.strategy, decision.record.without) == ("longest-idle", strategy, why)
        assert passed(decision) == {f"strategy {strategy}: {why}"}
    fresh = decided(strategy, floor(*ABCD, age_s=30))
    assert (fresh.strategy, fresh.record.without) == (strategy, None)
    assert len(fresh.targets) > 2


@pytest.mark.parametrize("strategy", ["longest-idle", "by-skill", "near", "two-sites"])
def test_what_amazon_connect_does_itself_needs_no_floor(strategy: str) -> None:
    decision = decided(strategy, None)
    assert (decision.strategy, decision.record.without) == (strategy, None)
    assert listed(decision) == listed(decided(strategy, floor(*ABCD)))


def test_every_ring_time_and_number_of_agents_is_the_contracts() -> None:
    five = [agent(name, place=place) for place, name in enumerate("abcdefg")]
    for strategy, ring_s, most in (("round", 15, 3), ("in-order", 10, 5), ("least", 20, 2), ("fewest", 15, 2)):
        asked = [target for target in decided(strategy, floor(*five)).targets if target.kind is TargetKind.AGENT]
        assert [target.timeout_s for target in asked] == [ring_s] * most
        assert {(target.queue, target.reason) for target in asked} == {("after-sales", "strategy")}
        assert [target.agents for target in asked] == [(f"id-{target.id}",) for target in asked]


def test_skills_are_asked_for_less_and_less() -> None:
    assert steps("by-skill") == (
        Step(skills=(("Business", "consultation", 4), ("Language", "Mandarin", 3)), expiry_s=30),
        Step(skills=(("Business", "consultation", 2), ("Language", "Mandarin", 3)), expiry_s=60),
        Step(skills=(("Business", "consultation", 2),), expiry_s=None),
    )


def test_a_skill_whose_fact_the_contact_lacks_is_not_asked_for() -> None:
    tenant = planned(STRATEGIES, after_sales="by-skill")
    decision = policy.decide(contact(tenant), tenant, caller(), NOW)
    assert decision.targets[0].steps == (Step(skills=(("Language", "Mandarin", 3),), expiry_s=90),)
    assert passed(decision) == {"skill Business: not-matched"}


def test_nothing_asked_for_from_the_start_is_no_criteria() -> None:
    only = [{"id": "sk", "kind": "skills", "require": [{"attribute": "Business", "source": "category"}]}]
    tenant = planned({"strategies": only}, after_sales="sk")
    assert policy.decide(contact(tenant), tenant, caller(), NOW).targets[0].steps == ()


@pytest.mark.parametrize(
    ("source", "value"),
    [("language", "zh-CN"), ("channel", "VOICE"), ("line", "after-sales"), ("category", "consultation")],
)
def test_a_skill_takes_its_value_from_the_contact(source: str, value: str) -> None:
    only = [{"id": "sk", "kind": "skills", "require": [{"attribute": "A", "source": source, "level": 2}]}]
    tenant = planned({"strategies": only}, after_sales="sk")
    decision = policy.decide(contact(tenant, menu_choice="1"), tenant, caller(), NOW)
    assert decision.targets[0].steps == (Step(skills=(("A", value, 2),), expiry_s=None),)


def test_steps_that_ask_the_same_are_one() -> None:
    relax = [{"after_s": 10, "levels": {"B": 1}}, {"after_s": 25}, {"after_s": 40, "drop": ["A"]}]
    require = [{"attribute": "A", "value": "x"}, {"attribute": "B", "source": "category", "level": 3}]
    tenant = planned(
        {"strategies": [{"id": "sk", "kind": "skills", "require": require, "relax": relax}]}, after_sales="sk"
    )
    found = policy.decide(contact(tenant), tenant, caller(), NOW).targets[0].steps
    assert found == (Step(skills=(("A", "x", 1),), expiry_s=40),)


def test_steps_that_ask_the_same_for_ever_are_one_for_ever() -> None:
    require = [{"attribute": "A", "value": "x"}]
    relax = [{"after_s": 10, "levels": {"A": 1}}]
    tenant = planned(
        {"strategies": [{"id": "sk", "kind": "skills", "require": require, "relax": relax}]}, after_sales="sk"
    )
    found = policy.decide(contact(tenant), tenant, caller(), NOW).targets[0].steps
    assert found == (Step(skills=(("A", "x", 1),), expiry_s=None),)


def test_a_preferred_site_is_asked_first_and_then_all() -> None:
    assert steps("beijing-first") == (Step(skills=(("Site", "beijing", 1),), expiry_s=20),)
    assert steps("near") == ()


def test_the_shares_of_two_sites_are_kept_within_three_sigma_and_each_contact_keeps_its_site() -> None:
    drawn = Counter(steps("two-sites", id=f"contact-{n}")[0].skills[0][1] for n in range(2_000))
    assert abs(drawn["beijing"] - 1_500) <= 3 * math.sqrt(2_000 * 0.75 * 0.25)
    assert drawn["beijing"] + drawn["shanghai"] == 2_000
    assert steps("two-sites", id="contact-7") == steps("two-sites", id="contact-7")
    assert steps("two-sites", id="contact-7")[0].expiry_s == 45
    other = {"beijing": "shanghai", "shanghai": "beijing"}[steps("two-sites", id="contact-7")[0].skills[0][1]]
    assert passed(decided("two-sites", None, id="contact-7")) == {f"site {other}: ranked-lower"}


def test_two_strategies_draw_for_one_contact_apart() -> None:
    shares = {"beijing": 3, "shanghai": 1}
    everyone = floor(*ABCD)
    for n in range(40):
        seed = f"contact-{n}"
        site = steps("two-sites", id=seed)[0].skills[0][1]
        assert site == chance.weighted_order(shares, seed, "two-sites")[0]
        drawn = chance.weighted_order(dict.fromkeys(("id-a", "id-b", "id-c", "id-d"), 1), seed, "chance")[0]
        assert f"id-{names(decided('chance', everyone, id=seed))[0]}" == drawn


def test_the_site_attribute_is_the_contracts() -> None:
    tenant = planned({**STRATEGIES, "site_attribute": "City"}, after_sales="beijing-first")
    assert policy.decide(contact(tenant), tenant, caller(), NOW).targets[0].steps[0].skills == (("City", "beijing", 1),)


def test_weights_are_kept_within_three_sigma_and_nothing_is_never_chosen() -> None:
    state = floor(*(agent(name) for name in ("ann", "bob", "cat", "dan")))
    drawn = Counter(names(decided("shares", state, id=f"contact-{n}"))[0] for n in range(2_000))
    for name, share in {"ann": 0.6, "bob": 0.2, "dan": 0.2}.items():
        assert abs(drawn[name] - 2_000 * share) <= 3 * math.sqrt(2_000 * share * (1 - share))
    assert drawn["cat"] == 0


def test_random_gives_every_agent_the_same_share() -> None:
    state = floor(*ABCD)
    drawn = Counter(names(decided("chance", state, id=f"contact-{n}"))[0] for n in range(2_000))
    assert all(abs(drawn[name] - 500) <= 3 * math.sqrt(2_000 * 0.25 * 0.75) for name in "abcd")


def test_one_draw_is_the_same_on_every_machine() -> None:
    assert chance.uniform("a", "b") == pytest.approx(0.3503790903157433, abs=1e-15)
    assert chance.uniform("a", "b") != chance.uniform("ab")
    assert chance.weighted_order({"x": 1, "y": 0}, "seed") == ["x"]
    assert all(0 < chance.uniform(str(n)) <= 1 for n in range(1_000))


@st.composite
def floors(draw: st.DrawFn) -> Floor:
    """Draw a floor of up to eight agents, with ties of every kind."""
    few = st.integers(0, 2)
    agents = [
        agent(
            name,
            place=draw(few),
            presence=draw(st.sampled_from(Presence)),
            used=draw(st.integers(0, 1)),
            talk_s=float(draw(few)),
            handled=draw(few),
            idle_since=draw(st.none() | few.map(idle)),
        )
        for name in "abcdefgh"[: draw(st.integers(0, 8))]
    ]
    return floor(*agents, after_sales=QueueState(last_tried=draw(st.none() | st.sampled_from("abcdefgh"))))


@given(state=floors(), strategy=st.sampled_from([*ORDERED, "everyone"]), order=st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(state: Floor, strategy: str, order: random.Random) -> None:
    rows = list(state.agents)
    order.shuffle(rows)
    other = Floor(at=state.at, agents=tuple(rows), queues=state.queues)
    assert decided(strategy, state, id="one") == decided(strategy, other, id="one")


@given(state=floors(), strategy=st.sampled_from([*ORDERED, "everyone"]))
def test_every_agent_of_the_queue_is_asked_or_passed_over_with_one_reason(state: Floor, strategy: str) -> None:
    decision = decided(strategy, state)
    asked = {one for target in decision.targets for one in target.agents}
    weightless = {"id-cat"} if strategy == "shares" else set()
    left = [
        what.removeprefix("agent ") for what in (one.what for one in decision.record.passed) if what.startswith("agent")
    ]
    assert sorted([*asked, *(f"id-{name}" for name in left)]) == sorted(one.id for one in state.agents)
    assert not asked & weightless
    fit = {one.id for one in state.agents if one.presence is Presence.AVAILABLE and not one.used}
    assert asked <= fit


@given(state=floors())
def test_longest_idle_of_a_group_is_sorted_by_idleness(state: Floor) -> None:
    group = decided("everyone", state).targets[0].agents
    since = [next(one.idle_since for one in state.agents if one.id == found) for found in group]
    known = [one or strategies.NEVER for one in since]
    assert all(earlier <= later for earlier, later in itertools.pairwise(known))


def test_every_strategy_of_the_contract_has_a_function_or_is_amazon_connects_own() -> None:
    kinds = {one["kind"] for one in FULL["strategies"]}
    assert kinds == set(strategies.ORDERS) | set(strategies.CRITERIA)


def test_one_who_backs_off_is_offered_the_next_contact_of_the_same_floor_when_the_time_is_over() -> None:
    state = floor(agent("ann", ready_at=NOW + timedelta(seconds=5)), agent("bob", place=1))
    early, _ = candidates(state, "after-sales", NOW, frozenset())
    late, _ = candidates(state, "after-sales", NOW + timedelta(seconds=5), frozenset())
    assert ([one.name for one in early], [one.name for one in late]) == (["bob"], ["ann", "bob"])


def test_a_team_in_which_nobody_backs_off_is_looked_at_once_a_floor() -> None:
    state = floor(agent("ann"), agent("bob", place=1, used=1))
    first = candidates(state, "after-sales", NOW, frozenset())
    assert candidates(replace(state, at=NOW), "after-sales", NOW + timedelta(hours=1), frozenset()) is first
    assert [one.name for one in first[0]] == ["ann"]
    assert [(one.what, one.why) for one in first[1]] == [("agent bob", Why.BUSY)]


def test_who_is_excluded_for_one_contact_is_asked_for_the_next() -> None:
    state = floor(agent("ann"))
    assert candidates(state, "after-sales", NOW, frozenset({"ann"}))[0] == []
    assert [one.name for one in candidates(state, "after-sales", NOW, frozenset())[0]] == ["ann"]
