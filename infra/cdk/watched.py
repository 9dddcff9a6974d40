"""What alarms are made of, and what of a tenant they watch. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One CloudWatch metric."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Rings when the metric's statistic is above `above` in `periods` periods of `period_s` in a row.

    `subject` tells alarms of one name apart: the flow or queue that each of them watches.
    """

    name: str
    subject: str = ""
    meaning: str
    metric: Metric
    statistic: str = "Sum"
    above: float = 0
    period_s: int = 60
    periods: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What the alarms watch: names and ids of one tenant's resources. Values may be CDK tokens."""

    tenant: str
    instance_id: str
    table: str
    dead_letters: Mapping[str, str]
    deliveries: Mapping[str, str]
    api_name: str
    api_stage: str
    functions: Mapping[str, str]
    flows: Sequence[str]
    queues: Sequence[str]

    def said_by(self, function: str, metric: str) -> Metric:
        """Return a metric that the function tells itself in its log."""
        return Metric(namespace="Trunkline", name=metric, dimensions={"tenant": self.tenant, "function": function})

    def of_function(self, function: str, metric: str) -> Metric:
        """Return what Lambda tells of the function."""
        return Metric(namespace="AWS/Lambda", name=metric, dimensions={"FunctionName": self.functions[function]})

    def of_table(self, metric: str) -> Metric:
        """Return what DynamoDB tells of the tenant's table."""
        return Metric(namespace="AWS/DynamoDB", name=metric, dimensions={"TableName": self.table})

    def of_connect(self, group: str, metric: str, **of: str) -> Metric:
        """Return what Amazon Connect tells of the instance, or of the one flow or queue that `of` names."""
        dimensions = {"InstanceId": self.instance_id, "MetricGroup": group, **of}
        return Metric(namespace="AWS/Connect", name=metric, dimensions=dimensions)
