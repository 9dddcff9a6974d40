"""Analytics: what they hear. What the table was told, from its stream: the transaction itself is the outbox."""

import functools
import os
import time
from typing import Any, Final

from chalice.app import Blueprint

from chalicelib.analytics.service import Export, marker
from chalicelib.platform import aws, observability, settings
from chalicelib.platform.stream_door import Failures
from chalicelib.tenancy import service as tenancy

bp = Blueprint(__name__)

FUNCTION: Final = "export_analytics"


@functools.cache
def wired() -> Export:
    """Return the use-case wired for this process; a missing setting fails here, by name."""
    secret_arn = settings.required(os.environ, "TRUNKLINE_MARK_SECRET_ARN")
    streams = settings.text_map(os.environ, "TRUNKLINE_DELIVERY_STREAMS")
    secret = aws.client("secretsmanager").get_secret_value(SecretId=secret_arn)["SecretString"]
    return Export(
        tenant=tenancy.current(),
        firehose=aws.client("firehose"),
        streams=streams,
        mark=marker(secret),
        pause=time.sleep,
    )


@bp.lambda_function(name=FUNCTION)
def export_analytics(event: dict[str, Any], context: Any) -> Failures:
    """Send one batch of the table's stream on. Whatever fails stays loud, and the whole batch comes again."""
    tenant = tenancy.current().id
    observability.begin(function=FUNCTION, tenant=tenant, request_id=context.aws_request_id)
    sent = wired().take(event["Records"])
    observability.measure("Exported", sent.total())
    observability.end(tenant=tenant, function=FUNCTION, outcome="ok")
    return {"batchItemFailures": []}


if settings.is_entry(__name__):
    wired()
