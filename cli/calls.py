"""One call, followed and printed while it runs; the person at the terminal may be its caller."""

import re
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console

from chalicelib.platform.errors import InvalidInput
from cli import transcript
from cli.control import Call, Control, Event, PlannedCall, Waiting
from cli.http import Refused
from cli.keyboard import Lines

if TYPE_CHECKING:
    import datetime as dt

HANG_UP: Final = "h"
_KEYS: Final = re.compile(r"[0-9*#]{1,20}")
_NUMBER: Final = re.compile(r"\+[1-9][0-9]{4,14}")

type Ask = Callable[[Waiting], str]
"""Asks the person for keys or words; `h` hangs up, nothing lets the time limit pass."""


def number(text: str) -> str:
    """Return a telephone number in E.164 form; spaces and dashes are allowed in `text`.

    Raises:
        InvalidInput: it is not such a number.

    """
    plain = re.sub(r"[\s()-]", "", text)
    if not _NUMBER.fullmatch(plain):
        msg = f"expected a number such as +864008601234 (plus, country, 5 to 15 digits), not {text!r}"
        raise InvalidInput(msg)
    return plain


def script(text: str) -> tuple[Mapping[str, Any], ...]:
    """Return the script of a caller who presses the comma-separated keys of `text`, such as `1,2#`, then hangs up.

    `w5` waits five seconds, `h` hangs up.

    Raises:
        InvalidInput: a part is none of these.

    """
    steps: list[Mapping[str, Any]] = []
    for part in (piece.strip() for piece in text.split(",") if piece.strip()):
        if part == HANG_UP:
            steps.append({"hang_up": True})
        elif re.fullmatch(r"w[0-9]{1,4}", part):
            steps.append({"wait_s": int(part[1:])})
        elif _KEYS.fullmatch(part):
            steps.append({"press": part})
        else:
            msg = f"expected keys (0-9, * and #), w<seconds> or h between the commas, not {part!r}"
            raise InvalidInput(msg)
    return tuple(steps)


def follow(
    out: Console, control: Control, planned: PlannedCall, *, ask: Ask | None = None, everything: bool = False
) -> Call:
    """Place the call, print its transcript as it happens, and return it as it ended with all its events.

    A person who interrupts it hangs up: nobody is left waiting in a queue.
    """
    contact_id = control.call(planned)
    try:
        return _to_the_end(out, control, contact_id, ask, everything=everything)
    except KeyboardInterrupt:
        control.hang_up(contact_id)
        raise


def _to_the_end(out: Console, control: Control, contact_id: str, ask: Ask | None, *, everything: bool) -> Call:
    seen: list[Event] = []
    start: dt.datetime | None = None
    for call in control.follow(contact_id):
        start = start or (call.events[0].at if call.events else None)
        seen.extend(call.events)
        if start is not None:
            transcript.show(out, list(transcript.lines(call.events, start, everything=everything)))
        if call.waiting is not None and not call.ended:
            _answer(control, contact_id, call.waiting, ask(call.waiting) if ask else HANG_UP)
    return Call(contact_id, "ended", ended=True, waiting=None, events=tuple(seen))


def follow_live(
    out: Console,
    control: Control,
    planned: PlannedCall,
    keyboard: Lines,
    *,
    look_s: float = 0.25,
    everything: bool = False,
) -> Call:
    """Place the call in real time and print its transcript; what is typed is pressed, `h` hangs up.

    The caller may press and hang up at any moment; keys that nobody listens for are lost, as on a telephone.
    """
    contact_id = control.call(planned)
    seen: list[Event] = []
    while True:
        call = control.look(contact_id, after=seen[-1].n if seen else 0)
        seen.extend(call.events)
        if seen:
            transcript.show(out, list(transcript.lines(call.events, seen[0].at, everything=everything)))
        if call.ended:
            return Call(contact_id, "ended", ended=True, waiting=None, events=tuple(seen))
        try:
            typed = keyboard.line(look_s)
        except KeyboardInterrupt:
            typed = HANG_UP
        if typed:
            _do_live(out, control, call, typed)


def _do_live(out: Console, control: Control, call: Call, typed: str) -> None:
    """Hang up, press keys, or say what is typed; what nobody listens for is lost, and that is said."""
    try:
        if typed == HANG_UP:
            control.hang_up(call.contact_id)
        elif _KEYS.fullmatch(typed):
            control.press(call.contact_id, typed)
        elif call.waiting is not None and call.waiting.kind == "words":
            control.say(call.contact_id, typed)
        elif call.waiting is not None and call.waiting.kind == "choice":
            control.choose(call.contact_id, typed)
        else:
            out.print("            only 0-9, * and #, or h; nobody listens to words now", style="red")
    except Refused as refusal:
        if refusal.http_status != HTTPStatus.CONFLICT:
            raise
        out.print("            nobody listens now: that was lost", style="red")


def fits(waiting: Waiting, typed: str) -> bool:
    """Tell whether what a person typed answers the question: keys, words where words are heard, or nothing."""
    return not typed or typed == HANG_UP or bool(_KEYS.fullmatch(typed)) or waiting.kind != "digits"


def _answer(control: Control, contact_id: str, waiting: Waiting, typed: str) -> None:
    if typed == HANG_UP:
        control.hang_up(contact_id)
    elif waiting.kind == "choice":
        control.choose(contact_id, typed)
    elif waiting.kind == "words" and not (waiting.keys and _KEYS.fullmatch(typed)):
        control.say(contact_id, typed)
    else:
        control.press(contact_id, typed)


def outcome(events: Sequence[Event]) -> str:
    """Return `answered` when an agent and the caller talked, else how the call ended."""
    if any(event.kind == "joined" for event in events):
        return "answered"
    return next(
        (str(event.facts.get("reason") or event.text) for event in reversed(events) if event.kind == "ended"), "?"
    )
