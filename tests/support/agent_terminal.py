"""An agent's terminal without a keyboard: what is written on it is kept."""

import io

from rich.console import Console

from cli.terminal import WIDTH

LOOK_S = 0.02


def paper() -> Console:
    return Console(file=io.StringIO(), width=WIDTH, highlight=False, emoji=False)


def written(out: Console) -> str:
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()
