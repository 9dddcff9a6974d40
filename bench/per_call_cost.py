"""What one inbound call costs in DynamoDB requests and capacity units, for everything that is decided and stored.

Counted, not estimated: every request asks for its consumed capacity by index, and the sum is taken from the answers.
One call is what the deployed functions do: look the caller up, route, take in the contact record, index a recording.
The table has the tenant stack's keys and indexes. What only some tenants ask for is counted apart: service records with
their lists, and the note of a completion that is due. Fails when the dearest kind of call takes more than 16 write or
4 read units without these.

    .venv/bin/python -m bench.per_call_cost [--endpoint http://127.0.0.1:4566] [--calls 12]

Without --endpoint it starts a local cloud on a free port and stops it at the end.
"""

import argparse
import contextlib
import importlib.util
import io
import os
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from bench.surroundings import configure, endpoint
from chalicelib.contacts import events
from chalicelib.customers import flow as customers_flow
from chalicelib.customers.service import Profile
from chalicelib.platform import aws, tenancy
from chalicelib.routing import flow as routing_flow
from tests.support import tenant_table
from tests.support.contact_records import abandoned, batch, encoded, record
from tests.support.known_customers import know

ROOT = Path(__file__).resolve().parents[1]
MOST_WRITE_UNITS, MOST_READ_UNITS = 16, 4
PHONE = "+8613800138000"
BUCKET = "trunkline-hrgroup-recordings"
TENANT = tenancy.tenant_id("hrgroup")
READS = frozenset({"Query", "GetItem", "BatchGetItem"})
ASKED_FOR = {"#SERVICE#": "service record and its lists", "'COMPLETION'": "note of a completion that is due"}
"""What a tenant may ask for besides, by what stands in the keys of its items."""


class Context:
    """What the functions ask of Lambda's context."""

    aws_request_id = "bench"

    def get_remaining_time_in_millis(self) -> int:
        """Return plenty."""
        return 60_000


