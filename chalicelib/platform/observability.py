"""Logs and metrics: one JSON line a log entry, one embedded-metric line (EMF) an invocation. No agent, no network.

Our own and small: Powertools' Logger and Metrics cost a flow-invoked function 50 ms of import, a tenth of its whole
cold start, and two formats of log line in one product would be one too many. The keys of an invocation are cleared when
the next begins (what Powertools calls `clear_state`), so that nothing of one contact shows up under another.
"""

import json
import logging
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from chalicelib.platform.masking import mask_value

type Unit = Literal["Count", "Milliseconds", "Seconds"]

SERVICE = "trunkline"
NAMESPACE = "Trunkline"
"""Of every metric; alarms and dashboard watch it."""

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

_LAMBDAS = "LambdaLoggerHandler"
"""The handler that the Lambda runtime puts on the root logger before our code is imported."""


@dataclass(slots=True)
class _Invocation:
    """What is known and measured in the current invocation."""

    keys: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, tuple[float, Unit]] = field(default_factory=dict)

    def clear(self) -> None:
        self.keys.clear()
        self.metrics.clear()


_current = _Invocation()


class JsonFormatter(logging.Formatter):
    """One line of JSON: level, message, the invocation's keys, the entry's own; every telephone number masked."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; values that JSON does not know appear as text."""
        entry: dict[str, Any] = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            "service": SERVICE,
            **_current.keys,
            **{key: value for key, value in vars(record).items() if key not in _STANDARD},
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(mask_value(entry), ensure_ascii=False)


class _Out(logging.StreamHandler[Any]):
    """Writes to the standard output of this moment, which Lambda may replace."""

    def __init__(self) -> None:
        super().__init__(sys.stdout)
        self.setFormatter(JsonFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stdout
        super().emit(record)


def configure() -> None:
    """Make the root logger write our lines; idempotent.

    Lambda's own handler is removed: it would print every entry a second time, unmasked.
    """
    root = logging.getLogger()
    if any(isinstance(handler, _Out) for handler in root.handlers):
        return
    root.handlers[:] = [handler for handler in root.handlers if type(handler).__name__ != _LAMBDAS] + [_Out()]
    root.setLevel(os.environ.get("TRUNKLINE_LOG_LEVEL", "INFO").upper())
    logging.getLogger("botocore").setLevel(logging.WARNING)  # at INFO it tells where it found its credentials


def begin(**keys: Any) -> None:
    """Start an invocation: forget the keys and metrics of the one before, and keep `keys` for every entry."""
    configure()
    _current.clear()
    _current.keys.update(keys)


def bind(**keys: Any) -> None:
    """Add `keys` to every later entry of this invocation."""
    _current.keys.update(keys)


def measure(name: str, value: float = 1, unit: Unit = "Count") -> None:
    """Add `value` to the metric `name` of this invocation; metrics of one name add up."""
    before, _ = _current.metrics.get(name, (0.0, unit))
    _current.metrics[name] = (before + value, unit)


def end(*, tenant: str, function: str, outcome: str) -> None:
    """Write this invocation's metrics as one EMF line, by tenant and function and by outcome too; then forget them."""
    if _current.metrics:
        sys.stdout.write(json.dumps(_emf({"tenant": tenant, "function": function, "outcome": outcome})) + "\n")
    _current.clear()


def _emf(dimensions: Mapping[str, str]) -> dict[str, Any]:
    metrics = _current.metrics
    return {
        "_aws": {
            "Timestamp": int(time.time() * 1000),
            "CloudWatchMetrics": [
                {
                    "Namespace": NAMESPACE,
                    "Dimensions": [["tenant", "function"], ["tenant", "function", "outcome"]],
                    "Metrics": [{"Name": name, "Unit": unit} for name, (_, unit) in metrics.items()],
                }
            ],
        },
        **dimensions,
        **{name: value for name, (value, _) in metrics.items()},
    }
