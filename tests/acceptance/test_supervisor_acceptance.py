"""A supervisor changes the routing while calls run: the next contact follows, nobody is cut (ACD-02)."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import app
from chalicelib.customers.service import UNKNOWN, Caller
from chalicelib.overrides.service import Store, following
from chalicelib.platform.flow_door import flat, parse
from chalicelib.platform.tenancy import TenantId
from chalicelib.routing import flow
from chalicelib.routing.floor import Agent, Floor, Presence
from chalicelib.routing.service import Routing
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import HangUp, Press, WaitFor
from tests.support.connect_world import MONDAY, arn
from tests.support.fake_dynamo import FakeDynamo
from tests.support.rest import USER, send
from tests.support.rest_table import rest_table
from tests.support.tenant_world import TenantWorld
from tests.support.tenants import tenant

CARDS = "+8695501"
TO_BUSINESS = (Press("1"), Press(""), Press("2"))
CALLS = 50
MANAGER = {**USER, "custom:tenant": "fourmodes", "cognito:username": "zhang", "cognito:groups": "duty-manager"}
OFFICER = {**MANAGER, "cognito:username": "qin", "cognito:groups": "compliance-officer"}
ROUTE = "/v1/routing/queues/{queue}/strategy"
BUSINESS = {"queue": "business"}


class Centre(TenantWorld):
    """The card service: flows, agents and the product's own decision, which reads the overrides from `table`."""

    def __init__(self, table: FakeDynamo, *agents: str) -> None:
        super().__init__("fourmodes", route=self._route)
        self.tenant = tenant("fourmodes")
        self.replies: list[dict[str, str]] = []
        self.staff("cards", *agents, talk_s=5_000)
        live = following(self.tenant, Store(table, "table", self.tenant.id).read, keep_s=0.0)
        routing = Routing(self, self.tenant, lambda: self.world.timeline.now, self, live)
        ids = {queue: arn("queue", queue).rpartition("/")[2] for queue in self.tenant.queues}
        self.wires = flow.Wired(routing, ids)

    def find(self, _tenant: TenantId, _phone: str, **_limits: Any) -> Caller:
        return UNKNOWN

    def ask(self, within_s: float) -> None:
        """Know the floor without asking."""

    def look(self, channel: str, now: datetime) -> Floor:
        """Return the agents as this world has them."""
        del channel
        agents = tuple(
            Agent(
                id=one.user.id,
                name=one.user.username,
                presence=Presence.AVAILABLE,
                queues=frozenset({"cards", "business", "complaints"}),
                used=len(one.desk),
            )
            for one in self.world.floor.agents()
        )
        return Floor(at=now, agents=agents)

    def _route(self, event: Mapping[str, Any]) -> dict[str, str]:
        reply = flat(flow.handle(parse(event), 1.0, self.wires))
        if "strategy" in reply:  # a contact that waits is told to stay, without a decision
            self.replies.append(reply)
        return reply

    def caller(self, number: int, seconds: float) -> Contact:
        """Let one more caller ring, who hangs up after so long."""
        who = f"+86138{number:08d}"
        return self.call(*TO_BUSINESS, WaitFor(seconds), HangUp(), to=CARDS, caller=who)


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeDynamo]:
    with rest_table(monkeypatch, tmp_path, "fourmodes") as kept:
        yield kept


def put(strategy: str, version: int, **more: Any) -> tuple[int, Any]:
    body = json.dumps({"strategy": strategy, "version": version, **more})
    kind = {"content-type": "application/json"}
    return send(app.app, "PUT", ROUTE, path=BUSINESS, body=body, headers=kind, claims=MANAGER)


@pytest.mark.req("ACD-02")
def test_a_strategy_that_changes_under_fifty_calls_cuts_none_and_routes_the_next(table: FakeDynamo) -> None:
    centre = Centre(table, *(f"agent{n:02d}" for n in range(CALLS + 5)))
    calls = [centre.caller(number, seconds=1_200) for number in range(CALLS)]
    centre.run(until=MONDAY + timedelta(minutes=5))
    assert {reply["strategy"] for reply in centre.replies} == {"in-turn"}
    talking = sum(len(one.desk) for one in centre.world.floor.agents())
    assert talking == CALLS

    status, changed = put("longest-idle", 0)
    assert (status, changed["contract"], changed["effective"]) == (200, "in-turn", "longest-idle")
    following = centre.caller(CALLS, seconds=60)
    centre.run(until=MONDAY + timedelta(minutes=8))
    newest = centre.replies[-1]
    assert (newest["strategy"], newest["target1Type"]) == ("longest-idle", "queue")
    assert newest["contractVersion"] == f"{centre.tenant.version}+1"
    assert centre.record_of(following)["Agent"] is not None

    centre.run()
    changed_at = MONDAY + timedelta(minutes=5)
    for call in calls:
        record = centre.record_of(call)
        assert record["DisconnectReason"] == "CUSTOMER_DISCONNECT"
        assert record["Agent"]["AgentInteractionDuration"] > 900
        assert record["DisconnectTimestamp"] > changed_at.isoformat()


@pytest.mark.req("ACD-02")
def test_the_trail_says_who_changed_which_queue_from_what_to_what(table: FakeDynamo) -> None:
    assert put("least-talk", 0, ring_s=30)[0] == 200
    query = {"actor": "zhang"}
    assert send(app.app, "GET", "/v1/audit/chain", query=query, claims=OFFICER)[1]["intact"] is True
    (entry,) = [item for (pk, _), item in table.items.items() if pk.endswith("AUDIT#zhang")]
    assert entry["resource"]["S"] == "routing/queues/business/strategy"
    assert '"business":{"ring_s":30,"strategy":"least-talk"}' in entry["after"]["S"]


def test_a_queue_returns_to_its_contract(table: FakeDynamo) -> None:
    assert put("together", 0)[0] == 200
    status, body = send(app.app, "DELETE", ROUTE, path=BUSINESS, query={"version": "1"}, claims=MANAGER)
    assert (status, body) == (
        200,
        {"queue": "business", "contract": "in-turn", "override": None, "effective": "in-turn", "version": 2},
    )
    centre = Centre(table, "amy")
    centre.caller(1, seconds=30)
    centre.run()
    assert centre.replies[0]["strategy"] == "in-turn"


@pytest.mark.usefixtures("table")
def test_a_strategy_that_the_contract_does_not_have_is_refused_by_its_field() -> None:
    status, body = put("by-mood", 0)
    assert (status, body["code"], [error["field"] for error in body["errors"]]) == (422, "unprocessable", ["strategy"])
    status, body = put("in-turn", 0, ring_s=500)
    assert (status, [error["field"] for error in body["errors"]]) == (422, ["ring_s"])


@pytest.mark.usefixtures("table")
def test_a_change_that_was_made_looking_at_an_older_version_is_refused_with_the_present_one() -> None:
    assert put("together", 0)[0] == 200
    status, body = put("least-talk", 0)
    assert (status, body["code"], body["version"]) == (409, "outdated", 1)


@pytest.mark.usefixtures("table")
def test_an_agent_changes_nothing() -> None:
    agent = {**MANAGER, "cognito:groups": "agent"}
    body = json.dumps({"strategy": "together", "version": 0})
    kind = {"content-type": "application/json"}
    assert send(app.app, "PUT", ROUTE, path=BUSINESS, body=body, headers=kind, claims=agent)[0] == 403
    shown = send(app.app, "GET", "/v1/routing", claims=MANAGER)[1]
    assert (shown["version"], shown["idle"]) == (0, [])
    assert {row["queue"]: row["effective"] for row in shown["queues"]}["business"] == "in-turn"
