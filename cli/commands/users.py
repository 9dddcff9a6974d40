"""`trunkline users`: who may log in to a tenant and with which roles, as its administrator."""

from collections.abc import Iterable
from typing import Annotated

import typer

from chalicelib.access.models import Role
from cli import api, aws, options, terminal, users
from cli.client.client import Client
from cli.client.operations.users import INVITE, USER

app = typer.Typer(no_args_is_help=True, help="Who may log in, and with which roles.")
roles_app = typer.Typer(no_args_is_help=True, help="Give and take the roles of a user.")
app.add_typer(roles_app, name="roles")

User = Annotated[str, typer.Argument(help="The user's name; an e-mail address is none.")]
RoleName = Annotated[Role, typer.Argument(help="One of the roles.")]


@app.command("list")
def list_(tenant: options.Tenant, port: options.Port = aws.PORT) -> None:
    """Show who may log in, with state, part of the organisation and roles."""
    _print(users.rows(users.known(_administrator(tenant, port))))


@app.command()
def show(tenant: options.Tenant, user: User, port: options.Port = aws.PORT) -> None:
    """Show one user."""
    _print(users.lines(_administrator(tenant, port).send(USER, user=user)))


@app.command()
def invite(
    tenant: options.Tenant,
    user: User,
    email: Annotated[str, typer.Argument(help="Where the first password is sent; it ends after three days.")],
    role: Annotated[list[Role] | None, typer.Option("--role", help="A role; may be given several times.")] = None,
    node: Annotated[str | None, typer.Option("--node", help="The part that is seen; the whole tenant.")] = None,
    port: options.Port = aws.PORT,
) -> None:
    """Invite somebody."""
    body = users.invitation(user, email, role or [], node)
    _print(users.lines(_administrator(tenant, port).send(INVITE, body=body)))


@app.command("keep-out")
def keep_out(tenant: options.Tenant, user: User, port: options.Port = aws.PORT) -> None:
    """Keep a user out: every log-in ends, the roles stay."""
    _print(users.lines(users.settle(_administrator(tenant, port), user, enabled=False)))


@app.command("let-in")
def let_in(tenant: options.Tenant, user: User, port: options.Port = aws.PORT) -> None:
    """Let a user in again who was kept out."""
    _print(users.lines(users.settle(_administrator(tenant, port), user, enabled=True)))


@roles_app.command()
def give(tenant: options.Tenant, user: User, role: RoleName, port: options.Port = aws.PORT) -> None:
    """Give a user a role."""
    _print(users.lines(users.give(_administrator(tenant, port), user, role)))


@roles_app.command()
def take(tenant: options.Tenant, user: User, role: RoleName, port: options.Port = aws.PORT) -> None:
    """Take a role from a user."""
    _print(users.lines(users.take(_administrator(tenant, port), user, role)))


def _administrator(tenant: str, port: int) -> Client:
    url = aws.endpoint(port)
    return api.administrator(aws.stack(tenant, url), url).client


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        terminal.console().print(line, markup=False, soft_wrap=True)
