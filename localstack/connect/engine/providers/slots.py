"""What fits a slot: the values of a bot's own types, and the built-in types that a local bot knows. Pure."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_CJK = r"\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+(?:['\u2019][^\W_]+)?")
_NUMBERS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
YES = frozenset({"yes", "yeah", "yep", "sure", "ok", "okay", "correct", "right", "是", "好", "对"})
NO = frozenset({"no", "nope", "wrong", "not", "不", "否", "别"})
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"([01]?\d|2[0-3]):[0-5]\d")


def words(text: str) -> tuple[str, ...]:
    """The words of a text, in small letters; a Chinese or Japanese character is a word."""
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


@dataclass(frozen=True, slots=True)
class SlotType:
    """A bot's own type: values with their synonyms."""

    name: str
    values: Mapping[str, tuple[str, ...]]

    def resolve(self, text: str) -> str | None:
        """The value that was said, alone or in a sentence; the longest name of a value wins."""
        said = words(text)
        named = sorted(
            ((words(name), value) for value, others in self.values.items() for name in (value, *others)),
            key=lambda one: -len(one[0]),
        )
        return next((value for name, value in named if name and _within(name, said)), None)


def _within(wanted: tuple[str, ...], said: tuple[str, ...]) -> bool:
    return any(said[start : start + len(wanted)] == wanted for start in range(len(said) - len(wanted) + 1))


def _number(text: str) -> str | None:
    for word in words(text):
        if word.isdecimal():
            return str(int(word))
        if word in _NUMBERS:
            return str(_NUMBERS.index(word))
    return None


def _phone(text: str) -> str | None:
    plain = re.sub(r"[\s()./-]", "", text)
    return plain if re.fullmatch(r"\+?\d{3,15}", plain) else None


def confirmed(text: str) -> str | None:
    """Yes or No, None when neither was said."""
    said = set(words(text))
    if said & NO:
        return "No"
    return "Yes" if said & YES else None


def _found(pattern: re.Pattern[str]) -> Callable[[str], str | None]:
    def find(text: str) -> str | None:
        match = pattern.search(text)
        return match[0] if match else None

    return find


def _whole(text: str) -> str | None:
    return text.strip() or None


def _letters_and_digits(text: str) -> str | None:
    joined = "".join(words(text))
    return joined if any(character.isdecimal() for character in joined) else None


KNOWN_TYPES: Mapping[str, Callable[[str], str | None]] = {
    "AMAZON.AlphaNumeric": _letters_and_digits,
    "AMAZON.Confirmation": confirmed,
    "AMAZON.Date": _found(_DATE),
    "AMAZON.EmailAddress": _found(_EMAIL),
    "AMAZON.FirstName": _whole,
    "AMAZON.FreeFormInput": _whole,
    "AMAZON.LastName": _whole,
    "AMAZON.Number": _number,
    "AMAZON.PhoneNumber": _phone,
    "AMAZON.Time": _found(_TIME),
}
"""Built-in types that are known here; dates and times as they are written in ISO 8601."""
