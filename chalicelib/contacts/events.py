"""Contacts: what they hear. Contact records of Amazon Connect, from the tenant's Kinesis stream."""

import functools
import os
import random
import time
import uuid
from collections.abc import Mapping
from typing import Any, Final

from chalice.app import Blueprint

from chalicelib.callbacks.service import Callbacks, Follower
from chalicelib.completions import service as completions
from chalicelib.contacts.deadletters import KIND
from chalicelib.contacts.service import Effect, Ingest, Listener
from chalicelib.contacts.store import Contacts
from chalicelib.offers import service as offers
from chalicelib.platform import aws, observability, settings, stream_door
from chalicelib.platform.stream_door import Batches, Failures, Queue, Taker
from chalicelib.realtime.service import Leaving, Moments
from chalicelib.services import service as services
from chalicelib.tenancy import service as tenancy
from chalicelib.tenancy.models import Tenant
from chalicelib.voicemail.service import Keeper, Messages, NoticeCalls, Notices

bp = Blueprint(__name__)

FUNCTION: Final = "ingest_contact_records"
_METRIC: Mapping[Effect, str] = {
    Effect.STORED: "Ingested",
    Effect.CORRECTED: "Corrected",
    Effect.DUPLICATE: "Duplicates",
    Effect.EXPIRED: "Expired",
}


def batches_of(ingest: Taker[Effect], queue: Queue, queue_url: str) -> Batches[Effect]:
    """Return what takes in batches of contact records by `ingest`."""
    return Batches(ingest, queue, queue_url, KIND, _METRIC)


def listeners(client: Any, table: str, tenant: Tenant) -> tuple[Listener, ...]:
    """Return the capabilities of `tenant` to whom contacts matter."""
    kept = (client, table, tenant.id, tenant.contacts_days)
    complaints = completions.Complaints(client, table, tenant)
    due = (completions.Expectations(completions.Kept(*kept), complaints),) if tenant.completion else ()
    over, records = Leaving(Moments(client, table, tenant.id)), services.feed(client, table, tenant)
    desks = (offers.Closer(offers.Rings(client, table, tenant.id)),) if tenant.plan.rings_desks else ()
    return (
        *(Follower(Callbacks(*kept)), Keeper(Messages(*kept), tenant), NoticeCalls(Notices(*kept), tenant)),
        *(over, records, *due, *desks),
    )


@functools.cache
def wired() -> Batches[Effect]:
    """Return the use-case wired for this process; a missing setting fails here, by name."""
    configured = settings.StoreSettings.load(os.environ)
    queue_url = settings.required(os.environ, "TRUNKLINE_DLQ_URL")
    tenant = tenancy.current()
    client = aws.client("dynamodb")
    store = Contacts(client, configured.table, tenant.id, tenant.contacts_days, lambda: str(uuid.uuid4()))
    ingest = Ingest(
        tenant=tenant,
        table=configured.table,
        contacts=store,
        instance_arn=os.environ.get("TRUNKLINE_INSTANCE_ARN") or None,
        pause=time.sleep,
        chance=random.random,
        listeners=listeners(client, configured.table, tenant),
    )
    return batches_of(ingest, aws.client("sqs"), queue_url)


@bp.lambda_function(name=FUNCTION)
def ingest_contact_records(event: dict[str, Any], context: Any) -> Failures:
    """Take in one batch of contact records; a bug stays loud, so that Lambda bisects to the record that shows it."""
    tenant = tenancy.current().id
    observability.begin(function=FUNCTION, tenant=tenant, request_id=context.aws_request_id)
    return stream_door.serve(FUNCTION, tenant, wired(), event, context)


if settings.is_entry(__name__):
    wired()
