"""Every Lambda function of a tenant through its real handler, with an event of each kind that it takes, in one process.

AWS is a server on loopback: tables in memory, a queue that keeps dead letters, a bucket with one recording.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest

import app
from chalicelib.agents import events as agents_events
from chalicelib.analytics import events as analytics_events
from chalicelib.analytics.tables import TABLES
from chalicelib.audit import events as audit_events
from chalicelib.callbacks import flow as callbacks_flow
from chalicelib.contacts import events as contacts_events
from chalicelib.customers import flow as customers_flow
from chalicelib.licences import events as licences_events
from chalicelib.menus import flow as menus_flow
from chalicelib.privacy import events as privacy_events
from chalicelib.qualifications import events as qualifications_events
from chalicelib.reliability import events as reliability_events
from chalicelib.routing import flow as routing_flow
from chalicelib.voicemail import events as voicemail_events
from chalicelib.waiting import flow as waiting_flow
from tests.support import contact_records, rest_table
from tests.support.agent_events import Life
from tests.support.fake_cognito import POOL_ARN, operation_of
from tests.support.fake_dynamo import FakeDynamo
from tests.support.flow_environment import function_environment, queue_ids
from tests.support.indexed import arrived, indexer
from tests.support.json_server import Answer, serving_with_headers
from tests.support.lambda_files import loaded
from tests.support.rest import request
from tests.support.tenants import INSTANCE_ARN, flow_event

type Event = Mapping[str, Any]
type Invoke = Callable[[Event], Any]

LINKER: Final = Path(__file__).resolve().parents[2] / "lambdas" / "connect_linker" / "handler.py"
RECORDING: Final = (
    "connect/hrgroup/CallRecordings/2026/03/02/6f1c0a52-0000-4000-8000-000000000001_20260302T09:00_UTC.wav"
)
WIRED: Final = (
    agents_events.wired,
    analytics_events.wired,
    contacts_events.wired,
    qualifications_events.wired,
    reliability_events.wired,
    voicemail_events.wired,
    voicemail_events.sender,
)


class Context:
    """A Lambda context with a minute left."""

    aws_request_id = "r-1"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


FLOWS: Final = b'{"flow.a":["{}"]}'
"""A document of flows."""


class NoConnect:
    """Amazon Connect as the linker sees it, with nothing to say."""

    def document(self, bucket: str, key: str) -> bytes:  # noqa: ARG002 - the port's signature
        """Return the one document there is."""
        return FLOWS

    def link(self, instance: str, number: str, flow: str) -> None:
        """Take it."""

    def unlink(self, instance: str, number: str) -> None:
        """Take it."""

    def publish(self, instance: str, flow: str, content: str) -> None:
        """Take it."""

    def make_log_group(self, name: str) -> None:
        """Take it."""

    def keep_log_group(self, name: str, days: int) -> None:
        """Take it."""


def linker() -> ModuleType:
    """Return the connect linker's module."""
    return loaded("connect_linker", "connect_linker_of_contracts")


def _linked(event: Event) -> Any:
    told: list[Mapping[str, Any]] = []
    linker().handle(event, NoConnect(), lambda _url, document: told.append(document), lambda _s: None)
    return told[0]


def _invoked(handler: Callable[[Any, Any], Any]) -> Invoke:
    return lambda event: handler(event, Context())


HANDLERS: Final[Mapping[str, Invoke]] = {
    "lookup_customer": _invoked(customers_flow.lookup_customer),
    "menu_step": _invoked(menus_flow.menu_step),
    "route_contact": _invoked(routing_flow.route_contact),
    "estimate_wait": _invoked(waiting_flow.estimate_wait),
    "request_callback": _invoked(callbacks_flow.request_callback),
    "ingest_contact_records": _invoked(contacts_events.ingest_contact_records),
    "ingest_agent_events": _invoked(agents_events.ingest_agent_events),
    "notify_voicemail": _invoked(voicemail_events.notify_voicemail),
    "export_analytics": _invoked(analytics_events.export_analytics),
    "review_papers": _invoked(licences_events.review_papers),
    "review_qualifications": _invoked(qualifications_events.review_qualifications),
    "serve_privacy_requests": _invoked(privacy_events.serve_privacy_requests),
    "note_security_events": _invoked(audit_events.note_security_events),
    "recording_indexer": lambda event: indexer().handler(event, Context()),
    "connect_linker": _linked,
    "api": lambda event: app.app(event, Context()),
}


