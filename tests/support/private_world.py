"""A table and a bucket in which persons leave traces through the product's own stores, and the tenant's privacy."""

import io
import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.audit.models import Actor
from chalicelib.audit.service import Trail
from chalicelib.audit.store import Log
from chalicelib.callbacks.models import Callback
from chalicelib.callbacks.service import Callbacks, Follower
from chalicelib.completions.models import Entry, Subject, Version
from chalicelib.completions.store import Completions
from chalicelib.contacts.service import Ingest
from chalicelib.contacts.store import Contacts
from chalicelib.customers.drafts import Drafts
from chalicelib.menus.models import Answer
from chalicelib.menus.store import answer_item
from chalicelib.platform.dynamo import Transaction, encode
from chalicelib.privacy.objects import Objects
from chalicelib.privacy.people import People
from chalicelib.privacy.service import Privacy
from chalicelib.privacy.store import Desk, Places
from chalicelib.services.models import Entry as Entered
from chalicelib.services.models import Subject as ServiceSubject
from chalicelib.services.service import Services, feed
from chalicelib.tenancy.models import Tenant
from chalicelib.tickets.models import Opening
from chalicelib.tickets.models import Subject as TicketSubject
from chalicelib.tickets.service import Counting, Tickets
from chalicelib.tickets.store import Tickets as KeptTickets
from chalicelib.voicemail.service import Keeper, Messages
from tests.support import customer_registry
from tests.support.contact_records import encoded, record
from tests.support.fake_dynamo import FakeDynamo
from tests.support.indexed import indexer

BUCKET = "bucket"
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
OFFICER = Actor(user="officer", roles=("compliance-officer",))


@dataclass
class VersionedBucket:
    """A bucket that keeps every version, as an S3 client sees it. `before` may raise what a call then fails with."""

    versions: dict[str, list[tuple[str, bytes]]] = field(default_factory=dict)
    calls: int = 0
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def put_object(self, **request: Any) -> Mapping[str, Any]:
        self.versions.setdefault(request["Key"], []).append((f"v{next(self.numbers)}", request["Body"]))
        return {}

    def copy_object(self, **request: Any) -> Mapping[str, Any]:
        found = self.versions.get(request["CopySource"]["Key"])
        if not found:
            told: Any = {"Error": {"Code": "NoSuchKey", "Message": "gone"}}
            raise ClientError(told, "CopyObject")
        return self.put_object(Key=request["Key"], Body=found[-1][1])

    def list_object_versions(self, **request: Any) -> Mapping[str, Any]:
        found = [
            {"Key": key, "VersionId": version}
            for key, versions in self.versions.items() if key.startswith(request["Prefix"]) for version, _ in versions
        ]  # fmt: skip
        return {"Versions": found, "IsTruncated": False}

    def delete_object(self, **request: Any) -> Mapping[str, Any]:
        self.calls += 1
        left = [one for one in self.versions.get(request["Key"], []) if one[0] != request["VersionId"]]
        self.versions[request["Key"]] = left
        if not left:
            del self.versions[request["Key"]]
        return {}

    def get_object(self, **request: Any) -> Mapping[str, Any]:
        return {"Body": io.BytesIO(self.versions[request["Key"]][-1][1])}

    def generate_presigned_url(self, ClientMethod: str, **request: Any) -> str:  # noqa: N803 - botocore's own name
        return f"https://{request['Params']['Key']}?{ClientMethod}&{request['ExpiresIn']}"


