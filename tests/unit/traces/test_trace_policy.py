"""The course of a chain: its legs in any order give the same marks, and it is complete only when all of it is here."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.traces import policy
from chalicelib.traces.models import Kind, Leg, Stage

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)


def leg(number: int, **more: Any) -> Leg:
    at = AT + timedelta(seconds=60 * number)
    facts: dict[str, Any] = {
        "contact_id": f"c-{number}", "at": at, "channel": "VOICE", "method": "TRANSFER", "is_kept": True,
        "previous_id": f"c-{number - 1}" if number else None, "next_id": None if number == 2 else f"c-{number + 1}",
        "menu_log": "2026-03-02T01:00:00Z 9.main.4.key", "queue": "support", "queued_at": at, "ended_at": at,
    }  # fmt: skip
    return Leg(**{**facts, **more})


CHAIN = tuple(leg(number) for number in range(3))


@given(st.permutations(CHAIN))
def test_the_legs_in_any_order_give_one_course(legs: list[Leg]) -> None:
    found = policy.trace(legs)
    assert found == policy.trace(CHAIN)
    assert [mark.at for mark in found.marks] == sorted(mark.at for mark in found.marks)
    assert [mark.contact_id for mark in found.marks if mark.kind is Kind.ARRIVED] == ["c-0", "c-1", "c-2"]


def test_the_steps_in_the_menu_are_the_first_leg_s_alone() -> None:
    (step,) = [mark for mark in policy.trace(CHAIN).marks if mark.kind is Kind.MENU]
    assert (step.contact_id, step.at, step.facts) == (
        "c-0", AT + timedelta(seconds=9), {"node": "main", "choice": "4", "exit": "key"}
    )  # fmt: skip
    assert not [mark for mark in policy.trace([leg(0, menu_log="nothing of ours")]).marks if mark.kind is Kind.MENU]


@pytest.mark.parametrize(
    ("legs", "stage"),
    [
        (CHAIN, Stage.COMPLETE),
        (CHAIN[:2], Stage.OVER),
        (CHAIN[1:], Stage.OVER),
        ((*CHAIN[:2], replace(CHAIN[2], is_kept=False)), Stage.OVER),
        ((*CHAIN[:2], replace(CHAIN[2], ended_at=None)), Stage.LIVE),
    ],
)
def test_a_chain_is_complete_when_every_leg_of_it_is_over_and_kept(legs: tuple[Leg, ...], stage: Stage) -> None:
    assert policy.trace(legs).stage is stage
