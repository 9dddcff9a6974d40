"""The demo customers of a tenant, written through the product's own customers capability."""

from chalicelib.customers.service import CallerStore, Profile
from chalicelib.platform.tenancy import tenant_id
from chalicelib.tenancy.contract import Contract
from cli import aws


def import_demo(contract: Contract, stack: aws.Stack, url: str) -> int:
    """Write the demo customers of the contract into the tenant's table; a repeat changes nothing. Return how many.

    Raises:
        Conflict: another customer has the number already.

    """
    store = CallerStore(aws.client("dynamodb", url), stack.output("TableName"))
    for customer in contract.demo.customers:
        profile = Profile(
            customer_id=customer.customer_id, name=customer.name, grade=customer.grade, language=customer.language
        )
        store.put_profile(tenant_id(contract.tenant), customer.number, profile)
    return len(contract.demo.customers)
