"""Thirty thousand things happen: nobody is stuck, nothing is lost, and all that leaves is true.

Three days of other seeds find more than one long day does. `bench/million_events.py` lets a million happen, with the
same checks.
"""

from collections import Counter

from tests.support.any_day import AnyDay

THINGS, SEEDS = 10_000, (4, 5, 6)


def test_thirty_thousand_random_things_leave_nobody_stuck_and_nothing_lost() -> None:
    days = [AnyDay(seed) for seed in SEEDS]
    for day in days:
        day.live(THINGS)
        assert day.happened >= THINGS
        assert day.closings
        assert not day.world.active
    assert sum(day.closings for day in days) >= 5
    for deed in ("monitor", "barge", "take over"):
        assert sum(day.done[deed] for day in days) > 20, deed
    kinds = Counter[str]()
    for day in days:
        kinds.update(day.ledger.happened)
    assert min(kinds[f"begin VOICE CALLBACK{kind}"] for kind in ("", "_CUSTOMER_FIRST_DIALED")) > 5
    for deed in ("accept", "reject", "miss", "hang-up", "transfer", "conference", "function crashes", "status", "hold"):
        assert sum(day.done[deed] for day in days) > 20, deed


def test_the_same_seed_makes_the_same_day() -> None:
    first, again = AnyDay(7), AnyDay(7)
    first.live(3_000)
    again.live(3_000)
    assert first.ledger.counts == again.ledger.counts
    assert first.done == again.done
    assert first.refused == again.refused
