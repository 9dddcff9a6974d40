"""The engine's ports, spoken to a cloud: any endpoint that understands the AWS APIs.

With `adapter_clients` and `adapter_objects`, all of the engine that needs botocore.
"""

import json
import logging
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError

from localstack.connect.adapter_clients import CONCURRENT_INVOCATIONS, Clients
from localstack.connect.adapter_objects import CloudFiles, CloudObjects
from localstack.connect.engine.ports import (
    Datum,
    EventBus,
    Invocation,
    LambdaReply,
    LambdaStatus,
    Place,
    Ports,
    StreamRecord,
)

log = logging.getLogger(__name__)

PERMISSION_KEPT_S = 10.0
CONNECT = "connect.amazonaws.com"
THROTTLED = frozenset({"TooManyRequestsException", "ServiceException", "ThrottlingException"})
EVENT_FIELDS = {"detail-type": "DetailType", "source": "Source", "resources": "Resources"}


class CloudLambdas:
    """Invokes functions through the Lambda API, several at a time."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._permitted: dict[tuple[str, str], float] = {}
        self._pool = ThreadPoolExecutor(CONCURRENT_INVOCATIONS, thread_name_prefix="connect-lambda")

    def start(self, asked: Invocation) -> Future[LambdaReply]:
        """Begin an invocation; without the permission that `source_arn` needs, it is refused."""
        client = self._clients.get("lambda", asked.place, asked.limit_s)
        # The event is the contact's, which goes on: it is written here, not in the thread.
        return self._pool.submit(self._invoke, client, asked, json.dumps(asked.event).encode())

    def _invoke(self, client: Any, asked: Invocation, payload: bytes) -> LambdaReply:
        function_arn, source_arn = asked.function_arn, asked.source_arn
        began = time.perf_counter()
        limit_s = client.meta.config.read_timeout
        kind = "Event" if asked.asynchronous else "RequestResponse"
        try:
            if source_arn and not self._permits(client, function_arn, source_arn):
                why = f"AccessDeniedException: {function_arn} does not let Amazon Connect invoke it for {source_arn}"
                return LambdaReply("refused", detail=why, real_ms=_ms_since(began))
            answer = client.invoke(FunctionName=function_arn, InvocationType=kind, Payload=payload)
            body = answer["Payload"].read()
        except ReadTimeoutError:
            return LambdaReply("timeout", detail=f"no answer within {limit_s:g} s", real_ms=_ms_since(began))
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            status: LambdaStatus = "throttled" if code in THROTTLED else "refused"
            return LambdaReply(status, detail=f"{code}: {error}", real_ms=_ms_since(began))
        except BotoCoreError as error:
            return LambdaReply("refused", detail=str(error), real_ms=_ms_since(began))
        if answer.get("FunctionError"):
            return LambdaReply(
                "function-error", body, detail=body.decode(errors="replace")[:300], real_ms=_ms_since(began)
            )
        return LambdaReply("ok", body, real_ms=_ms_since(began))

    def _permits(self, client: Any, function_arn: str, source_arn: str) -> bool:
        """Whether the function's policy lets Amazon Connect in for that instance; a yes is believed for a while."""
        known = self._permitted.get((function_arn, source_arn), -PERMISSION_KEPT_S)
        if time.monotonic() - known < PERMISSION_KEPT_S:
            return True
        permitted = any(_permits(statement, source_arn) for statement in _statements(client, function_arn))
        if permitted:
            self._permitted[function_arn, source_arn] = time.monotonic()
        return permitted


def _statements(client: Any, function_arn: str) -> list[dict[str, Any]]:
    """The statements of a function's resource policy; none when it has no policy."""
    name, _, qualifier = function_arn.partition(":function:")[2].partition(":")
    try:
        answer = client.get_policy(FunctionName=name or function_arn, **({"Qualifier": qualifier} if qualifier else {}))
    except client.exceptions.ResourceNotFoundException:
        return []
    return list(json.loads(answer["Policy"])["Statement"])


def _permits(statement: Mapping[str, Any], source_arn: str) -> bool:
    """Whether a statement is what the association of a function with an instance writes (4.3)."""
    principal = statement.get("Principal")
    service = principal.get("Service") if isinstance(principal, Mapping) else principal
    condition = statement.get("Condition") or {}
    sources = [value for test in condition.values() for key, value in test.items() if key.lower() == "aws:sourcearn"]
    named = all(source == source_arn for source in sources)
    return statement.get("Effect") == "Allow" and service in (CONNECT, "*") and named


