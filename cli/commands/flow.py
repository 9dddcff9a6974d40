"""`trunkline flow`: lint, draw, convert and explore any Amazon Connect flow."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from cli import terminal
from flowlang import tasks
from flowlang.catalogue.model import FLOW_TYPES

app = typer.Typer(no_args_is_help=True, help="Lint, draw, convert and explore flows, ours or anyone's.")

File = Annotated[Path, typer.Argument(help="A flow, an API's answer, an old console export or a template with flows.")]
Files = Annotated[list[Path], typer.Argument(help="Files that hold flows.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON.")]
Type = Annotated[
    str, typer.Option("--type", help=f"Flow type where the file does not say: {', '.join(sorted(FLOW_TYPES))}.")
]
Template = Annotated[
    bool, typer.Option("--template", help="Symbolic references such as {{queue.vip}} may stand in it.")
]
Picture = Annotated[Path | None, typer.Option("--svg", help="Write an SVG picture to this file instead of Mermaid.")]
Folder = Annotated[
    Path | None, typer.Option("--flows", exists=True, file_okay=False, help="Flows and modules that it may refer to.")
]


@app.command()
def lint(files: Files, flow_type: Type = "", template: Template = False, as_json: AsJson = False) -> None:
    """Say what is wrong with flows and how to mend it; status 1 on errors."""
    if flow_type and flow_type not in FLOW_TYPES:
        raise typer.BadParameter(f"expected one of {', '.join(sorted(FLOW_TYPES))}", param_hint="--type")
    code = tasks.lint_files(files, sys.stdout, flow_type=flow_type or None, template=template, as_json=as_json)
    raise typer.Exit(code)


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


def _done(task: Callable[[], int]) -> None:
    try:
        code = task()
    except tasks.Unreadable as problem:
        terminal.console(stderr=True).print(str(problem), style="bold red", markup=False, soft_wrap=True)
        code = 1
    raise typer.Exit(code)
