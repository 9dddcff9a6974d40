"""GetMetricDataV2: numbers of contacts that are over, and of the time of agents (10.2)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from botocore.utils import parse_to_aware_datetime

from localstack.connect.api_agent_facts import Offer, Span
from localstack.connect.api_common import page
from localstack.connect.api_context import Answer, Context, Request
from localstack.connect.api_engine import Engine, bare, engine_of, threaded
from localstack.connect.api_errors import InvalidParameter, InvalidRequest
from localstack.connect.api_facts import FIELDS, HIERARCHY, Fact
from localstack.connect.api_metric_names import METRICS, THRESHOLD_METRICS, Limit, Metric, Source
from localstack.connect.directory import Instance

LONGEST_RANGE = timedelta(days=35)
LONGEST_RANGE_OF_PARTS = timedelta(days=3)
MAX_SERVICE_LEVELS = 20
LONGEST_THRESHOLD_S = 604_800
PARTS: Mapping[str, timedelta] = {
    "FIFTEEN_MIN": timedelta(minutes=15),
    "THIRTY_MIN": timedelta(minutes=30),
    "HOUR": timedelta(hours=1),
}
SUBJECTS = frozenset({"QUEUE", "ROUTING_PROFILE", "AGENT", *HIERARCHY})


FIELDS_OF: Mapping[Source, frozenset[str]] = {
    "contacts": frozenset(FIELDS),
    "offers": frozenset(FIELDS),
    "spans": frozenset({"AGENT", "ROUTING_PROFILE", *HIERARCHY}),
}
"""What each kind of metric is grouped and filtered by: the time of an agent belongs to no queue and no channel."""


@dataclass(frozen=True, slots=True)
class History:
    """What the metrics look at: of one instance, filtered as asked."""

    contacts: Sequence[Fact]
    going_on: Sequence[Fact]
    offers: Sequence[Offer]
    spans: Sequence[Span]

    def inside(self, name: str, start: datetime, end: datetime) -> Sequence[Any]:
        """What a metric counts in an interval; spans are cut to it."""
        metric = METRICS.get(name, Metric("contacts", len))
        if metric.source == "spans":
            cut = (replace(s, start=max(s.start, start), end=min(s.end or end, end)) for s in self.spans)
            return [span for span in cut if span.end is not None and span.start < span.end]
        if metric.source == "offers":
            return [offer for offer in self.offers if start <= offer.at < end]
        if metric.moment is None:
            return [fact for fact in self.contacts if start <= fact.at < end]
        moments = ((fact, metric.moment(fact)) for fact in (*self.contacts, *self.going_on))
        return [fact for fact, at in moments if at is not None and start <= at < end]


@threaded("GetMetricDataV2")
def history(context: Context, request: Request) -> Answer:
    """Numbers of a range of time, for queues, routing profiles or agents."""
    instance = context.instance(request["ResourceArn"])
    groupings = request.get("Groupings") or []
    _known("Groupings", groupings)
    _check_metrics(request["Metrics"])
    parts = _parts(request)
    wanted = _filters(request["Filters"])
    _check_fields(request["Metrics"], {*groupings, *(one["FilterKey"] for one in request["Filters"])})
    engine = engine_of(context)
    sources = {_source(metric) for metric in request["Metrics"]}
    found = engine.ask(lambda world: _history(engine, world.now, instance, wanted, sources))
    rows = []
    for start, end in parts:
        interval = {"Interval": _period(request), "StartTime": start, "EndTime": end}
        rows += [
            {"Dimensions": dimensions, "MetricInterval": interval, "Collections": collections}
            for dimensions, collections in _rows(instance, request["Metrics"], groupings, found, (start, end))
        ]
    return page(request, "MetricResults", rows)


def _history(
    engine: Engine, now: datetime, instance: Instance, wanted: Callable[[Any], bool], sources: set[Source]
) -> History:
    """What the metrics of these sources look at; the others stay empty, for the filters may not fit them."""

    def mine(source: Source, items: Iterable[Any]) -> list[Any]:
        if source not in sources:
            return []
        return [one for one in items if one.instance_id == instance.id and wanted(one)]

    spans = tuple(replace(span, end=span.end or now) for span in mine("spans", engine.agents.all_spans()))
    contacts, going_on = (mine("contacts", one) for one in (engine.ledger.facts, engine.ledger.going_on()))
    return History(contacts, going_on, mine("offers", engine.agents.offers), spans)


def _source(metric: Mapping[str, Any]) -> Source:
    return METRICS[metric["Name"]].source if metric["Name"] in METRICS else "contacts"


def _rows(
    instance: Instance,
    metrics: Sequence[Mapping[str, Any]],
    groupings: Sequence[str],
    found: History,
    interval: tuple[datetime, datetime],
) -> Iterator[tuple[dict[str, str], list[dict[str, Any]]]]:
    """A row for each group in which anything was, however many of its metrics say nothing."""
    counted = [_grouped(found.inside(metric["Name"], *interval), groupings) for metric in metrics]
    for values in sorted({key for groups in counted for key in groups if all(key)}):
        collections = [_collected(m, groups.get(values, [])) for m, groups in zip(metrics, counted, strict=True)]
        yield _dimensions(instance, groupings, values), collections


def _check_fields(metrics: Sequence[Mapping[str, Any]], fields: set[str]) -> None:
    for metric in metrics:
        used = fields | {one["MetricFilterKey"] for one in metric.get("MetricFilters") or ()}
        if strange := sorted(used - FIELDS_OF[_source(metric)]):
            msg = f"{metric['Name']} is not grouped or filtered by {', '.join(strange)}"
            raise InvalidParameter(msg)


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


def _filters(filters: Sequence[Mapping[str, Any]]) -> Callable[[Any], bool]:
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


def _grouped(items: Iterable[Any], groupings: Sequence[str]) -> dict[tuple[str, ...], list[Any]]:
    groups: dict[tuple[str, ...], list[Any]] = {}
    for item in items:
        groups.setdefault(tuple(FIELDS[name](item) for name in groupings), []).append(item)
    return groups


def _dimensions(instance: Instance, groupings: Sequence[str], values: Sequence[str]) -> dict[str, str]:
    shown = dict(zip(groupings, values, strict=True))
    maps: Mapping[str, Mapping[str, Any]] = {
        "QUEUE": instance.queues,
        "ROUTING_PROFILE": instance.routing_profiles,
        "AGENT": instance.users,
        **dict.fromkeys(HIERARCHY, instance.hierarchy_groups),
    }
    arns = {f"{name}_ARN": maps[name][value].arn for name, value in shown.items() if value in maps.get(name, {})}
    return {**shown, **arns}


def _collected(metric: Mapping[str, Any], items: Sequence[Any]) -> dict[str, Any]:
    counted = [item for item in items if _passes(metric, item)]
    name = metric["Name"]
    value = METRICS[name].reckon(counted) if name in METRICS else THRESHOLD_METRICS[name](counted, _limit(metric))
    return {"Metric": dict(metric)} if value is None else {"Metric": dict(metric), "Value": float(value)}


def _passes(metric: Mapping[str, Any], fact: Any) -> bool:
    return all(
        (FIELDS[one["MetricFilterKey"]](fact) in one["MetricFilterValues"]) is not one.get("Negate", False)
        for one in metric.get("MetricFilters") or ()
    )
