"""What people are told of agents and seats: live states, seats in use by the quarter-hour, refusals on record."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import app
from chalicelib.agents import api, items, policy
from chalicelib.agents.activity_store import Turns
from chalicelib.agents.desk import ACTION, Desk
from chalicelib.agents.ingest import Ingest
from chalicelib.agents.models import AgentState, QueueFigures, StatusChange, StatusType
from chalicelib.agents.queue_watch import QueueWatch
from chalicelib.agents.roster import Roster
from chalicelib.agents.store import Agents
from chalicelib.audit.models import Act, Actor
from chalicelib.platform import queries
from chalicelib.platform.errors import InvalidInput, NotFound, Throttled
from chalicelib.platform.tenancy import tenant_id
from chalicelib.tenancy.models import Seats
from tests.support.agent_events import INSTANCE_ARN, START, Life, encoded
from tests.support.fake_dynamo import FakeDynamo, failure
from tests.support.flow_environment import function_environment
from tests.support.rest import USER, get

TENANT = tenant_id("hrgroup")
SEATS = Seats(contracted=1, designed=2, burst=3)
QUARTER = timedelta(minutes=15)


class NoDesk:
    def sign_off(self, agent: AgentState, now: datetime) -> None:
        raise AssertionError(f"{agent.name} is refused at {now}")


def known(table: FakeDynamo, *lives: Life) -> Agents:
    store = Agents(table, "table", TENANT, 365)
    service = Ingest(
        store=store,
        turns=Turns(table, "table", TENANT, 365),
        desk=NoDesk(),
        seats=SEATS,
        site_attribute="Site",
        instance_arn=INSTANCE_ARN,
        now=lambda: START,
    )
    for event in sorted((event for life in lives for event in life.events), key=lambda one: one["EventTimestamp"]):
        service.take(encoded(event))
    return store


def roster(store: Agents, now: datetime) -> Roster:
    turns = Turns(store.client, "table", TENANT, 365)
    return Roster(store=store, turns=turns, seats=SEATS, time_zone="Asia/Shanghai", now=lambda: now)


def working() -> Life:
    life = Life()
    life.login()
    life.wait(60).offer("c-1", "english")
    life.wait(2).accept()
    return life


def test_every_agent_is_shown_with_state_and_duration_and_nobody_who_has_left() -> None:
    gone = Life("bob")
    gone.login()
    gone.wait(10).logout()
    table = FakeDynamo()
    view = api.live_view("hrgroup", roster(known(table, working(), gone), START + timedelta(seconds=92)).live())
    (ann,) = view.agents
    assert (ann.agent, ann.status, ann.seconds, ann.handled) == ("ann", "Available", 92, 1)
    (work,) = ann.contacts
    assert (work.state, work.queue, work.seconds) == ("CONNECTED", "english", 30)


def test_seats_in_use_are_counted_by_the_quarter_hour_against_the_contract() -> None:
    ann, bob = Life(), Life("bob", start=START + timedelta(minutes=20))
    ann.login()
    bob.login()
    bob.wait(60).logout()
    use = roster(known(FakeDynamo(), ann, bob), START + timedelta(minutes=50)).use(START, START + timedelta(hours=2))
    assert [(one.start - START, one.peak, one.over) for one in use.intervals] == [
        (0 * QUARTER, 1, 0),
        (1 * QUARTER, 2, 1),
        (2 * QUARTER, 1, 0),
        (3 * QUARTER, 1, 0),
    ]
    view = api.seat_view("hrgroup", use)
    assert (view.contracted, view.burst, view.peak, view.over_intervals) == (1, 3, 2, 1)


def test_who_signed_in_yesterday_still_holds_a_seat_in_the_morning() -> None:
    night = Life(start=datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    night.login()
    morning = datetime(2026, 3, 2, tzinfo=UTC)
    use = roster(known(FakeDynamo(), night), morning + QUARTER).use(morning, morning + QUARTER)
    assert [one.peak for one in use.intervals] == [1]


moves = st.lists(
    st.tuples(st.integers(0, 3_600), st.integers(0, 4), st.sampled_from([StatusType.ROUTABLE, StatusType.OFFLINE])),
    max_size=25,
    unique_by=lambda move: move[:2],
)


@given(moves, st.randoms())
def test_seats_peak_as_a_count_by_the_second_does_in_whatever_order_changes_are_read(
    drawn: list[tuple[int, int, StatusType]], rnd: Any
) -> None:
    changes = [
        StatusChange(at=START + timedelta(seconds=s), agent_id=f"a{n}", username=f"a{n}", status="x", type=kind)
        for s, n, kind in drawn
    ]
    end = START + timedelta(hours=1)
    jumbled = rnd.sample(changes, k=len(changes))
    found = policy.seats_in_use(jumbled, START, end, end, contracted=1)
    peaks = [0, 0, 0, 0]
    for second in sorted({0, 900, 1_800, 2_700, *(s for s, _, _ in drawn if s < 3_600)}):
        until = (one for one in sorted(changes, key=lambda one: one.at) if one.at <= START + timedelta(seconds=second))
        last = {one.agent_id: one.type for one in until}
        peaks[second // 900] = max(peaks[second // 900], sum(kind is not StatusType.OFFLINE for kind in last.values()))
    assert [one.peak for one in found] == peaks


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2026-03-02T00:00:00Z"},
        {"from": "2026-03-02T00:01:00Z", "to": "2026-03-02T01:00:00Z"},
        {"from": "2026-03-02T00:00:00Z", "to": "2026-03-05T00:00:00Z"},
        {"from": "2026-03-02T01:00:00Z", "to": "2026-03-02T00:00:00Z"},
    ],
)
def test_a_period_that_is_none_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        queries.parse(api.SeatQuery, query)


def test_agents_see_neither_the_floor_nor_the_seats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    agent = {**USER, "cognito:groups": "agent"}
    with function_environment(monkeypatch, tmp_path):
        answers = [get(app.app, resource, claims=agent) for resource in ("/v1/agents", "/v1/seats")]
    assert [status for status, _ in answers] == [403, 403]


class FakeConnect:
    """Amazon Connect as far as agents ask it; `refuses` is the code of every PutUserStatus."""

    def __init__(self, refuses: str = "", statuses: int = 1) -> None:
        self.refuses, self.statuses = refuses, statuses
        self.asked: list[str] = []

    def list_agent_statuses(self, **request: Any) -> Mapping[str, Any]:
        assert request["AgentStatusTypes"] == ["OFFLINE"]
        self.asked.append("list")
        # The type is looked at in the answer too: a service that ignores the filter must not make anybody available.
        offline = [{"Id": "offline", "Type": "OFFLINE"}] * self.statuses
        return {"AgentStatusSummaryList": [{"Id": "available", "Type": "ROUTABLE"}, *offline]}

    def put_user_status(self, **request: Any) -> Mapping[str, Any]:
        self.asked.append(f"{request['UserId']} {request['AgentStatusId']}")
        if self.refuses:
            raise failure(self.refuses)
        return {}

    def get_current_metric_data(self, **request: Any) -> Mapping[str, Any]:
        self.asked.append("metrics")
        if self.refuses:
            raise failure(self.refuses)
        ids = request["Filters"]["Queues"]
        rows = [("CONTACTS_IN_QUEUE", 3.0), ("OLDEST_CONTACT_AGE", 41.6)]
        values = [{"Metric": {"Name": name}, "Value": value} for name, value in rows]
        return {"MetricResults": [{"Dimensions": {"Queue": {"Id": one}}, "Collections": values} for one in ids]}


class Noted:
    def __init__(self) -> None:
        self.acts: list[Act] = []

    def note(self, by: Actor, act: Act) -> object:
        assert by.user
        self.acts.append(act)
        return None


def seated() -> AgentState:
    table = FakeDynamo()
    (state,) = known(table, working()).house().agents
    return state


@pytest.mark.parametrize("refuses", ["", "InvalidRequestException", "ResourceNotFoundException"])
def test_a_refused_agent_is_set_to_offline_and_the_refusal_is_on_record(refuses: str) -> None:
    connect, trail = FakeConnect(refuses), Noted()
    desk = Desk(connect, "instance", {}, trail)
    desk.sign_off(seated(), START)
    desk.sign_off(seated(), START)
    assert connect.asked == ["list", "id-ann offline", "id-ann offline"]
    assert [(act.action, act.resource, act.outcome) for act in trail.acts] == [(ACTION, "agents/ann", "refused")] * 2


def test_a_refusal_that_amazon_connect_does_not_do_is_not_on_record() -> None:
    trail = Noted()
    with pytest.raises(Throttled):
        Desk(FakeConnect("ThrottlingException"), "instance", {}, trail).sign_off(seated(), START)
    with pytest.raises(NotFound):
        Desk(FakeConnect(statuses=0), "instance", {}, trail).sign_off(seated(), START)
    assert trail.acts == []


def test_one_process_asks_for_the_queues_every_ten_seconds_and_the_others_read_it() -> None:
    table, connect = FakeDynamo(), FakeConnect()
    store = Agents(table, "table", TENANT, 365)
    desk = Desk(connect, "instance", {"english": "q-1"}, Noted())
    watches = [QueueWatch(store, desk) for _ in range(3)]
    for second in range(30):
        for watch in watches:
            watch.refresh(START + timedelta(seconds=second))
    assert connect.asked == ["metrics"] * 3
    house = store.house()
    assert house.queues == {"english": QueueFigures(waiting=3, oldest_s=42)}
    assert house.queues_at == START + timedelta(seconds=20)


def test_figures_that_cannot_be_had_are_missed_and_asked_for_again_later() -> None:
    table, connect = FakeDynamo(), FakeConnect("ThrottlingException")
    store = Agents(table, "table", TENANT, 365)
    watch = QueueWatch(store, Desk(connect, "instance", {"english": "q-1"}, Noted()))
    for second in range(11):
        watch.refresh(START + timedelta(seconds=second))
    assert connect.asked == ["metrics"] * 2
    assert store.house().queues == {}


def test_a_hundred_queues_are_one_question() -> None:
    connect = FakeConnect()
    figures = Desk(connect, "instance", {f"q{n}": f"id-{n:03d}" for n in range(101)}, Noted()).waiting()
    assert len(figures) == 101
    assert connect.asked == ["metrics"] * 2


def test_the_item_of_an_agent_in_a_long_shift_is_within_a_kilobyte() -> None:
    life = Life("first.last01")
    life.login()
    for number in range(40):
        life.wait(5).call(f"00000000-0000-4000-8000-{number:012d}")
    life.offer("00000000-0000-4000-8000-000000000099")
    (state,) = known(FakeDynamo(), life).house().agents
    item = items.agent_item(TENANT, state, 99)
    assert sum(len(name) + len(str(value).encode()) for name, value in item.items()) < 1_024
