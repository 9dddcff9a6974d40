"""Problems of a contract, and careful looks into a document whose shape is not yet known. Authoring side only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One offending field: `path` such as `queues.2.hours`, and what was expected there."""

    path: str
    expected: str

    def __str__(self) -> str:
        return f"{self.path}: {self.expected}"


def items(raw: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """Return the mappings of the list `raw[key]`, whatever else stands there: its shape is checked elsewhere."""
    value = raw.get(key)
    return [item if isinstance(item, Mapping) else {} for item in value] if isinstance(value, list) else []


def names(found: list[Mapping[str, Any]], field: str) -> set[str]:
    """Return the texts that stand in `field`."""
    return {item[field] for item in found if isinstance(item.get(field), str)}


def mapping(raw: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return the mapping `raw[key]`, an empty one when something else stands there."""
    value = raw.get(key)
    return value if isinstance(value, Mapping) else {}


def texts(raw: Mapping[str, Any], key: str) -> list[str]:
    """Return the list `raw[key]` with '' for what is no text in it, so that positions stay."""
    value = raw.get(key)
    return [item if isinstance(item, str) else "" for item in value] if isinstance(value, list) else []


def twice(found: list[Mapping[str, Any]], field: str, path: str) -> Iterator[Problem]:
    """Yield a problem for every entry whose `field` an earlier one has as well."""
    seen: set[str] = set()
    for position, item in enumerate(found):
        value = item.get(field)
        if value is not None and str(value) in seen:
            yield Problem(f"{path}.{position}.{field}", f"{value} is defined twice")
        seen.add(str(value))
