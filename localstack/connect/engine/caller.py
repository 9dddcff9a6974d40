"""A simulated caller: does what the script says, at the chances that the flow gives, and loses patience in a queue."""

from collections import deque
from typing import TYPE_CHECKING

from localstack.connect.engine import speech
from localstack.connect.engine.chances import choose_on
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.effects import Choice, Digits, Words
from localstack.connect.engine.listening import Listening
from localstack.connect.engine.parts import State
from localstack.connect.engine.plan import Choose, Deed, HangUp, LoseLine, Press, Say, TypeAhead, WaitFor

if TYPE_CHECKING:
    from collections.abc import Callable

    from localstack.connect.engine.timeline import Timer
    from localstack.connect.engine.world import World

LINE_LOST = "TELECOM_PROBLEM"
"""How a contact ends that the telephone network lost (6.4)."""
MOST_TYPED_AHEAD = 50
"""Keys that are kept until an input takes them."""
SLOWEST, FASTEST = 1.4, 0.7
"""A reaction takes between those shares of the usual time."""


class Caller:
    """The script is a list of deeds, done one after another; presses wait for a chance to press."""

    def __init__(self, world: "World", contact: Contact) -> None:
        self._world = world
        self._contact = contact
        self._deeds: deque[Deed] = deque(contact.plan.script)
        self._used: Listening | None = None
        self._busy = False
        self._timer: Timer | None = None
        self._patience: Timer | None = None

    def start(self) -> None:
        """The call is up, or the flow waits for keys now: do what can be done."""
        self._next()

    def queued(self) -> None:
        """The contact has entered a queue: patience runs from here."""
        if self._contact.plan.patience_s is not None and self._patience is None:
            self._patience = self._world.timeline.after(self._contact.plan.patience_s, self._lose_patience)

    def served(self) -> None:
        """The contact has left the queue."""
        self._world.timeline.cancel(self._patience)
        self._patience = None

    def follow(self, contact: Contact) -> None:
        """The call goes on as another contact; patience and script go on too."""
        self._contact = contact

    def stop(self) -> None:
        """The call is over."""
        self._deeds.clear()
        self._busy = True
        self._world.timeline.cancel(self._timer)
        self._world.timeline.cancel(self._patience)

    def _next(self) -> None:
        """Begin the next deed, unless one is being done or its moment is not here."""
        if self._busy or not self._deeds:
            return
        match self._deeds[0]:
            case WaitFor(seconds):
                self._begin(seconds, self._free)
            case HangUp():
                self._begin(self._reaction_s(), self._hang_up)
            case LoseLine():
                self._begin(0.0, lambda: self._world.hang_up(self._contact, LINE_LOST))
            case TypeAhead(digits):
                self._begin(self._reaction_s(), lambda: self._type_ahead(digits))
            case Press() | Say() | Choose():
                self._take_chance(self._deeds[0])

    def _begin(self, delay_s: float, then: "Callable[[], None]") -> None:
        self._deeds.popleft()
        self._busy = True
        self._timer = self._world.timeline.after(delay_s, then)

    def _type_ahead(self, digits: str) -> None:
        type_ahead(self._world, self._contact, digits)
        self._free()

    def _free(self) -> None:
        self._busy = False
        self._next()

    def _take_chance(self, deed: Press | Say | Choose) -> None:
        if isinstance(deed, Say) and self._contact.chat is not None:
            self._take_chance_to_write(deed)
            return
        listening = self._contact.listening
        if listening is None or listening is self._used or not _fits(deed, listening):
            return
        self._used = listening
        if _is_silence(deed):
            self._deeds.popleft()
            self._next()
        else:
            self._begin(self._reaction_s(), lambda: self._do(listening, deed))

    def _take_chance_to_write(self, deed: Say) -> None:
        """In a chat the script goes on when a flow listens or waits for the customer, or an agent is there."""
        contact = self._contact
        words = contact.listening is not None and isinstance(contact.listening.wanted, Words)
        if not (words or contact.awaits is not None or contact.state is State.CONNECTED):
            return
        if deed.text:
            self._begin(self._reaction_s(), lambda: self._write(deed.text))
        else:
            self._deeds.popleft()
            self._next()

    def _write(self, text: str) -> None:
        self._busy = False
        self._world.chats.customer_says(self._contact, text)
        self._next()

    def _do(self, listening: Listening, deed: Press | Say | Choose) -> None:
        if not listening.open:  # the time limit was quicker: do it at the next chance
            self._deeds.appendleft(deed)
            self._free()
            return
        now = self._world.now
        match deed:
            case Press(digits):
                self._contact.tell(now, "pressed", digits, digits=digits)
                self._press(listening, digits)
            case Say(text):
                self._say(listening, text)
                self._free()
            case Choose(action, data):
                choose_on(self._contact, now, listening, action, data)
                self._free()

    def _say(self, listening: Listening, text: str) -> None:
        if self._contact.chat is not None:
            self._world.chats.customer_says(self._contact, text)
            return
        self._contact.tell(self._world.now, "said", text)
        listening.say(text, speech.seconds(text))

    def _press(self, listening: Listening, digits: str, position: int = 0) -> None:
        if listening.press(digits[position]) and listening.open and position + 1 < len(digits):
            gap_s = self._world.settings.key_gap_s
            self._timer = self._world.timeline.after(gap_s, lambda: self._press(listening, digits, position + 1))
        else:
            self._free()

    def _reaction_s(self) -> float:
        return self._world.settings.reaction_s * self._contact.rng.uniform(FASTEST, SLOWEST)

    def _hang_up(self) -> None:
        self._world.hang_up(self._contact)

    def _lose_patience(self) -> None:
        if self._contact.waiting:
            self._world.hang_up(self._contact)


def type_ahead(world: "World", contact: Contact, digits: str) -> None:
    """A caller presses keys although nobody may be listening: those that are lost may be taken later (2.1).

    Only a GetParticipantInput with EnableDTMFBuffer takes them. Raises ValueError when there is no caller.
    """
    contact = contact.latest
    if contact.channel != "VOICE" or contact.ended or not world.calls.is_present(contact):
        msg = "there is no caller on the line"
        raise ValueError(msg)
    contact.tell(world.now, "pressed", digits, digits=digits)
    for digit in digits:
        listening = contact.listening
        if listening is None or not listening.press(digit):
            contact.typed_ahead = (contact.typed_ahead + digit)[-MOST_TYPED_AHEAD:]


def _is_silence(deed: Press | Say | Choose) -> bool:
    """Whether the chance is to go by unused."""
    match deed:
        case Press(said) | Say(said):
            return not said
        case Choose(said, data):
            return not said and not data


def _fits(deed: Press | Say | Choose, listening: Listening) -> bool:
    """Whether this is a chance for the deed; one that is not goes by."""
    wanted = listening.wanted
    match deed:
        case Press():
            return isinstance(wanted, Digits) or (isinstance(wanted, Words) and wanted.keys is not None)
        case Say():
            return isinstance(wanted, Words)
        case Choose():
            return isinstance(wanted, Choice)
