"""How long a routing decision takes over the one DynamoDB Query that it cannot do without.

Handler: `route_contact` as Lambda calls it, with its log line and metrics. Floor: the raw Query that it makes, by the
same client, on the same table, in the same process, interleaved. Fails when a decision does not ask DynamoDB exactly
once.

    .venv/bin/python -m bench.routing_decision [--endpoint http://127.0.0.1:4566] [--rounds 300]

Without --endpoint it starts a local cloud on a free port and stops it at the end.
"""

import argparse
import contextlib
import io
import os
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.surroundings import configure, endpoint
from chalicelib.customers.service import Profile
from chalicelib.platform import aws, dynamo
from chalicelib.platform.tenancy import partition
from chalicelib.routing.flow import route_contact
from chalicelib.tenancy.models import Tenant
from tests.support.known_customers import know

TARGET = 1.3
PHONE = "+8613800138000"
CONTACTS = 10


def event(menu_choice: str) -> dict[str, Any]:
    """Return what Amazon Connect tells of a call of the known caller, who pressed the key."""
    data = {
        "ContactId": "6f1c0a52-0000-4000-8000-000000000001",
        "Channel": "VOICE",
        "CustomerEndpoint": {"Address": PHONE, "Type": "TELEPHONE_NUMBER"},
        "SystemEndpoint": {"Address": "+864008601234", "Type": "TELEPHONE_NUMBER"},
        "InstanceARN": "arn:aws:connect:us-east-1:000000000000:instance/0a0a0a0a-0000-4000-8000-000000000001",
    }
    parameters = {"line": "after-sales", "language": "zh-CN", "menuChoice": menu_choice}
    return {"Details": {"ContactData": data, "Parameters": parameters}}


@dataclass(slots=True)
class Requests:
    """Counts the requests that leave for DynamoDB."""

    count: int = 0

    def __call__(self, **_: Any) -> None:
        """Count one; botocore calls this before it sends, a retry included."""
        self.count += 1


def fill(tenant: Tenant, table: str) -> None:
    """Create `table` with one caller: a profile and ten past contacts."""
    client = aws.client("dynamodb")
    client.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
        BillingMode="PAY_PER_REQUEST",
    )
    client.get_waiter("table_exists").wait(TableName=table, WaiterConfig={"Delay": 1})
    know(client, table, tenant.id, PHONE, Profile(customer_id="c-10001", name="王芳", grade="gold"))
    for day in range(CONTACTS):
        at = (datetime.now(UTC) - timedelta(days=day)).isoformat().replace("+00:00", "Z")
        pointer = {
            "pk": partition(tenant.id, "CALLER", PHONE),
            "sk": f"CONTACT#{at}#{uuid.uuid4()}",
            "at": at,
            "contact_id": str(uuid.uuid4()),
            "agent": "li.na",
            "queue": "complaints",
            "result": "answered",
            "line": "after-sales",
        }
        client.put_item(TableName=table, Item=dynamo.encode(pointer))


def milliseconds(work: Callable[[], object]) -> float:
    """Return how long `work` takes; what it prints goes nowhere."""
    with contextlib.redirect_stdout(io.StringIO()):
        started_s = time.perf_counter()
        work()
        return (time.perf_counter() - started_s) * 1000


def compare(what: str, work: Callable[[], dict[str, str]], tenant: Tenant, table: str, rounds: int) -> dict[str, str]:
    """Print `work` against the raw Query that it makes, interleaved; return its last answer.

    Raises:
        SystemExit: it does not ask DynamoDB exactly once.

    """
    client = aws.client("dynamodb", aws.CALLER_WAITS)
    requests = Requests()
    client.meta.events.register("before-send.dynamodb", requests)
    query = {
        "TableName": table,
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": partition(tenant.id, "CALLER", PHONE)}},
        "ScanIndexForward": False,
        "Limit": 16,
    }
    replies: list[dict[str, str]] = []
    raw, handler, asked = [], [], []
    for _ in range(rounds + 20):
        raw.append(milliseconds(lambda: client.query(**query)))
        before = requests.count
        handler.append(milliseconds(lambda: replies.append(work())))
        asked.append(requests.count - before)
    floor, ours = statistics.median(raw[20:]), statistics.median(handler[20:])
    print(f"{what}, {rounds} rounds, target ratio of medians <= {TARGET}")
    print(f"{'':28}{'best ms':>9}{'median ms':>11}{'p95 ms':>9}")
    for name, runs in (("floor: one raw Query", raw[20:]), (what, handler[20:])):
        p95 = statistics.quantiles(runs, n=20)[-1]
        print(f"{name:28}{min(runs):>9.2f}{statistics.median(runs):>11.2f}{p95:>9.2f}")
    print(f"ratio of medians {ours / floor:.2f}, of bests {min(handler[20:]) / min(raw[20:]):.2f}")
    print(f"DynamoDB requests: {min(asked)} to {max(asked)}")
    if set(asked) != {1}:
        raise SystemExit(1)
    return replies[-1]


def measure(tenant: Tenant, table: str, rounds: int) -> int:
    """Print the table; return the exit code."""
    call = event(menu_choice="3")
    reply = compare("route_contact", lambda: route_contact(call, None), tenant, table, rounds)
    print(f"reason {reply['reason']}")
    return int(reply["reason"] == "routing-degraded")


def run(describes: str, measured: Callable[[Tenant, str, int], int]) -> int:
    """Run a benchmark over a table with one caller, at the endpoint that the command line names or a new one."""
    parser = argparse.ArgumentParser(description=describes)
    parser.add_argument("--endpoint", help="an AWS endpoint on this machine, for example http://127.0.0.1:4566")
    parser.add_argument("--rounds", type=int, default=300)
    options = parser.parse_args()
    with endpoint(options.endpoint) as endpoint_url, tempfile.TemporaryDirectory() as folder:
        tenant = configure(endpoint_url, Path(folder))
        table = os.environ["TRUNKLINE_TABLE"]
        fill(tenant, table)
        try:
            return measured(tenant, table, options.rounds)
        finally:
            aws.client("dynamodb").delete_table(TableName=table)


if __name__ == "__main__":
    sys.exit(run("Routing decision against one raw Query.", measure))
