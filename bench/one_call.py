"""One inbound call as the deployed functions do it, in order, with the attributes that the flows would set."""

import functools
import importlib.util
import json
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from bench.floor_cost import NoDesk
from chalicelib.agents.activity_store import Turns
from chalicelib.agents.ingest import Ingest
from chalicelib.agents.packing import Packing
from chalicelib.agents.service import Agents
from chalicelib.contacts import events
from chalicelib.customers import flow as customers_flow
from chalicelib.menus import flow as menus_flow
from chalicelib.platform import aws, tenancy
from chalicelib.realtime import events as realtime
from chalicelib.routing import flow as routing_flow
from chalicelib.tenancy.models import Tenant
from tests.support.agent_events import Life
from tests.support.agent_events import encoded as agent_event
from tests.support.contact_records import AFTER_SALES, INSTANCE_ARN, abandoned, agent, batch, encoded, record

ROOT: Final = Path(__file__).resolve().parents[1]
PHONE: Final = "+8613800138000"
BUCKET: Final = "trunkline-hrgroup-recordings"
ANSWERED, ABANDONED = "answered, recorded", "abandoned in the queue"
START: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
QUEUE: Final = "after-sales"
QUEUE_ID: Final = "q-1"
KEYS: Final = ("", "1")
"""What the caller presses in the menus: nothing yet, then the way to the queue."""
OF_MENUS: Final = {
    "menuVersion": "version", "menuLine": "line", "menuState": "state", "menuPath": "path", "menuChoice": "choice",
    "menuLog": "log", "menuOutcome": "outcome", "category": "category", "subCategory": "subCategory",
}  # fmt: skip
OF_ROUTING: Final = {
    "routeQueue": "queue", "routeReason": "reason", "routeStrategy": "strategy", "routeRule": "rule",
    "routeTargets": "targets", "routeFound": "found", "contractVersion": "contractVersion",
}  # fmt: skip
"""What flows remember of the answers (contact_flows/modules/menu.json, contact_flows/flows/route.json)."""

type Steps = Iterator[tuple[str, Callable[[], Any]]]


class Context:
    """What the functions ask of Lambda's context."""

    aws_request_id = "bench"

    def get_remaining_time_in_millis(self) -> int:
        """Return plenty."""
        return 60_000


@dataclass(slots=True, kw_only=True)
class Hearing:
    """What hears contact events and agent events, as `ingest_agent_events` wires it, on the time of the call."""

    contacts: realtime.ContactEvents
    agents: Ingest
    packing: Packing
    life: Life = field(default_factory=lambda: Life("agent-007", start=START))

    @classmethod
    def of(cls, client: Any, table: str, tenant: Tenant) -> "Hearing":
        """Return it for one tenant's table, with one agent who is signed in."""
        kept = (client, table, tenant.id, tenant.contacts_days)
        packing = Packing(Agents(*kept), lambda: made.life.now)
        ingest = Ingest(
            store=Agents(*kept), turns=Turns(*kept), desk=NoDesk(), seats=tenant.seats, heard=packing.heard,
            site_attribute=tenant.plan.site_attribute, instance_arn=None, now=lambda: made.life.now,
        )  # fmt: skip
        contacts = realtime.contact_events(client, table, tenant.id, {QUEUE: QUEUE_ID}, INSTANCE_ARN)
        made = cls(contacts=contacts, agents=ingest, packing=packing)
        made.agents.take(agent_event(made.life.login()))
        made.packing.settle()
        return made

    def hears(self, detail: Mapping[str, Any], at: datetime) -> bool:
        """Take a contact event in."""
        event = {"source": "aws.connect", "detail": {"instanceArn": INSTANCE_ARN, "channel": "VOICE", **detail}}
        return self.contacts.take(json.dumps(event).encode(), at)

    def works(self, contact_id: str) -> None:
        """Let the agent take a call, and take his events in: offered, connected, ended, cleared, each a batch."""
        seen = len(self.life.events)
        self.life.wait(20).call(contact_id, queue=QUEUE)
        for event in self.life.events[seen:]:
            self.agents.take(agent_event(event))
            self.packing.settle()


