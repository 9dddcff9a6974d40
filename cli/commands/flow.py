"""`trunkline flow`: lint, draw, convert, explore and run any Amazon Connect flow."""

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from chalicelib.platform.errors import InvalidInput
from cli import aws, flow_cases, flow_functions, flow_script, flow_trials, flow_verdicts, options, terminal, transcript
from cli.control import Event
from flowlang import tasks
from flowlang.catalogue.model import FLOW_TYPES
from localstack.connect.alone import functions as in_process
from localstack.connect.alone.world import FlowWorld

app = typer.Typer(no_args_is_help=True, help="Lint, draw, convert, explore and run flows, ours or anyone's.")

File = Annotated[Path, typer.Argument(help="A flow, an API's answer, an old console export or a template with flows.")]
Files = Annotated[list[Path], typer.Argument(help="Files that hold flows.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON.")]
Type = Annotated[
    str, typer.Option("--type", help=f"Flow type where the file does not say: {', '.join(sorted(FLOW_TYPES))}.")
]
Template = Annotated[
    bool, typer.Option("--template", help="Symbolic references such as {{queue.vip}} may stand in it.")
]
Strict = Annotated[bool, typer.Option("--strict", help="Warnings fail too.")]
Picture = Annotated[Path | None, typer.Option("--svg", help="Write an SVG picture to this file instead of Mermaid.")]
Script = Annotated[Path | None, typer.Option("--script", help="What the caller does: YAML, see docs/flow-tools.md.")]
Report = Annotated[
    Path | None, typer.Option("--report", help="A report of explore --json: the call goes the way of a problem in it.")
]
Number = Annotated[int, typer.Option("--problem", min=1, help="Which problem of the report, from 1.")]
Functions = Annotated[
    list[str] | None, typer.Option("--lambda", help="NAME=module:function: the Python function that answers as NAME.")
]
All = Annotated[bool, typer.Option("--all", help="Also how the flow walks and what it writes down.")]
Cases = Annotated[Path, typer.Argument(exists=True, help="A test case, or a folder of them: docs/flow-tests.md.")]
OfTenant = Annotated[str, typer.Option("--tenant", help="Whose flows are tested.")]
At = Annotated[
    datetime | None, typer.Option("--at", help="The moment of the calls in the tenant's time zone; a Monday, 10:00.")
]
Deployed = Annotated[bool, typer.Option("--deployed", help="In the tenant's deployed instance, through Amazon's API.")]
Folder = Annotated[
    Path | None, typer.Option("--flows", exists=True, file_okay=False, help="Flows and modules that it may refer to.")
]


@app.command()
def lint(
    files: Files, flow_type: Type = "", template: Template = False, strict: Strict = False, as_json: AsJson = False
) -> None:
    """Say what is wrong with flows, alone and together, and how to mend it; status 1 on errors."""
    if flow_type and flow_type not in FLOW_TYPES:
        raise typer.BadParameter(f"expected one of {', '.join(sorted(FLOW_TYPES))}", param_hint="--type")
    asked = tasks.LintOptions(flow_type=flow_type or None, template=template, as_json=as_json, strict=strict)
    raise typer.Exit(tasks.lint_files(files, sys.stdout, asked))


@app.command()
def draw(file: File, svg: Picture = None) -> None:
    """Draw a flow as a Mermaid flowchart, or as an SVG picture."""
    _done(lambda: tasks.draw_file(file, sys.stdout, picture=svg))


@app.command()
def convert(file: File) -> None:
    """Write a flow in the flow language; what has no counterpart is kept and named on standard error."""
    _done(lambda: tasks.convert_file(file, sys.stdout, sys.stderr))


@app.command()
def explore(file: File, flows: Folder = None, as_json: AsJson = False) -> None:
    """Drive a flow through every branch that choices can reach, and show how callers may get stuck or dropped."""
    _done(lambda: tasks.explore_file(file, sys.stdout, folder=flows, as_json=as_json))


@app.command()
def run(
    file: File,
    script: Script = None,
    functions: Functions = None,
    flows: Folder = None,
    report: Report = None,
    problem: Number = 1,
    everything: All = False,
) -> None:
    """Run a call through a flow on the emulator's engine, in this process, and print what everybody hears and does."""
    way = () if report is None else flow_script.way(report, problem)
    told = flow_script.read(script, way)
    try:
        found = [*tasks.read(file), *(tasks.read_folder(flows) if flows else ())]
    except tasks.Unreadable as lost:
        raise InvalidInput(str(lost)) from lost
    sys.path.insert(0, str(Path.cwd()))
    ports = in_process.ports({**told.answers, **flow_functions.named(functions or [])})
    world = FlowWorld(found, ports, told, way)
    contact = world.call(told.plan)
    events = [Event(one.n, one.at, one.kind, one.text, one.facts) for one in contact.transcript]
    transcript.show(terminal.console(), list(transcript.lines(events, told.at, everything=everything)))


@app.command("test")
def run_cases(
    cases: Cases,
    tenant: OfTenant,
    at: At = None,
    live: Deployed = False,
    everything: All = False,
    port: options.Port = aws.PORT,
) -> None:
    """Run Amazon's test cases on a tenant's flows: in this process in milliseconds, or in a deployed instance."""
    found = flow_cases.read(cases)
    contract = options.contract(tenant)
    if live:
        url = aws.endpoint(port)
        instance = aws.stack(tenant, url).output("InstanceId")
        verdicts = flow_trials.deployed(found, aws.client("connect", url), instance)
    else:
        verdicts = flow_trials.here(
            found, contract, None if at is None else at.replace(tzinfo=ZoneInfo(contract.time_zone))
        )
    raise typer.Exit(flow_verdicts.show(terminal.console(), verdicts, everything=everything))


def _done(task: Callable[[], int]) -> None:
    try:
        code = task()
    except tasks.Unreadable as problem:
        terminal.console(stderr=True).print(str(problem), style="bold red", markup=False, soft_wrap=True)
        code = 1
    raise typer.Exit(code)
