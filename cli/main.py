"""The command line: a table of contents. Every command has its own module in `cli.commands`."""

import sys

import typer
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError
from botocore.parsers import ResponseParserError

from chalicelib.platform.errors import ProductError
from cli import terminal
from cli.commands import (
    agent,
    agents,
    analytics,
    burst,
    call,
    calls,
    cloud,
    customers,
    demo,
    deploy,
    dlq,
    flow,
    interface,
    kpis,
    live,
    menus,
    numbers,
    privacy,
    restore,
    route,
    simulate,
    slo,
    tenants,
    users,
    verify,
)
from cli.http import Unreachable, fields
from localstack.lifecycle import CloudError

HINT = f"`{terminal.COMMAND} cloud start` starts the local cloud, `make demo` also fills it."

app = typer.Typer(
    name="trunkline",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Run, try and watch Trunkline: a multi-tenant contact centre, whole on this machine.",
)
app.command("demo")(demo.demo)
app.add_typer(cloud.app, name="cloud")
app.command("deploy")(deploy.deploy)
app.add_typer(tenants.app, name="tenants")
app.add_typer(numbers.app, name="numbers")
app.add_typer(agents.app, name="agents")
app.add_typer(customers.app, name="customers")
app.add_typer(users.app, name="users")
app.command("call")(call.call)
app.command("calls")(calls.calls)
app.command("agent")(agent.agent)
app.command("burst")(burst.burst)
app.command("kpis")(kpis.kpis)
app.command("live")(live.live)
app.command("simulate")(simulate.simulate)
app.add_typer(route.app, name="route")
app.add_typer(menus.app, name="menus")
app.add_typer(analytics.app, name="analytics")
app.add_typer(dlq.app, name="dlq")
app.add_typer(privacy.app, name="privacy")
app.add_typer(flow.app, name="flow")
app.add_typer(interface.app, name="api")
app.command("verify")(verify.verify)
app.add_typer(restore.app, name="restore")
app.command("slo")(slo.slo)


def main() -> None:
    """Run the command line; expected failures become one clear message and status 1."""
    try:
        app(prog_name="trunkline")
    except Unreachable as exc:
        _say(f"{exc.detail}\n{HINT}")
    except ProductError as exc:
        _say(exc.detail + fields(exc.facts))
    except CloudError as exc:
        _say(str(exc))
    except EndpointConnectionError as exc:
        _say(f"nothing answers at {str(exc.kwargs['endpoint_url']).rstrip('/')}\n{HINT}")
    except (BotoCoreError, ClientError, ResponseParserError) as exc:
        _say(f"{_short(exc)}\nIs it the local cloud that answers there? See `{terminal.COMMAND} cloud status`.")
    else:
        return
    sys.exit(1)


def _short(exc: Exception) -> str:
    """Return the first line of what an AWS client says; a page of HTML after it helps nobody."""
    return str(exc).partition("\n")[0][:300]


def _say(message: str) -> None:
    terminal.console(stderr=True).print(message, style="bold red", markup=False, soft_wrap=True)
