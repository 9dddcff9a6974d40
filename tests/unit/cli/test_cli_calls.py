"""Following calls and bursts through the control API, over real HTTP to a fake."""

import datetime as dt
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from rich.console import Console

from chalicelib.platform.errors import InvalidInput
from cli import bursts, calls, worlds
from cli.control import BurstState, Control, PlannedCall
from cli.http import JsonClient, Refused, Unreachable, reason
from cli.terminal import WIDTH


@pytest.fixture
def control(control_url: str) -> Iterator[Control]:
    http = JsonClient(control_url)
    yield Control(http)
    http.pool.clear()


def paper() -> Console:
    return Console(file=io.StringIO(), width=WIDTH, highlight=False, emoji=False)


def written(out: Console) -> str:
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def test_a_scripted_call_is_printed_to_its_end(control: Control) -> None:
    out = paper()
    planned = PlannedCall(to="+8696196", from_="+8613812345678", script=calls.script("1"))
    done = calls.follow(out, control, planned)
    assert [event.kind for event in done.events] == ["arrived", "hears", "pressed", "joined", "ended"]
    assert written(out).splitlines()[0] == "  00:00  call         +8613812345678 calls +8696196"
    assert calls.outcome(done.events) == "answered"


def test_an_interactive_caller_is_asked_and_the_keys_are_pressed(control: Control) -> None:
    asked = []

    def ask(waiting: Any) -> str:
        asked.append(waiting.max_digits)
        return "1"

    planned = PlannedCall(to="+8696196", from_="+8613812345678", interactive=True)
    done = calls.follow(paper(), control, planned, ask=ask)
    assert asked == [1]
    assert ("pressed", "1") in [(event.kind, event.text) for event in done.events]


def test_a_call_that_never_ends_is_named_with_its_remedy(control: Control, world: Any) -> None:
    world.restless = True
    with pytest.raises(worlds.Restless, match="make stop"):
        worlds.settle(control)


def test_an_interrupted_call_leaves_nobody_waiting(control: Control, world: Any) -> None:
    def interrupt(_: Any) -> str:
        raise KeyboardInterrupt

    planned = PlannedCall(to="+8696196", from_="+8613812345678", interactive=True)
    with pytest.raises(KeyboardInterrupt):
        calls.follow(paper(), control, planned, ask=interrupt)
    assert world.ended


def test_a_caller_may_hang_up_instead(control: Control, world: Any) -> None:
    planned = PlannedCall(to="+8696196", from_="+8613812345678", interactive=True)
    done = calls.follow(paper(), control, planned, ask=lambda _: calls.HANG_UP)
    assert calls.outcome(done.events) == "the caller hung up"
    assert [path for _, path, _ in world.requests if "press" in path] == []


def test_a_burst_is_watched_until_it_is_done(control: Control) -> None:
    told: list[BurstState] = []
    start = dt.datetime(2026, 3, 2, 2, 0, tzinfo=dt.UTC)
    running = bursts.Running(control, control.start_burst(start, [PlannedCall(to="+1", from_="+2")], seed=1))
    last = bursts.watch(running.look, told.append)
    assert (last.state, last.answered, last.abandoned) == ("done", 2, 1)
    assert [state.ended for state in told] == [1, 1, 4]


def test_a_burst_that_fails_says_why(control: Control, world: Any) -> None:
    world.burst_fails = True
    with pytest.raises(bursts.BurstFailed, match="no such number"):
        bursts.watch(bursts.Running(control, "b-1").look, lambda _: None)


def test_an_error_of_the_control_api_keeps_its_status_and_text(control: Control) -> None:
    with pytest.raises(Refused, match="no such thing") as caught:
        control.look("other")
    assert caught.value.http_status == 404


def test_a_call_that_somebody_left_at_a_question_is_hung_up_before_a_new_run(control: Control, world: Any) -> None:
    control.call(PlannedCall(to="+8696196", from_="+8613812345678", interactive=True))
    worlds.settle(control)
    assert world.ended


def test_problem_details_name_their_fields() -> None:
    body = {"detail": "the query is invalid", "errors": [{"field": "from", "problem": "not on a quarter-hour"}]}
    assert reason(json.dumps(body)) == "the query is invalid\n  - from: not on a quarter-hour"
    assert (reason("[]"), reason("no JSON"), reason('{"message": "Forbidden"}')) == ("", "", "Forbidden")


def test_nothing_at_the_address_is_said_so() -> None:
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1:1"):
        Control(JsonClient("http://127.0.0.1:1")).now()


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("1,2#", ({"press": "1"}, {"press": "2#"})),
        (" 1 , w5, h", ({"press": "1"}, {"wait_s": 5}, {"hang_up": True})),
        ("", ()),
    ],
)
def test_keys_on_the_command_line_become_a_script(text: str, steps: tuple[Any, ...]) -> None:
    assert calls.script(text) == steps


@pytest.mark.parametrize("text", ["one", "1;2", "w", "1,,x", "١"])
def test_other_texts_are_no_script(text: str) -> None:
    with pytest.raises(InvalidInput, match="keys"):
        calls.script(text)


def test_numbers_may_be_written_with_spaces() -> None:
    assert calls.number("+86 400-860 1234") == "+864008601234"
    with pytest.raises(InvalidInput, match=r"\+864008601234"):
        calls.number("4008601234")


@pytest.mark.parametrize(("minute", "expected"), [(0, 15), (14, 15), (15, 30), (44, 45)])
def test_kpi_intervals_begin_at_full_quarters(minute: int, expected: int) -> None:
    now = dt.datetime(2026, 3, 2, 1, minute, 1, 5, tzinfo=dt.UTC)
    assert worlds.next_quarter(now) == dt.datetime(2026, 3, 2, 1, expected, tzinfo=dt.UTC)
