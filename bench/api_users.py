"""How fast the REST API answers fifty users at once, over a route that does nothing (`GET /v1/health`).

One tenant is deployed on the local cloud, and calls are placed so that there is something to find. Then fifty threads,
each with a connection and a token of its own, go round the pages that desks ask most: the floor, the day's
contacts, the KPIs of the day, the tenant. In turns with them the same fifty ask the empty route, and one that is
nothing but its door (token, role, log line; the answer is the contract's, no store is asked). They do so at two paces:
as desktops ask, each every five seconds at most (what the stage's limit is made of), and without a pause.

MiniStack waits up to 50 ms for a first line of log from a function that writes none, as the empty route does: so the
second floor is the one that compares work with work.

The API's function has the executions that the template reserves for it. On AWS the deployment sees to that; MiniStack's
CloudFormation leaves the property out, and fifty users would have fifty processes. What is above is throttled (429),
counted, and asked again as the typed client does: with its pauses, and no oftener. A time is that of a whole request,
pauses included. `given up` are requests that were throttled at every try. Fails when anything else is not answered.

    .venv/bin/python -m bench.api_users [--endpoint http://127.0.0.1:4566] [--tenant hrgroup] [--turns 3]
"""

import argparse
import datetime as dt
import random
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle
from typing import Any

from bench.surroundings import endpoint
from chalicelib.access.models import Role
from chalicelib.contacts.api import ContactQuery
from chalicelib.metrics.api import KpiQuery
from chalicelib.tenancy.contract import Contract
from cli import agents, api, aws, deploy, options, tokens, worlds
from cli.client.client import Client
from cli.client.operation import Document, Nothing, Operation
from cli.client.operations import agents as desks
from cli.client.operations import completions, contacts, lifecycle, metrics
from cli.control import Control
from cli.http import JsonClient, Refused, Unreachable
from cli.showcase import first_call
from infra.cdk.capacity import split
from infra.cdk.constructs.functions import FUNCTIONS
from infra.cdk.throttling import REQUESTS_PER_SEAT

DAY = dt.date(2026, 3, 2)
CALLS = 5
THROTTLED = 429
HEALTH = Operation("GET", "/v1/health", Nothing, Nothing, Document)
PACES_S: Mapping[str, float] = {"as desktops ask": 1 / REQUESTS_PER_SEAT, "without a pause": 0.0}
"""So long at least from one request of a user to the next."""
KINDS = ("GET /v1/health", "a door without a store", "floor, contacts, KPIs, tenant")

type Ask = Callable[[Client], object]


@dataclass(slots=True)
class Seen:
    """What the users saw of one kind of request: milliseconds, and what was not answered."""

    ms: list[float] = field(default_factory=list)
    throttled: int = 0
    given_up: int = 0
    failed: list[str] = field(default_factory=list)
    lasted_s: float = 0.0

    def add(self, other: "Seen") -> None:
        """Count what another one saw, too; the time of both is not added."""
        self.ms += other.ms
        self.throttled += other.throttled
        self.given_up += other.given_up
        self.failed += other.failed

    def row(self, pace: str, name: str) -> str:
        """Return a line of the table."""
        rate, counts = len(self.ms) / self.lasted_s, (self.throttled, self.given_up, len(self.failed))
        told = "".join(f"{count:>10}" for count in counts)
        return f"{pace:17}{name:32}{len(self.ms):>8}{rate:>8.1f}{self.p50:>9.0f}{self.p95:>9.0f}{told}"

    @property
    def p50(self) -> float:
        """The median in milliseconds."""
        return statistics.median(self.ms)

    @property
    def p95(self) -> float:
        """The 95th percentile in milliseconds."""
        return statistics.quantiles(self.ms, n=20)[-1]


@dataclass(frozen=True, slots=True)
class CountingClient(JsonClient):
    """Counts the answers that the gateway throttled, those that are asked again included."""

    throttled: list[str] = field(default_factory=list)

    def send(self, method: str, path: str, **more: Any) -> Any:
        """Return the answer; see `JsonClient.send`."""
        try:
            return JsonClient.send(self, method, path, **more)
        except Refused as refused:
            if refused.http_status == THROTTLED:
                self.throttled.append(path)
            raise


@dataclass(frozen=True, slots=True)
class User:
    """One user, with a connection of its own."""

    number: int
    http: CountingClient

    def go_round(self, asks: list[Ask], pace_s: float, until_s: float) -> Seen:
        """Ask one page after the other until the time is over, each user beginning with another page and moment."""
        seen, client = Seen(), Client(self.http)
        self.http.throttled.clear()
        next_s = time.perf_counter() + random.Random(self.number).uniform(0, pace_s)  # noqa: S311 - spreads users
        for ask in cycle(asks[self.number % len(asks) :] + asks[: self.number % len(asks)]):
            if max(next_s, time.perf_counter()) >= until_s:
                break
            time.sleep(max(0.0, next_s - time.perf_counter()))
            next_s = time.perf_counter() + pace_s
            _time(partial(ask, client), seen)
        seen.throttled = len(self.http.throttled)
        return seen


