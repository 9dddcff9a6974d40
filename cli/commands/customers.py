"""`trunkline customers`: people whom a tenant knows."""

import typer

from cli import aws, customers, options, terminal

app = typer.Typer(no_args_is_help=True, help="Customers of a tenant.")


@app.command("import")
def import_(tenant: options.Tenant, port: options.Port = aws.PORT) -> None:
    """Put the demo customers of the tenant's contract into its table; harmless to repeat."""
    url = aws.endpoint(port)
    count = customers.import_demo(options.contract(tenant), aws.stack(tenant, url), url)
    terminal.console().print(f"{tenant}: {count} {'customer is' if count == 1 else 'customers are'} known")
