#!/usr/bin/env python3
"""Deploy every tenant into a local cloud, one after the other, and place a call to each of its numbers.

    .venv/bin/python scripts/every_tenant.py [TENANT ...]

Starts a cloud of its own and stops it at the end. Ends with 1 when a call reaches no agent or a stack is refused.
"""

import datetime as dt
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from cli import agents, customers, deploy, options, places, worlds
from cli.control import Control, Event
from cli.http import JsonClient
from cli.showcase import call_to
from localstack import lifecycle

A_MONDAY = dt.date(2026, 3, 2)


def main() -> int:
    """Go through the tenants named, all when none is; return the exit code."""
    tenants = sys.argv[1:] or list(places.tenants())
    with tempfile.TemporaryDirectory() as folder:
        cloud = lifecycle.start(lifecycle.free_port(), Path(folder) / "cloud.log", data=Path(folder) / "data")
        try:
            failed = [tenant for tenant in tenants if not goes_through(tenant, cloud.endpoint_url)]
        finally:
            cloud.stop()
    print(f"{len(tenants) - len(failed)} of {len(tenants)} tenants deployed, a call to each number answered")
    return 1 if failed else 0


def goes_through(tenant: str, url: str) -> bool:
    """Deploy the tenant, staff it and call each of its numbers; tell what came of it."""
    began_s, contract, control = time.monotonic(), options.contract(tenant), Control(JsonClient(url))
    (deployed,) = deploy.deploy([tenant], url, lambda _who, _text: None)
    stack, taken_s = deployed.stack, time.monotonic() - began_s
    worlds.begin(control, [contract], today=A_MONDAY)
    customers.import_demo(contract, stack, url)
    staff = agents.sign_in(contract, stack, control, url)
    print(f"{tenant}: deployed in {taken_s:.0f} s, {staff} agents signed in", flush=True)
    answered = True
    for entry in contract.entry_numbers:
        contact = control.call(call_to(contract, entry))
        control.run()
        call = control.look(contact)
        joined = [event for event in call.events if event.kind == "joined"]
        answered = answered and bool(joined)
        print(f"  {entry.number}: {_told(joined)}; the call {'ended' if call.ended else 'goes on'}", flush=True)
    deploy.forget(tenant, url)
    return answered


def _told(joined: list[Event]) -> str:
    return f"{joined[0].facts['agent']} answered" if joined else "nobody answered"


if __name__ == "__main__":
    sys.exit(main())
