"""Starting and stopping the local cloud as a background process. Standard library only: any environment can use it.

A cloud is known by its port. What runs is written to `.cloud/<port>.json`; the truth is what answers on the port.
"""

import contextlib
import itertools
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / ".cloud"
SERVICE = "trunkline-local-cloud"
READY_S = 60.0
STOP_S = 15.0
ANSWER_S = 10.0
POLL_S = 0.05

_FIRST_FREE_PORT, _FREE_PORTS, _PORT_STRIDE = 20_000, 10_007, 211
"""Prime, so that steps of the stride come to every port."""
_ASKED = itertools.count(os.getpid() * 101)
"""How often a free port was asked for; processes begin at places of their own, a hundred apart."""

_CHILDREN: dict[int, subprocess.Popen[bytes]] = {}
"""Clouds that this process started: kept, so that their end is noticed and no warning is given while they run."""


class CloudError(RuntimeError):
    """The local cloud cannot be started or stopped; the text says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handle:
    """A running local cloud."""

    port: int
    pid: int
    log_path: Path
    started_here: bool

    @property
    def endpoint_url(self) -> str:
        """Where AWS clients send their requests."""
        return f"http://{HOST}:{self.port}"

    def stop(self) -> None:
        """End it; nothing happens when it has ended."""
        stop(self.port)


def start(port: int = 4566, log_path: Path | None = None, *, data: Path | None = None) -> Handle:
    """A cloud answers on `port` afterwards; one that is running already is left as it is.

    Raises:
        CloudError: the port belongs to something else, the environment is missing, or the cloud did not get ready.

    """
    log_path = log_path or STATE / f"{port}.log"
    running = health(port)
    if running:
        return Handle(port=port, pid=running["pid"], log_path=log_path, started_here=False)
    if _listening(port):
        msg = f"Port {port} on {HOST} is taken by another program; stop it or choose another port"
        raise CloudError(msg)
    process = _spawn(port, log_path, data or STATE / f"{port}.data")
    _wait_until_ready(process, port, log_path)
    _write_state(port, process.pid, log_path)
    return Handle(port=port, pid=process.pid, log_path=log_path, started_here=True)


def stop(port: int = 4566, *, patience_s: float = STOP_S) -> bool:
    """No cloud answers on `port` afterwards; True when one did before. After `patience_s` its process is killed.

    Raises:
        CloudError: it does not end.

    """
    pid = _pid(port)
    _state_file(port).unlink(missing_ok=True)
    if pid is None:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    if not _until(lambda: not _alive(pid), patience_s):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        if not _until(lambda: not _alive(pid), STOP_S):
            msg = f"The local cloud (process {pid}) on port {port} does not end"
            raise CloudError(msg)
    return True


def is_running(port: int = 4566) -> bool:
    """Whether a local cloud of ours answers on `port`."""
    return health(port) is not None


def health(port: int = 4566) -> dict[str, Any] | None:
    """What the cloud on `port` says of itself; None when there is none, or something else answers."""
    request = urllib.request.Request(f"http://{HOST}:{port}/_trunkline/health")  # a loopback URL of ours
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=ANSWER_S) as response:
            document = json.load(response)
    except (OSError, ValueError, urllib.error.URLError):
        return None
    return document if isinstance(document, dict) and document.get("service") == SERVICE else None


def free_port() -> int:
    """A port on loopback that nothing has now, below those that systems give to whoever calls somebody.

    One of those would soon be some client's own end of a connection, and a cloud takes seconds until it binds its port.
    Processes that ask at once begin at different places.

    Raises:
        CloudError: there is none.

    """
    for _ in range(_FREE_PORTS):
        port = _FIRST_FREE_PORT + next(_ASKED) * _PORT_STRIDE % _FREE_PORTS
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind((HOST, port))
            return port
    msg = f"No port from {_FIRST_FREE_PORT} on is free on {HOST}"
    raise CloudError(msg)


def cloud_python(environ: Mapping[str, str] = os.environ) -> Path:
    """The interpreter that has MiniStack: TRUNKLINE_CLOUD_PYTHON, else the project's `.venv-cloud`.

    Raises:
        CloudError: it does not exist.

    """
    path = Path(environ.get("TRUNKLINE_CLOUD_PYTHON") or ROOT / ".venv-cloud" / "bin" / "python")
    if not path.exists():
        msg = f"The local cloud's interpreter is missing: {path}. Run `make setup`, or set TRUNKLINE_CLOUD_PYTHON."
        raise CloudError(msg)
    return path


def _spawn(port: int, log_path: Path, data: Path) -> subprocess.Popen[bytes]:
    log_path.parent.mkdir(parents=True, exist_ok=True)
    command = [str(cloud_python()), "-m", "localstack", "--port", str(port), "--data", str(data)]
    with log_path.open("ab") as log:
        # A session of its own: Ctrl-C in the caller's terminal must not end a cloud that is to stay.
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
    _CHILDREN[process.pid] = process
    return process


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log_path: Path) -> None:
    ready = _until(lambda: process.poll() is not None or is_running(port), READY_S)
    if process.poll() is None and ready:
        return
    if process.poll() is None:
        process.terminate()
        process.wait(STOP_S)
    last = "\n".join(log_path.read_text(encoding="utf-8", errors="replace").splitlines()[-5:])
    msg = f"The local cloud did not get ready on port {port}; the end of {log_path}:\n{last}"
    raise CloudError(msg)


def _until(condition: Any, limit_s: float) -> bool:
    deadline = time.monotonic() + limit_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True


def _pid(port: int) -> int | None:
    """The process of the cloud on `port`: as it says itself, or, when it hangs, as its start was recorded."""
    running = health(port)
    if running:
        return int(running["pid"])
    try:
        pid = int(json.loads(_state_file(port).read_text(encoding="utf-8"))["pid"])
    except (OSError, ValueError, KeyError):
        return None
    # The number may belong to another program by now: only a process that is a local cloud counts.
    shown = subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False)
    return pid if f"-m localstack --port {port}" in shown.stdout else None


def _alive(pid: int) -> bool:
    if pid in _CHILDREN:
        return _CHILDREN[pid].poll() is None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def _state_file(port: int) -> Path:
    return STATE / f"{port}.json"


def _write_state(port: int, pid: int, log_path: Path) -> None:
    STATE.mkdir(exist_ok=True)
    document = {"port": port, "pid": pid, "log": str(log_path)}
    _state_file(port).write_text(json.dumps(document) + "\n", encoding="utf-8")
