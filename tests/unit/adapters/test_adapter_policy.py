"""What two systems agree on, when one is left alone, and when a customer is given up: every row, every boundary."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters import policy
from chalicelib.adapters.models import Mark, SharedField, State
from chalicelib.customers.registry import PHONE, Facts, Identity
from tests.support.customer_registry import NOW

LATER = NOW + timedelta(minutes=2)
RULES = ("ours", "theirs", "newest")
told = st.dictionaries(st.sampled_from(["name", "grade", "points"]), st.sampled_from(["a", "b", "c"]))
fields = st.tuples(*(st.sampled_from(RULES) for _ in range(3))).map(
    lambda rules: tuple(
        SharedField(field=name, theirs=name, rule=rule)  # type: ignore[arg-type]
        for name, rule in zip(("name", "grade", "points"), rules, strict=True)
    )
)


def one(base: str | None, ours: str | None, theirs: str | None, rule: str, *, newer: bool) -> object:
    """Return what both get of a fact; None stands for one that nobody knows."""
    shared = (SharedField(field="grade", theirs="grade", rule=rule),)  # type: ignore[arg-type]
    told = [{} if value is None else {"grade": value} for value in (base, ours, theirs)]
    return policy.merged(*told, shared, ours_newer=newer).get("grade")


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("newer", [True, False])
@pytest.mark.parametrize(
    ("base", "ours", "theirs", "both"),
    [
        ("a", "a", "a", "a"),
        ("a", "b", "a", "b"),
        ("a", "a", "b", "b"),
        ("a", "b", "b", "b"),
        ("a", None, "a", None),
        ("a", "a", None, None),
        (None, "b", None, "b"),
        (None, None, "b", "b"),
    ],
)
def test_a_change_of_one_side_is_both_sides_whatever_the_rule(
    base: str | None, ours: str | None, theirs: str | None, both: str | None, rule: str, *, newer: bool
) -> None:
    assert one(base, ours, theirs, rule, newer=newer) == both


@pytest.mark.parametrize(
    ("rule", "newer", "both"),
    [
        ("ours", True, "b"), ("ours", False, "b"), ("theirs", True, "c"), ("theirs", False, "c"),
        ("newest", True, "b"), ("newest", False, "c"),
    ],
)  # fmt: skip
def test_what_both_changed_is_by_the_rule(rule: str, both: str, *, newer: bool) -> None:
    assert one("a", "b", "c", rule, newer=newer) == both
    assert one(None, "b", "c", rule, newer=newer) == both


@given(base=told, ours=told, theirs=told, shared=fields, newer=st.booleans())
def test_comparing_again_what_was_agreed_on_changes_nothing(
    base: dict[str, str], ours: dict[str, str], theirs: dict[str, str], shared: tuple[SharedField, ...], *, newer: bool
) -> None:
    both = policy.merged(base, ours, theirs, shared, ours_newer=newer)
    for last in (base, both):
        assert policy.merged(last, both, both, shared, ours_newer=not newer) == both
    assert set(both.items()) <= set(ours.items()) | set(theirs.items())


def test_four_failures_leave_a_system_asked_and_the_fifth_pauses_it_for_exactly_a_minute() -> None:
    state = State()
    for _ in range(4):
        state = policy.after_call(state, NOW, answered=False)
        assert not policy.is_open(state, NOW)
    state = policy.after_call(state, NOW, answered=False)
    assert policy.is_open(state, NOW + timedelta(seconds=59))
    assert not policy.is_open(state, NOW + timedelta(seconds=60))
    again = policy.after_call(state, NOW + timedelta(seconds=60), answered=False)
    assert policy.is_open(again, NOW + timedelta(seconds=119)), "after a pause one failure is enough"
    assert policy.after_call(again, NOW, answered=True) == State(answered_at=NOW)


def test_an_answer_is_noted_when_the_last_one_is_a_minute_old_or_lies_ahead() -> None:
    told = State(answered_at=NOW)
    for seconds, after in ((0, 0), (59, 0), (60, 60), (-1, -1)):
        now = NOW + timedelta(seconds=seconds)
        assert policy.after_call(told, now, answered=True).answered_at == NOW + timedelta(seconds=after)
    assert policy.after_call(told, NOW + timedelta(hours=1), answered=False).answered_at == NOW


@pytest.mark.parametrize(
    ("state", "minutes", "said"),
    [
        (State(), 0, "no round has had an answer yet"),
        (State(answered_at=NOW), 15, ""),
        (State(answered_at=NOW), 16, "no round since 2026-03-02 09:00:00"),
        (State(answered_at=NOW, failures=2), 0, "2 calls in a row without an answer"),
        (
            State(failures=5, paused_until=NOW + timedelta(minutes=2)),
            1,
            "it is left alone after 5 calls without an answer",
        ),
        (State(failures=5, paused_until=LATER), 2, "5 calls in a row without an answer"),
    ],
)
def test_what_is_wrong_with_a_system_is_told_as_the_rounds_left_it(state: State, minutes: int, said: str) -> None:
    assert policy.problem(state, NOW + timedelta(minutes=minutes)) == said


def test_a_customer_is_tried_again_after_1_2_4_8_and_16_minutes_and_then_no_more() -> None:
    pauses = [policy.next_try(Mark(customer_id="c", why="w", due=NOW, tries=tries), NOW) for tries in range(6)]
    minutes = [(at - NOW) / timedelta(minutes=1) if at else None for at in pauses]
    assert minutes == [1, 2, 4, 8, 16, None]


def test_only_what_is_shared_changes_of_our_facts_and_the_number_of_theirs_becomes_the_first() -> None:
    mine = Facts(
        name="Li Na",
        grade="gold",
        region="suzhou",
        fields={"points": 3, "income": 9},
        identities=(Identity(PHONE, "+8613800138000"), Identity("email", "li@example.com")),
    )
    shared = tuple(SharedField(field=name, theirs=name) for name in ("name", "phone", "region", "points"))
    after = policy.with_shared(mine, {"phone": "+8613900139000", "points": 4}, shared)
    assert after == Facts(
        name="Li Na",
        grade="gold",
        region=None,
        fields={"points": 4, "income": 9},
        identities=(Identity(PHONE, "+8613900139000"), Identity("email", "li@example.com")),
    )
    assert policy.with_shared(mine, policy.shared(mine, shared), shared) == mine
    without = policy.with_shared(mine, {"name": "Na"}, shared)
    assert (without.name, without.phone, without.fields) == ("Na", None, {"income": 9})
