"""Callbacks: which numbers may be called, and where a callback stands whatever order its records come in."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.callbacks import policy
from chalicelib.callbacks.models import Callback, Outcome, Refused, State
from chalicelib.contacts.models import Contact, Result
from chalicelib.tenancy.models import CallbackTerms

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TERMS = CallbackTerms(country="+86", regions=("+86", "+852"), digits_least=10, digits_most=11, attempts=3, retry_s=600)
OWN = {"+864008601234"}


def made(**changes: object) -> Callback:
    known = {"id": "call", "phone": "+8613800138000", "line": "l", "queue": "q", "language": "zh-CN", "asked_at": NOW}
    return Callback(**{**known, "attempts": 3, **changes})  # type: ignore[arg-type]


def contact(contact_id: str, result: Result, reason: str | None = None, **more: object) -> Contact:
    known = {"updated_at": NOW, "at": NOW, "channel": "VOICE", "method": "CALLBACK", "line": "l", "end_reason": reason}
    return Contact(id=contact_id, result=result, **{**known, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("keyed", "number"),
    [
        ("13800138000", "+8613800138000"),
        ("013800138000", "+8613800138000"),
        ("02155360100", "+862155360100"),
        ("+8613800138000", "+8613800138000"),
        ("008613800138000", "+8613800138000"),
        ("0085221234567", "+85221234567"),
    ],
)
def test_a_number_is_understood_as_people_key_it_in(keyed: str, number: str) -> None:
    assert policy.number(keyed, TERMS, OWN) == number


@pytest.mark.parametrize(
    ("keyed", "reason"),
    [
        (None, "number"),
        ("Timeout", "number"),
        ("110", "number"),
        ("5536010", "number"),
        ("138001380001", "number"),
        ("anonymous", "number"),
        ("0012025550100", "region"),
        ("+12025550100", "region"),
        ("00", "number"),
        ("4008601234", "own"),
    ],
)
def test_what_is_no_number_not_ours_to_call_or_our_own_is_refused(keyed: str | None, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        policy.number(keyed, TERMS, OWN)
    assert refused.value.facts["reason"] == reason


@given(st.text(max_size=24))
def test_whatever_is_keyed_in_the_number_is_one_of_the_regions_or_refused(keyed: str) -> None:
    try:
        found = policy.number(keyed, TERMS, OWN)
    except Refused:
        return
    assert found.startswith(TERMS.regions)
    assert found[1:].isdecimal()
    assert 9 <= len(found) <= 16


@pytest.mark.parametrize(
    ("heard", "outcome"),
    [
        (contact("a", Result.ANSWERED, "CUSTOMER_DISCONNECT"), Outcome.REACHED),
        (contact("a", Result.NOT_REACHED, "TELECOM_UNANSWERED"), Outcome.FAILED),
        (contact("a", Result.NOT_REACHED, "TELECOM_BUSY"), Outcome.FAILED),
        (contact("a", Result.NOT_REACHED, "EXPIRED"), Outcome.EXPIRED),
        (contact("a", Result.NOT_REACHED, "API"), Outcome.STOPPED),
        (contact("a", Result.NOT_REACHED, "OTHER"), Outcome.STOPPED),
    ],
)
def test_what_comes_of_an_attempt(heard: Contact, outcome: Outcome) -> None:
    assert policy.outcome(heard) is outcome


def test_it_stays_open_until_reached_or_exhausted() -> None:
    one = policy.hear(made(), contact("a", Result.NOT_REACHED, "TELECOM_UNANSWERED"))
    two = policy.hear(one, contact("b", Result.NOT_REACHED, "TELECOM_BUSY"))
    assert [one.state, two.state] == [State.OPEN, State.OPEN]
    assert policy.hear(two, contact("c", Result.NOT_REACHED, "TELECOM_UNANSWERED")).state is State.EXHAUSTED
    assert policy.hear(two, contact("c", Result.ANSWERED)).state is State.REACHED


def test_a_caller_who_got_an_agent_after_all_withdraws_it_and_one_who_goes_on_does_not() -> None:
    call = contact("call", Result.ANSWERED, method="INBOUND")
    assert policy.hear(made(), call).state is State.WITHDRAWN
    assert policy.hear(made(), contact("call", Result.CALLBACK, method="INBOUND")).state is State.OPEN
    moved = contact("call", Result.OVERFLOWED, method="INBOUND", next_id="next")
    assert policy.hear(made(), moved).state is State.OPEN


attempts = st.builds(
    contact,
    st.sampled_from("abcd"),
    st.sampled_from([Result.ANSWERED, Result.NOT_REACHED]),
    st.sampled_from(["TELECOM_UNANSWERED", "TELECOM_BUSY", "EXPIRED", "API", "OTHER"]),
)
call_results = st.sampled_from([Result.CALLBACK, Result.ANSWERED])
calls = st.builds(contact, st.just("call"), call_results, method=st.just("INBOUND"))


@given(st.lists(attempts | calls, max_size=6, unique_by=lambda one: one.id), st.data())
def test_repeated_and_disordered_records_lead_to_the_same_callback(heard: list[Contact], data: st.DataObject) -> None:
    repeats = data.draw(st.lists(st.sampled_from(heard), max_size=4)) if heard else []
    again = data.draw(st.permutations([*heard, *repeats]))
    first = second = made()
    for one in heard:
        first = policy.hear(first, one)
    for one in again:
        second = policy.hear(second, one)
    assert first == second
    closed = {State.REACHED, State.EXHAUSTED, State.WITHDRAWN}
    reached = any(one.method == "CALLBACK" and one.result is Result.ANSWERED for one in heard)
    assert (first.state is State.REACHED) == reached
    assert policy.hear(first, contact("z", Result.NOT_REACHED, "TELECOM_BUSY")).state in (
        closed if first.state in closed else {*closed, State.OPEN}
    )