@dataclass(slots=True)
class Meter:
    """Sums what requests consumed, by what they were for and by table and index. Counts retries as requests.

    `doing` is the function at work, `step` that or the part of it that only some tenants ask for.
    """

    requests: dict[str, int] = field(default_factory=dict)
    reads: dict[str, float] = field(default_factory=dict)
    writes: dict[str, float] = field(default_factory=dict)
    doing: str = ""
    step: str = ""

    def ask(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        """Ask that the answer tells what it consumed; botocore calls this with the parameters of each request."""
        keys = str(params)
        self.step = next((name for mark, name in ASKED_FOR.items() if mark in keys), self.doing)
        if "ReturnConsumedCapacity" in model.input_shape.members:
            params["ReturnConsumedCapacity"] = "INDEXES"

    def count_request(self, **_: Any) -> None:
        """Count a request; botocore calls this before it sends one."""
        self.requests[self.step] = self.requests.get(self.step, 0) + 1

    def add(self, parsed: Mapping[str, Any], model: Any, **_: Any) -> None:
        """Add what an answer says was consumed; botocore calls this with each parsed answer."""
        told = parsed.get("ConsumedCapacity", [])
        units = self.reads if model.name in READS else self.writes
        for entry in told if isinstance(told, list) else [told]:
            indexes = entry.get("GlobalSecondaryIndexes", {})
            of_indexes = sum(index["CapacityUnits"] for index in indexes.values())
            units[self.step] = units.get(self.step, 0.0) + entry["CapacityUnits"]
            name = f"{self.step}: of this indexes"
            units[name] = units.get(name, 0.0) + of_indexes


def indexer() -> ModuleType:
    """Load the recording indexer as its build does: with the tenancy module beside it."""
    sys.modules["tenancy"] = tenancy
    spec = importlib.util.spec_from_file_location("indexer", ROOT / "lambdas/recording_indexer/handler.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["indexer"] = module
    spec.loader.exec_module(module)
    return module


def flow_event(contact_id: str, **parameters: str) -> dict[str, Any]:
    """Return the event of a flow's function block."""
    data = {
        "ContactId": contact_id,
        "Channel": "VOICE",
        "CustomerEndpoint": {"Address": PHONE, "Type": "TELEPHONE_NUMBER"},
        "SystemEndpoint": {"Address": "+864008601234", "Type": "TELEPHONE_NUMBER"},
        "InstanceARN": "arn:aws:connect:us-east-1:000000000000:instance/0a0a0a0a-0000-4000-8000-000000000001",
    }
    return {"Details": {"ContactData": data, "Parameters": {"line": "after-sales", **parameters}}}


def recorded(contact_id: str) -> dict[str, Any]:
    """Put a recording into the bucket, and return what EventBridge says of it."""
    key = f"connect/hrgroup/CallRecordings/2026/03/02/{contact_id}_20260302T09:01_UTC.wav"
    sound = bytes(32_044)
    aws.client("s3").put_object(Bucket=BUCKET, Key=key, Body=sound)
    return {
        "time": "2026-03-02T09:07:00Z",
        "detail": {"bucket": {"name": BUCKET}, "object": {"key": key, "size": len(sound)}},
    }


def steps_of(
    contact_id: str, value: Mapping[str, Any], indexing: ModuleType
) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield what the deployed functions do for one call, in order."""
    yield "lookup_customer", lambda: customers_flow.lookup_customer(flow_event(contact_id), None)
    asked = flow_event(contact_id, language="zh-CN", menuChoice="2")
    yield "route_contact", lambda: routing_flow.route_contact(asked, None)
    payload = batch([encoded(value)])
    yield "ingest_contact_records", lambda: events.ingest_contact_records(payload, Context())
    if value["Recording"]:
        told = recorded(contact_id)
        yield "recording_indexer", lambda: indexing.handler(told, Context())


def call(kind: str, meter: Meter, indexing: ModuleType) -> None:
    """Do one call of `kind`."""
    contact_id = str(uuid.uuid4())
    made = record(contact_id) if kind == "answered, recorded" else abandoned(contact_id)
    with contextlib.redirect_stdout(io.StringIO()):
        for step, work in steps_of(contact_id, made, indexing):
            meter.doing = step
            answer = work()
            assert answer.get("degraded", "false") == "false", f"{step} answered without its store: {answer}"
            assert not answer.get("batchItemFailures"), f"{step} gave the record back"


def metered() -> Meter:
    """Return a meter on every DynamoDB client of this process."""
    meter = Meter()
    for client in (aws.client("dynamodb"), aws.client("dynamodb", aws.CALLER_WAITS)):
        _attach(meter, client)
    return meter


def _attach(meter: Meter, client: Any) -> None:
    client.meta.events.register("provide-client-params.dynamodb", meter.ask)
    client.meta.events.register("before-send.dynamodb", meter.count_request)
    client.meta.events.register("after-call.dynamodb", meter.add)


def report(kind: str, meter: Meter, calls: int) -> tuple[float, float]:
    """Print the table of one kind of call; return its write and read units a call, without what is asked for."""
    print(f"\n{kind}, mean of {calls} calls")
    print(f"{'':38}{'requests':>9}{'write units':>13}{'read units':>12}")
    steps = [step for step in meter.requests if step]
    for step in steps:
        writes, reads = meter.writes.get(step, 0) / calls, meter.reads.get(step, 0) / calls
        print(f"{step:38}{meter.requests[step] / calls:>9.2f}{writes:>13.2f}{reads:>12.2f}")
        of_indexes = meter.writes.get(f"{step}: of this indexes", 0) / calls
        if of_indexes:
            print(f"{'  of this indexes':38}{'':>9}{of_indexes:>13.2f}")
    always = [step for step in steps if step not in ASKED_FOR.values()]
    _sum("a call, without what is asked for", always, meter, calls)
    _sum("a call", steps, meter, calls)
    return sum(meter.writes.get(s, 0) for s in always) / calls, sum(meter.reads.get(s, 0) for s in always) / calls


def _sum(name: str, steps: list[str], meter: Meter, calls: int) -> None:
    writes, reads = (sum(units.get(step, 0) for step in steps) / calls for units in (meter.writes, meter.reads))
    print(f"{name:38}{sum(meter.requests[s] for s in steps) / calls:>9.2f}{writes:>13.2f}{reads:>12.2f}")


def measure(calls: int) -> int:
    """Measure both kinds of call; return the exit code."""
    indexing = indexer()
    print(f"DynamoDB cost of an inbound call, target <= {MOST_WRITE_UNITS} write and <= {MOST_READ_UNITS} read units")
    dearest = (0.0, 0.0)
    for kind in ("answered, recorded", "abandoned in the queue"):
        meter = metered()
        _attach(meter, indexing.wired()[0])
        for _ in range(calls):
            call(kind, meter, indexing)
        writes, reads = report(kind, meter, calls)
        dearest = max(dearest[0], writes), max(dearest[1], reads)
    fits = dearest[0] <= MOST_WRITE_UNITS and dearest[1] <= MOST_READ_UNITS
    units = f"{dearest[0]:.2f} write, {dearest[1]:.2f} read units"
    print(f"\ndearest, without what is asked for: {units}: {'within' if fits else 'OVER'} the target")
    return 0 if fits else 1


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="Requests and capacity units of an inbound call.")
    parser.add_argument("--endpoint", help="an AWS endpoint on this machine, for example http://127.0.0.1:4566")
    parser.add_argument("--calls", type=int, default=12)
    options = parser.parse_args()
    with endpoint(options.endpoint) as endpoint_url, tempfile.TemporaryDirectory() as folder:
        configure(endpoint_url, Path(folder))
        table = os.environ["TRUNKLINE_TABLE"]
        client = aws.client("dynamodb")
        tenant_table.create(client, table)
        aws.client("s3").create_bucket(Bucket=BUCKET)
        profile = Profile(customer_id="c-10001", name="王芳", grade="gold")
        know(client, table, TENANT, PHONE, profile)
        try:
            return measure(options.calls)
        finally:
            client.delete_table(TableName=table)


if __name__ == "__main__":
    sys.exit(main())
