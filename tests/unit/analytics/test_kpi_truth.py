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

from chalicelib.agents.activity import Activity, Turn
from chalicelib.agents.models import StatusChange, StatusType
from chalicelib.contacts import policy as contacts
from chalicelib.contacts.models import Contact, Result
from chalicelib.contacts.record import parse
from chalicelib.metrics.counters import COUNTERS, OF_AGENTS
from chalicelib.metrics.models import Kpi, Report
from chalicelib.metrics.registry import INSTANCE_KPIS, STAFF_KPIS
from chalicelib.metrics.service import BY_AGENTS, By, Metrics
from chalicelib.metrics.store import Counters
from chalicelib.tenancy.compiler import compile_contract
from chalicelib.tenancy.models import Tenant, from_document
from cli import kpi_truth, lake, simulation_plan
from cli.diary import Diary
from cli.kpi_truth import Answers, Comparison
from cli.simulation import Outcome
from cli.simulation_plan import Wish
from tests.support import lively_day
from tests.support.contact_records import START, Record, encoded, histories, tenant
from tests.support.day_files import ASKED, Told, asked
from tests.support.fake_dynamo import FakeDynamo
from tests.support.lively_day import LivelyDay
from tests.support.taken_in import ingest
from tests.support.written_down import WrittenDown

GROUPINGS: tuple[By, ...] = ("queue", "line", "number", "tenant")
SPAN = START - timedelta(hours=1), START + timedelta(hours=6)
type Day = tuple[Outcome, Told]


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    """An hour and a half of a Monday with too few agents, so that callers give up and overflow too, on all channels."""
    path = tmp_path_factory.mktemp("pattern") / "day.csv"
    quarters = [f"2026-03-02 {hour:02d}:{minute:02d}:00,25" for hour in (10, 15) for minute in (0, 15, 30)]
    path.write_text("interval_start,calls\n" + "\n".join(quarters) + "\n", encoding="utf-8")
    contract = lively_day.contract(agents=8)
    planned = lively_day.lively(simulation_plan.plan(contract, Wish(pattern=path, calls=150, agents=8)))
    told = Told(from_document(compile_contract(contract)))
    happening = LivelyDay(seed=5, every_s=40, end=planned.end, most_calls=6)
    outcome = told.live(planned, happening)
    assert sum(one.calls for one in told.refusals)
    assert {"hold", "transfer", "consult", "break", "shift", "chat", "task", "e-mail"} <= happening.done.keys()
    return outcome, told


