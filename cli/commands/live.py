"""`trunkline live`: what goes on at a tenant at this moment, from its REST API with a real token."""

import shutil
import sys
import time
from typing import Annotated

import typer
from rich.console import Console

from cli import api, aws, live_screen, options

CLEAR = "\x1b[H\x1b[2J"
LINES_BESIDE_AGENTS = 14
"""Lines of the screen that are not for agents: heading, queues, lines and menus of a usual tenant."""


def live(
    tenant: options.Tenant,
    every_s: Annotated[float, typer.Option("--every", min=0.5, help="Seconds between two looks.")] = 2.0,
    looks: Annotated[int, typer.Option("--looks", min=0, help="How many looks; 0 goes on until Ctrl-C.")] = 0,
    once: Annotated[bool, typer.Option("--once", help="Look once and leave the screen as it is.")] = False,
    port: options.Port = aws.PORT,
) -> None:
    """Show agents, queues, lines and menus of a tenant as they are now, again and again."""
    url = aws.endpoint(port)
    contract, client = options.contract(tenant), api.connect(aws.stack(tenant, url), url)
    left = 1 if once else looks
    try:
        while True:
            view = client.http.get("/v1/realtime")
            size = shutil.get_terminal_size((80, 40))
            out = Console(width=size.columns, highlight=False, emoji=False)
            if sys.stdout.isatty() and not once:
                out.file.write(CLEAR)
            rows = max(5, size.lines - LINES_BESIDE_AGENTS)
            live_screen.print_view(out, contract.name, view, time_zone=contract.time_zone, rows=rows)
            left -= 1
            if left == 0:
                return
            time.sleep(every_s)
    except KeyboardInterrupt:
        return
