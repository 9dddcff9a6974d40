"""What test cases of flows came to, as a person reads it."""

import json
from collections.abc import Iterable

from rich.console import Console

from cli import terminal
from cli.flow_trials import Line, Verdict


def show(out: Console, verdicts: Iterable[Verdict], *, everything: bool) -> int:
    """Print a line for each test case, and why it failed; with `everything` all records. Return the exit status."""
    done: list[Verdict] = []
    for verdict in verdicts:
        done.append(verdict)
        _show(out, verdict, everything=everything)
    failed = sum(not verdict.passed for verdict in done)
    took_s = sum(verdict.took_s for verdict in done)
    text = f"{len(done) - failed} passed, {failed} failed, in {took_s:.2f} s"
    out.print(text, style="bold red" if failed else "bold green")
    return 1 if failed else 0


def _show(out: Console, verdict: Verdict, *, everything: bool) -> None:
    word, style = ("passed", "green") if verdict.passed else ("FAILED", "bold red")
    terminal.say(out, f"{word}  {verdict.case.name}  ({verdict.took_s * 1000:.0f} ms)", indent=0, style=style)
    for line in verdict.lines:
        if everything or not line.passed:
            _record(out, line)


def _record(out: Console, line: Line) -> None:
    text = _detail(line.text)
    terminal.say(out, f"{line.observation}: {text}", indent=8, style="dim" if line.passed else "red")


def _detail(record: str) -> str:
    """The text of a record, whose form is up to whoever wrote it: bare, or a JSON object with a Detail."""
    try:
        read = json.loads(record)
    except ValueError:
        return record
    return str(read["Detail"]) if isinstance(read, dict) and "Detail" in read else record
