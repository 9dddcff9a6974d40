"""`trunkline slo`: how every promise about the system came out, and how its parts stand, from the REST API (REL-09)."""

import datetime as dt
from typing import Annotated, Any

import typer

from cli import api, aws, options, slo_table, terminal
from cli.http import Refused

DAY = dt.timedelta(days=1)
Date = Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day of the tenant's calendar.")]


def slo(tenant: options.Tenant, since: Date = None, until: Date = None, port: options.Port = aws.PORT) -> None:
    """Show promises per tenant, carrier and site, then dependencies and limits; status 1 when a promise was broken.

    `--since` is in the period, `--until` is not; left out: the emulator's day.
    """
    url = aws.endpoint(port)
    client = api.connect(aws.stack(tenant, url), url)
    first = since or options.control(url).now()
    last = until or first + DAY
    card = client.http.get("/v1/slo", {"from": f"{first:%Y-%m-%d}", "to": f"{last:%Y-%m-%d}"})
    out = terminal.console()
    for row in [*slo_table.promises(card), *slo_table.parts(_newest_look(client))]:
        out.print(f"  {row}", markup=False, soft_wrap=True)
    if any(promise["met"] is False for promise in card["promises"]):
        raise typer.Exit(1)


def _newest_look(client: api.Api) -> dict[str, Any] | None:
    try:
        return dict(client.http.get("/v1/health/dependencies"))
    except Refused as exc:
        if exc.http_status != api.NOT_FOUND:
            raise
        return None
