"""`trunkline burst`: a few hundred simulated calls."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from cli import aws, bursts, options, places, terminal, worlds
from cli.control import BurstState

DEFAULT_CALLS = 240
DEFAULT_SEED = 7
_STEPS = 5
"""Without a terminal, progress is told in this many lines."""


def burst(
    calls: options.Calls = DEFAULT_CALLS,
    seed: options.Seed = DEFAULT_SEED,
    pattern: options.PatternFile = None,
    port: options.Port = aws.PORT,
) -> None:
    """Let simulated callers call every deployed tenant, arriving as in a real peak hour, on the virtual clock."""
    url = aws.endpoint(port)
    deployed = [tenant for tenant in places.tenants() if aws.find_stack(tenant, url)]
    contracts = options.contracts(deployed)
    if not contracts:
        terminal.fail("no tenant is deployed", hint="run: trunkline demo")
    out = terminal.console()
    plan = bursts.plan(contracts, calls=calls, seed=seed, pattern=pattern)
    control = options.control(url)
    worlds.ensure_virtual(control, contracts, today=dt.datetime.now(dt.UTC).date())
    start = worlds.next_quarter(control.now())
    terminal.say(out, plan.source)
    last = run(out, bursts.Running(control, control.start_burst(start, plan.calls, seed=seed)))
    out.print(summary(last))


def run(out: Console, running: bursts.Running) -> BurstState:
    """Show the burst's progress until it is over, and return its last state."""
    with _progress(out) as tell:
        return bursts.watch(running.look, tell)


def summary(state: BurstState) -> str:
    """Return the outcome in one line."""
    rest = state.ended - state.answered - state.abandoned
    told = f"{state.answered} answered, {state.abandoned} given up in queue, {rest} ended without an agent"
    return f"  {state.total} calls: {told}"


@contextmanager
def _progress(out: Console) -> Iterator[Callable[[BurstState], None]]:
    if out.is_terminal:
        with _bar(out) as tell:
            yield tell
    else:
        yield _Lines(out).tell


@contextmanager
def _bar(out: Console) -> Iterator[Callable[[BurstState], None]]:
    counts = (
        "{task.completed:.0f} of {task.fields[of]} over, {task.fields[queue]} waiting, {task.fields[answered]} answered"
    )
    columns = (TextColumn("  {task.fields[clock]}"), BarColumn(bar_width=34), TextColumn(counts))
    with Progress(*columns, console=out, transient=True) as progress:
        # No total before the first look: the bar only moves to and fro until then.
        task = progress.add_task("burst", total=None, of="?", clock="--:--", queue=0, answered=0)

        def tell(state: BurstState) -> None:
            clock = f"{state.now:%H:%M} UTC" if state.now else "--:--"
            progress.update(
                task,
                total=state.total,
                of=state.total,
                completed=state.ended,
                clock=clock,
                queue=state.in_queue,
                answered=state.answered,
            )

        yield tell


class _Lines:
    """Progress as a few lines of text."""

    def __init__(self, out: Console) -> None:
        self.out = out
        self.told = 0

    def tell(self, state: BurstState) -> None:
        step = _STEPS * state.ended // max(1, state.total)
        if step > self.told:
            self.told = step
            self.out.print(
                f"  {state.ended} of {state.total} over, {state.in_queue} waiting, {state.answered} answered"
            )
