"""Tickets: which step follows which, what each keeps, and the number that a customer quotes."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.tickets import policy
from chalicelib.tickets.models import BadStep, Change, Opening, Outdated, Step, StepNotAllowed, Subject, Ticket

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
OPENING = Opening(subject=Subject(category="repair", text="The lift stands still."), note="no power", channel="VOICE")

FOLLOWS = {
    ("accept", "assign"),
    ("assign", "assign"), ("assign", "supervise"),
    ("supervise", "assign"), ("supervise", "supervise"), ("supervise", "follow-up"),
    ("follow-up", "assign"), ("follow-up", "supervise"), ("follow-up", "follow-up"), ("follow-up", "revisit"),
    ("revisit", "assign"), ("revisit", "follow-up"), ("revisit", "close"),
}  # fmt: skip
"""Written down a second time, so that a change of the rules is made twice or noticed."""


def opened() -> Ticket:
    return policy.accept("00000000", OPENING, actor="li.na", at=AT)[0]


def at(step: Step) -> Ticket:
    return replace(opened(), step=step)


def change(step: Step, revision: int = 1) -> Change:
    return Change(step=step, note="done", revision=revision, assignee="lifts" if step is Step.ASSIGN else None)


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("last", Step)
def test_a_step_follows_another_exactly_where_the_rules_say_so(last: Step, step: Step) -> None:
    if (last.value, step.value) in FOLLOWS:
        after, passed = policy.take(at(last), change(step), actor="wang", at=AT)
        assert (after.step, after.revision, passed.step, passed.actor, passed.note) == (step, 2, step, "wang", "done")
    else:
        with pytest.raises(StepNotAllowed) as caught:
            policy.take(at(last), change(step), actor="wang", at=AT)
        assert caught.value.facts["allowed"] == [each.value for each in policy.allowed(last)]


def test_accepting_is_the_first_step_and_keeps_actor_time_and_note() -> None:
    ticket, passed = policy.accept("12345674", OPENING, actor="li.na", at=AT)
    assert (ticket.step, ticket.revision, ticket.opened_by, ticket.opened_at) == (Step.ACCEPT, 1, "li.na", AT)
    assert (passed.step, passed.actor, passed.at, passed.note) == (Step.ACCEPT, "li.na", AT, "no power")


@pytest.mark.parametrize(
    ("left_out", "last", "next_"),
    [
        ({Step.SUPERVISE}, Step.ASSIGN, (Step.FOLLOW_UP, Step.ASSIGN)),
        ({Step.SUPERVISE, Step.FOLLOW_UP}, Step.ASSIGN, (Step.REVISIT, Step.ASSIGN)),
        ({Step.REVISIT}, Step.FOLLOW_UP, (Step.CLOSE, Step.ASSIGN, Step.SUPERVISE, Step.FOLLOW_UP)),
        ({Step.SUPERVISE, Step.FOLLOW_UP, Step.REVISIT}, Step.ASSIGN, (Step.CLOSE, Step.ASSIGN)),
        (set(), Step.CLOSE, ()),
    ],
)
def test_what_a_tenant_leaves_out_is_passed_over(left_out: set[Step], last: Step, next_: tuple[Step, ...]) -> None:
    assert policy.allowed(last, left_out) == next_


@given(st.sets(st.sampled_from([Step.SUPERVISE, Step.FOLLOW_UP, Step.REVISIT])))
def test_whatever_is_left_out_every_ticket_can_be_closed_and_passes_the_rest_in_order(left_out: set[Step]) -> None:
    ticket, taken = opened(), [Step.ACCEPT]
    while ticket.is_open:
        onward = policy.allowed(ticket.step, left_out)[0]
        wanted = change(onward, ticket.revision)
        ticket, _ = policy.take(ticket, wanted, actor="wang", at=AT, left_out=left_out)
        taken.append(onward)
    assert taken == [step for step in Step if step not in left_out]


@pytest.mark.parametrize(
    "wrong",
    [
        Change(step=Step.ASSIGN, note="n", revision=1),
        Change(step=Step.SUPERVISE, note="n", revision=1, assignee="lifts"),
    ],
)
def test_an_assignee_belongs_to_assigning_and_to_nothing_else(wrong: Change) -> None:
    with pytest.raises(BadStep, match="assignee"):
        policy.take(at(Step.ASSIGN), wrong, actor="wang", at=AT)


def test_who_has_seen_an_older_revision_takes_no_step() -> None:
    with pytest.raises(Outdated) as caught:
        policy.take(replace(opened(), revision=4), change(Step.ASSIGN, 3), actor="wang", at=AT)
    assert caught.value.facts == {"revision": 4}


def test_a_later_step_keeps_the_assignee() -> None:
    ticket, _ = policy.take(opened(), change(Step.ASSIGN), actor="wang", at=AT)
    ticket, _ = policy.take(ticket, change(Step.SUPERVISE, 2), actor="wang", at=AT)
    assert ticket.assignee == "lifts"


DRAWN = [(0, "00000000"), (1, "00000018"), (7992739, "79927398"), (9999999, "99999997")]


@pytest.mark.parametrize(("drawn", "number"), DRAWN)
def test_numbers_have_seven_digits_and_a_luhn_digit(drawn: int, number: str) -> None:
    assert policy.number(drawn) == number


@given(st.integers(0, 10**7 - 1), st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(drawn: int, place: int, shift: int) -> None:
    number = policy.number(drawn)
    wrong = str((int(number[place]) + shift) % 10)
    assert policy.is_number(number)
    assert not policy.is_number(number[:place] + wrong + number[place + 1 :])


@given(st.integers(0, 10**7 - 1), st.integers(0, 6))
def test_two_swapped_neighbours_are_noticed_but_for_zero_and_nine(drawn: int, place: int) -> None:
    number = policy.number(drawn)
    left, right = number[place], number[place + 1]
    swapped = number[:place] + right + left + number[place + 2 :]
    assert policy.is_number(swapped) == (left == right or {left, right} == {"0", "9"})


@pytest.mark.parametrize("text", ["", "1234567", "123456789", "1234567a", "１２３４５６７４", "0000 000"])
def test_other_texts_are_no_numbers(text: str) -> None:
    assert not policy.is_number(text)
