"""The tenant's lifecycle through its REST door and on a real table (TEN-09)."""

import itertools
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import app
from chalicelib.audit.models import Actor
from chalicelib.lifecycle import api
from chalicelib.lifecycle.models import Gate, Proof, State
from chalicelib.lifecycle.policy import NEXT
from chalicelib.lifecycle.store import Lost
from chalicelib.platform.dynamo import Contended
from chalicelib.qualifications import events as qualifications
from tests.support import tenant_table
from tests.support.cloud_fixture import Cloud
from tests.support.flow_environment import function_environment
from tests.support.rest import USER, get, post
from tests.support.tenants import INSTANCE_ARN

pytestmark = pytest.mark.integration
TABLE, AUDIT = "trunkline-hrgroup", "trunkline-hrgroup-audit"
OPERATOR = {**USER, "cognito:username": "chen", "cognito:groups": "operations-manager"}
AHEAD = ("validated", "provisioned", "pilot")
_names = (f"request-{count:06d}" for count in itertools.count())


@pytest.fixture
def store(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """Return a client of the tenant's table, empty, and let the REST function use it."""
    client = cloud.client("dynamodb")
    tenant_table.create(client, TABLE)
    tenant_table.create(client, AUDIT)
    with function_environment(monkeypatch, tmp_path, endpoint_url=cloud.endpoint_url):
        monkeypatch.setenv("TRUNKLINE_INSTANCE_ARN", INSTANCE_ARN)
        monkeypatch.setenv("TRUNKLINE_PROFILES", '{"service": "p-1"}')
        for wired in (api.wired, qualifications.wired):
            wired.cache_clear()
        yield client
        for wired in (api.wired, qualifications.wired):
            wired.cache_clear()
    for name in (TABLE, AUDIT):
        client.delete_table(TableName=name)


def move(to: str) -> tuple[int, Any]:
    body = {"to": to, "reason": "as agreed", "request_id": next(_names)}
    return post(app.app, "/v1/tenant/transitions", body, claims=OPERATOR)


def record(gate: str, *, done: bool = True, request_id: str = "") -> tuple[int, Any]:
    body = {"gate": gate, "evidence": f"proof of {gate}", "done": done, "request_id": request_id or next(_names)}
    return post(app.app, "/v1/tenant/evidence", body, claims=OPERATOR)


def shown() -> Any:
    status, body = get(app.app, "/v1/tenant")
    assert status == 200, body
    return body


def items(store: Any) -> list[Any]:
    return list(store.scan(TableName=TABLE, ConsistentRead=True)["Items"])


@pytest.mark.req("TEN-09")
@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("last", Gate)
def test_live_is_refused_until_the_last_of_the_gates_is_recorded_as_done(last: Gate) -> None:
    for state in AHEAD:
        assert move(state)[0] == 201
    for gate in Gate:
        if gate is not last:
            assert record(gate.value)[0] == 201
    status, refusal = move("live")
    assert (status, refusal["code"], refusal["missing"]) == (409, "gates-missing", [last.value])
    assert shown()["state"] == "pilot"
    record(last.value)
    assert move("live")[0] == 201
    assert (shown()["state"], shown()["missing"]) == ("live", [])


@pytest.mark.req("TEN-09")
@pytest.mark.usefixtures("store")
def test_a_tenant_goes_from_draft_to_closed_through_its_states_and_through_no_others() -> None:
    for gate in Gate:
        record(gate.value)
    way = (*AHEAD, "live", "suspended", "live", "offboarding", "closed")
    for to in way:
        here = State(shown()["state"])
        for elsewhere in set(State) - set(NEXT[here]):
            assert move(elsewhere.value)[0] == 409, (here, elsewhere)
        assert move(to)[0] == 201
    assert [line["to"] for line in shown()["history"] if "to" in line] == list(way)
    assert all(move(state.value)[0] == 409 for state in State)


@pytest.mark.req("TEN-09")
def test_entries_are_written_once_and_a_repeated_request_writes_nothing(store: Any) -> None:
    assert record("numbers", request_id="the-same-request")[0] == 201
    before = items(store)
    assert record("numbers", request_id="the-same-request")[0] == 200
    assert items(store) == before
    assert record("numbers", done=False)[0] == 201
    assert [item for item in items(store) if item in before] == before


@pytest.mark.usefixtures("store")
def test_many_writers_at_one_moment_leave_one_entry_each_and_no_gap() -> None:
    names = [f"writer-{number:04d}" for number in range(8)]
    barrier = threading.Barrier(len(names))

    def write(name: str) -> None:
        barrier.wait(timeout=30)
        taken = api.wired()
        for _ in range(len(names)):
            try:
                taken.take(Proof(gate=Gate.FLOW_TESTS, evidence=name), actor=Actor(user=name), request_id=name)
            except (Lost, Contended):
                continue
            return

    threads = [threading.Thread(target=write, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    history = shown()["history"]
    assert [line["revision"] for line in history] == list(range(1, len(names) + 1))
    assert sorted(line["actor"] for line in history) == names
