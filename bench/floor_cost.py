"""What the floor costs: bytes and units of its items and packs, puts of its events, what a decision takes with it.

A floor of so many agents is made of events of the documented shape through the product's ingest, kept in the local
cloud. Units are DynamoDB's rules applied to the bytes. The decision is `route_contact` as Lambda calls it, hunting
through all of these agents, with the supervisor's overrides. It is measured with the floor kept from the decision
before, and with the floor read anew after some or all agents were heard, in the same process as two raw Queries by the
client, in turns: one of the caller, and one that gives all items which a decision with its floor needs (caller, packs,
overrides), laid out in one partition for the purpose. Fails when a decision asks DynamoDB more than once with the floor
kept, more or less than twice at once (caller; floor and overrides) when it reads anew, or misses floor or packs.

    .venv/bin/python -m bench.floor_cost [--endpoint http://127.0.0.1:4566] [--agents 500] [--rounds 400]
"""

import argparse
import copy
import hashlib
import math
import os
import random
import statistics
import sys
import tempfile
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.routing_decision import PHONE, Requests, event, fill, milliseconds
from bench.surroundings import configure, endpoint
from chalicelib.agents import items, standing
from chalicelib.agents.activity_store import Turns
from chalicelib.agents.ingest import Ingest
from chalicelib.agents.models import AgentState
from chalicelib.agents.packing import Packing
from chalicelib.agents.service import Agents
from chalicelib.overrides import service as overrides
from chalicelib.platform import aws, dynamo
from chalicelib.platform.flow_door import NONE
from chalicelib.platform.tenancy import partition
from chalicelib.routing import flow, live_floor
from chalicelib.tenancy.contract_file import parse
from chalicelib.tenancy.models import Tenant
from tests.support.agent_events import INSTANCE_ARN, Life, encoded
from tests.support.routing_plans import part, raw

CONTACTS = 4
"""Contacts that each agent has had in the shift."""
CALL_S = 20 + 2 + 100 + 20
"""Idle, ringing, talk and wrap-up of each."""
STRATEGY = "round"
"""Hunting: it looks at every agent of the queue."""
EVERY = 5
"""Every so many decisions one reads the floor anew."""
RENEWED = (0.05, 1.0)
"""Share of the agents who were heard since the reading before: of a busy floor in two seconds, and after a pause."""
PEER = "ALL"
"""Partition of what one Query reads all at once."""
AIMED = event(menu_choice="2")
"""A call to the queue in which all agents are: the first is reserved for it by a write."""
EVENT = copy.deepcopy(AIMED)
EVENT["Details"]["ContactData"]["ContactId"] = None
"""The same without an id, for which nobody can be reserved: the decision reads and writes nothing."""


class NoDesk:
    """Refuses nobody a seat."""

    def sign_off(self, agent: AgentState, now: datetime) -> None:
        """Never asked for."""
        msg = f"{agent.name} has a seat at {now}"
        raise RuntimeError(msg)


def lives(count: int, now: datetime) -> list[Life]:
    """Return agents in the middle of their shift."""
    made, drawn = [], random.Random(1)  # noqa: S311 - the same floor in every run
    for number in range(count):
        began = now - timedelta(seconds=CONTACTS * CALL_S, milliseconds=drawn.randrange(100_000))
        life = Life(f"first.last{number:04d}", start=began)
        life.login()
        for call in range(CONTACTS):
            life.wait(20).call(f"00000000-0000-4000-8000-{number:06d}{call:06d}")
        made.append(life)
    return made


@dataclass(frozen=True, slots=True)
class House:
    """Agents who live on while decisions are made, and what takes their events in as the function does."""

    lives: list[Life]
    ingest: Ingest
    packing: Packing

    def hear(self, some: list[Life]) -> int:
        """Take in what these agents did since they were last heard, as one batch; return how many events it was."""
        count = 0
        for life in some:
            for told in life.events:
                self.ingest.take(encoded(told | {"AgentARN": f"{INSTANCE_ARN}/agent/{_id(life)}"}))
            count += len(life.events)
            life.events.clear()
        self.packing.settle()
        return count

    def go_on(self, share: float) -> None:
        """Let a share of the agents be heard anew: each in turn is offered a contact, takes it, ends it, clears it."""
        turn = self.lives[: math.ceil(len(self.lives) * share)]
        del self.lives[: len(turn)]
        self.lives.extend(turn)
        for life in turn:
            _next_deed(life.wait(1))
        self.hear(turn)


def _id(life: Life) -> str:
    """Return an id as Amazon Connect draws them: it does not compress."""
    return str(uuid.UUID(bytes=hashlib.md5(life.name.encode(), usedforsecurity=False).digest()))


def _next_deed(life: Life) -> None:
    state = life.work["State"] if life.work else None
    if state is None:
        life.offer(str(uuid.uuid4()))
    elif state == "ENDED":
        life.clear()
    else:
        (life.accept if state == "CONNECTING" else life.end)()


