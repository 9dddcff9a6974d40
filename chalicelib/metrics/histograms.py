"""Metrics: distributions of seconds that merge by addition, and the percentiles they give. Pure.

Bucket bounds are fixed whole seconds: every second up to 20 has a bucket of its own, beyond that a bucket is a tenth
wider than its lower end. So a percentile is exact up to 20 s and at most 5 % off beyond, whatever was merged in which
order; a span longer than a day counts as the longest one.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

_LONGEST_S: Final = 86_400


def _bounds() -> Iterator[int]:
    bound = 0
    while bound < _LONGEST_S:
        yield bound
        bound = max(bound + 1, bound * 11 // 10)
    yield _LONGEST_S


BOUNDS_S: Final = tuple(_bounds())
"""Upper bounds, inclusive."""

HISTOGRAMS: Final[Mapping[str, str]] = {"wait": "w", "talk": "t", "hold": "h", "acw": "a"}
"""What is kept as a distribution, and the letter that its counters begin with: `w20` counts waits of exactly 20 s,
`w22` those of 21 and 22 s. A letter, because every slot of a busy queue carries dozens of them."""


class Percentile(NamedTuple):
    """So many percent of `spans` spans were at most `value_s` long."""

    percent: int
    value_s: float
    spans: int


def bucket(histogram: str, seconds: int) -> str:
    """Return the counter of a span of `seconds`; a span of exactly a bound belongs below it."""
    return f"{HISTOGRAMS[histogram]}{BOUNDS_S[min(bisect_left(BOUNDS_S, seconds), len(BOUNDS_S) - 1)]}"


def is_bucket(counter: str) -> bool:
    """Tell whether the counter belongs to a distribution: a letter and the bound."""
    return counter[1:].isdigit()


def percentile(histogram: str, counters: Mapping[str, int], percent: int) -> Percentile | None:
    """Return the value that `percent` of the spans do not exceed: the middle of its bucket; None without a span."""
    letter = HISTOGRAMS[histogram]
    counts = [(int(name[1:]), count) for name, count in counters.items() if name[0] == letter and is_bucket(name)]
    total = sum(count for _, count in counts)
    if total <= 0:
        return None
    rank, seen = -(-total * percent // 100), 0
    for bound, count in sorted(counts):
        seen += count
        if seen >= rank:
            return Percentile(percent, _middle_s(bound), total)
    return None


def _middle_s(bound: int) -> float:
    place = bisect_left(BOUNDS_S, bound)
    lowest = BOUNDS_S[place - 1] + 1 if place else 0
    return (lowest + bound) / 2
