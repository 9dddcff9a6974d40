"""Two control APIs at an address: a fake of one call through a one-key menu, and the emulator's own with an agent."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from cli.agent_session import Session
from cli.desk import Desk
from cli.http import JsonClient
from cli.keyboard import NoKeyboard
from tests.support.agent_terminal import LOOK_S, paper
from tests.support.control_client import Api
from tests.support.json_server import serving
from tests.support.waiting import WITHIN_S

EPOCH = "2026-03-02T01:00:{:02d}.000000Z"


class FakeWorld:
    """The state behind the fake: what was asked, and where the one call is."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, dict[str, Any]]] = []
        self.events: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.ended = False
        self.interactive = False
        self.mode = "real"
        self.burst_looks = 0
        self.burst_fails = False
        self.restless = False

    def tell(self, kind: str, text: str) -> None:
        n = len(self.events) + 1
        self.events.append({"n": n, "at": EPOCH.format(n), "kind": kind, "text": text})

    def answer(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.requests.append((method, path, body))
        place = path.removeprefix("/_trunkline").partition("?")[0]
        routes = {
            "/health": lambda: {"ok": True},
            "/clock": lambda: self._clock(method, body),
            "/connect/calls": lambda: self._call(body),
            "/connect/run": self._run,
            "/connect/calls/c-1": lambda: self._look(path),
            "/connect/calls/c-1/press": lambda: self._press(body),
            "/connect/calls/c-1/hang-up": self._hang_up,
            "/connect/bursts": lambda: {"burst_id": "b-1"},
            "/connect/bursts/b-1": self._burst,
        }
        return (200, routes[place]()) if place in routes else (404, {"error": f"no such thing: {place}"})

    def _clock(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        if method == "POST":
            self.mode = body["mode"]
        return {"now": EPOCH.format(0), "mode": self.mode}

    def _call(self, body: dict[str, Any]) -> dict[str, Any]:
        self.interactive = body["interactive"]
        self.keys = [step["press"] for step in body["script"] if "press" in step]
        self.tell("arrived", f"{body['from']} calls {body['to']}")
        self.tell("hears", "press 1")
        return {"contact_id": "c-1"}

    def _run(self) -> dict[str, Any]:
        if self.keys and not self.ended:
            self.tell("pressed", self.keys.pop(0))
        if not (self.interactive or self.ended):
            self.tell("joined", "agent service-01")
        if not self.interactive or len(self.events) > 2:
            self._hang_up()
        asked = self.interactive and not self.ended
        return {"now": EPOCH.format(0), "idle": not (asked or self.restless), "awaiting": ["c-1"] if asked else []}

    def _press(self, body: dict[str, Any]) -> dict[str, Any]:
        self.keys.append(body["digits"])
        return {}

    def _hang_up(self) -> dict[str, Any]:
        if not self.ended:
            self.tell("ended", "the caller hung up")
        self.ended = True
        return {}

    def _look(self, path: str) -> dict[str, Any]:
        after = int(path.partition("after=")[2] or 0)
        asks = None if self.ended else {"for": "digits", "max_digits": 1, "timeout_s": 5}
        return {
            "contact_id": "c-1",
            "state": "ended" if self.ended else "awaiting-input",
            "waiting": asks,
            "ended": self.ended,
            "events": [event for event in self.events if event["n"] > after],
        }

    def _burst(self) -> dict[str, Any]:
        self.burst_looks += 1
        done = self.burst_looks >= 3
        state = {
            "state": "done" if done else "running",
            "error": None,
            "total": 4,
            "arrived": 4,
            "ended": 4 if done else 1,
        }
        if self.burst_fails:
            state |= {"state": "failed", "error": "no such number"}
        return {**state, "answered": 2, "abandoned": 1, "in_queue": 0, "now": EPOCH.format(9)}


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld()


@pytest.fixture
def control_url(world: FakeWorld) -> Iterator[str]:
    """Yield the address at which the fake answers."""
    with serving(lambda method, path, body: world.answer(method, path, body or {})) as url:
        yield url


@pytest.fixture
def base() -> Iterator[str]:
    """The emulator's control API at an address: one menu (press 1), one queue, one user li.na, nobody signed in."""
    api = Api()
    api.small.queue("elsewhere")
    api.small.user("wang.wei", api.small.profile("others", ("elsewhere", 1, 0)))

    def answer(method: str, path: str, body: Any) -> tuple[int, Any]:
        where = urlsplit(path)
        return api.ask(method, where.path.removeprefix("/_trunkline"), body, parse_qs(where.query))

    with serving(answer) as url:
        yield url


@pytest.fixture
def http(base: str) -> Iterator[JsonClient]:
    client = JsonClient(base)
    yield client
    client.pool.clear()


@pytest.fixture
def session(http: JsonClient) -> Session:
    """Li Na, signed in, with nobody at the keyboard."""
    at = Desk(http, "small", "li.na")
    at.sign_in()
    return Session(paper(), at, NoKeyboard(), look_s=LOOK_S, deadline_s=WITHIN_S)
