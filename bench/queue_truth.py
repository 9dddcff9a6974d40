"""Whether the emulator's matching waits as queueing theory says: thirty published rows of the Erlang C table,
Erlang A's published example, and M/M/500 at 95 %, each for many contacts.

Fails when an exact figure is outside the 99 % confidence interval of its run. With about a hundred figures one of them
may be outside by chance; another seed tells chance from a defect.

    .venv/bin/python bench/queue_truth.py [--contacts 200000] [--seed 1]
"""

import argparse
import math
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.queue_theory import (  # noqa: E402  the project's own root first
    PUBLISHED,
    BareAcd,
    Model,
    erlang_a,
    erlang_c,
    intervals,
    shares,
)

TARGET_S = 20.0
NAMES = {"p_wait": "P(wait)", "mean_wait_s": "mean wait, s", "service_level": "service level"}


def told(name: str, middle: float, half: float, truth: float) -> bool:
    """Print one figure; answers whether it agrees."""
    agrees = abs(middle - truth) <= half
    print(f"    {name:14} {middle:9.4f} +- {half:.4f}   exact {truth:9.4f}   {'agrees' if agrees else 'DIFFERS'}")
    return agrees


def patient(title: str, model: Model, target_s: float, contacts: int, seed: str) -> list[bool]:
    """A queue that nobody leaves."""
    print(f"  {title}")
    exact = erlang_c(model, target_s)
    waits_s = BareAcd(model, contacts, seed).run()
    return [
        told(NAMES[name], middle, half, getattr(exact, name)) for name, middle, half in intervals(waits_s, target_s)
    ]


def impatient(contacts: int, seed: str) -> list[bool]:
    """Erlang A: 48 calls a minute, one minute each, two minutes of patience, 50 agents."""
    print("  Erlang A, 50 agents")
    model = Model(calls_per_s=0.8, handle_s=60, agents=50, patience_s=120)
    exact, acd = erlang_a(model, TARGET_S), BareAcd(model, contacts, seed)
    acd.run()
    waits = {name: (middle, half) for name, middle, half in intervals(acd.all_waits_s, TARGET_S)}
    in_time = [wait_s <= TARGET_S and not gone for wait_s, gone in zip(acd.all_waits_s, acd.left, strict=True)]
    return [
        told("P(abandon)", *shares(acd.left), exact.p_abandon),
        told(NAMES["p_wait"], *waits["p_wait"], exact.figures.p_wait),
        told(NAMES["mean_wait_s"], *waits["mean_wait_s"], exact.figures.mean_wait_s),
        told("within 20 s", *shares(in_time), exact.sl_offered),
    ]


def main() -> int:
    """Run all, print all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contacts", type=int, default=200_000)
    parser.add_argument("--seed", default="1")
    asked = parser.parse_args()
    print(f"{len(PUBLISHED)} published rows, Erlang A, M/M/500; {asked.contacts:,} contacts each, seed {asked.seed}")
    agree: list[bool] = []
    for row in PUBLISHED:
        title = f"{row.source}, {row.agents} agents, within {row.target_s:g} s"
        agree += patient(title, row.model, row.target_s, asked.contacts, f"{asked.seed}/{title}")
    agree += impatient(asked.contacts, asked.seed)
    large = Model(calls_per_s=0.95 * 500 / 180, handle_s=180, agents=500)
    agree += patient("M/M/500 at 95 %", large, TARGET_S, asked.contacts, asked.seed)
    print(f"{sum(agree)} of {len(agree)} figures agree; {math.ceil(0.01 * len(agree))} may differ by chance")
    return 0 if all(agree) else 1


if __name__ == "__main__":
    sys.exit(main())
