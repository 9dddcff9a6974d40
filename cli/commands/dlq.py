"""`trunkline dlq`: records that could not be used, and their second chance."""

import typer

from cli import aws, dead_letters, options, terminal

app = typer.Typer(no_args_is_help=True, help="Records that ingest put aside (dead-letter queue).")


@app.command("list")
def list_(tenant: options.Tenant, port: options.Port = aws.PORT) -> None:
    """Count the tenant's dead letters and name the reasons; nothing is taken out."""
    url = aws.endpoint(port)
    letters = dead_letters.peek(aws.stack(tenant, url), url)
    out = terminal.console()
    out.print(f"{tenant}: {len(letters)} dead letters")
    for letter in letters:
        out.print(f"  {letter}", markup=False, soft_wrap=True)


@app.command()
def replay(tenant: options.Tenant, port: options.Port = aws.PORT) -> None:
    """Put the tenant's dead letters back on the contact record stream."""
    url = aws.endpoint(port)
    terminal.console().print(f"{tenant}: {dead_letters.told(dead_letters.replay(aws.stack(tenant, url), url))}")
