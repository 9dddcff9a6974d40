"""Erlang C and A against rows that were published or computed exactly (domain reference 4.6 to 4.8)."""

import math

import pytest

from cli.erlang import Load, agents_needed, blocked, erlang_a, erlang_c

PUBLISHED_C = [
    # calls, interval s, AHT s, target s, agents, P(wait) %, ASA s, service level %, occupancy %
    (400, 3600, 180, 20, 21, 76.06, 136.92, 31.93, 95.24),
    (400, 3600, 180, 20, 24, 29.81, 13.41, 80.89, 83.33),
    (400, 3600, 180, 20, 28, 6.28, 1.41, 97.42, 71.43),
    (250, 1800, 210, 20, 30, 82.80, 208.65, 23.52, 97.22),
    (250, 1800, 210, 20, 34, 29.30, 12.73, 81.51, 85.78),
    (250, 1800, 210, 20, 42, 1.68, 0.27, 99.51, 69.44),
    (400, 3600, 180, 30, 25, 20.91, 7.53, 90.91, 80.00),
    (100, 1800, 180, 20, 14, 17.41, 7.84, 88.84, 71.43),
    (1000, 3600, 120, 20, 40, 19.07, 3.43, 93.72, 83.33),
    (2000, 3600, 150, 30, 90, 36.73, 8.26, 90.32, 92.59),
    (360, 1800, 240, 15, 55, 23.87, 8.18, 84.59, 87.27),
]
EXACT_A = [
    # calls, interval s, AHT s, patience s, agents, P(wait), P(abandon), mean wait s, occupancy, SL of offered (20 s)
    (48, 60, 60, 120, 50, 0.467774, 0.030912, 3.7095, 0.930324, 0.943019),
    (100, 1800, 180, 300, 14, 0.145260, 0.013984, 4.1951, 0.704297, 0.916792),
    (100, 1800, 180, 120, 12, 0.279807, 0.061597, 7.3917, 0.782002, 0.825583),
    (250, 1800, 210, 60, 34, 0.157183, 0.031840, 1.9104, 0.830530, 0.942358),
    (3000, 1800, 270, 120, 414, 0.862097, 0.082703, 9.9244, 0.997061, 0.807105),
    (3000, 1800, 270, 120, 478, 0.083596, 0.003186, 0.3824, 0.938423, 0.996542),
    (100, 1800, 180, 120, 8, 0.722626, 0.257982, 30.9579, 0.927522, 0.403213),
]


@pytest.mark.parametrize("row", PUBLISHED_C)
def test_erlang_c_gives_the_published_rows(row: tuple[float, ...]) -> None:
    calls, interval_s, handle_s, target_s, agents, p_wait, asa_s, level, occupancy = row
    found = erlang_c(Load(calls_per_s=calls / interval_s, handle_s=handle_s, agents=int(agents)), target_s)
    assert found.p_wait * 100 == pytest.approx(p_wait, abs=0.006)
    assert found.mean_wait_s == pytest.approx(asa_s, abs=0.006)
    assert found.service_level * 100 == pytest.approx(level, abs=0.006)
    assert found.occupancy * 100 == pytest.approx(occupancy, abs=0.006)


@pytest.mark.parametrize("row", EXACT_A)
def test_erlang_a_gives_the_exact_rows(row: tuple[float, ...]) -> None:
    calls, interval_s, handle_s, patience_s, agents, p_wait, abandoned, wait_s, occupancy, level = row
    found = erlang_a(Load(calls_per_s=calls / interval_s, handle_s=handle_s, agents=int(agents)), patience_s, 20)
    assert found.p_wait == pytest.approx(p_wait, abs=1e-6)
    assert found.abandon_share == pytest.approx(abandoned, abs=1e-6)
    assert found.mean_wait_s == pytest.approx(wait_s, abs=1e-4)
    assert found.occupancy == pytest.approx(occupancy, abs=1e-6)
    assert found.service_level == pytest.approx(level, abs=1e-6)


def test_endless_patience_turns_erlang_a_into_erlang_c() -> None:
    load = Load(calls_per_s=100 / 1800, handle_s=180, agents=14)
    without, within = erlang_c(load, 20), erlang_a(load, 1e9, 20)
    assert within.service_level == pytest.approx(without.service_level, abs=1e-5)
    assert within.mean_wait_s == pytest.approx(without.mean_wait_s, rel=1e-4)


def test_a_load_at_or_above_the_agents_has_no_steady_state_in_erlang_c() -> None:
    found = erlang_c(Load(calls_per_s=1, handle_s=10, agents=10), 20)
    assert (found.service_level, found.mean_wait_s) == (0.0, math.inf)


@pytest.mark.parametrize(
    ("calls", "interval_s", "handle_s", "target_s", "share", "agents"),
    [
        (3000, 1800, 270, 20, 0.8, 462),
        (600, 1800, 300, 10, 0.9, 113),
        (50, 1800, 300, 20, 0.8, 12),
        (5, 900, 360, 20, 0.8, 4),
    ],
)
def test_agents_needed_are_those_of_the_planning_rows(
    calls: float, interval_s: float, handle_s: float, target_s: float, share: float, agents: int
) -> None:
    assert agents_needed(calls / interval_s, handle_s, target_s=target_s, share=share) == agents


def test_a_cap_on_occupancy_asks_for_more_agents_than_the_service_level() -> None:
    assert agents_needed(1000 / 3600, 120, target_s=20, share=0.8, occupancy=0.85) == 40


def test_nobody_is_needed_for_no_calls_and_large_loads_do_not_overflow() -> None:
    assert agents_needed(0, 180, target_s=20, share=0.8) == 0
    assert 0.0 <= blocked(5000, 10.0) < 1e-300
    assert blocked(5000, 5000.0) == pytest.approx(0.0112, abs=1e-3)


def test_erlang_a_refuses_a_load_that_is_none() -> None:
    with pytest.raises(ValueError, match="above 0"):
        erlang_a(Load(calls_per_s=0, handle_s=180, agents=3), 60, 20)
