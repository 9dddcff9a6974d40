"""What a person sees while a burst runs, at a terminal and without one."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from rich.console import Console

from cli import bursts
from cli.commands import burst
from cli.control import Control
from cli.http import JsonClient


@pytest.fixture
def control(control_url: str) -> Iterator[Control]:
    http = JsonClient(control_url)
    yield Control(http)
    http.pool.clear()


@pytest.fixture(params=[True, False], ids=["terminal", "pipe"])
def out(request: pytest.FixtureRequest) -> Console:
    return Console(file=io.StringIO(), width=100, force_terminal=request.param, highlight=False)


def written(out: Console) -> str:
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def test_progress_is_shown_from_before_the_first_answer_to_the_last(control: Control, out: Console) -> None:
    last = burst.run(out, bursts.Running(control, "b-1"))
    assert last.state == "done"
    assert "4 of 4 over" in written(out)


def test_a_burst_that_fails_leaves_no_traceback_behind(control: Control, out: Console, world: Any) -> None:
    world.burst_fails = True
    with pytest.raises(bursts.BurstFailed, match="no such number"):
        burst.run(out, bursts.Running(control, "b-1"))
    assert "Traceback" not in written(out)


def test_the_outcome_is_one_line(control: Control, out: Console) -> None:
    last = burst.run(out, bursts.Running(control, "b-1"))
    assert burst.summary(last) == "  4 calls: 2 answered, 1 given up in queue, 1 ended without an agent"
