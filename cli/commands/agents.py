"""`trunkline agents`: the simulated people who answer."""

import typer

from cli import agents, aws, options, terminal

app = typer.Typer(no_args_is_help=True, help="Simulated agents of the local cloud.")


@app.command("sign-in")
def sign_in(tenant: options.Tenant, port: options.Port = aws.PORT) -> None:
    """Make the demo agents of the tenant's contract and sign them in; harmless to repeat."""
    url = aws.endpoint(port)
    count = agents.sign_in(options.contract(tenant), aws.stack(tenant, url), options.control(url), url)
    terminal.console().print(f"{tenant}: {count} agents are signed in")


@app.command("list")
def list_(tenant: options.Tenant, port: options.Port = aws.PORT) -> None:
    """List the signed-in agents of the tenant and what they do."""
    url = aws.endpoint(port)
    out = terminal.console()
    found = options.control(url).agents(aws.stack(tenant, url).output("InstanceId"))
    if not found:
        out.print(f"{tenant}: nobody is signed in", markup=False)
    for agent in found:
        out.print(f"  {agent.get('username', '?'):<20} {agent.get('status', '?')}", markup=False)
