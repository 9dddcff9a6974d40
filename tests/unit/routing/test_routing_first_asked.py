"""Who is asked before the queue: the agent or queue that served last, the account manager, the seats."""

from datetime import timedelta

import pytest

from chalicelib.routing.floor import Agent, Floor, Presence
from chalicelib.routing.models import Past, TargetKind
from tests.support.routing_plans import (
    FULL,
    NOW,
    agent,
    caller,
    decide,
    floor,
    part,
    passed,
    past,
    places,
    planned,
)

MEMORY = planned(part("memory"))
QUEUE_MEMORY = planned({"memory": {**FULL["memory"], "of": "queue"}})
ACCOUNTS = planned(part("key_accounts"))
LI = agent("li", queues=frozenset({"after-sales", "complaints"}))


@pytest.mark.parametrize(
    ("recent", "state", "first", "why"),
    [
        ((past(24, agent="li"),), floor(LI), "agent li 15 last-agent", None),
        ((past(30 * 24, agent="li"),), floor(LI), "agent li 15 last-agent", None),
        ((past(30 * 24 + 0.001, agent="li"),), floor(LI), None, "memory of li: too-long-ago"),
        ((), floor(LI), None, "memory: nobody-remembered"),
        ((past(24, agent="li", line="telesales"),), floor(LI), None, "memory: nobody-remembered"),
        ((past(24, agent="li", line=None),), floor(LI), "agent li 15 last-agent", None),
        ((past(24, answered=False),), floor(LI), None, "memory: nobody-remembered"),
        ((past(3, answered=False), past(24, agent="li")), floor(LI), "agent li 15 last-agent", None),
        ((past(24, agent="wu"), past(3, agent="li")), floor(LI), "agent li 15 last-agent", None),
        ((past(24, agent="wu"),), floor(LI), None, "agent wu: unknown-agent"),
        ((past(24, agent="li"),), floor(agent("li", used=1)), None, "agent li: busy"),
        ((past(24, agent="li"),), floor(agent("li", presence=Presence.AWAY)), None, "agent li: away"),
        ((past(24, agent="li"),), floor(agent("li", queues=frozenset({"english"}))), None, "agent li: not-in-queue"),
        ((past(24, agent="li"),), None, None, "agent li: floor-missing"),
        ((past(24, agent="li"),), floor(LI, age_s=31), None, "agent li: floor-stale"),
    ],
)
def test_a_returning_caller_is_offered_to_the_agent_who_served_last(
    recent: tuple[Past, ...], state: Floor | None, first: str | None, why: str | None
) -> None:
    decision = decide(MEMORY, caller(recent=recent), state, menu_choice="1")
    base = "queue after-sales 300 menu-choice"
    assert places(decision)[: 2 if first else 1] == ([first, base] if first else [base])
    assert passed(decision) == ({why} if why else set())
    assert decision.reason == ("last-agent" if first else "menu-choice")


def test_memory_goes_on_with_the_base_strategy() -> None:
    tenant = planned(part("memory", "strategies"), after_sales="in-order")
    decision = decide(tenant, caller(recent=(past(1, agent="c"),)), floor(agent("a"), agent("b"), agent("c")))
    assert places(decision)[:4] == [
        "agent c 15 last-agent",
        "agent a 10 strategy",
        "agent b 10 strategy",
        "queue after-sales 300 default-line",
    ]


def test_memory_counts_only_on_its_lines() -> None:
    decision = decide(MEMORY, caller(recent=(past(1, agent="li", line="telesales"),)), floor(LI), line="telesales")
    assert (places(decision)[0], passed(decision)) == ("queue telesales 450 default-line", set())


def test_an_excluded_agent_is_not_remembered() -> None:
    decision = decide(MEMORY, caller(recent=(past(1, agent="li"),)), floor(LI), excluded=frozenset({"li"}))
    assert passed(decision) == {"agent li: excluded"}


@pytest.mark.parametrize(
    ("queue", "first"),
    [
        ("complaints", "queue complaints 15 last-queue"),
        ("after-sales", "queue after-sales 300 default-line"),
        ("of-old-times", "queue after-sales 300 default-line"),
        (None, "queue after-sales 300 default-line"),
    ],
)
def test_memory_of_a_queue_needs_no_floor(queue: str | None, first: str) -> None:
    decision = decide(QUEUE_MEMORY, caller(recent=(past(1, agent="li", queue=queue),)))
    assert places(decision)[0] == first
    assert "queue after-sales 300 default-line" in places(decision)
    assert passed(decision) == set()


GOLD = caller(grade="gold", manager="li")


@pytest.mark.parametrize(
    ("manager", "asked", "why"),
    [
        (LI, True, None),
        (agent("li", queues=frozenset({"complaints"}), used=1), True, None),
        (agent("li", queues=frozenset({"complaints"}), ready_at=NOW + timedelta(seconds=9)), True, None),
        (agent("li", queues=frozenset({"complaints"}), presence=Presence.AWAY), False, "agent li: away"),
        (agent("li", queues=frozenset({"complaints"}), presence=Presence.OFFLINE), False, "agent li: offline"),
        (agent("li"), False, "agent li: not-in-queue"),
        (agent("wu"), False, "agent li: unknown-agent"),
    ],
)
def test_a_key_account_goes_to_manager_then_seats_then_general_queue_at_top_priority(
    manager: Agent,
    asked: bool,  # noqa: FBT001
    why: str | None,
) -> None:
    decision = decide(ACCOUNTS, GOLD, floor(manager), menu_choice="1")
    chain = ["agent li 20 account-manager"] if asked else []
    assert places(decision) == [
        *chain,
        "queue complaints 40 key-account-seats",
        "queue after-sales 300 menu-choice",
        "voicemail after-sales 120 nobody-answered",
    ]
    assert decision.priority == 1
    assert passed(decision) == ({why} if why else set())
    assert decision.reason == ("account-manager" if asked else "key-account-seats")


def test_a_key_account_without_a_manager_begins_with_the_seats() -> None:
    decision = decide(ACCOUNTS, caller(grade="gold"), floor(LI), menu_choice="1")
    assert places(decision)[0] == "queue complaints 40 key-account-seats"
    assert passed(decision) == {"account manager: no-account-manager"}


def test_other_grades_have_no_manager() -> None:
    decision = decide(ACCOUNTS, caller(grade="silver", manager="li"), floor(LI), menu_choice="1")
    assert places(decision)[0] == "queue after-sales 300 menu-choice"


def test_a_key_account_whose_queue_is_the_seats_is_not_sent_there_twice() -> None:
    decision = decide(ACCOUNTS, GOLD, floor(LI), menu_choice="3")
    assert places(decision)[:3] == [
        "agent li 20 account-manager",
        "queue complaints 40 key-account-seats",
        "queue after-sales 300 overflow",
    ]


def test_an_agent_is_found_by_name_and_of_two_the_smaller_id() -> None:
    twins = floor(agent("li", id="9"), agent("li", id="3"))
    target = decide(MEMORY, caller(recent=(past(1, agent="li"),)), twins).targets[0]
    assert (target.kind, target.agents, target.queue) == (TargetKind.AGENT, ("3",), "after-sales")
