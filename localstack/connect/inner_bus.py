"""EventBridge from the inside.

AWS reserves the sources `aws.*` for its own services, and MiniStack refuses them from outside as AWS does. The Connect
emulator is one of the services here, so it publishes by MiniStack's own door, where there is one in this process.
"""

import importlib
import json
import logging
import sys
from collections.abc import Sequence
from typing import Any

from localstack.connect.adapter_clients import Clients
from localstack.connect.adapters import CloudBus, bus_entry, cloud_ports
from localstack.connect.engine.ports import EventBus, Place, Ports

log = logging.getLogger(__name__)

MODULE, FUNCTION = "ministack.services.eventbridge", "_put_events"
"""Private name of MiniStack 1.5.33; a test in tests/integration holds it by what it does."""


class InnerBus:
    """Publishes in MiniStack's process."""

    def put(self, place: Place, events: Sequence[dict[str, Any]]) -> Sequence[int]:
        """Publish events; answers those that were not taken."""
        glue = importlib.import_module("localstack.ministack_glue")
        publish = getattr(importlib.import_module(MODULE), FUNCTION)
        with glue.acting_as(place.account, place.region):
            status, _, body = publish({"Entries": [bus_entry(event) for event in events]}, allow_aws_source=True)
        if status >= 400:  # noqa: PLR2004  HTTP: a refusal of the whole batch
            log.warning("EventBridge did not take %d events: %s", len(events), body)
            return range(len(events))
        return [n for n, one in enumerate(json.loads(body)["Entries"]) if one.get("ErrorCode")]


def ports(endpoint_url: str) -> Ports:
    """All ports of the local cloud: the AWS APIs at `endpoint_url`, except for what only a service may do."""
    bus: EventBus = InnerBus() if "ministack.app" in sys.modules else CloudBus(Clients(endpoint_url))
    return cloud_ports(endpoint_url, bus)
