"""`trunkline tenants`: contracts, before anything is deployed from them, and the lifecycle of those deployed."""

import json
import os
import uuid
from pathlib import Path
from typing import Annotated

import typer

from chalicelib.lifecycle.models import Gate, State
from chalicelib.tenancy import contract_file
from chalicelib.tenancy.contract import Contract
from cli import api, aws, entry_numbers, lifecycle, options, places, terminal

app = typer.Typer(no_args_is_help=True, help="Check tenant contracts, see and move their lifecycle.")

SCHEMA = places.ROOT / "docs" / "tenant-contract.schema.json"


Files = Annotated[list[Path] | None, typer.Argument(help="Contract files; all of tenants/ when left out.")]


@app.command()
def check(files: Files = None) -> None:
    """List every problem of the contracts, each with its path and what was expected; status 1 when there is any."""
    out = terminal.console()
    bad = 0
    good = options.good_contracts()
    for path in files or [places.contract_path(tenant) for tenant in places.tenants()]:
        try:
            contract = contract_file.load(path)
        except contract_file.InvalidContract as exc:
            bad += 1
            out.print(str(exc), style="red", markup=False, soft_wrap=True)
        else:
            good.append(contract)
            out.print(f"{path.name}: {_summary(contract)}", markup=False, soft_wrap=True)
    clashes = entry_numbers.shared(good)
    if clashes:
        out.print(entry_numbers.told(clashes), style="red", markup=False, soft_wrap=True)
    if bad or clashes:
        raise typer.Exit(1)


def _summary(contract: Contract) -> str:
    counts = (
        (len(contract.entry_numbers), "number"),
        (len(contract.service_lines), "service line"),
        (len(contract.queues), "queue"),
        (len(contract.routing_profiles), "routing profile"),
    )
    told = ", ".join(f"{count} {word}{'' if count == 1 else 's'}" for count, word in counts)
    return f"good ({contract.name}: {told})"


@app.command()
def schema(path: Annotated[Path, typer.Option("--out", help="Where to write it.")] = SCHEMA) -> None:
    """Write the JSON Schema of the contract, for editors and for clients who write their own."""
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Contract.model_json_schema()}
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    terminal.console().print(f"written: {os.path.relpath(path)}")


@app.command()
def status(tenant: options.Tenant, port: options.Port = aws.PORT) -> None:
    """Show the state of a deployed tenant, its gates and its history."""
    url = aws.endpoint(port)
    lifecycle.show(terminal.console(), api.connect(aws.stack(tenant, url), url).tenant())


@app.command()
def move(
    tenant: options.Tenant,
    to: Annotated[State, typer.Argument(help="The state to move to.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; it stays in the history.")],
    port: options.Port = aws.PORT,
) -> None:
    """Move a deployed tenant to another state; live needs every gate recorded as done."""
    url = aws.endpoint(port)
    operator = api.operator(aws.stack(tenant, url), url)
    lifecycle.show(terminal.console(), operator.move(to.value, reason, request_id=str(uuid.uuid4())))


@app.command()
def evidence(
    tenant: options.Tenant,
    gate: Annotated[Gate, typer.Argument(help="The gate that was passed.")],
    text: Annotated[str, typer.Option("--evidence", help="Where the proof lies, or why it no longer holds.")],
    *,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take an earlier record of this gate back.")] = False,
    port: options.Port = aws.PORT,
) -> None:
    """Record a gate of a deployed tenant as done, or withdraw it."""
    url = aws.endpoint(port)
    operator = api.operator(aws.stack(tenant, url), url)
    record = operator.record_evidence(gate.value, text, done=not withdraw, request_id=str(uuid.uuid4()))
    lifecycle.show(terminal.console(), record)