def indexer() -> ModuleType:
    """Load the recording indexer as its build does: with the tenancy module beside it."""
    sys.modules["tenancy"] = tenancy
    spec = importlib.util.spec_from_file_location("indexer", ROOT / "lambdas/recording_indexer/handler.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["indexer"] = module
    spec.loader.exec_module(module)
    return module


@dataclass(slots=True, kw_only=True)
class Call:
    """One call of a kind; `attributes` grow as the flows set them."""

    kind: str
    hearing: Hearing
    indexing: ModuleType
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    attributes: dict[str, str] = field(default_factory=lambda: {"line": "after-sales", "language": "zh-CN"})

    def steps(self) -> Steps:
        """Yield what the functions do for the call: the name of each, and the doing."""
        stages = self._stages()
        yield "ingest_agent_events", lambda: self._stage(stages, 0)
        yield "lookup_customer", lambda: customers_flow.lookup_customer(self._event(), None)
        for key in KEYS:
            yield "menu_step", functools.partial(self._pressed, key)
        yield "route_contact", self._routed
        yield "ingest_agent_events", lambda: self._stage(stages, 1)
        if self.kind == ANSWERED:
            yield "ingest_agent_events", lambda: self._stage(stages, 2)
            yield "ingest_agent_events", lambda: self.hearing.works(self.id)
        yield "ingest_agent_events", lambda: self._stage(stages, 3)
        yield "ingest_contact_records", self._recorded
        if self.kind == ANSWERED:
            yield "recording_indexer", lambda: self.indexing.handler(self._recording(), Context())

    def _stages(self) -> list[dict[str, Any]]:
        """Return what the four contact events tell, each everything that was known then (8.1)."""
        begun = {
            "contactId": self.id, "eventType": "INITIATED", "initiationMethod": "INBOUND",
            "initiationTimestamp": _text(0), "tags": {"aws:connect:systemEndpoint": AFTER_SALES},
        }  # fmt: skip
        queued = {
            **begun, "eventType": "QUEUED",
            "queueInfo": {"queueArn": f"{INSTANCE_ARN}/queue/{QUEUE_ID}", "enqueueTimestamp": _text(40)},
        }  # fmt: skip
        leg = {"agentArn": f"{INSTANCE_ARN}/agent/id-agent-007", "connectedToAgentTimestamp": _text(60)}
        joined = {**queued, "eventType": "CONNECTED_TO_AGENT", "agentInfo": leg}
        last = joined if self.kind == ANSWERED else queued
        ended = {**last, "eventType": "DISCONNECTED", "disconnectTimestamp": _text(100)}
        return [begun, queued, joined, ended]

    def _stage(self, stages: list[dict[str, Any]], number: int) -> None:
        news = self.hearing.hears(stages[number], START + timedelta(seconds=101))
        assert news, f"contact event {number} told nothing new"

    def _event(self, **parameters: str) -> dict[str, Any]:
        data = {
            "ContactId": self.id,
            "Channel": "VOICE",
            "CustomerEndpoint": {"Address": PHONE, "Type": "TELEPHONE_NUMBER"},
            "SystemEndpoint": {"Address": AFTER_SALES, "Type": "TELEPHONE_NUMBER"},
            "InstanceARN": "arn:aws:connect:us-east-1:000000000000:instance/0a0a0a0a-0000-4000-8000-000000000001",
            "Attributes": dict(self.attributes),
        }
        return {"Details": {"ContactData": data, "Parameters": {"line": "after-sales", **parameters}}}

    def _pressed(self, key: str) -> Any:
        self.attributes["menuInput"] = key or "silence"
        return self._remember(OF_MENUS, menus_flow.menu_step(self._event(), None))

    def _routed(self) -> Any:
        asked = self._event(language="zh-CN", menuChoice="2")
        return self._remember(OF_ROUTING, routing_flow.route_contact(asked, None))

    def _remember(self, names: Mapping[str, str], answer: Mapping[str, str]) -> Mapping[str, str]:
        self.attributes |= {name: answer[said] for name, said in names.items() if said in answer}
        return answer

    def _recorded(self) -> Any:
        made = record(self.id, Agent=agent("agent-007")) if self.kind == ANSWERED else abandoned(self.id)
        known = {**made["Attributes"], **self.attributes}
        return events.ingest_contact_records(batch([encoded({**made, "Attributes": known})]), Context())

    def _recording(self) -> dict[str, Any]:
        """Put a recording into the bucket, and return what EventBridge says of it."""
        key = f"connect/hrgroup/CallRecordings/2026/03/02/{self.id}_20260302T09:01_UTC.wav"
        sound = bytes(32_044)
        aws.client("s3").put_object(Bucket=BUCKET, Key=key, Body=sound)
        told = {"bucket": {"name": BUCKET}, "object": {"key": key, "size": len(sound)}}
        return {"time": "2026-03-02T09:07:00Z", "detail": told}


def _text(second: float) -> str:
    return (START + timedelta(seconds=second)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
