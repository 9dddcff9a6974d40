"""`trunkline deploy`: tenant stacks into the local cloud."""

from typing import Annotated

import typer

from cli import aws, options, places, terminal
from cli import deploy as deployment

TenantList = Annotated[list[str] | None, typer.Argument(help="Tenant ids (see tenants/).")]


def deploy(
    tenants: TenantList = None,
    every: Annotated[bool, typer.Option("--all", help="Every tenant that has a contract.")] = False,
    port: options.Port = aws.PORT,
) -> None:
    """Deploy tenant stacks with the CDK command line into the local cloud; unchanged stacks are left alone."""
    chosen = places.tenants() if every else tuple(tenants or ())
    if not chosen:
        terminal.fail("no tenant named", hint=f"name some of {', '.join(places.tenants())}, or --all")
    options.deployable(chosen)
    out = terminal.console()
    for done in deployment.deploy(chosen, aws.endpoint(port), lambda who, text: out.print(f"  {who:<12} {text}")):
        told = f"deployed in {done.seconds:.0f} s" if done.changed else "unchanged, left alone"
        out.print(f"  {done.stack.tenant:<12} {told}")
