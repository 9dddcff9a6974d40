"""A person at an agent's desk: what happens on the screen is told, what is typed or scripted is done."""

import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from rich.console import Console

from chalicelib.platform.errors import InvalidInput, ProductError
from cli import transcript
from cli.control import Event
from cli.desk import CALLER, HELP, RINGING, TAKE, TRANSFERS, Desk, OnScreen, Screen, Step, choices, step
from cli.desk_offers import DeskOffers
from cli.http import Refused
from cli.keyboard import Lines
from cli.transcript import Line

if TYPE_CHECKING:
    import datetime as dt

LOOK_S: Final = 0.25
DEADLINE_S: Final = 120.0
"""A scripted deed waits so long for a contact with which it can be done."""
QUIT: Final = "q"
MENU: Final = "?"
_NOBODY: Final = 404
_NOT_NOW: Final = 409
_BUSY: Final = frozenset({429, 500, 502, 503, 504})
"""Answers of a tenant's API after which asking again is worth while: the agent's calls go on meanwhile."""

_NOTHING_TO: Final = {
    TAKE: "your desk is offered nothing now",
    "accept": "nothing rings now",
    "reject": "nothing rings now",
    "hold": "there is nobody to put on hold now",
    "resume": "nobody is on hold",
    "transfer": "there is nobody to transfer now",
    "conference": "there is nobody to join: the other side of a transfer is not on the line",
    "leave": "no transfer is under way",
    "press": "no transfer is under way, so no flow asks for keys",
    "disconnect": "nobody but you and the caller is on the call",
    "cancel-transfer": "no transfer is under way",
    "hang-up": "you are on no call",
    "close": "there is nothing to write up",
    "clear": "no missed call is on your screen",
}
_TRANSFER: Final = {
    "queued": "the other side of the transfer waits in a queue",
    "ringing": "it rings at the other side of the transfer",
    "connected": "the other side is on the line",
}
_TOLD: Final = {
    "CONNECTED": ("talk", "you talk with {customer}", "bold green"),
    "CONNECTED_ONHOLD": ("hold", "{customer} is on hold", "yellow"),
    "ENDED": ("wrap-up", "your part is over: write it up, then close it", "blue"),
    "MISSED": ("missed", "the call of {customer} was not taken; clear it to get the next one", "red"),
    "REJECTED": ("missed", "you declined the contact of {customer}", "red"),
}


class NobodyCame(ProductError):
    """No contact came with which the next scripted deed can be done."""

    code, status, title = "nobody-came", 504, "Nobody came"


