"""Who is served first: ranks, head starts, and the promise that nobody is overtaken for longer than the bound."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.routing import policy, priority
from chalicelib.routing.models import CallerFacts, Past
from chalicelib.tenancy.models import Tenant
from tests.support.routing_plans import FULL, NOW, caller, contact, part, past, planned

STRICT = planned(part("history"))
AGEING = planned({**part("history"), "ageing_bound_s": 600})
RULED = planned({"rules": [{"id": "low", "priority": 8}]})
ACCOUNTS = planned({**part("key_accounts", "history"), "rules": [{"id": "low", "priority": 8}]})


def rank(tenant: Tenant, who: CallerFacts, menu_choice: str = "1") -> tuple[int, tuple[str, ...]]:
    record = policy.decide(contact(tenant, menu_choice=menu_choice), tenant, who, NOW).record
    return record.rank, record.raised_by


@pytest.mark.parametrize(
    ("recent", "tickets", "menu_choice", "expected"),
    [
        ((), 0, "1", (5, ())),
        ((), 0, "3", (3, ())),
        ((), 1, "1", (4, ("open-ticket",))),
        ((), 7, "1", (4, ("open-ticket",))),
        ((past(48, queue="complaints"),), 0, "1", (3, ("recent-contact",))),
        ((past(48.01, queue="complaints"),), 0, "1", (5, ())),
        ((past(1, queue="english"),), 0, "1", (5, ())),
        ((past(2), past(1), past(0)), 0, "1", (4, ("repeated-contacts",))),
        ((past(2.01), past(1), past(0)), 0, "1", (5, ())),
        ((past(2), past(1)), 0, "1", (5, ())),
        (
            (past(1, queue="complaints"), past(1), past(0)),
            1,
            "1",
            (1, ("recent-contact", "repeated-contacts", "open-ticket")),
        ),
        (
            (past(1, queue="complaints"), past(1), past(0)),
            1,
            "3",
            (1, ("recent-contact", "repeated-contacts", "open-ticket")),
        ),
    ],
)
def test_what_a_caller_went_through_raises_the_rank_by_what_the_contract_says(
    recent: tuple[Past, ...], tickets: int, menu_choice: str, expected: tuple[int, tuple[str, ...]]
) -> None:
    assert rank(STRICT, caller(recent=recent, open_tickets=tickets), menu_choice) == expected


def test_the_rules_rank_comes_before_the_grades_and_the_grades_before_the_queues() -> None:
    assert rank(RULED, caller(grade="gold")) == (8, ())
    assert rank(STRICT, caller(grade="gold")) == (1, ())
    assert rank(STRICT, caller(grade="silver"), "3") == (3, ())
    assert rank(STRICT, caller(grade="brass"), "3") == (3, ())


def test_a_key_account_is_first_whatever_a_rule_says() -> None:
    assert rank(ACCOUNTS, caller(grade="gold", open_tickets=1)) == (1, ())
    assert rank(ACCOUNTS, caller(grade="silver")) == (8, ())


@pytest.mark.parametrize(
    ("value", "bound_s", "told"),
    [
        (1, None, (1, 0)),
        (9, None, (9, 0)),
        (1, 600, (5, 600)),
        (5, 600, (5, 300)),
        (9, 600, (5, 0)),
        (8, 61, (5, 7)),
        (2, 61, (5, 53)),
    ],
)
def test_amazon_connect_is_told_classes_or_head_starts(value: int, bound_s: int | None, told: tuple[int, int]) -> None:
    assert priority.in_connect(value, bound_s) == told


def test_the_decision_carries_what_amazon_connect_is_told() -> None:
    call = contact(AGEING, menu_choice="1")
    gold = policy.decide(call, AGEING, caller(grade="gold"), NOW)
    assert (gold.priority, gold.head_start_s, gold.record.rank, gold.reason) == (5, 600, 1, "vip-grade")
    plain = policy.decide(call, AGEING, caller(), NOW)
    assert (plain.priority, plain.head_start_s, plain.record.rank) == (5, 300, 5)
    assert policy.decide(contact(STRICT), STRICT, caller(grade="gold"), NOW).head_start_s == 0


@pytest.mark.parametrize(
    ("value", "bound_s", "expected"), [(1, None, 0), (1, 600, 8), (5, 600, 4), (9, 600, 0), (9, None, 0)]
)
def test_the_flow_knows_a_head_start_by_its_class(value: int, bound_s: int | None, expected: int) -> None:
    given_s = priority.in_connect(value, bound_s)[1]
    assert priority.head_start_class(value, given_s) == expected
    if bound_s is not None:
        assert priority.head_start_s(expected, bound_s) == given_s


def test_a_better_place_by_history_alone_is_not_called_a_grade() -> None:
    decision = policy.decide(contact(STRICT, menu_choice="1"), STRICT, caller(open_tickets=1), NOW)
    assert (decision.priority, decision.reason) == (4, "menu-choice")


def order_of(waiting: tuple[float, int], bound_s: int) -> tuple[int, float]:
    """Return what Amazon Connect serves by (11.2): priority, then age with the adjustment; smallest first."""
    arrived_s, value = waiting
    in_connect, older_s = priority.in_connect(value, bound_s)
    return in_connect, arrived_s - older_s


ARRIVALS = st.tuples(st.floats(0, 10_000), st.integers(1, 9))


@given(low=ARRIVALS, high=ARRIVALS, bound_s=st.integers(60, 3_600))
def test_nobody_is_overtaken_by_a_contact_that_came_later_than_the_bound(
    low: tuple[float, int], high: tuple[float, int], bound_s: int
) -> None:
    if order_of(high, bound_s) < order_of(low, bound_s):
        assert high[0] <= low[0] + bound_s


@given(value=st.integers(1, 8), bound_s=st.integers(60, 3_600), at=st.floats(0, 10_000))
def test_of_two_who_come_together_the_better_rank_is_served_first(value: int, bound_s: int, at: float) -> None:
    assert order_of((at, value), bound_s) < order_of((at, value + 1), bound_s)


@given(
    arrivals=st.lists(ARRIVALS, min_size=2, max_size=60),
    bound_s=st.integers(60, 600),
    service_s=st.floats(1, 120),
)
def test_a_low_grade_waits_at_most_the_bound_beyond_those_who_came_before(
    arrivals: list[tuple[float, int]], bound_s: int, service_s: float
) -> None:
    """One agent serves the line; nobody who came later than the bound after a contact is served before it."""
    waiting, now_s = sorted(arrivals), 0.0
    while waiting:
        here = [one for one in waiting if one[0] <= now_s]
        if not here:
            now_s = waiting[0][0]
            continue
        served = min(here, key=lambda one: order_of(one, bound_s))
        assert all(served[0] <= other[0] + bound_s for other in here)
        waiting.remove(served)
        now_s += service_s


def test_strict_classes_starve_the_low_grade_as_the_contract_without_a_bound_says() -> None:
    low, high = (0.0, 9), (9_999.0, 1)
    assert priority.in_connect(high[1], None) < priority.in_connect(low[1], None)


def test_the_history_of_a_year_counts_in_hours() -> None:
    year: dict[str, Any] = {"history": [{"kind": "repeated-contacts", "by": 1, "within_h": 8_760, "count": 1}]}
    tenant = planned(year)
    assert rank(tenant, caller(recent=(Past(at=NOW - timedelta(days=365)),)))[0] == 4
    assert FULL["history"][0]["by"] == 2
