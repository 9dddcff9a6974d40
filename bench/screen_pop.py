"""How long the screen pop takes over the one DynamoDB Query that it cannot do without.

Handler: `lookup_customer` as Lambda calls it, with its log line and metrics: profile, tickets, ten contacts. Floor:
the raw Query that it makes, by the same client, on the same table, in the same process, interleaved. Fails when a
look-up does not ask DynamoDB exactly once.

    .venv/bin/python -m bench.screen_pop [--endpoint http://127.0.0.1:4566] [--rounds 300]

Without --endpoint it starts a local cloud on a free port and stops it at the end.
"""

import sys

from bench.routing_decision import compare, event, run
from chalicelib.customers.flow import lookup_customer
from chalicelib.tenancy.models import Tenant


def measure(tenant: Tenant, table: str, rounds: int) -> int:
    """Print the table; return the exit code."""
    call = event(menu_choice="none")
    reply = compare("lookup_customer", lambda: lookup_customer(call, None), tenant, table, rounds)
    print(f"known as {reply['customerId']}, {reply['recentContacts']} contacts, degraded {reply['degraded']}")
    return int(reply["degraded"] == "true" or reply["recentContacts"] != "10")


if __name__ == "__main__":
    sys.exit(run("Screen pop against one raw Query.", measure))
