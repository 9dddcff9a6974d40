"""What wakes an operator and what an operator keeps open: alarms, the topic they go to, and one dashboard."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import batched, chain

from aws_cdk import Aws, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from chalicelib.metrics.counters import COUNTERS, OF_TRANSACTIONS
from chalicelib.metrics.models import INTERVAL_S, METRIC_PREFIX, Kpi
from infra.cdk import alarms_of_floor, alarms_of_limits
from infra.cdk.alarms import CALLER_FACING, alarms
from infra.cdk.names import logical
from infra.cdk.watched import Alarm, Watched

_MINUTE = Duration.minutes(1)
_GRAPHS_A_ROW = 3
_WIDTH = 24 // _GRAPHS_A_ROW
"""A row of the dashboard has 24 columns."""


class Observability(Construct):
    """All alarms of the tenant, on one topic; operators subscribe to it (docs/runbooks/operate.md)."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        watched: Watched,
        key: kms.IKey,
        kpis: Sequence[Kpi],
        shares: Mapping[str, int],
    ) -> None:
        super().__init__(scope, id_)
        self._watched = watched
        self._shown = kpis
        self.topic = sns.Topic(
            self, "Alarms", display_name=f"Trunkline {watched.tenant}", master_key=key, enforce_ssl=True
        )
        # A topic with a policy of its own loses the default one, by which alarms of the account may publish.
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsOfThisAccount",
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )
        for alarm in chain(alarms(watched), alarms_of_floor.alarms(watched), alarms_of_limits.alarms(watched, shares)):
            self._alarm(alarm)
        self._dashboard()

    def _alarm(self, alarm: Alarm) -> None:
        percentile = alarm.statistic.startswith("p")
        about = f"-{alarm.subject}" if alarm.subject else ""
        cloudwatch.CfnAlarm(
            self,
            f"Alarm{logical(alarm.name)}{logical(alarm.subject)}",
            alarm_name=f"trunkline-{self._watched.tenant}-{alarm.name}{about}",
            alarm_description=f"{alarm.meaning} See docs/runbooks/operate.md, {alarm.name}.",
            namespace=alarm.metric.namespace,
            metric_name=alarm.metric.name,
            dimensions=[
                cloudwatch.CfnAlarm.DimensionProperty(name=name, value=value)
                for name, value in sorted(alarm.metric.dimensions.items())
            ],
            statistic=None if percentile else alarm.statistic,
            extended_statistic=alarm.statistic if percentile else None,
            period=alarm.period_s,
            evaluation_periods=alarm.periods,
            datapoints_to_alarm=alarm.periods,
            comparison_operator="GreaterThanThreshold",
            threshold=alarm.above,
            treat_missing_data="notBreaching",
            alarm_actions=[self.topic.topic_arn],
            ok_actions=[self.topic.topic_arn],
        )

    def _dashboard(self) -> None:
        """From left to right what callers feel, then what decides for them, then what happens after the call."""
        callers = [
            self._graph("Calls now", [self._connect("ConcurrentCalls", "VoiceCalls", "Maximum")]),
            self._search("Callers waiting, by queue", "QueueName", "QueueSize", "Maximum"),
            self._search("Longest wait, by queue (s)", "QueueName", "LongestQueueWaitTime", "Maximum"),
        ]
        trouble = [
            self._search("Flow errors, by flow", "ContactFlowName", "ContactFlowErrors", "Sum"),
            self._graph("Missed by agents", [self._connect("MissedCalls", "VoiceCalls", "Sum")]),
            self._graph(
                "Share of the call quota", [self._connect("ConcurrentCallsPercentage", "VoiceCalls", "Maximum")]
            ),
        ]
        decisions = [
            self._graph("Decision time p95 (ms)", [self._function(name, "Duration", "p95") for name in CALLER_FACING]),
            self._graph("Degraded decisions", [self._own("Degraded", name) for name in CALLER_FACING]),
            self._graph("Function errors", [self._function(name, "Errors", "Sum") for name in self._watched.functions]),
        ]
        after = [
            self._graph(
                "Contact records behind (ms)", [self._function("ingest_contact_records", "IteratorAge", "Maximum")]
            ),
            self._graph("Dead letters", [self._dead_letters(*pair) for pair in self._watched.dead_letters.items()]),
            self._graph(
                "Table: throttled requests", [self._table("ReadThrottleEvents"), self._table("WriteThrottleEvents")]
            ),
        ]
        cloudwatch.Dashboard(
            self,
            "Dashboard",
            dashboard_name=f"trunkline-{self._watched.tenant}",
            default_interval=Duration.hours(3),
            widgets=[callers, trouble, decisions, after, *self._kpis()],
        )

    def _graph(self, title: str, metrics: list[cloudwatch.IMetric]) -> cloudwatch.IWidget:
        return cloudwatch.GraphWidget(title=title, left=metrics, width=_WIDTH)

    def _kpis(self) -> Iterator[list[cloudwatch.IWidget]]:
        """Yield rows with a graph for each KPI of the registry, three a row, from what the ingest tells as it counts.

        What people's requests count as well has none: it is not told by the ingest. Booked when a record was taken in,
        not where its contact belongs: reports come from the REST API.
        """
        graphs = [
            self._graph(f"{kpi.id} {kpi.name} ({kpi.unit})", [self._kpi(kpi)])
            for kpi in self._shown
            if kpi.counters <= COUNTERS.keys() - OF_TRANSACTIONS
        ]
        yield from (list(row) for row in batched(graphs, _GRAPHS_A_ROW, strict=False))

    def _kpi(self, kpi: Kpi) -> cloudwatch.IMetric:
        """Return the KPI of each quarter-hour; without a denominator CloudWatch shows nothing, as reports do."""
        ids = {name: f"m{n}" for n, name in enumerate(sorted(kpi.counters))}

        def total(parts: Mapping[str, int]) -> str:
            return "+".join(f"({factor}*{ids.get(name, INTERVAL_S)})" for name, factor in parts.items())

        return cloudwatch.MathExpression(
            expression=f"({total(kpi.numerator)})/({total(kpi.denominator)})",
            label=kpi.id,
            period=Duration.seconds(INTERVAL_S),
            using_metrics={
                ids[name]: self._own(METRIC_PREFIX + name, "ingest_contact_records") for name in sorted(kpi.counters)
            },
        )

    def _search(self, title: str, dimension: str, name: str, statistic: str) -> cloudwatch.IWidget:
        schema = f"{{AWS/Connect,{dimension},InstanceId,MetricGroup}}"
        found = (
            f"SEARCH('{schema} MetricName=\"{name}\" InstanceId=\"{self._watched.instance_id}\"', '{statistic}', 60)"
        )
        return self._graph(
            title, [cloudwatch.MathExpression(expression=found, period=_MINUTE, label="", using_metrics={})]
        )

    def _connect(self, name: str, group: str, statistic: str) -> cloudwatch.Metric:
        dimensions = {"InstanceId": self._watched.instance_id, "MetricGroup": group}
        return self._metric("AWS/Connect", name, dimensions, statistic, name)

    def _function(self, function: str, name: str, statistic: str) -> cloudwatch.Metric:
        return self._metric(
            "AWS/Lambda", name, {"FunctionName": self._watched.functions[function]}, statistic, function
        )

    def _own(self, name: str, function: str) -> cloudwatch.Metric:
        return self._metric("Trunkline", name, {"tenant": self._watched.tenant, "function": function}, "Sum", function)

    def _dead_letters(self, label: str, queue: str) -> cloudwatch.Metric:
        return self._metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": queue}, "Maximum", label)

    def _table(self, name: str) -> cloudwatch.Metric:
        return self._metric("AWS/DynamoDB", name, {"TableName": self._watched.table}, "Sum", name)

    def _metric(
        self, namespace: str, name: str, dimensions: dict[str, str], statistic: str, label: str
    ) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace=namespace,
            metric_name=name,
            dimensions_map=dimensions,
            statistic=statistic,
            label=label,
            period=_MINUTE,
        )
