"""Our customers and another system that is asked about them, kept in step over a table in memory."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Literal

from chalicelib.adapters.models import AdapterTerms, SharedField
from chalicelib.adapters.service import Adapter
from chalicelib.adapters.store import Links
from chalicelib.audit.service import Trail
from chalicelib.audit.store import Log
from chalicelib.customers import record_items
from chalicelib.customers.record_store import Records
from chalicelib.customers.registry import Facts, Registry
from tests.support.customer_registry import NOW, WANG, tenant
from tests.support.fake_dynamo import FakeDynamo
from tests.support.other_crm import OtherCrm

FIELDS = (
    SharedField(field="name", theirs="name", rule="newest"),
    SharedField(field="phone", theirs="phone", rule="newest"),
    SharedField(field="grade", theirs="grade", rule="ours"),
    SharedField(field="region", theirs="region", rule="theirs"),
    SharedField(field="points", theirs="points", rule="newest"),
)


TERMS = AdapterTerms(id="crm", url="https://crm.example.com", secret="token", fields=FIELDS)


@dataclass
class Pair:
    """Our customers and the other system's, over a table in memory; every look at the clock takes a second."""

    client: FakeDynamo
    at: datetime = NOW
    deletions: Literal["ask", "carry"] = "ask"

    def __post_init__(self) -> None:
        of = tenant()
        trail = Trail(tenant=of.id, kept=Log(self.client, "audit"), now=self.now)
        listed = record_items.sorts(of.customer_fields)
        kept = Records(
            client=self.client, table="table", tenant=of.id, trail=trail, listed=listed, adapters=(TERMS.id,)
        )
        drawn = count(1)
        self.ours = Registry(tenant=of, kept=kept, now=self.now, draw=lambda _below: next(drawn))
        self.theirs = OtherCrm(now=self.now)
        links = Links(client=self.client, table="table", tenant=of.id, adapter=TERMS.id)
        self.adapter = Adapter(
            terms=replace(TERMS, deletions=self.deletions),
            port=self.theirs,
            links=links,
            registry=self.ours,
            trail=trail,
            now=self.now,
        )

    def now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at

    def round(self) -> object:
        return self.adapter.round(lambda: 60.0, WANG)

    def rest(self) -> None:
        """Let time pass and rounds run until nothing is to do."""
        for _ in range(20):
            self.at += timedelta(minutes=20)
            self.round()
            if not self.adapter.links.waiting(self.at + timedelta(days=1), 9):
                return
        raise AssertionError("the two systems do not come to rest")

    def our_facts(self, id_: str) -> Facts | None:
        record = self.ours.kept.family(id_).get(id_)
        return record.facts if record and not record.deleted else None

    def enter(self, id_: str, told: Facts) -> None:
        """Let somebody here enter or edit a customer."""
        record = self.ours.kept.family(id_).get(id_)
        if record is None:
            self.ours.create(told, WANG, id_=id_)
        else:
            self.ours.edit(id_, told, WANG, revision=record.revision)

    def forget(self, id_: str) -> None:
        """Let somebody here delete a customer."""
        self.ours.delete(id_, WANG, revision=self.ours.kept.family(id_)[id_].revision)

    def errors(self) -> dict[str, str | None]:
        return {one.customer_id: one.code for one in self.adapter.failed(after=None, limit=50).marks}
