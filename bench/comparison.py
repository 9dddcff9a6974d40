"""Two kinds of turns compared where the machine is the largest noise: in pairs, and with an interval. Pure."""

import random
import statistics
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.support.flow_load import percentile

RESAMPLINGS = 2_000
PERCENTS = (2.5, 97.5)
"""The middle 95 % of the resamplings."""

type Round = tuple[Sequence[float], Sequence[float]]
"""What was measured in one turn of the first kind and in one of the second, right beside each other."""
type Statistic = Callable[[Sequence[float], Sequence[float]], float]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"

    def holds(self, value: float) -> bool:
        """Return whether the interval holds `value`."""
        return self.low <= value <= self.high


def estimate(rounds: Sequence[Round], statistic: Statistic, seed: int = 1) -> Estimate:
    """Return the statistic over all rounds, and how far it would go with other rounds of the same kind.

    Whole rounds are drawn with replacement (a bootstrap by blocks): what disturbs a machine lasts longer than one
    measurement, so those of one turn are not independent of each other.
    """
    rng = random.Random(seed)  # noqa: S311 - which rounds are drawn, not a secret
    drawn = [statistic(*_pooled(rng.choices(rounds, k=len(rounds)))) for _ in range(RESAMPLINGS)]
    low, high = (percentile(drawn, percent) for percent in PERCENTS)
    return Estimate(statistic(*_pooled(rounds)), low, high)


def medians(first: Sequence[float], second: Sequence[float]) -> float:
    """Return the median of the second over that of the first."""
    return statistics.median(second) / statistics.median(first)


def p95s(first: Sequence[float], second: Sequence[float]) -> float:
    """Return the 95th percentile of the second over that of the first."""
    return percentile(second, 95) / percentile(first, 95)


def longer(first: Sequence[float], second: Sequence[float]) -> float:
    """Return how often one of the second is longer than one of the first: 0.5 when they are alike.

    This is the U of Mann and Whitney over the number of pairs; a tie counts half.
    """
    ranked = sorted(first)
    wins = sum(bisect_left(ranked, value) + bisect_right(ranked, value) for value in second)
    return wins / (2 * len(first) * len(second))


def _pooled(rounds: Sequence[Round]) -> Round:
    return [value for first, _ in rounds for value in first], [value for _, second in rounds for value in second]
