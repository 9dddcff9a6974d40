"""Who decides about whose request: in every tree only those above, so nobody about their own or a peer's."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.approvals import policy
from chalicelib.approvals.models import Asked, State
from chalicelib.people import policy as people
from chalicelib.people.models import Place, Position, Tree, Unit

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ASKED = Asked(action="customers.delete", request="DELETE /v1/customers/c-1", said='{"revision": "1"}')
DAY_S = 86_400


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    made: list[Place] = []
    for n in range(draw(st.integers(1, 12))):
        leaders = [one for one in made if one.position is not Position.AGENT]
        leader = draw(st.sampled_from(leaders)) if leaders and n else None
        least = leader.position.rank + 1 if leader and leader.position else 0
        position = tuple(Position)[draw(st.integers(least, 4)) if leader else 0]
        name = leader.user if leader else None
        made.append(Place(user=f"p{n}", position=position, unit=Unit.QA, leader=name, since=NOW, by="admin"))
    return people.history(made).tree(NOW)


@settings(max_examples=60)
@given(trees())
def test_in_every_tree_nobody_decides_about_their_own_a_peers_or_a_superiors_request(tree: Tree) -> None:
    for proposer in tree:
        deciders = {other for other in (*tree, "stranger") if policy.decides(tree, other, proposer)}
        assert deciders == set(people.above(tree, proposer))
        assert proposer not in deciders
        assert not any(tree[other].leader == tree[proposer].leader for other in deciders)
        assert deciders.isdisjoint(people.below(tree, proposer))
        assert bool(deciders) != people.is_top(tree, proposer)


def test_a_proposal_lapses_whatever_was_decided_but_one_that_was_used_stays_used() -> None:
    made = policy.proposal("tan", ASKED, NOW, DAY_S)
    last = NOW + timedelta(seconds=DAY_S - 1)
    for told in (State.OPEN, State.APPROVED, State.REFUSED, State.USED):
        kept = policy.decided(made, told, by="su", note="x", at=NOW)
        assert policy.state(kept, last) is told
        over = policy.state(kept, last + timedelta(seconds=1))
        assert over is (State.USED if told is State.USED else State.LAPSED)


def test_the_same_request_of_the_same_person_is_the_same_proposal_and_no_other_is() -> None:
    others = [
        Asked(action="customers.delete", request="DELETE /v1/customers/c-2", said=ASKED.said),
        Asked(action="customers.delete", request=ASKED.request, said="{}"),
        Asked(action="customers.merge", request=ASKED.request, said=ASKED.said),
    ]
    same = policy.id_of("tan", ASKED)
    assert policy.id_of("tan", Asked(action=ASKED.action, request=ASKED.request, said=ASKED.said)) == same
    assert same not in {policy.id_of("tai", ASKED), *(policy.id_of("tan", one) for one in others)}
