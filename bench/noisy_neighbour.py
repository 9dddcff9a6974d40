"""What one tenant's surge does to another tenant's decisions (REL-08), on the local cloud.

Two tenants are deployed, and calls of both ask their deployed `route_contact` at random moments. A round has three
turns in random order: the loud tenant at its own rate, the same again, and at ten times that rate. The quiet tenant
decides at its own rate in all three. So the surge is compared with calm as calm is compared with calm, minutes apart at
most, and what the machine does of itself is in both comparisons.

On AWS the tenants share the account and nothing of their stacks. Here they share two things more: the processors, and
the one process that answers for every AWS service. What these two cost is measured beside each decision, by a request
in which no tenant has part (`GetCallerIdentity`: the floor).

Fails when a decision of the quiet tenant is not whole in any turn, or when the surge was not ten times as much.

    .venv/bin/python -m bench.noisy_neighbour [--endpoint http://127.0.0.1:4566] [--rounds 12] [--seconds 8] [--rate 1]
"""

import argparse
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from bench.comparison import Estimate, Round, estimate, longer, medians, p95s
from bench.surroundings import endpoint
from cli import aws, deploy, options
from cli.control import Control
from cli.http import JsonClient
from tests.support.flow_load import Answer, FlowFunction, flow_function, percentile

QUIET, LOUD = "hrgroup", "taxihotline"
TIMES = 10
CALM, AGAIN, SURGE = f"{LOUD} calm", f"{LOUD} calm again", f"{LOUD} at {TIMES} times"
CALLERS = {CALM: 1, AGAIN: 1, SURGE: TIMES}
"""How many callers of the loud tenant there are in a turn; each keeps the quiet tenant's rate."""
STATISTICS = {"ratio of medians": medians, "ratio of p95": p95s, "longer (0.5: alike)": longer}


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn saw: the quiet tenant's decisions, the floor beside each, and the loud tenant's decisions."""

    quiet: Sequence[Answer]
    floor_ms: Sequence[float]
    loud: Sequence[Answer]

    @property
    def ms(self) -> list[float]:
        """How long the quiet tenant's decisions took."""
        return [answer.ms for answer in self.quiet]


@dataclass(frozen=True, slots=True)
class Pace:
    """So many decisions a second, for so many seconds."""

    rate_per_s: float
    seconds: float

    def moments_s(self, seed: float) -> list[float]:
        """Return when to ask, in seconds from the start: once a period, anywhere in it, so that none keep step."""
        rng = random.Random(seed)  # noqa: S311 - when calls come, not a secret
        return [(number + rng.random()) / self.rate_per_s for number in range(int(self.rate_per_s * self.seconds))]


def asked[T](ask: Callable[[], T], moments_s: Sequence[float]) -> list[T]:
    """Ask at each of the moments from now on; one that is late asks at once."""
    began_s = time.monotonic()
    answers = []
    for moment_s in moments_s:
        time.sleep(max(0.0, began_s + moment_s - time.monotonic()))
        answers.append(ask())
    return answers


def turn(quiet: Callable[[], tuple[Answer, float]], loud: FlowFunction, kind: str, pace: Pace, seed: int) -> Turn:
    """Run one turn."""
    rng = random.Random(seed)  # noqa: S311 - when calls come, not a secret
    with ThreadPoolExecutor(TIMES) as pool:
        running = [pool.submit(asked, loud.ask, pace.moments_s(rng.random())) for _ in range(CALLERS[kind])]
        seen = asked(quiet, pace.moments_s(rng.random()))
        answers = [answer for run in running for answer in run.result()]
    return Turn([answer for answer, _ in seen], [ms for _, ms in seen], answers)


def with_floor(quiet: FlowFunction, floor: Any) -> tuple[Answer, float]:
    """Decide once, and ask once for what no tenant has part in; return both, the latter in milliseconds."""
    answer = quiet.ask()
    began_s = time.perf_counter()
    floor.get_caller_identity()
    return answer, (time.perf_counter() - began_s) * 1000


