"""A day of two carriers and two sites, one of each worse than promised, from the calls to the API (REL-09)."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

import app
from chalicelib.agents.models import House, QueueFigures
from chalicelib.platform.clock import system_now
from chalicelib.reliability.models import Measure, terms
from chalicelib.reliability.service import Watch
from chalicelib.reliability.store import Looks
from chalicelib.tenancy.compiler import compile_contract, document_text
from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.contract_file import parse
from chalicelib.tenancy.models import Tenant, from_document
from localstack.connect.engine.plan import Audio, LoseLine, Press, WaitFor
from tests.support.connect_world import MONDAY
from tests.support.fake_dynamo import FakeDynamo
from tests.support.rest import USER, get
from tests.support.rest_table import rest_table
from tests.support.taken_in import ingest
from tests.support.tenant_world import TENANTS, TenantWorld

EAST, WEST = "+864008210021", "+868008280028"
GOOD = Audio(agent_score=4.4, customer_score=4.2)
POOR = Audio(agent_score=3.0, customer_score=2.9, customer_issues=("HighPacketLoss",))
QUICK = {"talk_s": 20, "acw_s": 1}
MIDNIGHT = MONDAY - timedelta(hours=9)
FIVE = timedelta(minutes=5)
DIRECTOR = {**USER, "custom:tenant": "twocities", "cognito:groups": "operations-director"}


def contract() -> Contract:
    """Return the two cities with a carrier and an agent each; the western ones are promised less of failures."""
    raw: dict[str, Any] = yaml.safe_load((TENANTS / "twocities.yaml").read_text(encoding="utf-8"))
    agents = {"east": ["east-01"], "west": ["west-01"]}
    raw["organisation"] = [{**part, "agents": agents.get(part["id"], [])} for part in raw["organisation"]]
    raw["reliability"] = {
        "objectives": {"availability": 0.99, "voice_quality": 3.6, "connection_failures": 0.02},
        "carriers": [
            {"name": "unicom", "numbers": [EAST]},
            {"name": "telecom", "numbers": [WEST], "objectives": {"connection_failures": 0.1}},
        ],
        "sites": [{"node": "west", "objectives": {"voice_quality": 3.2}}],
        "quotas": {"users": 100, "concurrent_calls": 200},
    }
    return parse(raw, source="test")


CONTRACT = contract()
TENANT: Tenant = from_document(json.loads(document_text(compile_contract(CONTRACT))))


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeDynamo]:
    with rest_table(monkeypatch, tmp_path, "twocities") as kept:
        (tmp_path / "twocities.json").write_text(document_text(compile_contract(CONTRACT)), encoding="utf-8")
        yield kept


def a_morning(table: FakeDynamo) -> None:
    """Let four callers ring in each city; of the western ones one loses the line in the middle of the talk."""
    world = TenantWorld(CONTRACT)
    world.staff("east", "east-01", **QUICK)
    world.staff("west", "west-01", **QUICK)
    for number, audio in ((EAST, GOOD), (WEST, POOR)):
        for caller in range(4):
            last = (WaitFor(40), LoseLine()) if number == WEST and caller == 3 else ()
            talk_s = 200 if last else None
            world.dial(number, Press("1"), *last, caller=f"+861370000000{caller}", audio=audio, talk_s=talk_s)
    lost = [one for one in world.cloud.records if one["DisconnectReason"] == "TELECOM_PROBLEM"]
    assert len(lost) == 1
    taking = ingest(table, TENANT)
    for record in world.cloud.records:
        taking.take(json.dumps(record).encode())


def a_day_of_looks(table: FakeDynamo, down: range) -> None:
    """Look every five minutes of the day; the instance does not answer at the looks of `down`."""
    now = [MIDNIGHT]
    watch = Watch(
        terms=terms(TENANT.reliability),
        looks=Looks(table, "trunkline-twocities", TENANT.id),
        probes={"instance": lambda: "no answer" if (now[0] - MIDNIGHT) // FIVE in down else "", "table": lambda: ""},
        counts=lambda: {"users": 85},
        house=lambda: House(queues={"repair": QueueFigures(waiting=2, oldest_s=3)}),
        now=lambda: now[0],
        timer_s=lambda: 0.0,
    )
    for number in range(288):
        now[0] = MIDNIGHT + number * FIVE
        watch.look()
    # The API's own clock is the machine's.
    now[0] = system_now()
    watch.look()


def promised(found: Any, scope: str, name: str) -> dict[str, tuple[float | None, bool | None]]:
    rows = [one for one in found["promises"] if (one["scope"], one["name"]) == (scope, name)]
    return {one["measure"]: (one["value"], one["met"]) for one in rows}


@pytest.mark.req("REL-09")
def test_every_promise_is_measured_per_carrier_and_site_and_a_limit_is_warned_of_before_it_is_reached(
    table: FakeDynamo,
) -> None:
    a_morning(table)
    a_day_of_looks(table, down=range(100, 106))
    status, found = get(app.app, "/v1/slo", query={"from": "2026-03-02", "to": "2026-03-03"}, claims=DIRECTOR)
    assert (status, found["recovery"]) == (200, {"time_min": 240, "point_min": 5})

    unicom, telecom = promised(found, "carrier", "unicom"), promised(found, "carrier", "telecom")
    assert unicom.keys() == telecom.keys() == set(Measure)
    assert unicom == {
        "availability": (1.0, True), "response": (1.0, True), "connection_failures": (0.0, True),
        "voice_quality": (pytest.approx(4.2), True),
    }  # fmt: skip
    assert telecom["connection_failures"] == (0.25, False)
    assert telecom["voice_quality"] == (pytest.approx(2.9), False)
    east, west = promised(found, "site", "east"), promised(found, "site", "west")
    assert (east["voice_quality"], east["connection_failures"]) == ((pytest.approx(4.4), True), (0.0, True))
    assert (west["voice_quality"], west["connection_failures"]) == ((pytest.approx(3.0), False), (0.25, False))
    whole = promised(found, "tenant", "twocities")
    assert whole["availability"] == (pytest.approx(282 / 288), False)
    assert whole["voice_quality"][0] == pytest.approx((4.2 + 2.9) / 2)

    status, look = get(app.app, "/v1/health/dependencies", claims=DIRECTOR)
    assert status == 200
    limits = {one["name"]: (one["used"], one["quota"], one["state"]) for one in look["limits"]}
    assert limits == {"users": (85, 100, "near"), "concurrent_calls": (2, 200, "ok")}
    assert {one["name"]: one["state"] for one in look["dependencies"]} == {"instance": "ok", "table": "ok"}


def test_who_sees_a_part_of_the_tenant_only_is_not_shown_promises_about_the_whole(table: FakeDynamo) -> None:
    del table
    eastern = {**DIRECTOR, "custom:node": "east"}
    status, problem = get(app.app, "/v1/health/dependencies", claims=eastern)
    assert (status, problem["code"]) == (403, "forbidden")


def test_before_anybody_has_looked_nothing_is_claimed_of_dependencies(table: FakeDynamo) -> None:
    del table
    status, problem = get(app.app, "/v1/health/dependencies", claims=DIRECTOR)
    assert (status, problem["code"]) == (404, "not-found")
