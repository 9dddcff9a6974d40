"""One scripted call through a tenant's menus, on the tenant's flows and functions in this process, without a cloud."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final
from zoneinfo import ZoneInfo

from chalicelib.menus.models import Tree
from chalicelib.tenancy.contract import Contract
from cli import tenant_functions, tenant_instance
from cli.flow_trials import MONDAY
from localstack.connect.alone import functions as in_process
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import CallPlan, Deed, HangUp, Press, WaitFor
from localstack.connect.engine.ports import Ports
from localstack.connect.engine.settings import Settings
from localstack.connect.engine.world import World

SILENCE: Final = "-"
"""What a script says for a caller who lets a question pass."""
LONGEST_S: Final = 600.0
TOLD: Final = frozenset({"hears", "pressed", "queued", "left"})


def call(
    contract: Contract,
    number: str,
    caller: str,
    keys: Sequence[str],
    trees: Mapping[str, Tree] | None = None,
    at: dt.datetime | None = None,
) -> Contact:
    """Return the call to `number` in which `keys` are pressed one after the other, as it stands after ten minutes."""
    made = tenant_instance.build(contract)
    known = tenant_functions.callers(list(contract.demo.customers))
    quiet = in_process.ports({})
    functions = tenant_functions.build(contract, made.queue_ids, known, lambda: world.now, trees=trees)
    ports = Ports(lambdas=functions, streams=quiet.streams, bus=quiet.bus, objects=quiet.objects, logs=quiet.logs)
    began = (at or MONDAY.replace(tzinfo=ZoneInfo(contract.time_zone))).astimezone(dt.UTC)
    world = World(made.directory, ports, Settings(namespace=tenant_instance.NAMESPACE), began)
    script: list[Deed] = [Press("" if one == SILENCE else one) for one in keys]
    contact = world.place_call(CallPlan(to=number, caller=caller, script=(*script, WaitFor(60), HangUp())))
    end = began + dt.timedelta(seconds=LONGEST_S)
    while (head := world.timeline.head()) is not None and head.when <= end and not world.timeline.idle:
        world.timeline.fire()
    return contact
