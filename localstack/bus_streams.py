"""Kinesis streams as targets of EventBridge's rules, which MiniStack accepts and does not serve."""

import base64
import json
import logging
from collections.abc import Mapping
from typing import Any

from localstack import ministack_glue as glue

LOG = logging.getLogger("trunkline.kinesis")
EVENTBRIDGE = "ministack.services.eventbridge"
HTTP_ERROR = 400


def plug_in() -> None:
    """Let rules put their events into streams; every other kind of target stays MiniStack's own."""
    others = glue.reach(EVENTBRIDGE, "_invoke_target")

    def invoke(target: Mapping[str, Any], event: Mapping[str, Any], rule: Any, view: Any = None) -> None:
        stream = str(target.get("Arn", "")).partition(":stream/")[2]
        if stream:
            seen = view or glue.reach(EVENTBRIDGE, "_pattern_event_view")(event)
            _put(stream, target, seen.event_with_detail())
        else:
            others(target, event, rule, view)

    glue.replace(EVENTBRIDGE, "_invoke_target", invoke)


def _put(stream: str, target: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    """Put the whole event into the stream, as AWS does without an input of the target's own (which is refused here)."""
    if any(name in target for name in ("Input", "InputPath", "InputTransformer")):
        LOG.error("Rules of this cloud put whole events into streams; the event for %s is lost", stream)
        return
    record = {
        "StreamName": stream,
        "PartitionKey": partition_key(event, (target.get("KinesisParameters") or {}).get("PartitionKeyPath", "")),
        "Data": base64.b64encode(json.dumps(event).encode()).decode(),
    }
    status, _, answer = glue.reach("ministack.services.kinesis", "_put_record")(record)
    if status >= HTTP_ERROR:
        LOG.error("The stream %s did not take an event: %s", stream, answer)


def partition_key(event: Mapping[str, Any], path: str) -> str:
    """Return the text at the JSON path `$.a.b` of the event; its id where the path leads to none, as on AWS."""
    found: Any = event
    for part in path.removeprefix("$.").split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) and found else str(event["id"])
