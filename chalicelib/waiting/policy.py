"""The waiting line: what it decides. How long a place in it takes. Pure."""

from collections.abc import Mapping

from chalicelib.waiting.models import Pace, Place


def pace(counters: Mapping[str, int]) -> Pace | None:
    """Return how a queue moved, from its counters; None when no agent has finished a contact in that time.

    The rate of leaving is the maximum-likelihood one of exponential patience: those who gave up, divided by all the
    time that was waited (domain reference, 2.12 and 4.4).
    """
    handled = counters.get("handled", 0)
    worked_s = sum(counters.get(name, 0) for name in ("talk_s", "hold_s", "acw_s"))
    if handled <= 0 or worked_s <= 0:
        return None
    waited_s = counters.get("wait_s", 0) + counters.get("abandon_wait_s", 0)
    gave_up = counters.get("abandoned", 0) - counters.get("dropped", 0)
    return Pace(handle_s=worked_s / handled, leaving_per_s=max(0, gave_up) / waited_s if waited_s > 0 else 0.0)


def expected_wait_s(place: Place, moving: Pace) -> float | None:
    """Return the mean wait of a caller with `position - 1` others ahead, who all may give up; None without agents.

    With n agents, mean handling time h, k ahead and a rate of leaving t: the sum of 1 / (n/h + i t) for i = 0..k, which
    is (k + 1) h / n when nobody leaves (domain reference, 2.12).
    """
    if place.agents < 1 or place.position < 1:
        return None
    served_per_s = place.agents / moving.handle_s
    return sum(1 / (served_per_s + ahead * moving.leaving_per_s) for ahead in range(place.position))
