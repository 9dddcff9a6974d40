"""The local cloud's process: its environment, its control paths, its start and stop."""

import ast
import asyncio
import json
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from localstack import lifecycle, server
from localstack import ministack_glue as glue
from localstack.connect.directory import Directory
from localstack.doors import Doors
from localstack.mount import Chats, Mount, Receive, Response, Scope, Send
from tests.support.json_server import serving


def test_the_user_s_own_aws_settings_reach_neither_emulator_nor_function(tmp_path: Path) -> None:
    environ = {"AWS_PROFILE": "work", "AWS_ENDPOINT_URL": "http://x", "AWS_SECRET_ACCESS_KEY": "s", "HOME": "/h"}
    server.prepare_environment(environ, server.Settings(port=4570, data=tmp_path / "data"))
    assert {"AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_SECRET_ACCESS_KEY"}.isdisjoint(environ)
    assert (environ["BIND_HOST"], environ["GATEWAY_PORT"], environ["AUTH"]) == ("127.0.0.1", "4570", "false")
    assert environ["HOME"] == "/h"
    assert Path(environ["TMPDIR"]).is_dir()


def test_functions_may_keep_their_byte_code_whatever_the_user_s_shell_says() -> None:
    environ = {"PYTHONDONTWRITEBYTECODE": "1"}
    server.prepare_environment(environ, server.Settings())
    assert "PYTHONDONTWRITEBYTECODE" not in environ


def test_no_further_listener_is_switched_on() -> None:
    environ: dict[str, str] = {}
    server.prepare_environment(environ, server.Settings())
    assert (environ["SFTP_ENABLED"], environ["IOT_MTLS_ENABLED"]) == ("0", "0")


def test_a_taken_port_is_a_clear_error() -> None:
    with serving(lambda *_: (404, {})) as other:
        port = int(other.rpartition(":")[2])
        with pytest.raises(server.PortTaken, match=str(port)):
            server.refuse_taken_port(port)
        with pytest.raises(lifecycle.CloudError, match="taken by another program"):
            lifecycle.start(port)


def test_nothing_is_running_on_a_free_port() -> None:
    port = lifecycle.free_port()
    assert not lifecycle.is_running(port)
    assert lifecycle.stop(port) is False


def test_a_free_port_is_nobodys_not_the_same_again_and_never_one_that_callers_are_given() -> None:
    first = lifecycle.free_port()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", first))
        found = [lifecycle.free_port() for _ in range(20)]
    assert first not in found
    assert len(set(found)) == len(found)
    assert all(1024 <= port < 32_768 for port in (first, *found)), "Linux gives callers higher ones"


def test_a_missing_interpreter_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(lifecycle.CloudError, match="make setup"):
        lifecycle.cloud_python({"TRUNKLINE_CLOUD_PYTHON": str(tmp_path / "python")})


def test_an_environment_without_the_pinned_emulator_is_refused_by_name() -> None:
    """This environment is one: MiniStack lives in another."""
    with pytest.raises(glue.WrongMiniStack, match=r"1\.5\.33 exactly.*found none"):
        glue.verify()


def test_every_private_name_that_is_touched_is_in_the_list_that_the_start_verifies(root: Path) -> None:
    touched: set[tuple[str, str]] = set()
    for path in (root / "localstack").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and _called(call) in {"reach", "replace"} and len(call.args) >= 2:
                module, name = call.args[0], call.args[1]
                if isinstance(module, ast.Constant) and isinstance(name, ast.Constant):
                    touched.add((module.value, name.value))
    assert {names for names in touched if str(names[0]).startswith("ministack")} <= set(glue.NAMES)
    assert len(touched) > 10


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def test_only_the_glue_imports_the_emulator(root: Path) -> None:
    importers = {
        path.name
        for path in (root / "localstack").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ministack"))
        or (isinstance(node, ast.Import) and any(name.name.startswith("ministack") for name in node.names))
    }
    assert importers == set()


