"""The control API over a running driver: what people and the command line use."""

import asyncio
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.connect_ports import FUNCTION
from tests.support.connect_world import CALLER, NUMBER, action, identifier, say
from tests.support.control_client import Api

NO_FAULTS = {"duplicate_share": 0.0, "loss_share": 0.0, "odd_share": 0.0, "shuffle": False, "delays_s": {}}


@pytest.fixture
def api() -> Iterator[Api]:
    made = Api()
    yield made
    made.control.close()


def test_the_clock_is_the_systems_until_it_is_set(api: Api) -> None:
    answer = api.ok("GET", "/clock")
    assert answer["mode"] == "real"
    assert abs((datetime.fromisoformat(answer["now"]) - datetime.now(UTC)).total_seconds()) < 5
    api.virtual()
    assert api.ok("GET", "/clock") == {"now": "2026-03-02T01:00:00.000000Z", "mode": "virtual"}


def test_a_scripted_call_runs_to_its_end_on_the_virtual_clock(api: Api) -> None:
    api.virtual()
    api.sign_in()
    contact_id = api.call(script=[{"press": "1"}], talk_s=60)
    assert api.ok("GET", f"/connect/calls/{contact_id}")["events"] == []
    ran = api.ok("POST", "/connect/run", {"until": "idle"})
    assert ran["idle"] is True
    assert ran["awaiting"] == []
    told = api.ok("GET", f"/connect/calls/{contact_id}")
    assert told["ended"] is True
    assert [event["kind"] for event in told["events"]][:4] == ["arrived", "hears", "pressed", "branch"]
    assert api.ok("GET", f"/connect/calls/{contact_id}", after="3")["events"][0]["n"] == 4
    assert [record["ContactId"] for record in api.small.cloud.records] == [contact_id]


def test_the_world_waits_for_an_interactive_caller(api: Api) -> None:
    api.virtual()
    api.sign_in()
    contact_id = api.call(interactive=True)
    assert api.ok("POST", "/connect/run", {"until": "idle"})["awaiting"] == [contact_id]
    told = api.ok("GET", f"/connect/calls/{contact_id}")
    assert told["state"] == "awaiting-input"
    assert told["waiting"] == {"for": "digits", "max_digits": 1, "timeout_s": 5.0}
    api.ok("POST", f"/connect/calls/{contact_id}/press", {"digits": "1"})
    assert api.ok("POST", "/connect/run", {"until": "idle"})["idle"] is True
    assert api.ok("GET", f"/connect/calls/{contact_id}")["ended"] is True


def test_an_interactive_caller_may_stay_silent(api: Api) -> None:
    api.virtual()
    contact_id = api.call(interactive=True)
    api.ok("POST", "/connect/run", {})
    asked_at = datetime.fromisoformat(api.ok("GET", "/clock")["now"])
    api.ok("POST", f"/connect/calls/{contact_id}/press", {"digits": ""})
    api.ok("POST", "/connect/run", {})
    told = api.ok("GET", f"/connect/calls/{contact_id}")
    silent = next(line for line in told["events"] if line.get("error") == "InputTimeLimitExceeded")
    assert told["ended"] is True
    assert datetime.fromisoformat(silent["at"]) - asked_at >= timedelta(seconds=5)


def test_calls_that_are_not_over_are_listed_with_where_they_are(api: Api) -> None:
    api.virtual()
    api.sign_in()
    talking = api.call(script=[{"press": "1"}], talk_s=600)
    waiting = api.call(script=[{"press": "1"}], talk_s=600, at="2026-03-02T01:00:30Z")
    api.ok("POST", "/connect/run", {"until": "2026-03-02T01:01:00Z"})
    rows = {row["contact_id"]: row for row in api.ok("GET", "/connect/calls")["calls"]}
    assert set(rows) == {talking, waiting}
    assert (rows[talking]["state"], rows[talking]["agent"]) == ("connected", "li.na")
    assert (rows[waiting]["state"], rows[waiting]["queue"], rows[waiting]["agent"]) == ("queued", "support", None)
    assert api.ok("GET", "/connect/calls", instance="small")["calls"] == list(rows.values())
    assert api.ask("GET", "/connect/calls", query={"instance": ["none"]})[0] == 404
    api.ok("POST", "/connect/run", {})
    assert api.ok("GET", "/connect/calls") == {"calls": []}


