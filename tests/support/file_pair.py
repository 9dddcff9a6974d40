"""Our customers beside a system that delivers files, over a table and a bucket in memory."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Literal

from chalicelib.adapters.copy_store import Copies
from chalicelib.adapters.delivered import Delivered
from chalicelib.adapters.files import Files
from chalicelib.adapters.models import AdapterTerms, FileTerms, Round, SharedField
from chalicelib.adapters.service import Adapter
from chalicelib.adapters.store import Links
from chalicelib.audit.service import Trail
from chalicelib.audit.store import Log
from chalicelib.customers import record_items
from chalicelib.customers.record_store import Records
from chalicelib.customers.registry import Facts, Registry
from tests.support.customer_registry import NOW, WANG, tenant
from tests.support.fake_dynamo import FakeDynamo
from tests.support.other_files import FakeBucket, name

FORM = FileTerms(deleted="gone", most_missing_percent=100)
TERMS = AdapterTerms(
    id="crm",
    files=FORM,
    fields=(
        SharedField(field="name", theirs="name", rule="newest"),
        SharedField(field="phone", theirs="phone", rule="newest"),
        SharedField(field="grade", theirs="grade", rule="ours"),
        SharedField(field="region", theirs="region", rule="theirs"),
    ),
)
COLUMNS = ("id", "gone", "name", "phone", "grade", "region")


@dataclass
class FilePair:
    """Our customers, and the files between them and the other system; every look at the clock takes a second."""

    form: FileTerms = FORM
    deletions: Literal["ask", "carry"] = "ask"
    client: Any = field(default_factory=FakeDynamo)
    bucket: Any = field(default_factory=FakeBucket)
    table: str = "table"
    at: datetime = NOW

    def __post_init__(self) -> None:
        of = tenant()
        terms = replace(TERMS, files=self.form, deletions=self.deletions)
        trail = Trail(tenant=of.id, kept=Log(self.client, f"{self.table}-audit"), now=self.now)
        kept = Records(
            client=self.client,
            table=self.table,
            tenant=of.id,
            trail=trail,
            listed=record_items.sorts(of.customer_fields),
            adapters=(terms.id,),
        )
        drawn = count(1)
        self.ours = Registry(tenant=of, kept=kept, now=self.now, draw=lambda _below: next(drawn))
        self.copies = Copies(client=self.client, table=self.table, tenant=of.id, adapter=terms.id)
        self.port = Delivered(
            terms=terms,
            form=self.form,
            tenant=of,
            files=Files(client=self.bucket, bucket="bucket", adapter=terms.id),
            copies=self.copies,
            now=self.now,
        )
        links = Links(client=self.client, table=self.table, tenant=of.id, adapter=terms.id)
        self.adapter = Adapter(terms=terms, port=self.port, links=links, registry=self.ours, trail=trail, now=self.now)

    def now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at

    def deliver(self, *lines: str, kind: str = "delta", at: datetime | None = None) -> str:
        """Let them deliver a file of now, or of `at`, and return its name."""
        called = name(at or self.now(), kind)
        self.bucket.deliver(called, *lines, header=",".join(COLUMNS))
        return called

    def round(self) -> Round:
        return self.adapter.round(lambda: 60.0, WANG)

    def rest(self) -> None:
        """Let time pass and rounds run until nothing is to do."""
        for _ in range(20):
            self.at += timedelta(minutes=20)
            done = self.round()
            if not (done.pulled or done.delivered or self.adapter.links.waiting(self.at + timedelta(days=1), 9)):
                return
        raise AssertionError("the two systems do not come to rest")

    def our_facts(self, id_: str) -> Facts | None:
        record = self.ours.kept.family(id_).get(id_)
        return record.facts if record and not record.deleted else None

    def shown(self, id_: str) -> tuple[str | None, ...] | None:
        """Return name, telephone, grade and region of a customer of ours."""
        known = self.our_facts(id_)
        return (known.name, known.phone, known.grade, known.region) if known else None

    def enter(self, id_: str, told: Facts) -> None:
        """Let somebody here enter or edit a customer."""
        record = self.ours.kept.family(id_).get(id_)
        if record is None:
            self.ours.create(told, WANG, id_=id_)
        else:
            self.ours.edit(id_, told, WANG, revision=record.revision)

    def errors(self) -> dict[str, str | None]:
        """Return what is on the error list, by its place or customer, with the words."""
        return {one.customer_id: one.detail for one in self.adapter.failed(after=None, limit=50).marks}

    def states(self) -> dict[str, str]:
        """Return what became of their files."""
        return {called: one.state for called, one in self.copies.files().items()}

    def sent(self) -> list[dict[str, str]]:
        """Return the lines of all files of ours, oldest file first."""
        return [row for _, content in sorted(self.bucket.ours().items()) for row in read(content)]


@dataclass
class TheirCrm:
    """What the people of the other system have: it takes in our files, each once, and writes files of its own."""

    customers: dict[str, dict[str, str]] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)

    def keep(self, id_: str, **values: str) -> None:
        """Let somebody there change what is known of a customer."""
        self.customers[id_] = {**self.customers.get(id_, {}), **values}
        self.changed.add(id_)

    def take_in(self, files: dict[str, bytes]) -> None:
        """Take in files of ours that are new."""
        for called, content in sorted(files.items()):
            if called not in self.taken:
                self.taken.add(called)
                for row in read(content):
                    values = {key: row[key] for key in COLUMNS[2:]}
                    if row["gone"] == "true":
                        self.customers.pop(row["id"], None)
                    elif self.customers.get(row["id"]) != values:
                        self.customers[row["id"]] = values
                        self.changed.add(row["id"])

    def lines(self, kind: str) -> list[str]:
        """Return the lines of a file: of everybody, or of those who changed since the last one."""
        ids: Iterable[str] = self.customers if kind == "full" else self.changed & self.customers.keys()
        found = [",".join((id_, "false", *(self.customers[id_].get(key, "") for key in COLUMNS[2:]))) for id_ in ids]
        self.changed.clear()
        return sorted(found)


def read(content: bytes) -> Iterable[dict[str, str]]:
    """Return the lines of a file by its columns."""
    return csv.DictReader(io.StringIO(content.decode()))
