"""The door of flow-invoked functions: tolerant in, flat strings out, inside a budget, degraded rather than silent.

No Chalice middleware runs around a function that a contact flow invokes (Lambda imports its module alone), so all that
every such call needs is this decorator.
"""

import functools
import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.platform import observability
from chalicelib.platform.errors import ProductError

type Reply = Mapping[str, str]
type Handler = Callable[["ContactFlowEvent", float], Reply]
"""Answers an event within the seconds of store time given; refuses with a ProductError."""
type Degraded = Callable[["ContactFlowEvent"], Reply]
"""Answers an event without any store."""

NONE = "none"
"""What flows and functions say for "not known": an empty text cannot be played or compared in a flow."""

STORE_BUDGET_S = 1.0
RESERVE_S = 0.5
"""Time kept back to answer in; see ACD-21."""
VALUE_CHARACTERS = 6_000
"""Longest value of a reply, routing criteria. A flow takes 32 KB in all."""

_E164 = re.compile(r"\+[1-9][0-9]{4,14}")
_KEY = re.compile(r"[A-Za-z0-9_-]+")
_TEXTS = frozenset({str})

_log = logging.getLogger(__name__)


class FlowFunctionFailed(RuntimeError):
    """The function has no answer; the flow's error branch takes the default queue. The log line has the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFlowEvent:
    """What a contact flow tells the function it invokes. Absent facts are None; a number is E.164 or absent."""

    contact_id: str | None = None
    initial_contact_id: str | None = None
    channel: str | None = None
    initiation_method: str | None = None
    instance_arn: str | None = None
    caller: str | None = None
    dialled: str | None = None
    language: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)

    def parameter(self, name: str) -> str | None:
        """Return the parameter `name`; None when the flow did not send it, sent nothing, or sent `none`."""
        value = self.parameters.get(name, "").strip()
        return value if value and value != NONE else None


def parse(event: object) -> ContactFlowEvent:
    """Read an event of any channel, with whatever is missing, null or of another shape; never raises.

    Source of the shape: Amazon Connect Administrator Guide, "Invoke Lambda functions". Withheld numbers arrive as some
    text that is not E.164, chat has no address at all.
    """
    details = _mapping(_mapping(event).get("Details"))
    data = _mapping(details.get("ContactData"))
    return ContactFlowEvent(
        contact_id=_text(data.get("ContactId")),
        initial_contact_id=_text(data.get("InitialContactId")),
        channel=_text(data.get("Channel")),
        initiation_method=_text(data.get("InitiationMethod")),
        instance_arn=_text(data.get("InstanceARN")),
        caller=_number(data.get("CustomerEndpoint")),
        dialled=_number(data.get("SystemEndpoint")),
        language=_text(data.get("LanguageCode")),
        parameters=_texts(details.get("Parameters")),
        attributes=_texts(data.get("Attributes")),
    )


def _mapping(value: object) -> Mapping[Any, Any]:
    return value if isinstance(value, (dict, Mapping)) else {}  # nearly always a dict, far quicker to tell


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _texts(value: object) -> dict[str, str]:
    """Return the texts of a map, and its whole numbers as texts: metrics of queues may arrive as either."""
    found = _mapping(value)
    if _TEXTS.issuperset(map(type, found.values())) and _TEXTS.issuperset(map(type, found)):  # nearly always
        return dict(found)
    pairs = [(key, str(one) if type(one) is int else one) for key, one in found.items()]
    return {key: text for key, text in pairs if isinstance(key, str) and isinstance(text, str)}


def _number(endpoint: object) -> str | None:
    address = _text(_mapping(endpoint).get("Address"))
    return address if address and _E164.fullmatch(address) else None


def store_budget_s(context: object) -> float:
    """Return the seconds of store time that an invocation may use: at most one, the reserve left over."""
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    if not callable(remaining):
        return STORE_BUDGET_S
    return max(0.0, min(STORE_BUDGET_S, float(remaining()) / 1000 - RESERVE_S))


def flat(reply: Mapping[str, object]) -> dict[str, str]:
    """Return `reply` as the only shape a flow can read: a flat map of non-empty texts; a long value is cut.

    Raises:
        TypeError: a key is not one that flows can name or a value is not a text: a bug of the handler.

    """
    unreadable = _unnameable(tuple(reply))
    answer: dict[str, str] = {}
    for key, value in reply.items():
        if not isinstance(value, str) or key == unreadable:
            msg = f"a flow cannot read {key!r} with a {type(value).__name__}"
            raise TypeError(msg)
        answer[key] = value.strip()[:VALUE_CHARACTERS] or NONE
    return answer


@functools.lru_cache(maxsize=64)
def _unnameable(keys: tuple[str, ...]) -> str | None:
    """Return the first key that a flow cannot name; a function's replies nearly all have the same keys."""
    return next((key for key in keys if _KEY.fullmatch(key) is None), None)


