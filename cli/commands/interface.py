"""`trunkline api`: the committed description of the REST API, written anew and compared."""

import json
from typing import Annotated

import typer

from cli import api_document, field_classes, terminal

app = typer.Typer(no_args_is_help=True, help="Write and check the OpenAPI description of the REST API.")


@app.command()
def describe(
    break_clients: Annotated[bool, typer.Option("--break-clients", help="Write it although clients break.")] = False,
) -> None:
    """Write docs/openapi.json; status 1 and every reason when clients of the committed one would break."""
    out = terminal.console()
    new = api_document.generated()
    known = json.loads(api_document.FILE.read_text(encoding="utf-8")) if api_document.FILE.exists() else {"paths": {}}
    broken = api_document.breaking(known, new)
    for line in broken:
        out.print(line, style="red", markup=False, soft_wrap=True)
    if broken and not break_clients:
        raise typer.Exit(1)
    api_document.FILE.write_text(api_document.text(new), encoding="utf-8")
    out.print(f"{api_document.FILE.name}: {len(new['paths'])} paths", markup=False)


@app.command()
def fields() -> None:
    """Write docs/data-classification.md: what every stored and shown field is, and who sees it masked."""
    field_classes.FILE.write_text(field_classes.page(), encoding="utf-8")
    terminal.console().print(f"written: {field_classes.FILE.name}", markup=False)
