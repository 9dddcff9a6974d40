"""Live views (RTM-01): every agent's state and duration, line and menu use, what waits in each queue and how long."""

import random
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.realtime.board import View
from localstack.connect.directory import AgentStatus
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import HangUp, Press, WaitFor
from tests.support.connect_world import MONDAY
from tests.support.desk_journey import AFTER_SALES, CALLER, Journey
from tests.support.live_board import LiveBoard
from tests.support.tenant_world import REGULAR, TenantWorld

LINE = "after-sales"
TO_QUEUE = (Press(""), Press(""), Press("1"))


def board_of(callers: int, *agents: str, talk_s: float = 120, **more: Any) -> tuple[LiveBoard, list[Contact]]:
    """Return a line on which so many call, ten seconds apart, and wait for the agents for ten minutes at most."""
    journey = Journey(TenantWorld("hrgroup", lookup=REGULAR))
    board = LiveBoard(journey, **more)
    if agents:
        journey.world.staff("service", *agents, acw_s=20, talk_s=talk_s, ring_s=2)
    calls = [
        journey.world.call(
            *TO_QUEUE,
            WaitFor(600),
            HangUp(),
            to=AFTER_SALES,
            caller=f"{CALLER[:-2]}{n:02d}",
            at=MONDAY + timedelta(seconds=10 * n),
        )
        for n in range(callers)
    ]
    return board, calls


def waits(view: View) -> dict[str, tuple[int, int]]:
    return {one.queue: (one.waiting, round(one.longest_s)) for one in view.queues}


@pytest.mark.req("RTM-01")
def test_at_every_moment_the_view_tells_what_goes_on_in_queues_lines_menus_and_at_the_agents() -> None:
    board, calls = board_of(6, "li.na", "wang.wei", spoil=random.Random(5))  # noqa: S311 - no secret
    menus, states, longest = set(), set(), 0
    for second in range(2, 600, 4):
        view = board.at(second)
        now = board.journey.now()
        assert waits(view) == board.waiting()
        assert (view.as_of, view.contacts_at) == (now, now)
        assert {one.source for one in (*view.queues, *view.agents)} == {"events"}
        (line,) = (one for one in view.lines if one.line == LINE)
        on_line = [one for one in calls if one.initiated_at <= now and not one.disconnected_at]
        talking = sum(one.leg is not None for one in on_line)
        queued = sum(one.leg is None and one.visit is not None for one in on_line)
        assert (line.in_progress, line.talking, line.waiting) == (len(on_line), talking, queued)
        assert sum(one.callers for one in view.nodes if one.line == LINE) == line.in_flow
        menus |= {one.node for one in view.nodes}
        _agents_are_right(board, view)
        states |= {one.activity for one in view.agents}
        longest = max(longest, *(wait for _, wait in waits(view).values()))
    assert states == {"ready", "offered", "on-contact", "after-contact-work"}
    assert len(menus) > 1
    assert longest > 60


def _agents_are_right(board: LiveBoard, view: View) -> None:
    """Hold each agent's state, instant, contact and queue against the emulator's own desks."""
    world = board.journey.world
    shown = {one.agent: one for one in view.agents}
    assert shown.keys() == {one.user.username for one in world.world.floor.agents_of(world.instance)}
    for agent in world.world.floor.agents_of(world.instance):
        one, on_desk = shown[agent.user.username], list(agent.desk.values())
        since = on_desk[0].since if on_desk else max(agent.status_since, agent.available_since)
        assert one.since == since.replace(microsecond=since.microsecond // 1000 * 1000)
        assert one.contact_id == (on_desk[0].contact.id if on_desk else None)
        assert one.queue == ("after-sales" if on_desk else None)
        assert (one.activity == "ready") == (not on_desk)


def test_a_caller_who_says_nothing_has_stood_at_the_node_since_he_came_there() -> None:
    board, _ = board_of(1)
    stood: dict[str, list[tuple[float, float]]] = {}
    for second in range(2, 60, 2):
        for one in board.at(second).nodes:
            stood.setdefault(one.node, []).append((second, one.longest_s))
    menu = {node: seen for node, seen in stood.items() if node != "-"}
    assert max(len(seen) for seen in menu.values()) > 5, "he hears the menu again"
    for seen in menu.values():
        (first, longest), *later = seen
        assert [(second, age) for second, age in later] == [(second, longest + second - first) for second, _ in later]


def is_end(event: dict[str, Any]) -> bool:
    return event.get("detail", {}).get("eventType") == "DISCONNECTED"


def test_where_an_end_was_lost_amazon_connect_is_believed_until_the_record_heals_the_board() -> None:
    board, (_, call) = board_of(2, "li.na", talk_s=3_000, lose=is_end)
    board.run(600)
    assert waits(board.view())["after-sales"][0] == 1
    board.run(660)
    assert call.disconnected_at
    told = []
    for second in range(660, 780, 10):
        board.run(second)
        board.refresh(board.journey.now())
        view = board.view()
        (queue,) = (one for one in view.queues if one.queue == "after-sales")
        told.append((queue.waiting, queue.source, view.differing))
    first = told.index((0, "connect", 1))
    assert 2 <= first <= 5  # so long our events are believed; Amazon Connect's figures lag, too
    assert told[:first] == [(1, "events", 1)] * first
    assert set(told[first:]) == {(0, "connect", 1)}
    board.journey.take_records_in()
    board.refresh(board.journey.now() + timedelta(seconds=10))
    healed = board.view()
    assert (waits(healed)["after-sales"], healed.differing) == ((0, 0), 0)
    assert [(one.line, one.talking, one.in_progress) for one in healed.lines if one.in_progress] == []


def test_an_agent_whose_sign_out_was_lost_is_told_as_amazon_connect_has_him() -> None:
    board, _ = board_of(0, "li.na", "wang.wei", lose=lambda event: event.get("EventType") == "LOGOUT")
    board.run(100)
    world = board.journey.world
    agent = next(one for one in world.world.floor.agents() if one.user.username == "li.na")
    offline = world.instance.named(AgentStatus, "Offline")
    assert offline
    world.world.floor.set_status(agent, offline)
    seen = []
    for minute in range(2, 5):
        board.run(60 * minute)
        board.refresh(board.journey.now())
        seen.append([one.agent for one in board.view().agents])
    assert seen == [["li.na", "wang.wei"], ["wang.wei"], ["wang.wei"]]


def test_a_threshold_is_told_once_when_it_is_raised_and_once_when_it_is_cleared() -> None:
    board, _ = board_of(3, "li.na", talk_s=400)
    raised = []
    for second in range(10, 900, 10):
        board.bus.failing = second < 210
        raised.append((second, dict(board.at(second).raised)))
    told = [(kind, detail["threshold"]) for kind, detail in board.bus.told]
    assert told == [("Threshold Raised", "after-sales-wait"), ("Threshold Cleared", "after-sales-wait")]
    first, last = (detail for _, detail in board.bus.told)
    # The second caller waits from 53 s on: longer than 120 s at 173 s, for 20 s at 193 s. While nothing happens the
    # clock looks every minute.
    assert {second for second, up in raised if up} >= set(range(250, 410, 10))
    assert not any(up for second, up in raised if second < 190)
    assert (first["queue"], first["raise_above"], first["clear_at"]) == ("after-sales", 120, 45)
    assert first["value"] > 120
    assert last["value"] <= 45
