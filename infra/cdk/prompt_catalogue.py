"""What callers hear: the prompts of each language, a line's own texts, and the fall-back (TEN-05).

A text is looked up in the line's own prompts first, then in the catalogue; each in the caller's language, else in the
tenant's default language, which is counted as a `Fallback`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from chalicelib.tenancy.contract import Contract, Language, MenuOption, ServiceLine

FLOWS = Path(__file__).parents[2] / "contact_flows"

GENERATED = frozenset({"menu", "language_menu"})
"""Prompts that are put together from the contract."""


@dataclass(frozen=True, slots=True)
class Speech:
    """One language: its voice and its texts. `option` has the places {label} and {digit}."""

    voice: str
    language_option: str
    option: str
    join: str
    end: str
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
    return Speech(voice=raw["voice"], language_option=raw["language_option"], prompts=raw["prompts"], **raw["menu"])


def prompt(contract: Contract, line: ServiceLine | None, language: Language, key: str) -> str | None:
    """Return the text of prompt `key`, None for a language menu where there is one language only.

    Raises:
        LookupError: no catalogue and no line has such a prompt, or the prompt needs a line and there is none.

    """
    if key == "language_menu":
        return _language_menu(contract)
    if key == "menu":
        return _menu(contract, _needed(line, key), language)
    default = contract.languages.default
    own = {} if line is None else line.prompts.get(key, {})
    shared = {code: speech(code).prompts[key] for code in (language, default) if key in speech(code).prompts}
    for texts in (own, shared):
        for code in (language, default):
            if code in texts:
                return texts[code]
    msg = f"no prompt {key!r} in the catalogue of {language} or {default}"
    raise LookupError(msg)


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
    for key in sorted((shared - covered) | own):
        yield Fallback(line.id, language, "prompt", key)


def _language_menu(contract: Contract) -> str | None:
    offered = contract.languages.offered
    return " ".join(speech(code).language_option for code in offered) if len(offered) > 1 else None


def _menu(contract: Contract, line: ServiceLine, language: Language) -> str:
    words = speech(language)
    options = [
        words.option.format(label=_label(contract, option, language), digit=option.digit) for option in line.menu
    ]
    text = words.join.join(options) + words.end
    return text[0].upper() + text[1:]


def _label(contract: Contract, option: MenuOption, language: Language) -> str:
    return _in(option.label, contract, language)


def _in(texts: Mapping[Language, str], contract: Contract, language: Language) -> str:
    return texts.get(language) or texts[contract.languages.default]


def _needed(line: ServiceLine | None, key: str) -> ServiceLine:
    if line is None:
        msg = f"the prompt {key!r} belongs to a line, and this flow is the same for all lines"
        raise LookupError(msg)
    return line
