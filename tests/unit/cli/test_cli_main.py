"""The whole command, as a person starts it: expected failures are one clear message and status 1, never a traceback."""

import subprocess
import sys

import pytest

from cli import places
from localstack.lifecycle import free_port


def run(*arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "cli", *arguments]
    done = subprocess.run(command, cwd=places.ROOT, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("command", [("call", "+8696196"), ("kpis", "hrgroup")])
def test_without_a_cloud_it_is_said_how_to_start_one(command: tuple[str, ...]) -> None:
    port = free_port()
    status, text = run(*command, "--port", str(port))
    assert (status, text.splitlines()[0]) == (1, f"nothing answers at http://127.0.0.1:{port}")
    assert "./trunkline cloud start" in text


def test_a_strange_program_on_the_port_gives_no_traceback(control_url: str) -> None:
    status, text = run("kpis", "hrgroup", "--port", control_url.rpartition(":")[2])
    assert status == 1
    assert "Traceback" not in text
    assert "Is it the local cloud that answers there?" in text


def test_an_unknown_tenant_is_answered_with_those_that_there_are() -> None:
    assert run("kpis", "nobody") == (1, f"no tenant 'nobody'; tenants/ has {', '.join(places.tenants())}\n")
