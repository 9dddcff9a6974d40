"""A simulated day as figures: the product's KPIs, and what Erlang C and A say of that load. Pure until it prints."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from chalicelib.metrics import api as metrics_api
from chalicelib.metrics import policy, registry
from chalicelib.metrics.models import INTERVAL_S, NO_QUEUE, Report
from cli import erlang, kpi_table, terminal
from cli.erlang import Expected, Load
from cli.simulation import Outcome

FIGURES: Final = (
    ("Service level of all offered", "service_level", "share"),
    ("Mean wait of all offered", "mean_wait_s", "seconds"),
    ("Given up", "abandon_share", "share"),
    ("Occupancy of the agents", "occupancy", "share"),
)


_HANDLE: Final = next(kpi for kpi in registry.KPIS if kpi.id == "K09")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The same day three times. `crowded` intervals had at least as much load as agents: no steady state in Erlang C.

    Waits count from the queue to the conversation. None: Erlang C has no figure for a day with such an interval.
    """

    simulated: Mapping[str, float | None]
    erlang_a: Mapping[str, float | None]
    erlang_c: Mapping[str, float | None]
    intervals: int
    crowded: int
    peak_erlangs: float


@dataclass(frozen=True, slots=True)
class _Interval:
    """The offered contacts of a quarter-hour, by the service level's seconds."""

    offered: Mapping[int, int]

    @property
    def total(self) -> int:
        return sum(self.offered.values())


def compare(outcome: Outcome) -> Comparison | None:
    """Return the day beside the two models, interval by interval, weighted by offered contacts; None without any.

    The models pool all agents for all queues, and know neither priorities nor the carry-over of a peak. Every call
    takes an agent for its mean handling time and the seconds from offer to conversation (`connect_s`).
    """
    counters = _counters(outcome.whole)
    if not counters.get("offered") or not counters.get("handled"):
        return None
    handle_s = (policy.value(_HANDLE, counters, 0) or 0.0) + outcome.connect_s
    found = [(one, _load(outcome, one, handle_s)) for one in _intervals(outcome)]
    return Comparison(
        simulated=_simulated(outcome, counters, handle_s),
        erlang_a=_weighted(
            [(one, _expected(one, load, outcome.connect_s, outcome.plan.patience_s)) for one, load in found]
        ),
        erlang_c=_weighted([(one, _expected(one, load, outcome.connect_s, None)) for one, load in found]),
        intervals=len(found),
        crowded=sum(load.erlangs >= load.agents for _, load in found),
        peak_erlangs=max(load.erlangs for _, load in found),
    )


def _counters(report: Report) -> dict[str, int]:
    return dict(report.groups[0].counters) if report.groups else {}


def _intervals(outcome: Outcome) -> Iterator[_Interval]:
    thresholds = {queue.id: queue.service_level.threshold_s for queue in outcome.plan.contract.queues}
    by_start: dict[Any, dict[int, int]] = {}
    for group in outcome.intervals.groups:
        offered = group.counters.get("offered", 0)
        if offered and group.name != NO_QUEUE:
            found = by_start.setdefault(group.start, {})
            target_s = thresholds[group.name]
            found[target_s] = found.get(target_s, 0) + offered
    return (_Interval(by_start[start]) for start in sorted(by_start))


def _load(outcome: Outcome, interval: _Interval, handle_s: float) -> Load:
    return Load(calls_per_s=interval.total / INTERVAL_S, handle_s=handle_s, agents=outcome.plan.agents)


def _expected(interval: _Interval, load: Load, connect_s: float, patience_s: float | None) -> Expected:
    """Return the model's figures with the connection time put on every wait; the level is that of each queue's own."""

    def model(target_s: float) -> Expected:
        spare_s = max(0.0, target_s - connect_s)
        return erlang.erlang_a(load, patience_s, spare_s) if patience_s else erlang.erlang_c(load, spare_s)

    by_target = {target_s: model(target_s) for target_s in interval.offered}
    level = sum(by_target[target].service_level * count for target, count in interval.offered.items())
    some = next(iter(by_target.values()))
    return replace(some, service_level=level / interval.total, mean_wait_s=some.mean_wait_s + connect_s)


