"""What is written to the terminal: the same text with and without one, colour is all that differs."""

import shutil
import sys
from typing import NoReturn

import typer
from rich.console import Console

from cli.wrapping import wrap

WIDTH = 100
"""Columns of every line, unless the terminal is narrower."""
NARROWEST = 60
COMMAND = "./trunkline"
"""How a person calls this program from the project's folder."""


def console(*, stderr: bool = False) -> Console:
    """Return a console as wide as the terminal, 100 columns at most; a file or a pipe gets 100 always."""
    stream = sys.stderr if stderr else sys.stdout
    seen = stream.isatty()
    return Console(
        width=fitting(shutil.get_terminal_size((WIDTH, 24)).columns) if seen else WIDTH,
        stderr=stderr,
        highlight=False,
        emoji=False,
        force_terminal=None if seen else False,
    )


def fitting(columns: int) -> int:
    """Return the width to write in where the terminal has `columns`. Pure."""
    return min(WIDTH, max(NARROWEST, columns))


def fail(message: str, *, hint: str = "") -> NoReturn:
    """Say what went wrong and what to do about it, and leave with status 1."""
    out = console(stderr=True)
    out.print(message, style="bold red", markup=False, soft_wrap=True)
    if hint:
        out.print(hint, markup=False, soft_wrap=True)
    raise typer.Exit(1)


def say(out: Console, text: str, *, indent: int = 2, style: str = "") -> None:
    """Print `text` indented and wrapped to the console's width, Chinese text aligned."""
    for row in wrap(text, out.width - indent):
        out.print(" " * indent + row, style=style, markup=False, soft_wrap=True)
