"""Parts of the compiled contract read into the dataclasses that decisions see."""

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any, cast, get_args, get_origin, get_type_hints


def read[T](shape: type[T], document: Mapping[str, Any]) -> T:
    """Return `document` as the dataclass `shape`: lists become tuples, mappings of a field's dataclass that dataclass.

    Raises:
        TypeError: the document has a field that the shape does not have, or lacks one.

    """
    hints = _hints(cast("Any", shape))
    return shape(**{key: _value(hints.get(key), value) for key, value in document.items()})


@functools.cache
def _hints(shape: type) -> dict[str, Any]:
    return get_type_hints(shape)


def _value(hint: Any, value: Any) -> Any:
    inner = _dataclass_in(hint)
    if isinstance(value, list):
        return tuple(_value(inner, item) for item in value)
    if isinstance(value, Mapping):
        return read(inner, value) if inner else {key: _value(None, item) for key, item in value.items()}
    return value


def _dataclass_in(hint: Any) -> Any:
    """Return the dataclass in hints such as `Rule`, `Rule | None` or `tuple[Rule, ...]`; None when there is none."""
    if dataclasses.is_dataclass(hint):
        return hint
    if get_origin(hint) is None:
        return None
    return next((found for found in map(_dataclass_in, get_args(hint)) if found), None)
