"""Agents: what they hear. Agent events of Amazon Connect, from the tenant's Kinesis stream."""

import functools
import os
from collections.abc import Mapping
from typing import Any, Final

from chalice.app import Blueprint

from chalicelib.agents.activity import Turn
from chalicelib.agents.activity_store import Turns, turn_of
from chalicelib.agents.desk import Desk
from chalicelib.agents.ingest import Effect, Ingest, nothing
from chalicelib.agents.queue_watch import QueueWatch
from chalicelib.agents.store import Agents
from chalicelib.audit import service as audit
from chalicelib.platform import aws, clock, observability, settings, stream_door
from chalicelib.platform.stream_door import Batches, Failures, Queue, Taker
from chalicelib.tenancy import service as tenancy

__all__ = ["FUNCTION", "KIND", "Turn", "batches_of", "bp", "ingest_agent_events", "turn_of", "wired"]

bp = Blueprint(__name__)

FUNCTION: Final = "ingest_agent_events"
KIND: Final = "agent-event"
_METRIC: Mapping[Effect, str] = {
    Effect.TAKEN: "Ingested",
    Effect.KNOWN: "Duplicates",
    Effect.REFUSED: "Refused",
}


def batches_of(ingest: Taker[Effect], queue: Queue, queue_url: str) -> Batches[Effect]:
    """Return what takes in batches of agent events by `ingest`."""
    return Batches(ingest, queue, queue_url, KIND, _METRIC)


@functools.cache
def wired() -> Batches[Effect]:
    """Return the use-case wired for this process; a missing setting fails here, by name."""
    configured = settings.StoreSettings.load(os.environ)
    queue_url = settings.required(os.environ, "TRUNKLINE_DLQ_URL")
    instance_arn = settings.required(os.environ, "TRUNKLINE_INSTANCE_ARN")
    queue_ids = settings.text_map(os.environ, "TRUNKLINE_QUEUES")
    tenant = tenancy.current()
    client = aws.client("dynamodb")
    store = Agents(client, configured.table, tenant.id, tenant.contacts_days)
    desk = Desk(aws.client("connect"), instance_arn.rpartition("/")[2], queue_ids, audit.trail())
    watch = QueueWatch(store, desk)
    ingest = Ingest(
        store=store,
        turns=Turns(client, configured.table, tenant.id, tenant.contacts_days),
        desk=desk,
        seats=tenant.seats,
        site_attribute=tenant.plan.site_attribute,
        instance_arn=instance_arn,
        now=clock.from_environment(),
        kinds=tenant.agent_statuses,
        refresh=watch.refresh if tenant.plan.judges_queues else nothing,
    )
    return batches_of(ingest, aws.client("sqs"), queue_url)


@bp.lambda_function(name=FUNCTION)
def ingest_agent_events(event: dict[str, Any], context: Any) -> Failures:
    """Take in one batch of agent events; a bug stays loud, so that Lambda bisects to the event that shows it."""
    tenant = tenancy.current().id
    observability.begin(function=FUNCTION, tenant=tenant, request_id=context.aws_request_id)
    return stream_door.serve(FUNCTION, tenant, wired(), event, context)


if settings.is_entry(__name__):
    wired()
