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
    "resume": TALKING,
    "transfer": TALKING,
    "press": TALKING,
    "disconnect": TALKING,
    "conference": TALKING,
    "leave": TALKING,
    "cancel-transfer": TALKING,
    "hang-up": TALKING,
    "close": frozenset({"ENDED"}),
    "clear": frozenset({"MISSED", "REJECTED"}),
}
"""Deeds, and the states of a contact in which each is possible."""
WITH_TRANSFER: Final = frozenset({"conference", "leave", "cancel-transfer", "press"})
"""Deeds that need somebody who is being brought in."""
TRANSFERS: Final[Mapping[str, str]] = {
    "transfer": "queue",
    "transfer-to-agent": "agent",
    "transfer-by-quick-connect": "quick_connect",
    "transfer-to-number": "number",
}
"""Ways to bring somebody in, and what each names. All are the deed `transfer`."""
CALLER: Final = "caller"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnScreen:
    """One contact on the screen, in a state of the agent event stream (CONNECTING, CONNECTED, ENDED, ...)."""

    contact_id: str
    state: str
    accepted: bool
    customer: str
    queue: str | None
    attributes: Mapping[str, str] = field(default_factory=dict)
    transfer: str | None = None
    """The state of whoever is being brought in, such as queued, ringing or connected."""
    outgoing: bool = False
    """The agent calls the customer."""
    parties: Mapping[str, str] = field(default_factory=dict)
    """Who else is on the call besides the customer: contact id by name."""
    caller_on_hold: bool = False

    def allows(self, deed: str) -> bool:
        """Tell whether the deed is possible now; an offer that was accepted rings no more."""
        if self.state not in STATES[deed]:
            return deed == "hang-up" and self.outgoing and self.state in RINGING
        if deed in WITH_TRANSFER:
            return self.transfer == "connected" if deed == "conference" else self.transfer is not None
        needs = {
            "accept": not self.accepted,
            "reject": not self.accepted,
            "transfer": self.transfer is None,
            "disconnect": bool(self.parties),
            "resume": self.state == "CONNECTED_ONHOLD" or self.caller_on_hold,
            "hold": not self.caller_on_hold,
        }
        return needs.get(deed, True)


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

    def dial(self, number: str, shown: str) -> Screen:
        """Dial out; the customer sees the number `shown`."""
        body = {"instance": self.instance, "to": number, "from": shown}
        return _screen(self.http.post(f"{self._path()}/dial", body))

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
        transfer=(one.get("transfer") or {}).get("state"),
        outgoing=one.get("method") == "OUTBOUND",
        parties={str(party["name"]): str(party["contact_id"]) for party in one.get("parties") or ()},
        caller_on_hold=bool(one.get("caller_on_hold")),
    )


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the agent does: a deed, a choice of status (`status`), or nothing for `wait_s` seconds."""

    deed: str
    wait_s: float = 0.0
    argument: str = ""


TAKE: Final = "take"
"""Accepts a call that several desks are offered at once."""
WORDS: Final[Mapping[str, str]] = {
    "y": TAKE, "a": "accept", "r": "reject", "h": "hold", "u": "resume", "x": "hang-up", "c": "close", "m": "clear",
    "t": "transfer", "ta": "transfer-to-agent", "tq": "transfer-by-quick-connect", "tn": "transfer-to-number",
    "k": "press", "o": "disconnect", "j": "conference", "l": "leave", "b": "cancel-transfer",
    "d": "dial", "s": "status",
}  # fmt: skip
NAMED: Final = frozenset({*TRANSFERS, "status", "dial", "press", "disconnect"})
"""Deeds after which a name or number stands."""
HELP: Final = (
    "y takes a call that several desks are offered; a accept, r reject; "
    "h hold, u unhold, x hang up, c close the wrap-up, m clear a missed call; "
    "t QUEUE, ta AGENT, tq QUICK-CONNECT or tn NUMBER brings somebody in: k KEYS answers the flow on the way, "
    "j joins all, l leaves them alone, b takes the caller back; o NAME (or o caller) puts one of them out; "
    "d NUMBER dials, s STATUS chooses a status, ? shows this, q quits"
)
_CHOICES: Final[Mapping[str, str]] = {
    "accept": "a accept",
    "reject": "r reject",
    "hold": "h hold",
    "resume": "u unhold",
    "transfer": "t QUEUE transfer",
    "press": "k KEYS press",
    "disconnect": "o NAME put out",
    "conference": "j join all",
    "leave": "l leave them alone",
    "cancel-transfer": "b take the caller back",
    "hang-up": "x hang up",
    "close": "c close",
    "clear": "m clear",
}


def choices(contact: OnScreen) -> str:
    """Return what can be done with a contact now, each with its letter: `h hold · x hang up`."""
    return " · ".join(told for deed, told in _CHOICES.items() if contact.allows(deed))


def step(text: str) -> Step:
    """Return what `text` means: a deed by name or letter, `w5` for five seconds of nothing, `s Lunch`, `t english`.

    Raises:
        InvalidInput: it means nothing.

    """
    word, _, argument = text.strip().partition(" ")
    if word[:1] == "w" and word[1:].isdigit():
        return Step("wait", wait_s=float(word[1:]))
    deed = WORDS.get(word, word)
    if deed not in STATES and deed not in NAMED and deed != TAKE:
        msg = f"{text.strip()!r} is none of: {HELP}, w<seconds>"
        raise InvalidInput(msg)
    if (deed in NAMED) != bool(argument.strip()):
        msg = f"{deed} takes {'a name or number after it' if deed in NAMED else 'nothing after it'}"
        raise InvalidInput(msg)
    return Step(deed, argument=argument.strip())


def steps(text: str) -> tuple[Step, ...]:
    """Return the comma-separated steps of `text`.

    Raises:
        InvalidInput: one of them means nothing.

    """
    return tuple(step(part) for part in text.split(",") if part.strip())
