"""The Connect emulator's control API with fakes behind it, as a client sees it."""

import asyncio
import json
import time
from typing import Any

from localstack.connect.control import Control
from localstack.connect.engine.settings import Settings
from tests.support.connect_ports import fake_ports
from tests.support.connect_world import CALLER, NAMESPACE, NUMBER, Small, action, to_queue
from tests.support.waiting import WITHIN_S

MENU = {"Text": "Press 1.", "StoreInput": "False", "InputTimeLimitSeconds": "5"}
MISSED = dict.fromkeys(("NoMatchingCondition", "NoMatchingError", "InputTimeLimitExceeded"), "bye")


class Api:
    """A control API over fakes, and its client; one menu, one queue, one user."""

    def __init__(self) -> None:
        self.small = Small()
        self.small.queue("support")
        profile = self.small.profile("support", ("support", 1, 0))
        agent = self.small.agent("li.na", profile)
        self.user = agent.user
        self.small.number(
            self.small.flow(
                "main",
                action("menu", "GetParticipantInput", MENU, "bye", errors=MISSED, when={"1": "set"}),
                *to_queue("support"),
            )
        )
        cloud = self.small.cloud
        cloud.agent_events.clear()
        ports = fake_ports(self.small.lambdas, cloud)
        self.control = Control(self.small.directory, "", ports=ports, settings=Settings(namespace=NAMESPACE))

    def ask(
        self, method: str, path: str, body: Any = None, query: dict[str, list[str]] | None = None
    ) -> tuple[int, Any]:
        raw = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        status, headers, answer = asyncio.run(self.control.handle(method, "/_trunkline" + path, query or {}, raw))
        assert headers["content-type"] == "application/json"
        return status, json.loads(answer)

    def ok(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        status, answer = self.ask(method, path, body, {key: [value] for key, value in query.items()})
        assert status == 200, answer
        return answer

    def until(self, path: str, wanted: str, deadline_s: float = WITHIN_S) -> Any:
        end = time.monotonic() + deadline_s
        while True:
            answer = self.ok("GET", path)
            if answer["state"] == wanted:
                return answer
            assert time.monotonic() < end, answer

    def virtual(self, now: str = "2026-03-02T01:00:00Z") -> None:
        self.ok("POST", "/clock", {"mode": "virtual", "now": now})

    def sign_in(self, **habits: Any) -> Any:
        agents = [{"username": "li.na", "talk_s": 60, "acw_s": 10, **habits}]
        return self.ok("POST", "/connect/agents", {"instance": "small", "agents": agents})

    def call(self, **more: Any) -> str:
        return str(self.ok("POST", "/connect/calls", {"to": NUMBER, "from": CALLER, **more})["contact_id"])
