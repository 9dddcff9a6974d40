"""Nothing personal in logs: every telephone number is masked to its last four digits, wherever it stands."""

import re
from collections.abc import Mapping
from typing import Any

_KEPT = (
    r"(?P<kept>"
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"  # ids of contacts and requests
    r"|\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d+)?)?(?!\d)"  # instants and dates
    r"|\barn:[^\s\"']+"
    r"|(?<!\d)\d{40,}"  # sequence numbers of streams
    r")"
)
_NUMBER = (
    r"(?P<number>"
    r"(?:\+|%2[bB])[\s(]*\d(?:[\s().\-/]{0,2}\d){4,}"  # international, any spacing
    r"|(?<!\d)\(?\d(?:[\s().\-/]{0,2}\d){6,}"  # national or without its plus
    r")"
)
_PATTERN = re.compile(f"{_KEPT}|{_NUMBER}")
_BARE = 10**6
"""An integer of seven digits or more may be a telephone number."""


def mask(text: str) -> str:
    """Return `text` with every telephone number as `***` and its last four digits.

    Masks too much rather than too little: any run of seven digits counts, or of five after a plus. Ids, instants, ARNs
    and stream sequence numbers stay, so that lines can still be joined.
    """
    return _PATTERN.sub(_masked, text)


def _masked(match: re.Match[str]) -> str:
    if match["kept"] is not None:
        return match["kept"]
    digits = [character for character in match["number"].removeprefix("%2B").removeprefix("%2b") if character.isdigit()]
    return "***" + "".join(digits[-4:])


def mask_value(value: Any) -> Any:
    """Return `value` as something JSON can hold, masked in depth, keys of mappings included."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return mask(str(value)) if abs(value) >= _BARE else value
    if isinstance(value, Mapping):
        return {mask(str(key)): mask_value(element) for key, element in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [mask_value(element) for element in value]
    return mask(str(value))
