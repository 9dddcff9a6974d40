"""An agent's desk over the control API: the screen as it stands, and the deeds that are possible on it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from chalicelib.platform.errors import InvalidInput
from cli.control import BASE, moment
from cli.http import JsonClient

RINGING: Final = frozenset({"CONNECTING", "INCOMING"})
TALKING: Final = frozenset({"CONNECTED", "CONNECTED_ONHOLD"})

STATES: Final[Mapping[str, frozenset[str]]] = {
    "accept": RINGING,
    "reject": RINGING,
    "hold": frozenset({"CONNECTED"}),
    "resume": frozenset({"CONNECTED_ONHOLD"}),
    "hang-up": TALKING,
    "transfer": TALKING,
    "leave": TALKING,
    "close": frozenset({"ENDED"}),
    "clear": frozenset({"MISSED", "REJECTED"}),
}
"""Deeds, and the states of a contact in which each is possible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnScreen:
    """One contact on the screen, in a state of the agent event stream (CONNECTING, CONNECTED, ENDED, ...)."""

    contact_id: str
    state: str
    accepted: bool
    customer: str
    queue: str | None
    attributes: Mapping[str, str] = field(default_factory=dict)

    def allows(self, deed: str) -> bool:
        """Tell whether the deed is possible now; an offer that was accepted rings no more."""
        ready = not self.accepted if deed in {"accept", "reject"} else True
        return ready and self.state in STATES[deed]


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """Everything that the agent sees."""

    status: str
    next_status: str | None
    now: dt.datetime
    contacts: tuple[OnScreen, ...] = ()

    def fitting(self, deed: str) -> OnScreen | None:
        """Return the oldest contact with which the deed can be done."""
        return next((contact for contact in self.contacts if contact.allows(deed)), None)


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk of `username` in the Amazon Connect instance `instance`."""

    http: JsonClient
    instance: str
    username: str

    def sign_in(self, status: str = "Available") -> None:
        """Sign in as a person: nothing happens at this desk without being told."""
        agent = {"username": self.username, "status": status, "person": True}
        self.http.post(f"{BASE}/connect/agents", {"instance": self.instance, "agents": [agent]})

    def screen(self) -> Screen:
        """Return the screen as it stands."""
        return _screen(self.http.get(self._path(), {"instance": self.instance}))

    def choose(self, status: str) -> Screen:
        """Choose a status; during a contact it becomes the next one."""
        return _screen(self.http.post(f"{self._path()}/status", {"instance": self.instance, "status": status}))

    def do(self, deed: str, contact: OnScreen, **more: str) -> Screen:
        """Do a deed with a contact."""
        body = {"instance": self.instance, "contact_id": contact.contact_id, **more}
        return _screen(self.http.post(f"{self._path()}/{deed}", body))

    def _path(self) -> str:
        return f"{BASE}/connect/agents/{quote(self.username, safe='')}"


def _screen(answer: Mapping[str, Any]) -> Screen:
    return Screen(
        status=str(answer["status"]),
        next_status=answer.get("next_status"),
        now=moment(str(answer["now"])),
        contacts=tuple(_contact(one) for one in answer["contacts"]),
    )


def _contact(one: Mapping[str, Any]) -> OnScreen:
    return OnScreen(
        contact_id=str(one["contact_id"]),
        state=str(one["state"]),
        accepted=bool(one["accepted"]),
        customer=str(one.get("customer") or "somebody"),
        queue=one.get("queue"),
        attributes=dict(one.get("attributes") or {}),
    )


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the agent does: a deed, a choice of status (`status`), or nothing for `wait_s` seconds."""

    deed: str
    wait_s: float = 0.0
    argument: str = ""


WORDS: Final[Mapping[str, str]] = {
    "a": "accept", "r": "reject", "h": "hold", "u": "resume", "x": "hang-up", "c": "close", "m": "clear",
    "t": "transfer", "l": "leave", "s": "status",
}  # fmt: skip
HELP: Final = (
    "a accept, r reject, h hold, u unhold, x hang up, c close wrap-up, m clear a missed call, "
    "t QUEUE transfer, l leave it to the next agent, s STATUS, q quit"
)


def step(text: str) -> Step:
    """Return what `text` means: a deed by name or letter, `w5` for five seconds of nothing, `s Lunch`, `t english`.

    Raises:
        InvalidInput: it means nothing.

    """
    word, _, argument = text.strip().partition(" ")
    if word[:1] == "w" and word[1:].isdigit():
        return Step("wait", wait_s=float(word[1:]))
    deed = WORDS.get(word, word)
    if deed not in STATES and deed != "status":
        msg = f"{text.strip()!r} is none of: {HELP}, w<seconds>"
        raise InvalidInput(msg)
    if (deed in {"status", "transfer"}) != bool(argument.strip()):
        msg = f"{deed} takes {'a name' if deed in {'status', 'transfer'} else 'nothing after it'}"
        raise InvalidInput(msg)
    return Step(deed, argument=argument.strip())


def steps(text: str) -> tuple[Step, ...]:
    """Return the comma-separated steps of `text`.

    Raises:
        InvalidInput: one of them means nothing.

    """
    return tuple(step(part) for part in text.split(",") if part.strip())
