"""The files of a simulated day as Firehose would write them: with repetitions, wrong older copies, in any order."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chalicelib.agents.activity import Activity
from chalicelib.agents.models import StatusType
from chalicelib.analytics import policy, service
from chalicelib.analytics.models import Row
from chalicelib.analytics.policy import Copy
from chalicelib.contacts.models import Contact, Result
from chalicelib.metrics.models import Kpi, Refusal
from chalicelib.metrics.refused import RefusedCalls
from chalicelib.metrics.registry import EVERY_KPI, SERVICE_LEVELS
from chalicelib.people.models import Place
from chalicelib.tenancy.models import Tenant
from cli import kpi_truth, lake, simulation
from cli.diary import Diary
from cli.kpi_truth import Answers
from cli.simulation import Outcome
from cli.simulation_plan import Plan
from tests.support import led
from tests.support.cloudwatch import CloudWatch
from tests.support.lively_day import LivelyDay
from tests.support.written_down import WrittenDown

ASKED: tuple[Kpi, ...] = (
    *(kpi for kpi in EVERY_KPI if not kpi.variant),
    *SERVICE_LEVELS.values(),
)
"""Every KPI that is fed, the service level in each variant."""
ASKED_AT = datetime(2026, 4, 1, tzinfo=UTC)
MARK = service.marker("a secret of this day")


@dataclass(slots=True)
class Told:
    """What a day told the product: its contacts, what its agents did and wrote down, and refused calls."""

    tenant: Tenant
    contacts: list[Contact] = field(default_factory=list)
    diary: Diary = field(default_factory=Diary)
    refusals: list[Refusal] = field(default_factory=list)
    written: WrittenDown | None = None
    people: tuple[Place, ...] = ()

    def live(self, planned: Plan, happening: LivelyDay) -> Outcome:
        """Let the day pass, and keep all that it tells."""
        watch = CloudWatch()
        beside = simulation.Beside(
            diary=self.diary,
            cloudwatch=watch,
            refusals=lambda instance_id: RefusedCalls(watch, instance_id),
            begin=happening.begin,
        )
        outcome = simulation.run(planned, self.contacts.append, beside)
        if outcome.metrics.refusals:
            self.refusals = list(outcome.metrics.refusals.by_metric(outcome.whole.start, outcome.whole.end))
        self.written = WrittenDown(self.tenant)
        self.written.write(self.contacts, outcome.whole.start, outcome.whole.end)
        both = self.written.beside(outcome.metrics.counters)
        self.people = led.places(
            {change.username for change in self.diary.all_changes}, outcome.whole.start, outcome.whole.end
        )
        known = led.history(self.people)
        return replace(outcome, metrics=replace(outcome.metrics, counters=both, people=lambda: known))

    def answers(self, folder: Path, start: datetime, end: datetime) -> Answers:
        """Return what SQL says of [start, end) by the day's files, written into `folder`, in every KPI."""
        self.write(folder)
        return asked(folder, start, end)

    def write(self, folder: Path) -> None:
        """Write the day's files into `folder`."""
        lake.write(self.rows(), self.tenant.id, folder)

    def rows(self) -> Iterator[Row]:
        """Yield the rows of all copies, a fifth of everything twice and some after an older copy that is wrong."""
        chance = random.Random(5)  # noqa: S311 - a disturbance, not a secret
        for sequence, contact in enumerate(disturbed(self.contacts, chance)):
            yield from policy.contact_rows(contact, self.tenant, Copy(sequence=str(sequence)), MARK)
        yield from self._statuses(chance)
        turns = self.diary.all_turns
        again = [replace(turn, after=replace(turn.after, activity=Activity.BUSY)) for turn in turns[::5]]
        for sequence, turn in enumerate([*again, *chance.sample(turns, len(turns)), *turns[::7]]):
            yield policy.turn_row(turn, Copy(sequence=str(sequence)))
        if self.written:
            yield from self.written.rows(chance)
        for refusal in self.refusals:
            for asked_at, calls in ((ASKED_AT, refusal.calls), (ASKED_AT - timedelta(hours=1), 1)):
                yield policy.refusal_row(replace(refusal, calls=calls), asked_at)

    def _statuses(self, chance: random.Random) -> Iterator[Row]:
        changes = self.diary.all_changes
        wrong = [replace(change, status="Offline", type=StatusType.OFFLINE) for change in changes[::5]]
        for sequence, change in enumerate([*wrong, *chance.sample(changes, len(changes)), *changes[::7]]):
            yield policy.status_row(change, self.tenant, Copy(sequence=str(sequence)))


def disturbed(told: Sequence[Contact], chance: random.Random) -> list[Contact]:
    """Return the contacts with some twice, and some after older copies that say something else, in any order."""
    again = chance.sample(told, len(told) // 5)
    stale = [
        replace(one, updated_at=one.updated_at - timedelta(seconds=9), result=Result.LEFT_IN_FLOW, talk_s=999)
        for one in chance.sample(told, len(told) // 5)
    ]
    return chance.sample([*told, *again, *stale], len(told) + len(again) + len(stale))


def asked(folder: Path, start: datetime, end: datetime, kpis: Sequence[Kpi] = ASKED) -> Answers:
    """Return what SQL says of [start, end) by the files in `folder`."""
    with lake.connect(folder) as database:
        return kpi_truth.ask(database, kpis, start, end)
