"""The waiting line: what a queue flow may invoke."""

import functools
import math
import os

from chalice.app import Blueprint

from chalicelib.metrics.service import Counters
from chalicelib.platform import aws, clock, settings
from chalicelib.platform.flow_door import NONE, ContactFlowEvent, flow_door
from chalicelib.tenancy import service as tenancy
from chalicelib.waiting.service import Estimates, EstimateUnknown, Place

bp = Blueprint(__name__)


@functools.cache
def estimates() -> Estimates:
    """Return the use-case wired for this process; a missing setting fails here, by name."""
    configured = settings.StoreSettings.load(os.environ)
    counters = Counters(aws.client("dynamodb", aws.CALLER_WAITS), configured.table)
    return Estimates(counters, tenancy.current(), clock.from_environment())


def handle(event: ContactFlowEvent, service: Estimates) -> dict[str, str]:
    """Answer the estimated wait in whole seconds, rounded up; `none` when nothing is known to tell it from."""
    place = _place(event)
    if place is None:
        return unanswered(event)
    try:
        return {"waitSeconds": str(math.ceil(service.wait_s(place)))}
    except EstimateUnknown:
        return unanswered(event)


def _place(event: ContactFlowEvent) -> Place | None:
    queue, position, agents = (event.parameter(name) for name in ("queue", "position", "agents"))
    if not queue or not (position or "").isdecimal() or not (agents or "").isdecimal():
        return None
    return Place(queue=queue, position=int(position or 0), agents=int(agents or 0))


def unanswered(_event: ContactFlowEvent) -> dict[str, str]:
    """Answer that nothing is known: the caller hears the position alone."""
    return {"waitSeconds": NONE}


@bp.lambda_function(name="estimate_wait")
@flow_door("estimate_wait", tenant=lambda: tenancy.current().id, degraded=unanswered, logged=("waitSeconds",))
def estimate_wait(event: ContactFlowEvent, _budget_s: float) -> dict[str, str]:
    """Tell the queue flow how long the caller will wait (QUE-01)."""
    return handle(event, estimates())


if settings.is_entry(__name__):
    estimates()