@dataclass(slots=True)
class Session:
    """One turn of duty. `look_s` is how long to listen to the keyboard between two looks at the screen."""

    out: Console
    desk: Desk
    keyboard: Lines
    look_s: float = LOOK_S
    deadline_s: float = DEADLINE_S
    shown: str = ""
    """The number that a customer sees whom this agent dials."""
    offers: DeskOffers | None = None
    """Where the tenant offers calls to several desks at once."""
    _offered: frozenset[str] = frozenset()
    _mine: set[str] = field(default_factory=set)
    """What this desk took: it is told neither that it is offered nor that it is offered no more."""
    _unheard: bool = False
    _began: "dt.datetime | None" = None
    _at_s: float = 0.0
    """When the screen was last seen, from the beginning of the turn."""
    _seen: dict[str, OnScreen] = field(default_factory=dict)
    _status: tuple[str, str | None] = ("", None)

    def play(self, script: Sequence[Step]) -> None:
        """Do the steps one after another, each as soon as it is possible.

        Raises:
            NobodyCame: no contact came with which the next step can be done.

        """
        left = deque(script)
        since = time.monotonic()
        while left:
            if self._tried(left[0], since):
                left.popleft()
                since = time.monotonic()
            elif left[0].deed != "wait" and time.monotonic() - since > self.deadline_s:
                msg = f"no contact to {left[0].deed} came within {self.deadline_s:.0f} s"
                raise NobodyCame(msg)
            else:
                self.keyboard.line(self.look_s)
        self._look()

    def leave(self, status: str) -> None:
        """End what is on the screen and choose the status in which nothing is offered: nobody is left hanging."""
        try:
            for deed in ("hang-up", "close", "clear"):
                contact = self.desk.screen().fitting(deed)
                if contact is not None:
                    self.desk.do(deed, contact)
            self.desk.choose(status)
        except Refused as refusal:
            if refusal.http_status != _NOBODY:
                raise

    def serve(self) -> None:
        """Tell what happens and do what is typed, until `q`, the end of the input or signing out (status Offline)."""
        self._say("keys", HELP, "dim")
        try:
            self._serve()
        except Refused as refusal:
            if refusal.http_status != _NOBODY:
                raise
            self._say("status", f"{self.desk.username} is signed out", "bold")

    def _serve(self) -> None:
        while not self.keyboard.over:
            screen = self._look()
            typed = self.keyboard.line(self.look_s)
            if typed == QUIT:
                return
            if typed == MENU:
                self._say("keys", HELP, "dim")
            elif typed:
                self._obey(typed, screen)

    def _obey(self, typed: str, screen: Screen) -> None:
        try:
            asked = step(typed)
            if asked.deed == "wait":
                self._say("", "waiting is for scripts (--do)", "red")
            elif not self._done(asked, screen, time.monotonic()):
                self._say("", _NOTHING_TO["transfer" if asked.deed in TRANSFERS else asked.deed], "red")
        except InvalidInput as refusal:
            self._say("", refusal.detail, "red")
        except Refused as refusal:
            self._say("", refusal.told, "red")

    def _tried(self, asked: Step, since: float) -> bool:
        """Do a scripted step if it is possible now; a screen says "connected" before the customer's whisper is over."""
        try:
            return self._done(asked, self._look(), since)
        except Refused as refusal:
            if refusal.http_status != _NOT_NOW:
                raise
            return False

    def _done(self, asked: Step, screen: Screen, since: float) -> bool:
        """Do one step if it is possible now."""
        if asked.deed == "wait":
            return time.monotonic() - since >= asked.wait_s
        if asked.deed == "status":
            self._tell(self.desk.choose(asked.argument))
            return True
        if asked.deed == "dial":
            self._tell(self.desk.dial(asked.argument, self.shown))
            return True
        if asked.deed == TAKE:
            return self._took()
        deed = "transfer" if asked.deed in TRANSFERS else asked.deed
        contact = screen.fitting(deed)
        if contact is None:
            return False
        self._tell(self.desk.do(deed, contact, **_more(asked, contact)))
        return True

    def _took(self) -> bool:
        """Accept the offer that ends first; False when there is none."""
        found = self.offers.now() if self.offers else ()
        if self.offers is None or not found:
            return False
        contact_id = found[0]["contact_id"]
        self.offers.take(contact_id)
        self._mine.add(contact_id)
        self._say("you", "were first: your telephone will ring", "green")
        return True

    def _look(self) -> Screen:
        screen = self.desk.screen()
        self._tell(screen)
        self._tell_offers()
        return screen

    def _tell_offers(self) -> None:
        found = self._heard(self.offers) if self.offers else None
        if found is None:
            return
        for contact_id in found.keys() - self._offered - self._mine:
            self._say("offer", f"a call in the queue {found[contact_id]}, at several desks: y takes it", "bold blue")
        if self._offered - found.keys() - self._mine:
            self._say("offer", "it is offered no more", "dim")
        self._offered = frozenset(found)

    def _heard(self, offers: DeskOffers) -> dict[str, str] | None:
        """Return the queues of what is offered now, by contact; None from an API that is busy, which is said once."""
        try:
            found = {str(one["contact_id"]): str(one["queue"]) for one in offers.now()}
        except Refused as refusal:
            if refusal.http_status not in _BUSY:
                raise
            if not self._unheard:
                self._say("offer", f"nobody tells what desks are offered: {refusal.told}", "red")
            self._unheard = True
            return None
        self._unheard = False
        return found

    def _tell(self, screen: Screen) -> None:
        """Print what is new on the screen."""
        self._began = self._began or screen.now
        self._at_s = at_s = (screen.now - self._began).total_seconds()
        if (screen.status, screen.next_status) != self._status:
            self._status = (screen.status, screen.next_status)
            then = f", {screen.next_status} after this contact" if screen.next_status else ""
            self._print(Line(at_s, "status", f"{self.desk.username} is {screen.status}{then}", "bold"))
        for contact in screen.contacts:
            before = self._seen.get(contact.contact_id)
            self._seen[contact.contact_id] = contact
            if before is None or (before.state, before.accepted) != (contact.state, contact.accepted):
                self._tell_contact(contact, screen, at_s, is_new=before is None)
            for line in _changes(before, contact, at_s):
                self._print(line)
        gone = self._seen.keys() - {contact.contact_id for contact in screen.contacts}
        for contact_id in sorted(gone):
            del self._seen[contact_id]
            self._print(Line(at_s, "desk", "the contact is off your screen", "dim"))

    def _tell_contact(self, contact: OnScreen, screen: Screen, at_s: float, *, is_new: bool) -> None:
        if is_new:
            queue = f" in the queue {contact.queue}" if contact.queue else ""
            self._print(Line(at_s, "dials" if contact.outgoing else "rings", f"{contact.customer}{queue}", "bold blue"))
            pop = Event(0, screen.now, "screen-pop", "", {"attributes": contact.attributes})
            if contact.attributes:
                transcript.show(self.out, list(transcript.lines([pop], self._began or screen.now)))
        if contact.state in RINGING:
            if contact.accepted and not contact.outgoing:
                self._print(Line(at_s, "you", "accepted; the whisper plays", "green"))
            return
        speaker, text, style = _TOLD.get(contact.state, ("desk", contact.state, ""))
        self._print(Line(at_s, speaker, text.format(customer=contact.customer), style))

    def _say(self, speaker: str, text: str, style: str) -> None:
        self._print(Line(self._at_s, speaker, text, style))

    def _print(self, line: Line) -> None:
        transcript.show(self.out, [line])


def _changes(before: OnScreen | None, now: OnScreen, at_s: float) -> Iterator[Line]:
    """Yield what is new about who else is on the call, and what can be done now."""
    if before is not None and before.transfer != now.transfer:
        told = "the transfer is over" if now.transfer is None else _TRANSFER.get(now.transfer, "")
        if told:
            yield Line(at_s, "transfer", told, "magenta")
    if before is not None and before.parties.keys() != now.parties.keys():
        names = ", ".join(now.parties) or "nobody else"
        yield Line(at_s, "talk", f"on the call with you and the caller: {names}", "green")
    if choices(now) and (before is None or choices(before) != choices(now)):
        yield Line(at_s, "", choices(now), "dim")


def _more(asked: Step, contact: OnScreen) -> dict[str, str]:
    """Return what a deed takes besides its contact. Raises InvalidInput for a party that is not on the call."""
    if asked.deed in TRANSFERS:
        return {TRANSFERS[asked.deed]: asked.argument}
    if asked.deed == "press":
        return {"digits": asked.argument}
    if asked.deed != "disconnect" or asked.argument == CALLER:
        return {}
    if asked.argument not in contact.parties:
        msg = f"{asked.argument} is not on the call; there are {CALLER}, {', '.join(contact.parties)}"
        raise InvalidInput(msg)
    return {"party": contact.parties[asked.argument]}
