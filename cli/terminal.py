"""What is written to the terminal: the same text with and without one, colour is all that differs."""

import sys
from typing import NoReturn

import typer
from rich.console import Console

from cli.wrapping import wrap

WIDTH = 100


def console(*, stderr: bool = False) -> Console:
    """Return a console of fixed width, so that a log file reads like the screen."""
    stream = sys.stderr if stderr else sys.stdout
    return Console(
        width=WIDTH, stderr=stderr, highlight=False, emoji=False, force_terminal=None if stream.isatty() else False
    )


def fail(message: str, *, hint: str = "") -> NoReturn:
    """Say what went wrong and what to do about it, and leave with status 1."""
    out = console(stderr=True)
    out.print(message, style="bold red", markup=False, soft_wrap=True)
    if hint:
        out.print(hint, markup=False, soft_wrap=True)
    raise typer.Exit(1)


def say(out: Console, text: str, *, indent: int = 2, style: str = "") -> None:
    """Print `text` indented and wrapped to the console's width, Chinese text aligned."""
    for row in wrap(text, WIDTH - indent):
        out.print(" " * indent + row, style=style, markup=False, soft_wrap=True)
