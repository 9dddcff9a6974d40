"""`trunkline call`: place a call yourself."""

import datetime as dt
import sys
from typing import Annotated

import typer
from rich.console import Console

from cli import aws, calls, options, places, terminal, worlds
from cli.calls import Ask
from cli.control import Control, PlannedCall, Waiting
from cli.keyboard import Keyboard, NoKeyboard

DEFAULT_CALLER = "+8613812345678"


def call(
    number: Annotated[str, typer.Argument(help="The number to dial, such as +864008601234.")],
    caller: Annotated[str, typer.Option("--from", help="The caller's own number.")] = DEFAULT_CALLER,
    press: Annotated[
        str | None, typer.Option("--press", help="Keys, comma-separated: 1,2#  (w5 waits, h hangs up).")
    ] = None,
    talk_s: Annotated[float | None, typer.Option("--talk", help="Seconds of talk once an agent answered.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also show the flow's branches and notes.")] = False,
    live: Annotated[
        bool, typer.Option("--live", help="In real time; taken for granted while somebody is signed in in real time.")
    ] = False,
    port: options.Port = aws.PORT,
) -> None:
    """Call a number of a deployed tenant and read along; at a terminal, press the keys yourself."""
    interactive = press is None and sys.stdin.isatty()
    out = terminal.console()
    planned = PlannedCall(
        to=calls.number(number),
        from_=calls.number(caller),
        script=calls.script(press or ""),
        talk_s=talk_s,
        interactive=interactive,
    )
    control = options.control(aws.endpoint(port))
    if live or _somebody_is_there(control):
        control.set_real()
        keyboard = Keyboard(sys.stdin.fileno()) if interactive else NoKeyboard()
        if interactive:
            out.print(f"  calling {planned.to} in real time; type keys and Enter, h to hang up\n", style="dim")
        done = calls.follow_live(out, control, planned, keyboard, everything=everything)
        out.print(f"\n  contact {done.contact_id}", style="dim")
        return
    worlds.ensure_virtual(control, options.contracts(places.tenants()), today=dt.datetime.now(dt.UTC).date())
    if interactive:
        out.print(
            f"  calling {planned.to}; when asked, type keys and Enter, Enter alone to wait, h to hang up\n", style="dim"
        )
    done = calls.follow(
        out,
        options.control(aws.endpoint(port)),
        planned,
        ask=_asker(out) if interactive else None,
        everything=everything,
    )
    out.print(f"\n  contact {done.contact_id}", style="dim")


def _somebody_is_there(control: Control) -> bool:
    """Tell whether the emulator follows the real clock with agents signed in, as `trunkline agent` leaves it."""
    return control.virtual_now() is None and any(control.agents(str(one["id"])) for one in control.instances())


def _asker(out: Console) -> Ask:
    def ask(waiting: Waiting) -> str:
        limit = f"up to {waiting.max_digits} keys" if (waiting.max_digits or 0) > 1 else "a key"
        while True:
            try:
                typed = out.input(f"            your keys ({limit}): ").strip()
            except (EOFError, KeyboardInterrupt):
                return calls.HANG_UP
            if not typed or typed == calls.HANG_UP or set(typed) <= set("0123456789*#"):
                return typed
            out.print("            only 0-9, * and #, or h")

    return ask
