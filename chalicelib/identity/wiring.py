"""Identity: how its parts are put together for a process, and the check that other capabilities' doors make."""

import functools
import os

from chalicelib.access import policy as access
from chalicelib.access.models import Caller
from chalicelib.agents.service import Agents
from chalicelib.audit import service as audit
from chalicelib.customers import registry as customers
from chalicelib.identity import policy
from chalicelib.identity.connect import Notes
from chalicelib.identity.service import Identity
from chalicelib.identity.store import States
from chalicelib.platform import aws, clock, settings
from chalicelib.recordings import service as recordings
from chalicelib.tenancy import service as tenancy


def check(operation: str, customer_id: str, caller: Caller) -> None:
    """Accept that the user does `operation` to the customer; where the contract asks no level nothing is read.

    Raises:
        TooUnsure, Throttled, StoreUnavailable: as `Identity.allow`.

    """
    if policy.needed(tenancy.current().identity, operation) is not None:
        wired().allow(operation, customer_id, caller.actor, desk=access.is_front_desk(caller.roles))


@functools.cache
def wired() -> Identity:
    """Return the use-case wired for this process; a missing setting fails here, by name."""
    table = settings.StoreSettings.load(os.environ).table
    instance_arn = settings.required(os.environ, "TRUNKLINE_INSTANCE_ARN")
    tenant = tenancy.current()
    client = aws.client("dynamodb", aws.A_PERSON_WAITS)
    return Identity(
        floor=Agents(client, table, tenant.id, tenant.contacts_days),
        states=States(client, table, tenant.id, audit.trail()),
        notes=Notes(aws.client("connect", aws.A_PERSON_WAITS), instance_arn.rpartition("/")[2]),
        customers=customers.wired(),
        recorder=recordings.wired(),
        trail=audit.trail(),
        terms=tenant.identity,
        now=clock.from_environment(),
    )
