"""How fast the emulator's matching and clock are, and whether they wait as Erlang C says.

Model: M/M/500 at 95 % occupancy, 100,000 contacts, nothing but arrivals, agents and waits. Floor: the same model
written out by hand (a heap of floats, a count of idle servers: no idle times, no priorities), in the same process.
Fails when an exact figure is outside the 99 % confidence interval of the run.

    .venv/bin/python bench/acd.py [--contacts 100000] [--agents 500] [--occupancy 0.95] [--seed 1]
"""

import argparse
import heapq
import random
import statistics
import sys
import time
from collections import deque
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.queue_theory import BareAcd, Model, erlang_c, intervals  # noqa: E402  the project's own root first

HANDLE_S, TARGET_S = 180.0, 20.0


def floor(model: Model, contacts: int, seed: str) -> list[float]:
    """The waits of M/M/N in as few lines as it takes."""
    rng = random.Random(seed)  # noqa: S311  not a secret
    idle, left, waits_s = model.agents, contacts, []
    queue: deque[float] = deque()
    events = [(rng.expovariate(model.calls_per_s), True)]
    while events:
        now, arrival = heapq.heappop(events)
        if arrival:
            left -= 1
            queue.append(now)
            if left:
                heapq.heappush(events, (now + rng.expovariate(model.calls_per_s), True))
        else:
            idle += 1
        while queue and idle:
            idle -= 1
            waits_s.append(now - queue.popleft())
            heapq.heappush(events, (now + rng.expovariate(1 / model.handle_s), False))
    return waits_s


def main() -> int:
    """Run both, print both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--agents", type=int, default=500)
    parser.add_argument("--occupancy", type=float, default=0.95)
    parser.add_argument("--seed", default="1")
    asked = parser.parse_args()
    model = Model(calls_per_s=asked.occupancy * asked.agents / HANDLE_S, handle_s=HANDLE_S, agents=asked.agents)
    exact = erlang_c(model, TARGET_S)
    began = time.process_time()
    waits_s = BareAcd(model, asked.contacts, asked.seed).run()
    acd_s = time.process_time() - began
    began = time.process_time()
    by_hand_s = floor(model, asked.contacts, asked.seed)
    floor_s = time.process_time() - began
    print(f"M/M/{model.agents}, {asked.occupancy:.0%} occupied, {asked.contacts:,} contacts, one core")
    print(f"  matching    {asked.contacts / acd_s:>10,.0f} contacts/s   mean wait {statistics.fmean(waits_s):.3f} s")
    print(
        f"  by hand     {asked.contacts / floor_s:>10,.0f} contacts/s   mean wait {statistics.fmean(by_hand_s):.3f} s"
    )
    print(f"  ratio       {acd_s / floor_s:>10.1f}")
    found = {name: (middle, half) for name, middle, half in intervals(waits_s, TARGET_S)}
    within = True
    for name, (middle, half) in found.items():
        truth = getattr(exact, name)
        agrees = abs(middle - truth) <= half
        within &= agrees
        print(
            f"  {name:14} {middle:.4f} +- {half:.4f} (99 %), Erlang C {truth:.4f}: {'agrees' if agrees else 'DIFFERS'}"
        )
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