@pytest.fixture(scope="module")
def said(day: Day, tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """What SQL says of the day in its disturbed files."""
    outcome, told = day
    return told.answers(tmp_path_factory.mktemp("files"), outcome.whole.start, outcome.whole.end)


def compared(day: Day, answers: Answers, by: By, kpis: Sequence[Kpi] = ASKED) -> Comparison:
    outcome, told = day
    report = outcome.metrics.report(outcome.whole.start, outcome.whole.end, by, per_interval=True)
    return kpi_truth.compare(report, answers, kpis, told.tenant.organisation, told.people)


@pytest.mark.parametrize("by", ["queue", "line", "number", "agent", "team", "site", "leader", "unit", "tenant"])
def test_every_kpi_of_a_simulated_day_is_the_same_in_every_quarter_hour_and_group(
    day: Day, said: Answers, by: By
) -> None:
    found = compared(day, said, by)
    assert found.differences == ()
    of_agents = by in BY_AGENTS
    known = OF_AGENTS if of_agents else COUNTERS.keys()
    wanted = {kpi_truth.name_of(kpi) for kpi in ASKED if kpi.counters <= known and not (of_agents and kpi.variant)}
    if of_agents or by == "tenant":
        wanted |= {kpi.id for kpi in STAFF_KPIS}
    if by == "tenant":
        wanted |= {kpi.id for kpi in INSTANCE_KPIS}
    # Answers in surveys are few; everything else is in at least every quarter-hour in which calls came.
    assert {name for name, count in found.by_kpi.items() if count >= 6} >= wanted - {"K15", "K16"}
    assert {"K15", "K16"} <= {name for name, count in found.by_kpi.items() if count}


@pytest.mark.parametrize("by", ["leader", "unit"])
def test_agents_who_moved_and_are_told_where_they_were_before_are_seen(day: Day, said: Answers, by: By) -> None:
    outcome, told = day
    stayed = replace(told, people=tuple(place for place in told.people if place.since < outcome.whole.start))
    assert compared((outcome, stayed), said, by).differences


def files(told: Told, contacts: Sequence[Contact], start: datetime, end: datetime) -> Answers:
    """Return what SQL says of the day with these contacts in the place of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return replace(told, contacts=list(contacts)).answers(Path(folder), start, end)


def test_one_contact_that_the_files_tell_wrong_is_seen(day: Day) -> None:
    outcome, told = day
    answered = next(one for one in told.contacts if one.result is Result.ANSWERED and one.queued_at)
    wrong = [replace(one, talk_s=one.talk_s + 1) if one is answered else one for one in told.contacts]
    answers = files(told, wrong, outcome.whole.start, outcome.whole.end)
    found = compared(day, answers, "queue").differences
    assert {one.kpi for one in found} == {"K06", "K09", "K45"}
    assert {(one.asked[0] - one.counted[0], one.name) for one in found} == {(1, answered.queue)}


def test_a_contact_that_never_reached_the_files_is_seen(day: Day) -> None:
    outcome, told = day
    answered = next(one for one in told.contacts if one.result is Result.ANSWERED and one.queued_at)
    answers = files(told, [one for one in told.contacts if one is not answered], outcome.whole.start, outcome.whole.end)
    assert {"K02", "K06", "K22"} <= {one.kpi for one in compared(day, answers, "tenant").differences}


def without_one(told: Told, prefix: str, said: str) -> Told:
    """Return the day without one item, of those whose sort key begins so and in which that word stands."""
    assert told.written is not None
    table = FakeDynamo()
    kept = told.written.table.items
    lost = max(key for key, item in kept.items() if key[1].startswith(prefix) and f"'{said}'" in str(item))
    table.items = {key: item for key, item in kept.items() if key != lost}
    return replace(told, written=WrittenDown(told.tenant, table))


@pytest.mark.parametrize(("prefix", "said", "kpi"), [("COMPLETION#", "complaint", "K17"), ("STEP#", "close", "K49")])
def test_what_was_written_down_and_never_reached_the_files_is_seen(
    day: Day, tmp_path: Path, prefix: str, said: str, kpi: str
) -> None:
    outcome, told = day
    answers = without_one(told, prefix, said).answers(tmp_path, outcome.whole.start, outcome.whole.end)
    assert {one.kpi for one in compared(day, answers, "tenant").differences} == {kpi}


def without(diary: Diary, lost: StatusChange | Turn) -> Diary:
    """Return the diary without one change or turn."""
    rest = Diary()
    rest.log(change for change in diary.all_changes if change is not lost)
    for turn in diary.all_turns:
        if turn is not lost:
            rest.keep(turn)
    return rest


def differing(day: Day, folder: Path, lost: StatusChange | Turn) -> set[str]:
    """Return which KPIs of agents differ when `lost` never reached the files."""
    outcome, told = day
    lake.write(replace(told, diary=without(told.diary, lost)).rows(), told.tenant.id, folder)
    answers = asked(folder, outcome.whole.start, outcome.whole.end, STAFF_KPIS)
    return {one.kpi for one in compared(day, answers, "agent", STAFF_KPIS).differences}


def test_a_status_that_never_reached_the_files_is_seen(day: Day, tmp_path: Path) -> None:
    home = next(one for one in day[1].diary.all_changes if one.type is StatusType.OFFLINE)
    assert differing(day, tmp_path, home) == {"K22", "K24", "K25"}


def test_a_turn_of_an_agent_that_never_reached_the_files_is_seen(day: Day, tmp_path: Path) -> None:
    rang = next(
        one
        for one in day[1].diary.all_turns
        if (one.before.activity, one.after.activity) == (Activity.READY, Activity.OFFERED)
    )
    assert differing(day, tmp_path, rang) == {"K05", "K23"}


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
    told = Told(of, [contacts.contact(parse(encoded(one)), of) for one in records])
    answers = files(told, told.contacts, *SPAN)
    for report in reports(of, records):
        assert kpi_truth.compare(report, answers, ASKED).differences == ()
