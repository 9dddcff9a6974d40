"""What the catalogue says of an action type. Values only; the tables are in the modules beside this one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from flowlang.document import scalar_text

IN, CQ, CH, CW, OW = "CONTACT_FLOW", "CUSTOMER_QUEUE", "CUSTOMER_HOLD", "CUSTOMER_WHISPER", "OUTBOUND_WHISPER"
AH, AW, AT, QT, CMP = "AGENT_HOLD", "AGENT_WHISPER", "AGENT_TRANSFER", "QUEUE_TRANSFER", "CAMPAIGN"
MOD = "MODULE"
"""A flow module is a resource of its own, not a flow type; it stands among them here."""

FLOW_TYPES = frozenset({IN, CQ, CH, CW, OW, AH, AW, AT, QT, CMP, MOD})

OPERATORS = frozenset({
    "Equals", "TextStartsWith", "TextEndsWith", "TextContains", "NumberGreaterThan", "NumberGreaterOrEqualTo",
    "NumberLessThan", "NumberLessOrEqualTo", "KeyExists",
})  # fmt: skip
"""Operators of a condition. `KeyExists` is undocumented and accepted by the service."""


class Kind(StrEnum):
    """What a parameter's value may be."""

    STATIC = "static"
    WHOLE = "static or whole path"
    PATH = "whole path"
    DYNAMIC = "text with paths inside"
    STRUCTURE = "structure"


class Effect(StrEnum):
    """What an action does on a channel."""

    WORKS = "works"
    NOTHING = "succeeds without effect"
    ERROR = "takes the error branch"


class Status(StrEnum):
    """How far a type can be relied on."""

    CURRENT = "current"
    UNDOCUMENTED = "the console writes it; its parameters are not published"
    REFUSED = "documented, refused by the service in ordinary flows"
    ENDED = "the service behind it has ended; always takes the error branch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter. `name` is dotted; `*` stands for any key, `[]` for each element of a list.

    `least` and `most` bound a number (or the length of a list); `values` are the only literal texts allowed, `pattern`
    is a regular expression for them.
    """

    name: str
    kind: Kind
    required: bool = False
    values: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    pattern: str = ""

    def found_in(self, parameters: Mapping[str, Any]) -> Iterator[Any]:
        """Yield the values that stand at this name in an action's parameters."""
        places: list[Any] = [parameters]
        for step in self.name.replace("[]", ".[]").split("."):
            places = [item for place in places for item in _inside(place, step)]
        yield from places


def _inside(place: Any, step: str) -> Iterator[Any]:
    if step == "[]":
        yield from place if isinstance(place, list | tuple) else ()
    elif step == "*":
        yield from place.values() if isinstance(place, Mapping) else ()
    elif isinstance(place, Mapping) and step in place:
        yield place[step]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What conditions may test. No operators: the action takes no conditions.

    `values` are the results that exist (empty: any text), `pattern` a regular expression for operands, `tested` the
    values that must each have a condition.
    """

    operators: frozenset[str] = frozenset()
    values: tuple[str, ...] = ()
    pattern: str = ""
    tested: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The branches of an action as it is used: its result, the errors it must, may and must not declare.

    `block` is the console's own name of the block, which flow logs use as `ContactFlowModuleType`: that of the old
    export format (18), else what the admin guide calls the block; "" when neither is known. `*` among the forbidden
    errors means: none at all.
    """

    block: str = ""
    result: Result = Result()
    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    forbidden: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Form:
    """Another shape that holds when the parameter named `parameter` has one of `values` (empty: is present).

    `needs` are parameters that only this form requires; `flow_types` are those in which it holds at all.
    """

    parameter: str
    values: frozenset[str]
    shape: Shape
    needs: tuple[str, ...] = ()
    flow_types: frozenset[str] = FLOW_TYPES

    def holds(self, parameters: Mapping[str, Any], flow_type: str | None = None) -> bool:
        """Tell whether these parameters choose this form. Texts compare without case, as the console's do."""
        if self.flow_types is not FLOW_TYPES and flow_type not in self.flow_types:
            return False
        return chooses(self.parameter, self.values, parameters)


