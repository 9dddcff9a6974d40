"""Who is qualified for what on a day, and which routing profile follows from it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.qualifications import policy
from chalicelib.qualifications.models import File, Result
from chalicelib.tenancy.models import UNQUALIFIED, Qualification, Required

TODAY = date(2026, 3, 2)
INDUCTION = Required(kind="training", id="induction")
EXAM = Required(kind="exam", id="banking", valid_days=365)
TEST = Required(kind="periodic-test", id="monthly", valid_days=30)
BANKING = Qualification(skill="banking", requires=(INDUCTION, EXAM, TEST))


def result(of: Required, ago: int, *, passed: bool = True, second: int = 0) -> Result:
    on = TODAY - timedelta(days=ago)
    at = datetime(2026, 3, 2, 1, 0, second, tzinfo=UTC)
    return Result(agent="li.na", kind=of.kind, id=of.id, on=on, passed=passed, recorded_at=at, by="zhao")


ALL = (result(INDUCTION, 400), result(EXAM, 100), result(TEST, 10))


@pytest.mark.parametrize(
    ("results", "lacking", "until"),
    [
        ((), (INDUCTION, EXAM, TEST), None),
        (ALL, (), TODAY + timedelta(days=19)),
        (ALL[:2], (TEST,), None),
        ((*ALL[:2], result(TEST, 29)), (), TODAY),
        ((*ALL[:2], result(TEST, 30)), (TEST,), None),
        ((*ALL, result(TEST, 5, passed=False)), (TEST,), None),
        ((*ALL, result(TEST, 5, passed=False), result(TEST, 4)), (), TODAY + timedelta(days=25)),
        ((*ALL, result(TEST, 10, passed=False, second=1)), (TEST,), None),
        ((*ALL[:2], result(TEST, -1)), (TEST,), None),
        ((*ALL, result(TEST, -1, passed=False)), (), TODAY + timedelta(days=19)),
        ((result(INDUCTION, 400), result(EXAM, 364), result(TEST, 0)), (), TODAY),
        ((*ALL[1:], result(Required(kind="exam", id="induction"), 1)), (INDUCTION,), None),
    ],
    ids=[
        *("nothing", "all-valid", "no-test", "last-day", "day-after", "failed-since", "failed-and-passed-again"),
        *("failed-the-same-day-later", "passed-tomorrow", "failed-tomorrow", "first-to-run-out", "other-kind"),
    ],
)
def test_the_table_of_verdicts(results: tuple[Result, ...], lacking: tuple[Required, ...], until: date | None) -> None:
    verdict = policy.judge(BANKING, results, TODAY)
    assert (verdict.lacking, verdict.until, verdict.qualified) == (lacking, until, not lacking)


@pytest.mark.parametrize(
    ("skill", "file", "wanted"),
    [
        ("banking", File(results=ALL), "banking"),
        ("banking", File(), UNQUALIFIED),
        ("open", File(), "open"),
        (UNQUALIFIED, File(results=ALL, own_skill="banking"), "banking"),
        (UNQUALIFIED, File(own_skill="banking"), UNQUALIFIED),
        (UNQUALIFIED, File(results=ALL), UNQUALIFIED),
        (UNQUALIFIED, File(own_skill="open"), "open"),
        ("banking", File(own_skill="open"), UNQUALIFIED),
    ],
    ids=[
        *("qualified", "unqualified", "asks-nothing", "again", "still-lacking", "put-there-by-people"),
        *("asks-nothing-any-more", "moved-since"),
    ],
)
def test_the_table_of_places(skill: str, file: File, wanted: str) -> None:
    assert policy.place(skill, file, [BANKING], TODAY) == wanted


days = st.integers(min_value=-40, max_value=500)
results_of = st.lists(
    st.builds(
        lambda of, ago, passed, second: result(of, ago, passed=passed, second=second),
        *(st.sampled_from(BANKING.requires), days, st.booleans(), st.integers(0, 59)),
    ),
    max_size=12,
    unique_by=lambda one: (one.kind, one.id, one.on, one.recorded_at),
)


@given(results_of, st.randoms())
def test_the_order_in_which_results_are_read_changes_nothing(results: list[Result], chance: object) -> None:
    shuffled = list(results)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert policy.judge(BANKING, shuffled, TODAY) == policy.judge(BANKING, results, TODAY)


@given(results_of)
def test_without_new_results_a_verdict_holds_to_its_last_day_and_no_longer(results: list[Result]) -> None:
    known = [one for one in results if one.on <= TODAY]
    verdict = policy.judge(BANKING, known, TODAY)
    if verdict.until is not None:
        assert policy.judge(BANKING, known, verdict.until).qualified
        assert not policy.judge(BANKING, known, verdict.until + timedelta(days=1)).qualified
    if not verdict.qualified:
        assert not policy.judge(BANKING, known, TODAY + timedelta(days=1)).qualified


@given(results_of)
def test_passing_everything_today_qualifies_whatever_was_before(results: list[Result]) -> None:
    before = [one for one in results if one.on < TODAY]
    assert policy.judge(BANKING, [*before, *(result(of, 0) for of in BANKING.requires)], TODAY).qualified


@given(results_of, st.booleans())
def test_whoever_was_put_where_the_results_lead_stays_there(results: list[Result], away: bool) -> None:  # noqa: FBT001 - hypothesis names it
    file = File(results=tuple(results), own_skill="banking")
    placed = policy.place(UNQUALIFIED if away else "banking", file, [BANKING], TODAY)
    assert placed == policy.place(placed, file, [BANKING], TODAY)
    assert (placed == "banking") is policy.judge(BANKING, results, TODAY).qualified
