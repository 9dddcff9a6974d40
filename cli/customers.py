"""The demo customers of a tenant, written through the product's own customers capability."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

from chalicelib.audit.models import Actor
from chalicelib.audit.service import Trail
from chalicelib.audit.store import Log
from chalicelib.customers import record_items
from chalicelib.customers.record import PHONE, Facts, Identity
from chalicelib.customers.record_store import Records
from chalicelib.customers.registry import Registry
from chalicelib.platform.tenancy import tenant_id
from chalicelib.tenancy.compiler import compile_contract
from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.models import from_document
from cli import aws

WHO = Actor(user="demo-import")


def import_demo(contract: Contract, stack: aws.Stack, url: str) -> int:
    """Keep the demo customers of the contract; those who are there already stay as they are. Return how many.

    Raises:
        IdTaken: what callers type for the id of one belongs to another customer.

    """
    kept, registry = _wired(contract, stack, url, lambda: datetime.now(UTC))
    known = kept.customers([one.customer_id for one in contract.demo.customers])
    for customer in contract.demo.customers:
        if customer.customer_id in known:
            continue
        facts = Facts(
            name=customer.name,
            grade=customer.grade,
            language=customer.language,
            identities=(Identity(PHONE, customer.number),),
        )
        registry.create(facts, WHO, id_=customer.customer_id)
    return len(contract.demo.customers)


def _wired(contract: Contract, stack: aws.Stack, url: str, now: Callable[[], datetime]) -> tuple[Records, Registry]:
    client, tenant = aws.client("dynamodb", url), from_document(compile_contract(contract))
    trail = Trail(tenant=tenant.id, kept=Log(client, stack.output("AuditTableName")), now=now)
    kept = Records(
        client=client,
        table=stack.output("TableName"),
        tenant=tenant_id(contract.tenant),
        trail=trail,
        listed=record_items.sorts(tenant.customer_fields),
        adapters=tuple(one["id"] for one in tenant.adapters),
    )
    return kept, Registry(tenant=tenant, kept=kept, now=now, draw=secrets.randbelow)