def chooses(name: str, values: frozenset[str], parameters: Mapping[str, Any]) -> bool:
    """Tell whether the parameter of this dotted name has one of `values` (empty: is present)."""
    probe = Parameter(name=name, kind=Kind.STRUCTURE)
    if not values:
        return any(True for _ in probe.found_in(parameters))
    found = [scalar_text(value).casefold() for value in probe.found_in(parameters)]
    return any(value.casefold() in found for value in values)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of an action on a channel. `error` is the branch that it takes where it cannot work."""

    effect: Effect
    error: str = "NoMatchingError"


_USUAL = {effect: Verdict(effect) for effect in Effect}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRule:
    """An exception from an action's usual effect on some channels.

    It holds when the parameter named `parameter` has one of `values` (empty: is present), and the flow is of one of
    `flow_types`. No parameter: it holds whatever is given.
    """

    channels: frozenset[str]
    effect: Effect
    error: str = "NoMatchingError"
    parameter: str = ""
    values: frozenset[str] = frozenset()
    flow_types: frozenset[str] = FLOW_TYPES

    def holds(self, channel: str, parameters: Mapping[str, Any], flow_type: str) -> bool:
        """Tell whether the rule is about this action as it is used here."""
        if channel not in self.channels or flow_type not in self.flow_types:
            return False
        return not self.parameter or chooses(self.parameter, self.values, parameters)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionType:
    """One action type of the flow language.

    `interactive`: it plays to, asks or connects the participant, so time passes for them. Of each group of parameters
    in `exactly_one`, `at_most_one`, `at_least_one` so many must be given, of one in `together` all or none; `needs`
    are pairs of which the first asks for the second. `refused` are names that documents or the console have and the
    service refuses, with what to do instead. `effects` say what it does on a channel, `channel_rules` where that
    depends on how it is used; the first one that holds counts.
    """

    name: str
    shape: Shape
    parameters: tuple[Parameter, ...] = ()
    forms: tuple[Form, ...] = ()
    terminal: bool = False
    interactive: bool = False
    flow_types: frozenset[str] = FLOW_TYPES
    effects: Mapping[str, Effect] = field(default_factory=dict)
    channel_rules: tuple[ChannelRule, ...] = ()
    exactly_one: tuple[tuple[str, ...], ...] = ()
    at_most_one: tuple[tuple[str, ...], ...] = ()
    at_least_one: tuple[tuple[str, ...], ...] = ()
    together: tuple[tuple[str, ...], ...] = ()
    needs: tuple[tuple[str, str], ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    status: Status = Status.CURRENT

    def as_used(self, parameters: Mapping[str, Any], flow_type: str | None = None) -> Shape:
        """Return the shape that these parameters choose."""
        return next((form.shape for form in self.forms if form.holds(parameters, flow_type)), self.shape)

    def effect_on(self, channel: str) -> Effect:
        """Return what the action usually does on VOICE, CHAT, TASK or EMAIL."""
        return self.effects.get(channel, Effect.WORKS)

    def on(self, channel: str, parameters: Mapping[str, Any], flow_type: str) -> Verdict:
        """Return what becomes of the action as it is used, in a flow of this type (2.6)."""
        for rule in self.channel_rules:
            if rule.holds(channel, parameters, flow_type):
                return Verdict(rule.effect, rule.error)
        return _USUAL[self.effects.get(channel, Effect.WORKS)]


NO_MATCHING_ERROR = frozenset({"NoMatchingError"})
NO_MATCHING_CONDITION = frozenset({"NoMatchingCondition"})
BOTH = NO_MATCHING_ERROR | NO_MATCHING_CONDITION
EQUALS = frozenset({"Equals"})
NUMBERS = frozenset(operator for operator in OPERATORS if operator.startswith("Number"))
NOT_VOICE = frozenset({"CHAT", "TASK", "EMAIL"})
NOT_CHAT = frozenset({"VOICE", "TASK", "EMAIL"})
VOICE_ONLY = dict.fromkeys(sorted(NOT_VOICE), Effect.ERROR)
VOICE_ELSE_NOTHING = dict.fromkeys(sorted(NOT_VOICE), Effect.NOTHING)


def static(
    name: str, *values: str, required: bool = False, least: int | None = None, most: int | None = None,
    pattern: str = "",
) -> Parameter:  # fmt: skip
    """Return a parameter without paths."""
    return Parameter(
        name=name, kind=Kind.STATIC, values=values, required=required, least=least, most=most, pattern=pattern
    )


def whole(
    name: str, *, required: bool = False, least: int | None = None, most: int | None = None, pattern: str = ""
) -> Parameter:
    """Return a parameter that is either a literal or exactly one path."""
    return Parameter(name=name, kind=Kind.WHOLE, required=required, least=least, most=most, pattern=pattern)


def path(name: str, *, required: bool = False) -> Parameter:
    """Return a parameter that must be exactly one path."""
    return Parameter(name=name, kind=Kind.PATH, required=required)


def dynamic(
    name: str, *values: str, required: bool = False, least: int | None = None, most: int | None = None
) -> Parameter:
    """Return a parameter whose text may hold paths."""
    return Parameter(name=name, kind=Kind.DYNAMIC, values=values, required=required, least=least, most=most)


def structure(name: str, *, required: bool = False, least: int | None = None, most: int | None = None) -> Parameter:
    """Return a parameter that is an object or a list; its parts are parameters of their own where rules exist."""
    return Parameter(name=name, kind=Kind.STRUCTURE, required=required, least=least, most=most)


PROMPT = (
    whole("PromptId"),
    dynamic("Text"),
    dynamic("SSML"),
    structure("Media"),
    dynamic("Media.Uri"),
    static("Media.SourceType", "S3"),
    static("Media.MediaType", "Audio"),
)
PROMPT_CHOICE = ("PromptId", "Text", "SSML", "Media")
PROMPT_NEEDS = (("Media", "Media.Uri"),)
