"""The emulator's matching and clock beside SimPy and Ciw: M/M/500 at 95 % occupancy, 100,000 contacts, one process.

All three run the same model (Poisson arrivals, exponential handling, one queue, endless patience) and must agree with
Erlang C on the mean wait within the 99 % confidence interval of their own run. Targets: at least as fast as SimPy, five
times as fast as Ciw. Fails when a mean wait differs from Erlang C, never on time.

The peers are no dependencies of the project (Ciw brings 60 MB with it); one that is not installed is left out by name:

    python3.13 -m venv peers && peers/bin/pip install simpy==4.1.2 ciw==3.2.7
    peers/bin/python -m bench.acd_peers [--contacts 100000] [--agents 500] [--occupancy 0.95] [--seed 1] [--times 3]
"""

import argparse
import gc
import importlib
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import tests

# Ciw puts a package `tests` of its own beside it, which would hide ours.
tests.__path__.append(str(Path(__file__).resolve().parents[1] / "tests"))

from tests.support.queue_theory import BareAcd, Model, erlang_c, intervals  # noqa: E402  see above

OURS: Final = "Trunkline"
HANDLE_S, TARGET_S = 180.0, 20.0
TARGETS: Final[Mapping[str, float]] = {"SimPy": 1.0, "Ciw": 5.0}
"""So many times as fast as the peer."""

type Run = Callable[[Model, int, int], list[float]]
"""Returns the waits in seconds, in the order in which the contacts were served."""


def ours(model: Model, contacts: int, seed: int) -> list[float]:
    """Return the waits of the emulator's own matching, with agents that have names, idle times and priorities."""
    return BareAcd(model, contacts, str(seed)).run()


def by_simpy(model: Model, contacts: int, seed: int) -> list[float]:
    """Return the waits of SimPy's usual form of the model: a process a contact, agents as a resource."""
    simpy: Any = importlib.import_module("simpy")
    rng = random.Random(seed)  # noqa: S311  not a secret
    world = simpy.Environment()
    agents = simpy.Resource(world, capacity=model.agents)
    waits_s: list[float] = []

    def contact() -> Iterator[Any]:
        arrived = world.now
        with agents.request() as turn:
            yield turn
            waits_s.append(world.now - arrived)
            yield world.timeout(rng.expovariate(1 / model.handle_s))

    def arrivals() -> Iterator[Any]:
        for _ in range(contacts):
            yield world.timeout(rng.expovariate(model.calls_per_s))
            world.process(contact())

    world.process(arrivals())
    world.run()
    return waits_s


def by_ciw(model: Model, contacts: int, seed: int) -> list[float]:
    """Return the waits of Ciw's usual form of the model: one node, run until so many contacts are done."""
    ciw: Any = importlib.import_module("ciw")
    ciw.seed(seed)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=model.calls_per_s)],
        service_distributions=[ciw.dists.Exponential(rate=1 / model.handle_s)],
        number_of_servers=[model.agents],
    )
    world = ciw.Simulation(network)
    world.simulate_until_max_customers(contacts, method="Finish")
    records = sorted(world.get_all_records(), key=lambda one: one.service_start_date)
    return [float(one.waiting_time) for one in records]


def is_installed(module: str) -> bool:
    """Return whether a peer can be imported."""
    try:
        importlib.import_module(module)
    except ImportError:
        return False
    return True


def timed(run: Run, model: Model, contacts: int, seed: int) -> tuple[float, list[float]]:
    """Return processor seconds of one run, and its waits."""
    gc.collect()
    began = time.process_time()
    waits_s = run(model, contacts, seed)
    return time.process_time() - began, waits_s


def best_of(times: int, runs: Mapping[str, Run], asked: tuple[Model, int, int]) -> dict[str, tuple[float, list[float]]]:
    """Return the fastest of so many runs of each; they take turns, so that a busy moment of the machine hits all."""
    rounds = [{name: timed(run, *asked) for name, run in runs.items()} for _ in range(times)]
    return {name: min((one[name] for one in rounds), key=lambda found: found[0]) for name in runs}


def judge(name: str, waits_s: list[float], truth_s: float) -> bool:
    """Print how the mean wait compares with Erlang C; return whether they agree."""
    middle, half = next(
        (middle, half) for figure, middle, half in intervals(waits_s, TARGET_S) if figure == "mean_wait_s"
    )
    agrees = abs(middle - truth_s) <= half
    told = "agrees" if agrees else "DIFFERS"
    print(f"  {name:12} mean wait {statistics.fmean(waits_s):.3f} s, steady {middle:.3f} +- {half:.3f} (99 %): {told}")
    return agrees


def main() -> int:
    """Run all that are installed, print ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--agents", type=int, default=500)
    parser.add_argument("--occupancy", type=float, default=0.95)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--times", type=int, default=3, help="the fastest of so many runs counts")
    asked = parser.parse_args()
    model = Model(calls_per_s=asked.occupancy * asked.agents / HANDLE_S, handle_s=HANDLE_S, agents=asked.agents)
    truth_s = erlang_c(model, TARGET_S).mean_wait_s
    print(f"M/M/{model.agents}, {asked.occupancy:.0%} occupied, {asked.contacts:,} contacts; Erlang C {truth_s:.3f} s")
    runs: dict[str, Run] = {OURS: ours}
    for name, run in (("SimPy", by_simpy), ("Ciw", by_ciw)):
        if is_installed(name.lower()):
            runs[name] = run
        else:
            print(f"  {name:12} is not installed: left out")
    found = best_of(asked.times, runs, (model, asked.contacts, asked.seed))
    agree = True
    for name, (took_s, waits_s) in found.items():
        ratio = took_s / found[OURS][0]
        print(f"  {name:12} {asked.contacts / took_s:>10,.0f} contacts/s{told(name, ratio)}")
        agree = judge(name, waits_s, truth_s) and agree
    return 0 if agree else 1


def told(name: str, ratio: float) -> str:
    """Return how a peer compares; nothing for ourselves."""
    if name == OURS:
        return ""
    met = "met" if ratio >= TARGETS[name] else "MISSED"
    return f"   we are {ratio:.2f} times as fast (target {TARGETS[name]:g}: {met})"


if __name__ == "__main__":
    sys.exit(main())
