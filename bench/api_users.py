"""How fast the REST API answers fifty users at once, over a route that does nothing (`GET /v1/health`).

One tenant is deployed on the local cloud, and calls are placed so that there is something to find. Then fifty threads,
each with an own connection and all with one token, go round the pages that desks ask most: the floor, the day's
contacts, the KPIs of the day, the tenant. In turns with them the same fifty ask the empty route. Fails when anything is
refused or not answered.

    .venv/bin/python -m bench.api_users [--endpoint http://127.0.0.1:4566] [--users 50] [--turns 3] [--seconds 10]
"""

import argparse
import datetime as dt
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import cycle

from bench.surroundings import endpoint
from chalicelib.contacts.api import ContactQuery
from chalicelib.metrics.api import KpiQuery
from cli import agents, api, aws, deploy, options, worlds
from cli.client.client import Client
from cli.client.operations import agents as desks
from cli.client.operations import contacts, lifecycle, metrics
from cli.control import Control
from cli.http import JsonClient, Refused, Unreachable
from cli.showcase import first_call

TENANT = "taxihotline"
DAY = dt.date(2026, 3, 2)
CALLS = 5

type Ask = Callable[[Client], object]


@dataclass(slots=True)
class Seen:
    """What the users saw of one kind of request: milliseconds, and what was not answered."""

    ms: list[float] = field(default_factory=list)
    failed: int = 0

    def row(self, name: str, seconds: float) -> str:
        """Return a line of the table."""
        rate = len(self.ms) / seconds
        return f"{name:32}{len(self.ms):>8}{rate:>9.0f}{self.p50:>9.1f}{self.p95:>9.1f}{self.failed:>8}"

    @property
    def p50(self) -> float:
        """The median in milliseconds."""
        return statistics.median(self.ms)

    @property
    def p95(self) -> float:
        """The 95th percentile in milliseconds."""
        return statistics.quantiles(self.ms, n=20)[-1]


def pages(now: dt.datetime) -> list[Ask]:
    """Return what desks ask most, on the day of `now`."""
    start = now.replace(hour=0, minute=0, second=0, microsecond=0)
    asked = {"from": start.isoformat(), "to": (start + dt.timedelta(days=1)).isoformat()}
    day, period = ContactQuery(on=start.date()), KpiQuery.model_validate(asked)
    return [
        lambda client: client.send(desks.AGENTS),
        lambda client: client.send(contacts.CONTACTS, query=day),
        lambda client: client.send(metrics.REPORT, query=period),
        lambda client: client.send(lifecycle.TENANT),
    ]


def empty(client: Client) -> object:
    """Ask the route that does nothing."""
    return client.http.get("/v1/health")


def go_round(client: Client, asks: list[Ask], until_s: float, first: int) -> Seen:
    """Ask one page after the other until the time is over, beginning with the one at `first`."""
    seen = Seen()
    for ask in cycle(asks[first % len(asks) :] + asks[: first % len(asks)]):
        began_s = time.perf_counter()
        if began_s >= until_s:
            return seen
        try:
            ask(client)
        except (Refused, Unreachable):
            seen.failed += 1
        seen.ms.append((time.perf_counter() - began_s) * 1000)
    return seen


def turn(clients: list[Client], asks: list[Ask], seconds: float, into: Seen) -> None:
    """Let all users go round for so long."""
    until_s = time.perf_counter() + seconds
    with ThreadPoolExecutor(len(clients)) as pool:
        running = [pool.submit(go_round, client, asks, until_s, n) for n, client in enumerate(clients)]
    for one in running:
        into.ms += one.result().ms
        into.failed += one.result().failed


def prepared(url: str, users: int) -> tuple[list[Client], dt.datetime]:
    """Deploy the tenant, place calls, and return a client a user and the time of the cloud."""
    deploy.deploy([TENANT], url, lambda who, text: print(f"{who}: {text}"))
    control, contract, stack = Control(JsonClient(url)), options.contract(TENANT), aws.stack(TENANT, url)
    worlds.begin(control, [contract], today=DAY)
    agents.sign_in(contract, stack, control, url)
    for _ in range(CALLS):
        control.call(first_call(contract))
        control.run()
    first = api.operator(stack, url)
    return [Client(JsonClient(first.http.base, first.http.headers)) for _ in range(users)], control.now()


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="Fifty users of the REST API, against a route that does nothing.")
    parser.add_argument("--endpoint", help="an AWS endpoint on this machine, for example http://127.0.0.1:4566")
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10.0)
    asked = parser.parse_args()
    whole, floor = Seen(), Seen()
    with endpoint(asked.endpoint) as url:
        clients, now = prepared(url, asked.users)
        asks = pages(now)
        turn(clients, asks, asked.seconds / 2, Seen())  # functions are started
        for _ in range(asked.turns):
            turn(clients, [empty], asked.seconds, floor)
            turn(clients, asks, asked.seconds, whole)
    lasted_s = asked.turns * asked.seconds
    print(f"{asked.users} users{'':24}{'count':>8}{'per s':>9}{'p50 ms':>9}{'p95 ms':>9}{'failed':>8}")
    print(floor.row("GET /v1/health", lasted_s))
    print(whole.row("floor, contacts, KPIs, tenant", lasted_s))
    print(f"ratio p50 {whole.p50 / floor.p50:.2f}, p95 {whole.p95 / floor.p95:.2f}")
    return 1 if whole.failed or floor.failed else 0


if __name__ == "__main__":
    sys.exit(main())
