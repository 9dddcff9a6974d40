"""The on-failure destination of an event source mapping: an SQS queue that learns where given-up records are."""

import json
import logging
from collections.abc import Mapping
from typing import Any

from localstack import ministack_glue as glue

LOG = logging.getLogger("trunkline.kinesis")
HTTP_OK = 200


def tell(mapping: Mapping[str, Any], function: Mapping[str, Any] | None, message: Mapping[str, Any]) -> None:
    """Put `message` into the mapping's queue in the name of the function's role, as AWS does.

    Without a destination the records are only logged: AWS drops them too. A queue that is missing or refuses costs the
    message, as on AWS, and is an error in the log.
    """
    target = ((mapping.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination", "")
    if not target:
        return
    if glue.reach("ministack.services.sqs", "_queue_by_arn")(target) is None:
        LOG.error("The on-failure destination %s is not an SQS queue of this cloud; the message is lost", target)
    elif function and not glue.role_may(function["config"], "sqs:SendMessage", "sqs", target):
        LOG.error("The role of %s may not send to %s; the message is lost", mapping["FunctionArn"], target)
    else:
        _send(target, message)


def _send(queue_arn: str, message: Mapping[str, Any]) -> None:
    _, _, _, region, account, name = queue_arn.split(":")
    body = json.dumps({"QueueUrl": f"http://127.0.0.1/{account}/{name}", "MessageBody": json.dumps(message)}).encode()
    with glue.acting_as(account, region):
        status, answer = glue.call_service("sqs", "AmazonSQS.SendMessage", body)
    if status != HTTP_OK:
        LOG.error("The on-failure destination %s refused the message: %s", queue_arn, answer)
