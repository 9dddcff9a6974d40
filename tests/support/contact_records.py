"""Contact records as Amazon Connect writes them, for tests: one builder, and strategies for whole histories."""

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from chalicelib.tenancy.compiler import compile_contract
from chalicelib.tenancy.contract_file import load
from chalicelib.tenancy.models import Tenant, from_document

ROOT = Path(__file__).resolve().parents[2]
INSTANCE_ARN = "arn:aws:connect:us-east-1:111122223333:instance/11111111-2222-3333-4444-555555555555"
STREAM_ARN = "arn:aws:kinesis:us-east-1:111122223333:stream/contact-records"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
AFTER_SALES, TELESALES = "+864008601234", "+862155360100"

type Record = dict[str, Any]


def tenant() -> Tenant:
    """Return the HR group's tenant, compiled from its contract."""
    return from_document(compile_contract(load(ROOT / "tenants" / "hrgroup.yaml")))


def when(seconds: float) -> str:
    """Return the instant `seconds` after START as records spell it."""
    return (START + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def record(contact_id: str = "c-1", **changes: Any) -> Record:
    """Return the record of an answered inbound call, with top-level fields changed or added."""
    return {
        "AWSAccountId": "111122223333",
        "AWSContactTraceRecordFormatVersion": "2017-03-10",
        "Agent": agent(),
        "AgentConnectionAttempts": 2,
        "Attributes": {
            "line": "after-sales",
            "language": "zh-CN",
            "menuChoice": "2",
            "menuPath": "main>2",
            "category": "repair",
            "customerId": "c-10001",
            "grade": "gold",
            "lastAgent": "none",
            "routeQueue": "after-sales",
            "routeReason": "menu-choice",
            "routeStrategy": "longest-idle",
            "contractVersion": "0123456789ab",
            "routingDegraded": "false",
        },
        "Channel": "VOICE",
        "ConnectedToSystemTimestamp": when(0),
        "ContactId": contact_id,
        "CustomerEndpoint": {"Address": "+8613800138000", "Type": "TELEPHONE_NUMBER"},
        "DisconnectReason": "CUSTOMER_DISCONNECT",
        "DisconnectTimestamp": when(360),
        "InitialContactId": None,
        "InitiationMethod": "INBOUND",
        "InitiationTimestamp": when(0),
        "InstanceARN": INSTANCE_ARN,
        "LastUpdateTimestamp": when(465),
        "NextContactId": None,
        "PreviousContactId": None,
        "Queue": queue(),
        "Recording": {
            "DeletionReason": None,
            "Location": "bucket/connect/hrgroup/CallRecordings/2026/03/02/c-1_20260302T09:01_UTC.wav",
            "Status": "AVAILABLE",
            "Type": "AUDIO",
        },
        "Recordings": [],
        "SystemEndpoint": {"Address": AFTER_SALES, "Type": "TELEPHONE_NUMBER"},
        "TransferCompletedTimestamp": None,
        "TransferredToEndpoint": None,
        **changes,
    }


def agent(username: str = "agent-007", **changes: Any) -> Record:
    """Return the `Agent` of a record: 20 s after queueing, 4 min of talk, 1 min of hold, 45 s of after-call work."""
    return {
        "ARN": f"{INSTANCE_ARN}/agent/a-1",
        "AfterContactWorkDuration": 45,
        "AfterContactWorkEndTimestamp": when(405),
        "AfterContactWorkStartTimestamp": when(360),
        "AgentInteractionDuration": 240,
        "ConnectedToAgentTimestamp": when(60),
        "CustomerHoldDuration": 60,
        "LongestHoldDuration": 40,
        "NumberOfHolds": 2,
        "RoutingProfile": {"ARN": f"{INSTANCE_ARN}/routing-profile/p-1", "Name": "Service agents"},
        "Username": username,
        **changes,
    }


def queue(name: str = "After-sales (Mandarin)", enqueued_s: float = 40, wait_s: int = 20) -> Record:
    """Return the `Queue` of a record."""
    return {
        "ARN": f"{INSTANCE_ARN}/queue/q-1",
        "Name": name,
        "EnqueueTimestamp": when(enqueued_s),
        "DequeueTimestamp": when(enqueued_s + wait_s),
        "Duration": wait_s,
    }


def abandoned(contact_id: str = "c-2", wait_s: int = 40, **changes: Any) -> Record:
    """Return the record of a call that was given up in the queue after `wait_s`."""
    return record(
        contact_id,
        Agent=None,
        Recording=None,
        Queue=queue(wait_s=wait_s),
        DisconnectTimestamp=when(40 + wait_s),
        **changes,
    )


def encoded(value: Mapping[str, Any]) -> bytes:
    """Return a record as it lies on the stream."""
    return json.dumps(value).encode()


_QUEUES = ("After-sales (Mandarin)", "Complaints (Mandarin)", "English desk", "somebody's own queue")
_CALLERS = ("+8613800138000", "+8613900139000", "anonymous", "+14155550123")


@st.composite
def histories(draw: st.DrawFn) -> list[list[Record]]:
    """Draw contacts, each as the list of its copies, oldest first: `LastUpdateTimestamp` grows strictly."""
    return [draw(_copies(f"c-{n}")) for n in range(draw(st.integers(1, 6)))]


@st.composite
def _copies(draw: st.DrawFn, contact_id: str) -> list[Record]:
    start_s = draw(st.integers(0, 5_000))
    updates = sorted(draw(st.lists(st.integers(1, 9_999), min_size=1, max_size=4, unique=True)))
    first = draw(_copy(contact_id, start_s))
    copies = [first, *(draw(_copy(contact_id, start_s)) for _ in updates[1:])]
    return [{**copy, "LastUpdateTimestamp": when(start_s + 1_000 + s)} for copy, s in zip(copies, updates, strict=True)]


@st.composite
def _copy(draw: st.DrawFn, contact_id: str, start_s: int) -> Record:
    """Draw one copy; a correction may change anything: queue, agent, caller, outcome."""
    wait_s = draw(st.sampled_from([0, 4, 5, 20, 21, 600, 601]))
    spans = {
        "AgentInteractionDuration": draw(st.integers(0, 900)),
        "CustomerHoldDuration": draw(st.integers(0, 90)),
        "AfterContactWorkDuration": draw(st.integers(0, 90)),
    }
    name = draw(st.sampled_from(["agent-1", "agent-2"]))
    attributes = draw(
        st.fixed_dictionaries(
            {"routingDegraded": st.sampled_from(["true", "false"]), "line": st.sampled_from(["telesales", "gone"])},
            optional={"voicemail": st.just("true"), "offHours": st.just("true"), "routeQueue": st.just("english")},
        )
    )
    return record(
        contact_id,
        Agent=draw(st.sampled_from([None, {}, agent(name, **spans)])),
        Attributes=attributes,
        CustomerEndpoint={"Address": draw(st.sampled_from(_CALLERS)), "Type": "TELEPHONE_NUMBER"},
        DisconnectReason=draw(st.sampled_from(["CUSTOMER_DISCONNECT", "CONTACT_FLOW_DISCONNECT", None, "NEW_REASON"])),
        InitiationMethod=draw(st.sampled_from(["INBOUND", "INBOUND", "INBOUND", "TRANSFER", "OUTBOUND", "NEW_METHOD"])),
        InitiationTimestamp=when(start_s),
        NextContactId=draw(st.sampled_from([None, None, "c-next"])),
        PreviousContactId=draw(st.sampled_from([None, None, "c-previous"])),
        Queue=draw(st.sampled_from([None, queue(draw(st.sampled_from(_QUEUES)), start_s + 40, wait_s)])),
        SystemEndpoint={"Address": draw(st.sampled_from([AFTER_SALES, TELESALES, "+10000000000"]))},
    )


def batch(payloads: Sequence[bytes], first: int = 1) -> dict[str, Any]:
    """Return the Kinesis event of `payloads`, with sequence numbers from `first` on."""

    return {
        "Records": [
            {
                "kinesis": {
                    "kinesisSchemaVersion": "1.0",
                    "partitionKey": f"key-{number}",
                    "sequenceNumber": str(number),
                    "data": base64.b64encode(payload).decode(),
                    "approximateArrivalTimestamp": 1_772_442_000.5,
                },
                "eventSource": "aws:kinesis",
                "eventVersion": "1.0",
                "eventID": f"shardId-000000000000:{number}",
                "eventName": "aws:kinesis:record",
                "invokeIdentityArn": "arn:aws:iam::111122223333:role/ingest",
                "awsRegion": "us-east-1",
                "eventSourceARN": STREAM_ARN,
            }
            for number, payload in enumerate(payloads, start=first)
        ]
    }
