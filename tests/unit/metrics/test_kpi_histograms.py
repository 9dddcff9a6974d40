"""Distributions: they merge by addition in any order, and a percentile is at most 5 % off, exact up to 20 s."""

import itertools
import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.metrics import policy
from chalicelib.metrics.counters import COUNTERS
from chalicelib.metrics.histograms import BOUNDS_S, HISTOGRAMS, bucket, is_bucket, percentile

spans = st.lists(st.integers(0, 86_400) | st.integers(0, 300), min_size=1, max_size=60)


def kept(spans_s: list[int]) -> dict[str, int]:
    return dict(Counter(bucket("talk", span_s) for span_s in spans_s))


@pytest.mark.parametrize(
    ("span_s", "name"),
    [(0, "w0"), (5, "w5"), (20, "w20"), (21, "w22"), (22, "w22"), (23, "w24"), (86_400, "w86400"), (90_000, "w86400")],
)
def test_a_bucket_holds_its_upper_bound(span_s: int, name: str) -> None:
    assert bucket("wait", span_s) == name


def test_bounds_ascend_and_no_bucket_is_wider_than_a_tenth_of_its_lower_end() -> None:
    for lower, upper in itertools.pairwise(BOUNDS_S):
        assert upper == lower + 1 or upper - lower <= lower / 10
    assert len(BOUNDS_S) < 120


def test_a_bucket_is_no_other_counter() -> None:
    assert not [name for name in COUNTERS if is_bucket(name)]
    assert len(set(HISTOGRAMS.values())) == len(HISTOGRAMS)


@given(spans, st.integers(1, 99))
def test_a_percentile_is_at_most_five_percent_off(spans_s: list[int], percent: int) -> None:
    true_s = sorted(spans_s)[math.ceil(len(spans_s) * percent / 100) - 1]
    found = percentile("talk", kept(spans_s), percent)
    assert found is not None
    assert found.spans == len(spans_s)
    assert abs(found.value_s - true_s) <= (0.05 * true_s if true_s > 20 else 0)


@given(spans, spans)
def test_what_is_merged_is_what_was_kept_together(one: list[int], other: list[int]) -> None:
    assert policy.merge([kept(one), kept(other)]) == policy.merge([kept([*other, *one])])


def test_without_a_span_there_is_no_percentile_and_others_do_not_count() -> None:
    assert percentile("talk", {"w5": 3, "talk_s": 30, "handled": 2}, 50) is None
