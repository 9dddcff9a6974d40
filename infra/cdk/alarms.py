"""The alarms of a tenant, as data. Pure. `docs/runbooks/operate.md` has a section for each: meaning and remedy."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

CALLER_FACING = ("route_contact", "lookup_customer", "menu_step")
BY_THE_CLOCK = ("review_papers", "review_qualifications", "serve_privacy_requests")
BEFORE_A_TOKEN = ("note_security_events",)
"""Asked by the user pool before it gives a token: while it fails, nobody logs in."""
_DAY_S = 86_400


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


def alarms(watched: Watched) -> Iterator[Alarm]:
    """Yield every alarm of a tenant."""
    yield from _connect(watched)
    yield from _functions(watched)
    yield from _decisions(watched)
    yield from _stores(watched)
    yield from _analytics(watched)
    yield from _papers(watched)
    yield from _messages(watched)
    yield from _reading(watched)


def _connect(watched: Watched) -> Iterator[Alarm]:
    """Yield what Amazon Connect itself tells; what it counts by flow or queue only has one alarm for each of them."""
    calls = {"InstanceId": watched.instance_id, "MetricGroup": "VoiceCalls"}
    recordings = {"InstanceId": watched.instance_id, "MetricGroup": "CallRecordings"}
    for flow in watched.flows:
        within = {"InstanceId": watched.instance_id, "MetricGroup": "ContactFlow", "ContactFlowName": flow}
        yield Alarm(
            name="flow-fatal-errors",
            subject=flow,
            meaning="The flow ended in a way that it does not handle: callers were dropped.",
            metric=Metric(namespace="AWS/Connect", name="ContactFlowFatalErrors", dimensions=within),
        )
    yield Alarm(
        name="misconfigured-numbers",
        meaning="An entry number leads to no flow: its callers hear nothing.",
        metric=Metric(namespace="AWS/Connect", name="MisconfiguredPhoneNumbers", dimensions=calls),
    )
    yield Alarm(
        name="calls-over-quota",
        meaning="Calls were refused because the quota of concurrent calls was reached.",
        metric=Metric(namespace="AWS/Connect", name="CallsBreachingConcurrencyQuota", dimensions=calls),
    )
    yield Alarm(
        name="calls-near-quota",
        meaning="More than 80 % of the quota of concurrent calls is in use.",
        metric=Metric(namespace="AWS/Connect", name="ConcurrentCallsPercentage", dimensions=calls),
        statistic="Maximum",
        above=0.8,
        periods=3,
    )
    for queue in watched.queues:
        waiting = {"InstanceId": watched.instance_id, "MetricGroup": "Queue", "QueueName": queue}
        yield Alarm(
            name="queue-full",
            subject=queue,
            meaning="The queue had reached its limit; callers were offered voicemail instead.",
            metric=Metric(namespace="AWS/Connect", name="QueueCapacityExceededError", dimensions=waiting),
        )
    yield Alarm(
        name="recordings-not-stored",
        meaning="Recordings could not be written to the bucket.",
        metric=Metric(namespace="AWS/Connect", name="CallRecordingUploadError", dimensions=recordings),
        period_s=300,
    )


def _functions(watched: Watched) -> Iterator[Alarm]:
    for function, name in watched.functions.items():
        spoken = function.replace("_", "-")
        dimensions = {"FunctionName": name}
        yield Alarm(
            name=f"{spoken}-errors",
            meaning=f"The function {function} failed.",
            metric=Metric(namespace="AWS/Lambda", name="Errors", dimensions=dimensions),
            # A caller waits for these, or they run now and then; the others are tried again before anything is lost.
            periods=1 if function in (*CALLER_FACING, *BY_THE_CLOCK, *BEFORE_A_TOKEN) else 3,
        )
        yield Alarm(
            name=f"{spoken}-throttles",
            meaning=f"The function {function} had reached its reserved concurrency.",
            metric=Metric(namespace="AWS/Lambda", name="Throttles", dimensions=dimensions),
            periods=1 if function in CALLER_FACING else 3,
        )
    for function in CALLER_FACING:
        yield Alarm(
            name=f"{function.replace('_', '-')}-slow",
            meaning=f"One in twenty calls waited more than a second for {function} (REL-04).",
            metric=Metric(
                namespace="AWS/Lambda", name="Duration", dimensions={"FunctionName": watched.functions[function]}
            ),
            statistic="p95",
            above=1_000,
            period_s=300,
        )


def _decisions(watched: Watched) -> Iterator[Alarm]:
    for function in CALLER_FACING:
        yield Alarm(
            name=f"{function.replace('_', '-')}-degraded",
            meaning=f"{function} answered without the table: callers take the default queue (ACD-21).",
            metric=Metric(
                namespace="Trunkline",
                name="Degraded",
                dimensions={"tenant": watched.tenant, "function": function},
            ),
        )
    yield Alarm(
        name="unknown-number",
        meaning="A call came in over a number that the tenant's contract does not have (NUM-02).",
        metric=Metric(
            namespace="Trunkline",
            name="UnknownNumber",
            dimensions={"tenant": watched.tenant, "function": "route_contact"},
        ),
    )


def _stores(watched: Watched) -> Iterator[Alarm]:
    for name, queue in watched.dead_letters.items():
        yield Alarm(
            name=name,
            meaning="Something could not be processed and waits in the dead-letter queue (REL-05).",
            metric=Metric(
                namespace="AWS/SQS", name="ApproximateNumberOfMessagesVisible", dimensions={"QueueName": queue}
            ),
            statistic="Maximum",
        )
    yield Alarm(
        name="ingest-behind",
        meaning="Contact records have waited more than five minutes: reports are late.",
        metric=Metric(
            namespace="AWS/Lambda",
            name="IteratorAge",
            dimensions={"FunctionName": watched.functions["ingest_contact_records"]},
        ),
        statistic="Maximum",
        above=300_000,
        periods=3,
    )
    for kind in ("Read", "Write"):
        yield Alarm(
            name=f"table-{kind.lower()}-throttles",
            meaning=f"The table refused {kind.lower()}s for a moment: a burst above twice the last peak, or a hot key.",
            metric=Metric(
                namespace="AWS/DynamoDB", name=f"{kind}ThrottleEvents", dimensions={"TableName": watched.table}
            ),
            periods=3,
        )
    yield Alarm(
        name="api-faults",
        meaning="The REST API answered with a server error.",
        metric=Metric(
            namespace="AWS/ApiGateway",
            name="5XXError",
            dimensions={"ApiName": watched.api_name, "Stage": watched.api_stage},
        ),
        periods=3,
    )


def _analytics(watched: Watched) -> Iterator[Alarm]:
    """Yield what tells that the analytics store falls behind, or loses rows to its error folder."""
    yield Alarm(
        name="analytics-behind",
        meaning="Changes of the table have waited more than ten minutes for their way into the analytics store.",
        metric=Metric(
            namespace="AWS/Lambda",
            name="IteratorAge",
            dimensions={"FunctionName": watched.functions["export_analytics"]},
        ),
        statistic="Maximum",
        above=600_000,
        periods=3,
    )
    for table, stream in watched.deliveries.items():
        dimensions = {"DeliveryStreamName": stream}
        yield Alarm(
            name="analytics-late",
            subject=table,
            meaning="Rows have waited more than half an hour in the delivery stream: they cannot be written.",
            metric=Metric(namespace="AWS/Firehose", name="DeliveryToS3.DataFreshness", dimensions=dimensions),
            statistic="Maximum",
            above=1_800,
            period_s=300,
            periods=3,
        )
        yield Alarm(
            name="analytics-not-converted",
            subject=table,
            meaning="Rows do not fit the columns of their table and lie in the error folder.",
            metric=Metric(namespace="AWS/Firehose", name="FailedConversion.Records", dimensions=dimensions),
            period_s=300,
        )


def _messages(watched: Watched) -> Iterator[Alarm]:
    """Yield what tells that nobody knows of a message."""
    yield Alarm(
        name="notices-failed",
        meaning="Nobody could be told of a new message in as many tries as the contract allows (VML-02).",
        metric=Metric(
            namespace="Trunkline",
            name="NoticesFailed",
            dimensions={"tenant": watched.tenant, "function": "notify_voicemail"},
        ),
    )


def _reading(watched: Watched) -> Iterator[Alarm]:
    yield Alarm(
        name="unusual-reading",
        meaning="A user was shown more records of personal data in an hour than the contract calls usual (SEC-02).",
        metric=Metric(
            namespace="Trunkline",
            name="UnusualReading",
            dimensions={"tenant": watched.tenant, "function": "api"},
        ),
    )


def _papers(watched: Watched) -> Iterator[Alarm]:
    """Yield what the daily look at the papers tells; each stays raised until the next look finds them in order."""
    about = {
        "Uncovered": "A number or line has not, or has no more, the licence or papers to be live (NUM-06, LIC-02).",
        "Expiring": "A licence or an allocation expires within 90 days (LIC-02).",
    }
    for kind, meaning in about.items():
        yield Alarm(
            name=f"papers-{kind.lower()}",
            meaning=meaning,
            metric=Metric(
                namespace="Trunkline",
                name=f"Papers{kind}",
                dimensions={"tenant": watched.tenant, "function": "review_papers"},
            ),
            statistic="Maximum",
            period_s=_DAY_S,
        )
