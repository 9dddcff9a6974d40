"""Totals: the sum over agents is the sum over teams, sites, queues, lines and numbers, and that of the tenant."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.metrics import policy, service, store
from chalicelib.metrics.counters import COUNTERS, OF_AGENTS, TOLD_COUNTERS
from chalicelib.metrics.histograms import is_bucket
from chalicelib.metrics.models import Facts, Outcome
from chalicelib.metrics.service import By, Metrics, Narrowed
from chalicelib.organisation.service import sight_of
from chalicelib.platform.dynamo import Transaction
from chalicelib.platform.tenancy import tenant_id
from chalicelib.tenancy.models import Part
from tests.support.contact_records import tenant
from tests.support.fake_dynamo import FakeDynamo

TENANT = tenant_id("hrgroup")
DAY = datetime(2026, 3, 2, tzinfo=UTC)
END = DAY + timedelta(days=1)
NODES = (
    Part(id="group", name="Group", kind="headquarters", agents=("li",)),
    Part(id="north", name="North", kind="branch", parent="group", agents=("wang",)),
    Part(id="shop", name="Shop", kind="outlet", parent="north", agents=("zhao", "qian")),
)
GROUPINGS: tuple[By, ...] = ("tenant", "queue", "line", "number", "agent", "team", "site")

instants = st.integers(0, 86_399).map(lambda second: DAY + timedelta(seconds=second))
handled = st.builds(
    Facts,
    arrived_at=instants,
    queued_at=st.none() | instants,
    line=st.sampled_from(["a", "b"]),
    queue=st.sampled_from(["q", "r"]),
    number=st.sampled_from(["-", "+864008601234"]),
    outcome=st.just(Outcome.ANSWERED),
    arrival=st.booleans(),
    handled=st.just(value=True),
    transferred=st.booleans(),
    complaint=st.booleans(),
    agent=st.sampled_from(["li", "wang", "zhao", "qian", "sun", None]),
    surveyed=st.just(value=True),
    satisfied=st.sampled_from([True, False, None]),
    wait_s=st.integers(0, 300),
    talk_s=st.integers(0, 2_000),
    hold_s=st.integers(0, 200),
    acw_s=st.integers(0, 200),
    threshold_s=st.just(20),
    short_s=st.just(5),
)
others = st.builds(
    Facts,
    arrived_at=instants,
    queued_at=st.none() | instants,
    line=st.sampled_from(["a", "b"]),
    queue=st.sampled_from(["q", "r"]),
    outcome=st.sampled_from([outcome for outcome in Outcome if outcome is not Outcome.ANSWERED]),
    arrival=st.booleans(),
    handled=st.just(value=False),
    wait_s=st.integers(0, 300),
)
versions = st.lists(handled | others | st.none(), min_size=1, max_size=3)


def booked(contacts: list[list[Facts | None]]) -> FakeDynamo:
    """Return the table after every copy of every contact was counted, each in place of the one before."""
    client = FakeDynamo()
    for copies in contacts:
        kept: dict[str, Any] = {}
        for facts in copies:
            writes = service.count(TENANT, "table", facts, kept)
            transaction = Transaction(client)
            for name, action in writes.actions.items():
                transaction.add(name, action)
            assert not writes.actions or transaction.attempt() is None
            kept = dict(writes.kept)
    return client


def metrics(client: FakeDynamo) -> Metrics:
    return Metrics(TENANT, store.Counters(client, "table"), (), lambda: END, nodes=NODES)


def total(client: FakeDynamo, by: By) -> dict[str, int]:
    return policy.merge(group.counters for group in metrics(client).report(DAY, END, by).groups)


@settings(max_examples=40)
@given(st.lists(versions, max_size=6))
def test_totals_over_every_grouping_are_the_same(contacts: list[list[Facts | None]]) -> None:
    client = booked(contacts)
    totals = {by: total(client, by) for by in GROUPINGS}
    assert totals["tenant"] == totals["queue"] == totals["line"] == totals["number"]
    of_agents = {k: n for k, n in totals["tenant"].items() if k in OF_AGENTS or is_bucket(k)}
    assert of_agents == totals["agent"] == totals["team"] == totals["site"]


@settings(max_examples=40)
@given(st.lists(versions, max_size=6))
def test_counters_are_those_of_the_newest_copies_and_a_kpi_is_theirs(contacts: list[list[Facts | None]]) -> None:
    client = booked(contacts)
    assert total(client, "tenant") == policy.merge(policy.book(f).counters for *_, f in contacts if f)
    intervals = metrics(client).report(DAY, END, "agent", per_interval=True).groups
    assert policy.merge(group.counters for group in intervals) == total(client, "agent")


def call(agent: str) -> Facts:
    return Facts(
        arrived_at=DAY, queued_at=DAY, line="a", queue="q", outcome=Outcome.ANSWERED, arrival=True, handled=True,
        agent=agent, wait_s=3, talk_s=100, threshold_s=20, short_s=5,
    )  # fmt: skip


def names(client: FakeDynamo, by: By, narrowed: Narrowed | None = None, node: str | None = None) -> dict[str, int]:
    seen = sight_of(replace(tenant(), organisation=NODES), node) if node else None
    report = metrics(client).report(DAY, END, by, narrowed=narrowed or Narrowed(), seen=seen)
    return {group.name: group.counters["handled"] for group in report.groups}


def test_an_agent_belongs_to_one_team_and_an_outlet_to_the_site_above_it() -> None:
    client = booked([[call(agent)] for agent in ("li", "wang", "zhao", "zhao", "qian", "nobody")])
    assert names(client, "team") == {"group": 2, "north": 1, "shop": 3}
    assert names(client, "site") == {"group": 2, "north": 4}
    assert names(client, "agent", Narrowed(agent="zhao")) == {"zhao": 2}


def test_who_sees_a_part_of_the_organisation_sees_its_agents_only() -> None:
    client = booked([[call(agent)] for agent in ("li", "wang", "zhao", "nobody")])
    assert names(client, "agent", node="north") == {"wang": 1, "zhao": 1}
    assert names(client, "agent", node="group") == {"li": 1, "nobody": 1, "wang": 1, "zhao": 1}


def test_groups_of_agents_have_the_kpis_of_what_agents_handle() -> None:
    (group,) = metrics(booked([[call("li")]])).report(DAY, END, "agent").groups
    told = {value.kpi.id for value in group.values}
    assert {"K04", "K06", "K09", "K12", "K15"} <= told
    assert not told & {"K02", "K03", "K10", "K17"}
    assert all(kpi.kpi.counters <= {*COUNTERS, *TOLD_COUNTERS} for kpi in group.values)
