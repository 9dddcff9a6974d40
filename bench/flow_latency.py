"""How long a caller waits for the deployed functions of flows, by how many callers ask at once (REL-04).

A tenant is deployed into a local cloud; `lookup_customer` and `route_contact` are invoked through the alias that its
flows invoke, by so many callers side by side, each asking again as soon as it is answered. Milliseconds are those of
the whole round trip. A first, unmeasured round starts the processes. Requests, functions and the cloud share the
processors of one machine. Fails when an answer is neither whole nor, above the function's reserved concurrency,
throttled.

    .venv/bin/python -m bench.flow_latency [--endpoint http://127.0.0.1:4566] [--tenant hrgroup] [--answers 500]
"""

import argparse
import sys
from collections import Counter

from bench.surroundings import endpoint
from cli import aws, deploy, options
from infra.cdk.capacity import split
from tests.support.flow_load import FlowFunction, flow_function, percentile

FUNCTIONS = {"lookup_customer": "LookupCustomerFunction", "route_contact": "RouteContactFunction"}
SIDE_BY_SIDE = (1, 5, 10, 25, 50)
BOUND_MS = 1_000
PERCENTS = (50, 95, 99)


def row(name: str, function: FlowFunction, callers: int, answers: int, reserved: int) -> bool:
    """Measure one row and print it; return whether all that was not throttled was whole, and nothing without need."""
    each = max(1, answers // callers)
    function.asked(callers, 2)
    found = function.asked(callers, each)
    outcomes = Counter(answer.outcome for answer in found)
    ms = [answer.ms for answer in found if answer.outcome == "whole"]
    times = "".join(f"{percentile(ms, percent):>9.0f}" for percent in PERCENTS) + f"{max(ms):>9.0f}"
    print(f"{name:18}{callers:>8}{len(found):>9}{times}{outcomes['throttled']:>11}", flush=True)
    allowed = {"whole"} | ({"throttled"} if callers > reserved else set())
    return set(outcomes) <= allowed


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="Latency of the deployed functions of flows under load.")
    parser.add_argument("--endpoint", help="an AWS endpoint on this machine, for example http://127.0.0.1:4566")
    parser.add_argument("--tenant", default="hrgroup")
    parser.add_argument("--answers", type=int, default=500, help="answers a row")
    asked = parser.parse_args()
    contract = options.contract(asked.tenant)
    reserved = split(contract.capacity.reserved_concurrency)
    with endpoint(asked.endpoint) as url:
        deploy.deploy([asked.tenant], url, lambda who, text: print(f"{who}: {text}"))
        stack = aws.stack(asked.tenant, url)
        print(
            f"{'':18}{'callers':>8}{'answers':>9}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'most ms':>9}{'throttled':>11}"
        )
        good = [
            row(name, flow_function(output, stack, contract, url), callers, asked.answers, reserved[name])
            for name, output in FUNCTIONS.items()
            for callers in SIDE_BY_SIDE
        ]
        if not asked.endpoint:
            deploy.forget(asked.tenant, url)
    print(
        f"bound: {BOUND_MS} ms at the 95th percentile; reserved: {', '.join(f'{n} {reserved[n]}' for n in FUNCTIONS)}"
    )
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
