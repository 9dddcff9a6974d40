"""Analytics: what they hear. What the table was told, from its stream: the transaction itself is the outbox."""

import functools
import os
import time
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from chalice.app import Blueprint

from chalicelib.analytics.service import Export, Sender, marker
from chalicelib.analytics.store import Days
from chalicelib.metrics.service import RefusedCalls
from chalicelib.platform import aws, clock, observability, settings
from chalicelib.platform.errors import InvalidInput
from chalicelib.tenancy import service as tenancy

bp = Blueprint(__name__)

FUNCTION: Final = "export_analytics"

type Answer = dict[str, Any]


@functools.cache
def wired() -> Export:
    """Return the use-case wired for this process; a missing setting fails here, by name."""
    secret_arn = settings.required(os.environ, "TRUNKLINE_MARK_SECRET_ARN")
    instance_id = settings.instance_id(os.environ)
    streams = settings.text_map(os.environ, "TRUNKLINE_DELIVERY_STREAMS")
    secret = aws.client("secretsmanager").get_secret_value(SecretId=secret_arn)["SecretString"]
    return Export(
        tenant=tenancy.current(),
        sender=Sender(firehose=aws.client("firehose"), pause=time.sleep),
        streams=streams,
        mark=marker(secret),
        refusals=RefusedCalls(aws.client("cloudwatch"), instance_id),
        now=clock.from_environment(),
        days=Days(aws.client("dynamodb"), settings.StoreSettings.load(os.environ).table, tenancy.current().id),
    )


@bp.lambda_function(name=FUNCTION)
def export_analytics(event: dict[str, Any], context: Any) -> Answer:
    """Send one batch of the table's stream on, or `{"again": {"first": day, "last": day}}` once more, or, as the clock
    says, `{"refused": {"days": n}}`: the calls that were refused today and on the days before.

    Whatever fails stays loud, and the whole batch comes again.
    """
    tenant = tenancy.current().id
    observability.begin(function=FUNCTION, tenant=tenant, request_id=context.aws_request_id)
    if "again" in event:
        answer: Answer = {day: dict(wired().again(day)) for day in days_of(event["again"])}
    elif "refused" in event:
        answer = {"refused": dict(wired().refused(int(event["refused"]["days"])))}
    else:
        observability.measure("Exported", wired().take(event["Records"]).total())
        answer = {"batchItemFailures": []}
    observability.end(tenant=tenant, function=FUNCTION, outcome="ok")
    return answer


def days_of(asked: Mapping[str, str]) -> list[str]:
    """Return the days from `first` to `last`, both in it.

    Raises:
        InvalidInput: they are not two days in this order.

    """
    try:
        first, last = date.fromisoformat(asked["first"]), date.fromisoformat(asked["last"])
    except (KeyError, TypeError, ValueError) as exc:
        raise InvalidInput("expected first and last, two days such as 2026-03-02") from exc
    if last < first:
        raise InvalidInput("the last day is before the first one")
    return [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]


if settings.is_entry(__name__):
    wired()
