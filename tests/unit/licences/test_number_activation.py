"""Which numbers may be activated, row by row (NUM-06)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.licences.activation import may_activate
from chalicelib.licences.models import Allocation, Connection, Evidence

TODAY = date(2026, 11, 2)
PAPERS = Allocation(
    level="provincial", authority="an office", provinces=("Zhejiang",), certificate="Z-1", expires_on=TODAY, fee="paid"
)
LOCAL = Evidence(
    number="+8696196",
    number_class="96xxx",
    reach="local",
    allocation=PAPERS,
    connections=(Connection(carrier="china-telecom", mode="direct"),),
)


def missing(number: Evidence) -> list[str]:
    return [lack.field for lack in may_activate(number, TODAY).missing]


def test_a_number_with_all_its_papers_may_be_activated_on_their_last_day() -> None:
    assert may_activate(LOCAL, TODAY).allowed


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"authority": None}, "allocation.authority"),
        ({"level": None}, "allocation.level"),
        ({"level": "national"}, "allocation.level"),
        ({"provinces": ("Zhejiang", "Jiangsu")}, "allocation.level"),
        ({"certificate": None}, "allocation.certificate"),
        ({"expires_on": None}, "allocation.expires_on"),
        ({"expires_on": date(2026, 11, 1)}, "allocation.expires_on"),
        ({"fee": None}, "allocation.fee"),
        ({"fee": "overdue"}, "allocation.fee"),
    ],
)
def test_each_paper_that_is_missing_or_out_of_date_is_named(changed: dict[str, Any], field: str) -> None:
    assert missing(replace(LOCAL, allocation=replace(PAPERS, **changed))) == [field]


def test_a_number_without_allocation_or_connection_is_refused() -> None:
    assert missing(replace(LOCAL, allocation=None)) == ["allocation"]
    assert missing(replace(LOCAL, connections=())) == ["connections"]


@pytest.mark.parametrize("number_class", ["1xx", "95xxx"])
def test_a_nationwide_number_needs_the_national_authority(number_class: str) -> None:
    number = replace(LOCAL, number_class=number_class, reach="nationwide")
    assert missing(number) == ["allocation.level"]
    assert missing(replace(number, allocation=replace(PAPERS, level="national"))) == []


@pytest.mark.parametrize("provinces", [(), ("Zhejiang",), ("Zhejiang", "Jiangsu")])
def test_a_number_of_several_provinces_needs_the_national_authority(provinces: tuple[str, ...]) -> None:
    number = replace(LOCAL, allocation=replace(PAPERS, provinces=provinces, level="national"))
    assert (missing(number) == []) == (len(provinces) > 1)


@given(st.sampled_from(["400", "800", "local-access", "direct-dial"]), st.dates())
def test_what_no_authority_allocates_needs_no_papers(number_class: str, on: date) -> None:
    bought = Evidence(number="+864008601234", number_class=number_class, reach="nationwide")
    assert may_activate(bought, on).allowed


@given(st.dates(), st.dates())
def test_what_is_allowed_on_a_day_was_allowed_before_as_far_as_expiry_goes(one: date, other: date) -> None:
    number = replace(LOCAL, allocation=replace(PAPERS, expires_on=date(2026, 11, 2)))
    earlier, later = sorted([one, other])
    assert may_activate(number, earlier).allowed or not may_activate(number, later).allowed
