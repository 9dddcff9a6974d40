"""`trunkline numbers`: the numbers of the contracts with their papers, and what forbids their use."""

import datetime as dt
from collections.abc import Iterator
from typing import Annotated

import typer

from chalicelib.tenancy import contract_file
from chalicelib.tenancy.contract import Contract, EntryNumber
from chalicelib.tenancy.contract_go_live import expiring, go_live_problems
from cli import places, terminal

app = typer.Typer(no_args_is_help=True, help="List entry numbers, check their papers and the tenants' licences.")

Tenants = Annotated[list[str] | None, typer.Argument(help="Tenants; all when left out.")]


@app.command("list")
def list_numbers(tenants: Tenants = None) -> None:
    """Show every number with class, reach, allocation and the connection mode per carrier (NUM-06)."""
    out = terminal.console()
    for contract in _contracts(tenants):
        for number in contract.entry_numbers:
            for text in _told(contract, number):
                out.print(text, markup=False, soft_wrap=True)


@app.command()
def check(
    tenants: Tenants = None,
    at: Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day; today when left out.")] = None,
    within_days: Annotated[int, typer.Option(min=0, help="Warn of what expires within so many days.")] = 90,
) -> None:
    """Tell which numbers and lines may not be live on a day, and what expires soon; status 1 when any may not."""
    out, on = terminal.console(), (at or dt.datetime.now(dt.UTC)).date()
    refused = False
    for contract in _contracts(tenants):
        for problem in go_live_problems(contract, on):
            refused = True
            out.print(f"{contract.tenant}: {problem}", style="red", markup=False, soft_wrap=True)
        for problem in expiring(contract, on, within_days):
            out.print(f"{contract.tenant}: {problem}", style="yellow", markup=False, soft_wrap=True)
    if refused:
        raise typer.Exit(1)
    out.print(f"{on}: every number and line may be live", markup=False)


def _contracts(tenants: list[str] | None) -> list[Contract]:
    return [contract_file.load(places.contract_path(tenant)) for tenant in tenants or places.tenants()]


def _told(contract: Contract, number: EntryNumber) -> Iterator[str]:
    yield f"{number.number}  {number.number_class}, {number.reach}, {contract.tenant}/{number.line}"
    if number.areas:
        yield f"  for {', '.join(number.areas)}"
    if (held := number.allocation) is not None:
        authority, certificate = held.authority or "no authority", held.certificate or "no certificate"
        yield f"  allocated by {authority}, {certificate}, until {held.expires_on or '?'}, fee {held.fee or '?'}"
    for one in number.connections:
        yield f"  {one.carrier}: {one.mode}"
