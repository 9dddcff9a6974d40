"""What the floor costs: bytes and units of its items, puts of its events, and what a decision takes with it.

A floor of so many agents is made of events of the documented shape through the product's ingest, kept in the local
cloud. Units are DynamoDB's own (consumed capacity of the answers). The decision is `Routing.route` with a hunting
strategy; its floor is one raw Query of the caller in the same process, interleaved. Fails when a decision asks DynamoDB
more than once while the floor is kept, or more than twice when it is read.

    .venv/bin/python -m bench.floor_cost [--endpoint http://127.0.0.1:4566] [--agents 500] [--rounds 200]
"""

import argparse
import json
import math
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.routing_decision import PHONE, Requests, fill
from bench.surroundings import configure, endpoint
from chalicelib.agents import items
from chalicelib.agents.activity_store import Turns
from chalicelib.agents.ingest import Ingest
from chalicelib.agents.models import AgentState
from chalicelib.agents.service import Agents
from chalicelib.customers.service import CallerStore
from chalicelib.platform import aws
from chalicelib.platform.tenancy import partition
from chalicelib.routing import live_floor
from chalicelib.routing.service import Routing
from chalicelib.tenancy.models import Tenant
from tests.support.agent_events import Life, encoded
from tests.support.routing_plans import contact, part, planned

CONTACTS = 4
"""Contacts that each agent has had in the shift."""
CALL_S = 20 + 2 + 100 + 20
"""Idle, ringing, talk and wrap-up of each."""


class NoDesk:
    """Refuses nobody a seat."""

    def sign_off(self, agent: AgentState, now: datetime) -> None:
        """Never asked for."""
        msg = f"{agent.name} has a seat at {now}"
        raise RuntimeError(msg)


def lives(count: int, now: datetime) -> list[Life]:
    """Return agents in the middle of their shift."""
    made = []
    for number in range(count):
        life = Life(f"first.last{number:04d}", start=now - timedelta(seconds=CONTACTS * CALL_S))
        life.login()
        for call in range(CONTACTS):
            life.wait(20).call(f"00000000-0000-4000-8000-{number:06d}{call:06d}")
        made.append(life)
    return made


def milliseconds(work: Callable[[], object]) -> float:
    """Return how long `work` takes."""
    started_s = time.perf_counter()
    work()
    return (time.perf_counter() - started_s) * 1000


def measure(tenant: Tenant, table: str, agents: int, rounds: int) -> int:
    """Print what was found; return the exit code."""
    now = datetime.now(UTC)
    client, puts = aws.client("dynamodb", aws.CALLER_WAITS), Requests()
    store = Agents(client, table, tenant.id, 365)
    ingest = Ingest(
        store=store,
        turns=Turns(client, table, tenant.id, 365),
        desk=NoDesk(),
        seats=tenant.seats,
        site_attribute="Site",
        instance_arn=None,
        now=lambda: now,
    )
    floor = lives(agents, now)
    client.meta.events.register("before-send.dynamodb.PutItem", puts)
    events = sum(_take(ingest, life) for life in floor)
    sizes = [_size(tenant, kept.state) for kept in ingest.known.values()]
    print(f"{agents} agents, {CONTACTS} contacts each in the shift: {events} events, {puts.count} puts")
    print(f"item of an agent: median {statistics.median(sizes):.0f} bytes, largest {max(sizes)}")
    print(
        f"the whole floor: {sum(sizes)} bytes, {math.ceil(sum(sizes) / 4_096) / 2} read units (eventually consistent)"
    )
    read_ms = [milliseconds(store.house) for _ in range(5)]
    print(f"reading and parsing it: median {statistics.median(read_ms):.1f} ms")
    house = store.house()
    build = [milliseconds(lambda: live_floor.floor_of(house, "VOICE", now)) for _ in range(20)]
    print(f"floor from what was read: median {statistics.median(build):.2f} ms")
    return _decisions(tenant, table, rounds, now)


def _take(ingest: Ingest, life: Life) -> int:
    for event in life.events:
        ingest.take(encoded(event))
    return len(life.events)


def _size(tenant: Tenant, state: AgentState) -> int:
    item = items.agent_item(tenant.id, state, 99)
    return sum(len(name) + len(str(value).encode()) for name, value in item.items())


def _decisions(tenant: Tenant, table: str, rounds: int, now: datetime) -> int:
    client, requests = aws.client("dynamodb", aws.CALLER_WAITS), Requests()
    client.meta.events.register("before-send.dynamodb", requests)
    floors = live_floor.of_table(client, table, tenant)
    routing = Routing(CallerStore(client, table), tenant, lambda: now, floors)
    query = {
        "TableName": table,
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": partition(tenant.id, "CALLER", PHONE)}},
        "ScanIndexForward": False,
        "Limit": 11,
    }
    facts, decided = contact(tenant), []
    raw, kept, asked = [], [], []
    first_ms = milliseconds(lambda: decided.append(routing.route(facts, PHONE, budget_s=1.0)))
    for _ in range(rounds):
        floors.house.keep_s = 3_600
        raw.append(milliseconds(lambda: client.query(**query)))
        before = requests.count
        kept.append(milliseconds(lambda: decided.append(routing.route(facts, PHONE, budget_s=1.0))))
        asked.append(requests.count - before)
    base = statistics.median(raw)
    ours = statistics.median(kept)
    print(f"raw Query {base:.2f} ms; decision with the floor kept {ours:.2f} ms, ratio of medians {ours / base:.2f}")
    print(f"first decision, the floor read beside the caller: {first_ms:.1f} ms")
    print(f"requests a decision with the floor kept: {min(asked)} to {max(asked)}")
    print(json.dumps({"strategy": decided[-1].strategy, "without": decided[-1].record.without}))
    return 0 if set(asked) == {1} and decided[-1].record.without is None else 1


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="What the floor costs.")
    parser.add_argument("--endpoint", help="an AWS endpoint on this machine, for example http://127.0.0.1:4566")
    parser.add_argument("--agents", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=200)
    options = parser.parse_args()
    with endpoint(options.endpoint) as endpoint_url, tempfile.TemporaryDirectory() as folder:
        configure(endpoint_url, Path(folder))
        table = os.environ["TRUNKLINE_TABLE"]
        tenant = planned(part("strategies"), after_sales="round")
        fill(tenant, table)
        try:
            return measure(tenant, table, options.agents, options.rounds)
        finally:
            aws.client("dynamodb").delete_table(TableName=table)


if __name__ == "__main__":
    sys.exit(main())
