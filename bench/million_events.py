"""A million random things happen on one floor: arrivals, accepts, misses, rejects, hang-ups, transfers, conferences,
holds, supervisors, callbacks of both kinds, changes of status, other services, crashes of functions. Everything that
leaves is checked as it arrives.

Fails at the first thing that is not true: two agents with one contact, an agent who is stuck or has more than allowed,
a contact that is lost, ends twice or leaves no record, a visit without exactly one outcome, agent events that do not
tile the time from sign-in to sign-out, a free agent beside a contact that waits, a message that breaks its schema.

    .venv/bin/python bench/million_events.py [--things 1000000] [--seed 1]
"""

import argparse
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.any_day import AnyDay  # noqa: E402  the project's own root first


def main() -> int:
    """Live the day, print what happened."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--things", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    day = AnyDay(asked.seed)
    began = time.process_time()
    day.live(asked.things)
    took_s = time.process_time() - began
    print(f"{day.happened:,} things happened (seed {asked.seed}), {day.closings} times everybody went home")
    print(f"  {took_s:.0f} s of processor time, {day.happened / took_s:,.0f} things a second")
    for title, counts in (
        ("seen in what left", day.ledger.happened),
        ("done by persons", day.done),
        ("refused", day.refused),
        ("left", day.ledger.counts),
    ):
        print(f"  {title}: {', '.join(f'{name} {count:,}' for name, count in sorted(counts.items()) if count)}")
    print("  nobody was stuck, nothing was lost, everything was true")
    return 0


if __name__ == "__main__":
    sys.exit(main())
