"""Callbacks: what a queue flow may invoke."""

import functools
import os

from chalice.app import Blueprint

from chalicelib.callbacks.connect import Planned
from chalicelib.callbacks.service import Asked, Callbacks, Promises, Refused, Withdrawals
from chalicelib.platform import aws, clock, settings
from chalicelib.platform.flow_door import NONE, ContactFlowEvent, flow_door
from chalicelib.tenancy import service as tenancy

bp = Blueprint(__name__)

PROMISED = "promised"
"""What `callback` says of a callback that is promised, else the reason; a name that no other function answers with."""
ANSWERED, WITHDRAWN = "answered", "withdrawn"
"""The `event` of a call that an agent has answered, and the reason when its callback was stopped for that."""


@functools.cache
def promises() -> Promises:
    """Return the use-case wired for this process; a missing setting fails here, by name."""
    configured = settings.StoreSettings.load(os.environ)
    tenant = tenancy.current()
    client = aws.client("dynamodb", aws.CALLER_WAITS)
    store = Callbacks(client, configured.table, tenant.id, tenant.contacts_days)
    return Promises(store, tenant, clock.from_environment())


@functools.cache
def planned(instance_arn: str) -> Planned:
    """Return the callbacks of an instance; the client is made when the first one is withdrawn, which is seldom."""
    return Planned(aws.client("connect", aws.CALLER_WAITS), instance_arn.rpartition("/")[2])


def serve(event: ContactFlowEvent, promises: Promises, withdrawals: Withdrawals) -> dict[str, str]:
    """Do what the flow asks for: promise a callback, or withdraw that of a call which an agent has answered."""
    if event.parameter("event") != ANSWERED:
        return handle(event, promises)
    is_stopped = withdrawals.answered(event.instance_arn or "", event.contact_id or "")
    return refused(WITHDRAWN if is_stopped else NONE)


def handle(event: ContactFlowEvent, service: Promises) -> dict[str, str]:
    """Promise a callback to the number that the flow sends, else to the caller's; say why when none can be."""
    asked = Asked(
        id=event.initial_contact_id or event.contact_id or "",
        number=event.parameter("number") or event.caller,
        line=event.parameter("line") or NONE,
        queue=event.parameter("queue") or NONE,
        language=event.parameter("language") or NONE,
        by_chain=event.parameter("chain") == "true",
        entry_number=event.dialled,
    )
    if not asked.id:
        return refused("call")
    try:
        callback = service.ask(asked)
    except Refused as refusal:
        return refused(str(refusal.facts["reason"]))
    return {
        "accepted": "true",
        "reason": NONE,
        "callback": PROMISED,
        "callbackId": callback.id,
        "number": callback.phone,
    }


def refused(reason: str) -> dict[str, str]:
    """Return the answer that promises nothing."""
    return {"accepted": "false", "reason": reason, "callback": reason, "callbackId": NONE, "number": NONE}


@bp.lambda_function(name="request_callback")
@flow_door(
    "request_callback",
    tenant=lambda: tenancy.current().id,
    degraded=lambda _event: refused("unavailable"),
    logged=("accepted", "reason"),
)
def request_callback(event: ContactFlowEvent, _budget_s: float) -> dict[str, str]:
    """Promise the caller a callback that keeps the place in line (QUE-03); withdraw it when an agent has the call."""
    return serve(event, promises(), Withdrawals(planned))


if settings.is_entry(__name__):
    promises()