def rounds(url: str, count: int, pace: Pace, seed: int) -> list[dict[str, Turn]]:
    """Run so many rounds, after a first one that is not kept: it starts the processes."""
    quiet, loud = routing(QUIET, url), routing(LOUD, url)
    ask = partial(with_floor, quiet, aws.client("sts", url))
    rng = random.Random(seed)  # noqa: S311 - when calls come, not a secret
    loud.asked(TIMES, 2)
    ask()
    kept = []
    for number in range(count):
        order = rng.sample(tuple(CALLERS), k=len(CALLERS))
        kept.append({kind: turn(ask, loud, kind, pace, rng.getrandbits(32)) for kind in order})
        print(f"round {number + 1} of {count}", file=sys.stderr, flush=True)
    return kept


def routing(tenant: str, url: str) -> FlowFunction:
    """Return the tenant's `route_contact` behind the alias that its flows invoke."""
    return flow_function("RouteContactFunction", aws.stack(tenant, url), options.contract(tenant), url)


def told(found: Sequence[dict[str, Turn]], kind: str) -> str:
    """Return a line of the first table, and what came of the turns of one kind."""
    ms = [each for one in found for each in one[kind].ms]
    outcomes = Counter(answer.outcome for one in found for answer in one[kind].quiet)
    shouted = Counter(answer.outcome for one in found for answer in one[kind].loud)
    times = f"{statistics.median(ms):>11.1f}{percentile(ms, 95):>9.1f}"
    return f"{kind:26}{len(ms):>8}{times}{outcomes['whole']:>8}{shouted.total():>8}{shouted['whole']:>8}"


def compared(found: Sequence[dict[str, Turn]], of: Callable[[Turn], Sequence[float]], kind: str) -> list[Estimate]:
    """Compare the turns of one kind with calm ones."""
    pairs: list[Round] = [(of(one[CALM]), of(one[kind])) for one in found]
    return [estimate(pairs, statistic) for statistic in STATISTICS.values()]


def faults(found: Sequence[dict[str, Turn]]) -> list[str]:
    """Return what must not have happened."""
    hurt = Counter(answer.outcome for one in found for kind in CALLERS for answer in one[kind].quiet)
    own, surged = (sum(len(one[kind].loud) for one in found) for kind in (CALM, SURGE))
    whole = sum(answer.outcome == "whole" for one in found for answer in one[SURGE].loud)
    what = [f"{count} decisions of {QUIET} were {outcome}" for outcome, count in hurt.items() if outcome != "whole"]
    if surged < TIMES * own or whole < surged:
        what.append(f"the surge was {surged} decisions, {whole} of them whole, after {own} in calm: not {TIMES} times")
    return what


def report(found: Sequence[dict[str, Turn]], pace: Pace) -> None:
    """Print both tables."""
    print(f"{QUIET} decides at {pace.rate_per_s:g}/s in {len(found)} rounds of three turns of {pace.seconds:g} s")
    print(f"{'':26}{'count':>8}{'median ms':>11}{'p95 ms':>9}{'whole':>8}{'loud':>8}{'whole':>8}")
    for kind in CALLERS:
        print(told(found, kind))
    print(f"{'beside calm, with 95 %':34}" + "".join(f"{name:>22}" for name in STATISTICS))
    for kind in (AGAIN, SURGE):
        for name, of in {"decision": lambda one: one.ms, "floor": lambda one: one.floor_ms}.items():
            print(f"{kind + ', ' + name:34}" + "".join(f"{one!s:>22}" for one in compared(found, of, kind)))


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="One tenant's surge, another tenant's decisions.")
    parser.add_argument("--endpoint", help="an AWS endpoint on this machine, for example http://127.0.0.1:4566")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=8.0, help="how long a turn is")
    parser.add_argument("--rate", type=float, default=1.0, help="decisions a second of a tenant in calm")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    pace = Pace(given.rate, given.seconds)
    with endpoint(given.endpoint) as url:
        deploy.deploy([QUIET, LOUD], url, lambda who, text: print(f"{who}: {text}"))
        Control(JsonClient(url)).set_real()
        found = rounds(url, given.rounds, pace, given.seed)
        if not given.endpoint:
            for tenant in (QUIET, LOUD):
                deploy.forget(tenant, url)
    report(found, pace)
    wrong = faults(found)
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