class Controls:
    """A control API that remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Mapping[str, list[str]], bytes]] = []

    async def handle(
        self, method: str, path: str, query: Mapping[str, list[str]], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        self.asked.append((method, path, query, body))
        if path.endswith("/broken"):
            msg = "a bug"
            raise ValueError(msg)
        return 201, {"Content-Type": "application/json"}, b"{}"


class Switch:
    """The evaluation of policies as a plain switch."""

    def __init__(self) -> None:
        self.on = False

    def is_on(self) -> bool:
        return self.on

    def switch(self, *, on: bool) -> None:
        self.on = on


async def _inner(scope: Scope, receive: Receive, send: Send) -> None:
    del receive
    await send({"type": "http.response.start", "status": 299, "headers": []})
    await send({"type": "http.response.body", "body": str(scope.get("scheme")).encode()})


def ask(
    mount: Mount,
    method: str,
    path: str,
    body: bytes = b"",
    query: bytes = b"",
    headers: tuple[tuple[bytes, bytes], ...] = (),
) -> tuple[int, bytes]:
    sent: list[dict[str, Any]] = []
    messages = iter([{"body": body[:3], "more_body": True}, {"body": body[3:]}])

    async def receive() -> Mapping[str, Any]:
        return next(messages)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "query_string": query, "headers": headers}
    asyncio.run(mount(scope, receive, send))
    return sent[0]["status"], sent[1]["body"]


@pytest.fixture
def controls() -> Controls:
    return Controls()


@pytest.fixture
def mount(controls: Controls) -> Mount:
    return Mount(_inner, controls, Switch(), Directory(), doors=Doors())


def test_only_control_paths_are_taken_out_of_the_emulator_s_way(mount: Mount, controls: Controls) -> None:
    assert ask(mount, "GET", "/bucket/_trunkline/x")[0] == 299
    assert ask(mount, "GET", "/_trunklines")[0] == 299
    assert controls.asked == []
    assert ask(mount, "POST", "/_trunkline/connect/calls", b'{"to": 1}', b"after=2")[0] == 201
    assert controls.asked == [("POST", "/_trunkline/connect/calls", {"after": ["2"]}, b'{"to": 1}')]


class Participants:
    """A Participant Service that tells what it was asked."""

    def handle(
        self, method: str, path: str, query: Mapping[str, list[str]], headers: Mapping[str, str], body: bytes
    ) -> Response:
        asked = [method, path, dict(query), headers["x-amz-bearer"], body.decode()]
        return 200, {"Content-Type": "application/json"}, json.dumps(asked).encode()


def test_requests_with_the_token_of_a_chat_go_to_the_participant_service(controls: Controls) -> None:
    mount = Mount(_inner, controls, Switch(), Directory(), Chats(Participants(), _inner))
    token = ((b"X-Amz-Bearer", b"token"),)
    status, answer = ask(mount, "POST", "/participant/message", b"{}", b"a=1", token)
    assert (status, json.loads(answer)) == (200, ["POST", "/participant/message", {"a": ["1"]}, "token", "{}"])
    assert ask(mount, "POST", "/participant/message")[0] == 299, "an object of a bucket of that name"
    assert ask(mount, "POST", "/participants/message", headers=token)[0] == 299


def test_requests_count_as_encrypted_once_policies_are_on(mount: Mount) -> None:
    assert ask(mount, "GET", "/bucket/key") == (299, b"None")
    assert json.loads(ask(mount, "POST", "/_trunkline/auth", b'{"enabled": true}')[1]) == {"enabled": True}
    assert ask(mount, "GET", "/bucket/key") == (299, b"https")
    assert json.loads(ask(mount, "GET", "/_trunkline/health")[1])["auth"] is True


def test_a_bug_in_the_engine_is_an_answer_and_not_the_end_of_the_cloud(
    mount: Mount, caplog: pytest.LogCaptureFixture
) -> None:
    status, body = ask(mount, "POST", "/_trunkline/broken")
    assert (status, json.loads(body)["error"]) == (500, "internal")
    assert "a bug" in caplog.text
    assert json.loads(ask(mount, "GET", "/_trunkline/health")[1])["failed"] == {"control API": 1}


def test_what_fails_where_nobody_waits_is_counted_and_told_with_its_trace(caplog: pytest.LogCaptureFixture) -> None:
    doors, done = Doors(), []

    def fail() -> None:
        raise OSError("disk full")

    assert [doors.through("firehose", "writing 3 rows", fail) for _ in range(2)] == [False, False]
    assert doors.through("kinesis", "shard 1", lambda: done.append(1))
    assert (doors.failed, done) == ({"firehose": 2}, [1])
    assert "firehose: writing 3 rows failed" in caplog.text
    assert "OSError: disk full" in caplog.text
    with pytest.raises(KeyboardInterrupt):
        doors.through("kinesis", "shard 1", interrupt)


def interrupt() -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("body", [b"", b"no json", b'{"enabled": "yes"}', b"[]"])
def test_the_switch_of_policies_wants_a_boolean(mount: Mount, body: bytes) -> None:
    status, answer = ask(mount, "POST", "/_trunkline/auth", body)
    assert (status, json.loads(answer)["error"]) == (400, "invalid")
