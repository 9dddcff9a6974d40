"""Flows wherever they stand: bare, in an API's answer or request, in a template, in an old console export.

A flow may be an object or JSON text inside another JSON document, at any depth; in a file that is not JSON as a whole
(YAML and Terraform templates) it is found by its first keys. Placeholders such as `${Name}` stay as they are.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from flowlang import convert, document, texts
from flowlang.catalogue.model import FLOW_TYPES, MOD
from flowlang.document import Flow, InvalidDocument

Form = Literal["flow-language", "legacy"]

_FIRST_KEYS = re.compile(
    r'\{\s*"(?:Version|StartAction|Metadata|Actions|Settings|modules|ContactFlow|Content)"\s*:'
    # The same, quoted as one text.
    r'|"\{(?:\\n|\\t|\s)*\\"(?:Version|StartAction|Metadata|Actions|Settings|modules)\\"'
)
_NAMES = ("Name", "ContactFlowName", "name")
_TYPES = ("Type", "ContactFlowType", "type")
_IDS = ("Id", "Arn", "ContactFlowId", "ContactFlowArn", "id", "arn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """One flow with what its surroundings say of it.

    `type` is the API's name or `MODULE`, None when nothing tells; `where` is the place inside the file, '' for the
    whole of it; `notes` says by name what a conversion kept although it knows no counterpart. `contract` is what a
    module's own settings declare beside its content (1), None when they are not there.
    """

    flow: Flow
    name: str = ""
    type: str | None = None
    ids: frozenset[str] = frozenset()
    form: Form = "flow-language"
    where: str = ""
    notes: tuple[str, ...] = ()
    contract: Mapping[str, Any] | None = field(default=None, compare=False)


def load(source: str | bytes) -> tuple[Loaded, ...]:
    """Return every flow that stands in the text of a file, in its order.

    Raises:
        InvalidDocument: there is none, or the first thing that looks like one cannot be read.

    """
    found, problems = [], []
    for place in _places(texts.decoded(source)):
        try:
            found.append(_read(place))
        except InvalidDocument as problem:
            problems.append(problem)
    if found:
        return tuple(found)
    if problems:
        raise problems[0]
    msg = "expected a flow: an object with Actions, or a legacy console export with modules"
    raise InvalidDocument("(document)", msg)


@dataclass(frozen=True, slots=True)
class _Place:
    raw: Mapping[str, Any]
    path: str
    around: tuple[Mapping[str, Any], ...]


def _places(text: str) -> Iterator[_Place]:
    whole, problem = texts.value(text)
    if problem is None:
        yield from _walk(whole)
        return
    for tried in texts.mended(text):
        whole, still = texts.value(tried)
        if still is None:
            yield from _walk(whole)
            return
    places = list(_scattered(text))
    if not places:
        raise problem
    yield from places


def _scattered(text: str) -> Iterator[_Place]:
    """JSON objects inside text that is something else, each with what stands beside it."""
    decoder = json.JSONDecoder(strict=False)
    position = 0
    while (match := _FIRST_KEYS.search(text, position)) is not None:
        found = _decode(decoder, text, match.start())
        position = match.start() + 1 if found is None else found[1]
        if found is not None:
            yield from _walk(found[0], f"(character {match.start()})", texts.siblings(text, match.start()))


def _decode(decoder: json.JSONDecoder, text: str, at: int) -> tuple[Any, int] | None:
    try:
        return decoder.raw_decode(text, at)
    except (ValueError, RecursionError):
        pass
    if not text.startswith('"', at):
        return None
    try:
        raw, end = decoder.raw_decode(texts.joined_lines(text[at:]))
    except (ValueError, RecursionError):
        return None
    return raw, at + end


type _Around = tuple[Mapping[str, Any], ...]


def _walk(root: Any, path: str = "", beside: _Around = ()) -> Iterator[_Place]:
    """Flows in a JSON value, in document order; does not look inside a flow for others."""
    waiting: list[tuple[Any, str, _Around]] = [(root, path, beside)]
    while waiting:
        value, here, around = waiting.pop()
        if isinstance(value, Mapping):
            if _is_flow(value):
                yield _Place(value, here, around)
                continue
            joined = _joined(value)
            inside = {"": joined} if joined is not None else value
            waiting += [
                (item, f"{here}.{key}".strip("."), (value, *around)) for key, item in reversed(list(inside.items()))
            ]
        elif isinstance(value, list):
            waiting += [(item, f"{here}.{at}".strip("."), around) for at, item in reversed(list(enumerate(value)))]
        elif isinstance(value, str) and _may_hold_a_flow(value):
            inner, problem = texts.value(value)
            waiting += [(inner, here, around)] if problem is None else []


def _is_flow(value: Mapping[str, Any]) -> bool:
    if "Actions" in value:
        return "StartAction" in value or "Version" in value
    return isinstance(value.get("modules"), list) and "start" in value


def _may_hold_a_flow(text: str) -> bool:
    return text.lstrip().startswith("{") and ('"Actions"' in text or '"modules"' in text or '"Content"' in text)


def _joined(value: Mapping[str, Any]) -> str | None:
    """The text that a template's Fn::Join makes; references inside become `${Name}`."""
    match value.get("Fn::Join"):
        case [str() as between, list() as parts]:
            return between.join(part if isinstance(part, str) else _placeholder(part) for part in parts)
        case _:
            return None


def _placeholder(part: Any) -> str:
    match part:
        case {"Ref": str() as name}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [*names]}:
            return f"${{{'.'.join(map(str, names))}}}"
        case _:
            return "${value}"


def _read(place: _Place) -> Loaded:
    ids = frozenset(
        text for outer in place.around[:2] for key in _IDS if isinstance(text := outer.get(key), str) and text
    )
    if "Actions" not in place.raw:
        document.check_texts(place.raw)
        converted = convert.convert(place.raw)
        return Loaded(
            flow=converted.flow,
            name=_name(place) or converted.name,
            type=_type(place) or converted.type,
            ids=ids,
            form="legacy",
            where=place.path,
            notes=converted.notes,
        )
    flow = document.parse(place.raw)
    kind = MOD if flow.settings is not None else _type(place) or _known_type(flow.metadata.get("type"))
    own = flow.metadata.get("name")
    name = _name(place) or (own if isinstance(own, str) else "")
    return Loaded(flow=flow, name=name, type=kind, ids=ids, where=place.path, contract=_contract(place))


def _contract(place: _Place) -> Mapping[str, Any] | None:
    """The Settings of a module's resource, a JSON text beside its Content; `{}` is no contract."""
    for outer in place.around[:2]:
        given = outer.get("Settings")
        declared, problem = texts.value(given) if isinstance(given, str) else (given, None)
        if problem is None and isinstance(declared, Mapping) and declared:
            return declared
    return None


def _name(place: _Place) -> str:
    found = (text for outer in place.around[:2] for key in _NAMES if isinstance(text := outer.get(key), str))
    return next((text for text in found if text), "")


def _type(place: _Place) -> str | None:
    for outer in place.around:
        kinds = [outer.get(key) for key in _TYPES]
        if "AWS::Connect::ContactFlowModule" in kinds or "ContactFlowModule" in outer:
            return MOD
        known = next((found for kind in kinds if (found := _known_type(kind)) is not None), None)
        if known is not None:
            return known
    return None


def _known_type(kind: Any) -> str | None:
    """The API's name of a flow type, which exports write in another way."""
    return kind if isinstance(kind, str) and kind in FLOW_TYPES else convert.TYPES.get(str(kind))
