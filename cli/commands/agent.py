"""`trunkline agent NAME`: be the agent who answers."""

import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from chalicelib.platform.errors import InvalidInput
from cli import agents, aws, desk, desk_offers, options, places, terminal
from cli.agent_session import Session
from cli.desk import Desk
from cli.desk_offers import DeskOffers
from cli.http import JsonClient
from cli.keyboard import Keyboard, NoKeyboard
from infra.cdk import skills

OFFLINE = "Offline"


def agent(
    name: Annotated[str, typer.Argument(help="Your log-in name, such as li.na; made if there is no such user.")],
    tenant: Annotated[str, typer.Option("--tenant", help="Whose agent you are; needed when several run.")] = "",
    profile: Annotated[
        str, typer.Option("--profile", help="Routing profile of a user who has to be made; the contract's first.")
    ] = "",
    instance: Annotated[
        str, typer.Option("--instance", help="An Amazon Connect instance and its user, instead of a tenant's.")
    ] = "",
    script: Annotated[
        str, typer.Option("--do", help="Deeds, comma-separated: accept,w5,hold,w2,resume,hang-up,close (w5 waits).")
    ] = "",
    port: options.Port = aws.PORT,
) -> None:
    """Sign in, in real time: see offers and screen pops, accept, hold, hang up, wrap up; `trunkline call` rings you."""
    url = aws.endpoint(port)
    planned = desk.steps(script)
    place = instance or _at_tenant(tenant, name, profile, url)
    at = Desk(JsonClient(url), place, name)
    control = options.control(url)
    control.set_real()
    at.sign_in()
    keyboard = NoKeyboard() if planned else Keyboard(sys.stdin.fileno())
    shown = _number(control.instances(), place)
    session = Session(terminal.console(), at, keyboard, shown=shown, offers=_offers(tenant, instance, name, url))
    try:
        if planned:
            session.play(planned)
        else:
            session.serve()
    except KeyboardInterrupt:
        terminal.console().print()
    finally:
        session.leave(OFFLINE)


def _number(instances: Sequence[Mapping[str, Any]], place: str) -> str:
    """Return the number that customers see when the agent dials: the instance's first, "" when it has none."""
    numbers = [one["numbers"] for one in instances if place in (one["id"], one["alias"])]
    return str(numbers[0][0]["number"]) if numbers and numbers[0] else ""


def _offers(tenant: str, instance: str, name: str, url: str) -> DeskOffers | None:
    """Return what the agent's desk is offered, of a tenant whose contract offers calls to several desks at once."""
    if instance:
        return None
    chosen = _chosen(tenant, url)
    return desk_offers.of_agent(chosen, name, url) if skills.rings_desks(options.contract(chosen)) else None


def _chosen(tenant: str, url: str) -> str:
    """Return the tenant that was named, else the only one that is deployed."""
    running = [one for one in places.tenants() if aws.find_stack(one, url)]
    chosen = tenant or (running[0] if len(running) == 1 else "")
    if not chosen:
        told = f"say whose agent you are: --tenant {' or '.join(running)}" if running else "no tenant is deployed"
        raise InvalidInput(told)
    return chosen


def _at_tenant(tenant: str, name: str, profile: str, url: str) -> str:
    """Return the instance of the tenant, with a user of that name in it."""
    chosen = _chosen(tenant, url)
    contract = options.contract(chosen)
    wanted = profile or contract.routing_profiles[0].id
    found = aws.stack(chosen, url).output("InstanceId")
    agents.ensure_user(found, name, wanted, url)
    return found
