"""Whether counters and the SQL of the analytics store say the same: every KPI, quarter by quarter, group by group."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from chalicelib.analytics import statements
from chalicelib.metrics.models import PERIOD, Kpi, Report
from chalicelib.organisation.service import site, team
from chalicelib.people.models import NOBODY, Place
from chalicelib.tenancy.models import Part
from cli import lake

if TYPE_CHECKING:
    import duckdb

type Answers = Mapping[str, Sequence[Mapping[str, Any]]]
"""What SQL answers of each KPI, by the name of its statement: the rows of the finest grain."""

type Namer = Callable[[Mapping[str, Any]], str | None]

type Figures = dict[tuple[datetime, str], tuple[int, int]]
"""Numerator and denominator by the quarter-hour's beginning and the group's name."""

NONE: Final = (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A KPI of which counters and SQL say different things."""

    kpi: str
    by: str
    start: datetime
    name: str
    counted: tuple[int, int]
    asked: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How many figures of each KPI were compared (those that either side has), and which differ."""

    by_kpi: Mapping[str, int]
    differences: tuple[Difference, ...]

    @property
    def compared(self) -> int:
        """How many figures were compared in all."""
        return sum(self.by_kpi.values())


def name_of(kpi: Kpi) -> str:
    """Return the name of the statement of a KPI of the registry."""
    return f"{kpi.id}.{kpi.variant}" if kpi.variant else kpi.id


def ask(database: "duckdb.DuckDBPyConnection", kpis: Iterable[Kpi], start: datetime, end: datetime) -> Answers:
    """Return what SQL says of `kpis` in [start, end), each statement run once."""
    period = lake.period(start, end)
    asked = {name_of(kpi): statements.statement(kpi.id, kpi.variant) for kpi in kpis}
    return {name: list(lake.of_kpi(database, query, period)) for name, query in asked.items()}


def counted(report: Report, kpi: Kpi) -> Figures:
    """Return what the counters of a report per quarter-hour make of `kpi`."""
    found: Figures = {}
    for group in report.groups:
        if group.start is None:
            msg = "the report must be one per quarter-hour"
            raise ValueError(msg)
        figures = _sum(kpi.numerator, group.counters), _sum(kpi.denominator, group.counters)
        if figures != NONE:
            found[group.start, group.name] = figures
    return found


def _sum(factors: Mapping[str, int], counters: Mapping[str, int]) -> int:
    """Return the sum, without the length of the period: it is no count."""
    return sum(factor * counters.get(name, 0) for name, factor in factors.items() if name != PERIOD)


def asked(answers: Answers, kpi: Kpi, name: Namer) -> Figures:
    """Return what SQL makes of `kpi` by groups, to which `name` leads from the row; None: the row is in none."""
    counts = PERIOD not in kpi.denominator
    found: Figures = {}
    for row in answers[name_of(kpi)]:
        group = name(row)
        if group is None:
            continue
        at = row["interval_start"].replace(tzinfo=UTC), group
        above, below = found.get(at, NONE)
        found[at] = above + row["numerator"], below + (row["denominator"] if counts else 0)
    return {at: figures for at, figures in found.items() if figures != NONE}


def compare(
    report: Report, answers: Answers, kpis: Iterable[Kpi], nodes: Sequence[Part] = (), people: Sequence[Place] = ()
) -> Comparison:
    """Compare a report per quarter-hour, by whatever it is grouped, with what SQL answered of the KPIs that it tells.

    `nodes` is the organisation by which agents belong to teams and sites, `people` every place that they were given:
    by it they belong to leaders and units.
    """
    told = {value.kpi.id for group in report.groups for value in group.values}
    name = _namer(report, nodes, people)
    compared: Counter[str] = Counter()
    differences: list[Difference] = []
    for kpi in (kpi for kpi in kpis if kpi.id in told):
        ours, theirs = counted(report, kpi), asked(answers, kpi, name)
        compared[name_of(kpi)] = len(ours.keys() | theirs.keys())
        differences += _differences(kpi, report.by, ours, theirs)
    return Comparison(by_kpi=compared, differences=tuple(differences))


def _namer(report: Report, nodes: Sequence[Part], people: Sequence[Place]) -> Namer:
    """Return what tells the group of the report that a row of SQL belongs to."""
    by = report.by
    if by == "tenant":
        (whole,) = {group.name for group in report.groups}
        return lambda _row: whole
    if by in {"team", "site"}:
        part = team if by == "team" else site
        return lambda row: part(nodes, row["agent"]) if row["agent"] is not None else None
    if by in {"leader", "unit"}:
        return lambda row: _led(people, by, row["agent"], row["interval_start"].replace(tzinfo=UTC))
    return lambda row: row[by]


def _led(people: Sequence[Place], by: str, agent: str | None, at: datetime) -> str | None:
    """Return the leader or the unit that the agent had at `at`, straight from the places: the newest one counts.

    Not by `people.models.History`: what reports are made with is what is held against this.
    """
    if agent is None:
        return None
    given = [place for place in people if place.user == agent and place.since <= at]
    place = max(given, key=lambda one: one.since, default=None)
    if place is None or place.position is None:
        return NOBODY
    return (place.leader or NOBODY) if by == "leader" else place.unit.value


def _differences(kpi: Kpi, by: str, ours: Figures, theirs: Figures) -> Iterator[Difference]:
    for start, name in sorted(ours.keys() | theirs.keys()):
        left, right = ours.get((start, name), NONE), theirs.get((start, name), NONE)
        if left != right:
            yield Difference(kpi=name_of(kpi), by=by, start=start, name=name, counted=left, asked=right)
