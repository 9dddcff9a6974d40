"""Lex: the port that the engine speaks to, and what a local bot is made of (2.1, ConnectParticipantWithLexBot)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from localstack.connect.engine.providers.reading import BadProviders, Part
from localstack.connect.engine.providers.slots import KNOWN_TYPES, SlotType

FALLBACK = "FallbackIntent"
Mode = Literal["Speech", "Text", "DTMF"]
DialogState = Literal["ElicitIntent", "ElicitSlot", "ConfirmIntent", "ReadyForFulfillment", "Fulfilled", "Failed"]
GOES_ON = frozenset({"ElicitIntent", "ElicitSlot", "ConfirmIntent"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a customer has said to a bot; "" = nothing in time. `bot` is an alias ARN, or name:alias of Lex V1."""

    bot: str
    locale: str
    text: str
    mode: Mode = "Speech"
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An intent that may be meant; confidence 0 to 1."""

    intent: str
    confidence: float
    slots: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentiment:
    """How it was said: the label and a score 0 to 1 for each of Positive, Negative, Neutral, Mixed."""

    label: str
    scores: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the bot answers. `dialogue` is its own state, to be given back with the next turn."""

    meant: Candidate
    state: DialogState
    messages: tuple[str, ...] = ()
    asks: str = ""
    """The slot that is asked for, "" = none."""
    alternatives: tuple[Candidate, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    sentiment: Sentiment | None = None
    transcription: str = ""
    dialogue: Any = None

    @property
    def over(self) -> bool:
        """Whether the bot is done."""
        return self.state not in GOES_ON


class Bots(Protocol):
    """Port: all bots of an instance."""

    def knows(self, bot: str) -> bool:
        """Whether there is such a bot."""
        ...

    def converse(self, turn: Turn, dialogue: Any = None) -> Reply:
        """One turn. Raises LookupError when there is no such bot, or when it does not speak that locale."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """Something that an intent needs to know. It is asked for `retries` more times when the answer does not fit."""

    name: str
    type: str
    prompt: str = ""
    required: bool = True
    retries: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What a customer may want. Sample utterances may hold slots in braces."""

    name: str
    utterances: tuple[str, ...]
    slots: tuple[Slot, ...] = ()
    confirm: str = ""
    closing: str = ""
    fulfilled: bool = False
    """The bot fulfils it by itself; else the flow must (ReadyForFulfillment)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Locale:
    """A bot in one language."""

    intents: tuple[Intent, ...]
    slot_types: Mapping[str, SlotType]
    threshold: float = 0.4
    """Below this confidence nothing is understood."""
    retries: int = 2
    clarify: str = ""
    positive: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()

    def intent(self, name: str) -> Intent | None:
        """The intent of that name."""
        return next((one for one in self.intents if one.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """A bot under the aliases by which flows know it."""

    name: str
    aliases: tuple[str, ...]
    locales: Mapping[str, Locale]


def bot(part: Part) -> Bot:
    """Read one bot. Raises BadProviders."""
    read = Bot(
        name=part.text("name"),
        aliases=part.texts("aliases"),
        locales={name.replace("-", "_"): _locale(one) for name, one in part.named("locales")},
    )
    if not read.locales:
        msg = f"{part.at('locales')} is missing"
        raise BadProviders(msg)
    part.done()
    return read


def _locale(part: Part) -> Locale:
    types = {name: SlotType(name, _values(one)) for name, one in part.named("slot_types")}
    sentiment = part.part("sentiment")
    read = Locale(
        intents=tuple(_intent(one, types) for one in part.parts("intents")),
        slot_types=types,
        threshold=part.number("threshold", 0.4),
        retries=int(part.number("retries", 2)),
        clarify=part.text("clarify", ""),
        positive=sentiment.texts("positive"),
        negative=sentiment.texts("negative"),
    )
    sentiment.done()
    part.done()
    return read


def _values(part: Part) -> Mapping[str, tuple[str, ...]]:
    """Values with their synonyms."""
    inner = part.part("values")
    part.done()
    return {value: inner.texts(value) for value in inner.names()}


def _intent(part: Part, types: Mapping[str, SlotType]) -> Intent:
    read = Intent(
        name=part.text("name"),
        utterances=part.texts("utterances"),
        slots=tuple(_slot(one, types) for one in part.parts("slots")),
        confirm=part.text("confirm", ""),
        closing=part.text("closing", ""),
        fulfilled=part.flag("fulfilled", default=False),
    )
    part.done()
    return read


def _slot(part: Part, types: Mapping[str, SlotType]) -> Slot:
    read = Slot(
        name=part.text("name"),
        type=part.text("type"),
        prompt=part.text("prompt", ""),
        required=part.flag("required", default=True),
        retries=int(part.number("retries", 2)),
    )
    if read.type not in types and read.type not in KNOWN_TYPES:
        msg = f"{part.at('type')} is {read.type!r}, known are {', '.join(sorted({*types, *KNOWN_TYPES}))}"
        raise BadProviders(msg)
    if read.required and not read.prompt:
        msg = f"{part.at('prompt')} is missing: a slot that is required must be asked for"
        raise BadProviders(msg)
    part.done()
    return read
