"""Metrics: calls that were refused before they had a contact: Amazon Connect tells of them in CloudWatch alone (16).

Neither a contact record, nor a contact event, nor a metric of Amazon Connect's own API tells of them, and CloudWatch
only of the instance: not by line or number. CloudWatch keeps quarter-hours for 63 days.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from chalicelib.metrics import policy
from chalicelib.metrics.models import INTERVAL_S, NO_QUEUE, Booking, Refusal, Slot
from chalicelib.platform.dynamo import store_errors

NAMES: Final = ("CallsBreachingConcurrencyQuota", "ThrottledCalls")
"""Over the quota of calls at once, and over the rate of calls. One to a number that leads to no flow is a contact."""


class Client(Protocol):
    """Port: the call of a CloudWatch client that this needs."""

    def get_metric_data(self, **request: Any) -> Mapping[str, Any]:
        """Return a page of sums by period."""


@dataclass(frozen=True, slots=True)
class RefusedCalls:
    """The refused calls of one instance."""

    client: Client
    instance_id: str

    def between(self, start: datetime, end: datetime) -> Iterator[Booking]:
        """Yield what was refused in each quarter-hour of [start, end).

        Raises:
            StoreUnavailable, Throttled: CloudWatch could not answer.

        """
        found: Counter[datetime] = Counter()
        for one in self.by_metric(start, end):
            found[one.at] += one.calls
        for at in sorted(found):
            yield Booking(slot=Slot(start=at, line=NO_QUEUE, queue=NO_QUEUE), counters={"refused": found[at]})

    def by_metric(self, start: datetime, end: datetime) -> Iterator[Refusal]:
        """Yield what each metric counted in each quarter-hour of [start, end) in which it counted anything.

        Raises:
            StoreUnavailable, Throttled: CloudWatch could not answer.

        """
        found: Counter[tuple[datetime, str]] = Counter()
        for row in self._rows(start, end):
            for at, value in zip(row["Timestamps"], row["Values"], strict=True):
                found[policy.interval_start(at.astimezone(UTC)), NAMES[int(row["Id"].removeprefix("m"))]] += round(
                    value
                )
        for at, metric in sorted(found):
            if start <= at < end and found[at, metric]:
                yield Refusal(at=at, metric=metric, calls=found[at, metric])

    def _rows(self, start: datetime, end: datetime) -> Iterator[Mapping[str, Any]]:
        about = {"InstanceId": self.instance_id, "MetricGroup": "VoiceCalls"}
        dimensions = [{"Name": name, "Value": value} for name, value in about.items()]
        queries = [
            {
                "Id": f"m{n}",
                "MetricStat": {
                    "Metric": {"Namespace": "AWS/Connect", "MetricName": name, "Dimensions": dimensions},
                    "Period": INTERVAL_S,
                    "Stat": "Sum",
                },
            }
            for n, name in enumerate(NAMES)
        ]
        request: dict[str, Any] = {"MetricDataQueries": queries, "StartTime": start, "EndTime": end}
        while True:
            with store_errors("refused calls"):
                answer = self.client.get_metric_data(**request)
            yield from answer["MetricDataResults"]
            if not answer.get("NextToken"):
                return
            request["NextToken"] = answer["NextToken"]
