"""What a person does at a chance: presses keys, says something, chooses on a screen; "" lets the time limit go by."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from localstack.connect.engine.contact import Contact
from localstack.connect.engine.effects import Choice, Words
from localstack.connect.engine.listening import Listening


def press(contact: Contact, at: datetime, digits: str) -> bool:
    """The customer presses keys. False when nobody listens for keys."""
    listening = contact.listening
    if listening is None or isinstance(listening.wanted, Choice):
        return False
    if isinstance(listening.wanted, Words) and listening.wanted.keys is None:
        return False
    press_keys(contact, at, listening, digits)
    return True


def press_keys(contact: Contact, at: datetime, listening: Listening, digits: str, **facts: Any) -> None:
    """Press keys one after another, until they are enough."""
    if not digits:
        listening.waive()
        return
    contact.tell(at, "pressed", digits, digits=digits, **facts)
    for digit in digits:
        if not listening.press(digit):
            return


def say(contact: Contact, at: datetime, text: str) -> bool:
    """The customer says something. False when nobody listens for words."""
    listening = contact.listening
    if listening is None or not isinstance(listening.wanted, Words):
        return False
    if not text:
        listening.waive()
        return True
    contact.tell(at, "said", text)
    return listening.say(text)


def choose(contact: Contact, at: datetime, action: str, data: Mapping[str, Any]) -> bool:
    """The person before a screen chooses. False without a screen."""
    listening = contact.listening
    if listening is None or not isinstance(listening.wanted, Choice):
        return False
    if not action:
        listening.waive()
        return True
    return choose_on(contact, at, listening, action, data)


def choose_on(contact: Contact, at: datetime, listening: Listening, action: str, data: Mapping[str, Any]) -> bool:
    """Choose on a screen, and tell it, without the data of a form that is to be hidden."""
    hidden = isinstance(listening.wanted, Choice) and listening.wanted.hidden
    contact.tell(at, "chosen", action, data={} if hidden else dict(data))
    return listening.choose(action, data)
