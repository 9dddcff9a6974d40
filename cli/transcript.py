"""A call as a person reads it: who says what, when, and why the system did what it did. Pure: events in, lines out."""

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from cli import call_words
from cli.control import Event
from cli.terminal import WIDTH
from cli.wrapping import wrap

_CLOCK_CELLS: Final = 7
_SPEAKER_CELLS: Final = 12
_HEAD_CELLS: Final = 2 + _CLOCK_CELLS + _SPEAKER_CELLS + 1


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line: who (or what) acts, the text, and its colour where there is one."""

    at_s: float
    speaker: str
    text: str
    style: str = ""


SPEAKERS: Final[Mapping[str, tuple[str, str]]] = {
    "arrived": ("call", "bold"),
    "hears": ("caller hears", "cyan"),
    "pressed": ("caller keys", "bold yellow"),
    "branch": ("flow", "dim"),
    "attributes": ("flow notes", "dim"),
    "queued": ("queue", "magenta"),
    "position": ("queue", "magenta"),
    "offered": ("agent", "blue"),
    "missed": ("agent", "red"),
    "agent-hears": ("agent hears", "blue"),
    "joined": ("talk", "bold green"),
    "recording": ("recording", "red"),
    "held": ("hold", "yellow"),
    "resumed": ("hold", "yellow"),
    "left": ("call", "green"),
    "wrap-up": ("agent", "blue"),
    "transfer": ("agent", "blue"),
    "consult": ("agent", "blue"),
    "conference": ("talk", "bold green"),
    "moved": ("call", "magenta"),
    "criteria": ("queue", "magenta"),
    "said": ("caller says", "bold yellow"),
    "chosen": ("caller picks", "bold yellow"),
    "agent-said": ("agent says", "blue"),
    "idle": ("chat", "dim"),
    "scheduled": ("callback", "magenta"),
    "callback": ("callback", "magenta"),
    "dialing": ("dialling", "magenta"),
    "answered": ("dialling", "magenta"),
    "third-party": ("third party", "magenta"),
    "task": ("task", "magenta"),
    "error": ("problem", "bold red"),
}
"""Who acts in an event of each kind; Lambda decisions and screen pops have forms of their own."""

HIDDEN: Final = frozenset({"branch", "attributes"})
"""Kinds that only `--all` shows: how the flow walks, and what it writes down."""

KNOWN_FACTS: Final = ("customerName", "customerId", "grade", "language", "recentContacts", "lastAgent", "lastQueue")
"""Members of the customer look-up worth reading, in this order."""

SCREEN_POP: Final = (
    *("customerName", "customerId", "grade", "language", "category", "menuPath"),
    *("recentContacts", "lastAgent", "openTickets", "candidates", "screenPage", "routeReason", "routingFlag"),
)
"""Attributes that matter to an agent before the first word, in reading order."""

SILENCE: Final = "InputTimeLimitExceeded"
"""The flow language's name for a caller who pressed nothing in time."""

NOTHING: Final = frozenset({"none", ""})


def lines(events: Sequence[Event], start: dt.datetime, *, everything: bool = False) -> Iterator[Line]:
    """Yield the lines of a transcript; times are seconds after `start`."""
    for event in events:
        if event.kind in HIDDEN and not everything:
            continue
        at_s = (event.at - start).total_seconds()
        for speaker, text, style in _FORMS.get(event.kind, _plain)(event):
            yield Line(at_s, speaker, text, style)


type _Form = Callable[[Event], Iterator[tuple[str, str, str]]]


def _plain(event: Event) -> Iterator[tuple[str, str, str]]:
    speaker, style = SPEAKERS.get(event.kind, (event.kind, ""))
    yield speaker, event.text or event.kind, style


def _lambda(event: Event) -> Iterator[tuple[str, str, str]]:
    """Say which deployed function was asked, how long it took, and what it decided for what reason."""
    function = call_words.function(str(event.facts.get("arn") or event.facts.get("function", "")))
    took = f" ({float(event.facts['ms']):.0f} ms)" if event.facts.get("ms") is not None else ""
    result = event.facts.get("result")
    if not isinstance(result, Mapping):
        yield "lambda", f"{function}{took} failed: {event.facts.get('error') or event.text}", "bold red"
        return
    yield "lambda", f"{function}{took} asked with {_pairs(event.facts.get('parameters') or {})}", "bold"
    if told := _decision(result):
        yield "", told, "green" if result.get("degraded") != "true" else "bold red"


