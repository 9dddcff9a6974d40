"""Agent events as Amazon Connect writes them (7): an agent lives through a shift, and every change is an event."""

import itertools
import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
INSTANCE_ARN = "arn:aws:connect:us-east-1:000000000000:instance/0a0a0a0a-0000-4000-8000-000000000001"

type Event = dict[str, Any]


def text(at: datetime) -> str:
    """Return an instant as Amazon Connect writes it."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Life:
    """One agent. Each deed appends the event that tells of it to `events`; `now` moves by what `wait` says."""

    def __init__(self, name: str = "ann", *, start: datetime = START) -> None:
        self.name, self.queues, self.now = name, ("after-sales", "english"), start
        self.events: list[Event] = []
        self.status: tuple[str, str, datetime] | None = None
        self.next_status: str | None = None
        self.work: dict[str, Any] | None = None
        self.site: str | None = None
        self._last: dict[str, Any] | None = None
        self._numbers = itertools.count(1)

    def wait(self, seconds: float) -> "Life":
        self.now += timedelta(seconds=seconds)
        return self

    def login(self, status: str = "Available") -> Event:
        self._last = None
        self._choose(status)
        return self._told("LOGIN")

    def choose(self, status: str) -> Event:
        self._choose(status)
        return self._told("STATE_CHANGE")

    def logout(self) -> Event:
        self.work = None
        self._choose("Offline")
        return self._told("LOGOUT")

    def beat(self) -> Event:
        return self._told("HEART_BEAT")

    def offer(self, contact: str, queue: str = "after-sales") -> Event:
        self.work = {
            "ContactId": contact, "InitialContactId": None, "Channel": "VOICE", "InitiationMethod": "INBOUND",
            "QueueTimestamp": text(self.now),
            "Queue": {"ARN": f"{INSTANCE_ARN}/queue/{queue}", "Name": queue, "Channels": ["VOICE"]},
        }  # fmt: skip
        return self._becomes("CONNECTING")

    def accept(self) -> Event:
        assert self.work is not None
        self.work["ConnectedToAgentTimestamp"] = text(self.now)
        return self._becomes("CONNECTED")

    def miss(self) -> Event:
        return self._becomes("MISSED")

    def end(self) -> Event:
        return self._becomes("ENDED")

    def clear(self) -> Event:
        self.work = None
        return self._told("STATE_CHANGE")

    def call(self, contact: str, *, talk_s: float = 100, queue: str = "after-sales") -> None:
        """Handle one contact from the offer to the end of its wrap-up."""
        self.offer(contact, queue)
        self.wait(2).accept()
        self.wait(talk_s).end()
        self.wait(20).clear()

    def _becomes(self, state: str) -> Event:
        assert self.work is not None
        self.work |= {"State": state, "StateStartTimestamp": text(self.now)}
        return self._told("STATE_CHANGE")

    def _choose(self, status: str) -> None:
        kind = {"Available": "ROUTABLE", "Offline": "OFFLINE"}.get(status, "CUSTOM")
        self.status = (status, kind, self.now)

    def _told(self, kind: str) -> Event:
        snapshot = self._snapshot()
        event = {
            "AWSAccountId": "000000000000",
            "AgentARN": f"{INSTANCE_ARN}/agent/id-{self.name}",
            "EventId": f"{self.name}-{next(self._numbers)}",
            "EventTimestamp": text(self.now),
            "EventType": kind,
            "InstanceARN": INSTANCE_ARN,
            "Version": "2019-05-25",
            "CurrentAgentSnapshot": snapshot,
            "PreviousAgentSnapshot": self._last,
        }
        self._last = snapshot
        self.events.append(event)
        return event

    def _snapshot(self) -> dict[str, Any]:
        assert self.status is not None
        name, kind, since = self.status
        return {
            "AgentStatus": {"ARN": f"{INSTANCE_ARN}/agent-state/{name}", "Name": name, "StartTimestamp": text(since),
                            "Type": kind},
            "NextAgentStatus": None,
            "Configuration": {
                "FirstName": "A", "LastName": "B", "Username": self.name, "AgentHierarchyGroups": None,
                "Proficiencies": [{"Name": "Site", "Value": self.site, "ProficiencyLevel": 5.0}] if self.site else [],
                "RoutingProfile": {
                    "ARN": f"{INSTANCE_ARN}/routing-profile/p", "Name": "p",
                    "Concurrency": [{"Channel": "VOICE", "AvailableSlots": 0 if self.work else 1, "MaximumSlots": 1}],
                    "DefaultOutboundQueue": None,
                    "InboundQueues": [
                        {"ARN": f"{INSTANCE_ARN}/queue/agent/id-{self.name}", "Channels": ["VOICE"], "Name": None},
                        *({"ARN": f"{INSTANCE_ARN}/queue/{q}", "Channels": ["VOICE"], "Name": q} for q in self.queues),
                    ],
                },
            },
            "Contacts": [deepcopy(self.work)] if self.work else [],
        }  # fmt: skip


def encoded(event: Event) -> bytes:
    """Return the event as it lies on the stream."""
    return json.dumps(event).encode()


@st.composite
def lives(draw: st.DrawFn, *, name: str = "ann", most: int = 14) -> Life:
    """Draw what an agent does in a day, step by step, each step possible after the one before it."""
    life = Life(name)
    life.login(draw(st.sampled_from(["Available", "Offline", "Lunch"])))
    contacts = (f"contact-{number}" for number in itertools.count(1))
    for _ in range(draw(st.integers(0, most))):
        life.wait(draw(st.integers(1, 900)))
        draw(st.sampled_from(list(_possible(life, contacts))))()
    return life


def _possible(life: Life, contacts: Iterator[str]) -> Iterator[Any]:
    state = life.work["State"] if life.work else None
    assert life.status is not None
    yield life.beat
    if state is None:
        yield from (lambda: life.choose("Available"), lambda: life.choose("Lunch"), lambda: life.choose("Offline"))
        yield lambda: (life.logout(), life.wait(30), life.login())
        if life.status[0] == "Available":
            yield lambda: life.offer(next(contacts), "english")
            yield lambda: life.offer(next(contacts))
    elif state == "CONNECTING":
        yield from (life.accept, life.miss)
    elif state == "CONNECTED":
        yield life.end
    else:
        yield life.clear
