"""Other systems that keep a tenant's customers (INT-02): what the API's role may, and a clock that asks it.

The clock makes the request that a person would make, so there is no function of its own: a tenant without adapters has
neither a rule nor a right for them. It may read the secrets of systems that are asked, and the files of those that
deliver files, which lie in the bucket of the recordings.
"""

from collections.abc import Iterator
from typing import Protocol

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
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
    names = sorted({one.secret for one in contract.customers.adapters if one.secret is not None})
    where = f"arn:{Aws.PARTITION}:secretsmanager:{Aws.REGION}:{Aws.ACCOUNT_ID}:secret:trunkline/{contract.tenant}"
    return allow(("secretsmanager:GetSecretValue",), [f"{where}/{name}-??????" for name in names])


def files(contract: Contract, bucket: s3.IBucket) -> Iterator[iam.PolicyStatement]:
    """Yield that the API may find and read what each system of the contract delivers, and write what it fetches."""
    ids = sorted(one.id for one in contract.customers.adapters if one.files is not None)
    if ids:
        found = allow(("s3:ListBucket",), [bucket.bucket_arn])
        found.add_condition("StringLike", {"s3:prefix": [f"adapters/{id_}/in/*" for id_ in ids]})
        yield found
        yield allow(("s3:GetObject",), [bucket.arn_for_objects(f"adapters/{id_}/in/*") for id_ in ids])
        yield allow(("s3:PutObject",), [bucket.arn_for_objects(f"adapters/{id_}/out/*") for id_ in ids])


class Data(Protocol):
    """Where files lie; see `data_plane.DataPlane`."""

    @property
    def recordings(self) -> s3.IBucket:
        """The bucket of the tenant's recordings."""


class CustomerAdapters(Construct):
    """Has the API, whose role is `role`, compare customers with each system of the contract, every five minutes."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        contract: Contract,
        data: Data,
        function_arn: str,
        role: iam.IRole,
    ) -> None:
        super().__init__(scope, id_)
        if any(one.secret is not None for one in contract.customers.adapters):
            iam.Policy(self, "Secrets", roles=[role], statements=[secrets(contract)])
        if delivered := list(files(contract, data.recordings)):
            iam.Policy(self, "Files", roles=[role], statements=delivered)
        for one in contract.customers.adapters:
            Scheduled(
                self,
                f"Clock{logical(one.id)}",
                what=f"Compares customers of {contract.tenant} with the system {one.id}",
                function_arn=function_arn,
                when=EVERY_FIVE_MINUTES,
                told=request(contract.tenant, one.id),
            )
