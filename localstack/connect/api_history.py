"""GetMetricDataV2: numbers of contacts that are over (10.2)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from botocore.utils import parse_to_aware_datetime

from localstack.connect.api_common import page
from localstack.connect.api_context import Answer, Context, Request
from localstack.connect.api_engine import bare, engine_of, threaded
from localstack.connect.api_errors import InvalidParameter, InvalidRequest
from localstack.connect.api_facts import FIELDS, Fact
from localstack.connect.directory import Instance

Facts = Sequence[Fact]
Limit = Callable[[float], bool]
LONGEST_RANGE = timedelta(days=35)
LONGEST_RANGE_OF_PARTS = timedelta(days=3)
MAX_SERVICE_LEVELS = 20
LONGEST_THRESHOLD_S = 604_800
PARTS: Mapping[str, timedelta] = {
    "FIFTEEN_MIN": timedelta(minutes=15),
    "THIRTY_MIN": timedelta(minutes=30),
    "HOUR": timedelta(hours=1),
}
SUBJECTS = frozenset({"QUEUE", "ROUTING_PROFILE", "AGENT"})


def _mean(values: Iterable[float]) -> float | None:
    listed = list(values)
    return sum(listed) / len(listed) if listed else None


def _queued(facts: Facts) -> list[Fact]:
    return [fact for fact in facts if fact.wait_s is not None]


def _answered(facts: Facts) -> list[Fact]:
    return [fact for fact in facts if fact.answered]


def _abandoned(facts: Facts) -> list[Fact]:
    return [fact for fact in facts if fact.abandoned]


def _share(part: int, whole: int) -> float | None:
    return 100.0 * part / whole if whole else None


METRICS: Mapping[str, Callable[[Facts], float | None]] = {
    "CONTACTS_CREATED": len,
    "CONTACTS_QUEUED": lambda facts: len(_queued(facts)),
    "CONTACTS_HANDLED": lambda facts: len(_answered(facts)),
    "CONTACTS_ABANDONED": lambda facts: len(_abandoned(facts)),
    "ABANDONMENT_RATE": lambda facts: _share(len(_abandoned(facts)), len(_queued(facts))),
    "AVG_QUEUE_ANSWER_TIME": lambda facts: _mean(f.wait_s for f in _answered(facts) if f.wait_s is not None),
    "AVG_ABANDON_TIME": lambda facts: _mean(f.wait_s for f in _abandoned(facts) if f.wait_s is not None),
    "MAX_QUEUED_TIME": lambda facts: max((f.wait_s for f in _queued(facts) if f.wait_s is not None), default=None),
    "AVG_HANDLE_TIME": lambda facts: _mean(f.handle_s for f in _answered(facts)),
    "SUM_HANDLE_TIME": lambda facts: sum(f.handle_s for f in _answered(facts)),
    "AVG_INTERACTION_TIME": lambda facts: _mean(f.talk_s for f in _answered(facts)),
    "AVG_HOLD_TIME": lambda facts: _mean(f.hold_s for f in _answered(facts) if f.hold_s > 0),
    "AVG_AFTER_CONTACT_WORK_TIME": lambda facts: _mean(f.acw_s for f in _answered(facts)),
}
"""Metrics without a threshold; None = there is nothing to take a mean of."""


def _within(facts: Facts, limit: Limit) -> int:
    return sum(fact.wait_s is not None and limit(fact.wait_s) for fact in facts)


THRESHOLD_METRICS: Mapping[str, Callable[[Facts, Limit], float | None]] = {
    "SERVICE_LEVEL": lambda facts, limit: _share(_within(facts, limit), len(_queued(facts))),
    "SUM_CONTACTS_ANSWERED_IN_X": lambda facts, limit: _within(_answered(facts), limit),
    "SUM_CONTACTS_ABANDONED_IN_X": lambda facts, limit: _within(_abandoned(facts), limit),
}
"""SERVICE_LEVEL counts whoever left the queue in time, however: answered, abandoned or moved on."""


@threaded("GetMetricDataV2")
def history(context: Context, request: Request) -> Answer:
    """Numbers of a range of time, for queues, routing profiles or agents."""
    instance = context.instance(request["ResourceArn"])
    groupings = request.get("Groupings") or []
    _known("Groupings", groupings)
    _check_metrics(request["Metrics"])
    parts = _parts(request)
    wanted = _filters(request["Filters"])
    engine = engine_of(context)
    facts = engine.ask(lambda _world: tuple(engine.ledger.facts))
    rows = []
    for start, end in parts:
        inside = [f for f in facts if f.instance_id == instance.id and start <= f.at < end and wanted(f)]
        interval = {"Interval": _period(request), "StartTime": start, "EndTime": end}
        rows += [
            {
                "Dimensions": _dimensions(instance, groupings, values),
                "MetricInterval": interval,
                "Collections": [_collected(metric, some) for metric in request["Metrics"]],
            }
            for values, some in _grouped(inside, groupings)
        ]
    return page(request, "MetricResults", rows)


def _known(what: str, names: Iterable[str]) -> None:
    unknown = sorted(set(names) - FIELDS.keys())
    if unknown:
        msg = f"This emulator has no {what} {', '.join(unknown)}"
        raise InvalidRequest(msg)


def _check_metrics(metrics: Sequence[Mapping[str, Any]]) -> None:
    unknown = sorted({m.get("Name", "") for m in metrics} - METRICS.keys() - THRESHOLD_METRICS.keys())
    if unknown:
        msg = f"This emulator does not compute {', '.join(unknown)}"
        raise InvalidRequest(msg)
    if sum(m["Name"] == "SERVICE_LEVEL" for m in metrics) > MAX_SERVICE_LEVELS:
        msg = f"A request has at most {MAX_SERVICE_LEVELS} SERVICE_LEVEL metrics"
        raise InvalidParameter(msg)
    for metric in metrics:
        if metric["Name"] in THRESHOLD_METRICS:
            _limit(metric)
        _known("MetricFilters", (one["MetricFilterKey"] for one in metric.get("MetricFilters") or ()))


def _limit(metric: Mapping[str, Any]) -> Limit:
    """The threshold of a metric. Raises InvalidParameter."""
    thresholds = metric.get("Threshold") or []
    value = thresholds[0].get("ThresholdValue", 0) if len(thresholds) == 1 else 0
    comparison = thresholds[0].get("Comparison") if thresholds else None
    if not 1 <= value <= LONGEST_THRESHOLD_S or comparison not in ("LT", "LTE"):
        msg = f"{metric['Name']} needs one threshold, LT or LTE, of 1 to {LONGEST_THRESHOLD_S} seconds"
        raise InvalidParameter(msg)
    return (lambda wait_s: wait_s < value) if comparison == "LT" else (lambda wait_s: wait_s <= value)


def _filters(filters: Sequence[Mapping[str, Any]]) -> Callable[[Fact], bool]:
    _known("Filters", (one["FilterKey"] for one in filters))
    if not SUBJECTS & {one["FilterKey"] for one in filters}:
        msg = f"Filters name at least one of {', '.join(sorted(SUBJECTS))}"
        raise InvalidParameter(msg)
    wanted = [(FIELDS[one["FilterKey"]], {bare(v) for v in one.get("FilterValues") or ()}) for one in filters]
    return lambda fact: all(field(fact) in values for field, values in wanted)


def _period(request: Request) -> str:
    return str((request.get("Interval") or {}).get("IntervalPeriod", "TOTAL"))


def _parts(request: Request) -> list[tuple[datetime, datetime]]:
    """The intervals of the range, oldest first. Raises InvalidParameter."""
    start, end = (parse_to_aware_datetime(request[key]).astimezone(UTC) for key in ("StartTime", "EndTime"))
    period = _period(request)
    if not start < end <= start + (LONGEST_RANGE_OF_PARTS if period in PARTS else LONGEST_RANGE):
        msg = "StartTime is before EndTime; the range is at most 35 days, and 3 days for intervals up to an hour"
        raise InvalidParameter(msg)
    if period == "TOTAL":
        return [(start, end)]
    step = PARTS.get(period) or timedelta(days=7 if period == "WEEK" else 1)
    zone = _zone((request.get("Interval") or {}).get("TimeZone", "UTC"))
    parts, at = [], start.astimezone(zone)
    while at < end:
        later = min(_plus(at, step, zone), end.astimezone(zone))
        parts.append((at.astimezone(UTC), later.astimezone(UTC)))
        at = later
    return parts


def _plus(at: datetime, step: timedelta, zone: ZoneInfo) -> datetime:
    """Later by clock time for days, which may have 23 or 25 hours, else by elapsed time."""
    return at + step if step.days else (at.astimezone(UTC) + step).astimezone(zone)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        msg = f"There is no time zone {name!r}"
        raise InvalidParameter(msg) from error


def _grouped(facts: Facts, groupings: Sequence[str]) -> list[tuple[tuple[str, ...], Facts]]:
    groups: dict[tuple[str, ...], list[Fact]] = {}
    for fact in facts:
        groups.setdefault(tuple(FIELDS[name](fact) for name in groupings), []).append(fact)
    return [(values, groups[values]) for values in sorted(groups) if all(values)]


def _dimensions(instance: Instance, groupings: Sequence[str], values: Sequence[str]) -> dict[str, str]:
    shown = dict(zip(groupings, values, strict=True))
    maps: Mapping[str, Mapping[str, Any]] = {
        "QUEUE": instance.queues,
        "ROUTING_PROFILE": instance.routing_profiles,
        "AGENT": instance.users,
    }
    arns = {f"{name}_ARN": maps[name][value].arn for name, value in shown.items() if value in maps.get(name, {})}
    return {**shown, **arns}


def _collected(metric: Mapping[str, Any], facts: Facts) -> dict[str, Any]:
    counted = [fact for fact in facts if _passes(metric, fact)]
    name = metric["Name"]
    value = METRICS[name](counted) if name in METRICS else THRESHOLD_METRICS[name](counted, _limit(metric))
    return {"Metric": dict(metric)} if value is None else {"Metric": dict(metric), "Value": float(value)}


def _passes(metric: Mapping[str, Any], fact: Fact) -> bool:
    return all(
        (FIELDS[one["MetricFilterKey"]](fact) in one["MetricFilterValues"]) is not one.get("Negate", False)
        for one in metric.get("MetricFilters") or ()
    )