class PrivateWorld:
    """One tenant. `at` is its clock; everything is written by the stores of the product."""

    def __init__(self, tenant: Tenant | None = None, table: FakeDynamo | None = None) -> None:
        self.tenant = tenant or customer_registry.tenant()
        self.table = table or FakeDynamo()
        self.s3 = VersionedBucket()
        self.at = START
        self.trail = Trail(tenant=self.tenant.id, kept=Log(self.table, "audit"), now=lambda: self.at)
        self.registry = customer_registry.registry(self.table)
        days = self.tenant.contacts_days
        tokens = itertools.count()
        contacts = Contacts(self.table, "table", self.tenant.id, days, lambda: f"token-{next(tokens)}")
        self.callbacks = Callbacks(self.table, "table", self.tenant.id, days)
        self.feed = feed(self.table, "table", self.tenant)
        self.ingest = Ingest(
            tenant=self.tenant, table="table", contacts=contacts, instance_arn=None, pause=lambda _: None,
            chance=lambda: 0.0,
            listeners=(self.feed, Keeper(Messages(self.table, "table", self.tenant.id, days), self.tenant),
                       Follower(self.callbacks)),
        )  # fmt: skip
        numbers = itertools.count(1)
        drawn = itertools.count(1)
        self.services = Services(
            kept=self.feed.kept, trail=self.trail, now=lambda: self.at, draw=lambda _below: next(drawn)
        )
        kept = KeptTickets(self.table, "table", self.tenant.id, self.trail, days)
        self.tickets = Tickets(
            kept=kept, listing=self.feed, counting=Counting(self.tenant.id, "table", ()), left_out=(),
            now=lambda: self.at, draw=lambda _below: next(numbers),
        )  # fmt: skip
        self.drafts = Drafts(
            client=self.table, table="table", tenant=self.tenant.id, trail=self.trail, now=lambda: self.at
        )
        self.completions = Completions(self.table, "table", self.tenant.id, days)
        ids = itertools.count()
        places = Places(self.table, "table")
        self.privacy = Privacy(
            tenant=self.tenant, desk=Desk(places, self.tenant.id, self.trail),
            people=People(self.registry.kept, places, self.tenant.id), objects=Objects(self.s3, BUCKET),
            bucket=BUCKET, now=lambda: self.at, draw=lambda: f"{next(ids):08x}",
        )  # fmt: skip

    # ------------------------------------------------------------------ what persons leave behind

    def call(self, contact_id: str, phone: str | None, customer_id: str | None = None, **more: Any) -> bytes:
        """Take in the record of a call with a recording, and return the record."""
        attributes = {**record()["Attributes"], "customerId": customer_id or "none", **more.pop("attributes", {})}
        key = f"connect/CallRecordings/2026/03/02/{contact_id}_20260302T09:01_UTC.wav"
        told = record(
            contact_id, Attributes=attributes,
            CustomerEndpoint={"Address": phone, "Type": "TELEPHONE_NUMBER"} if phone else None,
            Recording={"Location": f"{BUCKET}/{key}", "Status": "AVAILABLE", "Type": "AUDIO", "DeletionReason": None},
            **more,
        )  # fmt: skip
        data = encoded(told)
        self.ingest.take(data)
        self.recorded(contact_id, key, f"voice of {customer_id or phone}".encode())
        return data

    def recorded(self, contact_id: str, key: str, body: bytes) -> None:
        """Put a recording into the bucket, twice, and let the indexer write it onto its contact."""
        module = indexer()
        for content in (b"too early: " + body, body):
            self.s3.put_object(Key=key, Body=content)
        place = module.place_of(key)
        assert place.contact_id == contact_id
        event = {
            "time": self.at.isoformat(),
            "detail": {"bucket": {"name": BUCKET}, "object": {"key": key, "size": len(body)}},
        }
        settings = module.Settings(
            tenant=self.tenant.id, table="table", keep_days=self.tenant.privacy["retention"]["recordings_days"]
        )
        item = module.item(settings, place, event, "digest")
        self.table.items[item["pk"]["S"], item["sk"]["S"]] = item

    def complete(self, contact_id: str, note: str, customer_id: str | None) -> None:
        """Complete a contact with a note."""
        entry = Entry(
            category="repair", sub_category="x", result="recorded", solved=True, next_step="none", note=note,
            customer_id=customer_id,
        )  # fmt: skip
        version = Version(revision=1, at=self.at, by="li.na", entry=entry)
        self.completions.save(
            Subject(contact_id=contact_id, agent="li.na", at=self.at), version, _Without(), OFFICER, _ANY
        )

    def ticket(self, text: str, phone: str | None, customer_id: str | None, contact_id: str | None = None) -> str:
        """Open a ticket."""
        subject = TicketSubject(category="repair", text=text, phone=phone, customer_id=customer_id)
        opening = Opening(subject=subject, note=text, channel="VOICE", contact_id=contact_id)
        return self.tickets.open(opening, OFFICER).ticket.number

    def promise(self, call_id: str, phone: str) -> bool:
        """Promise a callback."""
        return self.callbacks.promise(
            Callback(id=call_id, phone=phone, line="after-sales", queue="after-sales", language="zh-CN",
                     asked_at=self.at, attempts=2),
            self.at,
        )  # fmt: skip

    def answer(self, customer_id: str, text: str) -> None:
        """Keep what an enquiry answers to a customer."""
        item = answer_item(
            self.tenant.id, "points", customer_id, Answer(text={"zh-CN": text}, customer_id=customer_id),
            self.at + timedelta(days=30),
        )  # fmt: skip
        self.table.items[item["pk"], item["sk"]] = encode(item)

    def visit(self, customer_id: str | None, phone: str | None, note: str) -> str:
        """Enter a service that came by no contact."""
        entry = Entered(whom=self.feed.whom(customer_id, phone), note=note)
        made = self.services.enter(entry, ServiceSubject(channel="visit"), OFFICER, served_at=self.at)
        return made.id

    # ------------------------------------------------------------------ what is looked at

    def carry_out(self, seconds: float = 600) -> Mapping[str, int]:
        """Let the function run once."""
        return self.privacy.carry_out(self.at + timedelta(seconds=seconds))

    def everything(self) -> bytes:
        """Every byte of the table and of the bucket, but for the audit trail, which nobody may change."""
        items = {key: item for key, item in self.table.items.items() if "#AUDIT#" not in key[0]}
        kept = json.dumps(sorted((list(key), item) for key, item in items.items()), ensure_ascii=False).encode()
        return kept + b"".join(
            key.encode() + body for key, versions in self.s3.versions.items() for _, body in versions
        )

    def counters(self) -> dict[Any, Any]:
        """Every counter of the figures."""
        kinds = ("#KPI#", "#AGENTKPI#", "#MENUUSE#")
        return {key: dict(item) for key, item in self.table.items.items() if any(kind in key[0] for kind in kinds)}


class _Without:
    """Commits the steps of a change without an entry."""

    def commit(self, write: Transaction, by: object, act: object) -> None:
        del by, act
        write.commit()


_ANY: Any = None
