"""`trunkline users`: over the real API and a user pool in memory, and what is refused before anything is asked."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

import app
from chalicelib.access.models import Role
from chalicelib.platform.errors import InvalidInput
from chalicelib.users.api import UserView
from cli import places, users
from cli.client.client import ApiRefusal, Client
from cli.client.operations.users import INVITE, USER
from cli.http import JsonClient
from cli.main import app as command
from localstack.lifecycle import free_port
from tests.support import rest_server, two_parts
from tests.support.fake_cognito import FakePool


@pytest.fixture
def pool() -> FakePool:
    """Return a user pool with two administrators and more users than a page has."""
    known = FakePool()
    known.staff(("root", "second"), Role.TENANT_ADMINISTRATOR)
    known.staff((f"w{number:02}" for number in range(30)), Role.AGENT, node="west")
    return known


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clean_tenant: None, pool: FakePool) -> Iterator[Client]:
    """Return a client of the API for the tenant's administrator."""
    assert clean_tenant is None
    claims = two_parts.user("root", None, "tenant-administrator")
    with (
        two_parts.two_parts(monkeypatch, tmp_path, [], pool),
        rest_server.serving(app.app, {"token": claims}) as url,
    ):
        yield Client(JsonClient(url, {"Authorization": "token"}))


def test_whoever_may_log_in_is_listed_from_every_page_by_name(client: Client, pool: FakePool) -> None:
    listed = users.known(client)
    assert [one.user for one in listed] == sorted(pool.users)
    assert next(users.rows(listed)).split() == ["root", "has", "come", "whole", "tenant", "tenant-administrator"]


def test_somebody_is_invited_given_a_role_and_loses_another(client: Client, pool: FakePool) -> None:
    body = users.invitation("qian", "qian@hrgroup.example", [Role.AGENT], "east")
    assert list(users.lines(client.send(INVITE, body=body))) == [
        "user    qian",
        "email   qian@hrgroup.example",
        "state   invited",
        "sees    east",
        "roles   agent",
    ]
    assert users.give(client, "qian", Role.TRAINER).roles == [Role.AGENT, Role.TRAINER]
    assert users.take(client, "qian", Role.AGENT).roles == [Role.TRAINER]
    assert pool.users["qian"]["groups"] == ["trainer"]
    assert client.send(USER, user="qian").roles == [Role.TRAINER]


def test_somebody_is_kept_out_and_let_in_and_sees_the_same_part_as_before(client: Client, pool: FakePool) -> None:
    assert "state   kept out" in users.lines(users.settle(client, "w00", enabled=False))
    assert not pool.users["w00"]["Enabled"]
    assert users.settle(client, "w00", enabled=True).node == "west"
    assert pool.users["w00"]["Enabled"]


def test_a_role_that_is_not_theirs_to_give_is_refused_in_the_words_of_the_api(client: Client) -> None:
    with pytest.raises(ApiRefusal) as refusal:
        users.give(client, "w00", Role.PLATFORM_OPERATOR)
    assert refusal.value.problem.code == "above-you"


def test_whoever_is_kept_out_is_shown_so_and_an_unknown_state_in_the_pools_own_word() -> None:
    told = UserView(user="qian", email="", status="RESET_REQUIRED", enabled=True, node=None, roles=[])
    assert next(users.rows([told])).split() == ["qian", "RESET_REQUIRED", "whole", "tenant", "-"]
    assert "state   kept out" in users.lines(told.model_copy(update={"enabled": False}))


def test_an_invitation_names_every_field_that_is_wrong() -> None:
    with pytest.raises(InvalidInput) as refused:
        users.invitation("qian@hrgroup.example", "nowhere", [], "East")
    errors = refused.value.facts["errors"]
    assert isinstance(errors, list)
    assert [one["field"] for one in errors] == ["user", "email", "node"]


def test_a_wrong_address_is_told_by_its_field_before_anything_is_asked() -> None:
    arguments = ["users", "invite", "hrgroup", "qian", "nowhere", "--port", str(free_port())]
    done = subprocess.run(
        [sys.executable, "-m", "cli", *arguments],
        cwd=places.ROOT, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert "\n  - email: String should match pattern" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_role_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    told = CliRunner().invoke(command, ["users", "roles", "give", "hrgroup", "li.na", "boss"])
    assert told.exit_code == 2
    assert "'boss' is not one of" in told.output
    assert "tenant-administrator" in told.output
