"""Calls of a tenant on the emulator, and everything that the product keeps of them on a table in memory."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.agents.activity_store import Turns
from chalicelib.agents.ingest import Ingest
from chalicelib.agents.store import Agents
from chalicelib.audit.service import Trail
from chalicelib.audit.store import Log
from chalicelib.completions.service import Complaints, Completions, Kept
from chalicelib.contacts.events import listeners
from chalicelib.contacts.service import Finder
from chalicelib.contacts.store import Contacts
from chalicelib.customers import record_items
from chalicelib.customers.choosing import Choosing
from chalicelib.customers.record_store import Records
from chalicelib.customers.registry import Registry
from chalicelib.recordings.connect import Switch
from chalicelib.recordings.objects import Objects
from chalicelib.recordings.service import Recordings
from chalicelib.services.service import feed
from chalicelib.tenancy.compiler import compile_contract
from chalicelib.tenancy.models import from_document
from chalicelib.tickets.service import Counting, Tickets
from chalicelib.tickets.store import Tickets as TicketStore
from localstack.connect import api_contacts
from localstack.connect.api_errors import ConnectError
from tests.support.connect_world import MONDAY
from tests.support.fake_dynamo import FakeDynamo
from tests.support.indexed import Bucket, arrived, indexer
from tests.support.taken_in import ingest
from tests.support.tenant_world import TenantWorld

AFTER_SALES = "+864008601234"
CALLER = "+8613800138000"


class NoDesk:
    """Signs nobody off."""

    def sign_off(self, agent: Any, now: Any) -> None:
        raise AssertionError(f"{agent} at {now}")


class Journey:
    """A world of a tenant with its table. Nothing is taken in until a test says so; `at` moves both clocks."""

    def __init__(self, world: TenantWorld) -> None:
        self.world = world
        self.tenant = from_document(compile_contract(world.contract))
        self.table, self.name = FakeDynamo(), f"trunkline-{self.tenant.id}"
        self.kept = (self.table, self.name, self.tenant.id, self.tenant.contacts_days)
        self.trail = Trail(tenant=self.tenant.id, kept=Log(self.table, "audit"), now=self.now)
        tickets = TicketStore(self.table, self.name, self.tenant.id, self.trail, self.tenant.contacts_days)
        listing = feed(self.table, self.name, self.tenant)
        counting = Counting(self.tenant.id, self.name, self.tenant.kpis.complaint_categories)
        self.tickets = Tickets(
            kept=tickets, listing=listing, counting=counting, left_out=(), now=self.now, draw=lambda _below: 7
        )
        self.floor = Agents(*self.kept)
        self.contacts = Finder(tenant=self.tenant, contacts=Contacts(*self.kept, lambda: ""), now=self.now)
        self.connect = Connect(world)
        records = Records(
            client=self.table,
            table=self.name,
            tenant=self.tenant.id,
            trail=self.trail,
            listed=record_items.sorts(self.tenant.customer_fields),
        )
        self.customers = Registry(tenant=self.tenant, kept=records, now=self.now, draw=lambda below: below - 1)
        self.choosing = Choosing(
            registry=self.customers, connect=self.connect, instance_id="instance", trail=self.trail
        )

        self.recordings = Recordings(
            tenant=self.tenant,
            contacts=self.contacts,
            floor=self.floor,
            switch=Switch(self.connect, "instance"),
            objects=Objects(Bucket(world.cloud.objects)),
            trail=self.trail,
            now=self.now,
        )

    def completions(self) -> Completions:
        """Return what completes contacts of the world."""
        return Completions(
            kept=Kept(*self.kept),
            complaints=Complaints(self.table, self.name, self.tenant),
            contacts=self.contacts,
            floor=self.floor,
            tickets=self.tickets,
            trail=self.trail,
            lists=self.tenant.completion,
            now=self.now,
        )

    def now(self) -> datetime:
        """Return the time of the world."""
        return self.world.world.now

    def at(self, seconds: float) -> None:
        """Let the world run until so long after its beginning, and take the agents' events in."""
        self.world.run(until=MONDAY + timedelta(seconds=seconds))
        self.take_events_in()

    def take_events_in(self) -> None:
        """Take every agent event in, each twice and the newest first."""
        taking = Ingest(
            store=self.floor,
            turns=Turns(*self.kept),
            desk=NoDesk(),
            seats=self.tenant.seats,
            site_attribute="Site",
            instance_arn=None,
            now=self.now,
            kinds=self.tenant.agent_statuses,
        )
        for event in reversed(self.world.cloud.agent_events):
            taking.take(json.dumps(event).encode())
            taking.take(json.dumps(event).encode())

    def take_records_in(self) -> list[str]:
        """Take contact records in and index recordings; return the ids of the contacts that agents handled."""
        taking = replace(ingest(self.table, self.tenant), listeners=listeners(self.table, self.name, self.tenant))
        for record in self.world.cloud.records:
            taking.take(json.dumps(record).encode())
        module = indexer()
        place = module.Settings(tenant=self.tenant.id, table=self.name, keep_days=None)
        for location, content in self.world.cloud.objects.items():
            bucket, _, key = location.partition("/")
            event = arrived(bucket, key, size_bytes=len(content))
            module.index(event, self.table, Bucket(self.world.cloud.objects), place)
        return [record["ContactId"] for record in self.world.cloud.records if record["Agent"]]


class Connect:
    """The calls of a client of Amazon Connect that desks make, done by the emulator's own handlers."""

    def __init__(self, world: TenantWorld) -> None:
        self.world = world
        self.engine: Any = SimpleNamespace(suspended=set())

    def __getattr__(self, method: str) -> Any:
        operation = "".join(part.capitalize() for part in method.split("_"))
        return lambda **request: self._call(operation, request)

    def _call(self, operation: str, request: Mapping[str, Any]) -> Any:
        handler = getattr(api_contacts, _NAMES[operation])
        try:
            return handler(self.engine, self.world.world, self.world.instance, request)
        except ConnectError as refused:
            told: Any = {"Error": {"Code": refused.code, "Message": str(refused)}}
            raise ClientError(told, operation) from refused


_NAMES = {
    "DescribeContact": "describe",
    "ListAssociatedContacts": "list_associated",
    "GetContactAttributes": "get_attributes",
    "UpdateContactAttributes": "update_attributes",
    "StartContactRecording": "start_recording",
    "StopContact": "stop",
    "StopContactRecording": "stop_recording",
    "SuspendContactRecording": "suspend_recording",
    "ResumeContactRecording": "resume_recording",
}
