"""Calls, messages and emergencies at any hour of any day, and while the system is being maintained (REL-01)."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import app
from chalicelib.tenancy.calendar import is_open, zone
from localstack.connect.engine.plan import Callee, Press, WaitFor
from localstack.connect.engine.ports import LambdaReply
from tests.support.connect_world import MONDAY
from tests.support.decided_world import Decided
from tests.support.fake_dynamo import FakeDynamo
from tests.support.menu_world import MenuWorld, heard
from tests.support.rest import USER, send
from tests.support.rest_table import rest_table
from tests.support.seed_world import QUICK, SeedWorld
from tests.support.tenant_world import REGULAR, contract

RESIDENTS, EAST = "+862085536000", "+864008210021"
AFTER_SALES = "+864008601234"
RESCUE_DUTY, CHEN, WU = "+8613902000110", "+8613822085536", "+8613822000002"
SUMMER_TIME_BEGINS, IT_ENDS = datetime(2026, 3, 29, 0, 59, tzinfo=UTC), datetime(2026, 10, 25, 0, 59, tzinfo=UTC)
"""A minute before the clocks of Berlin go forward and back."""
NATIONAL_DAY = datetime(2026, 10, 1, 2, tzinfo=UTC)
ANY_TIME = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001
EDITOR = {**USER, "cognito:username": "mei", "cognito:groups": "knowledge-editor"}
DOWN = LambdaReply("refused", detail="in maintenance")


@pytest.mark.req("REL-01")
@settings(max_examples=4, deadline=None)
@given(at=ANY_TIME)
@example(at=SUMMER_TIME_BEGINS)
@example(at=IT_ENDS)
@example(at=NATIONAL_DAY)
def test_at_any_instant_calls_are_answered_emergencies_go_first_and_without_anybody_ring_the_duty(at: datetime) -> None:
    residents = contract("propertycare").model_copy(update={"time_zone": "Europe/Berlin"})
    manned = Decided(residents, now=at, quick=True)
    manned.staff("front-desk", "ann", **QUICK)
    usual = manned.call(Press("1"), to=RESIDENTS, caller=WU)
    urgent = manned.call(Press("9"), to=RESIDENTS, caller=CHEN)
    manned.run(until=at + timedelta(minutes=5))
    assert {manned.agent_of(usual), manned.agent_of(urgent)} == {"ann"}
    empty = Decided(residents, now=at, quick=True)
    alone = empty.call(Press("9"), to=RESIDENTS, caller=CHEN, third_party=Callee(talk_s=60))
    empty.run(until=at + timedelta(minutes=5))
    assert str(empty.chain(alone)[-1]["Attributes"]["routeTried"]).split() == [f"outside:{RESCUE_DUTY}"]


@pytest.mark.req("REL-01")
@settings(max_examples=3, deadline=None)
@given(at=ANY_TIME)
@example(at=datetime(2026, 3, 2, 11, 59, tzinfo=UTC))
def test_at_any_instant_a_caller_reaches_an_agent_or_outside_hours_leaves_a_message(at: datetime) -> None:
    cities = contract("twocities")
    world = Decided(cities, now=at, quick=True)
    world.skilled("ann", ("Site", "east", 3), profile="east", **QUICK)
    hours = next(line.hours for line in world.tenant.lines.values() if EAST in line.numbers)
    local = at.astimezone(zone(world.tenant.time_zone))
    call = world.call(
        Press("1"), WaitFor(60), Press("1"), WaitFor(15), Press("#"), to=EAST, caller=WU,
        third_party=Callee(answers=("no-answer",)),
    )  # fmt: skip
    world.run(until=at + timedelta(minutes=10))
    if is_open(world.tenant.hours[hours], local):
        assert world.agent_of(call) == "ann"
    else:
        assert world.chain(call)[-1]["Recording"]["Location"] in world.cloud.objects


@pytest.mark.req("REL-01")
def test_a_deployment_in_the_middle_of_calls_cuts_none_and_the_functions_may_be_away_meanwhile() -> None:
    world = SeedWorld("propertycare")
    world.staff("front-desk", "ann", "bob", talk_s=300, acw_s=1)
    talking = [world.rings_in(0, f"+861382200001{n}", Press("1"), to=RESIDENTS, wait_s=900) for n in range(2)]
    waiting = world.rings_in(10, WU, Press("1"), to=RESIDENTS, wait_s=900)
    in_menu = world.rings_in(58, "+8613822000021", WaitFor(8), Press("2"), to=RESIDENTS, wait_s=900)
    world.wait(60)
    answers = dict(world.lambdas.answers)
    world.lambdas.answers = dict.fromkeys(answers, DOWN)
    world.publish()
    during = world.rings_in(0, CHEN, Press("9"), to=RESIDENTS, wait_s=900)
    world.wait(30)
    world.lambdas.answers = answers
    world.staff("front-desk", "cat", **QUICK)
    world.wait(900)
    for call in (*talking, waiting, in_menu, during):
        assert world.agent_of(call) in {"ann", "bob", "cat"}, call.transcript[-1].text
        last = world.chain(call)[-1]
        # Who stayed when the agent had left was asked how it was, and the flow ended the call.
        flow_ended = {"CONTACT_FLOW_DISCONNECT"} if "surveyOffered" in last["Attributes"] else set()
        assert last["DisconnectReason"] in {"AGENT_DISCONNECT", "CUSTOMER_DISCONNECT", *flow_ended}, "cut"
    talked_s = [world.chain(call)[-1]["Agent"]["AgentInteractionDuration"] for call in talking]
    assert min(talked_s) > 200, "they began before the deployment and went on after it"


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clean_tenant: None) -> Iterator[FakeDynamo]:
    assert clean_tenant is None
    with rest_table(monkeypatch, tmp_path) as kept:
        yield kept


def ask(method: str, route: str, body: Any = None) -> tuple[int, Any]:
    text = None if body is None else json.dumps(body)
    kind = {"content-type": "application/json"}
    return send(app.app, method, route, path={"line": "after-sales"}, claims=EDITOR, headers=kind, body=text)


@pytest.mark.req("REL-01")
def test_a_window_without_a_service_is_announced_in_advance_without_a_deployment_and_kept_on_record(
    table: FakeDynamo,
) -> None:
    words = "周日凌晨两点至四点订单查询暂停服务。"
    tree = ask("GET", "/v1/menus/{line}/draft")[1]["tree"]
    tree["nodes"]["main"]["prompt"]["text"]["zh-CN"] = words + tree["nodes"]["main"]["prompt"]["text"]["zh-CN"]
    assert ask("PUT", "/v1/menus/{line}/draft", {"revision": 0, "tree": tree})[0] == 200
    assert ask("POST", "/v1/menus/{line}/publish", {"revision": 1, "note": "maintenance on Sunday"})[0] == 201
    world = MenuWorld("hrgroup", table, lookup=REGULAR, now=MONDAY)
    world.staff("service", "ann", **QUICK)
    call = world.dial(AFTER_SALES, Press("3"))
    assert words in heard(call)
    assert world.record_of(call)["Agent"]["Username"] == "ann", "the line is up"
    trail = [item for key, item in table.items.items() if "#AUDIT#" in key[0]]
    assert any("menus.publish" in json.dumps(item) for item in trail)
    assert ask("POST", "/v1/menus/{line}/rollback", {"version": 0, "note": "maintenance is over"})[0] == 201
    assert words not in heard(world.dial(AFTER_SALES, Press("3")))