def _token(source: str = "TokenGeneration_Authentication") -> Event:
    return {
        "version": "1",
        "triggerSource": source,
        "userName": "li.na",
        "callerContext": {"clientId": "client-1"},
        "request": {"userAttributes": {"sub": "u-1"}, "groupConfiguration": {"groupsToOverride": ["agent"]}},
        "response": {},
    }


def _told_by_cloudtrail() -> Event:
    detail = {"eventName": "AdminDeleteUser", "eventSource": "cognito-idp.amazonaws.com", "eventID": "ev-1"}
    return {"source": "aws.cognito-idp", "detail": {**detail, "requestParameters": {"username": "li.na"}}}


def _stored(contact_id: str) -> Event:
    keys = {"pk": {"S": f"T#hrgroup#CONTACT#{contact_id}"}, "sk": {"S": "CALLBACK"}}
    return {"Records": [{"eventName": "MODIFY", "dynamodb": {"Keys": keys, "NewImage": keys, "SequenceNumber": "1"}}]}


def _link(request_type: str, kind: str, **asked: Any) -> Event:
    return {
        "RequestType": request_type,
        "ResourceType": kind,
        "ResponseURL": "http://127.0.0.1/answer",
        "StackId": "stack",
        "RequestId": "request",
        "LogicalResourceId": "Link",
        "ResourceProperties": {"InstanceArn": INSTANCE_ARN, "ContactFlowArn": "f-1", **asked},
    }


def agent_day() -> list[bytes]:
    """Return the events of an agent who signs in, handles a call and leaves."""
    life = Life()
    life.login()
    life.wait(5).offer("c-1")
    life.wait(5).logout()
    return [json.dumps(event).encode() for event in life.events]


KINDS_OF_CALL: Final = (
    contact_records.record(InstanceARN=INSTANCE_ARN),
    contact_records.record(
        "c-2", InstanceARN=INSTANCE_ARN, Agent=None, Queue=None, Recording=None, CustomerEndpoint=None
    ),
)

SAMPLES: Final[Mapping[str, tuple[Event, ...]]] = {
    "lookup_customer": (flow_event(line="after-sales"), flow_event(customerNumber="10001"), flow_event(caller=None)),
    "menu_step": (flow_event(line="after-sales", event="greet"), flow_event(line="after-sales"),
                  flow_event(event="agent", agent="li.na")),
    "route_contact": (flow_event(line="after-sales", language="zh-CN", menuChoice="2"), flow_event(dialled=None),
                      flow_event(stage="waiting", since="2999-01-01T00:00:00.000Z", timeoutS="30")),
    "estimate_wait": (flow_event(queue="after-sales", position="3", agents="2"), flow_event()),
    "request_callback": (flow_event(line="after-sales", queue="after-sales", language="zh-CN"),
                         flow_event(caller=None, chain="true")),
    "ingest_contact_records": (contact_records.batch([json.dumps(one).encode() for one in KINDS_OF_CALL]),
                               contact_records.batch([b"no record at all"], first=7)),
    "ingest_agent_events": (contact_records.batch(agent_day()), contact_records.batch([b"{}"], first=9),
                            {"time": "2026-03-02T09:00:00Z"}),
    "notify_voicemail": (_stored("c-1"), {"time": "2026-03-02T09:00:00Z"}),
    "export_analytics": (_stored("c-1"), {"again": {"first": "2026-03-02", "last": "2026-03-03"}},
                         {"refused": {"days": 2}}),
    "review_papers": ({"time": "2026-03-02T01:00:00Z"}, {}, {"look": "dependencies"}),
    "review_qualifications": ({"time": "2026-03-02T01:00:00Z"},),
    "serve_privacy_requests": ({"time": "2026-03-02T01:00:00Z"},),
    "note_security_events": (_token(), _token("TokenGeneration_RefreshTokens"), _told_by_cloudtrail()),
    "recording_indexer": (arrived("recordings", RECORDING, size_bytes=2), arrived("recordings", "a.txt", size_bytes=1)),
    "connect_linker": (_link("Create", "Custom::PhoneNumberFlow", PhoneNumberArn="p-1"),
                       _link("Delete", "Custom::PhoneNumberFlow", PhoneNumberArn="p-1"),
                       _link("Update", "Custom::ContactFlowContent", Document="a", Bucket="assets", Key="a.json",
                             Digest=hashlib.sha256(FLOWS).hexdigest(), References={"flow.a": "f-1"}),
                       _link("Create", "Custom::LogRetention", LogGroupName="/aws/connect/x", RetentionInDays="365"),
                       _link("Create", "Custom::PhoneNumberFlow")),
    "api": (request("GET", "/v1/tenant"), request("GET", "/v1/health", claims=None),
            request("GET", "/v1/contacts", query={"caller": "+8613800138000"})),
}  # fmt: skip
"""Events of every kind that each function takes, as AWS and our flows send them."""


