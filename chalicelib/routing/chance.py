"""Seeded chance: the same seed always gives the same draw, on every machine. Pure."""

import hashlib
import math
from collections.abc import Mapping

_BYTES = 8
_SPAN = 1 << 64


def uniform(*seed: str) -> float:
    """Return a number in (0, 1] that `seed` decides; seeds that differ give independent ones."""
    digest = hashlib.sha256("\0".join(seed).encode()).digest()
    return (int.from_bytes(digest[:_BYTES]) + 1) / _SPAN


def weighted_order(weights: Mapping[str, int], *seed: str) -> list[str]:
    """Return the names that weigh something in a random order whose first name falls to each in proportion to weight.

    Every name draws an exponential time with its weight as rate and the smallest comes first (domain 2.4).
    """
    drawn = {name: -math.log(uniform(*seed, name)) / weight for name, weight in weights.items() if weight > 0}
    return sorted(drawn, key=lambda name: (drawn[name], name))
