"""The counters and the SQL over the files are two opinions of the same contacts, and they agree on every figure."""

import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.analytics import policy, service
from chalicelib.analytics.models import Row
from chalicelib.contacts import policy as contacts
from chalicelib.contacts.models import Contact, Result
from chalicelib.contacts.record import parse
from chalicelib.metrics.counters import OF_AGENTS as AGENT_COUNTERS
from chalicelib.metrics.models import Report
from chalicelib.metrics.registry import KPIS, SERVICE_LEVELS
from chalicelib.metrics.service import By, Metrics
from chalicelib.metrics.store import Counters
from chalicelib.tenancy.compiler import compile_contract
from chalicelib.tenancy.models import Tenant, from_document
from cli import kpi_truth, lake, options, simulation, simulation_plan
from cli.kpi_truth import Answers, Comparison
from cli.simulation import Outcome
from cli.simulation_plan import Wish
from tests.support.contact_records import START, Record, encoded, histories, tenant
from tests.support.fake_dynamo import FakeDynamo
from tests.support.taken_in import ingest

EVERY_KPI = (*(kpi for kpi in KPIS if not kpi.variant), *SERVICE_LEVELS.values())
GROUPINGS: tuple[By, ...] = ("queue", "line", "number", "tenant")
OF_AGENTS = [kpi for kpi in EVERY_KPI if kpi.counters <= AGENT_COUNTERS]
"""What is counted at agents, too."""
SPAN = START - timedelta(hours=1), START + timedelta(hours=6)
MARK = service.marker("secret")
type Day = tuple[Outcome, Tenant, list[Contact]]


def rows(of: Tenant, copies: Sequence[Contact]) -> Iterator[Row]:
    for sequence, contact in enumerate(copies):
        yield from policy.contact_rows(contact, of, policy.Copy(sequence=str(sequence)), MARK)


def disturbed(told: Sequence[Contact]) -> list[Contact]:
    """Return the contacts with some twice, and some after older copies that say something else, in any order."""
    chance = random.Random(5)  # noqa: S311 - a disturbance, not a secret
    again = chance.sample(told, len(told) // 5)
    stale = [
        replace(one, updated_at=one.updated_at - timedelta(seconds=9), result=Result.LEFT_IN_FLOW, talk_s=999)
        for one in chance.sample(told, len(told) // 5)
    ]
    return chance.sample([*told, *again, *stale], len(told) + len(again) + len(stale))


def answers(of: Tenant, copies: Sequence[Contact], start: datetime, end: datetime) -> Answers:
    """Return what SQL says of the copies, from files like those that Firehose writes."""
    with tempfile.TemporaryDirectory() as folder:
        lake.write(rows(of, copies), of.id, Path(folder))
        with lake.connect(Path(folder)) as database:
            return kpi_truth.ask(database, EVERY_KPI, start, end)


def compared(day: Day, copies: Sequence[Contact], by: By) -> Comparison:
    outcome, of, _ = day
    report = outcome.metrics.report(outcome.whole.start, outcome.whole.end, by, per_interval=True)
    return kpi_truth.compare(report, answers(of, copies, report.start, report.end), EVERY_KPI)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    """An hour and a half of a Monday with too few agents, so that callers give up and overflow too."""
    path = tmp_path_factory.mktemp("pattern") / "day.csv"
    quarters = [f"2026-03-02 {hour:02d}:{minute:02d}:00,25" for hour in (10, 15) for minute in (0, 15, 30)]
    path.write_text("interval_start,calls\n" + "\n".join(quarters) + "\n", encoding="utf-8")
    contract = options.contract("hrgroup")
    told: list[Contact] = []
    outcome = simulation.run(simulation_plan.plan(contract, Wish(pattern=path, calls=150, agents=8)), told.append)
    return outcome, from_document(compile_contract(contract)), told


def test_every_kpi_of_a_simulated_day_is_the_same_in_every_quarter_hour_and_group(day: Day) -> None:
    outcome, of, told = day
    start, end = outcome.whole.start, outcome.whole.end
    said = answers(of, disturbed(told), start, end)
    for by in GROUPINGS:
        found = kpi_truth.compare(outcome.metrics.report(start, end, by, per_interval=True), said, EVERY_KPI)
        assert found.differences == ()
        # Every KPI but those of surveys, in at least every quarter-hour in which calls came.
        assert found.compared >= 6 * (len(EVERY_KPI) - 2)


def test_every_agents_figures_are_the_same_in_every_quarter_hour(day: Day) -> None:
    outcome, of, told = day
    start, end = outcome.whole.start, outcome.whole.end
    report = outcome.metrics.report(start, end, "agent", per_interval=True)
    found = kpi_truth.compare(report, answers(of, disturbed(told), start, end), OF_AGENTS)
    assert found.differences == ()
    assert {"K06", "K09", "K45"} <= {kpi.id for kpi in OF_AGENTS}
    assert found.compared >= 6 * 3


def test_one_contact_that_the_files_tell_wrong_is_seen(day: Day) -> None:
    told = day[2]
    answered = next(one for one in told if one.result is Result.ANSWERED and one.queued_at)
    wrong = [replace(one, talk_s=one.talk_s + 1) if one is answered else one for one in told]
    found = compared(day, wrong, "queue").differences
    assert {one.kpi for one in found} == {"K06", "K09", "K45"}
    assert {(one.asked[0] - one.counted[0], one.name) for one in found} == {(1, answered.queue)}


def test_a_contact_that_never_reached_the_files_is_seen(day: Day) -> None:
    told = day[2]
    answered = next(one for one in told if one.result is Result.ANSWERED and one.queued_at)
    found = compared(day, [one for one in told if one is not answered], "tenant").differences
    assert {"K02", "K06"} <= {one.kpi for one in found}


def reports(of: Tenant, records: Sequence[Record]) -> Iterator[Report]:
    """Yield the product's reports of the records, taken in by its own ingest, one a grouping."""
    table = FakeDynamo()
    taking = ingest(table, of)
    for one in records:
        taking.take(encoded(one))
    metrics = Metrics(of.id, Counters(table, f"trunkline-{of.id}"), (), lambda: START)
    for by in GROUPINGS:
        yield metrics.report(*SPAN, by, per_interval=True)


@given(histories(), st.randoms(use_true_random=False))
@settings(max_examples=4, deadline=None)
def test_whatever_connect_sends_in_whatever_order_both_agree(told: list[list[Record]], chance: random.Random) -> None:
    of = tenant()
    records = [copy for copies in told for copy in (*copies, *copies)]
    chance.shuffle(records)
    said = answers(of, [contacts.contact(parse(encoded(one)), of) for one in records], *SPAN)
    for report in reports(of, records):
        assert kpi_truth.compare(report, said, EVERY_KPI).differences == ()
