"""Typed reads of JSON that Amazon Connect writes: tolerant of what is missing, loud about what is of another type.

Unknown fields are ignored; null, {}, [] and a missing field are the same; unknown enumeration values are kept as text.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.platform.errors import InvalidInput

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")
_KEY_TEXT = re.compile(r"[\x21\x22\x24-\x7e]{1,256}")
_MAX_SPAN_S = 366 * 86_400
_FIRST_YEAR = 2017
_MOST_IN_HUNDREDTHS = 100


class Unusable(InvalidInput):
    """A record of a stream can never be taken in; `facts["field"]` names the offending field."""

    code, title = "unusable-record", "Unusable record"


def parsed(data: bytes) -> "Fields":
    """Return the JSON object in `data` (UTF-8).

    Raises:
        Unusable: not JSON, or not an object.

    """
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        msg = "the record is not JSON"
        raise Unusable(msg, field="$") from error
    if not isinstance(document, dict):
        msg = "the record is not a JSON object"
        raise Unusable(msg, field="$")
    return Fields(document)


@dataclass(frozen=True, slots=True)
class Fields:
    """Typed reads of one JSON object; every complaint names the field with its path."""

    values: Mapping[str, Any]
    path: str = ""

    def __bool__(self) -> bool:
        return any(value not in (None, {}, []) for value in self.values.values())

    def text(self, name: str) -> str | None:
        """Return a text of at most 2,048 characters; an empty one is an absent one."""
        value = self.values.get(name)
        if value is None or (not value and (value == "" or _absent(value))):
            return None
        if not isinstance(value, str) or len(value) > 2_048 or not _storable(value):  # noqa: PLR2004 - said above
            raise self._refusal(name, "a text")
        return value

    def key_text(self, name: str) -> str | None:
        """Return a text that may become part of a key: 1 to 256 visible ASCII characters without '#'."""
        value = self.text(name)
        if value is not None and not _KEY_TEXT.fullmatch(value):
            raise self._refusal(name, "1 to 256 visible ASCII characters without '#'")
        return value

    def time(self, name: str) -> datetime | None:
        """Return an instant given as YYYY-MM-DDThh:mm:ss[.fff]Z, cut to whole seconds; 1970 stands for unset."""
        instant = self.moment(name)
        return instant.replace(microsecond=0) if instant and instant.microsecond else instant

    def moment(self, name: str) -> datetime | None:
        """Return an instant as `time` does, with its milliseconds."""
        value = self.text(name)
        if value is None:
            return None
        try:
            instant = datetime.fromisoformat(value) if _TIME.fullmatch(value) else None
        except ValueError:
            instant = None
        if instant is None:
            raise self._refusal(name, "an instant like 2026-03-02T09:00:00Z")
        if instant.year < _FIRST_YEAR:
            return None
        finer = instant.microsecond % 1_000
        return instant - timedelta(microseconds=finer) if finer else instant  # "Z" is UTC itself

    def count(self, name: str) -> int | None:
        """Return a number of things or whole seconds, 0 to one year."""
        value = self.values.get(name)
        if _absent(value):
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MAX_SPAN_S:
            raise self._refusal(name, "a whole number from 0 on")
        return value

    def hundredths(self, name: str) -> int | None:
        """Return a number from 0 to 100 in hundredths, rounded to the nearest."""
        value = self.values.get(name)
        if _absent(value):
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _MOST_IN_HUNDREDTHS:
            raise self._refusal(name, "a number from 0 to 100")
        return round(value * 100)

    def inside(self, name: str) -> "Fields":
        """Return the object of that name, an empty one if it is absent."""
        value = self.values.get(name)
        if _absent(value):
            return Fields({}, self._at(name))
        if not isinstance(value, dict):
            raise self._refusal(name, "an object")
        return Fields(value, self._at(name))

    def first(self, name: str) -> "Fields":
        """Return the first object of the list of that name, an empty one if there is none."""
        value = self.values.get(name)
        if _absent(value):
            return Fields({}, self._at(name))
        if not isinstance(value, list) or not isinstance(value[0], dict):
            raise self._refusal(name, "a list of objects")
        return Fields(value[0], f"{self._at(name)}[0]")

    def objects(self, name: str) -> "tuple[Fields, ...]":
        """Return the objects of the list of that name, none if it is absent."""
        value = self.values.get(name)
        if _absent(value):
            return ()
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self._refusal(name, "a list of objects")
        return tuple(Fields(one, f"{self._at(name)}[{n}]") for n, one in enumerate(value))

    def text_map(self, name: str) -> dict[str, str]:
        """Return the texts in the map of that name; what else the flows put there is left out."""
        found = self.inside(name)
        return {
            key: value for key, value in found.values.items() if isinstance(value, str) and value and _storable(value)
        }

    def _at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def _refusal(self, name: str, expected: str) -> Unusable:
        msg = f"{self._at(name)} must be {expected}"
        return Unusable(msg, field=self._at(name))


def _absent(value: object) -> bool:
    return value is None or (not value and value in ({}, []))


def _storable(text: str) -> bool:
    """Tell whether `text` can be encoded: JSON may hold half of a surrogate pair, which UTF-8 cannot."""
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def needed[T](value: T | None, name: str) -> T:
    """Return `value`, which the record must have.

    Raises:
        Unusable: it is None; `name` is the field.

    """
    if value is None:
        msg = f"{name} is missing"
        raise Unusable(msg, field=name)
    return value
