"""The live view as one screen: everything is readable at 80 and at 120 columns."""

import io
from typing import Any

import pytest
from rich.console import Console

from cli import live_screen


def agent(name: str, activity: str, seconds: int, **more: Any) -> dict[str, Any]:
    one = {"agent": name, "activity": activity, "status": "Lunch", "seconds": seconds, "queue": None}
    return {**one, "source": "events", **more}


VIEW: dict[str, Any] = {
    "as_of": "2026-03-02T01:00:30Z", "contacts_at": "2026-03-02T01:00:18Z", "differing": 1,
    "raised": [{"id": "after-sales-wait"}],
    "queues": [
        {"queue": "after-sales", "waiting": 4, "longest_wait_s": 125, "talking": 2, "available": 0, "staffed": 3,
         "service_level": 0.815, "source": "connect"},
        {"queue": "complaints", "waiting": 0, "longest_wait_s": 0, "talking": 0, "available": 1, "staffed": 1,
         "service_level": None, "source": "events"},
    ],
    "lines": [{"line": "after-sales", "in_progress": 9, "in_flow": 3, "waiting": 4, "talking": 2, "occupancy": 0.15}],
    "ivr": [{"line": "after-sales", "node": "-", "callers": 1, "longest_s": 4},
            {"line": "after-sales", "node": "main", "callers": 2, "longest_s": 3700}],
    "agents": [agent("li.na", "on-contact", 65, queue="after-sales"), agent("wang.wei", "break", 600),
               agent("zhao.lei", "on-contact", 5, queue="complaints", source="connect"), agent("liu.yang", "ready", 3)],
}  # fmt: skip


def screen(width: int, rows: int = 20) -> str:
    out = Console(file=io.StringIO(), width=width)
    live_screen.print_view(out, "HR Group", VIEW, time_zone="Asia/Shanghai", rows=rows)
    file = out.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


@pytest.mark.parametrize("width", [80, 120])
def test_everything_is_readable_and_no_line_is_longer_than_the_screen(width: int) -> None:
    text = screen(width)
    assert max(len(line) for line in text.splitlines()) <= width
    for part in ("HR Group  09:00:30", "contacts as of 12 s ago", "Amazon Connect differs in 1", "after-sales-wait"):
        assert part in text
    for told in (
        "4*",
        "2:05",
        "82%",
        "15%",
        "before the menu",
        "1:01:40",
        "wang.wei Lunch",
        "10:00",
        "zhao.lei* on-contact",
    ):
        assert told in text
    assert "Agents: 2 on-contact, 1 ready, 1 break" in text
    assert "…" not in text


def test_agents_stand_beside_the_queues_where_there_is_room() -> None:
    assert any("Queue" in line and "Agent" in line for line in screen(120).splitlines())
    assert not any("Staffed" in line and "Agent" in line for line in screen(80).splitlines())


def test_who_has_talked_longest_comes_first_and_the_rest_is_counted() -> None:
    text = screen(80, rows=1)
    assert "li.na" in text
    assert "zhao.lei" not in text
    assert "and 3 more" in text
