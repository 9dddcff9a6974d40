"""What one tenant's surge does to another tenant's decisions (REL-08), on the local cloud.

Two tenants are deployed. In turns, the second is quiet and then invokes `route_contact` at ten times the rate of the
first, while the first decides at its own steady rate. Printed: latency and errors of the first in both kinds of turn.
On AWS the tenants share nothing but the account; here they share the processors of one machine too, so the figures
bound the effect from above. Fails when the surge causes an error or a degraded decision of the quiet tenant.

    .venv/bin/python -m bench.noisy_neighbour [--endpoint http://127.0.0.1:4566] [--turns 4] [--seconds 10] [--rate 1]
"""

import argparse
import json
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from bench.surroundings import endpoint
from cli import aws, deploy, options
from cli.control import Control
from cli.http import JsonClient

QUIET, LOUD = "hrgroup", "taxihotline"
TIMES = 10
LINE = {QUIET: "after-sales"}


@dataclass(slots=True)
class Seen:
    """What the quiet tenant saw in turns of one kind."""

    ms: list[float] = field(default_factory=list)
    errors: int = 0

    def row(self, name: str) -> str:
        """Return a line of the table."""
        p95 = statistics.quantiles(self.ms, n=20)[-1]
        return f"{name:34}{len(self.ms):>8}{statistics.median(self.ms):>11.1f}{p95:>9.1f}{self.errors:>8}"


@dataclass(frozen=True, slots=True)
class Caller:
    """Invokes one tenant's `route_contact` as its flows do, through the alias."""

    client: Any
    function: str
    payload: bytes

    def decide(self) -> tuple[float, bool]:
        """Return how long one decision took in milliseconds, and whether it was whole."""
        began_s = time.perf_counter()
        answer = self.client.invoke(FunctionName=self.function, Payload=self.payload)
        reply = json.loads(answer["Payload"].read())
        whole = answer["StatusCode"] == 200 and "FunctionError" not in answer and reply.get("degraded") == "false"
        return (time.perf_counter() - began_s) * 1000, whole


def caller(tenant: str, url: str) -> Caller:
    """Return what invokes the tenant's function with a call to its first number."""
    stack, contract = aws.stack(tenant, url), options.contract(tenant)
    number = contract.entry_numbers[0]
    data = {
        "ContactId": "6f1c0a52-0000-4000-8000-000000000001",
        "Channel": "VOICE",
        "CustomerEndpoint": {"Address": "+8613900139000", "Type": "TELEPHONE_NUMBER"},
        "SystemEndpoint": {"Address": number.number, "Type": "TELEPHONE_NUMBER"},
        "InstanceARN": stack.output("InstanceArn"),
    }
    event = {"Details": {"ContactData": data, "Parameters": {"line": number.line, "language": "zh-CN"}}}
    return Caller(aws.client("lambda", url), stack.output("RouteContactFunction"), json.dumps(event).encode())


def paced(rate_per_s: float, seconds: float) -> Iterator[None]:
    """Yield at a steady rate for so long; a late turn is not made up for."""
    end_s = time.monotonic() + seconds
    due_s = time.monotonic()
    while time.monotonic() < end_s:
        yield
        due_s = max(due_s + 1 / rate_per_s, time.monotonic())
        time.sleep(max(0.0, due_s - time.monotonic()))


def turn(quiet: Caller, loud: Caller | None, rate_per_s: float, seconds: float, seen: Seen) -> tuple[int, int]:
    """Run one turn; return how many decisions the loud tenant made, and how many of them failed."""
    over = threading.Event()

    def shout() -> tuple[int, int]:
        made = failed = 0
        while loud is not None and not over.is_set():
            for _ in paced(rate_per_s, 1.0):
                _, whole = loud.decide()
                made, failed = made + 1, failed + (not whole)
        return made, failed

    with ThreadPoolExecutor(TIMES) as pool:
        shouting = [pool.submit(shout) for _ in range(TIMES)]
        for _ in paced(rate_per_s, seconds):
            ms, whole = quiet.decide()
            seen.ms.append(ms)
            seen.errors += not whole
        over.set()
        results = [one.result() for one in shouting]
    return sum(made for made, _ in results), sum(failed for _, failed in results)


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="One tenant's surge, another tenant's decisions.")
    parser.add_argument("--endpoint", help="an AWS endpoint on this machine, for example http://127.0.0.1:4566")
    parser.add_argument("--turns", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rate", type=float, default=1.0, help="decisions a second of the quiet tenant")
    asked = parser.parse_args()
    with endpoint(asked.endpoint) as url:
        deploy.deploy([QUIET, LOUD], url, lambda who, text: print(f"{who}: {text}"))
        Control(JsonClient(url)).set_real()
        quiet, loud = caller(QUIET, url), caller(LOUD, url)
        for one in (quiet, loud, quiet, loud):
            one.decide()
        alone, beside = Seen(), Seen()
        surge = [0, 0]
        for _ in range(asked.turns):
            turn(quiet, None, asked.rate, asked.seconds, alone)
            made, failed = turn(quiet, loud, asked.rate, asked.seconds, beside)
            surge = [surge[0] + made, surge[1] + failed]
    print(f"{QUIET} decides at {asked.rate:g}/s; {LOUD} made {surge[0]} decisions in the surges, {surge[1]} failed")
    print(f"{'':34}{'count':>8}{'median ms':>11}{'p95 ms':>9}{'errors':>8}")
    print(alone.row(f"{QUIET}, {LOUD} quiet"))
    print(beside.row(f"{QUIET}, {LOUD} at {TIMES} times"))
    print(f"ratio of medians {statistics.median(beside.ms) / statistics.median(alone.ms):.2f}")
    return 1 if beside.errors > alone.errors else 0


if __name__ == "__main__":
    sys.exit(main())
