"""Who may log in, as what, and of which part: given and taken by the tenant's administrators through the API."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import app
from chalicelib.access.models import Role
from chalicelib.platform.dynamo import decode
from tests.support import two_parts
from tests.support.fake_cognito import FakePool
from tests.support.fake_dynamo import FakeDynamo
from tests.support.rest import get, send
from tests.support.two_parts import user

ADMIN = user("root", None, "tenant-administrator")
OF_THE_EAST = user("east.admin", "east", "tenant-administrator")
ACCOUNT = {"user": "qian", "email": "qian@hrgroup.example", "roles": ["agent"], "node": "east"}
ONE, ROLE = "/v1/users/{user}", "/v1/users/{user}/roles/{role}"


@pytest.fixture
def pool() -> FakePool:
    """Return the users of a tenant of two regions."""
    known = FakePool()
    known.staff(("root", "second"), Role.TENANT_ADMINISTRATOR)
    known.staff(("dong",), Role.OPERATIONS_DIRECTOR)
    known.staff(("east.admin",), Role.TENANT_ADMINISTRATOR, node="east")
    known.staff(("east.one",), Role.AGENT, node="east")
    known.staff(("west.one",), Role.AGENT, node="west")
    return known


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clean_tenant: None, pool: FakePool) -> Iterator[FakeDynamo]:
    """Return the tables of the tenant, whose contract puts changes of power under approval."""
    assert clean_tenant is None
    with two_parts.two_parts(monkeypatch, tmp_path, ["users.empower"], pool) as kept:
        yield kept


def asked(claims: dict[str, str], method: str, route: str, body: Any = None, **path: str) -> tuple[int, Any]:
    text = None if body is None else json.dumps(body)
    headers = {"content-type": "application/json"}
    return send(app.app, method, route, path=path or None, headers=headers, body=text, claims=claims)


def entries(table: FakeDynamo, actor: str) -> list[tuple[str, str, str]]:
    found = (decode(item) for (pk, _), item in sorted(table.items.items()) if pk.endswith(f"#AUDIT#{actor}"))
    return [(one["action"], one["resource"], one["outcome"]) for one in found]


def test_somebody_is_invited_given_a_role_moved_kept_out_and_let_in_again_and_the_trail_has_it_all(
    table: FakeDynamo, pool: FakePool
) -> None:
    status, made = asked(ADMIN, "POST", "/v1/users", ACCOUNT)
    assert (status, made) == (201, {**ACCOUNT, "status": "FORCE_CHANGE_PASSWORD", "enabled": True})
    assert pool.users["qian"]["attributes"]["custom:tenant"] == "hrgroup"
    assert asked(ADMIN, "PUT", ROLE, user="qian", role="trainer")[1]["roles"] == ["agent", "trainer"]
    assert asked(ADMIN, "DELETE", ROLE, user="qian", role="agent")[1]["roles"] == ["trainer"]
    assert asked(ADMIN, "PUT", ONE, {"node": "west", "enabled": False}, user="qian")[1]["node"] == "west"
    assert pool.users["qian"]["attributes"]["custom:node"] == "west"
    assert not pool.users["qian"]["Enabled"]
    assert asked(ADMIN, "PUT", ONE, {"node": None, "enabled": True}, user="qian")[1]["enabled"]
    assert "custom:node" not in pool.users["qian"]["attributes"]
    told = ["users.invite", "users.grant", "users.take", "users.change", "users.change"]
    assert entries(table, "root") == [
        *((action, "users/qian", "done") for action in told),
    ]
    changes = [decode(item) for (pk, _), item in sorted(table.items.items()) if pk.endswith("#AUDIT#root")]
    assert json.loads(changes[1]["after"]) == {"roles": ["agent", "trainer"], "node": "east", "enabled": True}
    assert "qian@" not in json.dumps(changes), "nobody's address is in the trail"


@pytest.mark.usefixtures("table")
def test_nobody_grants_above_themselves_to_themselves_or_by_another_name_of_themselves(pool: FakePool) -> None:
    director = user("dong", None, "operations-director")
    for claims, name, role in (
        *((director, "west.one", role) for role in ("operations-director", "tenant-administrator", "steering-office")),
        *((ADMIN, name, "agent") for name in ("root",)),
        (ADMIN, "west.one", "platform-operator"),
    ):
        status, problem = asked(claims, "PUT", ROLE, user=name, role=role)
        assert (status, problem["code"]) == (403, "above-you"), (name, role)
    assert asked(ADMIN, "PUT", ROLE, user="root@example.org", role="agent")[0] == 404
    assert asked(director, "PUT", ONE, {"node": None, "enabled": False}, user="root")[1]["code"] == "above-you"
    assert asked(user("west.one", "west", "agent"), "PUT", ROLE, user="west.one", role="trainer")[0] == 403
    assert asked(ADMIN, "PUT", ROLE, user="west.one", role="superuser")[0] == 404
    assert pool.users["west.one"]["groups"] == ["agent"]


@pytest.mark.usefixtures("table")
def test_an_administrator_of_a_part_sees_invites_and_moves_within_it_alone(pool: FakePool) -> None:
    status, page = asked(OF_THE_EAST, "GET", "/v1/users")
    assert (status, [one["user"] for one in page["users"]]) == (200, ["east.admin", "east.one"])
    assert asked(OF_THE_EAST, "GET", ONE, user="west.one")[0] == 404
    assert asked(OF_THE_EAST, "PUT", ROLE, user="west.one", role="trainer")[0] == 404
    assert asked(OF_THE_EAST, "PUT", ROLE, user="east.one", role="trainer")[0] == 200
    assert asked(OF_THE_EAST, "PUT", ONE, {"node": "east", "enabled": "no"}, user="east.one")[0] == 400
    for node in ("west", None, "nowhere"):
        assert asked(OF_THE_EAST, "POST", "/v1/users", {**ACCOUNT, "node": node})[1]["code"] == "above-you"
        body = {"node": node, "enabled": True}
        assert asked(OF_THE_EAST, "PUT", ONE, body, user="east.one")[1]["code"] == "above-you"
    assert asked(ADMIN, "POST", "/v1/users", {**ACCOUNT, "node": "nowhere"})[0] == 422
    assert asked(OF_THE_EAST, "POST", "/v1/users", ACCOUNT)[0] == 201
    assert pool.users["east.one"]["attributes"]["custom:node"] == "east"


def test_pages_go_through_all_users_and_hide_those_of_other_parts(table: FakeDynamo, pool: FakePool) -> None:
    assert table is not None
    pool.staff((f"{node}.{number}" for number in range(9) for node in ("east", "west")), Role.AGENT, node="west")
    for name in [name for name in pool.users if name.startswith("east.")]:
        pool.users[name]["attributes"]["custom:node"] = "east"
    found: list[str] = []
    cursor = ""
    while True:
        query = {"limit": "4", **({"cursor": cursor} if cursor else {})}
        status, page = get(app.app, "/v1/users", query=query, claims=OF_THE_EAST)
        assert status == 200
        assert len(page["users"]) <= 4
        found += [one["user"] for one in page["users"]]
        cursor = page["cursor"]
        if cursor is None:
            break
    assert found == [name for name in pool.users if name.startswith("east.")]
    assert get(app.app, "/v1/users", query={"cursor": "bm93aGVyZQ"}, claims=ADMIN)[0] == 400


@pytest.mark.usefixtures("table")
def test_a_role_of_power_is_given_once_a_superior_approved_it_and_an_ordinary_one_at_once(pool: FakePool) -> None:
    for version, (name, position, leader) in enumerate((("dong", "director", None), ("root", "manager", "dong"))):
        body = {"version": version, "position": position, "leader": leader}
        assert asked(user("dong", None, "operations-director"), "PUT", "/v1/people/{user}", body, user=name)[0] == 200
    status, problem = asked(ADMIN, "PUT", ROLE, user="west.one", role="compliance-officer")
    assert (status, problem["code"], pool.users["west.one"]["groups"]) == (409, "approval-needed", ["agent"])
    decision = {"decision": "approved", "note": "she passed the exam"}
    route = "/v1/approvals/{approval_id}"
    director = user("dong", None, "operations-director")
    assert asked(ADMIN, "PUT", route, decision, approval_id=problem["approval"])[0] == 403
    assert asked(director, "PUT", route, decision, approval_id=problem["approval"])[0] == 200
    assert asked(ADMIN, "PUT", ROLE, user="west.one", role="compliance-officer")[0] == 200
    assert pool.users["west.one"]["groups"] == ["agent", "compliance-officer"]
    assert asked(ADMIN, "PUT", ONE, {"node": "west", "enabled": False}, user="west.one")[1]["code"] == "approval-needed"
    assert asked(ADMIN, "PUT", ROLE, user="east.one", role="trainer")[0] == 200


def test_the_last_administrator_stays_and_a_refused_attempt_is_in_the_trail(table: FakeDynamo, pool: FakePool) -> None:
    del pool.users["second"]
    everything = user("dong", None, "operations-director", "tenant-administrator")
    pool.users["dong"]["groups"].append("tenant-administrator")
    pool.users["dong"]["UserStatus"] = "FORCE_CHANGE_PASSWORD"
    for method, route, body in (("DELETE", ROLE, None), ("PUT", ONE, {"node": None, "enabled": False})):
        path = {"user": "root", **({"role": "tenant-administrator"} if route == ROLE else {})}
        status, problem = asked(everything, method, route, body, **path)
        assert (status, problem["code"]) == (409, "last-administrator")
    assert asked(OF_THE_EAST, "PUT", ONE, {"node": "east", "enabled": False}, user="root")[0] == 404
    assert pool.users["root"]["groups"] == ["tenant-administrator"]
    assert entries(table, "east.admin") == [("users.change", "users/root", "not-found")]
