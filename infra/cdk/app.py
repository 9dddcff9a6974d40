"""The CDK app. `cdk synth -c tenant=<id> [-c stage=local|prod]` makes one tenant's stack from `tenants/<id>.yaml`."""

import os
import sys
from pathlib import Path

# Both are read while the libraries below are loaded. Chalice asks for a region even though nothing is contacted.
os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "1")
os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from chalicelib.tenancy.contract_file import InvalidContract, load
from infra.cdk.build import ROOT
from infra.cdk.capacity import split
from infra.cdk.stacks.tenant import TenantStack
from infra.cdk.stage import stage_of

FLAGS = {
    # Access logs by bucket policy; the older way needs ACLs, which the buckets forbid.
    "@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy": True,
    "@aws-cdk/aws-iam:minimizePolicies": True,
    "@aws-cdk/core:validateSnapshotRemovalPolicy": True,
}
"""Feature flags of the CDK. Here and not in cdk.json, so that every way to synthesize gives the same template."""


def build(app: App) -> TenantStack:
    """Add the stack of the tenant that the context names.

    Raises:
        ValueError: no tenant was named, or the stage is unknown.
        InvalidContract: the tenant's contract does not hold.

    """
    contract = load(_contract_file(app))
    # Fails before anything is built when a valid contract cannot become a stack.
    split(contract.capacity.reserved_concurrency)
    stage = stage_of(app.node.try_get_context("stage") or "prod")
    stack = TenantStack(app, contract=contract, stage=stage)
    check(app)
    return stack


def check(app: App) -> None:
    """Make synthesis fail for every finding of cdk-nag that is not acknowledged."""
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))


def _contract_file(app: App) -> Path:
    folder = Path(app.node.try_get_context("tenants") or ROOT / "tenants")
    known = sorted(path.stem for path in folder.glob("*.yaml"))
    tenant = app.node.try_get_context("tenant")
    if tenant not in known:
        msg = f"name a tenant: cdk synth -c tenant=<{'|'.join(known)}> (found {tenant!r})"
        raise ValueError(msg)
    return folder / f"{tenant}.yaml"


def main() -> None:
    """Synthesize; a contract that does not hold is a message and not a stack trace."""
    app = App(post_cli_context=FLAGS)
    try:
        build(app)
    except (InvalidContract, ValueError) as exc:
        sys.exit(f"cannot synthesize: {exc}")
    app.synth()


if __name__ == "__main__":
    main()