def _weighted(parts: list[tuple[_Interval, Expected]]) -> dict[str, float | None]:
    total = sum(interval.total for interval, _ in parts)
    sums = {
        name: sum(interval.total * asdict(expected)[name] for interval, expected in parts) / total
        for _, name, _ in FIGURES
        if name != "occupancy"
    }
    sums["occupancy"] = sum(expected.occupancy for _, expected in parts) / len(parts)
    return {name: value if math.isfinite(value) else None for name, value in sums.items()}


def _simulated(outcome: Outcome, counters: Mapping[str, int], handle_s: float) -> dict[str, float | None]:
    busy_s = counters["handled"] * handle_s
    span_s = (outcome.plan.end - outcome.plan.start).total_seconds()
    return {
        **{name: policy.value(figure, counters, 0) for name, figure in registry.OF_ALL_OFFERED.items()},
        "occupancy": busy_s / (outcome.plan.agents * span_s),
    }


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Return everything that was found out, JSON-compatible; the reports are those of the REST API."""
    planned, found = outcome.plan, compare(outcome)
    return {
        "tenant": planned.contract.tenant,
        "source": planned.source,
        "start": planned.start.isoformat(),
        "end": planned.end.isoformat(),
        "seed": planned.seed,
        "calls": len(planned.calls),
        "agents": {group.profile: group.count for group in planned.staff},
        "handle_s": round(planned.handle_s, 1),
        "patience_s": planned.patience_s,
        "connect_s": round(outcome.connect_s, 2),
        "by_queue": _as_the_api(outcome, outcome.by_queue),
        "whole": _as_the_api(outcome, outcome.whole),
        "models": asdict(found) if found else None,
        "work": {"flow_steps": outcome.steps, "events": outcome.events, "seconds": round(outcome.took_s, 2)},
    }


def show(out: Console, outcome: Outcome) -> None:
    """Print the day for a planner."""
    planned = outcome.plan
    staff = ", ".join(f"{group.count} {group.profile}" for group in planned.staff)
    terminal.say(out, f"{planned.source}: {len(planned.calls):,} calls (seed {planned.seed})")
    terminal.say(out, f"{planned.agents} agents all day: {staff}; they handle a call in {planned.handle_s:.0f} s")
    terminal.say(out, f"callers wait {planned.patience_s:.0f} s on average before they give up")
    whole = _as_the_api(outcome, outcome.whole)
    kpi_table.show(out, planned.contract, _as_the_api(outcome, outcome.by_queue), whole=whole)
    found = compare(outcome)
    if found is not None:
        _show_models(out, outcome, found)
    rate = len(planned.calls) / outcome.took_s
    out.print()
    terminal.say(
        out,
        f"{outcome.took_s:.1f} s for the day: {rate:,.0f} calls/s, {outcome.steps / outcome.took_s:,.0f} flow steps/s",
        style="dim",
    )


def _as_the_api(outcome: Outcome, report: Report) -> dict[str, Any]:
    contract = outcome.plan.contract
    kpis = registry.kpis(contract.kpis.service_level)
    return metrics_api.view(contract.tenant, report, kpis).model_dump(mode="json", by_alias=True)


def _show_models(out: Console, outcome: Outcome, found: Comparison) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    table.add_column("", min_width=2)
    table.add_column("The same load", min_width=30)
    for title in ("Simulated", "Erlang A", "Erlang C"):
        table.add_column(title, justify="right")
    for label, name, unit in FIGURES:
        cells = (_cell(figures[name], unit) for figures in (found.simulated, found.erlang_a, found.erlang_c))
        table.add_row("", label, *cells)
    out.print()
    out.print(table)
    notes = (
        f"One pool of {outcome.plan.agents} agents, {found.intervals} quarter-hours, at most {found.peak_erlangs:.0f} "
        f"erlangs; {outcome.connect_s:.1f} s from offer to conversation are in every wait."
    )
    terminal.say(out, notes, indent=3, style="dim")
    if found.crowded:
        crowded = f"{found.crowded} quarter-hours had more load than agents: Erlang C, in which nobody gives up, has "
        terminal.say(out, f"{crowded}no wait for them.", indent=3, style="dim")


def _cell(value: float | None, unit: str) -> str:
    if value is None:
        return "endless" if unit == "seconds" else "·"
    return f"{value:.1%}" if unit == "share" else f"{value:.1f} s"
