"""Whether counters and SQL agree on a 500-seat day: every KPI, every quarter-hour, by queue, line, number, in all.

The day runs as in `bank_day`; its contacts become rows and Parquet files as Firehose writes them, a fifth of them twice
and a tenth after an older copy that says something else; DuckDB asks the files. Fails when one figure differs.

    .venv/bin/python -m bench.kpi_truth [--calls 32000] [--agents 500] [--pattern FILE] [--tenant hrgroup]
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from chalicelib.analytics import policy, service
from chalicelib.analytics.models import Row
from chalicelib.contacts.models import Contact, Result
from chalicelib.metrics.registry import KPIS, SERVICE_LEVELS
from chalicelib.metrics.service import By
from chalicelib.tenancy.compiler import compile_contract
from chalicelib.tenancy.models import Tenant, from_document
from cli import kpi_truth, lake, options, places, simulation, simulation_plan

EVERY_KPI = (*(kpi for kpi in KPIS if not kpi.variant), *SERVICE_LEVELS.values())
GROUPINGS: tuple[By, ...] = ("queue", "line", "number", "tenant")
SHOWN = 20


def main() -> int:
    """Run the day, compare, print what was compared and what it cost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=32_000)
    parser.add_argument("--agents", type=int, default=500)
    parser.add_argument("--pattern", type=Path, default=places.SYNTHETIC_PATTERN)
    parser.add_argument("--tenant", default="hrgroup")
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    contract = options.contract(asked.tenant)
    wish = simulation_plan.Wish(pattern=asked.pattern, calls=asked.calls, agents=asked.agents, seed=asked.seed)
    told: list[Contact] = []
    outcome = simulation.run(simulation_plan.plan(contract, wish), told.append)
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        lake.write(_rows(from_document(compile_contract(contract)), told, asked.seed), asked.tenant, Path(folder))
        written_s = time.perf_counter() - began
        size = sum(path.stat().st_size for path in Path(folder).rglob("*.parquet"))
        began = time.perf_counter()
        with lake.connect(Path(folder)) as database:
            answers = kpi_truth.ask(database, EVERY_KPI, outcome.whole.start, outcome.whole.end)
        asked_s = time.perf_counter() - began
    print(f"{asked.tenant}, {asked.calls:,} calls, {asked.agents} agents, {len(told):,} contacts")
    print(f"  rows and Parquet   {written_s:8.1f} s   {size / len(told):,.0f} bytes a contact, all copies and tables")
    print(f"  {len(EVERY_KPI)} statements      {asked_s:8.1f} s")
    return _compare(outcome, answers)


def _compare(outcome: simulation.Outcome, answers: kpi_truth.Answers) -> int:
    differing = 0
    for by in GROUPINGS:
        report = outcome.metrics.report(outcome.whole.start, outcome.whole.end, by, per_interval=True)
        found = kpi_truth.compare(report, answers, EVERY_KPI)
        print(f"  by {by:8} {found.compared:>8,} figures compared, {len(found.differences)} differ")
        for one in found.differences[:SHOWN]:
            print(f"    {one.kpi} {one.start:%H:%M} {one.name}: counted {one.counted}, SQL {one.asked}")
        differing += len(found.differences)
    return 1 if differing else 0


def _rows(tenant: Tenant, told: Sequence[Contact], seed: int) -> Iterator[Row]:
    """Yield the rows of the contacts in any order, with repetitions and with older copies that are wrong."""
    chance = random.Random(seed)  # noqa: S311 - a disturbance, not a secret
    stale = (
        replace(one, updated_at=one.updated_at - timedelta(seconds=9), result=Result.LEFT_IN_FLOW, talk_s=999)
        for one in chance.sample(told, len(told) // 10)
    )
    copies = [*told, *chance.sample(told, len(told) // 5), *stale]
    chance.shuffle(copies)
    mark = service.marker("a secret of this day")
    for sequence, contact in enumerate(copies):
        yield from policy.contact_rows(contact, tenant, policy.Copy(sequence=str(sequence)), mark)


if __name__ == "__main__":
    sys.exit(main())
