"""Options and arguments that several commands share."""

import contextlib
from pathlib import Path
from typing import Annotated

import typer

from chalicelib.platform.errors import InvalidInput, NotFound
from chalicelib.tenancy import contract_file
from chalicelib.tenancy.contract import Contract
from cli import aws, entry_numbers, places
from cli.control import Control
from cli.http import JsonClient

Port = Annotated[int, typer.Option("--port", envvar="TRUNKLINE_PORT", help="Port of the local cloud.")]
Tenant = Annotated[str, typer.Argument(help="A tenant's id, the name of its file in tenants/.")]
Seed = Annotated[int, typer.Option("--seed", help="The same seed gives the same callers.")]
Calls = Annotated[int, typer.Option("--calls", min=1, max=100_000, help="How many calls come.")]
PatternFile = Annotated[
    Path | None, typer.Option("--pattern", exists=True, dir_okay=False, help="Call counts: CSV interval_start,calls.")
]


def control(url: str) -> Control:
    """Return the control API of the cloud at `url`."""
    return Control(JsonClient(url))


def url(port: int) -> str:
    """Return the address of the local cloud."""
    return aws.endpoint(port)


def contract(tenant: str) -> Contract:
    """Return the tenant's contract.

    Raises:
        NotFound: there is no such tenant; the text lists those that there are.
        InvalidContract: the file has problems.

    """
    path = places.contract_path(tenant)
    if not path.exists():
        msg = f"no tenant {tenant!r}; tenants/ has {', '.join(places.tenants())}"
        raise NotFound(msg)
    return contract_file.load(path)


def good_contracts() -> list[Contract]:
    """Return every contract of tenants/ that has no problem of its own."""
    good = []
    for tenant in places.tenants():
        with contextlib.suppress(contract_file.InvalidContract):
            good.append(contract_file.load(places.contract_path(tenant)))
    return good


def deployable(tenants: tuple[str, ...] | list[str]) -> list[Contract]:
    """Return the contracts of `tenants`, in that order, which can stand beside every other contract.

    Raises:
        InvalidInput: one of their entry numbers is another tenant's as well.

    """
    chosen = contracts(tenants)
    clashes = {n: who for n, who in entry_numbers.shared(good_contracts()).items() if set(who) & set(tenants)}
    if clashes:
        raise InvalidInput(entry_numbers.told(clashes))
    return chosen


def contracts(tenants: tuple[str, ...] | list[str]) -> list[Contract]:
    """Return the contracts of `tenants`, in that order."""
    return [contract(tenant) for tenant in tenants]