def test_a_run_stops_at_its_moment(api: Api) -> None:
    api.virtual()
    contact_id = api.call(script=[{"press": "1"}])
    assert api.ok("POST", "/connect/run", {"until": "2026-03-02T01:05:00Z"})["now"] == "2026-03-02T01:05:00.000000Z"
    assert api.ok("GET", f"/connect/calls/{contact_id}")["state"] == "queued"
    ran = api.ok("POST", "/connect/run", {"until": "idle", "max_s": 60})
    assert ran["now"] < "2026-03-02T01:07:00"
    api.ok("POST", f"/connect/calls/{contact_id}/hang-up", {})
    assert api.ok("GET", f"/connect/calls/{contact_id}")["ended"] is True


@pytest.mark.parametrize("until", ["idle", "2026-03-02T09:00:00Z"])
def test_a_run_of_so_many_seconds_stops_there_and_not_at_what_happens_next(api: Api, until: str) -> None:
    api.virtual()
    api.sign_in(talk_s=7200)
    api.call(script=[{"press": "1"}])
    reached = []
    for max_s in (60, 61.5, 3600):
        ran = api.ok("POST", "/connect/run", {"until": until, "max_s": max_s})
        reached.append((ran["now"], ran["idle"]))
    assert reached == [
        ("2026-03-02T01:01:00.000000Z", False),
        ("2026-03-02T01:02:01.500000Z", False),
        ("2026-03-02T02:02:01.500000Z", False),
    ]


def test_pressing_when_nobody_listens_is_a_conflict(api: Api) -> None:
    api.virtual()
    contact_id = api.call()
    assert api.ask("POST", f"/connect/calls/{contact_id}/press", {"digits": "1"})[0] == 409


def test_the_clock_cannot_be_set_while_contacts_are_active(api: Api) -> None:
    api.virtual()
    api.call()
    assert api.ask("POST", "/clock", {"mode": "real"})[0] == 409


def test_agents_follow_the_clock(api: Api) -> None:
    api.sign_in()
    api.virtual()
    (agent,) = api.ok("GET", "/connect/agents", instance="small")
    assert agent["since"] == "2026-03-02T01:00:00.000000Z"
    api.control.close()
    assert [event["EventType"] for event in api.small.cloud.agent_events] == ["LOGIN", "LOGOUT", "LOGIN"]


def test_a_burst_runs_by_itself_and_is_counted(api: Api) -> None:
    api.sign_in(talk_s=5, acw_s=1)
    calls = [
        {"at_s": 40 * n, "to": NUMBER, "from": CALLER, "script": [{"press": "1"}], "patience_s": 30, "talk_s": 10}
        for n in range(20)
    ]
    calls.append({"at_s": 5, "to": NUMBER, "from": CALLER, "script": [{"hang_up": True}]})
    started = api.ok("POST", "/connect/bursts", {"seed": 3, "start": "2026-03-02T01:00:00Z", "calls": calls})
    done = api.until(f"/connect/bursts/{started['burst_id']}", "done")
    assert (done["total"], done["arrived"], done["ended"]) == (21, 21, 21)
    assert (done["answered"], done["abandoned"], done["in_queue"]) == (20, 0, 0)
    assert len(api.small.cloud.records) == 21


def test_a_burst_that_dials_an_unknown_number_places_no_call(api: Api) -> None:
    api.virtual()
    calls = [{"at_s": 0, "to": NUMBER, "from": CALLER}, {"at_s": 0, "to": "+999", "from": CALLER}]
    status, answer = api.ask("POST", "/connect/bursts", {"start": "2026-03-02T02:00:00Z", "calls": calls})
    assert status == 404
    assert "+999" in answer["error"]
    assert api.ok("POST", "/connect/run", {})["idle"] is True


def test_real_time_passes_by_itself(api: Api) -> None:
    contact_id = api.call(script=[{"hang_up": True}])
    told = api.until(f"/connect/calls/{contact_id}", "ended")
    assert told["events"][-1]["kind"] == "ended"


def test_a_function_may_ask_for_the_time_while_it_runs(api: Api) -> None:
    seen = []

    def answer(_event: Any) -> dict[str, str]:
        seen.append(asyncio.run(api.control.handle("GET", "/_trunkline/clock", {}, b"")))
        return {}

    api.small.lambdas.answers["f"] = answer
    ask = {"LambdaFunctionARN": f"{FUNCTION}f", "InvocationTimeLimitSeconds": "8"}
    api.small.number(
        api.small.flow("main", action("f", "InvokeLambdaFunction", ask, "bye", errors={"NoMatchingError": "bye"}))
    )
    api.virtual()
    api.call()
    api.ok("POST", "/connect/run", {})
    assert json.loads(seen[0][2])["mode"] == "virtual"


