"""The matching against queueing theory: rows of the published Erlang C table (domain reference 4.6).

Each row is simulated once, with its own seed; the exact figure must lie in the 99 % confidence interval of the run.
"""

import pytest

from tests.support.queue_theory import BareAcd, Figures, Model, erlang_c, intervals

CONTACTS = 50_000
ROWS = [
    # source, calls, in seconds, handling time, target, agents, published: P(wait) %, mean wait s, service level %
    ("E1", 400, 3600, 180, 20, 23, 41.57, 24.94, 70.21),
    ("E1", 400, 3600, 180, 20, 25, 20.91, 7.53, 88.00),
    ("E1", 400, 3600, 180, 20, 27, 9.61, 2.47, 95.59),
    ("E2", 250, 1800, 210, 20, 33, 38.83, 21.27, 73.04),
    ("E2", 250, 1800, 210, 20, 35, 21.77, 7.84, 87.51),
    ("E2", 250, 1800, 210, 20, 38, 8.07, 1.92, 96.52),
    ("E3", 400, 3600, 180, 30, 24, 29.81, 13.41, 84.70),
    ("E4", 100, 1800, 180, 20, 14, 17.41, 7.84, 88.84),
    ("E4", 100, 1800, 180, 20, 15, 10.20, 3.67, 94.15),
    ("E5", 1000, 3600, 120, 20, 40, 19.07, 3.43, 93.72),
    ("E6", 2000, 3600, 150, 30, 90, 36.73, 8.26, 90.32),
    ("E8", 28, 60, 120, 20, 64, 21.51, 3.23, 94.33),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}-{row[5]}-agents")
def test_the_matching_waits_as_erlang_c_says(
    row: tuple[str, float, float, float, float, int, float, float, float],
) -> None:
    _, calls, interval_s, handle_s, target_s, agents, p_wait, mean_s, level = row
    model = Model(calls_per_s=calls / interval_s, handle_s=handle_s, agents=agents)
    exact = erlang_c(model, target_s)
    published = Figures(p_wait=p_wait / 100, mean_wait_s=mean_s, service_level=level / 100)
    waits_s = BareAcd(model, CONTACTS, f"{row[0]}/{agents}").run()
    assert len(waits_s) == CONTACTS
    for name, middle, half in intervals(waits_s, target_s):
        truth = getattr(exact, name)
        assert truth == pytest.approx(getattr(published, name), abs=0.006)
        assert abs(middle - truth) <= half, f"{name}: {truth} is not in {middle} +- {half}"
