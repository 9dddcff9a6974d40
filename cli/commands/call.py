"""`trunkline call`: place a call yourself."""

import datetime as dt
import sys
from http import HTTPStatus
from typing import Annotated

import typer
from rich.console import Console

from cli import aws, calls, options, places, terminal, worlds
from cli.calls import Ask
from cli.control import Call, Control, PlannedCall, Waiting
from cli.http import Refused
from cli.keyboard import Keyboard, NoKeyboard

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
        patience_s=patience_s,
        interactive=interactive,
    )
    control = options.control(aws.endpoint(port))
    place = _place_live if live or _somebody_is_there(control) else _place
    try:
        done = place(out, control, planned, everything=everything)
    except Refused as exc:
        if exc.http_status != HTTPStatus.NOT_FOUND:
            raise
        terminal.fail(f"no deployed tenant has the number {planned.to}", hint=_numbers(control))
    out.print(f"\n  contact {done.contact_id}", style="dim")


def _place(out: Console, control: Control, planned: PlannedCall, *, everything: bool) -> Call:
    """Call on the virtual clock: waiting takes no time, and the world stands still while a person thinks."""
    worlds.ensure_virtual(control, options.contracts(places.tenants()), today=dt.datetime.now(dt.UTC).date())
    _warn_of_empty_desks(out, control, planned.to)
    if planned.interactive:
        text = f"calling {planned.to}; when asked, type keys (or words, for a bot) and Enter; h hangs up"
        terminal.say(out, text, style="dim")
        out.print()
    ask = _asker(out) if planned.interactive else None
    return calls.follow(out, control, planned, ask=ask, everything=everything)


def _place_live(out: Console, control: Control, planned: PlannedCall, *, everything: bool) -> Call:
    """Call in real time, as the agents at other terminals live."""
    control.set_real()
    keyboard = Keyboard(sys.stdin.fileno()) if planned.interactive else NoKeyboard()
    if planned.interactive:
        terminal.say(
            out,
            f"calling {planned.to} in real time; type keys (or words, for a bot) and Enter at any moment; h hangs up",
            style="dim",
        )
        out.print()
    return calls.follow_live(out, control, planned, keyboard, everything=everything)


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


def _somebody_is_there(control: Control) -> bool:
    """Tell whether the emulator follows the real clock with agents signed in, as `trunkline agent` leaves it."""
    return control.virtual_now() is None and any(control.agents(str(one["id"])) for one in control.instances())


def _asker(out: Console) -> Ask:
    def ask(waiting: Waiting) -> str:
        while True:
            try:
                typed = out.input(f"            {_question(waiting)}: ").strip()
            except (EOFError, KeyboardInterrupt):
                out.print()
                return calls.HANG_UP
            if calls.fits(waiting, typed):
                return typed
            out.print("            only 0-9, * and #, or h")

    return ask


def _question(waiting: Waiting) -> str:
    if waiting.kind == "choice":
        return "what do you choose"
    if waiting.kind == "words":
        return "what do you say, or press" if waiting.keys else "what do you say"
    limit = f"up to {waiting.max_digits} keys" if (waiting.max_digits or 0) > 1 else "a key"
    within = f", {waiting.timeout_s:g} s" if waiting.timeout_s else ""
    return f"your keys ({limit}{within}; Enter alone stays silent)"