class CloudStreams:
    """Writes to Kinesis."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def put(self, place: Place, stream_arn: str, records: Sequence[StreamRecord]) -> Sequence[int]:
        """Write records; answers those that were not taken."""
        name = stream_arn.partition(":stream/")[2] or stream_arn
        entries = [{"Data": record.data, "PartitionKey": record.partition_key} for record in records]
        try:
            answer = self._clients.get("kinesis", place).put_records(StreamName=name, Records=entries)
        except (BotoCoreError, ClientError) as error:
            log.warning("Kinesis did not take %d records for %s: %s", len(records), name, error)
            return range(len(records))
        return [n for n, one in enumerate(answer["Records"]) if one.get("ErrorCode")]


class CloudBus:
    """Publishes to EventBridge through its API, where that takes the source aws.connect (AWS itself does not)."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def put(self, place: Place, events: Sequence[dict[str, Any]]) -> Sequence[int]:
        """Publish events; answers those that were not taken."""
        entries = [bus_entry(event) for event in events]
        try:
            answer = self._clients.get("events", place).put_events(Entries=entries)
        except (BotoCoreError, ClientError) as error:
            log.warning("EventBridge did not take %d events: %s", len(events), error)
            return range(len(events))
        return [n for n, one in enumerate(answer["Entries"]) if one.get("ErrorCode")]


class CloudLogs:
    """Writes flow logs to CloudWatch Logs."""

    STREAM = "flows"

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._made: set[tuple[Place, str]] = set()

    def put(self, place: Place, group: str, lines: Sequence[tuple[int, str]]) -> bool:
        """Write lines. Best effort, as with AWS: what is not taken is gone."""
        client = self._clients.get("logs", place)
        try:
            self._make(client, place, group)
            client.put_log_events(
                logGroupName=group,
                logStreamName=self.STREAM,
                logEvents=[{"timestamp": at_ms, "message": line} for at_ms, line in sorted(lines, key=lambda e: e[0])],
            )
        except (BotoCoreError, ClientError) as error:
            log.warning("CloudWatch Logs did not take %d lines for %s: %s", len(lines), group, error)
        return True

    def _make(self, client: Any, place: Place, group: str) -> None:
        if (place, group) in self._made:
            return
        for make, names in (
            (client.create_log_group, {"logGroupName": group}),
            (client.create_log_stream, {"logGroupName": group, "logStreamName": self.STREAM}),
        ):
            try:
                make(**names)
            except client.exceptions.ResourceAlreadyExistsException:
                log.debug("%s is there already", names)
        self._made.add((place, group))


class CloudMetrics:
    """Publishes metrics to CloudWatch, in a namespace that only AWS itself may use there."""

    NAMESPACE = "AWS/Connect"

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def put(self, place: Place, data: Sequence[Datum]) -> bool:
        """Publish values. Best effort: what is not taken is gone."""
        values = [
            {
                "MetricName": datum.name,
                "Dimensions": [{"Name": name, "Value": value} for name, value in datum.dimensions],
                "Timestamp": datum.at,
                "Value": datum.value,
                "Unit": datum.unit,
            }
            for datum in data
        ]
        try:
            self._clients.get("cloudwatch", place).put_metric_data(Namespace=self.NAMESPACE, MetricData=values)
        except (BotoCoreError, ClientError) as error:
            log.warning("CloudWatch did not take %d values: %s", len(data), error)
        return True


def cloud_ports(endpoint_url: str, bus: EventBus) -> Ports:
    """All ports for one endpoint; the bus is chosen by the caller."""
    clients = Clients(endpoint_url)
    return Ports(
        lambdas=CloudLambdas(clients),
        streams=CloudStreams(clients),
        bus=bus,
        objects=CloudObjects(clients),
        files=CloudFiles(clients),
        logs=CloudLogs(clients),
        cloudwatch=CloudMetrics(clients),
    )


def bus_entry(event: dict[str, Any]) -> dict[str, Any]:
    """An event as PutEvents takes it."""
    entry = {name: event[field] for field, name in EVENT_FIELDS.items()}
    return {**entry, "Time": event["time"], "Detail": json.dumps(event["detail"], ensure_ascii=False)}


def _ms_since(began: float) -> float:
    return (time.perf_counter() - began) * 1000
