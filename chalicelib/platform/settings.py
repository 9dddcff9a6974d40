"""Settings: what a function reads from its environment and the documents beside its code, once, before it serves.

A missing or malformed variable fails where the function starts and names the variable, never later in a branch.
"""

import dataclasses
import functools
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self, cast, get_args, get_origin, get_type_hints

type Stage = Literal["local", "prod"]


class BadSetting(RuntimeError):
    """A variable is missing or malformed; the function must not start."""


def required(environment: Mapping[str, str], name: str) -> str:
    """Return the non-empty variable `name`.

    Raises:
        BadSetting: it is missing or empty.

    """
    value = environment.get(name, "")
    if not value:
        msg = f"the environment variable {name} is not set"
        raise BadSetting(msg)
    return value


def instance_id(environment: Mapping[str, str]) -> str:
    """Return the id of the tenant's Amazon Connect instance, which is the end of its ARN.

    Raises:
        BadSetting: `TRUNKLINE_INSTANCE_ARN` is missing or empty.

    """
    return required(environment, "TRUNKLINE_INSTANCE_ARN").rpartition("/")[2]


def text_map(environment: Mapping[str, str], name: str) -> dict[str, str]:
    """Return the variable `name`, a JSON object whose values are non-empty texts.

    Raises:
        BadSetting: it is missing, not JSON, or has another shape.

    """
    raw = required(environment, name)
    try:
        value = json.loads(raw)
    except ValueError as exc:
        msg = f"the environment variable {name} is not JSON"
        raise BadSetting(msg) from exc
    if not isinstance(value, dict) or not value or not all(isinstance(text, str) and text for text in value.values()):
        msg = f"the environment variable {name} must be a JSON object of non-empty texts"
        raise BadSetting(msg)
    return value


def seconds(environment: Mapping[str, str], name: str, default: float) -> float:
    """Return the variable `name` in seconds, `default` where it is not set.

    Raises:
        BadSetting: it is not a number from 0 on.

    """
    raw = environment.get(name, "") or str(default)
    if re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,3})?", raw) is None:
        msg = f"the environment variable {name} must be seconds, not {raw!r}"
        raise BadSetting(msg)
    return float(raw)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSettings:
    """What every function that touches the tenant's table needs."""

    table: str
    stage: Stage

    @classmethod
    def load(cls, environment: Mapping[str, str]) -> Self:
        """Read TRUNKLINE_TABLE and TRUNKLINE_STAGE (`local` or `prod`).

        Raises:
            BadSetting: one is missing or malformed.

        """
        return cls(table=required(environment, "TRUNKLINE_TABLE"), stage=_stage(environment))


def _stage(environment: Mapping[str, str]) -> Stage:
    value = required(environment, "TRUNKLINE_STAGE")
    if value not in {"local", "prod"}:
        msg = f"the environment variable TRUNKLINE_STAGE must be local or prod, not {value!r}"
        raise BadSetting(msg)
    return cast("Stage", value)


def is_entry(module: str) -> bool:
    """Whether this process is the Lambda function whose handler lives in `module`.

    Such a process wires itself while it is initialised, with full CPU and before any caller waits; any other process
    (synth, tests, the REST function that registers every blueprint) wires on first use.
    """
    return os.environ.get("_HANDLER", "").rpartition(".")[0] == module


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
