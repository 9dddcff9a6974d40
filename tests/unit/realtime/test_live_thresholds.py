"""Thresholds: no flapping inside the band, raised and cleared in turn, told at least once and never unkept."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.platform.errors import StoreUnavailable
from chalicelib.platform.tenancy import tenant_id
from chalicelib.realtime.board import View
from chalicelib.realtime.models import AgentNow, LineNow, Phase, QueueNow, Standing
from chalicelib.realtime.store import Boards, Moments
from chalicelib.realtime.thresholds import Threshold, step, value_of
from chalicelib.realtime.watching import CLEARED, RAISED, EventBus, Watching
from chalicelib.tenancy.contract_file import InvalidContract, parse
from tests.support.fake_dynamo import FakeDynamo
from tests.support.routing_plans import raw

START = datetime(2026, 3, 2, 1, tzinfo=UTC)
TENANT = tenant_id("hrgroup")
WAIT = Threshold(id="wait", watches="longest-wait-s", queue="q", raise_above=60, clear_at=30, for_s=20)


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


def walked(terms: Threshold, values: Sequence[tuple[int, float]]) -> list[Standing]:
    """Return where the threshold stands after each value; a value comes so many seconds after the one before."""
    standings: list[Standing] = []
    second = 0
    for pause, value in values:
        second += pause
        standings.append(step(terms, standings[-1] if standings else None, value, at(second)))
    return standings


series = st.lists(st.tuples(st.integers(1, 30), st.integers(0, 100).map(float)), min_size=1, max_size=40)


@given(series, st.integers(0, 60))
def test_raised_and_cleared_take_turns_and_each_was_deserved_for_long_enough(
    values: list[tuple[int, float]], for_s: int
) -> None:
    terms = Threshold(id="wait", watches="longest-wait-s", queue="q", raise_above=60, clear_at=30, for_s=for_s)
    standings, seconds = walked(terms, values), [sum(p for p, _ in values[: n + 1]) for n in range(len(values))]
    was = False
    for n, one in enumerate(standings):
        if one.is_raised == was:
            continue
        was = one.is_raised
        since = next(
            k
            for k in range(n + 1)
            if seconds[n] - seconds[k] <= for_s
            and all((value > 60 if was else value <= 30) for _, value in values[k : n + 1])
        )
        assert all((value > 60) if was else (value <= 30) for _, value in values[since : n + 1])
        assert values[n][1] > 60 if was else values[n][1] <= 30
        deserved = [k for k in range(n + 1) if all((v > 60) if was else (v <= 30) for _, v in values[k : n + 1])]
        assert seconds[n] - seconds[deserved[0]] >= for_s


@given(st.booleans(), st.lists(st.tuples(st.integers(1, 30), st.floats(30.001, 60)), min_size=1, max_size=30))
def test_inside_the_band_nothing_ever_changes(is_raised: bool, values: list[tuple[int, float]]) -> None:  # noqa: FBT001
    phase = Phase.RAISED if is_raised else Phase.CLEAR
    one = Standing(phase=phase, since=START, value=0.0)
    second = 0
    for pause, value in values:
        second += pause
        one = step(WAIT, one, value, at(second))
        assert (one.phase, one.since, one.told) == (phase, START, True)


def test_the_table_of_phases() -> None:
    values = [(0, 10), (5, 61), (19, 99), (1, 61), (5, 45), (5, 30), (10, 31), (5, 0), (19, 30), (1, 30), (5, 60)]
    seen = [(one.phase.value, one.told) for one in walked(WAIT, values)]
    assert seen == [
        ("clear", True), ("rising", True), ("rising", True), ("raised", False), ("raised", False), ("falling", False),
        ("raised", False), ("falling", False), ("falling", False), ("clear", False), ("clear", False),
    ]  # fmt: skip
    at_once = Threshold(id="x", watches="waiting", queue="q", raise_above=1, clear_at=0)
    assert [one.phase.value for one in walked(at_once, [(0, 2), (1, 0)])] == ["raised", "clear"]


def view_of(wait_s: float) -> View:
    queue = QueueNow(queue="q", waiting=1, longest_s=wait_s)
    return View(
        as_of=START, agents_at=None, contacts_at=START, checked_at=None, differing=0, agents=(), queues=(queue,),
        lines=(), nodes=(), raised={},
    )  # fmt: skip


class Client:
    def __init__(self) -> None:
        self.told: list[str] = []
        self.failing = False

    def put_events(self, **request: Any) -> Mapping[str, Any]:
        if self.failing:
            return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException"}]}
        self.told += [one["DetailType"] for one in request["Entries"]]
        return {"FailedEntryCount": 0, "Entries": [{}]}


def test_what_could_not_be_told_is_told_at_the_next_look_and_one_change_once() -> None:
    table, client = FakeDynamo(), Client()
    boards = Boards(table, "table", TENANT)
    terms = Threshold(id="wait", watches="longest-wait-s", queue="q", raise_above=60, clear_at=30)
    watching = Watching(
        tenant=TENANT, terms=(terms,), kept=Moments(table, "table", TENANT), bus=EventBus(client, "bus")
    )
    client.failing = True
    with pytest.raises(StoreUnavailable, match="ThrottlingException"):
        watching.look(view_of(61), boards.board(), at(0))
    client.failing = False
    for second, wait_s in ((1, 70), (2, 50), (3, 61), (4, 20), (5, 20)):
        watching.look(view_of(wait_s), boards.board(), at(second))
    assert client.told == [RAISED, CLEARED]
    assert boards.board().standings["wait"].phase is Phase.CLEAR


def test_of_two_looks_at_one_copy_one_tells() -> None:
    table, client = FakeDynamo(), Client()
    terms = Threshold(id="wait", watches="longest-wait-s", queue="q", raise_above=60, clear_at=30)
    watching = Watching(
        tenant=TENANT, terms=(terms,), kept=Moments(table, "table", TENANT), bus=EventBus(client, "bus")
    )
    board = Boards(table, "table", TENANT).board()
    watching.look(view_of(61), board, at(0))
    watching.look(view_of(61), board, at(0))
    assert client.told == [RAISED]


@pytest.mark.parametrize(
    ("terms", "value"),
    [
        (Threshold(id="a", watches="waiting", queue="q", raise_above=1, clear_at=0), 3),
        (Threshold(id="a", watches="waiting", queue="other", raise_above=1, clear_at=0), 0),
        (Threshold(id="a", watches="longest-wait-s", queue="q", raise_above=1, clear_at=0), 70),
        (Threshold(id="a", watches="occupancy", line="l", raise_above=0.5, clear_at=0.4), 0.6),
        (Threshold(id="a", watches="state-s", activity="break", raise_above=1, clear_at=0), 90),
        (Threshold(id="a", watches="state-s", activity="break", queue="q", raise_above=1, clear_at=0), 30),
    ],
)
def test_what_each_kind_watches(terms: Threshold, value: float) -> None:
    queues = {"q": QueueNow(queue="q", waiting=3, longest_s=70)}
    lines = {"l": LineNow(line="l", in_flow=1, waiting=2, talking=3, holds=10)}
    agents = [
        AgentNow(agent="a", activity="break", status="Lunch", since=at(-90)),
        AgentNow(agent="b", activity="break", status="Lunch", since=at(-30), queues=("q",)),
    ]
    assert value_of(terms, queues, lines, agents, START) == value


@pytest.mark.parametrize(
    ("section", "problem"),
    [
        ({"lines": {"nowhere": 5}}, "realtime.lines.nowhere"),
        ({"thresholds": [{"id": "one", "watches": "waiting", "raise_above": 2, "clear_at": 1}]}, "waiting is of queue"),
        (
            {"thresholds": [{"id": "one", "watches": "waiting", "queue": "english", "raise_above": 1, "clear_at": 1}]},
            "clear_at below raise_above",
        ),
        (
            {"thresholds": [{"id": "one", "watches": "waiting", "queue": "none", "raise_above": 2, "clear_at": 1}]},
            "realtime.thresholds.0.queue",
        ),
        (
            {"thresholds": [
                {"id": "one", "watches": "occupancy", "line": "after-sales", "raise_above": 0.9, "clear_at": 0.5}
            ]},
            "does not say how much this line holds",
        ),
    ],
)  # fmt: skip
def test_a_threshold_that_makes_no_sense_is_refused_with_its_place(section: dict[str, Any], problem: str) -> None:
    contract = {**raw({}), "realtime": section}
    with pytest.raises(InvalidContract, match=problem):
        parse(contract, source="test")
