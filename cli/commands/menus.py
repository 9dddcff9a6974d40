"""`trunkline menus`: what callers hear of a tenant's menus, tried in the emulator before anybody publishes them."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from chalicelib.menus import checks, documents
from chalicelib.menus.models import Tree
from chalicelib.platform.errors import InvalidInput
from chalicelib.tenancy.contract import Contract, ServiceLine
from cli import menu_trial, options, terminal
from infra.cdk import menu_catalogue
from localstack.connect.engine.contact import Contact

app = typer.Typer(no_args_is_help=True, help="Try and show a tenant's menus.")

OfTenant = Annotated[str, typer.Option("--tenant", help="A tenant's id, the name of its file in tenants/.")]
To = Annotated[str | None, typer.Option("--to", help="The dialled number; the tenant's first when left out.")]
From = Annotated[str, typer.Option("--from", help="The caller's number.")]
Keys = Annotated[list[str] | None, typer.Argument(help="Keys or digits, one a question; `-` lets a question pass.")]
File = Annotated[
    Path | None, typer.Option("--tree", exists=True, dir_okay=False, help="A tree as the API has it, for the line.")
]
STRANGER = "+8613512345678"


@app.callback()
def menus() -> None:
    """Do nothing: that there is a callback makes typer keep `preview` as a command, although there is only one."""


@app.command()
def preview(tenant: OfTenant, keys: Keys = None, to: To = None, caller: From = STRANGER, tree: File = None) -> None:
    """Place one call on the tenant's own flows and functions, without a cloud, and tell what the caller hears."""
    contract = options.contract(tenant)
    number = to or contract.entry_numbers[0].number
    line = _line(contract, number)
    trees = {line.id: _sound(tree, contract, line)} if tree else None
    out = terminal.console()
    contact = menu_trial.call(contract, number, caller, keys or [], trees)
    for text in _told(contact):
        out.print(text, markup=False, soft_wrap=True)


def _line(contract: Contract, number: str) -> ServiceLine:
    entry = next((each for each in contract.entry_numbers if each.number == number), None)
    if entry is None:
        raise InvalidInput(f"{number} is not an entry number of {contract.tenant}")
    return next(line for line in contract.service_lines if line.id == entry.line)


def _sound(file: Path, contract: Contract, line: ServiceLine) -> Tree:
    """Return the tree in the file.

    Raises:
        InvalidInput: it is no tree, or could not be published; names every problem.

    """
    try:
        document: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        tree = documents.tree_of(document.get("tree", document))
    except (AttributeError, KeyError, TypeError, ValueError) as exc:
        raise InvalidInput(f"{file} has no tree: {exc}") from exc
    problems = checks.problems(tree, menu_catalogue.places(contract, line))
    if problems:
        told = "\n".join(f"  {each.path}: {each.problem}" for each in problems)
        raise InvalidInput(f"{file} cannot be published:\n{told}")
    return tree


def _told(contact: Contact) -> Iterator[str]:
    began = contact.transcript[0].at
    for told in contact.transcript:
        if told.kind in menu_trial.TOLD:
            yield f"{(told.at - began).total_seconds():5.0f} s  {told.kind:8}  {told.text}"
    said = contact.attributes
    for name in ("menuVersion", "menuPath", "category", "subCategory", "menuQueue", "menuOutcome", "menuLog"):
        if name in said:
            yield f"{name}: {said[name]}"
