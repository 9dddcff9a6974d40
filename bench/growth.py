"""Whether a tenant grows along the seed paths without redesign: each step under load, beside Erlang C (REL-02).

Every step is the same contract with more seats, and as many calls as Erlang C lets them answer 0.95 of in time.
Prints service level and mean wait beside the model, flow steps and processor time a call, and with `--templates` what
differs between the steps' templates. Never fails on time; fails when a call is lost, the service level is below the
contract's, or a template differs in anything but numbers and the digests of packages.

    .venv/bin/python -m bench.growth [--calls 2000] [--path S01] [--templates]
"""

import argparse
import json
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from cli import growth, options, simulation
from cli.growth import PATHS, Step
from cli.places import contract_path
from tests.support.synthesis import synthesize_anew

FILLING = 4
"""Calls a seat, at least: with fewer of them the floor never fills."""
_DIGEST = re.compile(r"[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{12}|[0-9a-f]{8,10}")


def main() -> int:
    """Run every step of the paths; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=2_000, help="a step")
    parser.add_argument("--path", choices=sorted(PATHS), help="one of the paths")
    parser.add_argument("--templates", action="store_true", help="synthesize each step and compare, too")
    asked = parser.parse_args()
    wrong = []
    for seed, (tenant, seats) in PATHS.items():
        if asked.path in {None, seed}:
            print(f"{seed}: {tenant}, {' to '.join(map(str, seats))} seats")
            base = options.contract(tenant)
            wrong += [
                f"{seed} {one}"
                for count in seats
                for one in _measured(growth.step(base, count, calls=max(asked.calls, FILLING * count)))
            ]
            wrong += [f"{seed} {one}" for one in _templates(tenant, seats)] if asked.templates else []
    for one in wrong:
        print(f"FAILED: {one}")
    return 1 if wrong else 0


def _measured(step: Step) -> Iterator[str]:
    began = time.process_time()
    outcome = simulation.run(step.planned)
    took_s = time.process_time() - began
    counters = outcome.whole.groups[0].counters
    count = len(step.planned.calls)
    level = counters.get("answered_in_target", 0) / count
    promised = growth.promised(step, outcome.connect_s)
    print(
        f"  {step.seats:>4} seats, {step.load.calls_per_s * 3_600:>6,.0f} calls/h, {step.load.erlangs:>6.1f} E: "
        f"in time {level:.3f} (Erlang C {promised.service_level:.3f}), "
        f"mean wait {counters.get('wait_s', 0) / count:>5.1f} s ({promised.mean_wait_s + outcome.connect_s:.1f}), "
        f"{outcome.steps / count:.1f} flow steps and {took_s / count * 1_000:.2f} ms of processor time a call"
    )
    if counters.get("answered", 0) != count:
        yield f"{step.seats} seats: {counters.get('answered', 0)} of {count} calls were answered"
    if level < step.target:
        yield f"{step.seats} seats: {level:.3f} in time, the contract wants {step.target}"


def _templates(tenant: str, seats: tuple[int, ...]) -> Iterator[str]:
    """Synthesize every step and yield what differs in more than numbers and digests."""
    base = options.contract(tenant)
    texts = []
    for count in seats:
        with tempfile.TemporaryDirectory() as folder:
            grown = growth.contract_at(base, count)
            raw = yaml.safe_load(contract_path(tenant).read_text(encoding="utf-8"))
            raw |= grown.model_dump(mode="json", include=set(growth.GROWS), by_alias=True, exclude_none=True)
            (Path(folder) / f"{tenant}.yaml").write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
            made = synthesize_anew(tenant, tenants=Path(folder))
            texts.append(json.dumps(made.template, sort_keys=True))
            print(f"  {count:>4} seats: {len(made.template['Resources'])} resources, {len(texts[-1]):,} bytes")
    for text in texts[1:]:
        if _shape(text) != _shape(texts[0]):
            yield f"{tenant}: templates differ in more than numbers"


def _shape(text: str) -> Any:
    return re.sub(r"\d+(\.\d+)?", "0", _DIGEST.sub("0", text))


if __name__ == "__main__":
    sys.exit(main())
