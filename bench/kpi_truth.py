"""Whether counters and SQL agree on a 500-seat day: every KPI, every quarter-hour, by every group there is.

A day of a tenant's flows with all channels: callers who give up, call again, leave messages, are called back, answer
surveys or are refused; agents who hold, transfer, miss offers, take breaks and change shifts. All becomes rows and
Parquet files as Firehose writes them, a fifth of it twice and some after an older copy that says something else; DuckDB
asks the files. Fails when one figure differs, or a KPI has none to compare.

    .venv/bin/python -m bench.kpi_truth [--calls 32000] [--agents 500] [--every 4] [--pattern FILE] [--seed 7]
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from chalicelib.metrics.models import Report
from chalicelib.metrics.service import By
from chalicelib.tenancy.compiler import compile_contract
from chalicelib.tenancy.models import from_document
from cli import kpi_truth, places, simulation, simulation_plan
from tests.support import lively_day
from tests.support.day_files import ASKED, Told, asked
from tests.support.lively_day import LivelyDay

GROUPINGS: tuple[By, ...] = ("queue", "line", "number", "agent", "team", "site", "leader", "unit", "tenant")
SHOWN = 20
CALLS_OF_A_LINE = 250
"""The instance takes one call at once for so many of the day: few enough that some of the busiest hours are refused."""
STRETCH = timedelta(days=1)
"""The longest period of which what agents did is told."""


def main() -> int:
    """Run the day, compare, print what was compared and what it cost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=32_000)
    parser.add_argument("--agents", type=int, default=500)
    parser.add_argument("--every", type=float, default=4.0, help="seconds from one deed to the next")
    parser.add_argument("--pattern", type=Path, default=places.SYNTHETIC_PATTERN)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    outcome, told = _day(given)
    with tempfile.TemporaryDirectory() as folder:
        began = time.process_time()
        told.write(Path(folder))
        print(f"  rows and Parquet {time.process_time() - began:>8.1f} s")
        return _compare(outcome, told, Path(folder))


def _day(given: argparse.Namespace) -> tuple[simulation.Outcome, Told]:
    contract = lively_day.contract(given.agents)
    wish = simulation_plan.Wish(pattern=given.pattern, calls=given.calls, agents=given.agents, seed=given.seed)
    planned = lively_day.lively(simulation_plan.plan(contract, wish))
    told, most = Told(from_document(compile_contract(contract))), max(4, given.calls // CALLS_OF_A_LINE)
    day = LivelyDay(seed=given.seed, every_s=given.every, end=planned.end, most_calls=most)
    began = time.process_time()
    outcome = told.live(planned, day)
    print(f"{given.calls:,} calls, {planned.agents} agents, {len(told.contacts):,} contacts on all channels")
    print(f"  the day          {time.process_time() - began:>8.1f} s of processor time")
    for title, counts in (
        ("done", day.done),
        ("refused by the engine", day.refused),
        ("contacts", Counter(f"{one.channel} {one.result.value}" for one in told.contacts)),
    ):
        print(f"  {title}: {', '.join(f'{name} {count:,}' for name, count in sorted(counts.items()))}")
    print(f"  refused calls: {sum(one.calls for one in told.refusals):,}")
    print(f"  turns of agents: {len(told.diary.all_turns):,}, changes of status: {len(told.diary.all_changes):,}")
    return outcome, told


def _compare(outcome: simulation.Outcome, told: Told, folder: Path) -> int:
    """Return 1 if a figure differs or a KPI has none; each grouping has a line, each KPI a count."""
    differing, by_kpi, asked_s = 0, Counter[str](), 0.0
    for start, end in _stretches(outcome.whole):
        began = time.process_time()
        answers = asked(folder, start, end)
        asked_s += time.process_time() - began
        for by in GROUPINGS:
            report = outcome.metrics.report(start, end, by, per_interval=True)
            found = kpi_truth.compare(report, answers, ASKED, told.tenant.organisation, told.people)
            print(f"  by {by:8} {found.compared:>8,} figures compared, {len(found.differences)} differ")
            for one in found.differences[:SHOWN]:
                print(f"    {one.kpi} {one.start:%H:%M} {one.name}: counted {one.counted}, SQL {one.asked}")
            differing += len(found.differences)
            by_kpi += Counter(found.by_kpi)
    print(f"  {len(ASKED)} statements    {asked_s:>8.1f} s")
    print(f"  by KPI: {', '.join(f'{name} {count:,}' for name, count in sorted(by_kpi.items()))}")
    silent = [name for name in map(kpi_truth.name_of, ASKED) if not by_kpi[name]]
    print(f"  {by_kpi.total():,} figures of {len(by_kpi)} KPIs, {differing} differ; without: {silent or 'none'}")
    return 1 if differing or silent else 0


def _stretches(whole: Report) -> Iterator[tuple[datetime, datetime]]:
    start = whole.start
    while start < whole.end:
        yield start, min(start + STRETCH, whole.end)
        start += STRETCH


if __name__ == "__main__":
    sys.exit(main())
