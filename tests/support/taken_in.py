"""The product's ingest of contact records over a table in memory."""

from chalicelib.contacts.service import Ingest
from chalicelib.contacts.store import Contacts
from chalicelib.tenancy.models import Tenant
from tests.support.fake_dynamo import FakeDynamo


def ingest(table: FakeDynamo, tenant: Tenant) -> Ingest:
    """Return what takes contact records of `tenant` into its table, without waiting between attempts."""
    name = f"trunkline-{tenant.id}"
    contacts = Contacts(table, name, tenant.id, tenant.contacts_days, lambda: "")
    return Ingest(
        tenant=tenant, table=name, contacts=contacts, instance_arn=None, pause=lambda _: None, chance=lambda: 0.5
    )
