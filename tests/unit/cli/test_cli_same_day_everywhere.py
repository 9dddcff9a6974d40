"""The same seed gives the same day in every process: no record may hang on the order of a set or an address."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
DAY = """
from cli import options, places, simulation, simulation_plan
wish = simulation_plan.Wish(pattern=places.SYNTHETIC_PATTERN, calls=60, agents=4, seed=11)
outcome = simulation.run(simulation_plan.plan(options.contract("hrgroup"), wish))
print(outcome.digest, outcome.steps, outcome.events, outcome.connect_s)
"""


def test_two_processes_write_the_same_records_byte_for_byte() -> None:
    days = [
        subprocess.Popen(
            [sys.executable, "-c", DAY],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in ("1", "2")
    ]
    first, second = (day.communicate(timeout=120)[0].split() for day in days)
    assert first == second
    assert len(first) == 4
    assert int(first[1]) > 1_500
