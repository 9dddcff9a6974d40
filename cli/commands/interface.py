"""`trunkline api`: the committed descriptions of the REST API and of the functions, written anew and compared."""

import json
from typing import Annotated

import typer

from cli import api_document, client_code, field_classes, function_schemas, function_use, promises, terminal

app = typer.Typer(no_args_is_help=True, help="Write and check the descriptions of the REST API and of the functions.")


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
def schemas(
    break_others: Annotated[bool, typer.Option("--break-others", help="Write them although others break.")] = False,
) -> None:
    """Write docs/schemas and docs/functions.md; status 1 and every reason when a version would promise less."""
    out = terminal.console()
    new, known = function_schemas.generated(), function_schemas.on_disk()
    broken = function_schemas.breaking(known, {**known, **new})
    for line in (*broken, *function_use.unknown(function_use.templates())):
        out.print(line, style="red", markup=False, soft_wrap=True)
    if broken and not break_others:
        raise typer.Exit(1)
    for name, schema in new.items():
        (function_schemas.FOLDER / name).write_text(function_schemas.text(schema), encoding="utf-8")
    function_use.FILE.write_text(function_use.page(), encoding="utf-8")
    out.print(f"{function_schemas.FOLDER.name}: {len(new)} schemas", markup=False)


@app.command()
def client() -> None:
    """Write the operations of the typed client, cli/client/operations."""
    modules = client_code.generated()
    for name, text in modules.items():
        (client_code.FOLDER / name).write_text(text, encoding="utf-8")
    terminal.console().print(f"{client_code.FOLDER.name}: {len(modules)} modules", markup=False)


@app.command()
def compatible(
    since: Annotated[str, typer.Option("--since", help="A commit whose clients, flows and readers are to go on.")],
) -> None:
    """Compare the REST API and the functions with an earlier commit; status 1 and every reason when others break."""
    out = terminal.console()
    broken = promises.broken(since)
    for line in broken:
        out.print(line, style="red", markup=False, soft_wrap=True)
    if broken:
        raise typer.Exit(1)
    out.print(f"nobody who relies on {since} breaks", markup=False)


@app.command()
def fields() -> None:
    """Write docs/data-classification.md: what every stored and shown field is, and who sees it masked."""
    field_classes.FILE.write_text(field_classes.page(), encoding="utf-8")
    terminal.console().print(f"written: {field_classes.FILE.name}", markup=False)
