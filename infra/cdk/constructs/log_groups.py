"""Log groups: one a function, named before it exists, encrypted, kept as long as the contract says (LIC-04)."""

from collections.abc import Sequence

from aws_cdk import RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from chalicelib.tenancy.contract import Contract
from infra.cdk.names import log_group, logical

_RETENTION = {
    365: logs.RetentionDays.ONE_YEAR,
    400: logs.RetentionDays.THIRTEEN_MONTHS,
    545: logs.RetentionDays.EIGHTEEN_MONTHS,
    731: logs.RetentionDays.TWO_YEARS,
}
"""The periods that a contract may choose; CloudWatch Logs knows no others."""


class LogGroups(Construct):
    """The log groups of a tenant's functions, by function name."""

    def __init__(self, scope: Construct, id_: str, *, contract: Contract, key: kms.IKey, names: Sequence[str]) -> None:
        super().__init__(scope, id_)
        # Their names are fixed: groups that a failed first deployment left behind would stand in the way of the second.
        kept = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
        removal = kept if contract.protection.deletion_protection else RemovalPolicy.DESTROY
        self.of = {
            name: logs.LogGroup(
                self,
                logical(name),
                log_group_name=log_group(contract.tenant, name),
                retention=_RETENTION[contract.retention.logs_days],
                encryption_key=key,
                removal_policy=removal,
            )
            for name in names
        }
