"""What a caller does in `trunkline flow run`, read from a YAML file."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from chalicelib.platform.errors import InvalidInput
from localstack.connect.control_requests import BadRequest, call_plan
from localstack.connect.engine.contact import CallPlan

NUMBER = "+15550100"
"""The number that leads to the flow."""
START = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
PATIENCE_S = 60.0
_KEYS = frozenset({"from", "at", "patience_s", "talk_s", "script", "agents", "open", "queues"})


@dataclass(frozen=True, slots=True)
class Script:
    """The call, when it comes, how many agents there are, and whether the hours of operation are open.

    `queues` are queues beside those that the flow itself names, for functions that answer with one.
    """

    plan: CallPlan
    at: dt.datetime
    agents: int
    is_open: bool
    queues: tuple[str, ...] = ()


def read(path: Path) -> Script:
    """Read a script.

    Raises:
        InvalidInput: it is no YAML, or a key or value is not what a script has.

    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as exc:
        msg = f"{path}: {exc}"
        raise InvalidInput(msg) from exc
    return _script(raw, path)


def _script(raw: Any, path: Path) -> Script:
    if not isinstance(raw, Mapping) or not set(raw) <= _KEYS:
        msg = f"{path}: expected the keys {', '.join(sorted(_KEYS))}"
        raise InvalidInput(msg)
    agents, is_open, at = raw.get("agents", 1), raw.get("open", True), raw.get("at", START)
    if not isinstance(agents, int) or isinstance(agents, bool) or agents < 0 or not isinstance(is_open, bool):
        msg = f"{path}: agents is a number from 0, open is true or false"
        raise InvalidInput(msg)
    queues = raw.get("queues", [])
    if not isinstance(queues, list) or not all(isinstance(name, str) and name for name in queues):
        msg = f"{path}: queues is a list of names"
        raise InvalidInput(msg)
    call = {"to": NUMBER, "from": raw.get("from", "+15550199"), "script": raw.get("script", [])}
    times = {"patience_s": raw.get("patience_s", PATIENCE_S), "talk_s": raw.get("talk_s")}
    try:
        moment = at if isinstance(at, dt.datetime) else dt.datetime.fromisoformat(str(at))
        plan = call_plan({**call, **times})
    except (BadRequest, ValueError) as exc:
        msg = f"{path}: {exc}"
        raise InvalidInput(msg) from exc
    return Script(plan, moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC), agents, is_open, tuple(queues))
