"""The log groups of a tenant that wants protection."""

from pathlib import Path

import pytest
from aws_cdk import App, Stack, assertions
from aws_cdk import aws_kms as kms

from chalicelib.tenancy.contract import Contract, Protection
from chalicelib.tenancy.contract_file import load
from infra.cdk.constructs.log_groups import LogGroups

pytestmark = pytest.mark.infra

ROOT = Path(__file__).resolve().parents[2]


def deletion_policies(contract: Contract) -> set[tuple[str, str]]:
    stack = Stack(App(), "logs")
    LogGroups(stack, "Logs", contract=contract, key=kms.Key(stack, "Key"), names=["api", "route_contact"])
    groups = assertions.Template.from_stack(stack).find_resources("AWS::Logs::LogGroup")
    assert len(groups) == 2
    return {(group["DeletionPolicy"], group["UpdateReplacePolicy"]) for group in groups.values()}


def test_protected_logs_outlive_the_stack_but_not_a_failed_first_deployment() -> None:
    contract = load(ROOT / "tenants" / "hrgroup.yaml")
    protected = contract.model_copy(update={"protection": Protection(deletion_protection=True)})
    assert deletion_policies(protected) == {("RetainExceptOnCreate", "Retain")}
    assert deletion_policies(contract) == {("Delete", "Delete")}
