"""A typed client of the Connect emulator's control API (`/_trunkline` on the local cloud)."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cli.http import JsonClient, Refused

BASE = "/_trunkline"
FOLLOW_STEP_S = 10.0
"""Virtual seconds between two looks at a call that is followed."""
RUN_TIMEOUT_S = 300.0
"""Real seconds that the world may take until nothing is left to do."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a call's transcript; `facts` are the members that only this kind of event has."""

    n: int
    at: dt.datetime
    kind: str
    text: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Waiting:
    """The caller is asked for something, within `timeout_s`.

    `kind` is "digits" (at most `max_digits`; None: any number), "words" (`keys`: keys are taken, too) or "choice".
    """

    max_digits: int | None
    timeout_s: float | None
    kind: str = "digits"
    keys: bool = True


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it stands, with the events asked for."""

    contact_id: str
    state: str
    ended: bool
    waiting: Waiting | None
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """Where the world stands still: with nothing left to do, or because these contacts' callers are asked for keys."""

    idle: bool
    awaiting: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCall:
    """A simulated caller: who calls whom, the keys pressed in order, the patience in queue, the length of the talk."""

    to: str
    from_: str
    script: tuple[Mapping[str, Any], ...] = ()
    at_s: float = 0.0
    patience_s: float | None = None
    talk_s: float | None = None
    interactive: bool = False
    audio: Mapping[str, Any] | None = None
    """How each end is heard, as the control API takes it; None: it is not measured."""

    def body(self) -> dict[str, Any]:
        """Return the call as the control API takes it in POST /connect/calls."""
        return {
            "to": self.to,
            "from": self.from_,
            "script": [dict(step) for step in self.script],
            "patience_s": self.patience_s,
            "talk_s": self.talk_s,
            "interactive": self.interactive,
            **({"audio": dict(self.audio)} if self.audio else {}),
        }

    def burst_entry(self) -> dict[str, Any]:
        """Return the call as one entry of a burst."""
        return {"at_s": self.at_s, **{key: value for key, value in self.body().items() if key != "interactive"}}


