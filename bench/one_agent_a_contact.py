"""Whether two agents ever get one contact, in very many random schedules.

Each schedule: one to four calls within 40 s on four agents, of whom some miss offers; callers hang up at random; agent
events reach the ingest twice, late and displaced; the product's own decisions, by every emulated strategy in turn,
from the floor that these events tell; the product's own flows on the emulator. Counts contacts that two agents had or
were offered at one instant, contacts with two answers, and decisions that missed the floor. Fails when any is there.

    .venv/bin/python -m bench.one_agent_a_contact [--schedules 100000] [--seed 1]
"""

import argparse
import sys
import time

from tests.support.schedules import Tally, run

IN_A_WORLD = 100
"""Schedules of one world, that is of one strategy and one set of habits."""


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="No contact is ever with two agents.")
    parser.add_argument("--schedules", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    began_s, whole, number = time.perf_counter(), Tally(), 0
    while whole.schedules < options.schedules:
        whole.add(run(min(IN_A_WORLD, options.schedules - whole.schedules), options.seed * 1_000_000 + number))
        number += 1
    print(f"{whole.schedules} schedules in {time.perf_counter() - began_s:.0f} s, seed {options.seed}")
    for name in Tally.__slots__[1:]:
        print(f"{name:16}{getattr(whole, name):>10}")
    return 1 if whole.shared or whole.twice or whole.without_floor else 0


if __name__ == "__main__":
    sys.exit(main())
