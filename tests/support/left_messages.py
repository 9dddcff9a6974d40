"""What the product keeps of the messages that callers left in a world, whatever the order of their records."""

import itertools
import json

from chalicelib.contacts.service import Ingest
from chalicelib.contacts.store import Contacts
from chalicelib.tenancy.compiler import compile_contract
from chalicelib.tenancy.models import from_document
from chalicelib.voicemail.models import Message
from chalicelib.voicemail.service import Keeper, Messages
from tests.support.fake_dynamo import FakeDynamo
from tests.support.tenant_world import TenantWorld

_TOKENS = itertools.count()


def messages(world: TenantWorld, client: FakeDynamo | None = None) -> list[Message]:
    """What is kept when every contact record arrives twice, the later ones first."""
    client = client or FakeDynamo()
    tenant = from_document(compile_contract(world.contract))
    contacts = Contacts(client, "table", tenant.id, 365, lambda: f"token-{next(_TOKENS)}")
    kept = Messages(client, "table", tenant.id, 365)
    ingest = Ingest(tenant=tenant, table="table", contacts=contacts, instance_arn=None, pause=lambda _: None,
                    chance=lambda: 0.0, listeners=(Keeper(kept, tenant),))  # fmt: skip
    for record in world.cloud.records[::-1] * 2:
        ingest.take(json.dumps(record).encode())
    found = [kept.find(record["ContactId"]) for record in world.cloud.records]
    return [one for one in found if one is not None]