@dataclass(frozen=True, slots=True)
class SimulatedAgent:
    """An existing user of the instance, signed in by the emulator."""

    username: str
    talk_s: float
    acw_s: float
    ring_s: float = 2.0
    accept_share: float = 1.0
    status: str = "Available"

    def body(self) -> dict[str, Any]:
        """Return the agent as the control API takes it."""
        return {
            "username": self.username,
            "status": self.status,
            "ring_s": self.ring_s,
            "accept_share": self.accept_share,
            "talk_s": self.talk_s,
            "acw_s": self.acw_s,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class BurstState:
    """How far a burst is; counts of calls."""

    state: str
    total: int
    arrived: int
    ended: int
    answered: int
    abandoned: int
    in_queue: int
    now: dt.datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class Control:
    """The control API behind one local cloud."""

    http: JsonClient

    def now(self) -> dt.datetime:
        """Return the emulator's time."""
        return moment(self.http.get(f"{BASE}/clock")["now"])

    def virtual_now(self) -> dt.datetime | None:
        """Return the virtual time, None while the emulator follows the real clock."""
        answer = self.http.get(f"{BASE}/clock")
        return moment(answer["now"]) if answer["mode"] == "virtual" else None

    def set_virtual(self, now: dt.datetime) -> None:
        """Stop the emulator's clock at `now`; from there it jumps from event to event."""
        self.http.post(f"{BASE}/clock", {"mode": "virtual", "now": iso(now)})

    def set_real(self) -> None:
        """Let the emulator follow the real clock, as people at both ends need it; refused while calls go on."""
        if self.virtual_now() is not None:
            self.http.post(f"{BASE}/clock", {"mode": "real"})

    def set_auth(self, *, enabled: bool) -> None:
        """Switch IAM enforcement on or off; functions started afterwards run as their own roles when it is on."""
        self.http.post(f"{BASE}/auth", {"enabled": enabled})

    def instances(self) -> list[dict[str, Any]]:
        """Return the Connect instances with their numbers, queues and counts."""
        answer = self.http.get(f"{BASE}/connect/instances")
        return list(answer["instances"] if isinstance(answer, dict) else answer)

    def sign_in(self, instance: str, agents: Sequence[SimulatedAgent]) -> None:
        """Sign existing users of the instance in as simulated agents."""
        body = {"instance": instance, "agents": [agent.body() for agent in agents]}
        self.http.post(f"{BASE}/connect/agents", body)

    def agents(self, instance: str) -> list[dict[str, Any]]:
        """Return the simulated agents of the instance."""
        answer = self.http.get(f"{BASE}/connect/agents", {"instance": instance})
        return list(answer["agents"] if isinstance(answer, dict) else answer)

    def call(self, planned: PlannedCall) -> str:
        """Place a call and return its contact id."""
        return str(self.http.post(f"{BASE}/connect/calls", planned.body())["contact_id"])

    def look(self, contact_id: str, *, after: int = 0) -> Call:
        """Return the call with its events numbered above `after`."""
        answer = self.http.get(f"{BASE}/connect/calls/{contact_id}", {"after": str(after)})
        return _call(answer)

    def press(self, contact_id: str, digits: str) -> None:
        """Press keys in the call."""
        self.http.post(f"{BASE}/connect/calls/{contact_id}/press", {"digits": digits})

    def say(self, contact_id: str, text: str) -> None:
        """Say something in the call; "" says nothing."""
        self.http.post(f"{BASE}/connect/calls/{contact_id}/say", {"text": text})

    def choose(self, contact_id: str, action: str) -> None:
        """Choose an action of the view that is shown; "" chooses nothing."""
        self.http.post(f"{BASE}/connect/calls/{contact_id}/choose", {"choose": action})

    def calls(self, instance: str = "") -> list[dict[str, Any]]:
        """Return the calls that are not over, oldest first."""
        found = self.http.get(f"{BASE}/connect/calls", {"instance": instance} if instance else None)
        return list(found["calls"])

    def hang_up(self, contact_id: str) -> None:
        """End the call from the caller's side."""
        self.http.post(f"{BASE}/connect/calls/{contact_id}/hang-up", {})

    def run(self, *, max_s: float | None = None) -> Run:
        """Let the virtual world run until nothing is left to do, or for `max_s` virtual seconds."""
        answer = self.http.post(f"{BASE}/connect/run", {"until": "idle", "max_s": max_s}, timeout_s=RUN_TIMEOUT_S)
        return Run(idle=bool(answer["idle"]), awaiting=frozenset(answer.get("awaiting", ())))

    def follow(self, contact_id: str) -> Iterator[Call]:
        """Run the world and yield the call with its new events, until it has ended.

        A call with `waiting` asks its interactive caller: press keys or hang up before the next step is taken.
        """
        seen = 0
        while True:
            run = self.run(max_s=FOLLOW_STEP_S)
            call = self.look(contact_id, after=seen)
            seen = max([seen, *(event.n for event in call.events)])
            yield call if contact_id in run.awaiting else replace(call, waiting=None)
            if call.ended:
                return

    def start_burst(self, start: dt.datetime, calls: Sequence[PlannedCall], *, seed: int) -> str:
        """Hand a burst over and return its id."""
        body = {"seed": seed, "start": iso(start), "calls": [call.burst_entry() for call in calls]}
        return str(self.http.post(f"{BASE}/connect/bursts", body)["burst_id"])

    def burst(self, burst_id: str) -> BurstState:
        """Return how far the burst is."""
        answer = self.http.get(f"{BASE}/connect/bursts/{burst_id}")
        now = answer.get("now")
        return BurstState(
            state=str(answer["state"]),
            now=moment(now) if now else None,
            error=str(answer.get("error") or ""),
            **{
                key: int(answer.get(key) or 0)
                for key in ("total", "arrived", "ended", "answered", "abandoned", "in_queue")
            },
        )


def is_healthy(http: JsonClient) -> bool:
    """Return True when a local cloud with its Connect emulator answers."""
    try:
        http.get(f"{BASE}/health")
    except Refused:
        return False
    return True


def iso(at: dt.datetime) -> str:
    """Return an instant as the control API writes it: UTC with microseconds."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text: str) -> dt.datetime:
    """Return the instant that `text` names, in UTC."""
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC)


def _call(answer: Mapping[str, Any]) -> Call:
    waiting = answer.get("waiting")
    return Call(
        contact_id=str(answer["contact_id"]),
        state=str(answer["state"]),
        ended=bool(answer["ended"]),
        waiting=_waiting(waiting) if waiting else None,
        events=tuple(_event(event) for event in answer["events"]),
    )


def _waiting(raw: Mapping[str, Any]) -> Waiting:
    kind = str(raw.get("for") or "digits")
    keys = kind == "digits" or bool(raw.get("keys"))
    return Waiting(raw.get("max_digits"), raw.get("timeout_s"), kind, keys)


def _event(raw: Mapping[str, Any]) -> Event:
    known = {"n", "at", "kind", "text"}
    facts = {key: value for key, value in raw.items() if key not in known}
    return Event(int(raw["n"]), moment(raw["at"]), str(raw["kind"]), str(raw.get("text") or ""), facts)
