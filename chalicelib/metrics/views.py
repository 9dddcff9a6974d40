"""Metrics: reports as the REST API shows them."""

from collections.abc import Sequence

from pydantic import AliasChoices, AwareDatetime, BaseModel, Field

from chalicelib.metrics import registry
from chalicelib.metrics.histograms import is_bucket, percentile
from chalicelib.metrics.models import BOOKING_RULE, Group, Judgement, Kpi, Report, Value, Verdict


class Definition(BaseModel):
    """What a KPI is (docs/kpi.md). `variant` is the contract's choice among several formulas."""

    id: str
    name: str
    formula: str
    unit: str
    direction: str
    owner: str
    version: int
    variant: str | None
    source: list[str]


class JudgementView(BaseModel):
    """A stretch of the period with one version of a target (TEN-06); null `since`: in force from ever."""

    start: AwareDatetime = Field(serialization_alias="from", validation_alias=AliasChoices("start", "from"))
    end: AwareDatetime = Field(serialization_alias="to", validation_alias=AliasChoices("end", "to"))
    value: float | None
    target: float
    warning: float | None
    direction: str
    window: str
    consequence: str | None
    since: AwareDatetime | None
    verdict: str | None


class KpiView(BaseModel):
    """One KPI of one group. `value` null: no denominator.

    `target`, `warning` and `direction` are null when there is no target or it changes within the period; `judgements`
    has every stretch. `verdict` is met, warned or missed, the worst of them; null: no value or no target. `met` says
    whether it is anything but missed.
    """

    id: str
    name: str
    unit: str
    value: float | None
    target: float | None
    warning: float | None
    direction: str | None
    verdict: str | None
    met: bool | None
    judgements: list[JudgementView]


class PercentileView(BaseModel):
    """So many percent of `spans` spans of the distribution `of` (`kpi` is its mean) are at most `value_s` long.

    Exact up to 20 s, at most 5 % off beyond.
    """

    of: str
    kpi: str
    percent: int
    value_s: float
    spans: int


class GroupView(BaseModel):
    """One row of the report; `start` only when it is by interval."""

    name: str
    start: AwareDatetime | None
    counters: dict[str, int]
    kpis: list[KpiView]
    percentiles: list[PercentileView]


class ReportView(BaseModel):
    """The report. Late records change past intervals, so every figure is as of `as_of`."""

    tenant: str
    start: AwareDatetime = Field(serialization_alias="from", validation_alias=AliasChoices("start", "from"))
    end: AwareDatetime = Field(serialization_alias="to", validation_alias=AliasChoices("end", "to"))
    by: str
    as_of: AwareDatetime
    booking_rule: str
    definitions: list[Definition]
    groups: list[GroupView]


def view(
    tenant: str, report: Report, kpis: Sequence[Kpi] = registry.EVERY_KPI, percentiles: Sequence[int] = ()
) -> ReportView:
    """Return the report as the API shows it."""
    return ReportView(
        tenant=tenant,
        start=report.start,
        end=report.end,
        by=report.by,
        as_of=report.as_of,
        booking_rule=BOOKING_RULE,
        definitions=[definition(kpi) for kpi in kpis],
        groups=[_group(group, percentiles) for group in report.groups],
    )


def definition(kpi: Kpi) -> Definition:
    """Return what a KPI is as the API shows it."""
    return Definition(
        id=kpi.id,
        name=kpi.name,
        formula=kpi.formula,
        unit=kpi.unit,
        direction=kpi.direction,
        owner=kpi.owner,
        version=kpi.version,
        variant=kpi.variant,
        source=list(kpi.source),
    )


def _group(group: Group, percentiles: Sequence[int]) -> GroupView:
    return GroupView(
        name=group.name,
        start=group.start,
        counters={name: count for name, count in group.counters.items() if not is_bucket(name)},
        kpis=[_kpi(value) for value in group.values],
        percentiles=[
            PercentileView(of=value.kpi.histogram, kpi=value.kpi.id, **found._asdict())
            for value in group.values
            if value.kpi.histogram
            for percent in percentiles
            if (found := percentile(value.kpi.histogram, group.counters, percent))
        ],
    )


def _kpi(value: Value) -> KpiView:
    return KpiView(
        id=value.kpi.id,
        name=value.kpi.name,
        unit=value.kpi.unit,
        value=rounded(value.value),
        target=value.target.target if value.target else None,
        warning=value.target.warning if value.target else None,
        direction=value.target.direction if value.target else None,
        verdict=value.verdict,
        met=None if value.verdict is None else value.verdict is not Verdict.MISSED,
        judgements=[judgement_view(each) for each in value.judgements],
    )


def judgement_view(judgement: Judgement) -> JudgementView:
    """Return a judgement as the API shows it."""
    target = judgement.target
    return JudgementView(
        start=judgement.start,
        end=judgement.end,
        value=rounded(judgement.value),
        target=target.target,
        warning=target.warning,
        direction=target.direction,
        window=target.window,
        consequence=target.consequence,
        since=target.since,
        verdict=judgement.verdict,
    )


def rounded(number: float | None) -> float | None:
    """Return `number` with the six places that a report shows."""
    return None if number is None else round(number, 6)
