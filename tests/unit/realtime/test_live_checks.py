"""Events held against what Amazon Connect says: the newer one is believed, whatever the order in which they come."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.agents.models import QueueFigures
from chalicelib.realtime import checking
from chalicelib.realtime.checking import Told
from chalicelib.realtime.models import AgentNow, Check, Moment, QueueCheck

START = datetime(2026, 3, 2, 1, tzinfo=UTC)
ACTIVITIES = ("ready", "offered", "on-contact", "after-contact-work", "signed-out")
AGENT, QUEUE = "li.na", "service"
LONG = 400


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


def doing(second: int, activity: str) -> dict[str, AgentNow]:
    """Return the agent as somebody sees him who knows what he does since `second`."""
    if activity == "signed-out":
        return {}
    return {AGENT: AgentNow(agent=AGENT, activity=activity, status="Available", since=at(second))}


type Turns = list[tuple[int, str, int | None]]
"""What the agent does from a second on, and when we hear of it; None: never."""


def told_of(turns: Turns, now: int) -> Told:
    heard = [(second, activity) for second, activity, when in turns if when is not None and when <= now]
    if not heard:
        return Told(agents={})
    second, activity = max(heard)
    return Told(agents=doing(second, activity), heard_at={AGENT: at(second)})


def truth_of(turns: Turns, now: int) -> dict[str, AgentNow]:
    known = [(second, activity) for second, activity, _ in turns if second <= now]
    return doing(*max(known)) if known else {}


@st.composite
def turns(draw: Any, *, losing: bool) -> Turns:
    seconds = sorted(draw(st.sets(st.integers(0, 200), min_size=1, max_size=6)))
    lag = st.integers(0, 90)
    lags = st.none() | lag if losing else lag
    told = [(second, draw(st.sampled_from(ACTIVITIES)), draw(lags)) for second in seconds]
    return [(second, what, None if late is None else second + late) for second, what, late in told]


checks = st.sets(st.integers(0, 260), max_size=8).map(sorted)


def shown(agents: list[AgentNow]) -> str:
    return agents[0].activity if agents else "signed-out"


@settings(max_examples=100)
@given(turns(losing=True), checks)
def test_no_statement_about_an_agent_is_shown_that_is_older_than_the_newest_event_heard(
    life: Turns, asked: list[int]
) -> None:
    check = Check(at=START)
    for now in range(0, 300, 5):
        told = told_of(life, now)
        for second in (one for one in asked if now - 5 < one <= now):
            check = checking.check_agents(check, told_of(life, second), truth_of(life, second), at(second))
        seen = checking.settled_agents(check, told, at(now))
        heard_at = told.heard_at.get(AGENT)
        if heard_at and (check.agents_at is None or heard_at > check.agents_at):
            assert seen == list((told.agents or {}).values())
            assert checking.differences(check, told, at(now)) == 0


@settings(max_examples=100)
@given(turns(losing=False), checks)
def test_when_every_event_of_an_agent_was_heard_nothing_differs_and_the_truth_is_shown(
    life: Turns, asked: list[int]
) -> None:
    check = Check(at=START)
    for second in asked:
        check = checking.check_agents(check, told_of(life, second), truth_of(life, second), at(second))
    told = told_of(life, LONG)
    now = at(max([0, *asked]))
    assert checking.settled_agents(check, told, now) == list(truth_of(life, LONG).values())
    assert checking.differences(check, told, now) == 0


@settings(max_examples=100)
@given(turns(losing=True), checks)
def test_amazon_connect_is_believed_of_an_agent_whose_last_event_was_lost(life: Turns, asked: list[int]) -> None:
    check = Check(at=START)
    for second in [*asked, 300, 360]:
        check = checking.check_agents(check, told_of(life, second), truth_of(life, second), at(second))
    truth = "".join(one.activity for one in truth_of(life, LONG).values()) or "signed-out"
    assert shown(checking.settled_agents(check, told_of(life, LONG), at(360))) == truth


def test_a_difference_that_an_event_ended_does_not_count_for_the_next_one() -> None:
    life: Turns = [(0, "ready", 0), (10, "on-contact", 80), (70, "ready", 200)]
    check = Check(at=START)
    for second in (60, 115):
        check = checking.check_agents(check, told_of(life, second), truth_of(life, second), at(second))
    assert [row.differs_since for row in check.agents] == [at(115)]
    assert shown(checking.settled_agents(check, told_of(life, 116), at(116))) == "on-contact"


type Waits = list[tuple[int, int, int, int | None]]
"""Who waits from a second to another one, when we hear of his coming, and when of his leaving; None: never."""


def board_of(waits: Waits, now: int) -> Told:
    moments = []
    for n, (came, left, heard, gone) in enumerate(waits):
        one = Moment(id=f"c{n}", channel="VOICE", method="INBOUND", at=at(came), taken_at=at(came), queue=QUEUE)
        if gone is not None and gone <= now:
            moments.append(replace(one, queued_at=at(came), connected_at=at(left)))
        elif heard <= now:
            moments.append(replace(one, queued_at=at(came)))
    return Told(moments=tuple(moments))


def really(waits: Waits, now: int) -> dict[str, QueueFigures]:
    since = [came for came, left, _, _ in waits if came <= now < left]
    return {QUEUE: QueueFigures(waiting=len(since), oldest_s=now - min(since, default=now))}


@st.composite
def visits(draw: Any) -> Waits:
    spans = st.tuples(st.integers(0, 200), st.integers(1, 90), st.integers(0, 60), st.integers(0, 60))
    drawn = draw(st.lists(spans, max_size=8))
    return [(came, came + stays, came + late, came + stays + later) for came, stays, late, later in drawn]


def checked(waits: Waits, asked: list[int]) -> Check | None:
    check = None
    for second in asked:
        check = checking.check_queues(check, board_of(waits, second), really(waits, second), at(second))
    return check


@settings(max_examples=100)
@given(visits(), checks)
def test_when_every_event_of_a_queue_was_heard_nothing_differs_and_our_own_figure_is_shown(
    waits: Waits, asked: list[int]
) -> None:
    check, told = checked(waits, asked), board_of(waits, LONG)
    now = at(max([0, *asked]))
    assert checking.differences(check, told, now) == 0
    assert checking.settled_queues(check, told, now) == {}


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(40, 200), st.integers(1, 90)), max_size=8))
def test_a_lost_end_is_put_right_and_what_comes_and_goes_between_two_checks_counts(
    spans: list[tuple[int, int]],
) -> None:
    lost: Waits = [(0, 5, 0, None)]
    waits = lost + [(came, came + stays, came, came + stays) for came, stays in spans]
    check = checked(waits, [10, 20, 30, 40])
    for now in range(41, 290):
        told = board_of(waits, now)
        if now % 10 == 0:
            check = checking.check_queues(check, told, really(waits, now), at(now))
        (queue,) = checking.settled_queues(check, told, at(now)).values()
        assert (queue.waiting, queue.source) == (really(waits, now)[QUEUE].waiting, "connect")


def test_how_long_somebody_waits_goes_on_between_two_checks() -> None:
    row = QueueCheck(waiting=2, oldest_s=40, differs_since=START)
    check = Check(at=at(30), queues={QUEUE: row})
    (queue,) = checking.settled_queues(check, Told(), at(37)).values()
    assert (queue.waiting, queue.longest_s) == (2, 47)
    assert checking.settled_queues(check, Told(), at(30 + 151)) == {}
