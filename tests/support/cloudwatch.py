"""CloudWatch in memory: keeps what the emulator publishes, and sums it by period as GetMetricData does."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from localstack.connect.engine.ports import Datum, Place


@dataclass(slots=True)
class CloudWatch:
    """The values that were published, in their order."""

    data: list[Datum] = field(default_factory=list)

    def put(self, place: Place, data: Sequence[Datum]) -> bool:
        """Keep them."""
        del place
        self.data.extend(data)
        return True

    def get_metric_data(self, **request: Any) -> Mapping[str, Any]:
        """Return a sum for each period in which something was published."""
        return {"MetricDataResults": [self._sums(query, request) for query in request["MetricDataQueries"]]}

    def _sums(self, query: Mapping[str, Any], request: Mapping[str, Any]) -> Mapping[str, Any]:
        metric, period_s = query["MetricStat"]["Metric"], query["MetricStat"]["Period"]
        wanted = {one["Name"]: one["Value"] for one in metric["Dimensions"]}
        sums: defaultdict[datetime, float] = defaultdict(float)
        for datum in self.data:
            is_meant = datum.name == metric["MetricName"] and dict(datum.dimensions) == wanted
            if is_meant and request["StartTime"] <= datum.at < request["EndTime"]:
                second = int(datum.at.timestamp())
                sums[datetime.fromtimestamp(second - second % period_s, datum.at.tzinfo)] += datum.value
        return {"Id": query["Id"], "Timestamps": list(sums), "Values": list(sums.values())}
