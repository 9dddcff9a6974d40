"""Starting, finding and stopping the local cloud; the pinned emulator inside it."""

import http.client
import json
import os
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from localstack import lifecycle
from tests.support.cloud_fixture import Cloud
from tests.support.waiting import until


def test_the_installed_emulator_has_every_name_that_we_hook(root: Path) -> None:
    command = [lifecycle.cloud_python(), "-c", "from localstack import ministack_glue as g; g.verify(); print('whole')"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "whole\n", done.stderr


def test_the_local_cloud_listens_on_loopback_only(cloud: Cloud) -> None:
    """Every listening socket of the process tree is on 127.0.0.1."""
    assert cloud.ours
    pid = lifecycle.health(cloud.port)["pid"]  # type: ignore[index]  # the fixture has started it
    sockets = {link.rpartition("[")[2].rstrip("]") for link in _links(pid) if link.startswith("socket:")}
    listening = [
        fields[1]
        for table in ("tcp", "tcp6")
        for fields in (line.split() for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:])
        if fields[3] == "0A" and fields[9] in sockets
    ]
    assert listening == [f"0100007F:{cloud.port:04X}"]


def _links(pid: int) -> list[str]:
    found = []
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found.append(str(entry.readlink()))
        except FileNotFoundError:  # closed since the folder was read
            continue
    return found


def test_starting_twice_leaves_the_running_cloud_alone(cloud: Cloud, tmp_path: Path) -> None:
    again = lifecycle.start(cloud.port, tmp_path / "log")
    assert again.started_here is False
    assert again.pid == lifecycle.health(cloud.port)["pid"]  # type: ignore[index]  # it answers: it was found


@pytest.mark.parametrize("graceful", [True, False])
def test_a_stopped_cloud_leaves_no_process_behind(tmp_path: Path, *, graceful: bool) -> None:
    handle = lifecycle.start(lifecycle.free_port(), tmp_path / "log", data=tmp_path / "data")
    connection = http.client.HTTPConnection("127.0.0.1", handle.port, timeout=10)
    if not graceful:  # an open connection must not keep the cloud alive
        connection.request("GET", "/_trunkline/health")
        assert json.load(connection.getresponse())["pid"] == handle.pid
    handle.stop()
    connection.close()
    with pytest.raises(ProcessLookupError):
        os.kill(handle.pid, 0)
    until(lambda: _refuses(handle.port), what="the port to be free")
    assert not lifecycle.is_running(handle.port)


def test_a_cloud_that_hangs_is_stopped_too(tmp_path: Path) -> None:
    handle = lifecycle.start(lifecycle.free_port(), tmp_path / "log", data=tmp_path / "data")
    os.kill(handle.pid, signal.SIGSTOP)
    assert lifecycle.stop(handle.port, patience_s=1) is True
    with pytest.raises(ProcessLookupError):
        os.kill(handle.pid, 0)


def _refuses(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
