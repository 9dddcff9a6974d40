"""Reliability: what it hears. Every five minutes: look whether all that the tenant depends on answers (REL-09).

It runs in `review_papers`, the function of the clock (`chalicelib/licences/events.py`), on a schedule of its own.
"""

import functools
import logging
import os
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from chalicelib.adapters import service as adapters
from chalicelib.agents.service import Agents
from chalicelib.metrics import service as metrics
from chalicelib.platform import aws, clock, observability, settings
from chalicelib.reliability import service
from chalicelib.reliability.connect import Instance, stream_problem
from chalicelib.reliability.models import LOOK, OTHERS, State, terms
from chalicelib.reliability.service import Watch
from chalicelib.reliability.store import Looks
from chalicelib.tenancy import service as tenancy

_RECENTLY: Final = timedelta(minutes=15)
_SILENCE: Final = timedelta(minutes=5)
"""A house where somebody is signed in speaks every two minutes (7)."""

_log = logging.getLogger(__name__)


@functools.cache
def wired() -> Watch:
    """Return the use-case wired for this process; a missing setting fails here, by name."""
    tenant, now = tenancy.current(), clock.from_environment()
    table = settings.StoreSettings.load(os.environ).table
    streams = settings.text_map(os.environ, "TRUNKLINE_STREAMS")
    client, kinesis = aws.client("dynamodb"), aws.client("kinesis")
    instance_id = settings.instance_id(os.environ)
    instance = Instance(aws.client("connect"), instance_id)
    agents = Agents(client, table, tenant.id, tenant.contacts_days)
    looks, counters = Looks(client, table, tenant.id), metrics.Counters(client, table)

    def table_problem() -> str:
        looks.latest(now())
        return ""

    def decisions_problem() -> str:
        found = counters.between(tenant.id, *metrics.quarters(now(), _RECENTLY))
        return service.decisions_problem(metrics.merged(found))

    return Watch(
        terms=terms(tenant.reliability),
        looks=looks,
        probes={
            "table": table_problem,
            "instance": instance.problem,
            **{name: functools.partial(stream_problem, kinesis, stream) for name, stream in sorted(streams.items())},
            "decisions": decisions_problem,
            "agent-signals": lambda: service.events_problem(agents.house(), now(), _SILENCE),
            **{OTHERS + name: probe for name, probe in adapters.probes(client, table, tenant, now).items()},
        },
        counts=instance.counts,
        house=agents.house,
        now=now,
        timer_s=time.monotonic,
    )


def is_look(event: Mapping[str, Any]) -> bool:
    """Return whether an event of the clock asks for a look."""
    return event.get("look") == LOOK


def look(context: Any, function: str) -> dict[str, Any]:
    """Look at everything once; alarms watch the counts, `GET /v1/health/dependencies` shows each finding."""
    tenant = tenancy.current().id
    observability.begin(function=function, tenant=tenant, request_id=context.aws_request_id)
    found = wired().look()
    down = sum(check.state is State.DOWN for check in found.checks)
    near = sum(usage.state is not State.OK for usage in found.usages)
    observability.measure("DependenciesDown", float(down))
    observability.measure("LimitsNear", float(near))
    told = service.summary(found)
    if told["wrong"] or told["near"]:
        _log.warning("look", extra={"code": "dependencies", **told})
    observability.end(tenant=tenant, function=function, outcome="down" if down else "ok")
    return {"up": found.up, "down": down, "near": near}
