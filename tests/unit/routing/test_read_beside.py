"""Floor and overrides in one request beside the caller's: two requests at once, and one while a reading serves."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from chalicelib.agents import standing
from chalicelib.agents.service import Agents
from chalicelib.agents.standing import PACKS, Pack
from chalicelib.customers.service import CallerStore
from chalicelib.overrides.models import NONE, Overrides, StrategyOverride
from chalicelib.overrides.store import document, key
from chalicelib.platform import aws, dynamo
from chalicelib.platform.kept_read import KeptRead, PartOf
from chalicelib.routing import beside, flow
from chalicelib.routing.models import Decision, Why
from chalicelib.routing.service import Routing
from chalicelib.tenancy.models import Tenant
from tests.support.agent_events import START, Life
from tests.support.fake_dynamo import FakeDynamo, failure
from tests.support.flow_environment import function_environment
from tests.support.json_server import serving_with_headers
from tests.support.rest_table import over_http
from tests.support.routing_plans import contact, names, part, planned
from tests.support.tenants import flow_event, tenant
from tests.support.waiting import until
from tests.unit.routing.test_live_floor import LATER, state

PLAN: Final = planned(part("strategies"), after_sales="in-order")
PHONE: Final = "+8613800138000"
FOR_EVER_S: Final = 3_600.0


class Table(FakeDynamo):
    """A table that also remembers what batches asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[dict[str, Any]] = []

    def batch_get_item(self, **request: Any) -> Any:
        self.batches.append(request["RequestItems"])
        return super().batch_get_item(**request)


def signed_in(*usernames: str) -> list[Life]:
    made = [Life(name, start=START) for name in usernames]
    for life in made:
        life.login()
    return made


def pack(client: Any, table: str, of: Tenant, *lives: Life, torn: int = 0) -> None:
    """Put these agents into the table, and their packs but the last `torn` ones."""
    rows = {life.name: standing.row(state(life), 1) for life in lives}
    agents = Agents(client, table, of.id, 365)
    for life in lives:
        assert agents.write(state(life), None) is None
    for number in range(PACKS - torn):
        here = {one.agent_id: one for one in rows.values() if standing.pack_of(one.agent_id) == number}
        assert agents.put_pack(Pack(number=number, revision=1, rows=here)) is None


def overridden(version: int, strategy: str) -> dict[str, Any]:
    """Return the item of overrides that give the queue of after-sales another strategy."""
    told = Overrides(
        version=version, at=START, actor="chen", queues={"after-sales": StrategyOverride(strategy=strategy)}
    )
    return dynamo.encode({**key(PLAN.id), **document(told)})


def override(table: FakeDynamo, version: int, strategy: str) -> None:
    item = overridden(version, strategy)
    table.items[item["pk"]["S"], item["sk"]["S"]] = item


def routing(table: FakeDynamo, kept_s: float) -> Routing:
    floor, overrides = beside.of_table(table, "table", PLAN, kept_s)
    return Routing(CallerStore(table, "table"), PLAN, lambda: LATER, floor, overrides)


def decided(by: Routing) -> Decision:
    return by.route(contact(PLAN), PHONE, budget_s=1.0)


def version(by: Routing) -> int | None:
    found: int | None = by.overrides.in_force().version  # type: ignore[union-attr]
    return found


def test_a_decision_makes_two_requests_at_once_and_one_while_the_reading_serves() -> None:
    table = Table()
    pack(table, "table", PLAN, *signed_in("zoe", "ann"))
    table.calls.clear()
    by = routing(table, FOR_EVER_S)
    decided(by)
    assert until(lambda: version(by) is not None)
    assert sorted(table.calls) == ["BatchGetItem", "Query"]
    table.calls.clear()
    assert [names(decided(by)) for _ in range(3)] == [["ann", "zoe"]] * 3
    assert table.calls == ["Query"] * 3


def test_the_request_is_consistent_and_asks_for_every_key_once() -> None:
    table = Table()
    decided(routing(table, FOR_EVER_S))
    assert until(lambda: table.batches)
    ((asked,),) = (batch.values() for batch in table.batches)
    keys = [dynamo.decode(one) for one in asked["Keys"]]
    assert asked["ConsistentRead"] is True
    assert len(keys) == len({(one["pk"], one["sk"]) for one in keys}) == PACKS + 2
    assert key(PLAN.id) in keys


