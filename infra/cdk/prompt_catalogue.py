"""What callers hear: the prompts of each language, a line's own texts, and the fall-back (TEN-05).

A text is looked up in the line's own prompts first, then in the catalogue; each in the caller's language, else in the
tenant's default language, which is counted as a `Fallback`. A text that is the address of an audio file in S3
(`s3://bucket/key.wav`) is a recording and is played; any other is spoken (IVR-02).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from chalicelib.platform.errors import InvalidInput
from chalicelib.tenancy.contract import Contract, MenuOption, ServiceLine
from chalicelib.tenancy.contract_base import Language
from infra.cdk import waiting_prompts

FLOWS = Path(__file__).parents[2] / "contact_flows"

RECORDED = "s3://"
"""How the address of a recording begins; any other text is spoken."""

GENERATED = frozenset({"menu", "language_menu", "wait_keys"})
"""Prompts that are put together from the contract."""

OF_TENANT = frozenset({"unknown_number", "voicemail_notice", "voicemail_notice_part", "voicemail_notice_thanks"})
"""Prompts of calls that are no line's (to a number of nobody, to our own people): no line has others."""


@dataclass(frozen=True, slots=True)
class Speech:
    """One language: its voice and its texts. `option` has the places {label} and {digit}."""

    voice: str
    language_option: str
    option: str
    join: str
    end: str
    wait_keys: Mapping[str, str]
    prompts: Mapping[str, str]


@dataclass(frozen=True, slots=True, order=True)
class Fallback:
    """Something that a line lacks in one of the offered languages, so that callers get the default language's."""

    line: str
    language: str
    kind: Literal["label", "name", "prompt", "queue"]
    key: str


@cache
def speech(language: str) -> Speech:
    """Return the catalogue of `language`."""
    raw: Mapping[str, Any] = yaml.safe_load((FLOWS / "prompts" / f"{language}.yaml").read_text(encoding="utf-8"))
    texts = {name: raw[name] for name in ("voice", "language_option", "wait_keys", "prompts")}
    return Speech(**texts, **raw["menu"])


def prompt(contract: Contract, line: ServiceLine | None, language: Language, key: str) -> str | None:
    """Return the text of prompt `key`, None for a menu without choices: one language only, no way out of the line.

    Raises:
        LookupError: no catalogue and no line has such a prompt, or the prompt needs a line and there is none.

    """
    if (key == "language_menu" and len(contract.languages.offered) == 1) or (
        key == "wait_keys" and not waiting_prompts.keys(contract)
    ):
        return None
    default = contract.languages.default
    if "." in key:
        return _numbered(contract, line, language, key)
    own = (line.prompts.get(key) if line is not None else None) or waiting_prompts.own_text(contract, key, 0)
    if own is not None:
        return own.get(language) or own[default]
    if key in GENERATED:
        return _generated(contract, line, language, key)
    for code in (language, default):
        if key in speech(code).prompts:
            return speech(code).prompts[key]
    msg = f"no prompt {key!r} in the catalogue of {language} or {default}"
    raise LookupError(msg)


def _numbered(contract: Contract, line: ServiceLine | None, language: Language, numbered: str) -> str | None:
    """Return the prompt of a way of waiting (`wait_music.2`) or of a step of the estimated wait (`wait_about.10`)."""
    key, _, number = numbered.partition(".")
    if key == waiting_prompts.STEPPED:
        return waiting_prompts.stepped(prompt(contract, line, language, key) or "", number)
    if key not in waiting_prompts.OF_WAYS or not number.isdecimal():
        msg = f"no prompt {numbered!r}: only {', '.join(sorted(waiting_prompts.OF_WAYS))} differ by way of waiting"
        raise LookupError(msg)
    if int(number) >= len(waiting_prompts.ways(contract)):
        return None
    own = waiting_prompts.own_text(contract, key, int(number))
    if own is None:
        return prompt(contract, line, language, key)
    return own.get(language) or own[contract.languages.default]


