"""Customers of a tenant with fields and an organisation of its own, on the real store over a table in memory."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from chalicelib.audit.models import Actor
from chalicelib.audit.service import Trail
from chalicelib.audit.store import Log
from chalicelib.customers import record_items
from chalicelib.customers.record import PHONE, Facts, Identity
from chalicelib.customers.record_store import Records
from chalicelib.customers.registry import Registry
from chalicelib.tenancy.models import CustomerField, Part, Tenant
from tests.support import tenants
from tests.support.fake_dynamo import FakeDynamo

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
WANG = Actor(user="wang", roles=("agent",))
FIELDS = (
    CustomerField(id="city", title="City", kind="choice", choices=("suzhou", "wuxi"), listed=True),
    CustomerField(id="points", title="Points", kind="number", listed=True),
    CustomerField(id="since", title="Customer since", kind="date"),
    CustomerField(id="income", title="Income", kind="number", classification="sensitive"),
)
ORGANISATION = (
    Part(id="group", name="Headquarters", kind="headquarters"),
    Part(id="north", name="North", kind="region", parent="group"),
    Part(id="shop", name="Shop", kind="outlet", parent="north"),
    Part(id="south", name="South", kind="region", parent="group"),
)


def tenant() -> Tenant:
    """Return hrgroup with four fields of its own and an organisation."""
    return replace(tenants.tenant("hrgroup"), customer_fields=FIELDS, organisation=ORGANISATION)


def registry(client: FakeDynamo, now: datetime | None = None, draws: Iterator[int] | None = None) -> Registry:
    """Return the customers of the tenant; every change is a minute later than the one before."""
    at = (NOW + timedelta(minutes=minute) for minute in count())
    of = tenant()
    trail = Trail(tenant=of.id, kept=Log(client, "audit"), now=lambda: NOW)
    kept = Records(
        client=client, table="table", tenant=of.id, trail=trail, listed=record_items.sorts(of.customer_fields)
    )
    drawn = draws or count(1)
    return Registry(tenant=of, kept=kept, now=lambda: now or next(at), draw=lambda _below: next(drawn))


def facts(name: str = "Li Na", *phones: str, **more: object) -> Facts:
    """Return what is entered of a customer with these telephone numbers."""
    identities = tuple(Identity(PHONE, phone) for phone in phones)
    return Facts(**{"name": name, "identities": identities, **more})  # type: ignore[arg-type]
