"""Other systems that keep a tenant's customers (INT-02): their secrets for the API's role, and a clock that asks it.

The clock makes the request that a person would make, so there is no function of its own: a tenant without adapters has
neither a rule nor a right for them.
"""

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from constructs import Construct

from chalicelib.tenancy.contract import Contract
from infra.cdk.clock_requests import request
from infra.cdk.constructs.roles import allow
from infra.cdk.constructs.scheduled import EVERY_FIVE_MINUTES, Scheduled
from infra.cdk.names import logical


def secrets(contract: Contract) -> iam.PolicyStatement:
    """Return that the API may read what it needs to speak to the contract's systems.

    Secrets Manager ends the name of a secret in ARNs with six characters of its own.
    """
    names = sorted({one.secret for one in contract.customers.adapters})
    where = f"arn:{Aws.PARTITION}:secretsmanager:{Aws.REGION}:{Aws.ACCOUNT_ID}:secret:trunkline/{contract.tenant}"
    return allow(("secretsmanager:GetSecretValue",), [f"{where}/{name}-??????" for name in names])


class CustomerAdapters(Construct):
    """Has the API, whose role is `role`, compare customers with each system of the contract, every five minutes."""

    def __init__(self, scope: Construct, id_: str, *, contract: Contract, function_arn: str, role: iam.IRole) -> None:
        super().__init__(scope, id_)
        if contract.customers.adapters:
            iam.Policy(self, "Secrets", roles=[role], statements=[secrets(contract)])
        for one in contract.customers.adapters:
            Scheduled(
                self,
                f"Clock{logical(one.id)}",
                what=f"Compares customers of {contract.tenant} with the system {one.id}",
                function_arn=function_arn,
                when=EVERY_FIVE_MINUTES,
                told=request(contract.tenant, one.id),
            )
