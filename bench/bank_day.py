"""How long a 500-seat day takes on a real tenant's flows, with the tenant's own functions in this process.

32,000 calls spread as a weekday's, 500 agents, every contact record read and counted by the product's own code. Prints
calls and flow steps a second of one core. Never fails on time; fails when a call is lost.

    .venv/bin/python -m bench.bank_day [--calls 32000] [--agents 500] [--pattern FILE] [--tenant hrgroup] [--profile]
"""

import argparse
import cProfile
import pstats
import sys
import time
from pathlib import Path

from cli import options, places, simulation, simulation_plan, simulation_report

TARGET_S = 60.0
PROFILED_ROWS = 40


def main() -> int:
    """Run the day and print what it cost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=32_000)
    parser.add_argument("--agents", type=int, default=500)
    parser.add_argument("--pattern", type=Path, default=places.SYNTHETIC_PATTERN)
    parser.add_argument("--tenant", default="hrgroup")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--profile", action="store_true", help="also say where the time goes (the run takes longer)")
    asked = parser.parse_args()
    wish = simulation_plan.Wish(pattern=asked.pattern, calls=asked.calls, agents=asked.agents, seed=asked.seed)
    planned = simulation_plan.plan(options.contract(asked.tenant), wish)
    profiler = cProfile.Profile()
    began = time.process_time()
    outcome = profiler.runcall(simulation.run, planned) if asked.profile else simulation.run(planned)
    took_s = time.process_time() - began
    counters = outcome.whole.groups[0].counters
    found = simulation_report.compare(outcome)
    print(f"{asked.tenant}, {asked.calls:,} calls, {planned.agents} agents, one core")
    print(f"  processor time  {took_s:>10.2f} s    (target for 32,000 calls: {TARGET_S:.0f} s)")
    print(f"  wall time       {outcome.took_s:>10.1f} s")
    print(f"  calls           {asked.calls / took_s:>10,.0f} /s")
    print(f"  flow steps      {outcome.steps / took_s:>10,.0f} /s   ({outcome.steps:,})")
    print(f"  events          {outcome.events / took_s:>10,.0f} /s   ({outcome.events:,})")
    print(f"  answered {counters.get('answered', 0):,} of {counters.get('offered', 0):,} offered")
    print(f"  records SHA-256 {outcome.digest[:16]}: the same for the same options, whatever was made faster")
    if found is not None:
        for name, figures in (("simulated", found.simulated), ("Erlang A", found.erlang_a)):
            told = ", ".join(f"{key} {value:.4f}" for key, value in figures.items() if value is not None)
            print(f"  {name:10} {told}")
    if asked.profile:
        pstats.Stats(profiler).sort_stats("tottime").print_stats(PROFILED_ROWS)
    counted = counters.get("arrivals", 0)
    if counted != asked.calls:
        print(f"LOST: {counted} of {asked.calls} calls were counted")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
