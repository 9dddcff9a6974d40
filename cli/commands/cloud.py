"""`trunkline cloud`: the local cloud's process."""

import os

import typer

from cli import aws, options, places, terminal
from cli.control import is_healthy
from cli.http import JsonClient, Unreachable
from localstack import lifecycle

app = typer.Typer(
    no_args_is_help=True, help="Start, stop or look at the local cloud (AWS emulator and Connect emulator, one port)."
)


@app.command()
def start(port: options.Port = aws.PORT) -> None:
    """Start the local cloud on 127.0.0.1 and leave it running; does nothing where it runs already."""
    handle = lifecycle.start(port)
    log = os.path.relpath(handle.log_path, places.ROOT)
    terminal.console().print(f"the local cloud answers at {handle.endpoint_url} (log: {log})", soft_wrap=True)


@app.command()
def stop(port: options.Port = aws.PORT) -> None:
    """Stop the local cloud; everything in it is forgotten."""
    ended = lifecycle.stop(port)
    terminal.console().print("the local cloud is stopped" if ended else "no local cloud was running")


@app.command()
def status(port: options.Port = aws.PORT) -> None:
    """Say whether the local cloud runs and which tenants are deployed in it."""
    url = aws.endpoint(port)
    out = terminal.console()
    try:
        healthy = is_healthy(JsonClient(url))
    except Unreachable:
        out.print(f"nothing answers at {url}; start it with: {terminal.COMMAND} cloud start", soft_wrap=True)
        raise typer.Exit(1) from None
    if not healthy:
        terminal.fail(f"another program answers at {url}", hint="choose another port: --port, or TRUNKLINE_PORT")
    out.print(f"{url} answers")
    for tenant in places.tenants():
        found = aws.find_stack(tenant, url)
        out.print(f"  {tenant}: {found.status if found else 'not deployed'}")
