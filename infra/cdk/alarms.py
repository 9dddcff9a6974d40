"""The alarms of a tenant, as data. Pure. `docs/runbooks/operate.md` has a section for each: meaning and remedy."""

from collections.abc import Iterator
from typing import Final

from infra.cdk.watched import Alarm, Metric, Watched

CALLER_FACING = ("route_contact", "lookup_customer", "menu_step")
BY_THE_CLOCK = ("review_papers", "review_qualifications", "serve_privacy_requests")
BEFORE_A_TOKEN = ("note_security_events",)
"""Asked by the user pool before it gives a token: while it fails, nobody logs in."""
_DAY_S: Final = 86_400


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
    for flow in watched.flows:
        yield Alarm(
            name="flow-fatal-errors",
            subject=flow,
            meaning="The flow ended in a way that it does not handle: callers were dropped.",
            metric=watched.of_connect("ContactFlow", "ContactFlowFatalErrors", ContactFlowName=flow),
        )
    yield Alarm(
        name="misconfigured-numbers",
        meaning="An entry number leads to no flow: its callers hear nothing.",
        metric=watched.of_connect("VoiceCalls", "MisconfiguredPhoneNumbers"),
    )
    yield Alarm(
        name="calls-over-quota",
        meaning="Calls were refused because the quota of concurrent calls was reached.",
        metric=watched.of_connect("VoiceCalls", "CallsBreachingConcurrencyQuota"),
    )
    yield Alarm(
        name="calls-near-quota",
        meaning="More than 80 % of the quota of concurrent calls is in use.",
        metric=watched.of_connect("VoiceCalls", "ConcurrentCallsPercentage"),
        statistic="Maximum",
        above=0.8,
        periods=3,
    )
    for queue in watched.queues:
        yield Alarm(
            name="queue-full",
            subject=queue,
            meaning="The queue had reached its limit; callers were offered voicemail instead.",
            metric=watched.of_connect("Queue", "QueueCapacityExceededError", QueueName=queue),
        )
    yield Alarm(
        name="recordings-not-stored",
        meaning="Recordings could not be written to the bucket.",
        metric=watched.of_connect("CallRecordings", "CallRecordingUploadError"),
        period_s=300,
    )


def _functions(watched: Watched) -> Iterator[Alarm]:
    for function in watched.functions:
        spoken = function.replace("_", "-")
        yield Alarm(
            name=f"{spoken}-errors",
            meaning=f"The function {function} failed.",
            metric=watched.of_function(function, "Errors"),
            # A caller waits for these, or they run now and then; the others are tried again before anything is lost.
            periods=1 if function in (*CALLER_FACING, *BY_THE_CLOCK, *BEFORE_A_TOKEN) else 3,
        )
        yield Alarm(
            name=f"{spoken}-throttles",
            meaning=f"The function {function} had reached its reserved concurrency.",
            metric=watched.of_function(function, "Throttles"),
            periods=1 if function in CALLER_FACING else 3,
        )
    for function in CALLER_FACING:
        yield Alarm(
            name=f"{function.replace('_', '-')}-slow",
            meaning=f"One in twenty calls waited more than a second for {function} (REL-04).",
            metric=watched.of_function(function, "Duration"),
            statistic="p95",
            above=1_000,
            period_s=300,
        )


def _decisions(watched: Watched) -> Iterator[Alarm]:
    for function in CALLER_FACING:
        yield Alarm(
            name=f"{function.replace('_', '-')}-degraded",
            meaning=f"{function} answered without the table: callers take the default queue (ACD-21).",
            metric=watched.said_by(function, "Degraded"),
        )
    yield Alarm(
        name="unknown-number",
        meaning="A call came in over a number that the tenant's contract does not have (NUM-02).",
        metric=watched.said_by("route_contact", "UnknownNumber"),
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
        metric=watched.of_function("ingest_contact_records", "IteratorAge"),
        statistic="Maximum",
        above=300_000,
        periods=3,
    )
    for kind in ("Read", "Write"):
        yield Alarm(
            name=f"table-{kind.lower()}-throttles",
            meaning=f"The table refused {kind.lower()}s for a moment: a burst above twice the last peak, or a hot key.",
            metric=watched.of_table(f"{kind}ThrottleEvents"),
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
        metric=watched.of_function("export_analytics", "IteratorAge"),
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
        metric=watched.said_by("notify_voicemail", "NoticesFailed"),
    )


def _reading(watched: Watched) -> Iterator[Alarm]:
    yield Alarm(
        name="unusual-reading",
        meaning="A user was shown more records of personal data in an hour than the contract calls usual (SEC-02).",
        metric=watched.said_by("api", "UnusualReading"),
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
            metric=watched.said_by("review_papers", f"Papers{kind}"),
            statistic="Maximum",
            period_s=_DAY_S,
        )
