"""`trunkline demo`: everything, from an empty machine to KPIs, as a person would want to see it."""

import datetime as dt
import time
import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.rule import Rule

from chalicelib.tenancy.contract import Contract
from cli import agents, api, aws, bursts, calls, customers, kpi_table, options, places, stored, terminal, worlds
from cli import deploy as deployment
from cli.commands import burst as burst_command
from cli.control import BurstState, Control, PlannedCall
from cli.showcase import first_call
from localstack import lifecycle


@dataclass(frozen=True, slots=True)
class _Scene:
    """What every act of the demo needs."""

    out: Console
    url: str
    control: Control
    contracts: Sequence[Contract]
    began: float

    def heading(self, text: str) -> None:
        self.out.print()
        self.out.print(Rule(text, align="left", characters="─", style="dim"))

    def elapsed_s(self) -> float:
        return time.monotonic() - self.began


def demo(
    calls_: options.Calls = burst_command.DEFAULT_CALLS,
    seed: options.Seed = burst_command.DEFAULT_SEED,
    pattern: options.PatternFile = None,
    port: options.Port = aws.PORT,
) -> None:
    """Show the whole system: local cloud, two tenants deployed by CDK, real flows and functions, calls, KPIs."""
    url = aws.endpoint(port)
    contracts = [one for one in options.deployable(places.tenants()) if one.demo.shown]
    scene = _Scene(terminal.console(), url, options.control(url), contracts, time.monotonic())
    scene.out.print("Trunkline: a contact centre on Amazon Connect, whole on this machine\n", style="bold")
    stacks = _stage(scene, port)
    start = worlds.begin(scene.control, contracts, today=dt.datetime.now(dt.UTC).date())
    _people(scene, stacks, start)
    _first_calls(scene, stacks)
    last, opened = _burst(scene, bursts.plan(contracts, calls=calls_, seed=seed, pattern=pattern), seed)
    _figures(scene, stacks, last, opened)
    _next_things(scene, stacks, opened)


def _stage(scene: _Scene, port: int) -> Mapping[str, aws.Stack]:
    """Start the cloud and bring every tenant's stack up to date."""
    scene.heading("1  The local cloud and its tenants")
    lifecycle.start(port)
    scene.out.print(f"  cloud        {scene.url}: an AWS emulator and our Amazon Connect emulator, one process")

    def say(who: str, text: str) -> None:
        scene.out.print(f"  {who:<12} {text}", markup=False, soft_wrap=True)

    done = deployment.deploy([contract.tenant for contract in scene.contracts], scene.url, say)
    for one in done:
        told = f"deployed by the CDK in {one.seconds:.0f} s" if one.changed else "deployed already and unchanged"
        say(one.stack.tenant, told)
    return {one.stack.tenant: one.stack for one in done}


def _people(scene: _Scene, stacks: Mapping[str, aws.Stack], start: dt.datetime) -> None:
    for contract in scene.contracts:
        stack = stacks[contract.tenant]
        known = customers.import_demo(contract, stack, scene.url)
        count = agents.sign_in(contract, stack, scene.control, scene.url)
        scene.out.print(
            f"  {contract.tenant:<12} {count} agents signed in, {known} customer{'' if known == 1 else 's'} known"
        )
    zone = scene.contracts[0].time_zone
    local = start.astimezone(zoneinfo.ZoneInfo(zone))
    scene.out.print(f"  clock        virtual: it is {local:%A %Y-%m-%d %H:%M} in {zone}, and waiting takes no time")


def _first_calls(scene: _Scene, stacks: Mapping[str, aws.Stack]) -> None:
    for contract in scene.contracts:
        planned = first_call(contract)
        scene.heading(f"2  The first call of {contract.tenant}: {contract.name}")
        _one_call(scene, stacks[contract.tenant], planned)


def _one_call(scene: _Scene, stack: aws.Stack, planned: PlannedCall) -> None:
    call = calls.follow(scene.out, scene.control, planned)
    scene.control.run()
    contact = stored.wait_for(api.connect(stack, scene.url), call.contact_id)
    scene.out.print(
        f"\n  in DynamoDB, read back from the tenant's REST API ({scene.elapsed_s():.0f} s after the start):"
    )
    stored.show(scene.out, contact)


def _burst(scene: _Scene, plan: bursts.BurstPlan, seed: int) -> tuple[BurstState, dt.datetime]:
    scene.heading(f"3  {len(plan.calls)} calls in {plan.span_s // 60} minutes")
    terminal.say(scene.out, plan.source)
    opened = worlds.next_quarter(scene.control.now())
    began = time.monotonic()
    running = bursts.Running(scene.control, scene.control.start_burst(opened, plan.calls, seed=seed))
    last = burst_command.run(scene.out, running)
    scene.out.print(burst_command.summary(last) + f"; {time.monotonic() - began:.0f} s")
    return last, opened


def _figures(scene: _Scene, stacks: Mapping[str, aws.Stack], last: BurstState, opened: dt.datetime) -> None:
    scene.heading("4  KPIs, counted from contact records and read from the REST API with a real token")
    closed = worlds.next_quarter(scene.control.now())
    clients = {tenant: api.connect(stack, scene.url) for tenant, stack in stacks.items()}
    reports = kpi_table.wait_for_arrivals(clients, opened, closed, last.total)
    for contract in scene.contracts:
        whole = clients[contract.tenant].kpis(opened, closed, by="tenant")
        kpi_table.show(scene.out, contract, reports[contract.tenant], whole=whole)
    counted = sum(kpi_table.arrivals(report) for report in reports.values())
    scene.out.print(f"\n  {counted} of {last.total} calls are in the counters, each exactly once")


def _next_things(scene: _Scene, stacks: Mapping[str, aws.Stack], opened: dt.datetime) -> None:
    first = scene.contracts[0]
    scene.heading("5  Three things to try next")
    scene.out.print(f"  ./trunkline call {first.entry_numbers[0].number}", style="bold", markup=False)
    scene.out.print("      call it yourself: read along, press the keys")
    scene.out.print(
        f"  ./trunkline kpis {first.tenant} --from {opened:%Y-%m-%dT%H:%M}Z --by line", style="bold", markup=False
    )
    scene.out.print(
        f"      the REST API; its address is {api.base_address(stacks[first.tenant], scene.url)}", soft_wrap=True
    )
    scene.out.print(f"  make synth TENANT={first.tenant}", style="bold", markup=False)
    scene.out.print("      the CloudFormation template that goes to AWS, with the operator's dashboard and alarms")
    scene.out.print(
        f"\n  done in {scene.elapsed_s():.0f} s; the cloud is left running (make stop ends it)", style="dim"
    )