def require_known(contract: Contract) -> None:
    """Refuse a line's own prompt that no flow plays: a typing error would otherwise go unheard.

    Raises:
        InvalidInput: names every such prompt with its path in the contract.

    """
    known = GENERATED.union(*(speech(code).prompts for code in contract.languages.offered)) - OF_TENANT
    unheard = [
        f"service_lines.{i}.prompts.{key}"
        for i, line in enumerate(contract.service_lines)
        for key in sorted(line.prompts.keys() - known)
    ]
    if unheard:
        msg = f"{contract.tenant}: no flow plays {', '.join(unheard)}; the prompts are {', '.join(sorted(known))}"
        raise InvalidInput(msg, prompts=unheard)


def spoken_or_played(value: Any) -> Any:
    """Return the parameters with each text that is a recording's address turned into the medium to play."""
    if isinstance(value, list):
        return [spoken_or_played(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    if str(value.get("Text", "")).startswith(RECORDED):
        others = {key: item for key, item in value.items() if key != "Text"}
        return {**others, "Media": {"Uri": value["Text"], "SourceType": "S3", "MediaType": "Audio"}}
    return {key: spoken_or_played(item) for key, item in value.items()}


def name(contract: Contract, line: ServiceLine, language: Language) -> str:
    """Return the line's name in `language`, else in the default language."""
    return _in(line.name, contract, language)


def fallbacks(contract: Contract) -> tuple[Fallback, ...]:
    """Return everything that some caller gets in the default language because their own lacks it, sorted."""
    others = [code for code in contract.languages.offered if code != contract.languages.default]
    return tuple(
        sorted(gap for line in contract.service_lines for code in others for gap in _gaps(contract, line, code))
    )


def _gaps(contract: Contract, line: ServiceLine, language: Language) -> Iterator[Fallback]:
    if language not in line.name:
        yield Fallback(line.id, language, "name", "name")
    for option in line.menu:
        if language not in option.label:
            yield Fallback(line.id, language, "label", option.digit)
        if language not in option.queues:
            yield Fallback(line.id, language, "queue", option.digit)
    shared = speech(contract.languages.default).prompts.keys() - speech(language).prompts.keys()
    own = {key for key, texts in line.prompts.items() if language not in texts}
    # A line's own text in this language stands before the catalogue, so a gap of the catalogue does not show.
    covered = {key for key, texts in line.prompts.items() if language in texts}
    for key in sorted((shared - covered) | own | set(waiting_prompts.gaps(contract, language))):
        yield Fallback(line.id, language, "prompt", key)


def _generated(contract: Contract, line: ServiceLine | None, language: Language, key: str) -> str:
    if key == "language_menu":
        return _language_menu(contract)
    if key == "menu":
        return _menu(contract, _needed(line, key), language)
    words = speech(language)
    return _options(
        language, [words.wait_keys[way].format(digit=d) for way, d in waiting_prompts.keys(contract).items()]
    )


def _options(language: Language, options: list[str]) -> str:
    """Return the options as one sentence of a menu."""
    text = speech(language).join.join(options) + speech(language).end
    return text[0].upper() + text[1:]


def _language_menu(contract: Contract) -> str:
    return " ".join(speech(code).language_option for code in contract.languages.offered)


def _menu(contract: Contract, line: ServiceLine, language: Language) -> str:
    words = speech(language)
    options = [
        words.option.format(label=_label(contract, option, language), digit=option.digit) for option in line.menu
    ]
    return _options(language, options)


def _label(contract: Contract, option: MenuOption, language: Language) -> str:
    return _in(option.label, contract, language)


def _in(texts: Mapping[Language, str], contract: Contract, language: Language) -> str:
    return texts.get(language) or texts[contract.languages.default]


def _needed(line: ServiceLine | None, key: str) -> ServiceLine:
    if line is None:
        msg = f"the prompt {key!r} belongs to a line, and this flow is the same for all lines"
        raise LookupError(msg)
    return line
