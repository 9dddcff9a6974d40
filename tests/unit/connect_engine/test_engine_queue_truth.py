"""The matching against queueing theory: the published Erlang C table, Erlang A and M/M/500 (domain reference 4).

Each row is simulated once, with its own seed; the exact figure must lie in the 99 % confidence interval of the run.
`bench/queue_truth.py` runs thirty rows of the table for longer.
"""

import math

import pytest

from tests.support.queue_theory import (
    PUBLISHED,
    BareAcd,
    Figures,
    Model,
    Row,
    erlang_a,
    erlang_c,
    intervals,
    shares,
)

CONTACTS = 25_000
ROWS = [row for row in PUBLISHED if (row.source, row.agents) in {
    ("E1", 22), ("E1", 23), ("E1", 24), ("E1", 25), ("E1", 26), ("E1", 27), ("E2", 32), ("E2", 33), ("E2", 34),
    ("E2", 35), ("E2", 36), ("E2", 38), ("E3", 24), ("E4", 14), ("E4", 15), ("E5", 40), ("E6", 90), ("E7", 55),
    ("E8", 4), ("E8", 16), ("E8", 64),
}]  # fmt: skip


def wrong(waits_s: list[float], target_s: float, exact: Figures) -> list[str]:
    """The figures of the run that are not the exact ones, as far as the run can tell."""
    assert len(waits_s) > 0
    return [
        f"{name} {getattr(exact, name)} is not in {middle} +- {half}"
        for name, middle, half in intervals(waits_s, target_s)
        if abs(middle - getattr(exact, name)) > half
    ]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.source}-{row.agents}-agents")
def test_the_matching_waits_as_erlang_c_says(row: Row) -> None:
    exact = erlang_c(row.model, row.target_s)
    for name in ("p_wait", "mean_wait_s", "service_level"):
        assert getattr(exact, name) == pytest.approx(getattr(row.published, name), abs=0.006)
    waits_s = BareAcd(row.model, CONTACTS, f"{row.source}/{row.agents}").run()
    assert wrong(waits_s, row.target_s, exact) == []


def test_twenty_rows_and_one_are_simulated() -> None:
    assert len(ROWS) == 21


def test_callers_who_leave_wait_as_erlang_a_says() -> None:
    model = Model(calls_per_s=48 / 60, handle_s=60, agents=50, patience_s=120)
    exact = erlang_a(model, target_s=20)
    assert exact.p_abandon == pytest.approx(0.030912, abs=5e-7)
    assert exact.figures.p_wait == pytest.approx(0.467774, abs=5e-7)
    assert exact.figures.mean_wait_s == pytest.approx(3.7095, abs=5e-5)
    assert exact.sl_offered == pytest.approx(0.943019, abs=5e-7)
    acd = BareAcd(model, 2 * CONTACTS, "garnett-mandelbaum-reiman")
    acd.run()
    middle, half = shares(acd.left)
    assert abs(middle - exact.p_abandon) <= half, f"{middle} +- {half}"
    found = {name: (middle, half) for name, middle, half in intervals(acd.all_waits_s, 20)}
    for name in ("p_wait", "mean_wait_s"):
        middle, half = found[name]
        assert abs(middle - getattr(exact.figures, name)) <= half, f"{name}: {middle} +- {half}"
    answered_in_time = [wait_s <= 20 and not gone for wait_s, gone in zip(acd.all_waits_s, acd.left, strict=True)]
    middle, half = shares(answered_in_time)
    assert abs(middle - exact.sl_offered) <= half, f"{middle} +- {half}"


def test_patience_without_end_makes_erlang_c_of_erlang_a() -> None:
    model = Model(calls_per_s=48 / 60, handle_s=60, agents=50)
    patient = Model(calls_per_s=48 / 60, handle_s=60, agents=50, patience_s=1e7)
    exact, limit = erlang_c(model, 20), erlang_a(patient, 20)
    assert limit.figures.p_wait == pytest.approx(exact.p_wait, rel=1e-3)
    assert limit.figures.mean_wait_s == pytest.approx(exact.mean_wait_s, rel=2e-3)
    assert math.isclose(limit.sl_offered, exact.service_level, rel_tol=1e-3)


def test_five_hundred_agents_at_95_percent_wait_as_erlang_c_says() -> None:
    model = Model(calls_per_s=0.95 * 500 / 180, handle_s=180, agents=500)
    exact = erlang_c(model, 20)
    assert wrong(BareAcd(model, 4 * CONTACTS, "M/M/500").run(), 20, exact) == []
