"""The names of GetMetricDataV2 that the engine's history can feed, and how each is reckoned (10.2)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from localstack.connect.api_agent_facts import Offer, Span
from localstack.connect.api_facts import Fact

Source = Literal["contacts", "offers", "spans"]
Limit = Callable[[float], bool]
Facts = Sequence[Fact]
UNREACHED = frozenset({"TELECOM_UNANSWERED", "TELECOM_BUSY"})
"""How a callback ends that the customer did not answer."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One name: what it looks at, how it reckons, and at which moment a contact is booked (None: the usual one)."""

    source: Source
    reckon: Callable[[Sequence[Any]], float | None]
    moment: Callable[[Any], datetime | None] | None = None


def mean(values: Iterable[float]) -> float | None:
    """The mean; None of nothing."""
    listed = list(values)
    return sum(listed) / len(listed) if listed else None


def share(part: float, whole: float) -> float | None:
    """Per cent; None of nothing."""
    return 100.0 * part / whole if whole else None


def _most(values: Iterable[float]) -> float | None:
    return max(values, default=None)


def _queued(facts: Facts) -> list[Fact]:
    return [fact for fact in facts if fact.wait_s is not None]


def _waits(facts: Iterable[Fact]) -> list[float]:
    return [fact.wait_s for fact in facts if fact.wait_s is not None]


def _answered(facts: Facts) -> list[Fact]:
    return [fact for fact in facts if fact.answered]


def _abandoned(facts: Facts) -> list[Fact]:
    return [fact for fact in facts if fact.abandoned]


def _held(facts: Facts) -> list[Fact]:
    return [fact for fact in facts if fact.answered and fact.holds]


def _durations(facts: Facts) -> list[float]:
    return [(fact.over_at - fact.initiated_at).total_seconds() for fact in facts if fact.over_at is not None]


def _moved(facts: Facts) -> list[Fact]:
    return [fact for fact in facts if fact.moved_by or fact.moved_out]


def _held_until(reason: str) -> Callable[[Facts], float]:
    return lambda facts: sum(fact.held_at_end and fact.reason == reason for fact in facts)


_CONTACTS: Mapping[str, Callable[[Facts], float | None]] = {
    "CONTACTS_CREATED": len,
    "CONTACTS_QUEUED": lambda facts: len(_queued(facts)),
    "CONTACTS_HANDLED": lambda facts: len(_answered(facts)),
    "CONTACTS_ABANDONED": lambda facts: len(_abandoned(facts)),
    "ABANDONMENT_RATE": lambda facts: share(len(_abandoned(facts)), len(_queued(facts))),
    "CONTACTS_TRANSFERRED_OUT": lambda facts: len(_moved(facts)),
    "CONTACTS_TRANSFERRED_OUT_BY_AGENT": lambda facts: sum(f.moved_by == "agent" for f in facts),
    "CONTACTS_TRANSFERRED_OUT_FROM_QUEUE": lambda facts: sum(f.moved_by == "queue" for f in facts),
    "CONTACTS_TRANSFERRED_OUT_INTERNAL": lambda facts: sum(bool(f.moved_by) and not f.moved_out for f in facts),
    "CONTACTS_TRANSFERRED_OUT_EXTERNAL": lambda facts: sum(f.moved_out for f in facts),
    "CONTACTS_HOLD_ABANDONS": _held_until("CUSTOMER_DISCONNECT"),
    "CONTACTS_ON_HOLD_AGENT_DISCONNECT": _held_until("AGENT_DISCONNECT"),
    "CONTACTS_ON_HOLD_CUSTOMER_DISCONNECT": _held_until("CUSTOMER_DISCONNECT"),
    "CONTACTS_PUT_ON_HOLD": lambda facts: len(_held(facts)),
    "SUM_CONTACTS_DISCONNECTED": lambda facts: sum(f.reason.startswith("TELECOM") for f in facts),
    "SUM_RETRY_CALLBACK_ATTEMPTS": lambda facts: sum(f.method == "CALLBACK" and f.reason in UNREACHED for f in facts),
    "AVG_CONTACT_DURATION": lambda facts: mean(_durations(facts)),
    "AVG_QUEUE_ANSWER_TIME": lambda facts: mean(_waits(_answered(facts))),
    "AVG_ABANDON_TIME": lambda facts: mean(_waits(_abandoned(facts))),
    "MAX_QUEUED_TIME": lambda facts: _most(_waits(facts)),
    "AVG_HANDLE_TIME": lambda facts: mean(f.handle_s for f in _answered(facts)),
    "SUM_HANDLE_TIME": lambda facts: sum(f.handle_s for f in _answered(facts)),
    "AVG_INTERACTION_TIME": lambda facts: mean(f.talk_s for f in _answered(facts)),
    "SUM_INTERACTION_TIME": lambda facts: sum(f.talk_s for f in _answered(facts)),
    "MAX_INTERACTION_TIME": lambda facts: _most(f.talk_s for f in _answered(facts)),
    "AVG_HOLD_TIME": lambda facts: mean(f.hold_s for f in _held(facts)),
    "AVG_HOLD_TIME_ALL_CONTACTS": lambda facts: mean(f.hold_s for f in _answered(facts)),
    "SUM_HOLD_TIME": lambda facts: sum(f.hold_s for f in _answered(facts)),
    "MAX_HOLD_TIME": lambda facts: _most(f.hold_s for f in _held(facts)),
    "AVG_HOLDS": lambda facts: mean(f.holds for f in _answered(facts)),
    "AVG_INTERACTION_AND_HOLD_TIME": lambda facts: mean(f.talk_s + f.hold_s for f in _answered(facts)),
    "SUM_INTERACTION_AND_HOLD_TIME": lambda facts: sum(f.talk_s + f.hold_s for f in _answered(facts)),
    "AVG_AFTER_CONTACT_WORK_TIME": lambda facts: mean(f.acw_s for f in _answered(facts)),
    "SUM_AFTER_CONTACT_WORK_TIME": lambda facts: sum(f.acw_s for f in _answered(facts)),
}
"""Of contacts that are over; None = there is nothing to take a mean of."""


