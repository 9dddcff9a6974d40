"""What a tenant keeps can be brought back to an earlier instant (REL-06): the template, after the SAM transform."""

from typing import Any

import pytest

from tests.support.synthesis import TENANT_IDS, expand, of_type, synthesize

pytestmark = pytest.mark.infra

NOT_VERSIONED = ("AccessLogs", "Analytics")
"""Logs of accesses, and files that the table is the source of."""


@pytest.fixture(params=TENANT_IDS)
def template(request: pytest.FixtureRequest) -> dict[str, Any]:
    return expand(synthesize(request.param))


@pytest.mark.req("REL-06")
def test_every_table_has_point_in_time_recovery_and_recordings_keep_their_earlier_versions(
    template: dict[str, Any],
) -> None:
    tables = of_type(template, "AWS::DynamoDB::Table").values()
    assert len(tables) == 2
    for table in tables:
        recovery = table["Properties"]["PointInTimeRecoverySpecification"]
        assert recovery == {"PointInTimeRecoveryEnabled": True}
    buckets = of_type(template, "AWS::S3::Bucket")
    kept = {name: one["Properties"] for name, one in buckets.items() if not any(word in name for word in NOT_VERSIONED)}
    assert kept
    for bucket in kept.values():
        assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
        (rule,) = (one for one in bucket["LifecycleConfiguration"]["Rules"] if "Prefix" not in one)
        assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}