def _decision(result: Mapping[str, Any]) -> str:
    """Return what a function decided, in a sentence: a route and its reason, or what is known of the caller.

    Empty when it had nothing to tell.
    """
    known = {key: str(value) for key, value in result.items() if str(value) not in NOTHING and key != "schema"}
    if "queue" in known and "reason" in known:
        told = f"queue {known['queue']}, because {known['reason']}"
        told += "".join(f", {key} {known[key]}" for key in ("priority", "category", "language") if key in known)
        told += f"; in order: {_targets(result)}" if _targets(result) else ""
    elif known.get("found") == "true":
        told = "known: " + _pairs({key: known[key] for key in KNOWN_FACTS if key in known})
    elif known.get("found") == "false":
        told = "an unknown caller"
    else:
        told = _pairs(known)
    return told + (" (degraded: the store did not answer)" if known.get("degraded") == "true" else "")


def _targets(result: Mapping[str, Any]) -> str:
    """Return the ordered targets of a routing decision: `1 queue after-sales for 120 s, 2 voicemail`."""
    told = []
    for number in range(1, int(str(result.get("targetCount", "0"))) + 1):
        kind, name = result.get(f"target{number}Type", "none"), result.get(f"target{number}Id", "none")
        label = str(kind) if name in {"none", kind} else f"{kind} {name}"
        timeout = str(result.get(f"target{number}TimeoutS", "none"))
        told.append(f"{number} {label}" + (f" for {timeout} s" if timeout.isdigit() and timeout != "0" else ""))
    return ", ".join(told)


def _screen_pop(event: Event) -> Iterator[tuple[str, str, str]]:
    """Show what the agent reads first; the attributes that are bookkeeping are counted only."""
    shown = event.facts.get("attributes")
    if not isinstance(shown, Mapping):
        yield from _plain(event)
        return
    known = {key: value for key, value in shown.items() if str(value) not in NOTHING}
    first = {key: known.pop(key) for key in SCREEN_POP if key in known}
    rest = f" (and {len(known)} more attributes)" if known else ""
    yield "screen pop", _pairs(first) + rest, "bold blue"


def _error(event: Event) -> Iterator[tuple[str, str, str]]:
    """A silent caller is no problem of the flow; everything else is told as it is."""
    if event.facts.get("error") == SILENCE:
        yield "caller keys", "nothing", "yellow"
    else:
        yield from _plain(event)


def _ended(event: Event) -> Iterator[tuple[str, str, str]]:
    yield "call", call_words.ending(str(event.facts["reason"])) if "reason" in event.facts else event.text, "bold"


def _attributes(event: Event) -> Iterator[tuple[str, str, str]]:
    shown = event.facts.get("attributes")
    yield "flow notes", _pairs(shown) if isinstance(shown, Mapping) else event.text, "dim"


def _pairs(values: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{key} {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        for key, value in values.items()
    )


_FORMS: Final[Mapping[str, _Form]] = {
    "lambda": _lambda,
    "screen-pop": _screen_pop,
    "attributes": _attributes,
    "error": _error,
    "ended": _ended,
}


def clock(at_s: float) -> str:
    """Return seconds as mm:ss."""
    whole = max(0, int(at_s))
    return f"{whole // 60:02d}:{whole % 60:02d}"


def render(line: Line, width: int = WIDTH) -> Text:
    """Return the line as text of at most `width` columns a row, continued under its own column."""
    rows = wrap(line.text, width - _HEAD_CELLS)
    text = Text(no_wrap=True)
    for number, row in enumerate(rows):
        head = f"  {clock(line.at_s):<{_CLOCK_CELLS}}" if number == 0 and line.speaker else " " * (2 + _CLOCK_CELLS)
        text.append(head, style="dim")
        text.append(_padded(line.speaker if number == 0 else "", _SPEAKER_CELLS + 1), style=line.style)
        text.append(row, style=line.style if line.style != "bold" else "")
        text.append("\n" if number < len(rows) - 1 else "")
    return text


def show(console: Console, shown: Sequence[Line]) -> None:
    """Print the lines."""
    for line in shown:
        console.print(render(line, console.width), soft_wrap=True)


def _padded(text: str, cells: int) -> str:
    return text + " " * max(0, cells - cell_len(text))
