"""`trunkline simulate`: a day of a tenant, before it happens."""

import json
from pathlib import Path
from typing import Annotated

import typer

from cli import bursts, options, simulation, simulation_plan, simulation_report, terminal

DEFAULT_SEED = 7


def simulate(
    tenant: Annotated[str, typer.Option("--tenant", help="A tenant's id, the name of its file in tenants/.")],
    calls: Annotated[
        Path | None,
        typer.Option("--calls", exists=True, dir_okay=False, help="Call counts of days: CSV interval_start,calls."),
    ] = None,
    volume: Annotated[
        int | None, typer.Option("--volume", min=1, max=200_000, help="Scale the day to that many calls.")
    ] = None,
    agents: Annotated[
        int | None,
        typer.Option("--agents", min=1, max=5_000, help="Agents all day; as Erlang C asks for the peak when left out."),
    ] = None,
    aht: Annotated[
        float | None, typer.Option("--aht", min=1, help="Mean handling time in seconds, after-call work included.")
    ] = None,
    patience: Annotated[
        float | None, typer.Option("--patience", min=1, help="Mean patience in seconds, exponential.")
    ] = None,
    seed: options.Seed = DEFAULT_SEED,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """Run a day on the tenant's own flows and policies in this process, and report its KPIs beside Erlang C and A."""
    wish = simulation_plan.Wish(
        pattern=calls or bursts.default_pattern(),
        calls=volume,
        agents=agents,
        handle_s=aht,
        patience_s=patience,
        seed=seed,
    )
    outcome = simulation.run(simulation_plan.plan(options.contract(tenant), wish))
    if as_json:
        typer.echo(json.dumps(simulation_report.as_json(outcome), ensure_ascii=False, indent=1))
    else:
        simulation_report.show(terminal.console(), outcome)