@dataclass(frozen=True, slots=True)
class _Door:
    """One flow-invoked function with all that surrounds it."""

    function: str
    tenant: Callable[[], str]
    degraded: Degraded
    logged: Sequence[str]
    version: int
    handler: Handler

    def __call__(self, raw: object, context: object) -> dict[str, str]:
        started_s, worked_s = time.perf_counter(), time.process_time()
        event = parse(raw)
        observability.begin(function=self.function, contact_id=event.contact_id)
        tenant = "unknown"
        try:
            tenant = self.tenant()
            observability.bind(tenant=tenant)
            reply, code = self._answer(event, store_budget_s(context))
        except Exception:  # noqa: BLE001 - this is the door
            _log.exception("no answer", extra={"code": "bug", "ms": _ms_since(started_s)})
            self._measure(tenant, "failed", started_s)
            # The runtime prints what we raise, unmasked: the text must be ours and the cause must not travel.
            raise FlowFunctionFailed(f"{self.function} has no answer, see its log") from None
        facts = {key: reply[key] for key in self.logged if key in reply}
        work_ms = round((time.process_time() - worked_s) * 1000, 1)
        _log.info("answered", extra={**facts, "code": code, "ms": _ms_since(started_s), "cpu_ms": work_ms})
        self._measure(tenant, "ok" if code == "ok" else "degraded", started_s)
        return reply

    def _answer(self, event: ContactFlowEvent, budget_s: float) -> tuple[dict[str, str], str]:
        try:
            return self._told(self.handler(event, budget_s)), "ok"
        except ProductError as refusal:
            return self._told(self.degraded(event)), refusal.code

    def _told(self, reply: Reply) -> dict[str, str]:
        return {"schema": f"{self.function}.v{self.version}", **flat(reply)}

    def _measure(self, tenant: str, outcome: str, started_s: float) -> None:
        observability.measure("Latency", _ms_since(started_s), "Milliseconds")
        observability.measure("Degraded", float(outcome == "degraded"))
        observability.measure("Failed", float(outcome == "failed"))
        observability.end(tenant=tenant, function=self.function, outcome=outcome)


def _ms_since(started_s: float) -> float:
    return round((time.perf_counter() - started_s) * 1000, 1)


def flow_door(
    function: str, *, tenant: Callable[[], str], degraded: Degraded, logged: Sequence[str] = (), version: int = 1
) -> Callable[[Handler], Callable[[Any, Any], dict[str, str]]]:
    """Turn a handler of events into the Lambda function `function`. Put directly under `@bp.lambda_function`.

    An expected failure (ProductError) is answered by `degraded` and no caller notices; anything else is logged and
    raised as FlowFunctionFailed, which the flow's error branch catches. One log line an invocation with the reply's
    `logged` keys, its milliseconds (`ms`, of which `cpu_ms` were processor time and the others waiting), and the
    metrics Latency, Degraded and Failed. Every answer names its schema and `version` (INT-07).
    """

    def decorate(handler: Handler) -> Callable[[Any, Any], dict[str, str]]:
        door = _Door(function, tenant, degraded, tuple(logged), version, handler)

        @functools.wraps(handler)
        def invoked(event: Any, context: Any) -> dict[str, str]:
            return door(event, context)

        return invoked

    return decorate
