"""Answers and levels: what is right, what is not, and how many attempts there are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.customers.record import Facts, Identity
from chalicelib.identity import policy
from chalicelib.identity.models import Level, Locked, State
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
