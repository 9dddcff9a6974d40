"""`trunkline privacy`: what persons may ask for, and legal holds, as a compliance officer."""

import json
from typing import Annotated, Any

import typer

from chalicelib.privacy.models import Kind
from chalicelib.privacy.requests_api import HoldBody, RequestBody
from cli import api, aws, options, terminal
from cli.client.operations import privacy

app = typer.Typer(no_args_is_help=True, help="A person's data: give out, erase, hold.")

Who = Annotated[str, typer.Argument(help="A customer's id, or a number or address such as phone:+8613800138000.")]
Reason = Annotated[str, typer.Option("--reason", help="Why it may be done; the trail has it.")]


@app.command()
def export(tenant: options.Tenant, who: Who, reason: Reason, port: options.Port = aws.PORT) -> None:
    """Have everything of a person packed."""
    _ask(Kind.EXPORT, tenant, who, reason, port)


@app.command()
def erase(tenant: options.Tenant, who: Who, reason: Reason, port: options.Port = aws.PORT) -> None:
    """Have a person erased. Nothing brings it back."""
    _ask(Kind.ERASURE, tenant, who, reason, port)


@app.command()
def hold(tenant: options.Tenant, who: Who, reason: Reason, port: options.Port = aws.PORT) -> None:
    """Put a legal hold on a person."""
    body = HoldBody(**_named(who), reason=reason)
    _show(_officer(tenant, port).client.send(privacy.HOLD, body=body))


@app.command("end-hold")
def end_hold(tenant: options.Tenant, hold_id: str, port: options.Port = aws.PORT) -> None:
    """End a legal hold."""
    _show(_officer(tenant, port).client.send(privacy.END_HOLD, hold_id=hold_id))


@app.command("list")
def list_(tenant: options.Tenant, port: options.Port = aws.PORT) -> None:
    """Show requests with their certificates, and holds."""
    client = _officer(tenant, port).client
    told = (*client.send(privacy.REQUESTS).requests, *client.send(privacy.HOLDS).holds)
    for one in told:
        _show(one)
    if not told:
        terminal.console().print("nobody asked for anything, and nobody is held")


@app.command()
def run(tenant: options.Tenant, port: options.Port = aws.PORT) -> None:
    """Let the function look at once; by itself it does every five minutes."""
    url = aws.endpoint(port)
    name = aws.stack(tenant, url).output("PrivacyFunction")
    answer = aws.client("lambda", url).invoke(FunctionName=name, Payload=b"{}")
    terminal.console().print(answer["Payload"].read().decode(), markup=False, soft_wrap=True)
    if "FunctionError" in answer:
        raise typer.Exit(1)


def _ask(kind: Kind, tenant: str, who: str, reason: str, port: int) -> None:
    body = RequestBody(**_named(who), kind=kind, reason=reason)
    _show(_officer(tenant, port).client.send(privacy.ASK, body=body))


def _named(who: str) -> dict[str, Any]:
    return {"identity": who} if ":" in who else {"customer_id": who}


def _officer(tenant: str, port: int) -> api.Api:
    url = aws.endpoint(port)
    return api.officer(aws.stack(tenant, url), url)


def _show(told: Any) -> None:
    text = json.dumps(told.model_dump(mode="json", exclude_none=True), ensure_ascii=False, indent=1)
    terminal.console().print(text, markup=False, soft_wrap=True)
