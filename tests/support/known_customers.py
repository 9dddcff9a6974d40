"""Known callers for tests and benchmarks: what the customers capability keeps of one, put as it is."""

from datetime import UTC, datetime
from typing import Any

from chalicelib.customers import record_items
from chalicelib.customers.models import Profile
from chalicelib.customers.record import PHONE, Claim, Facts, Identity, Record
from chalicelib.platform import dynamo
from chalicelib.platform.tenancy import TenantId

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


def items_of(tenant: TenantId, phone: str, profile: Profile) -> list[dict[str, Any]]:
    """Return who has the number, and what leads to it from the typed id, in DynamoDB's own form."""
    identity = Identity(PHONE, phone)
    facts = Facts(name=profile.name, identities=(identity,))
    record = Record(id=profile.customer_id, facts=facts, revision=1, created_at=NOW, created_by="test", changed_at=NOW)
    claim = record_items.claim_item(tenant, identity, Claim(revision=1, holders=(profile,)))
    alias = [{"pk": pk, "sk": sk, **told} for (pk, sk), told in record_items.alias_items(tenant, record).items()]
    return [dynamo.encode(item) for item in (claim, *alias)]


def know(client: Any, table: str, tenant: TenantId, phone: str, profile: Profile) -> None:
    """Let the caller `phone` be the customer of `profile` in a table, over whatever stood there."""
    actions = [{"Put": {"TableName": table, "Item": item}} for item in items_of(tenant, phone, profile)]
    client.transact_write_items(TransactItems=actions)