def measure(tenant: Tenant, table: str, agents: int, rounds: int) -> int:
    """Print what was found; return the exit code."""
    now = datetime.now(UTC)
    client, puts = aws.client("dynamodb", aws.CALLER_WAITS), Requests()
    store = Agents(client, table, tenant.id, 365)
    packing = Packing(store, lambda: now)
    ingest = Ingest(
        store=store,
        turns=Turns(client, table, tenant.id, 365),
        desk=NoDesk(),
        seats=tenant.seats,
        site_attribute="Site",
        instance_arn=None,
        now=lambda: now,
        heard=packing.heard,
    )
    house = House(lives(agents, now), ingest, packing)
    client.meta.events.register("before-send.dynamodb.PutItem", puts)
    events = house.hear(house.lives)
    sizes = [_size(items.agent_item(tenant.id, kept.state, 99)) for kept in ingest.known.values()]
    packs = [_size(standing.pack_item(tenant.id, pack)) for pack in store.packs()]
    print(f"{agents} agents, {CONTACTS} contacts each in the shift: {events} events, {puts.count} puts")
    print(f"item of an agent: median {statistics.median(sizes):.0f} bytes, largest {max(sizes)}")
    print(f"all items: {sum(sizes)} bytes, {math.ceil(sum(sizes) / 4_096) / 2} read units (eventually consistent)")
    units = sum(math.ceil(size / 4_096) for size in packs) / 2
    print(
        f"all packs: {sum(packs)} bytes, {units} read units; one to write: "
        f"{math.ceil(statistics.median(packs) / 1_024)} units at the median, {math.ceil(max(packs) / 1_024)} at most"
    )
    for what, read in (("items", store.house), ("packs", store.standings)):
        print(
            f"reading and parsing the {what}, again: {statistics.median([milliseconds(read) for _ in range(5)]):.1f} ms"
        )
    standings = store.standings()
    build = [milliseconds(lambda: live_floor.floor_of(standings, "VOICE", now)) for _ in range(20)]
    print(f"floor from what was read: median {statistics.median(build):.2f} ms")
    return _decisions(tenant, table, house, rounds)


def _size(item: Mapping[str, Any]) -> int:
    texts = (value if isinstance(value, bytes) else str(value).encode() for value in item.values())
    return sum(map(len, item)) + sum(map(len, texts))


@dataclass(slots=True)
class Timed:
    """Rounds of one kind: how long each took, and how many requests it sent."""

    ms: list[float] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)

    def row(self, name: str, bases_ms: tuple[float, float]) -> str:
        """Return a line of the table."""
        median = statistics.median(self.ms)
        to_caller, to_all = (median / base_ms for base_ms in bases_ms)
        counts = f"{statistics.median(self.asked):.0f}, most {max(self.asked)}"
        return f"{name:52}{min(self.ms):>9.2f}{median:>11.2f}{to_caller:>10.2f}{to_all:>8.2f}{counts:>12}"


def _decisions(tenant: Tenant, table: str, house: House, rounds: int) -> int:
    """Compare `route_contact`, as Lambda calls it, with the raw Queries, one after the other."""
    client, requests = aws.client("dynamodb", aws.CALLER_WAITS), Requests()
    client.meta.events.register("before-send.dynamodb", requests)
    query = {
        "TableName": table,
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": partition(tenant.id, "CALLER", PHONE)}},
        "ScanIndexForward": False,
        "Limit": 16,
    }
    reading = flow.wired().routing.floors.read.whole  # type: ignore[attr-defined]
    replies: list[dict[str, str]] = []

    def timed(work: Callable[[], object], seen: Timed) -> None:
        before = requests.count
        seen.ms.append(milliseconds(work))
        seen.asked.append(requests.count - before)

    raw, peer, kept, aimed, renewed = Timed(), Timed(), Timed(), Timed(), {share: Timed() for share in RENEWED}
    same = query | {"ExpressionAttributeValues": {":pk": {"S": PEER}}, "Limit": 100}
    first_ms = milliseconds(lambda: replies.append(flow.route_contact(EVENT, None)))
    for number in range(rounds):
        share = RENEWED[number // EVERY % len(RENEWED)] if number % EVERY == 0 else None
        if share is not None:
            house.go_on(share)
            lay_out(client, table, tenant, query)
        timed(lambda: client.query(**query), raw)
        timed(lambda: client.query(**same), peer)
        reading.keep_s = 3_600.0 if share is None else -1.0
        timed(lambda: replies.append(flow.route_contact(EVENT, None)), kept if share is None else renewed[share])
        if number % EVERY == EVERY - 1:
            timed(lambda: flow.route_contact(AIMED, None), aimed)
    bases = statistics.median(raw.ms), statistics.median(peer.ms)
    print(f"route_contact of a process that has never read the floor: {first_ms:.1f} ms")
    print(f"{'':52}{'best ms':>9}{'median ms':>11}{'to caller':>10}{'to all':>8}{'requests':>12}")
    print(raw.row("one raw Query of the caller", bases))
    print(peer.row("one raw Query of all that a decision needs", bases))
    print(kept.row("route_contact, the floor kept", bases))
    print(aimed.row("the same, and its agent reserved by a write", bases))
    for share, seen in renewed.items():
        print(seen.row(f"route_contact, the floor read anew, {share:.0%} changed", bases))
    whole = all(reply["without"] == NONE and reply["strategy"] == STRATEGY for reply in replies)
    asked = {count for seen in renewed.values() for count in seen.asked}
    is_packed = reading.latest().standings.is_packed
    return 0 if whole and is_packed and set(kept.asked) == {1} and asked == {2} else 1


def lay_out(client: Any, table: str, tenant: Tenant, caller: Mapping[str, Any]) -> None:
    """Put all items that a decision needs, as they are now, into one partition."""
    keys = [*Agents(client, table, tenant.id, 365).standing_keys(), overrides.key(tenant.id)]
    asked = {"Keys": [dynamo.encode(key) for key in keys]}
    found = client.batch_get_item(RequestItems={table: asked})["Responses"][table]
    for number, item in enumerate([*client.query(**caller)["Items"], *found]):
        client.put_item(TableName=table, Item=item | {"pk": {"S": PEER}, "sk": {"S": f"{number:03d}"}})


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
