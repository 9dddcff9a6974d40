"""Data is encrypted, access is least privilege, and what is stored can be shown to be as it was written (SEC-01)."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest

from tests.support.synthesis import expand, listed, of_type, spell, statements, synthesize
from tests.unit.cli import test_integrity as integrity

pytestmark = pytest.mark.infra

AT_REST: Final[Mapping[str, Callable[[Mapping[str, Any]], Any]]] = {
    "AWS::DynamoDB::Table": lambda told: told["SSESpecification"]["SSEEnabled"] and told["SSESpecification"]["SSEType"],
    "AWS::Kinesis::Stream": lambda told: told["StreamEncryption"]["KeyId"],
    "AWS::Logs::LogGroup": lambda told: told["KmsKeyId"],
    "AWS::S3::Bucket": lambda told: told["BucketEncryption"]["ServerSideEncryptionConfiguration"],
    "AWS::SNS::Topic": lambda told: told["KmsMasterKeyId"],
    "AWS::SQS::Queue": lambda told: told["KmsMasterKeyId"],
}
"""Every kind of resource that keeps data, and where it says how it is encrypted."""

PLAIN_HTTP: Final = {"Bool": {"aws:SecureTransport": "false"}}
NOT_NAMEABLE: Final = ["cloudwatch:GetMetricData"]
"""Rights for which AWS knows no resource: counts of metrics, and nothing that is stored."""


def assert_encrypted(template: dict[str, Any]) -> None:
    """Hold that everything that keeps data is encrypted at rest, and what can be reached by HTTP refuses plain HTTP."""
    for kind, encrypted in AT_REST.items():
        kept = of_type(template, kind)
        assert kept, kind
        assert [name for name, one in kept.items() if not encrypted(one["Properties"])] == []
    refusing = [
        one for _, _, one in statements(template) if one["Effect"] == "Deny" and one.get("Condition") == PLAIN_HTTP
    ]
    reachable = [
        kind for kind in ("AWS::S3::Bucket", "AWS::SNS::Topic", "AWS::SQS::Queue") for _ in of_type(template, kind)
    ]
    assert len(refusing) >= len(reachable)
    (key,) = of_type(template, "AWS::KMS::Key").values()
    assert key["Properties"]["EnableKeyRotation"] is True


def assert_least_privilege(template: dict[str, Any]) -> None:
    """Hold that every function group has a role of its own, whose every action is named on things of this stack."""
    roles = {
        name for name, one in of_type(template, "AWS::IAM::Role").items() if "AssumeRolePolicyDocument" in str(one)
    }
    granted = [
        (name, one) for kind, name, one in statements(template) if kind == "AWS::IAM::Role" and "Resource" in one
    ]
    assert {name for name, _ in granted} <= roles
    for name, one in granted:
        assert all("*" not in action for action in listed(one["Action"])), name
        named = all("${" in spell(text) for text in listed(one["Resource"]))
        assert named or listed(one["Action"]) == NOT_NAMEABLE, f"{name}: a resource of this stack or account"


@pytest.mark.req("SEC-01")
def test_data_is_encrypted_access_is_least_and_what_is_stored_proves_itself() -> None:
    template = expand(synthesize("taxihotline"))
    assert_encrypted(template)
    assert_least_privilege(template)
    integrity.test_a_day_that_nobody_touched_is_intact()
    integrity.test_a_changed_fact_of_a_contact_is_found("result")
    integrity.test_a_changed_recording_and_a_changed_entry_are_found()
