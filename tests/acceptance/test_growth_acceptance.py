"""A tenant grows along each seed path: the same contract with more seats carries the load that Erlang C gives them."""

from itertools import pairwise

import pytest

from cli import growth, options, simulation
from cli.growth import GROWS, PATHS
from infra.cdk.capacity import split

FEWEST, A_SEAT = 60, 1
"""Calls a step: one for each seat, after which six in ten agents are busy. `bench/growth.py` fills the floor."""


@pytest.mark.req("REL-02")
@pytest.mark.parametrize("seed", PATHS)
def test_each_step_of_a_path_answers_its_load_in_time_at_the_same_cost_a_call(seed: str) -> None:
    tenant, seats = PATHS[seed]
    base = options.contract(tenant)
    steps_a_call = set()
    for count in seats:
        calls = max(FEWEST, A_SEAT * count)
        made = growth.step(base, count, calls=calls)
        outcome = simulation.run(made.planned)
        counters = outcome.whole.groups[0].counters
        assert counters["answered"] == calls, "nobody is lost"
        promised = growth.promised(made, outcome.connect_s)
        assert promised.service_level > made.target, "a load that so many agents can carry"
        assert counters["answered_in_target"] / calls >= made.target
        assert counters["wait_s"] / calls <= made.target_s
        assert counters.get("degraded", 0) == 0
        steps_a_call.add(round(outcome.steps / calls))
    # Those who wait hear the loop of the queue: a step or two more or less, and not with the size.
    assert max(steps_a_call) - min(steps_a_call) <= 3


@pytest.mark.req("REL-02")
@pytest.mark.parametrize("seed", PATHS)
def test_a_step_changes_seats_executions_and_quotas_and_nothing_of_routing_flows_or_data(seed: str) -> None:
    tenant, seats = PATHS[seed]
    base = options.contract(tenant)
    made = [growth.contract_at(base, count) for count in seats]
    for before, after in pairwise(made):
        changed = growth.differences(before, after)
        assert changed
        assert all(isinstance(value, int) for pair in changed.values() for value in pair), "numbers alone"
        assert {path.split(".")[1] for path in changed} <= GROWS
        assert sum(split(after.capacity.reserved_concurrency).values()) == after.capacity.reserved_concurrency
    assert [contract.seats.contracted for contract in made] == list(seats)


def test_calls_come_at_the_rate_of_which_erlang_c_promises_that_nineteen_of_twenty_are_in_time() -> None:
    made = growth.step(options.contract("hrgroup"), 500, calls=10)
    promised = growth.promised(made, growth.CONNECT_S)
    assert promised.service_level == pytest.approx(0.95, abs=1e-4)
    assert 0.9 < promised.occupancy < 1
