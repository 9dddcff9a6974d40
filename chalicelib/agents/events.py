"""Agents: what they hear. Agent events of Amazon Connect, from the tenant's Kinesis stream.

Contact events come on the same stream and are the live view's (`chalicelib/realtime`). Once a minute the clock comes,
so that figures of queues are held against Amazon Connect's also while nothing happens.
"""

import functools
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from chalice.app import Blueprint

from chalicelib.agents.activity import Activity, Stay, Turn, stays
from chalicelib.agents.activity_store import Turns, turn_of
from chalicelib.agents.desk import Desk
from chalicelib.agents.ingest import Effect, Ingest
from chalicelib.agents.items import change_of
from chalicelib.agents.packing import Packing
from chalicelib.agents.queue_watch import QueueWatch
from chalicelib.agents.store import Agents
from chalicelib.audit import service as audit
from chalicelib.platform import aws, clock, observability, settings, stream_door
from chalicelib.platform.stream_door import Batches, Failures, Queue, Taker, done
from chalicelib.realtime import events as realtime
from chalicelib.tenancy import service as tenancy

__all__ = [
    "FUNCTION", "KIND", "Activity", "Stay", "Turn", "Turns", "batches_of", "bp", "change_of", "ingest_agent_events",
    "stays", "turn_of", "wired",
]  # fmt: skip

bp = Blueprint(__name__)

FUNCTION: Final = "ingest_agent_events"
KIND: Final = "agent-event"
_METRIC: Mapping[Effect, str] = {
    Effect.TAKEN: "Ingested",
    Effect.KNOWN: "Duplicates",
    Effect.REFUSED: "Refused",
}


def batches_of(
    ingest: Taker[Effect], queue: Queue, queue_url: str, settle: Callable[[], None] = done
) -> Batches[Effect]:
    """Return what takes in batches of agent events by `ingest`; `settle` ends each of them."""
    return Batches(ingest, queue, queue_url, KIND, _METRIC, settle)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """What comes on the stream: agent events go to `agents`, contact events to `contacts`."""

    agents: Taker[Effect]
    contacts: realtime.ContactEvents
    refresh: Callable[[datetime], None]
    now: Callable[[], datetime]

    def take(self, data: bytes) -> Effect:
        """Bring the table to what the record says; raises what those two raise."""
        if not realtime.is_contact_event(data):
            return self.agents.take(data)
        now = self.now()
        is_news = self.contacts.take(data, now)
        self.refresh(now)
        return Effect.TAKEN if is_news else Effect.KNOWN


@dataclass(frozen=True, slots=True)
class Wired:
    """What this process does with a batch, and with the clock."""

    batches: Batches[Effect]
    refresh: Callable[[datetime], None]
    now: Callable[[], datetime]


def refreshing(watch: QueueWatch, checks: realtime.Checks) -> Callable[[datetime], None]:
    """Return what asks Amazon Connect for the queues now and then, and holds the events against what it says."""

    def refresh(now: datetime) -> None:
        told = watch.refresh(now)
        if told is not None:
            checks.queues(told)

    return refresh


@functools.cache
def wired() -> Wired:
    """Return the use-cases wired for this process; a missing setting fails here, by name."""
    configured = settings.StoreSettings.load(os.environ)
    queue_url = settings.required(os.environ, "TRUNKLINE_DLQ_URL")
    instance_arn = settings.required(os.environ, "TRUNKLINE_INSTANCE_ARN")
    queue_ids = settings.text_map(os.environ, "TRUNKLINE_QUEUES")
    tenant, now = tenancy.current(), clock.from_environment()
    client, connect, instance = aws.client("dynamodb"), aws.client("connect"), instance_arn.rpartition("/")[2]
    store = Agents(client, configured.table, tenant.id, tenant.contacts_days)
    desk = Desk(connect, instance, queue_ids, audit.trail())
    users = realtime.Users(client=connect, instance_id=instance, queue_ids=queue_ids, kinds=tenant.agent_statuses)
    bus = realtime.EventBus(aws.client("events"), settings.required(os.environ, "TRUNKLINE_BUS"))
    checks = realtime.of_table(client, configured.table, tenant, users, bus, now)
    refresh, packing = refreshing(QueueWatch(store, desk), checks), Packing(store, now)
    ingest = Ingest(
        store=store,
        turns=Turns(client, configured.table, tenant.id, tenant.contacts_days),
        desk=desk,
        seats=tenant.seats,
        site_attribute=tenant.plan.site_attribute,
        instance_arn=instance_arn,
        now=now,
        kinds=tenant.agent_statuses,
        refresh=refresh,
        heard=packing.heard,
    )
    contacts = realtime.contact_events(client, configured.table, tenant.id, queue_ids, instance_arn)
    hearing = Hearing(agents=ingest, contacts=contacts, refresh=refresh, now=now)
    return Wired(batches_of(hearing, aws.client("sqs"), queue_url, packing.settle), refresh, now)


@bp.lambda_function(name=FUNCTION)
def ingest_agent_events(event: dict[str, Any], context: Any) -> Failures:
    """Take in one batch of events, or what the clock brings; a bug stays loud, so that Lambda bisects to its event."""
    tenant = tenancy.current().id
    observability.begin(function=FUNCTION, tenant=tenant, request_id=context.aws_request_id)
    if "Records" in event:
        return stream_door.serve(FUNCTION, tenant, wired().batches, event, context)
    wired().refresh(wired().now())
    observability.end(tenant=tenant, function=FUNCTION, outcome="ok")
    return {"batchItemFailures": []}


if settings.is_entry(__name__):
    wired()