def test_what_a_supervisor_changed_is_followed_by_the_next_decision_that_reads() -> None:
    table = Table()
    pack(table, "table", PLAN, *signed_in("zoe", "ann"))
    by = routing(table, 0.0)
    assert until(lambda: (decided(by).strategy, version(by)) == ("in-order", NONE.version))
    override(table, 1, "longest-idle")
    assert until(lambda: (decided(by).strategy, version(by)) == ("longest-idle", 1))


@pytest.mark.parametrize("agents_refused", [False, True])
def test_without_packs_the_agents_own_items_are_read_and_the_overrides_are_known_anyhow(
    *, agents_refused: bool
) -> None:
    table = Table()
    override(table, 1, "in-order")
    pack(table, "table", PLAN, *signed_in("ann"), torn=1)
    by = routing(table, FOR_EVER_S)

    def refuse(operation: str) -> None:
        if agents_refused and operation == "Query":
            raise failure("ProvisionedThroughputExceededException")

    table.before = refuse
    table.calls.clear()
    by.overrides.ask(1.0)  # type: ignore[union-attr]
    assert until(lambda: version(by) == 1)
    assert (by.floors.look("VOICE", LATER) is None) is agents_refused
    assert table.calls == ["BatchGetItem", "Query"]


def test_a_request_that_is_refused_costs_floor_and_overrides_and_nothing_else() -> None:
    table = Table()
    pack(table, "table", PLAN, *signed_in("ann"))

    def refuse(operation: str) -> None:
        if operation == "BatchGetItem":
            raise failure("ProvisionedThroughputExceededException")

    table.before = refuse
    by = routing(table, FOR_EVER_S)
    decision = decided(by)
    assert (decision.record.without, decision.is_degraded, version(by)) == (Why.FLOOR_MISSING, False, None)
    table.before = lambda _: None
    assert until(lambda: (names(decided(by)), version(by)) == (["ann"], NONE.version))


@pytest.mark.parametrize(("kept_s", "serves_s"), [(0.5, 0.5), (60.0, 2.0)])
def test_a_reading_serves_no_longer_than_floor_and_overrides_each_allow(kept_s: float, serves_s: float) -> None:
    floor, _ = beside.of_table(Table(), "table", PLAN, kept_s)
    assert isinstance(floor.read, PartOf)
    assert floor.read.whole.keep_s == serves_s


def test_parts_of_a_reading_are_read_once() -> None:
    reads: list[float] = []

    def read() -> tuple[str, int]:
        reads.append(time.monotonic())
        return "one", 2

    whole = KeptRead(read, FOR_EVER_S)
    first, second = PartOf(whole, lambda both: both[0]), PartOf(whole, lambda both: both[1])
    assert first.latest() is None
    first.ask(60.0)
    second.ask(60.0)
    assert (first.latest(), second.latest(), len(reads)) == ("one", 2, 1)


@pytest.fixture
def http_table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeDynamo]:
    """A table behind an endpoint, for functions with their real reader."""
    table = FakeDynamo()
    with (
        serving_with_headers(lambda _method, _path, _headers, body: over_http(table, body)) as url,
        function_environment(monkeypatch, tmp_path, name="taxihotline", endpoint_url=url),
    ):
        monkeypatch.setenv("TRUNKLINE_OVERRIDES_KEPT_S", "60")
        yield table


def test_the_function_reads_by_two_requests_whatever_stands_in_the_table(http_table: FakeDynamo) -> None:
    served = tenant("taxihotline")
    assert served.plan.needs_floor
    assert served.plan.is_changeable
    pack(aws.client("dynamodb"), "trunkline-taxihotline", served, *signed_in("ann"))
    http_table.calls.clear()
    flow.route_contact(flow_event(line=next(iter(served.lines))), None)
    assert until(lambda: sorted(http_table.calls) == ["BatchGetItem", "Query"])


@pytest.mark.parametrize(("name", "read"), [("hrgroup", []), ("twosites", ["GetItem"])])
def test_a_contract_that_needs_less_reads_less(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, read: list[str]
) -> None:
    table = FakeDynamo()
    with (
        serving_with_headers(lambda _method, _path, _headers, body: over_http(table, body)) as url,
        function_environment(monkeypatch, tmp_path, name=name, endpoint_url=url),
    ):
        flow.route_contact(flow_event(line=next(iter(tenant(name).lines))), None)
        assert until(lambda: sorted(table.calls) == [*read, "Query"])