def _time(ask: Callable[[], object], seen: Seen) -> None:
    began_s = time.perf_counter()
    try:
        ask()
    except Refused as refused:
        if refused.http_status == THROTTLED:
            seen.given_up += 1
        else:
            seen.failed.append(str(refused))
    except Unreachable as nobody:
        seen.failed.append(str(nobody))
    seen.ms.append((time.perf_counter() - began_s) * 1000)


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


def floors() -> list[list[Ask]]:
    """Return what the pages are compared with: a route that does nothing, and one that is its door."""
    return [[lambda client: client.send(HEALTH)], [lambda client: client.send(completions.LISTS)]]


def turn(users: list[User], asks: list[Ask], pace_s: float, seconds: float, into: Seen) -> None:
    """Let all users go round for so long."""
    began_s = time.perf_counter()
    with ThreadPoolExecutor(len(users)) as pool:
        for seen in pool.map(lambda user: user.go_round(asks, pace_s, began_s + seconds), users):
            into.add(seen)
    into.lasted_s += time.perf_counter() - began_s


def reserve(stack: aws.Stack, contract: Contract, url: str) -> int:
    """Let the API's function run as often at once as the template reserves for it, and return how often that is."""
    executions = split(contract.capacity.reserved_concurrency)["api"]
    found = aws.client("cloudformation", url).describe_stack_resource(
        StackName=stack.stack_id, LogicalResourceId=FUNCTIONS["api"]
    )["StackResourceDetail"]["PhysicalResourceId"]
    aws.client("lambda", url).put_function_concurrency(FunctionName=found, ReservedConcurrentExecutions=executions)
    return executions


def prepared(tenant: str, url: str, users: int) -> tuple[list[User], dt.datetime]:
    """Deploy the tenant, place calls, and return the users and the time of the cloud."""
    deploy.deploy([tenant], url, lambda who, text: print(f"{who}: {text}"))
    control, contract, stack = Control(JsonClient(url)), options.contract(tenant), aws.stack(tenant, url)
    print(f"executions reserved for the API: {reserve(stack, contract, url)}")
    worlds.begin(control, [contract], today=DAY)
    agents.sign_in(contract, stack, control, url)
    for _ in range(CALLS):
        control.call(first_call(contract))
        control.run()
    return [user(number, stack, url) for number in range(users)], control.now()


def user(number: int, stack: aws.Stack, url: str) -> User:
    """Return an operations manager of the tenant: a person of the user pool, whose entries in the trail are a chain."""
    token = tokens.token(stack, url, username=f"desk-{number}", group=Role.OPERATIONS_MANAGER)
    return User(number, CountingClient(api.base_address(stack, url), {"Authorization": token}))


def shown(found: Mapping[str, list[Seen]], users: int) -> bool:
    """Print the table; return whether nothing failed."""
    counts = "".join(f"{name:>10}" for name in ("throttled", "given up", "failed"))
    print(f"{users} users".ljust(49) + f"{'count':>8}{'per s':>8}{'p50 ms':>9}{'p95 ms':>9}{counts}")
    for pace, seens in found.items():
        for name, seen in zip(KINDS, seens, strict=True):
            print(seen.row(pace, name))
        *under, whole = seens
        for name, floor in zip(KINDS, under, strict=False):
            print(f"{pace}, over {name}: p50 {whole.p50 / floor.p50:.2f}, p95 {whole.p95 / floor.p95:.2f}")
    failed = [told for seens in found.values() for seen in seens for told in seen.failed]
    print("\n".join(sorted(set(failed))), end="")
    return not failed


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="Fifty users of the REST API, against a route that does nothing.")
    parser.add_argument("--endpoint", help="an AWS endpoint on this machine, for example http://127.0.0.1:4566")
    parser.add_argument("--tenant", default="hrgroup")
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=6.0, help="of a turn at the pace of desktops; half without")
    asked = parser.parse_args()
    found = {pace: [Seen() for _ in KINDS] for pace in PACES_S}
    with endpoint(asked.endpoint) as url:
        users, now = prepared(asked.tenant, url, asked.users)
        kinds = [*floors(), pages(now)]
        turn(users, kinds[-1], 0.0, asked.seconds / 2, Seen())  # processes are started
        for _ in range(asked.turns):
            for pace, seens in found.items():
                lasts_s = asked.seconds if PACES_S[pace] else asked.seconds / 2
                for asks, seen in zip(kinds, seens, strict=True):
                    turn(users, asks, PACES_S[pace], lasts_s, seen)
    return 0 if shown(found, asked.users) else 1


if __name__ == "__main__":
    sys.exit(main())
