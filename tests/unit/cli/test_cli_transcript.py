"""Transcripts: readable without colour, aligned with Chinese text, never wider than the console."""

import datetime as dt
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from cli import call_words, transcript
from cli.control import Event
from cli.terminal import WIDTH
from cli.wrapping import wrap

START = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)


def event(n: int, at_s: float, kind: str, text: str, **facts: Any) -> Event:
    return Event(n, START + dt.timedelta(seconds=at_s), kind, text, facts)


def printed(*events: Event, everything: bool = False) -> str:
    out = Console(file=io.StringIO(), width=WIDTH, highlight=False, emoji=False)
    transcript.show(out, list(transcript.lines(events, START, everything=everything)))
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


ROUTE = {
    "queue": "complaints", "category": "complaint", "priority": "1", "reason": "vip-grade", "degraded": "false",
    "targetCount": "2", "target1Type": "queue", "target1Id": "complaints", "target1TimeoutS": "120",
    "target2Type": "voicemail", "target2Id": "voicemail", "target2TimeoutS": "0", "lastAgent": "none",
}  # fmt: skip
KNOWN = {"found": "true", "customerName": "王芳", "grade": "gold", "lastAgent": "none", "recentContacts": "0"}
POPPED = {"welcomed": "true", "grade": "gold", "lastAgent": "none", "customerName": "王芳"}
ALIAS = "arn:aws:lambda:us-east-1:000000000000:function:trunkline-hrgroup-route:live"
MENU = (
    "您好，欢迎致电集团售后服务热线。业务咨询请按1，报修与售后请按2，投诉与建议请按3，人工服务请按0。"
    "为了提升服务质量，本次通话将被录音。"
)


def test_a_call_reads_like_this() -> None:
    asked = {"line": "after-sales", "menuChoice": "3"}
    text = printed(
        event(1, 0, "arrived", "+8613800138000 calls +864008601234"),
        event(2, 0, "lambda", "", function="look-up:live", parameters={"line": "after-sales"}, result=KNOWN, ms=40),
        event(3, 1, "hears", MENU),
        event(4, 61, "pressed", "3"),
        event(5, 62, "branch", "menu -> choice-3"),
        event(6, 62, "lambda", "", function=ALIAS, parameters=asked, result=ROUTE, ms=57.4),
        event(
            7,
            65,
            "screen-pop",
            "",
            attributes={"welcomed": "true", "grade": "gold", "lastAgent": "none", "customerName": "王芳"},
        ),
        event(8, 3_700, "ended", "the agent hung up", reason="AGENT_DISCONNECT"),
    )
    assert text == (
        "  00:00  call         +8613800138000 calls +864008601234\n"
        "  00:00  lambda       look-up:live (40 ms) asked with line after-sales\n"
        "                      known: customerName 王芳, grade gold, recentContacts 0\n"
        "  00:01  caller hears 您好，欢迎致电集团售后服务热线。业务咨询请按1，报修与售后请按2，投诉与建议请\n"
        "                      按3，人工服务请按0。为了提升服务质量，本次通话将被录音。\n"
        "  01:01  caller keys  3\n"
        "  01:02  lambda       trunkline-hrgroup-route:live (57 ms) asked with line after-sales, menuChoice 3\n"
        "                      queue complaints, because vip-grade, priority 1, category complaint; in order:\n"
        "                      1 queue complaints for 120 s, 2 voicemail\n"
        "  01:05  screen pop   customerName 王芳, grade gold (and 1 more attributes)\n"
        "  61:40  call         The call is over: the agent hung up\n"
    )


def test_a_function_that_had_nothing_to_tell_leaves_no_empty_line() -> None:
    text = printed(
        event(1, 90, "lambda", "", function=ALIAS, parameters={"event": "agent"}, result={"schema": "1"}, ms=40)
    )
    assert text == "  01:30  lambda       trunkline-hrgroup-route:live (40 ms) asked with event agent\n"


def test_branches_are_shown_only_on_demand() -> None:
    branch = event(1, 0, "branch", "menu -> choice-3")
    assert printed(branch) == ""
    assert "menu -> choice-3" in printed(branch, everything=True)


def test_a_function_that_failed_is_said_to_have_failed() -> None:
    text = printed(event(1, 0, "lambda", "function error", function="x:function:route:live", result=None, ms=3))
    assert text == "  00:00  lambda       route:live (3 ms) failed: function error\n"


def test_nothing_but_text_is_written_without_a_terminal() -> None:
    assert "\x1b" not in printed(event(1, 0, "error", "[bold]not markup[/bold]"))
    assert "[bold]not markup[/bold]" in printed(event(1, 0, "error", "[bold]not markup[/bold]"))


words = st.text(
    st.one_of(st.characters(min_codepoint=33, max_codepoint=126), st.sampled_from("您好欢迎致电，。 ")), max_size=300
)


@given(words, st.integers(4, 90))
def test_wrapped_rows_fit_and_lose_nothing(text: str, cells: int) -> None:
    rows = wrap(text, cells)
    assert all(cell_len(row) <= cells for row in rows)
    assert "".join("".join(rows).split()) == "".join(text.split())


@given(words)
def test_no_line_of_a_transcript_is_wider_than_the_console(text: str) -> None:
    assert all(cell_len(row) <= WIDTH for row in printed(event(1, 0, "hears", text)).splitlines())


def test_a_silent_caller_is_no_problem_but_a_broken_flow_is() -> None:
    silent = event(1, 0, "error", "GetParticipantInput: no key was pressed in time", error="InputTimeLimitExceeded")
    broken = event(2, 1, "error", "Flow inbound runs in a circle")
    told = [(line.speaker, line.text) for line in transcript.lines([silent, broken], START)]
    assert told == [("caller keys", "nothing"), ("problem", "Flow inbound runs in a circle")]


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("CUSTOMER_DISCONNECT", "The call is over: the caller hung up"),
        ("CONTACT_FLOW_DISCONNECT", "The call is over: the flow ended it"),
        ("SOMETHING_NEW", "The call is over: SOMETHING_NEW"),
    ],
)
def test_the_end_of_a_call_is_a_sentence(reason: str, told: str) -> None:
    (line,) = transcript.lines([event(1, 0, "ended", f"Contact over: {reason}", reason=reason)], START)
    assert line.text == told


@pytest.mark.parametrize(
    ("arn", "told"),
    [
        (
            "arn:aws:lambda:us-east-1:0:function:trunkline-hrgroup-LookupCustomer-C6CDB9FE8D302:live",
            "LookupCustomer:live",
        ),
        ("arn:aws:lambda:us-east-1:0:function:look_up", "look_up"),
        ("", "a function"),
    ],
)
def test_a_function_is_called_by_its_own_name(arn: str, told: str) -> None:
    assert call_words.function(arn) == told
