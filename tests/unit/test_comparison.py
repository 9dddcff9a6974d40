"""Tests of how benchmarks compare two kinds of turns."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.comparison import Statistic, estimate, longer, medians, p95s

MS = st.lists(st.integers(1, 50).map(float), min_size=1, max_size=12)


def _rounds(slower: float) -> list[tuple[list[float], list[float]]]:
    """Return twelve rounds of a machine that swings between rounds by far more than `slower`."""
    rng = random.Random(7)  # noqa: S311 - a machine's noise, not a secret
    swings = [rng.uniform(20, 60) for _ in range(12)]
    return [
        ([swing + rng.random() for _ in range(10)], [slower * swing + rng.random() for _ in range(10)])
        for swing in swings
    ]


@pytest.mark.parametrize("statistic", [medians, p95s])
def test_twice_as_long_is_told_on_a_machine_that_swings_by_three(statistic: Statistic) -> None:
    told = estimate(_rounds(2.0), statistic)
    assert 1.7 < told.low <= told.value <= told.high < 2.3
    assert not told.holds(1.0)


def test_alike_turns_are_told_alike() -> None:
    assert estimate(_rounds(1.0), medians).holds(1.0)
    assert estimate(_rounds(1.0), longer).holds(0.5)


def test_one_round_that_was_disturbed_is_within_the_noise() -> None:
    rounds = [*_rounds(1.0)[:3], ([20.0] * 10, [200.0] * 10)]
    assert estimate(rounds, p95s).holds(1.0)


@given(MS, MS)
def test_longer_counts_pairs_and_halves_ties(first: list[float], second: list[float]) -> None:
    pairs = [(one, other) for one in first for other in second]
    wins = sum((other > one) + (other == one) / 2 for one, other in pairs)
    assert longer(first, second) == pytest.approx(wins / len(pairs))
    assert longer(first, second) + longer(second, first) == pytest.approx(1.0)


def test_the_same_seed_gives_the_same_interval() -> None:
    first, again = (estimate(_rounds(1.3), medians, seed) for seed in (3, 3))
    assert first == again
