"""Answers and levels: what is right, what is not, and how many attempts there are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.customers.record import Facts, Identity
from chalicelib.identity import policy
from chalicelib.identity.models import Chain, Hand, Level, Locked, State
from chalicelib.tenancy.models import IdentityQuestion, IdentityTerms

KNOWN = Facts(
    name="Wáng Fāng",
    identities=(Identity("phone", "+8613800138000"), Identity("phone", "+8613900139000"), Identity("email", "w@x.cn")),
    fields={"birthday": "1990-05-17", "floor": 12},
)


def question(field: str) -> IdentityQuestion:
    return IdentityQuestion(id=f"q-{field}", ask={}, field=field)


@pytest.mark.parametrize(
    ("field", "answer", "right"),
    [
        ("name", "wáng fāng", "yes"),
        ("name", "ＷÁNG  FĀNG", "yes"),
        ("name", "Wang Fang", "no"),
        ("phone", "+86 139 0013-9000", "yes"),
        ("phone", "13900139000", "no"),
        ("phone", "w@x.cn", "no"),
        ("birthday", "1990/05/17", "yes"),
        ("birthday", "1990-05-18", "no"),
        ("floor", "12", "yes"),
        ("address", "", "no"),
        ("address", "None", "no"),
        ("name", " - ", "no"),
    ],
)
def test_an_answer_is_right_when_it_says_what_is_known_however_it_is_written(
    field: str, answer: str, right: str
) -> None:
    assert policy.is_right(question(field), answer, KNOWN) is (right == "yes")


TERMS = IdentityTerms(questions=tuple(question(str(n)) for n in range(6)), needed=2, attempts=2)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=12))
def test_no_order_of_answers_gives_more_attempts_or_a_level_for_nothing(answers: list[tuple[int, bool]]) -> None:
    state = State(customer_id="C-1")
    for number, right in answers:
        asked = TERMS.questions[number]
        try:
            policy.attempt(state, asked, TERMS)
        except Locked:
            continue
        state = policy.answered(state, asked, right=right)
    assert policy.level(state, TERMS, None) is Level.UNKNOWN
    assert policy.level(state, TERMS, "c-2") is Level.IDENTIFIED, "what one has answered proves nothing of another"
    assert policy.about(state, "c-2").wrong == state.wrong, "a change of customer gives no attempts back"
    assert state.wrong == len(state.failed) <= TERMS.attempts
    assert len({*state.passed, *state.failed}) == len(state.passed) + len(state.failed) == state.revision
    verified = policy.level(state, TERMS, "C-1") is Level.VERIFIED
    assert verified == (len(state.passed) >= TERMS.needed)
    assert policy.level(state, TERMS, None) is Level.UNKNOWN


SERVED = Hand(contacts=frozenset({"call"}), customers=frozenset({"c-1"}), numbers=frozenset({"+8613800138000"}))


@pytest.mark.parametrize(
    ("contact_id", "customer_id", "number", "on_hand"),
    [
        ("call", None, None, True),
        ("another", None, None, False),
        ("another", "c-1", None, False),
        ("call", "c-2", None, False),
        (None, "c-1", None, True),
        (None, "c-2", "+8613800138000", False),
        (None, None, "+8613800138000", True),
        (None, None, "+8613900139000", False),
        (None, None, None, False),
    ],
)
def test_what_is_asked_for_is_on_hand_by_its_contact_then_its_customer_then_its_number(
    contact_id: str | None, customer_id: str | None, number: str | None, *, on_hand: bool
) -> None:
    assert policy.is_on_hand(SERVED, contact_id=contact_id, customer_id=customer_id, number=number) is on_hand


def test_whoever_the_caller_may_be_is_on_hand_with_the_first_contact_of_the_chain() -> None:
    known = Chain(initial_id="first", customer_id="c-1", number="+8613800138000")
    unsure = Chain(initial_id="chat", customer_id=None, number=None, candidates=("c-2", "c-3"))
    assert policy.hand({"second": known, "chat": unsure}) == Hand(
        contacts=frozenset({"first", "second", "chat"}),
        customers=frozenset({"c-1", "c-2", "c-3"}),
        numbers=frozenset({"+8613800138000"}),
    )
