"""What one inbound call costs in DynamoDB requests and capacity units, with everything that is kept of it.

Counted, not estimated: every request asks for its consumed capacity by index (`bench/units.py`). One call is what the
deployed functions do (`bench/one_call.py`): look the caller up, walk the menus, route, hear its contact events and its
agent's, take in the contact record with the service record (CRM-01) and the note of a completion, index a recording.
The table has the tenant stack's keys and indexes. Fails when the dearest kind of call takes more than MOST_WRITE_UNITS
or MOST_READ_UNITS, or its contact alone more than MOST_OF_THE_CONTACT.

    .venv/bin/python -m bench.per_call_cost [--endpoint http://127.0.0.1:4566] [--calls 12]

Without --endpoint it starts a local cloud on a free port and stops it at the end.
"""

import argparse
import contextlib
import io
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from bench.one_call import ABANDONED, ANSWERED, BUCKET, PHONE, Call, Hearing, indexer
from bench.surroundings import configure, endpoint
from bench.units import INDEXES, PARTS, Meter
from chalicelib.customers.service import Profile
from chalicelib.platform import aws, tenancy
from chalicelib.tenancy.models import Tenant
from tests.support import tenant_table
from tests.support.known_customers import know

MOST_WRITE_UNITS: Final = 45
MOST_OF_THE_CONTACT: Final = 18
"""Write units without the PARTS: 16 for contact, pointers, counters and recording, and 2 for the use of the menus."""
MOST_READ_UNITS: Final = 5
"""Of a caller with ten past contacts, who are 4 KB: a unit for each of the two looks at him, half of one otherwise."""
TENANT: Final = tenancy.tenant_id("hrgroup")


def metered(*clients: Any) -> Meter:
    """Return a meter on every DynamoDB client of this process."""
    meter = Meter()
    for client in (aws.client("dynamodb"), aws.client("dynamodb", aws.CALLER_WAITS), *clients):
        meter.attach(client)
    return meter


def do(call: Call, meter: Meter) -> None:
    """Do one call."""
    with contextlib.redirect_stdout(io.StringIO()):
        for step, work in call.steps():
            meter.doing = step
            answer = work()
            if isinstance(answer, Mapping):
                assert answer.get("degraded", "false") == "false", f"{step} answered without its store: {answer}"
                assert not answer.get("batchItemFailures"), f"{step} gave the record back"


def report(kind: str, meter: Meter, calls: int) -> tuple[float, float, float]:
    """Print the table of one kind of call; return its write units a call, those of the contact, and its read units."""
    print(f"\n{kind}, mean of {calls} calls")
    print(f"{'':42}{'requests':>9}{'write units':>13}{'read units':>12}")
    steps = [step for step in meter.requests if step]
    for step in steps:
        _row(step, meter.requests[step] / calls, meter.writes.get(step, 0) / calls, meter.reads.get(step, 0) / calls)
        of_indexes = meter.writes.get(step + INDEXES, 0) / calls
        if of_indexes:
            print(f"{'  of this indexes':42}{'':>9}{of_indexes:>13.2f}")
    sums = [
        sum(counted.get(step, 0) for step in steps) / calls for counted in (meter.requests, meter.writes, meter.reads)
    ]
    _row("a call", *sums)
    of_contact = sum(meter.writes.get(step, 0) for step in steps if step not in PARTS.values()) / calls
    return sums[1], of_contact, sums[2]


def _row(name: str, requests: float, writes: float, reads: float) -> None:
    print(f"{name:42}{requests:>9.2f}{writes:>13.2f}{reads:>12.2f}")


def measure(calls: int, hearing: Hearing, indexing: ModuleType) -> int:
    """Measure both kinds of call; return the exit code."""
    print(f"DynamoDB cost of an inbound call, bound {MOST_WRITE_UNITS} write and {MOST_READ_UNITS} read units")
    dearest: tuple[float, ...] = (0.0, 0.0, 0.0)
    for kind in (ANSWERED, ABANDONED):
        meter = metered(indexing.wired()[0])
        for _ in range(calls):
            do(Call(kind=kind, hearing=hearing, indexing=indexing), meter)
        dearest = tuple(map(max, dearest, report(kind, meter, calls)))
    writes, of_contact, reads = dearest
    fits = writes <= MOST_WRITE_UNITS and of_contact <= MOST_OF_THE_CONTACT and reads <= MOST_READ_UNITS
    units = f"{writes:.2f} write units, {of_contact:.2f} of them for the contact, {reads:.2f} read units"
    print(f"\ndearest, everything in it: {units}: {'within' if fits else 'OVER'} the bounds")
    return 0 if fits else 1


def prepared(tenant: Tenant) -> Hearing:
    """Make table and bucket, know the caller, and sign the agent in."""
    client, table = aws.client("dynamodb"), os.environ["TRUNKLINE_TABLE"]
    tenant_table.create(client, table)
    aws.client("s3").create_bucket(Bucket=BUCKET)
    know(client, table, TENANT, PHONE, Profile(customer_id="c-10001", name="王芳", grade="gold"))
    return Hearing.of(client, table, tenant)


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="Requests and capacity units of an inbound call.")
    parser.add_argument("--endpoint", help="an AWS endpoint on this machine, for example http://127.0.0.1:4566")
    parser.add_argument("--calls", type=int, default=12)
    options = parser.parse_args()
    with endpoint(options.endpoint) as endpoint_url, tempfile.TemporaryDirectory() as folder:
        tenant = configure(endpoint_url, Path(folder))
        hearing = prepared(tenant)
        try:
            return measure(options.calls, hearing, indexer())
        finally:
            aws.client("dynamodb").delete_table(TableName=os.environ["TRUNKLINE_TABLE"])


if __name__ == "__main__":
    sys.exit(main())
