"""Who gets which contact, and when (reference 11.2)."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from localstack.connect.engine.acd import Entry, FreeAgent, Pair, WaitingContact, match, next_delay_end, position
from tests.support.connect_world import MONDAY


def at(seconds: float) -> datetime:
    return MONDAY + timedelta(seconds=seconds)


def agent(name: str, since_s: float = 0, *entries: Entry) -> FreeAgent:
    return FreeAgent(name, at(since_s), entries or (Entry("q", 1, 0),))


def contact(
    name: str, enqueued_s: float = 0, queue: str = "q", *, priority: int = 5, older_s: int = 0
) -> WaitingContact:
    return WaitingContact(name, queue, priority, at(enqueued_s), older_s, int(enqueued_s))


def test_the_longest_idle_agent_gets_the_contact() -> None:
    assert match([agent("a", 50), agent("b", 10), agent("c", 30)], [contact("x")], at(60)) == (Pair("b", "x"),)


def test_equal_idle_time_goes_to_the_lowest_agent_id() -> None:
    assert match([agent("b"), agent("a")], [contact("x")], at(60)) == (Pair("a", "x"),)


def test_the_oldest_contact_is_served_first() -> None:
    assert match([agent("a")], [contact("young", 20), contact("old", 10)], at(60)) == (Pair("a", "old"),)


def test_priority_beats_age() -> None:
    waiting = [contact("old", 0), contact("vip", 50, priority=1)]
    assert match([agent("a")], waiting, at(60)) == (Pair("a", "vip"),)


def test_an_age_adjustment_makes_a_contact_older() -> None:
    waiting = [contact("old", 0), contact("moved", 50, older_s=100)]
    assert match([agent("a")], waiting, at(60)) == (Pair("a", "moved"),)


def test_the_profile_priority_beats_the_contacts_own() -> None:
    both = agent("a", 0, Entry("second", 2, 0), Entry("first", 1, 0))
    waiting = [contact("vip", 0, "second", priority=1), contact("plain", 40, "first", priority=9)]
    assert match([both], waiting, at(60)) == (Pair("a", "plain"),)


def test_queues_of_equal_priority_are_one_line() -> None:
    both = agent("a", 0, Entry("one", 1, 0), Entry("two", 1, 0))
    waiting = [contact("later", 20, "one"), contact("earlier", 10, "two")]
    assert match([both], waiting, at(60)) == (Pair("a", "earlier"),)


def test_a_delay_hides_the_queue_until_it_is_over() -> None:
    helper = agent("a", 0, Entry("q", 1, 30))
    assert match([helper], [contact("x", 0)], at(29.9)) == ()
    assert next_delay_end([helper], [contact("x", 0)], at(29.9)) == at(30)
    assert match([helper], [contact("x", 0)], at(30)) == (Pair("a", "x"),)


def test_position_counts_by_seniority() -> None:
    waiting = [contact("x", 10), contact("vip", 20, priority=1), contact("y", 5)]
    assert [position(name, waiting) for name in ("vip", "y", "x", "nobody")] == [1, 2, 3, None]


queues = st.sampled_from(["q1", "q2", "q3"])
entries = st.lists(st.builds(Entry, queues, st.integers(1, 3), st.sampled_from([0, 30])), max_size=3).map(tuple)
agents = st.lists(
    st.builds(FreeAgent, st.uuids().map(str), st.integers(0, 100).map(at), entries),
    max_size=6,
    unique_by=lambda a: a.id,
)
contacts = st.lists(
    st.builds(
        WaitingContact,
        st.uuids().map(str),
        queues,
        st.integers(1, 9),
        st.integers(0, 100).map(at),
        st.just(0),
        st.just(0),
    ),
    max_size=6,
    unique_by=lambda c: c.id,
)


@given(free=agents, waiting=contacts)
def test_nobody_is_paired_twice_and_nothing_that_fits_is_left(
    free: list[FreeAgent], waiting: list[WaitingContact]
) -> None:
    now = at(100)
    pairs = match(free, waiting, now)
    assert len({p.agent_id for p in pairs}) == len({p.contact_id for p in pairs}) == len(pairs)
    idle = [a for a in free if a.id not in {p.agent_id for p in pairs}]
    unserved = [c for c in waiting if c.id not in {p.contact_id for p in pairs}]
    assert match(idle, unserved, now) == ()


@given(free=agents, waiting=contacts)
def test_no_agent_who_could_serve_has_been_idle_longer_than_the_one_who_does(
    free: list[FreeAgent], waiting: list[WaitingContact]
) -> None:
    now = at(100)
    by_id = {a.id: a for a in free}
    pairs = match(free, waiting, now)
    for pair in pairs:
        served = next(c for c in waiting if c.id == pair.contact_id)
        chosen = by_id[pair.agent_id]
        for other in free:
            could = any(
                e.queue_id == served.queue_id and e.delay_s <= (now - served.enqueued_at).total_seconds()
                for e in other.entries
            )
            busy = other.id in {p.agent_id for p in pairs}
            if could and not busy:
                assert (chosen.available_since, chosen.id) <= (other.available_since, other.id)


@given(free=agents, waiting=contacts, seed=st.randoms())
def test_the_order_of_the_lists_does_not_matter(
    free: list[FreeAgent], waiting: list[WaitingContact], seed: object
) -> None:
    shuffled_agents, shuffled_contacts = list(free), list(waiting)
    seed.shuffle(shuffled_agents)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    seed.shuffle(shuffled_contacts)  # type: ignore[attr-defined]
    distinct = [WaitingContact(c.id, c.queue_id, c.priority, c.enqueued_at, 0, n) for n, c in enumerate(waiting)]
    again = sorted(distinct, key=lambda c: [s.id for s in shuffled_contacts].index(c.id))
    assert match(free, distinct, at(100)) == match(shuffled_agents, again, at(100))
