"""`trunkline customers`: people whom a tenant knows, what was done for them, and the other systems that know them."""

from typing import Annotated

import typer

from chalicelib.adapters.api import ErrorQuery
from chalicelib.services.views import ServiceQuery
from cli import api, aws, customer_tables, customers, options, terminal
from cli.client.operations import adapters as operations
from cli.client.operations.services import SERVICES

app = typer.Typer(no_args_is_help=True, help="Customers of a tenant.")


@app.command("import")
def import_(tenant: options.Tenant, port: options.Port = aws.PORT) -> None:
    """Put the demo customers of the tenant's contract into its table; harmless to repeat."""
    url = aws.endpoint(port)
    count = customers.import_demo(options.contract(tenant), aws.stack(tenant, url), url)
    terminal.console().print(f"{tenant}: {count} {'customer is' if count == 1 else 'customers are'} known")


@app.command()
def services(
    tenant: options.Tenant,
    sort: Annotated[str, typer.Option(help="date, name, number, region, grade or a listed field.")] = "date",
    name: Annotated[str | None, typer.Option(help="The beginning of the customer's name.")] = None,
    grade: Annotated[str | None, typer.Option(help="The customer's grade at that time.")] = None,
    port: options.Port = aws.PORT,
) -> None:
    """Show service records of the last 31 days: contacts that were served, tickets, and what was entered."""
    url = aws.endpoint(port)
    asked = {"sort": sort, "order": "desc" if sort == "date" else "asc", "name": name, "grade": grade}
    query = ServiceQuery.model_validate({key: value for key, value in asked.items() if value is not None})
    page = api.as_director(aws.stack(tenant, url), url).send(SERVICES, query=query)
    for row in customer_tables.services(page.services):
        terminal.console().print(row, markup=False)


@app.command()
def adapters(
    tenant: options.Tenant,
    run: Annotated[bool, typer.Option("--run", help="Let customers be compared now.")] = False,
    port: options.Port = aws.PORT,
) -> None:
    """Show where the other systems of a tenant stand, and whom they and we do not agree on."""
    url = aws.endpoint(port)
    client = api.as_director(aws.stack(tenant, url), url)
    known = client.send(operations.ADAPTERS).adapters
    if not known:
        terminal.console().print(f"{tenant} names no other system that keeps customers")
    for told in known:
        done = client.send(operations.RUN, adapter_id=told.adapter) if run else None
        page = client.send(operations.ERRORS, query=ErrorQuery(), adapter_id=told.adapter)
        for row in customer_tables.adapter(told, done, page.errors):
            terminal.console().print(row, markup=False)
