"""Custom resource: links numbers to flows, publishes flows that name each other, lets flow logs end. See README.md.

CloudFormation waits for an answer at `ResponseURL`, up to an hour if none comes: whatever happens, one is sent.
"""

import functools
import http.client
import json
import logging
import time
import urllib.parse
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from lambdas.connect_linker.flow_content import filled
else:
    from flow_content import filled

log = logging.getLogger()
log.setLevel(logging.INFO)

ATTEMPTS = 6
"""A new instance refuses links for some seconds, and the whole account shares 2 requests a second."""

RETRIED = frozenset(
    {"TooManyRequestsException", "ThrottlingException", "ResourceConflictException", "InternalServiceException"}
)
GONE = frozenset({"ResourceNotFoundException"})
THERE = frozenset({"ResourceAlreadyExistsException"})
DENIED = "AccessDeniedException"
"""A number that left the contract has left this function's role in the same deployment, before its link is deleted."""


class BadRequest(ValueError):
    """The template asks for something that this function does not know."""


class RefusedError(Exception):
    """Amazon Connect said no; `code` is its error type."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class Connect(Protocol):
    """Port: what is asked of Amazon Connect, of the logs that it writes and of S3. Each raises RefusedError."""

    def link(self, instance: str, number: str, flow: str) -> None:
        """Calls to `number` enter `flow`."""

    def unlink(self, instance: str, number: str) -> None:
        """Calls to `number` enter no flow."""

    def publish(self, instance: str, flow: str, content: str) -> None:
        """Calls that enter `flow` from now on run `content`."""

    def document(self, bucket: str, key: str) -> bytes:
        """Return the object."""

    def make_log_group(self, name: str) -> None:
        """Make the log group `name`."""

    def keep_log_group(self, name: str, days: int) -> None:
        """What the log group `name` holds ends after `days`."""


Answer = Callable[[str, Mapping[str, Any]], None]
"""Sends a document to a URL."""


def handle(event: Mapping[str, Any], connect: Connect, answer: Answer, sleep: Callable[[float], None]) -> None:
    """Do what `event` asks and tell CloudFormation how it went; never raises for a failed request."""
    try:
        physical_id = _perform(event, connect, sleep)
        outcome = {"Status": "SUCCESS", "PhysicalResourceId": physical_id}
    except Exception as exc:
        # The door of this function: without an answer the stack would hang for an hour.
        log.exception("failed: %s %s", event.get("RequestType"), event.get("LogicalResourceId"))
        outcome = {
            "Status": "FAILED",
            "Reason": f"{type(exc).__name__}: {exc}"[:1000],
            "PhysicalResourceId": event.get("PhysicalResourceId") or _physical_id(event),
        }
    known = {key: event.get(key) for key in ("StackId", "RequestId", "LogicalResourceId")}
    answer(event["ResponseURL"], {**known, **outcome})


def _perform(event: Mapping[str, Any], connect: Connect, sleep: Callable[[float], None]) -> str:
    properties = event.get("ResourceProperties", {})
    deleted = event.get("RequestType") == "Delete"
    match event.get("ResourceType"):
        case "Custom::PhoneNumberFlow" if deleted:
            _unlink(connect, properties["InstanceArn"], properties["PhoneNumberArn"], sleep)
        case "Custom::PhoneNumberFlow":
            instance, number, flow = (properties[key] for key in ("InstanceArn", "PhoneNumberArn", "ContactFlowArn"))
            _patiently(lambda: connect.link(instance, number, flow), sleep)
        case "Custom::ContactFlowContent" if deleted:
            log.info("nothing to do: flows are deleted by their own resources")
        case "Custom::ContactFlowContent":
            _publish(connect, properties, sleep)
        case "Custom::LogRetention" if deleted:
            log.info("nothing to do: what is logged ends by itself")
        case "Custom::LogRetention":
            _keep_logs(connect, properties["LogGroupName"], int(properties["RetentionInDays"]), sleep)
        case other:
            msg = f"unknown resource type {other!r}"
            raise BadRequest(msg)
    return _physical_id(event)


def _publish(connect: Connect, properties: Mapping[str, Any], sleep: Callable[[float], None]) -> None:
    """Publish every flow of a document. All of them are whole before the first is published."""
    document = connect.document(properties["Bucket"], properties["Key"])
    references = properties["References"]
    for flow, content in filled(document, properties["Digest"], references).items():
        _patiently(functools.partial(connect.publish, properties["InstanceArn"], references[flow], content), sleep)


def _unlink(connect: Connect, instance: str, number: str, sleep: Callable[[float], None]) -> None:
    """Take the link away. One that we may no longer touch ends with its number, which is released right after."""
    try:
        _patiently(lambda: connect.unlink(instance, number), sleep, accepted=GONE)
    except RefusedError as refused:
        if refused.code != DENIED:
            raise
        log.warning("link left to end with its number: %s", refused.code)


def _keep_logs(connect: Connect, name: str, days: int, sleep: Callable[[float], None]) -> None:
    """Let the log group end its events after `days`. Amazon Connect makes it with the instance, or a little later."""
    _patiently(lambda: connect.make_log_group(name), sleep, accepted=THERE)
    _patiently(lambda: connect.keep_log_group(name, days), sleep)


_NAMED_BY = {
    "Custom::PhoneNumberFlow": "PhoneNumberArn",
    "Custom::ContactFlowContent": "Document",
    "Custom::LogRetention": "LogGroupName",
}


def _physical_id(event: Mapping[str, Any]) -> str:
    """Return the id by which CloudFormation knows this resource: another number or document is another resource."""
    properties = event.get("ResourceProperties", {})
    key = _NAMED_BY.get(str(event.get("ResourceType")), "")
    return f"{str(event.get('ResourceType')).removeprefix('Custom::')}:{properties.get(key, 'none')}"


def _patiently(
    do: Callable[[], None], sleep: Callable[[float], None], *, accepted: frozenset[str] = frozenset()
) -> None:
    for attempt in range(ATTEMPTS):
        try:
            do()
        except RefusedError as refused:
            if refused.code in accepted:
                return
            if refused.code not in RETRIED or attempt == ATTEMPTS - 1:
                raise
            sleep(2**attempt)
        else:
            return


class BotocoreConnect:
    """Amazon Connect through the botocore of the runtime."""

    def __init__(self) -> None:
        import botocore.session  # noqa: PLC0415 - 200 ms that a test of the rules above does not need

        self._session = botocore.session.get_session()
        self._client = self._session.create_client("connect")
        self._logs = self._session.create_client("logs")

    def link(self, instance: str, number: str, flow: str) -> None:
        """Calls to `number` enter `flow`; said again, nothing changes."""
        self._call("associate_phone_number_contact_flow", PhoneNumberId=number, InstanceId=instance, ContactFlowId=flow)

    def unlink(self, instance: str, number: str) -> None:
        """Calls to `number` enter no flow."""
        self._call("disassociate_phone_number_contact_flow", PhoneNumberId=number, InstanceId=instance)

    def publish(self, instance: str, flow: str, content: str) -> None:
        """Calls that enter `flow` from now on run `content`."""
        self._call(
            "update_contact_flow_content", InstanceId=_last(instance), ContactFlowId=_last(flow), Content=content
        )

    def document(self, bucket: str, key: str) -> bytes:
        """Return the object; who refuses it is told with its place."""
        try:
            found = self._call("get_object", self._session.create_client("s3"), Bucket=bucket, Key=key)
        except RefusedError as refused:
            raise RefusedError(refused.code, f"s3://{bucket}/{key}: {refused}") from refused
        body: bytes = found["Body"].read()
        return body

    def make_log_group(self, name: str) -> None:
        """Make the log group `name`."""
        self._call("create_log_group", self._logs, logGroupName=name)

    def keep_log_group(self, name: str, days: int) -> None:
        """What the log group `name` holds ends after `days`."""
        self._call("put_retention_policy", self._logs, logGroupName=name, retentionInDays=days)

    def _call(self, operation: str, client: Any = None, **parameters: Any) -> Any:
        from botocore.exceptions import ClientError  # noqa: PLC0415 - as above

        try:
            return getattr(client or self._client, operation)(**parameters)
        except ClientError as exc:
            error = exc.response.get("Error", {})
            problems = exc.response.get("problems", [])
            detail = "; ".join(str(problem.get("message")) for problem in problems) or str(error.get("Message"))
            raise RefusedError(str(error.get("Code")), detail) from exc


def _last(arn: str) -> str:
    return arn.rsplit("/", 1)[-1]


def put(url: str, document: Mapping[str, Any], sleep: Callable[[float], None] = time.sleep) -> None:
    """Send `document` to the presigned `url`, three times at most.

    Raises:
        OSError: nobody took it; CloudFormation runs into its own time limit and says so.

    """
    parts = urllib.parse.urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    body = json.dumps(document).encode()
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    for attempt in range(3):
        connection = kind(parts.netloc, timeout=10)
        try:
            # The URL was signed without a content type; one would break the signature.
            connection.request("PUT", target, body=body, headers={"Content-Type": ""})
            if connection.getresponse().status < http.client.BAD_REQUEST:
                return
        except OSError:
            log.warning("answer not delivered, attempt %d", attempt + 1)
        finally:
            connection.close()
        sleep(attempt + 1)
    msg = "CloudFormation could not be told the outcome"
    raise OSError(msg)


def handler(event: dict[str, Any], context: object) -> None:  # noqa: ARG001 - Lambda's signature
    """Serve CloudFormation."""
    log.info("%s %s", event.get("RequestType"), event.get("LogicalResourceId"))
    handle(event, BotocoreConnect(), put, time.sleep)
