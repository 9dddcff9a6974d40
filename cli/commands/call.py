"""`trunkline call`: place a call yourself."""

import datetime as dt
import sys
from http import HTTPStatus
from typing import Annotated

import typer
from rich.console import Console

from cli import aws, calls, options, places, terminal, worlds
from cli.calls import Ask
from cli.control import Control, PlannedCall, Waiting
from cli.http import Refused

DEFAULT_CALLER = "+8613812345678"
DEFAULT_PATIENCE_S = 300.0
"""On the virtual clock. Without an end, a call to a tenant with nobody signed in would wait for ever."""


def call(
    number: Annotated[str, typer.Argument(help="The number to dial, such as +864008601234.")],
    caller: Annotated[str, typer.Option("--from", help="The caller's own number.")] = DEFAULT_CALLER,
    press: Annotated[
        str | None, typer.Option("--press", help="Keys, comma-separated: 1,2#  (w5 waits, h hangs up).")
    ] = None,
    talk_s: Annotated[float | None, typer.Option("--talk", help="Seconds of talk once an agent answered.")] = None,
    patience_s: Annotated[
        float, typer.Option("--patience", min=1, help="Seconds after which the caller gives up waiting in a queue.")
    ] = DEFAULT_PATIENCE_S,
    everything: Annotated[bool, typer.Option("--all", help="Also show the flow's branches and notes.")] = False,
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
        patience_s=patience_s,
        interactive=interactive,
    )
    control = options.control(aws.endpoint(port))
    worlds.ensure_virtual(control, options.contracts(places.tenants()), today=dt.datetime.now(dt.UTC).date())
    _warn_of_empty_desks(out, control, planned.to)
    if interactive:
        terminal.say(
            out,
            f"calling {planned.to}; when asked, type keys and Enter, Enter alone to wait, h to hang up",
            style="dim",
        )
        out.print()
    try:
        done = calls.follow(out, control, planned, ask=_asker(out) if interactive else None, everything=everything)
    except Refused as exc:
        if exc.http_status != HTTPStatus.NOT_FOUND:
            raise
        terminal.fail(f"no deployed tenant has the number {planned.to}", hint=_numbers(control))
    out.print(f"\n  contact {done.contact_id}", style="dim")


def _warn_of_empty_desks(out: Console, control: Control, number: str) -> None:
    """Say so before a caller waits in vain: a new tenant has no agents until they sign in."""
    for instance in control.instances():
        called = any(entry["number"] == number for entry in instance["numbers"])
        if called and not control.agents(str(instance["id"])):
            tenant = str(instance["alias"]).removeprefix("trunkline-")
            text = f"nobody is signed in there; run: {terminal.COMMAND} agents sign-in {tenant}"
            terminal.say(out, text, style="yellow")


def _numbers(control: Control) -> str:
    """Return what can be called instead."""
    known = sorted(entry["number"] for instance in control.instances() for entry in instance["numbers"])
    return f"these answer: {', '.join(known)}" if known else "none is deployed yet: make demo"


def _asker(out: Console) -> Ask:
    def ask(waiting: Waiting) -> str:
        limit = f"up to {waiting.max_digits} keys" if (waiting.max_digits or 0) > 1 else "a key"
        while True:
            try:
                typed = out.input(f"            your keys ({limit}): ").strip()
            except (EOFError, KeyboardInterrupt):
                out.print()
                return calls.HANG_UP
            if not typed or typed == calls.HANG_UP or set(typed) <= set("0123456789*#"):
                return typed
            out.print("            only 0-9, * and #, or h")

    return ask