def _offers(*outcomes: str) -> Callable[[Sequence[Offer]], float]:
    return lambda offers: sum(offer.outcome in outcomes for offer in offers)


def _time(which: Callable[[Span], bool]) -> Callable[[Sequence[Span]], float]:
    """Seconds of the spans, which are cut to the interval already."""
    return lambda spans: sum((s.end - s.start).total_seconds() for s in spans if s.end is not None and which(s))


_idle, _busy = _time(lambda span: span.idle), _time(lambda span: span.on_contact)

METRICS: Mapping[str, Metric] = {
    **{name: Metric("contacts", reckon) for name, reckon in _CONTACTS.items()},
    "CONTACTS_QUEUED_BY_ENQUEUE": Metric("contacts", lambda facts: len(_queued(facts)), lambda f: f.enqueued_at),
    "CONTACTS_HANDLED_BY_CONNECTED_TO_AGENT": Metric(
        "contacts", lambda facts: len(_answered(facts)), lambda f: f.connected_at
    ),
    "AGENT_NON_RESPONSE": Metric("offers", _offers("refused", "abandoned")),
    "AGENT_NON_RESPONSE_WITHOUT_CUSTOMER_ABANDONS": Metric("offers", _offers("refused")),
    "AGENT_ANSWER_RATE": Metric("offers", lambda offers: share(_offers("answered")(offers), len(offers))),
    "AVG_AGENT_CONNECTING_TIME": Metric("offers", lambda offers: mean(offer.rang_s for offer in offers)),
    "SUM_CONNECTING_TIME_AGENT": Metric("offers", lambda offers: sum(offer.rang_s for offer in offers)),
    "AGENT_OCCUPANCY": Metric("spans", lambda spans: share(_busy(spans), _busy(spans) + _idle(spans))),
    "SUM_CONTACT_TIME_AGENT": Metric("spans", _busy),
    "SUM_IDLE_TIME_AGENT": Metric("spans", _idle),
    "SUM_ONLINE_TIME_AGENT": Metric("spans", _time(lambda _: True)),
    "SUM_NON_PRODUCTIVE_TIME_AGENT": Metric("spans", _time(lambda span: span.custom)),
    "SUM_ERROR_STATUS_TIME_AGENT": Metric("spans", _time(lambda span: span.error)),
}
"""Metrics without a threshold."""


def _within(facts: Facts, limit: Limit) -> int:
    return sum(limit(wait_s) for wait_s in _waits(facts))


THRESHOLD_METRICS: Mapping[str, Callable[[Facts, Limit], float | None]] = {
    "SERVICE_LEVEL": lambda facts, limit: share(_within(facts, limit), len(_queued(facts))),
    "SUM_CONTACTS_ANSWERED_IN_X": lambda facts, limit: _within(_answered(facts), limit),
    "SUM_CONTACTS_ABANDONED_IN_X": lambda facts, limit: _within(_abandoned(facts), limit),
    "SUM_CONTACTS_TIME_AGENT_X": lambda facts, limit: sum(limit(f.talk_s + f.hold_s) for f in _answered(facts)),
}
"""SERVICE_LEVEL counts whoever left the queue in time, however: answered, abandoned or moved on."""
