"""Who is above whom: whatever tree, a leader sees those below and nobody else, and nobody is above themselves."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.people import policy
from chalicelib.people.models import NOBODY, Place, Position, Tree, Unit

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def place(
    user: str, position: str | None, leader: str | None = None, *, unit: str = "operations", day: int = 0
) -> Place:
    since = START + timedelta(days=day)
    at = Position(position) if position else None
    return Place(user=user, position=at, unit=Unit(unit), leader=leader, since=since, by="admin")


CENTRE = (
    place("dong", "director"),
    place("ma", "manager", "dong"),
    place("su", "supervisor", "ma"),
    place("tan", "team-leader", "su"),
    place("li", "agent", "tan"),
    place("wu", "agent", "tan"),
    place("qiu", "supervisor", "dong", unit="qa"),
    place("qin", "agent", "qiu", unit="qa"),
)


def standing(*more: Place, day: int = 0) -> Tree:
    return policy.history((*CENTRE, *more)).tree(START + timedelta(days=day))


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    made = [place("p0", "director")]
    for n in range(1, draw(st.integers(1, 14))):
        leader = draw(st.sampled_from([one for one in made if one.position is not Position.AGENT]))
        rank = draw(st.integers((leader.position or Position.AGENT).rank + 1, Position.AGENT.rank))
        made.append(place(f"p{n}", tuple(Position)[rank].value, leader.user))
    return policy.history(draw(st.permutations(made))).tree(START)


@settings(max_examples=60)
@given(trees())
def test_in_every_tree_one_is_below_exactly_those_who_are_above_and_never_oneself(tree: Tree) -> None:
    assert list(policy.problems(tree)) == []
    for user in tree:
        chain = policy.above(tree, user)
        assert user not in policy.below(tree, user)
        assert {other for other in tree if user in policy.below(tree, other)} == set(chain)
        assert (chain == ()) == policy.is_top(tree, user)
        assert chain[-1:] == (() if policy.is_top(tree, user) else ("p0",))


def test_a_leader_leads_their_whole_subtree() -> None:
    assert policy.below(standing(), "su") == {"tan", "li", "wu"}
    assert policy.below(standing(), "li") == policy.below(standing(), "stranger") == frozenset()
    assert policy.above(standing(), "li") == ("tan", "su", "ma", "dong")


def test_a_move_holds_from_its_day_on_and_what_was_before_stays() -> None:
    moved = place("li", "agent", "tai", day=2)
    history = policy.history((*CENTRE, place("tai", "team-leader", "su", day=1), moved, place("wu", None, day=3)))
    assert [history.leader("li", START + timedelta(days=day)) for day in (-1, 0, 1, 2, 9)] == [
        NOBODY, "tan", "tan", "tai", "tai",
    ]  # fmt: skip
    assert history.unit("qin", START) == "qa"
    assert history.at("wu", START + timedelta(days=3)) is None


@pytest.mark.parametrize(
    ("wrong", "who"),
    [
        (place("li", "agent", "nobody"), "li"),
        (place("li", "agent", "wu"), "li"),
        (place("ma", "manager", "li"), "ma"),
        (place("ma", "manager"), "ma"),
        (place("dong", "director", "ma"), "dong"),
        (place("tan", "team-leader", "qiu"), "tan"),
        (place("tan", None), "li"),
        (place("tan", "agent", "su"), "li"),
    ],
)
def test_whoever_would_stand_wrong_is_named(wrong: Place, who: str) -> None:
    found = policy.first_problems((*CENTRE, wrong), START)
    assert who in dict(found)


def test_a_manager_may_lead_another_unit() -> None:
    assert policy.first_problems((*CENTRE, place("qiu", "supervisor", "ma", unit="qa")), START) == []


def test_what_is_planned_counts_against_a_change_of_today() -> None:
    planned = (*CENTRE, place("new", "agent", "tan", day=5))
    moved = (place("li", "agent", "su", day=1), place("wu", "agent", "su", day=1), place("tan", None, day=2))
    assert [who for who, _ in policy.first_problems((*planned, *moved), moved[-1].since)] == ["new"]