INSTANCE: Mapping[str, Any] = {
    "Instance": {"InstanceStatus": "ACTIVE"},
    **{
        f"{kind}SummaryList": []
        for kind in ("User", "Queue", "RoutingProfile", "ContactFlow", "HoursOfOperation", "PhoneNumber")
    },
    "ContactFlowModulesSummaryList": [],
}
"""What Amazon Connect answers of an empty instance: itself, and any list of what is in it."""


class Aws:
    """What the functions reach over HTTP. `letters` are the texts that went to dead-letter queues.

    `connect` answers as Amazon Connect; without it there is an empty instance.
    """

    def __init__(self, connect: Answer | None = None) -> None:
        self.table = FakeDynamo()
        self.letters: list[str] = []
        self.connect = connect
        self.users = rest_table.everybody()

    def asked(self, method: str, path: str, headers: Mapping[str, str], body: Any) -> tuple[int, Any]:
        """Answer one request, by the service for which it is signed."""
        signed = headers.get("authorization", "")
        if "/cognito-idp/aws4_request" in signed:
            return self.users.answer(operation_of(headers), body)
        if self.connect is not None and "/connect/aws4_request" in signed:
            return self.connect(method, path, body)
        if method == "PUT" and "/s3/aws4_request" in signed:
            return 200, b""
        return self.answer(method, path, body)

    def answer(self, _method: str, path: str, body: Any) -> tuple[int, Any]:
        """Answer one request of an AWS client; without a body it asks for the bytes of a recording."""
        if body is None:
            return 200, {} if "recordings" in path else INSTANCE
        if "search-users" in path:
            return 200, {"Users": [], "ApproximateTotalCount": 0}
        if "/metrics/" in path:
            return 200, {"MetricResults": [], "UserDataList": [], "ApproximateTotalCount": 0}
        other = self._of_another_service(body)
        return rest_table.over_http(self.table, body) if other is None else (200, other)

    def _of_another_service(self, body: Any) -> Mapping[str, Any] | None:
        if "MessageBody" in body:
            self.letters.append(body["MessageBody"])
            return {"MessageId": "m-1"}
        if "DeliveryStreamName" in body:
            return {"FailedPutCount": 0, "RequestResponses": [{"RecordId": "r"} for _ in body["Records"]]}
        if body.keys() == {"StreamName"}:
            return {"StreamDescriptionSummary": {"StreamStatus": "ACTIVE"}}
        return {"Name": body["SecretId"], "SecretString": "secret"} if "SecretId" in body else None


@contextmanager
def every_function(
    patch: pytest.MonkeyPatch, folder: Path, name: str = "hrgroup", connect: Answer | None = None
) -> Iterator[Aws]:
    """Let every function serve the tenant `name`; what was wired before is forgotten, before and after."""
    aws = Aws(connect)
    with serving_with_headers(aws.asked) as url, function_environment(patch, folder, name, url):
        patch.setenv("TRUNKLINE_DLQ_URL", f"{url}/000000000000/dead")
        patch.setenv("TRUNKLINE_BUS", "bus")
        patch.setenv("TRUNKLINE_INSTANCE_ARN", INSTANCE_ARN)
        patch.setenv("TRUNKLINE_TENANT", name)
        patch.setenv("TRUNKLINE_MARK_SECRET_ARN", "secret")
        patch.setenv("TRUNKLINE_RECORDING_BUCKET", "recordings")
        patch.setenv("TRUNKLINE_USER_POOL_ARN", POOL_ARN)
        patch.setenv("TRUNKLINE_DELIVERY_STREAMS", json.dumps({name: f"stream-{name}" for name in TABLES}))
        patch.setenv("TRUNKLINE_QUEUES", json.dumps(queue_ids(name)))
        patch.setenv("TRUNKLINE_PROFILES", json.dumps({"unqualified": "p-1"}))
        patch.setenv("TRUNKLINE_STREAMS", json.dumps({"contact-records": "records", "agent-events": "events"}))
        _forget()
        yield aws
        _forget()


def _forget() -> None:
    rest_table.forget()
    for cached in WIRED:
        cached.cache_clear()
    indexer().wired.cache_clear()