def test_faults_of_delivery_can_be_switched_on_and_off(api: Api) -> None:
    api.virtual()
    api.ok("POST", "/connect/faults", {"duplicate_share": 1.0, "shuffle": True})
    contact_id = api.call()
    api.ok("POST", "/connect/run", {})
    assert [record["ContactId"] for record in api.small.cloud.records] == [contact_id] * 2
    assert api.ok("POST", "/connect/faults", {}) == NO_FAULTS
    late = {"delays_s": {"records": 600}, "loss_share": 0.5}
    assert api.ok("POST", "/connect/faults", late) == {**NO_FAULTS, **late}
    assert api.ok("GET", "/connect/deliveries")["waiting"] == 0


def test_a_client_that_goes_away_does_not_hurt_the_engine(api: Api) -> None:
    def wait(_world: Any) -> None:
        assert asked.wait(10)

    asked = threading.Event()
    first = api.control.driver.call(wait)
    gone = api.control.driver.call(lambda world: world.now)
    also_gone = api.control.driver.run(None, 10)
    assert gone.cancel()
    assert also_gone.cancel()
    asked.set()
    first.result(10)
    assert api.ok("POST", "/connect/run", {})["idle"] is True
    assert api.ok("GET", "/connect/deliveries")["failure"] is None


def test_instances_are_listed(api: Api) -> None:
    (instance,) = api.ok("GET", "/connect/instances")
    assert instance["alias"] == "small"
    assert instance["numbers"] == [{"number": NUMBER, "flow": "main"}]
    assert instance["queues"] == [{"id": identifier("support"), "name": "support"}]
    assert (instance["users"], instance["flows"]) == (1, 1)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/nothing", None, 404),
        ("DELETE", "/clock", None, 405),
        ("GET", "/connect/calls/nobody", None, 404),
        ("GET", "/connect/bursts/none", None, 404),
        ("POST", "/connect/calls", b"{", 400),
        ("POST", "/connect/calls", b"[]", 400),
        ("POST", "/connect/calls", {"from": CALLER}, 400),
        ("POST", "/connect/calls", {"to": NUMBER, "from": 7}, 400),
        ("POST", "/connect/calls", {"to": "+999", "from": CALLER}, 404),
        ("POST", "/connect/calls", {"to": NUMBER, "from": CALLER, "script": [{"press": "x"}]}, 400),
        ("POST", "/connect/calls", {"to": NUMBER, "from": CALLER, "script": [{"sing": "la"}]}, 400),
        ("POST", "/connect/calls", {"to": NUMBER, "from": CALLER, "script": ["1"]}, 400),
        ("POST", "/connect/calls", {"to": NUMBER, "from": CALLER, "patience_s": -1}, 400),
        ("POST", "/connect/calls", {"to": NUMBER, "from": CALLER, "at": "tomorrow"}, 400),
        ("POST", "/clock", {"mode": "fast"}, 400),
        ("POST", "/connect/agents", {"instance": "none", "agents": []}, 404),
        ("POST", "/connect/agents", {"instance": "small", "agents": [{"username": "nobody"}]}, 404),
        ("POST", "/connect/agents", {"instance": "small", "agents": [{"username": "li.na", "status": "Asleep"}]}, 404),
        ("POST", "/connect/agents", {"instance": "small", "agents": [{"username": "li.na", "accept_share": 2}]}, 400),
        ("POST", "/connect/bursts", {"calls": []}, 400),
        ("POST", "/connect/faults", {"duplicate_share": 2}, 400),
        ("POST", "/connect/faults", {"delays_s": {"letters": 2}}, 400),
        ("POST", "/connect/faults", {"delay": 2}, 400),
    ],
)
def test_what_cannot_be_done_is_said_so(api: Api, method: str, path: str, body: Any, status: int) -> None:
    found, answer = api.ask(method, path, body)
    assert found == status
    assert answer["error"]


def test_a_failure_of_the_engine_does_not_stop_it(api: Api) -> None:
    def broken(_event: Any) -> Any:
        raise RuntimeError

    api.small.lambdas.answers["f"] = broken
    ask = {"LambdaFunctionARN": f"{FUNCTION}f", "InvocationTimeLimitSeconds": "8"}
    api.small.number(
        api.small.flow("main", action("f", "InvokeLambdaFunction", ask, "bye", errors={"NoMatchingError": "bye"}))
    )
    api.virtual()
    api.call()
    assert api.ok("POST", "/connect/run", {"until": "2026-03-02T01:01:00Z"})["idle"] is True
    assert "RuntimeError" in api.ok("GET", "/health")["failure"]
    api.small.number(api.small.flow("main", say("s", "Good day.", "bye")))
    contact_id = api.call()
    api.ok("POST", "/connect/run", {})
    assert api.ok("GET", f"/connect/calls/{contact_id}")["ended"] is True
