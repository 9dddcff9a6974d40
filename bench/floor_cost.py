"""What the floor costs: bytes and units of its items, puts of its events, and what a decision takes with it.

A floor of so many agents is made of events of the documented shape through the product's ingest, kept in the local
cloud. Units are DynamoDB's own (consumed capacity of the answers). The decision is `route_contact` as Lambda calls it,
hunting through all of these agents, with the supervisor's overrides; its floor is one raw Query of the caller in the
same process, interleaved. Fails when a decision asks DynamoDB more than once at the median, more than three times at
once when it reads floor and overrides too, or does without either.

    .venv/bin/python -m bench.floor_cost [--endpoint http://127.0.0.1:4566] [--agents 500] [--rounds 400]
"""

import argparse
import math
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.routing_decision import PHONE, Requests, event, fill, milliseconds
from bench.surroundings import configure, endpoint
from chalicelib.agents import items
from chalicelib.agents.activity_store import Turns
from chalicelib.agents.ingest import Ingest
from chalicelib.agents.models import AgentState
from chalicelib.agents.service import Agents
from chalicelib.platform import aws
from chalicelib.platform.flow_door import NONE
from chalicelib.platform.tenancy import partition
from chalicelib.routing import flow, live_floor
from chalicelib.tenancy.contract_file import parse
from chalicelib.tenancy.models import Tenant
from tests.support.agent_events import Life, encoded
from tests.support.routing_plans import part, raw

CONTACTS = 4
"""Contacts that each agent has had in the shift."""
CALL_S = 20 + 2 + 100 + 20
"""Idle, ringing, talk and wrap-up of each."""
STRATEGY = "round"
"""Hunting: it looks at every agent of the queue."""
RENEWED = 5
"""Every so many decisions one reads the floor anew."""
EVENT = event(menu_choice="2")
"""A call to the queue in which all agents are."""


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
    return _decisions(tenant, table, rounds)


def _take(ingest: Ingest, life: Life) -> int:
    for told in life.events:
        ingest.take(encoded(told))
    return len(life.events)


def _size(tenant: Tenant, state: AgentState) -> int:
    item = items.agent_item(tenant.id, state, 99)
    return sum(len(name) + len(str(value).encode()) for name, value in item.items())


@dataclass(slots=True)
class Timed:
    """Rounds of one kind: how long each took, and how many requests it sent."""

    ms: list[float] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)

    def row(self, name: str, base_ms: float) -> str:
        """Return a line of the table."""
        median = statistics.median(self.ms)
        counts = f"{statistics.median(self.asked):.0f}, most {max(self.asked)}"
        return f"{name:44}{min(self.ms):>9.2f}{median:>11.2f}{median / base_ms:>8.2f}{counts:>12}"


def _decisions(tenant: Tenant, table: str, rounds: int) -> int:
    """Compare `route_contact`, as Lambda calls it, with the raw Query, one after the other."""
    client, requests = aws.client("dynamodb", aws.CALLER_WAITS), Requests()
    client.meta.events.register("before-send.dynamodb", requests)
    query = {
        "TableName": table,
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": partition(tenant.id, "CALLER", PHONE)}},
        "ScanIndexForward": False,
        "Limit": 16,
    }
    read = flow.wired().routing.floors.house  # type: ignore[attr-defined]
    replies: list[dict[str, str]] = []

    def timed(work: Callable[[], object], seen: Timed) -> None:
        before = requests.count
        seen.ms.append(milliseconds(work))
        seen.asked.append(requests.count - before)

    raw, kept, renewed = Timed(), Timed(), Timed()
    first_ms = milliseconds(lambda: replies.append(flow.route_contact(EVENT, None)))
    for number in range(rounds):
        timed(lambda: client.query(**query), raw)
        renews = number % RENEWED == 0
        read.keep_s = -1.0 if renews else 3_600.0
        timed(lambda: replies.append(flow.route_contact(EVENT, None)), renewed if renews else kept)
    base = statistics.median(raw.ms)
    print(f"route_contact of a process that has never read the floor: {first_ms:.1f} ms")
    print(f"{'':44}{'best ms':>9}{'median ms':>11}{'ratio':>8}{'requests':>12}")
    print(raw.row("floor: one raw Query", base))
    print(kept.row("route_contact, the floor kept", base))
    print(renewed.row("route_contact, the floor read beside it", base))
    whole = all(reply["without"] == NONE and reply["strategy"] == STRATEGY for reply in replies)
    return 0 if whole and statistics.median(kept.asked) == 1 and max(kept.asked) == 2 and max(renewed.asked) <= 3 else 1


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="What the floor costs.")
    parser.add_argument("--endpoint", help="an AWS endpoint on this machine, for example http://127.0.0.1:4566")
    parser.add_argument("--agents", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=400)
    options = parser.parse_args()
    contract = parse(raw(part("strategies"), after_sales=STRATEGY), source="bench")
    with endpoint(options.endpoint) as endpoint_url, tempfile.TemporaryDirectory() as folder:
        tenant = configure(endpoint_url, Path(folder), contract)
        table = os.environ["TRUNKLINE_TABLE"]
        fill(tenant, table)
        try:
            return measure(tenant, table, options.agents, options.rounds)
        finally:
            aws.client("dynamodb").delete_table(TableName=table)


if __name__ == "__main__":
    sys.exit(main())
