"""A hundred thousand things happen: nobody is stuck, nothing is lost, and all that leaves is true."""

from tests.support.any_day import AnyDay

THINGS, SEED = 100_000, 4


def test_a_hundred_thousand_random_things_leave_nobody_stuck_and_nothing_lost() -> None:
    day = AnyDay(SEED)
    day.live(THINGS)
    assert day.happened >= THINGS
    assert day.closings >= 5
    for deed in ("accept", "reject", "miss", "hang-up", "transfer", "conference", "function crashes", "status", "hold"):
        assert day.done[deed] > 20, deed
    assert not day.world.active


def test_the_same_seed_makes_the_same_day() -> None:
    first, again = AnyDay(7), AnyDay(7)
    first.live(3_000)
    again.live(3_000)
    assert first.ledger.counts == again.ledger.counts
    assert first.done == again.done
    assert first.refused == again.refused
