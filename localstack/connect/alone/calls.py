"""One call: who calls, what he does, and what the world around the flow is like."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from localstack.connect.alone.functions import Answers, Handler
from localstack.connect.control_requests import BadRequest, call_plan
from localstack.connect.engine.plan import CallPlan

NUMBER = "+15550100"
"""The number that leads to the flow."""
START = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
PATIENCE_S = 60.0
ERROR = "error"
KEYS = frozenset({
    "from", "at", "patience_s", "talk_s", "script", "agents", "open", "queues", "attributes", "answers",
})  # fmt: skip


class BadScript(ValueError):
    """The script has a key or a value that no script has."""


@dataclass(frozen=True, slots=True)
class Script:
    """The call, when it comes, how many agents there are, and whether the hours of operation are open.

    `queues` are queues beside those that the flow itself names, for functions that answer with one. `attributes` are
    set on the contact before the flow begins, as an API that starts a contact does. `answers` are functions without
    code: what each answers, one after another.
    """

    plan: CallPlan
    at: dt.datetime
    agents: int
    is_open: bool
    queues: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Handler] = field(default_factory=dict)


def script(raw: Any) -> Script:
    """Read a script from the parsed object.

    Raises:
        BadScript: a key or value is not what a script has.

    """
    if not isinstance(raw, Mapping) or not set(raw) <= KEYS:
        msg = f"expected the keys {', '.join(sorted(KEYS))}"
        raise BadScript(msg)
    agents, is_open, at = raw.get("agents", 1), raw.get("open", True), raw.get("at", START)
    if not isinstance(agents, int) or isinstance(agents, bool) or agents < 0 or not isinstance(is_open, bool):
        msg = "agents is a number from 0, open is true or false"
        raise BadScript(msg)
    queues = raw.get("queues", [])
    if not isinstance(queues, list) or not all(isinstance(name, str) and name for name in queues):
        msg = "queues is a list of names"
        raise BadScript(msg)
    call = {"to": NUMBER, "from": raw.get("from", "+15550199"), "script": raw.get("script", [])}
    times = {"patience_s": raw.get("patience_s", PATIENCE_S), "talk_s": raw.get("talk_s")}
    try:
        moment = at if isinstance(at, dt.datetime) else dt.datetime.fromisoformat(str(at))
        plan = call_plan({**call, **times})
    except (BadRequest, ValueError) as exc:
        raise BadScript(str(exc)) from exc
    begins = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return Script(plan, begins, agents, is_open, tuple(queues), _attributes(raw), _answers(raw))


def _attributes(raw: Mapping[str, Any]) -> Mapping[str, str]:
    given = raw.get("attributes", {})
    if not isinstance(given, Mapping) or not all(isinstance(text, str) for pair in given.items() for text in pair):
        msg = "attributes is an object of texts"
        raise BadScript(msg)
    return given


def _answers(raw: Mapping[str, Any]) -> Mapping[str, Handler]:
    given = raw.get("answers", {})
    if not isinstance(given, Mapping):
        msg = "answers is an object of functions"
        raise BadScript(msg)
    rows: dict[str, list[Any]] = {name: one if isinstance(one, list) else [one] for name, one in given.items()}
    if not all(row and all(one == ERROR or isinstance(one, Mapping) for one in row) for row in rows.values()):
        msg = f"answers has for each function an object, the word {ERROR}, or a list of them"
        raise BadScript(msg)
    return {str(name): Answers(row) for name, row in rows.items()}
