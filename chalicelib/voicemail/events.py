"""Voicemail: what it hears. The table's stream tells of a new notice at once, the clock of those that have come due."""

import functools
import logging
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from chalice.app import Blueprint

from chalicelib.platform import aws, clock, observability, settings
from chalicelib.tenancy import service as tenancy
from chalicelib.voicemail.models import Way
from chalicelib.voicemail.notice_store import Notices
from chalicelib.voicemail.notices import Effect, Notifier, Sender
from chalicelib.voicemail.senders import Call, Email, Sms

bp = Blueprint(__name__)

FUNCTION: Final = "notify_voicemail"
SCHEMA: Final = f"{FUNCTION}.v1"

_log = logging.getLogger(__name__)


@functools.cache
def wired() -> Notifier:
    """Return the use-case wired for this process; a missing setting fails here, by name."""
    configured = settings.StoreSettings.load(os.environ)
    tenant = tenancy.current()
    notices = Notices(aws.client("dynamodb"), configured.table, tenant.id, tenant.contacts_days)
    return Notifier(notices=notices, tenant=tenant, sender=sender, now=clock.from_environment())


@functools.cache
def sender(way: Way) -> Sender:
    """Return what tells people in this way; only the ways of the contract have their settings."""
    tenant = tenancy.current()
    if way is Way.SMS:
        return Sms(aws.client("sns"), settings.text_map(os.environ, "TRUNKLINE_NOTICE_TOPICS"), tenant)
    if way is Way.EMAIL:
        return Email(aws.client("ses"), tenant)
    instance = settings.instance_id(os.environ)
    flow = settings.required(os.environ, "TRUNKLINE_NOTICE_FLOW_ARN").rpartition("/")[2]
    return Call(aws.client("connect"), instance, flow, tenant)


@bp.lambda_function(name=FUNCTION)
def notify_voicemail(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Tell of the messages that the stream names, or, for the clock, of those that are due; answer what came of it.

    A store that does not answer fails the invocation, and the stream gives the batch again: what was told stays told.
    """
    tenant = tenancy.current().id
    observability.begin(function=FUNCTION, tenant=tenant, request_id=context.aws_request_id)
    notifier = wired()
    if "Records" in event:
        done = Counter(notifier.tell(message_id) for message_id in named(event["Records"]))
    else:
        done = Counter(notifier.tell_due().values())
    observability.measure("NoticesMissed", float(done[Effect.MISSED]))
    observability.measure("NoticesFailed", float(done[Effect.FAILED]))
    _log.info("notices", extra={"code": "notices", "done": {effect.value: done[effect] for effect in Effect}})
    observability.end(tenant=tenant, function=FUNCTION, outcome="failed" if done[Effect.FAILED] else "ok")
    return {"schema": SCHEMA, "batchItemFailures": [], **{effect.value: done[effect] for effect in Effect}}


def named(records: list[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the message of every new notice among the stream's records, each once."""
    seen: set[str] = set()
    for record in records:
        image = record.get("dynamodb", {}).get("NewImage", {})
        message_id = image.get("notice_of", {}).get("S")
        if record.get("eventName") == "INSERT" and message_id and message_id not in seen:
            seen.add(message_id)
            yield message_id


if settings.is_entry(__name__):
    wired()
